#include "sim/app/eval.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>

#include "sim/app/schema.h"
#include "sim/base/units.h"
#include "sim/core/ledger.h"
#include "sim/io/reader.h"

namespace steppe::app {
namespace {

using core::PortKind;
using io::Node;

/// One argument with its places in the command line, so that messages can point at it.
struct Argument {
  std::string name, value;
  SourceLoc name_loc, value_loc;
  bool used = false;
  Node node() const { return Node::make_scalar(value, value_loc); }
};

std::vector<Argument> split(const std::vector<std::string>& texts, Diagnostics& d) {
  auto source = std::make_shared<SourceText>();
  source->name = "arguments";
  for (const auto& t : texts) source->text += (source->text.empty() ? "" : " ") + t;
  std::vector<Argument> out;
  int column = 1;
  for (const auto& t : texts) {
    const size_t eq = t.find('=');
    const int name_length = static_cast<int>(std::min(eq, t.size()));
    Argument a;
    a.name = t.substr(0, eq);
    a.name_loc = {source, 1, column, std::max(1, name_length)};
    if (eq == std::string::npos || eq == 0) {
      a.name_loc.length = static_cast<int>(t.size());
      d.error(a.name_loc, fmt::format("'{}': expected NAME=VALUE", t));
    } else {
      a.value = t.substr(eq + 1);
      a.value_loc = {source, 1, column + name_length + 1,
                     std::max(1, static_cast<int>(a.value.size()))};
      for (const auto& other : out)
        if (other.name == a.name) d.error(a.name_loc, fmt::format("'{}' is given twice", a.name));
      out.push_back(std::move(a));
    }
    column += static_cast<int>(t.size()) + 1;
  }
  return out;
}

void read_table(std::vector<Argument>& arguments, const core::ParamTableBase& table, void* params,
                const std::string& owner, Diagnostics& d) {
  Node map = Node::make_map({});
  for (auto& a : arguments) {
    if (a.used || table.find(a.name) < 0) continue;
    a.used = true;
    map.items.push_back({a.name, a.name_loc, {}, a.node()});
  }
  // A required parameter has an example, which is good enough to look at a model.
  for (const auto& row : table.rows()) {
    if (!row.required || map.find(row.name)) continue;
    Node example = Node::make_scalar(param_text(row, row.value), {});
    map.items.push_back({row.name, {}, {}, std::move(example)});
  }
  io::read_params(map, table, params, d, owner, std::filesystem::current_path().string());
}

/// Air circuits are known by the names of their ports; anything else carries a liquid.
std::string usual_medium(const std::string& port) {
  return port.starts_with("air") || port == "cold" || port == "hot" ? "air" : "water";
}

class Bench {
 public:
  Bench(const core::ComponentType& type, const core::Registry& registry,
        const std::vector<std::string>& texts)
      : type_(type), layout_(type.layout), registry_(registry), arguments_(split(texts, d_)) {
    params_ = type.make_params();
    read_table(arguments_, *type.params, params_.get(), type.name, d_);
    read_media();
    place();
    read_values();
    complain_about_the_rest();
    d_.throw_if_errors();
  }

  EvalResult run() {
    batch_->probe(0, y_.data(), u_.data(), modes_.data(), pattern_);
    fire(core::EventContext::Kind::start, 0, {});
    // What the user set stands against what the model would do at a start.
    for (const auto& [m, v] : pinned_) modes_[static_cast<size_t>(m)] = v;
    solve();
    if (pinned_.empty()) settle();
    return describe();
  }

 private:
  Argument* take(const std::string& name) {
    for (auto& a : arguments_)
      if (!a.used && a.name == name) {
        a.used = true;
        return &a;
      }
    return nullptr;
  }
  /// True when the user gave a value.
  bool number(const std::string& name, const std::string& unit, double& value) {
    names_.push_back(name);
    const Argument* a = take(name);
    if (!a) return false;
    const auto v = io::read_quantity(a->node(), unit, d_, name);
    if (v) value = *v;
    return v.has_value();
  }

