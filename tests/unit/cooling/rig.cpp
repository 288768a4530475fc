#include "tests/unit/cooling/rig.h"

#include <doctest/doctest.h>

#include <cmath>

namespace steppe::test {

const core::ParamTable<FlowSource::Params>& FlowSource::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("unused", &Params::unused, "1", 0.0, {0, 1}, "nothing");
    return p;
  }();
  return t;
}
core::Layout FlowSource::layout() {
  core::Layout l;
  l.fluid(kIn, "in").fluid(kOut, "out").path(kIn, kOut);
  l.var(0, {.name = "mdot",
            .unit = "kg/s",
            .kind = core::VarKind::algebraic,
            .atol = 1e-6,
            .help = "flow"});
  l.input(kFlow, {.name = "flow", .unit = "kg/s", .value = 1.0, .help = "flow"})
      .input(kTemp, {.name = "temp", .unit = "K", .value = 293.15, .help = "outlet"});
  return l;
}
const core::ParamTable<Heater::Params>& Heater::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("unused", &Params::unused, "1", 0.0, {0, 1}, "nothing");
    return p;
  }();
  return t;
}
core::Layout Heater::layout() {
  core::Layout l;
  l.fluid(kIn, "in").fluid(kOut, "out").path(kIn, kOut);
  l.var(0, {.name = "mdot",
            .unit = "kg/s",
            .kind = core::VarKind::algebraic,
            .atol = 1e-6,
            .help = "flow"});
  l.input(0, {.name = "heat", .unit = "W", .value = 0.0, .help = "heat"});
  return l;
}
const core::ParamTable<DcSource::Params>& DcSource::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("voltage", &Params::voltage, "V", 240.0, {1, 2000}, "start of the search");
    return p;
  }();
  return t;
}
core::Layout DcSource::layout() {
  core::Layout l;
  l.dc(0, "out").source();
  l.var(0, {.name = "current",
            .unit = "A",
            .kind = core::VarKind::algebraic,
            .atol = 1e-6,
            .help = "current into it"});
  l.input(0, {.name = "voltage_now", .unit = "V", .value = 240.0, .help = "voltage"});
  return l;
}

Rig::Rig() : registry_(models::registry()) {
  registry_.add(core::describe<FlowSource>("test_flow_source", "test", "ideal flow"));
  registry_.add(core::describe<Heater>("test_heater", "test", "ideal heat"));
  registry_.add(core::describe<DcSource>("test_dc_source", "test", "ideal dc"));
}

Rig& Rig::add(const std::string& id, const std::string& type, const Values& values,
              const Words& words) {
  const core::ParamTableBase* table = nullptr;
  std::shared_ptr<void> params;
  if (const auto c = registry_.components.find(type); c != registry_.components.end()) {
    core::ComponentSpec s;
    s.id = id;
    s.type = &c->second;
    s.params = params = c->second.make_params();
    table = c->second.params;
    spec_.components.push_back(s);
  } else {
    const auto p = registry_.processes.find(type);
    REQUIRE_MESSAGE(p != registry_.processes.end(), type);
    core::ProcessSpec s;
    s.id = id;
    s.type = &p->second;
    s.params = params = p->second.make_params();
    table = p->second.params;
    spec_.processes.push_back(s);
  }
  for (const auto& [name, value] : values) {
    const int row = table->find(name);
    REQUIRE_MESSAGE(row >= 0, type, ".", name);
    switch (table->rows()[static_cast<size_t>(row)].kind) {
      case core::ParamKind::integer:
        table->set(params.get(), row, static_cast<int64_t>(value));
        break;
      case core::ParamKind::boolean:
        table->set(params.get(), row, value != 0.0);
        break;
      default:
        table->set(params.get(), row, value);
    }
  }
  for (const auto& [name, value] : words) {
    const int row = table->find(name);
    REQUIRE_MESSAGE(row >= 0, type, ".", name);
    table->set(params.get(), row, value);
  }
  return *this;
}

