#include "models/battery/hybrid_split.h"

#include <algorithm>
#include <cmath>

namespace steppe::models {

const core::ParamTable<HybridSplit::Params>& HybridSplit::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("period", &Params::period, "s", 0.02, {0.001, 3600.0}, "Control period")
          .real("time_constant", &Params::time_constant, "s", 30.0, {0.01, 36000.0},
                "What changes faster than this goes to the capacitors")
          .real("rating", &Params::rating, "MW", core::required(2.0), {1e-6, 2000.0},
                "Largest power of the capacitors' converter")
          .real("battery_rating", &Params::battery_rating, "MW", core::required(2.0),
                {1e-6, 2000.0}, "Largest power of the battery's converter")
          .real("soc_target", &Params::soc_target, "1", 0.5, {0.0, 1.0},
                "State of charge that the capacitors are brought back to")
          .real("gain", &Params::gain, "1", 0.5, {0.0, 50.0},
                "Power over rating with which the battery does it, per unit of missing charge");
  return table;
}

void HybridSplit::update(core::ProcessContext& c) {
  const double order = c.in(kOrder), soc = c.in(kSoc);
  const double dt = c.period(p_.period);
  slow_ = started_ ? slow_ + (1.0 - std::exp(-dt / p_.time_constant)) * (order - slow_) : order;
  started_ = true;
  const double back = std::clamp(p_.gain * (p_.soc_target - soc), -0.5, 0.5) * p_.rating;
  double cap = std::clamp(order - slow_ - back, -p_.rating, p_.rating);
  // Towards either end of the window the capacitors hand over to the battery.
  constexpr double kFade = 0.05;
  cap = std::clamp(cap, -p_.rating * std::clamp((1.0 - soc) / kFade, 0.0, 1.0),
                   p_.rating * std::clamp(soc / kFade, 0.0, 1.0));
  const double battery = std::clamp(order - cap, -p_.battery_rating, p_.battery_rating);
  c.out(kBattery, battery);
  c.out(kCapacitor, cap);
  next_ = c.now + core::from_seconds(dt);
}

core::ProcessType hybrid_split_process() {
  core::ProcessType t;
  t.name = "hybrid_split";
  t.domain = "battery";
  t.help = "Splits an order between a battery (slow) and supercapacitors (fast)";
  t.params = &HybridSplit::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<HybridSplit::Params>();
    HybridSplit::params().set_defaults(p.get());
    return p;
  };
  const double required = std::nan("");
  t.inputs = {{"order", "W", "Power wanted from both, positive = discharge", required},
              {"soc", "1", "State of charge of the capacitors", required}};
  t.outputs = {{"p_battery", "W", "Order for the battery's converter"},
               {"p_capacitor", "W", "Order for the capacitors' converter"}};
  t.make = [](const void* p, const core::ProcessSetup&) -> std::unique_ptr<core::Process> {
    return std::make_unique<HybridSplit>(*static_cast<const HybridSplit::Params*>(p));
  };
  return t;
}

}  // namespace steppe::models