  void read_media() {
    number("altitude", "m", altitude_);
    pressure_ = registry_.pressure ? registry_.pressure(altitude_) : 101325.0;
    names_.push_back("medium");
    const Argument* all = take("medium");
    media_.resize(layout_.ports.size());
    for (size_t p = 0; p < layout_.ports.size(); ++p) {
      const auto& port = layout_.ports[p];
      if (port.kind != PortKind::fluid) continue;
      std::string medium = usual_medium(port.name);
      const Argument* from = medium == "water" ? all : nullptr;
      names_.push_back(port.name + ".medium");
      if (const Argument* own = take(port.name + ".medium")) from = own;
      if (from) medium = from->value;
      try {
        media_[p] = registry_.medium(medium, kMediumTemp, pressure_);
      } catch (const UserError& e) {
        d_.error(from ? from->value_loc : SourceLoc{}, e.diagnostics().items().at(0).message);
        media_[p] = registry_.medium("water", kMediumTemp, pressure_);
      }
    }
    for (size_t p = 0; p < layout_.ports.size(); ++p)
      medium_pointers_.push_back(layout_.ports[p].kind == PortKind::fluid ? &media_[p] : nullptr);
  }

  void place() {
    core::Instance i;
    i.id = type_.name;
    i.media = medium_pointers_;
    i.params = params_;
    for (int k = 0; k < layout_.n_rows(); ++k) i.index.push_back(k);
    for (size_t k = 0; k < layout_.inputs.size(); ++k) i.index.push_back(~static_cast<int32_t>(k));
    core::Setup setup;
    setup.altitude = altitude_;
    setup.ambient_pressure = pressure_;
    setup.medium = medium_pointers_.data();
    batch_ = type_.make_batch();
    batch_->add(std::move(i), setup);
    const auto n = static_cast<size_t>(layout_.n_rows() * layout_.n_locals());
    std::vector<int32_t> slots(n);
    for (size_t s = 0; s < n; ++s) slots[s] = static_cast<int32_t>(s);
    batch_->set_slots({slots}, static_cast<int32_t>(n));
    jacobian_.resize(n + 1);
    y_.resize(static_cast<size_t>(layout_.n_rows()));
    f_ = mass_ = y_;
    u_.resize(layout_.inputs.size());
    guards_.resize(layout_.guards.size());
    timers_.assign(layout_.timers.size(), core::kNever);
    for (const auto& m : layout_.modes) modes_.push_back(m.initial);
  }

  void read_values() {
    for (size_t p = 0; p < layout_.ports.size(); ++p) read_port(p);
    for (size_t i = 0; i < layout_.inputs.size(); ++i) {
      const auto& in = layout_.inputs[i];
      // A required input has no default of its own; the middle of its range stands in.
      u_[i] = in.required && !(in.value >= in.lo && in.value <= in.hi) ? 0.5 * (in.lo + in.hi)
                                                                       : in.value;
      if (!number(in.name, in.unit, u_[i])) continue;
      if (const auto doubt = in.doubt(u_[i]); !doubt.empty()) notes_.push_back(doubt);
    }
    for (size_t v = 0; v < layout_.vars.size(); ++v) {
      const auto& var = layout_.vars[v];
      const int local = layout_.n_port_unknowns + static_cast<int>(v);
      auto& y = y_[static_cast<size_t>(local)];
      y = batch_->guess(0, local);
      number(var.name, var.unit, y);
    }
    for (size_t m = 0; m < layout_.modes.size(); ++m) {
      const auto& mode = layout_.modes[m];
      names_.push_back(mode.name);
      const Argument* a = take(mode.name);
      if (!a) continue;
      const auto it = std::find(mode.values.begin(), mode.values.end(), a->value);
      if (it == mode.values.end())
        d_.error(a->value_loc, fmt::format("mode '{}' has no value '{}'", mode.name, a->value),
                 fmt::format("known: {}", fmt::join(mode.values, ", ")));
      else
        pinned_[static_cast<int>(m)] = static_cast<int>(it - mode.values.begin());
    }
  }

