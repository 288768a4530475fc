#include "tests/support/bench.h"

#include <cmath>
#include <numeric>

namespace steppe::test {

using core::PortKind;

Bench::Bench(const core::ComponentType& t, const core::Registry& registry,
             std::shared_ptr<void> params, double altitude, const std::vector<std::string>& media)
    : type(t), layout(t.layout), batch(t.make_batch()) {
  core::Setup setup;
  setup.altitude = altitude;
  setup.ambient_pressure = registry.pressure ? registry.pressure(altitude) : 101325.0;
  core::Instance i;
  i.id = type.name;
  i.first_var = layout.n_port_unknowns;  // own variables follow the ports, as in a system
  i.params = params ? std::move(params) : type.make_params();
  const auto n_ports = layout.ports.size();
  media_.resize(n_ports);
  i.media.assign(n_ports, nullptr);
  for (size_t p = 0; p < n_ports; ++p) {
    if (layout.ports[p].kind != PortKind::fluid) continue;
    const std::string name = p < media.size() && !media[p].empty() ? media[p] : "water";
    media_[p] = registry.medium(name, 298.15, setup.ambient_pressure);
    i.media[p] = &media_[p];
  }
  setup.medium = i.media.data();
  const auto n = static_cast<size_t>(layout.n_locals());
  i.index.resize(n);
  std::iota(i.index.begin(), i.index.end(), 0);
  batch->add(std::move(i), setup);
  std::vector<std::vector<int32_t>> slots(1);
  for (int k = 0; k < layout.n_rows() * layout.n_locals(); ++k) slots[0].push_back(k);
  batch->set_slots(std::move(slots), layout.n_rows() * layout.n_locals());

  for (const auto& m : layout.modes) modes.push_back(m.initial);
  timers.assign(layout.timers.size(), core::kNever);
  f.assign(n, 0.0);
  mass.assign(n, 0.0);
  outputs.assign(layout.outputs.size(), 0.0);
  guards.assign(layout.guards.size(), -1.0);
  jacobian_.assign(static_cast<size_t>(layout.n_rows() * layout.n_locals()) + 1, 0.0);
  x.assign(n, 0.0);
  for (int k = 0; k < layout.n_rows(); ++k) x[static_cast<size_t>(k)] = batch->guess(0, k);
  for (const auto& port : layout.ports) {
    auto* v = &x[static_cast<size_t>(port.offset)];
    const auto fallback = [](double& value, double instead) {
      if (std::isnan(value)) value = instead;
    };
    switch (port.kind) {
      case PortKind::ac:
        fallback(v[0], 400.0);
        fallback(v[1], 0.0);
        break;
      case PortKind::dc:
        fallback(v[0], 240.0);
        break;
      case PortKind::fluid: {
        const auto p = static_cast<size_t>(&port - layout.ports.data());
        fallback(v[0], media_[p].rho < 10.0 ? 0.0 : 2e5);
        fallback(v[1], 293.15);
        break;
      }
      case PortKind::heat:
        fallback(v[0], 293.15);
        break;
    }
  }
  for (size_t k = 0; k < layout.inputs.size(); ++k)
    x[static_cast<size_t>(layout.n_rows()) + k] = layout.inputs[k].value;
}

void Bench::eval() {
  core::EvalArgs a;
  a.y = x.data();
  a.modes = modes.data();
  a.f = f.data();
  a.mass = mass.data();
  a.ledger = &ledger;
  a.outputs = outputs.data();
  a.guards = guards.data();
  std::fill(f.begin(), f.end(), 0.0);
  std::fill(mass.begin(), mass.end(), 0.0);
  std::fill(guards.begin(), guards.end(), -1.0);
  ledger.fill(0.0);
  batch->evaluate(a);
}

const std::vector<double>& Bench::jacobian() {
  core::EvalArgs a;
  a.y = x.data();
  a.modes = modes.data();
  a.jacobian = jacobian_.data();
  std::fill(jacobian_.begin(), jacobian_.end(), 0.0);
  batch->jacobian(a);
  return jacobian_;
}

void Bench::event(core::EventContext::Kind kind, int id, double value) {
  core::EventContext e{};
  e.kind = kind;
  e.id = id;
  e.value = value;
  e.now = now;
  e.modes = modes.data();
  e.timers = timers.data();
  e.x = x.data();
  e.vars = x.data() + layout.n_port_unknowns;
  batch->on_event(0, e);
  text = e.text;
}

std::string local_name(const core::Layout& layout, int i) {
  for (const auto& p : layout.ports)
    if (i >= p.offset && i < p.offset + core::width(p.kind)) {
      const int w = i - p.offset;
      switch (p.kind) {
        case PortKind::ac:
          return p.name + (w ? ".v_im" : ".v_re");
        case PortKind::dc:
          return p.name + ".v";
        case PortKind::fluid:
          return p.name + (w ? ".temp" : ".p");
        case PortKind::heat:
          return p.name + ".temp";
      }
    }
  const int v = i - layout.n_port_unknowns;
  if (v < static_cast<int>(layout.vars.size())) return layout.vars[static_cast<size_t>(v)].name;
  return layout.inputs[static_cast<size_t>(i - layout.n_rows())].name;
}

double& Bench::at(const std::string& name) {
  for (int i = 0; i < layout.n_locals(); ++i)
    if (local_name(layout, i) == name) return x[static_cast<size_t>(i)];
  throw InternalError("bench: no unknown " + name);
}

double Bench::output(const std::string& name) const {
  for (size_t o = 0; o < layout.outputs.size(); ++o)
    if (layout.outputs[o].name == name) return outputs[o];
  throw InternalError("bench: no output " + name);
}

double Bench::power(int port) const {
  const auto& info = layout.ports[static_cast<size_t>(port)];
  const auto o = static_cast<size_t>(info.offset);
  switch (info.kind) {
    case PortKind::ac:
      return -(x[o] * f[o] + x[o + 1] * f[o + 1]);
    case PortKind::dc:
      return -x[o] * f[o];
    case PortKind::fluid:
      return -f[o + 1];
    case PortKind::heat:
      return -f[o];
  }
  return 0.0;
}

double Bench::power(const std::string& port) const {
  for (size_t p = 0; p < layout.ports.size(); ++p)
    if (layout.ports[p].name == port) return power(static_cast<int>(p));
  throw InternalError("bench: no port " + port);
}

namespace {
Closure close(const Bench& b, bool electrical) {
  Closure c;
  const auto add = [&](double w) {
    c.sum += w;
    c.size += std::abs(w);
  };
  for (size_t p = 0; p < b.layout.ports.size(); ++p) {
    const auto kind = b.layout.ports[p].kind;
    if ((kind == PortKind::ac || kind == PortKind::dc) == electrical)
      add(b.power(static_cast<int>(p)));
  }
  const auto& sign = electrical ? core::kElectricSign : core::kHeatSign;
  for (size_t k = 0; k < b.ledger.size(); ++k) add(sign[k] * b.ledger[k]);
  const auto kind = electrical ? core::Energy::electric : core::Energy::heat;
  for (size_t v = 0; v < b.layout.vars.size(); ++v) {
    const auto row = static_cast<size_t>(b.layout.n_port_unknowns) + v;
    if (b.layout.vars[v].energy == kind && b.mass[row] != 0.0) add(-b.f[row]);
  }
  return c;
}
}  // namespace

Closure electrical_closure(const Bench& b) { return close(b, true); }
Closure heat_closure(const Bench& b) { return close(b, false); }

}  // namespace steppe::test
