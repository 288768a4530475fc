#pragma once
// Small models with known solutions, for tests of the engine alone.
#include <memory>
#include <string>

#include "sim/core/system.h"

namespace steppe::test {

using core::Energy;
using core::EventContext;
using core::Layout;
using core::Local;
using core::LocalOut;
using core::ParamTable;
using core::VarKind;

/// x' = a·(x − cos t) − sin t, i.e. x = cos t + c·e^{a t}; t is a clock state. The stiff test of
/// Prothero and Robinson.
struct Stiff {
  struct Params {
    double a, x0;
  };
  static const ParamTable<Params>& params() {
    static const auto t = ParamTable<Params>{}
                              .real("a", &Params::a, "1/s", -1.0, {-1e7, 0}, "rate")
                              .real("x0", &Params::x0, "1", 1.0, {-10, 10}, "start");
    return t;
  }
  static Layout layout() {
    Layout l;
    l.var(
        0,
        {.name = "x", .unit = "1", .atol = 1e-12, .guess = 1.0, .initial = true, .help = "state"});
    l.var(1, {.name = "t", .unit = "s", .atol = 1e-12, .initial = true, .help = "state"});
    return l;
  }
  static double guess(const Params& p, int local) { return local == 0 ? p.x0 : 0.0; }
  template <class S>
  static void eval(const Params& p, const Local<S>& x, LocalOut<S>& out) {
    using std::cos;
    using std::sin;
    out.balance(0, 1.0, p.a * (x.var(0) - cos(x.var(1))) - sin(x.var(1)));
    out.balance(1, 1.0, S(1.0));
  }
};

/// A capacity that is heated at a held power; switches the heater off at t_off and on again below
/// t_on.
struct Boiler {
  struct Params {
    double capacity, loss, power, t_off, t_on;
  };
  static const ParamTable<Params>& params() {
    static const auto t =
        ParamTable<Params>{}
            .real("capacity", &Params::capacity, "J/K", 1000.0, {1, 1e9}, "heat capacity")
            .real("loss", &Params::loss, "W/K", 2.0, {0, 1e6}, "to 0 K")
            .real("power", &Params::power, "W", 1000.0, {0, 1e9}, "heater")
            .real("t_off", &Params::t_off, "K", 400.0, {0, 1e4}, "off above")
            .real("t_on", &Params::t_on, "K", 390.0, {0, 1e4}, "on below");
    return t;
  }
  static Layout layout() {
    Layout l;
    l.var(0, {.name = "temp",
              .unit = "K",
              .atol = 1e-9,
              .guess = 300.0,
              .initial = true,
              .energy = Energy::heat,
              .help = "state"});
    l.mode(0, {.name = "heater", .values = {"on", "off"}});
    l.guard(0, "too_hot", "heater off");
    l.guard(1, "too_cold", "heater on");
    l.input(0, {.name = "boost", .unit = "W", .lo = -100, .hi = 100, .help = "extra heat"});
    return l;
  }
  template <class S>
  static void eval(const Params& p, const Local<S>& x, LocalOut<S>& out) {
    const S heat = (x.mode(0) == 0 ? p.power : 0.0) + x.in(0);
    const S loss = p.loss * x.var(0);
    out.balance(0, p.capacity, heat - loss);
    out.book(core::kGridImport, heat);
    out.book(core::kUseOther, heat);
    out.book(core::kToAmbient, loss);
    out.guard(0, x.mode(0) == 0 ? core::value(x.var(0)) - p.t_off : -1.0);
    out.guard(1, x.mode(0) == 1 ? p.t_on - core::value(x.var(0)) : -1.0);
  }
  static void on_event(const Params&, EventContext& e) {
    if (e.kind == EventContext::Kind::guard) e.modes[0] = e.id == 0 ? 1 : 0;
  }
};

/// A switch without hysteresis: must be refused as chattering.
struct Chatter {
  struct Params {
    double dummy;
  };
  static const ParamTable<Params>& params() {
    static const auto t =
        ParamTable<Params>{}.real("dummy", &Params::dummy, "1", 0.0, {-1, 1}, "none");
    return t;
  }
  static Layout layout() {
    Layout l;
    l.var(
        0,
        {.name = "x", .unit = "1", .atol = 1e-9, .guess = -1.0, .initial = true, .help = "state"});
    l.mode(0, {.name = "side", .values = {"below", "above"}});
    l.guard(0, "up", "x above 0");
    l.guard(1, "down", "x not below 0");
    return l;
  }
  template <class S>
  static void eval(const Params&, const Local<S>& x, LocalOut<S>& out) {
    out.balance(0, 1.0, S(1.0));
    out.guard(0, x.mode(0) == 0 ? core::value(x.var(0)) : -1.0);
    out.guard(1, x.mode(0) == 1 ? core::value(x.var(0)) : -1.0);
  }
  static void on_event(const Params&, EventContext& e) { e.modes[0] = e.id == 0 ? 1 : 0; }
};

/// A sampled controller: holds out = −gain·in for one exchange.
struct Damper final : core::Process {
  struct Params {
    double gain;
  };
  static const ParamTable<Params>& params() {
    static const auto t =
        ParamTable<Params>{}.real("gain", &Params::gain, "W/K", 0.2, {0, 1e6}, "feedback");
    return t;
  }
  static core::ProcessType type() {
    core::ProcessType t;
    t.name = "damper";
    t.domain = "controls";
    t.help = "test";
    t.params = &params();
    t.make_params = [] { return std::make_shared<Params>(Params{0.2}); };
    t.inputs = {{.name = "temp", .unit = "K", .help = "measured"}};
    t.outputs = {{.name = "heat", .unit = "W", .help = "asked for"}};
    t.make = [](const void* p, const core::ProcessSetup&) {
      return std::make_unique<Damper>(static_cast<const Params*>(p)->gain);
    };
    return t;
  }
  explicit Damper(double gain) : gain_(gain) {}
  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override {
    c.out(0, -gain_ * c.in(0));
    next_ = c.now + c.exchange;
  }
  void save(core::StateWriter& w) const override { w.put(next_); }
  void load(core::StateReader& r) override { r.get(next_); }

 private:
  double gain_;
  core::Nanoseconds next_ = 0;
};

struct Site {
  core::Registry registry;
  core::SystemSpec spec;

  template <class M>
  typename M::Params& add(const std::string& id) {
    const auto [it, fresh] =
        registry.components.try_emplace(id, core::describe<M>(id, "test", "test"));
    core::ComponentSpec c;
    c.id = id;
    c.type = &it->second;
    c.params = it->second.make_params();
    spec.components.push_back(c);
    return *static_cast<typename M::Params*>(c.params.get());
  }
  std::unique_ptr<core::System> build() {
    Diagnostics d;
    auto s = core::System::build(spec, registry, d);
    if (!s) throw UserError(d);
    return s;
  }
};

}  // namespace steppe::test