  void read_port(size_t p) {
    const auto& port = layout_.ports[p];
    double* y = &y_[static_cast<size_t>(port.offset)];
    auto start = [&](int k, double fallback) {
      y[k] = batch_->guess(0, port.offset + k);
      if (std::isnan(y[k])) y[k] = fallback;
    };
    switch (port.kind) {
      case PortKind::ac: {
        start(0, 400.0);
        start(1, 0.0);
        double v = std::hypot(y[0], y[1]), angle = std::atan2(y[1], y[0]);
        number(port.name + ".v", "V", v);
        number(port.name + ".angle", "rad", angle);
        y[0] = v * std::cos(angle);
        y[1] = v * std::sin(angle);
        number(port.name + ".v_re", "V", y[0]);
        number(port.name + ".v_im", "V", y[1]);
        break;
      }
      case PortKind::dc:
        start(0, 240.0);
        number(port.name + ".v", "V", y[0]);
        break;
      case PortKind::fluid:
        start(0, media_[p].rho < 10.0 ? 0.0 : 2e5);
        start(1, 293.15);
        number(port.name + ".p", "Pa", y[0]);
        number(port.name + ".temp", "K", y[1]);
        break;
      case PortKind::heat:
        start(0, 293.15);
        number(port.name + ".temp", "K", y[0]);
        break;
    }
  }

  void complain_about_the_rest() {
    for (const auto& row : type_.params->rows()) names_.push_back(row.name);
    for (const auto& a : arguments_) {
      if (a.used) continue;
      const auto near = nearest(a.name, names_);
      d_.error(a.name_loc, fmt::format("{} has no '{}'", type_.name, a.name),
               near.empty() ? fmt::format("'steppe info {}' lists what it has", type_.name)
                            : fmt::format("did you mean '{}'?", near));
    }
  }

  core::EvalArgs args() {
    core::EvalArgs a;
    a.y = y_.data();
    a.u = u_.data();
    a.modes = modes_.data();
    return a;
  }
  void residual() {
    auto a = args();
    std::fill(f_.begin(), f_.end(), 0.0);
    a.f = f_.data();
    a.mass = mass_.data();
    batch_->evaluate(a);
  }

  /// Own unknowns that the solution moves; the others are held: storages that a run starts full or
  /// empty, and what nothing in the component pulls to a rest.
  void choose_free() {
    free_.clear();
    const auto n = static_cast<size_t>(layout_.n_locals());
    for (size_t v = 0; v < layout_.vars.size(); ++v) {
      const auto column = static_cast<size_t>(layout_.n_port_unknowns) + v;
      bool felt = false;
      for (size_t w = 0; w < layout_.vars.size(); ++w)
        felt = felt || pattern_[(static_cast<size_t>(layout_.n_port_unknowns) + w) * n + column];
      if (felt && !layout_.vars[v].initial) free_.push_back(column);
    }
  }

