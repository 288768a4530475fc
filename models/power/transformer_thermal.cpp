#include "models/power/transformer_thermal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace steppe::models {
namespace {

constexpr double kZero = 273.15;

enum class Cooling { onan_distribution, onan, onaf };

/// Exponents and constants of a kind of cooling [IEC 60076-7 2018, table 4].
struct Constants {
  double x, y, k11, k21, k22, tau_oil, tau_winding;  ///< s
};
constexpr Constants kConstants[] = {{0.8, 1.6, 1.0, 1.0, 2.0, 180.0 * 60.0, 4.0 * 60.0},
                                    {0.8, 1.3, 0.5, 2.0, 2.0, 210.0 * 60.0, 10.0 * 60.0},
                                    {0.8, 1.3, 0.5, 2.0, 2.0, 150.0 * 60.0, 7.0 * 60.0}};

struct Params {
  Cooling cooling;
  bool upgraded;
  double period, oil_rise, hot_spot_rise, loss_ratio, warn;
};

const core::ParamTable<Params>& params() {
  static const auto table = [] {
    core::ParamTable<Params> t;
    t.choice("cooling", &Params::cooling, core::Choices{{"onan_distribution", "onan", "onaf"}},
             Cooling::onan, "Kind of cooling: exponents and time constants",
             "[IEC 60076-7 2018, table 4]")
        .real("oil_rise", &Params::oil_rise, "K", 52.0, {20.0, 80.0},
              "Top oil over the surroundings at rated load",
              "[IEC 60076-7 2018]: with hot_spot_rise 98 degC at 20 degC, where V = 1")
        .real("hot_spot_rise", &Params::hot_spot_rise, "K", 26.0, {5.0, 60.0},
              "Hot spot over top oil at rated load", "[IEC 60076-7 2018]")
        .real("loss_ratio", &Params::loss_ratio, "1", 8.0, {1.0, 25.0},
              "Load loss over no-load loss at rated load")
        .boolean("upgraded", &Params::upgraded, false, "Thermally upgraded paper")
        .real("warn", &Params::warn, "degC", 120.0, {80.0, 180.0}, "Hot spot that is told",
              "[IEC 60076-7 2018, table 2]: normal cyclic loading")
        .real("period", &Params::period, "s", 60.0, {0.1, 3600.0}, "Sampling period");
    return t;
  }();
  return table;
}

class TransformerThermal final : public core::Process {
 public:
  enum Input : int { kLoad, kAmbient };
  enum Output : int { kOil, kHotSpot, kAgeing };
  explicit TransformerThermal(const Params& p)
      : p_(p), c_(kConstants[static_cast<int>(p.cooling)]) {}
  core::Nanoseconds next_time() const override { return next_; }

  void update(core::ProcessContext& c) override {
    // The load of the interval that ends now is that of its begin: held, as the table of the
    // standard's difference equations has it.
    const double dt = core::to_seconds(c.now - m_.last);
    if (m_.started != 0) advance(dt);
    m_.load = std::max(0.0, c.in(kLoad));
    m_.ambient = c.in(kAmbient);
    if (m_.started == 0) {
      m_.oil = oil_target();
      m_.fast = c_.k21 * gradient();
      m_.slow = (c_.k21 - 1.0) * gradient();
    }
    const double hot = hot_spot();
    m_.hottest = m_.started != 0 ? std::max(m_.hottest, hot) : hot;
    constexpr double kBubbles = 140.0 + kZero, kLoadRange = 1.5;
    tell(c, kHot, hot > p_.warn, "hot", fmt::format("hot spot {:.1f} degC", hot - kZero));
    tell(c, kBubble, hot > kBubbles, "bubbles",
         fmt::format("hot spot {:.1f} degC: gas bubbles from the paper", hot - kZero));
    tell(c, kRange, m_.load > kLoadRange, "outside range",
         fmt::format("load {:.2f}: the model is made for loads up to 1.5", m_.load));
    c.out(kOil, m_.oil);
    c.out(kHotSpot, hot);
    c.out(kAgeing, ageing(hot));
    m_.started = 1;
    m_.last = c.now;
    next_ = c.now + core::from_seconds(c.period(p_.period));
  }
  void save(core::StateWriter& w) const override {
    w.put(next_);
    w.put(m_);
  }
  void load(core::StateReader& r) override {
    r.get(next_);
    r.get(m_);
  }
  std::vector<core::ProcessKpi> kpis() const override {
    return {{"transformer_hot_spot_max", m_.hottest, "K", "Hottest spot of a winding"},
            {"transformer_life_used", m_.life, "s",
             "Insulation life used up, in time at a hot spot of 98 degC (upgraded paper: 110)"}};
  }

 private:
  enum Told : int { kHot, kBubble, kRange };
  struct Memory {
    core::Nanoseconds last = 0;
    double load = 0.0, ambient = 293.15, oil = 293.15, fast = 0.0, slow = 0.0, hottest = 0.0,
           life = 0.0;
    int64_t started = 0, told = 0;
  };
  double oil_target() const {
    const double r = p_.loss_ratio;
    return m_.ambient + p_.oil_rise * std::pow((1.0 + r * m_.load * m_.load) / (1.0 + r), c_.x);
  }
  double gradient() const { return p_.hot_spot_rise * std::pow(m_.load, c_.y); }
  double hot_spot() const { return m_.oil + m_.fast - m_.slow; }
  double ageing(double hot) const {
    return p_.upgraded ? std::exp(15000.0 / 383.0 - 15000.0 / hot)
                       : std::exp2((hot - kZero - 98.0) / 6.0);
  }
  void advance(double dt) {
    const double before = ageing(hot_spot());
    const auto move = [&](double& v, double target, double tau) {
      v = target + (v - target) * std::exp(-dt / tau);
    };
    move(m_.oil, oil_target(), c_.k11 * c_.tau_oil);
    move(m_.fast, c_.k21 * gradient(), c_.k22 * c_.tau_winding);
    move(m_.slow, (c_.k21 - 1.0) * gradient(), c_.tau_oil / c_.k22);
    m_.life += 0.5 * dt * (before + ageing(hot_spot()));
  }
  /// An event where something begins.
  void tell(core::ProcessContext& c, Told what, bool now, const char* name,
            const std::string& text) {
    const int64_t bit = int64_t{1} << what;
    if (now && (m_.told & bit) == 0) c.event("warning", "", name, text);
    m_.told = now ? m_.told | bit : m_.told & ~bit;
  }

  Params p_;
  Constants c_;
  Memory m_;
  core::Nanoseconds next_ = 0;
};

}  // namespace

core::ProcessType transformer_thermal_process() {
  core::ProcessType t;
  t.name = "transformer_thermal";
  t.domain = "power";
  t.help = "Oil and hot-spot temperature of a transformer, and the life that they use up";
  t.params = &params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Params>();
    params().set_defaults(p.get());
    return p;
  };
  t.inputs = {
      {"load", "1", "Current over rated current: the output `load` of a transformer", std::nan("")},
      {"ambient_temp", "K", "Temperature of its surroundings", 293.15}};
  t.outputs = {{"oil_temp", "K", "Top-oil temperature", 293.15},
               {"hot_spot_temp", "K", "Hottest spot of the windings", 293.15},
               {"ageing", "1", "Rate of ageing over that of rated life"}};
  t.make = [](const void* p, const core::ProcessSetup&) -> std::unique_ptr<core::Process> {
    return std::make_unique<TransformerThermal>(*static_cast<const Params*>(p));
  };
  return t;
}

}  // namespace steppe::models
