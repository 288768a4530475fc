#include "models/grid/bess_control.h"

#include <algorithm>
#include <cmath>

namespace steppe::models {

const core::ParamTable<BessControl::Params>& BessControl::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("period", &Params::period, "s", 1.0, {0.001, 3600.0}, "Control period")
          .real("rating", &Params::rating, "MW", core::required(10.0), {0.001, 2000.0},
                "Largest power of the battery")
          .real("peak_limit", &Params::peak_limit, "MW", 1e6, {0.0, 1e6},
                "Largest power from the grid (the input of that name replaces it)")
          .real("export_limit", &Params::export_limit, "MW", 0.0, {0.0, 1e6},
                "Largest power to the grid")
          .real("ramp_limit", &Params::ramp_limit, "MW/min", 1e6, {0.001, 1e6},
                "Largest change of the power from the grid")
          .real("soc_target", &Params::soc_target, "1", 0.7, {0.0, 1.0},
                "State of charge to return to")
          .real("soc_reserve", &Params::soc_reserve, "1", 0.3, {0.0, 1.0},
                "State of charge kept for backup: no service discharges below it")
          .real("soc_max", &Params::soc_max, "1", 0.95, {0.1, 1.0},
                "State of charge above which no service charges")
          .real("soc_gain", &Params::soc_gain, "1", 2.0, {0.0, 50.0},
                "Charging power over rating per unit of missing charge");
  return table;
}

void BessControl::update(core::ProcessContext& c) {
  const double soc = c.in(kSoc), battery = c.in(kBatteryPower);
  const double load = c.in(kSitePower) + battery;
  const double cap = std::isfinite(c.in(kPeakLimit)) ? c.in(kPeakLimit) : p_.peak_limit;
  if (!started_) {
    // The battery starts at rest, whatever the search for a steady start tried.
    reference_ = load;
    started_ = true;
  }
  // Half of the rating is enough to recharge; a dead band of half a percent keeps the battery idle.
  constexpr double kDeadBand = 0.005, kMost = 0.5;
  const double missing = p_.soc_target - soc;
  const double beyond = std::copysign(std::max(0.0, std::abs(missing) - kDeadBand), missing);
  const double bias = std::clamp(p_.soc_gain * beyond, -kMost, kMost) * p_.rating;
  const double step = p_.ramp_limit * c.period(p_.period);
  double reference = std::clamp(load + bias, reference_ - step, reference_ + step);
  reference = std::clamp(reference, -p_.export_limit, std::max(cap, -p_.export_limit));
  double p_set = load - reference;
  // Towards a limit of charge the power fades out over two percent, so that the limit is not hit at
  // full power.
  constexpr double kFade = 0.02;
  const double most = p_.rating * std::clamp((soc - p_.soc_reserve) / kFade, 0.0, 1.0);
  const double least = -p_.rating * std::clamp((p_.soc_max - soc) / kFade, 0.0, 1.0);
  p_set = std::clamp(p_set, least, most);
  reference_ = load - p_set;
  c.out(kPSet, p_set);
  c.out(kReference, reference_);
  next_ = c.now + core::from_seconds(c.period(p_.period));
}

core::ProcessType bess_control_process() {
  core::ProcessType t;
  t.name = "bess_control";
  t.domain = "grid";
  t.help = "Site battery: ramp smoothing, peak shaving, state of charge";
  t.params = &BessControl::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<BessControl::Params>();
    BessControl::params().set_defaults(p.get());
    return p;
  };
  const double required = std::nan("");
  t.inputs = {{"site_power", "W", "Power from the utility at the meter", required},
              {"battery_power", "W", "Power of the battery converter to the site", required},
              {"soc", "1", "State of charge", required},
              {"peak_limit", "W", "Limit of the power from the grid, when it changes in time",
               std::numeric_limits<double>::infinity()}};
  t.outputs = {{"p_set", "W", "Power ordered from the converter, positive = discharge"},
               {"reference", "W", "Power that the grid shall deliver"}};
  t.make = [](const void* params, const core::ProcessSetup&) -> std::unique_ptr<core::Process> {
    return std::make_unique<BessControl>(*static_cast<const BessControl::Params*>(params));
  };
  return t;
}

}  // namespace steppe::models