  /// Solves J·x = rhs for the free unknowns, (J − M/τ) with 1/τ = `rate`; false when singular.
  bool step(double rate, std::vector<double>& dx) {
    auto a = args();
    std::fill(jacobian_.begin(), jacobian_.end(), 0.0);
    a.jacobian = jacobian_.data();
    batch_->jacobian(a);
    const size_t m = free_.size(), n = static_cast<size_t>(layout_.n_locals());
    std::vector<double> lu(m * m);
    dx.resize(m);
    for (size_t r = 0; r < m; ++r) {
      double scale = 0.0;
      for (size_t c = 0; c < m; ++c) {
        double& x = lu[r * m + c] = jacobian_[free_[r] * n + free_[c]];
        if (r == c) x -= rate * mass_[free_[r]];
        scale = std::max(scale, std::abs(x));
      }
      if (!(scale > 0.0) || !std::isfinite(scale)) return false;
      for (size_t c = 0; c < m; ++c) lu[r * m + c] /= scale;
      dx[r] = -f_[free_[r]] / scale;
    }
    for (size_t k = 0; k < m; ++k) {
      size_t best = k;
      for (size_t r = k + 1; r < m; ++r)
        if (std::abs(lu[r * m + k]) > std::abs(lu[best * m + k])) best = r;
      if (!(std::abs(lu[best * m + k]) > 1e-14)) return false;
      if (best != k) {
        std::swap_ranges(&lu[k * m], &lu[k * m] + m, &lu[best * m]);
        std::swap(dx[k], dx[best]);
      }
      for (size_t r = k + 1; r < m; ++r) {
        const double factor = lu[r * m + k] / lu[k * m + k];
        for (size_t c = k; c < m; ++c) lu[r * m + c] -= factor * lu[k * m + c];
        dx[r] -= factor * dx[k];
      }
    }
    for (size_t k = m; k-- > 0;) {
      for (size_t c = k + 1; c < m; ++c) dx[k] -= lu[k * m + c] * dx[c];
      dx[k] /= lu[k * m + k];
    }
    return true;
  }
  /// Length of a step in units of the noise level.
  double weighted(const std::vector<double>& dx) const {
    double worst = 0.0;
    for (size_t k = 0; k < free_.size(); ++k) {
      const auto& v = layout_.vars[free_[k] - static_cast<size_t>(layout_.n_port_unknowns)];
      worst = std::max(worst, std::abs(dx[k]) / (v.atol + 1e-9 * std::abs(y_[free_[k]])));
    }
    return worst;
  }
  bool finite() const {
    return std::all_of(free_.begin(), free_.end(), [&](size_t i) { return std::isfinite(f_[i]); });
  }

  /// Newton; `rate` > 0 starts as implicit Euler steps of 1/rate seconds that grow tenfold.
  bool iterate(double rate) {
    constexpr int kMost = 200;
    std::vector<double> dx, next;
    residual();
    for (int i = 0; i < kMost; ++i) {
      if (!finite() || !step(rate, dx)) return false;
      const double length = weighted(dx);
      const std::vector<double> before = y_;
      double share = 1.0;
      for (int halvings = 0; halvings < 30; ++halvings, share *= 0.5) {
        for (size_t k = 0; k < free_.size(); ++k) {
          const auto& v = layout_.vars[free_[k] - static_cast<size_t>(layout_.n_port_unknowns)];
          y_[free_[k]] = std::clamp(before[free_[k]] + share * dx[k], v.lo, v.hi);
        }
        residual();
        if (finite() && (rate > 0.0 || length < 1.0 ||
                         (step(rate, next) && weighted(next) <= (1.0 - 0.25 * share) * length)))
          break;
      }
      if (!finite()) return false;
      if (rate == 0.0 && share == 1.0 && length < 1e-3) return true;
      rate = rate > 1e-9 ? 0.1 * rate : 0.0;
    }
    return false;
  }

  void solve() {
    choose_free();
    if (free_.empty()) return residual();
    const std::vector<double> start = y_;
    for (double rate : {0.0, 1e3}) {
      y_ = start;
      if (iterate(rate)) return;
    }
    std::string worst;
    y_ = start;
    residual();
    for (size_t i : free_)
      worst +=
          fmt::format("\n  {}: out of balance by {:.4g}",
                      layout_.vars[i - static_cast<size_t>(layout_.n_port_unknowns)].name, f_[i]);
    for (const auto& note : notes_) worst += "\n  " + note;
    throw SolveError(
        fmt::format("{} does not come to rest with these values; at the start of the search{}",
                    type_.name, worst));
  }

