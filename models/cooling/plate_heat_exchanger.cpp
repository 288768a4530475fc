#include "models/cooling/plate_heat_exchanger.h"

namespace steppe::models {

const core::ParamTable<PlateHeatExchanger::Params>& PlateHeatExchanger::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_flow_hot", &Params::design_flow_hot, "kg/s", core::required(25.0), {1e-3, 1e4},
           "Mass flow on the hot side")
        .real("design_flow_cold", &Params::design_flow_cold, "kg/s", core::required(25.0),
              {1e-3, 1e4}, "Mass flow on the cold side")
        .real("ua", &Params::ua, "W/K", core::required(250e3), {1, 1e9},
              "Conductance at design flows: heat over logarithmic mean temperature difference")
        .real("design_dp_hot", &Params::design_dp_hot, "kPa", 50.0, {0.1, 500},
              "Pressure drop of the hot side at design flow")
        .real("design_dp_cold", &Params::design_dp_cold, "kPa", 50.0, {0.1, 500},
              "Pressure drop of the cold side at design flow")
        .real("volume_hot", &Params::volume_hot, "L", 50.0, {0.01, 1e5}, "Volume of the hot side")
        .real("volume_cold", &Params::volume_cold, "L", 50.0, {0.01, 1e5},
              "Volume of the cold side");
    return p;
  }();
  return t;
}

core::Layout PlateHeatExchanger::layout() {
  core::Layout l;
  l.fluid(kHotIn, "hot_in").fluid(kHotOut, "hot_out").fluid(kColdIn, "cold_in");
  l.fluid(kColdOut, "cold_out").path(kHotIn, kHotOut).path(kColdIn, kColdOut);
  l.var(kMdotHot, {.name = "mdot_hot",
                   .unit = "kg/s",
                   .kind = core::VarKind::algebraic,
                   .atol = 1e-5,
                   .help = "Mass flow from hot_in to hot_out"});
  l.var(kMdotCold, {.name = "mdot_cold",
                    .unit = "kg/s",
                    .kind = core::VarKind::algebraic,
                    .atol = 1e-5,
                    .help = "Mass flow from cold_in to cold_out"});
  l.var(kTempHot, {.name = "temp_hot",
                   .unit = "K",
                   .kind = core::VarKind::storage,
                   .atol = 1e-4,
                   .guess = 308.15,
                   .energy = core::Energy::heat,
                   .lo = 200.0,
                   .hi = 450.0,
                   .help = "Temperature leaving the hot side"});
  l.var(kTempCold, {.name = "temp_cold",
                    .unit = "K",
                    .kind = core::VarKind::storage,
                    .atol = 1e-4,
                    .guess = 303.15,
                    .energy = core::Energy::heat,
                    .lo = 200.0,
                    .hi = 450.0,
                    .help = "Temperature leaving the cold side"});
  l.output(kHeat, "heat", "W", "Heat from hot to cold")
      .output(kApproach, "approach", "K", "Hot outlet over cold inlet")
      .output(kUa, "ua", "W/K", "Conductance at present flows")
      .output(kEffectiveness, "effectiveness", "1", "Of the smaller capacity rate");
  return l;
}

core::ComponentType plate_heat_exchanger_model() {
  return core::describe<PlateHeatExchanger>(
      "plate_heat_exchanger", "cooling",
      "Counterflow liquid-to-liquid exchanger (CDU, free cooling, heat reuse)");
}

}  // namespace steppe::models