Rig& Rig::node(const std::string& name, const std::vector<std::string>& ports, double volume) {
  core::NodeSpec n;
  n.name = name;
  for (const auto& p : ports) n.ports.push_back({p, {}});
  n.volume = volume;
  spec_.nodes.push_back(n);
  return *this;
}
Rig& Rig::set(const std::string& target, double value) {
  core::SignalSpec s;
  s.target = target;
  s.constant = value;
  spec_.signals.push_back(s);
  return *this;
}
Rig& Rig::link(const std::string& target, const std::string& source) {
  core::SignalSpec s;
  s.target = target;
  s.source = source;
  spec_.signals.push_back(s);
  return *this;
}
Rig& Rig::altitude(double metres) {
  spec_.altitude = metres;
  return *this;
}
Rig& Rig::power(const std::vector<std::string>& ports, double voltage) {
  add("grid", "utility", {{"voltage", voltage}, {"short_circuit_power", 5e8}});
  auto all = ports;
  all.push_back("grid.out");
  return node("bus", all);
}

core::System& Rig::build() {
  Diagnostics d;
  system_ = core::System::build(spec_, registry_, d);
  REQUIRE_MESSAGE(system_ != nullptr, d.render());
  return *system_;
}

void Rig::steady(double rtol) {
  if (!system_) build();
  system_->refresh_mass(0.0);
  const auto r = solve::find_steady(*system_, 0.0, rtol);
  REQUIRE_MESSAGE(r.ok, r.message);
}

solve::RunSummary Rig::run(double t_end, solve::Profile profile,
                           std::vector<solve::TimelineEvent> timeline) {
  if (!system_) build();
  solve::RunOptions o;
  o.t_end = t_end;
  o.windows = {{0, profile}};
  o.timeline = std::move(timeline);
  recorded.assign(watch.size(), {});
  times.clear();
  return solve::run(*system_, o, *this);
}

solve::TimelineEvent Rig::change(double at, const std::string& input, double value) const {
  solve::TimelineEvent e;
  e.at = core::from_seconds(at);
  e.value = value;
  e.name = "set";
  e.target = input;
  for (size_t i = 0; i < system_->held_names.size(); ++i)
    if (system_->held_names[i] == input) e.held = static_cast<int>(i);
  REQUIRE_MESSAGE(e.held >= 0, input);
  return e;
}

solve::TimelineEvent Rig::command(double at, const std::string& id, const std::string& name) const {
  solve::TimelineEvent e;
  e.at = core::from_seconds(at);
  e.name = name;
  e.target = id;
  for (size_t c = 0; c < system_->components.size(); ++c) {
    if (system_->components[c].id != id) continue;
    e.component = static_cast<int>(c);
    const auto& list = system_->components[c].type->layout.commands;
    for (size_t k = 0; k < list.size(); ++k)
      if (list[k].name == name) e.command = static_cast<int>(k);
  }
  REQUIRE_MESSAGE((e.component >= 0 && e.command >= 0), id, ".", name);
  return e;
}

double Rig::find(const std::string& name, const double* outputs) {
  const auto* c = system_->find_channel(name);
  REQUIRE_MESSAGE(c != nullptr, name);
  const auto i = static_cast<size_t>(c->index[0]);
  switch (c->from) {
    case core::ChannelRef::From::unknown:
      return system_->y[i];
    case core::ChannelRef::From::output:
      return outputs[i];
    case core::ChannelRef::From::held:
      return system_->held.value[i];
    case core::ChannelRef::From::mode:
      return system_->modes[i];
  }
  return 0.0;
}

double Rig::get(const std::string& name) {
  std::vector<double> outputs(static_cast<size_t>(system_->n_outputs) + 1);
  system_->outputs(0.0, system_->y.data(), outputs.data());
  return find(name, outputs.data());
}

core::LedgerArray Rig::rates() {
  std::vector<double> f(static_cast<size_t>(system_->size()));
  core::Ledger rates(system_->ledger_rows().size());
  system_->residual(0.0, system_->y.data(), f.data(), &rates);
  return rates.total();
}

void Rig::sample(double t, const core::System&, const double* outputs, const core::Ledger*, bool) {
  times.push_back(t);
  for (size_t i = 0; i < watch.size(); ++i) recorded[i].push_back(find(watch[i], outputs));
}

double heat_imbalance(const core::LedgerArray& rates) {
  double sum = 0.0;
  for (size_t a = 0; a < rates.size(); ++a) sum += core::kHeatSign[a] * rates[a];
  return std::abs(sum);
}

}  // namespace steppe::test