  void fire(core::EventContext::Kind kind, int id, const std::string& name) {
    core::EventContext e;
    e.kind = kind;
    e.id = id;
    e.now = now_;
    e.modes = modes_.data();
    e.timers = timers_.data();
    std::vector<double> x = y_;
    x.insert(x.end(), u_.begin(), u_.end());
    e.x = x.data();
    e.vars = y_.data() + layout_.n_port_unknowns;
    const std::vector<int> before = modes_;
    batch_->on_event(0, e);
    for (size_t m = 0; m < modes_.size() && !name.empty(); ++m)
      if (modes_[m] != before[m])
        notes_.push_back(fmt::format("{}: {} {} -> {}", name, layout_.modes[m].name,
                                     layout_.modes[m].values.at(static_cast<size_t>(before[m])),
                                     layout_.modes[m].values.at(static_cast<size_t>(modes_[m]))));
  }

  /// Guards that hold at rest fire, timers that run end, until nothing changes any more.
  void settle() {
    for (int round = 0; round < 20; ++round) {
      auto a = args();
      a.guards = guards_.data();
      batch_->evaluate(a);
      const auto g = std::find_if(guards_.begin(), guards_.end(), [](double v) { return v >= 0; });
      const auto t = std::min_element(timers_.begin(), timers_.end());
      if (g != guards_.end()) {
        const auto id = static_cast<size_t>(g - guards_.begin());
        fire(core::EventContext::Kind::guard, static_cast<int>(id), layout_.guards[id].name);
      } else if (t != timers_.end() && *t != core::kNever) {
        const auto id = static_cast<size_t>(t - timers_.begin());
        now_ = *t;
        *t = core::kNever;
        fire(core::EventContext::Kind::timer, static_cast<int>(id), layout_.timers[id].name);
      } else {
        return;
      }
      solve();
    }
    notes_.push_back(
        "the modes do not settle: what is shown is one of the states it cycles through");
  }

  EvalResult describe() {
    EvalResult r;
    r.model = type_.name;
    const auto& rows = type_.params->rows();
    for (size_t i = 0; i < rows.size(); ++i)
      r.params.emplace_back(
          rows[i].name, param_text(rows[i], type_.params->get(params_.get(), static_cast<int>(i))));
    std::vector<double> outputs(layout_.outputs.size());
    core::LedgerArray ledger{};
    auto a = args();
    std::fill(f_.begin(), f_.end(), 0.0);
    a.f = f_.data();
    a.mass = mass_.data();
    a.outputs = outputs.data();
    a.ledger = &ledger;
    batch_->evaluate(a);
    for (const auto& port : layout_.ports) describe_port(port, r);
    for (size_t i = 0; i < layout_.inputs.size(); ++i)
      r.inputs.push_back(
          {layout_.inputs[i].name, u_[i], layout_.inputs[i].unit, layout_.inputs[i].help});
    for (size_t m = 0; m < modes_.size(); ++m)
      r.modes.emplace_back(layout_.modes[m].name,
                           layout_.modes[m].values.at(static_cast<size_t>(modes_[m])));
    for (size_t v = 0; v < layout_.vars.size(); ++v) {
      const auto& var = layout_.vars[v];
      const auto i = static_cast<size_t>(layout_.n_port_unknowns) + v;
      r.variables.push_back({var.name, y_[i], var.unit, var.help});
      if (std::find(free_.begin(), free_.end(), i) != free_.end()) continue;
      const double rate = mass_[i] > 0.0 ? f_[i] / mass_[i] : 0.0;
      const std::string change =
          std::abs(rate) * 3600.0 < var.atol
              ? "and at rest there"
              : fmt::format("and changes by {:.4g} {} per hour", 3600.0 * rate, var.unit);
      notes_.push_back(fmt::format("{} is held at its start value {}", var.name, change));
    }
    for (size_t o = 0; o < outputs.size(); ++o)
      r.outputs.push_back(
          {layout_.outputs[o].name, outputs[o], layout_.outputs[o].unit, layout_.outputs[o].help});
    for (size_t i = 0; i < ledger.size(); ++i)
      if (ledger[i] != 0.0)
        r.ledger.push_back({std::string(core::kAccountInfo[i].name), ledger[i], "W",
                            std::string(core::kAccountInfo[i].help)});
    r.notes = notes_;
    return r;
  }

  void describe_port(const core::PortInfo& port, EvalResult& r) const {
    const double* y = &y_[static_cast<size_t>(port.offset)];
    // The batch adds what flows in to the balance of the node, with the sign of a flow out of it.
    const double in0 = 0.0 - f_[static_cast<size_t>(port.offset)];
    const double in1 =
        core::width(port.kind) > 1 ? 0.0 - f_[static_cast<size_t>(port.offset) + 1] : 0.0;
    const std::string n = port.name + ".";
    switch (port.kind) {
      case PortKind::ac: {
        const double v = std::hypot(y[0], y[1]);
        r.ports.push_back({n + "v", v, "V", "Line-to-line voltage"});
        r.ports.push_back({n + "angle", std::atan2(y[1], y[0]), "rad", "Phase angle"});
        r.flows.push_back({n + "p", y[0] * in0 + y[1] * in1, "W", "Active power in"});
        r.flows.push_back({n + "q", y[1] * in0 - y[0] * in1, "var", "Reactive power in"});
        r.flows.push_back(
            {n + "current", std::hypot(in0, in1) / std::sqrt(3.0), "A", "Line current"});
        break;
      }
      case PortKind::dc:
        r.ports.push_back({n + "v", y[0], "V", "Voltage"});
        r.flows.push_back({n + "p", y[0] * in0, "W", "Power in"});
        r.flows.push_back({n + "current", in0, "A", "Current in"});
        break;
      case PortKind::fluid:
        r.ports.push_back({n + "p", y[0], "Pa", "Pressure over ambient"});
        r.ports.push_back({n + "temp", y[1], "K", "Temperature of the node"});
        r.flows.push_back({n + "mdot", in0, "kg/s", "Mass flow in"});
        r.flows.push_back({n + "heat", in1, "W", "Heat carried in, relative to 20 °C"});
        break;
      case PortKind::heat:
        r.ports.push_back({n + "temp", y[0], "K", "Temperature"});
        r.flows.push_back({n + "heat", in0, "W", "Heat in"});
        break;
    }
  }

  static constexpr double kMediumTemp = 298.15;  // at which density and heat capacity are taken

  const core::ComponentType& type_;
  const core::Layout& layout_;
  const core::Registry& registry_;
  Diagnostics d_;
  std::vector<Argument> arguments_;
  std::vector<std::string> names_;  ///< everything that an argument can name
  std::shared_ptr<void> params_;
  double altitude_ = 0.0, pressure_ = 101325.0;
  std::vector<core::Medium> media_;
  std::vector<const core::Medium*> medium_pointers_;
  std::unique_ptr<core::Batch> batch_;
  std::vector<double> y_, u_, f_, mass_, jacobian_, guards_;
  std::vector<int> modes_;
  std::map<int, int> pinned_;
  std::vector<core::Nanoseconds> timers_;
  core::Nanoseconds now_ = 0;
  std::vector<uint8_t> pattern_;
  std::vector<size_t> free_;
  std::vector<std::string> notes_;
};

}  // namespace

EvalResult evaluate_component(const core::ComponentType& type, const core::Registry& registry,
                              const std::vector<std::string>& arguments) {
  return Bench(type, registry, arguments).run();
}

void read_arguments(const std::vector<std::string>& texts, const core::ParamTableBase& table,
                    void* params, const std::string& owner) {
  Diagnostics d;
  auto arguments = split(texts, d);
  read_table(arguments, table, params, owner, d);
  for (const auto& a : arguments) {
    if (a.used) continue;
    const auto near = nearest(a.name, table.names());
    d.error(a.name_loc, fmt::format("{} has no '{}'", owner, a.name),
            near.empty() ? fmt::format("known: {}", fmt::join(table.names(), ", "))
                         : fmt::format("did you mean '{}'?", near));
  }
  d.throw_if_errors();
}

}  // namespace steppe::app
