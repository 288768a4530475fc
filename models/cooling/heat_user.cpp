#include "models/cooling/heat_user.h"

namespace steppe::models {

const core::ParamTable<HeatUser::Params>& HeatUser::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_flow", &Params::design_flow, "kg/s", core::required(12.0), {1e-2, 1e4},
           "Flow of the pressure drop")
        .real("design_dp", &Params::design_dp, "kPa", 50.0, {0.1, 500},
              "Pressure drop at design flow")
        .real("volume", &Params::volume, "L", 100.0, {0.1, 1e6}, "Water in the exchanger")
        .real("supply_min", &Params::supply_min, "degC", 55.0, {-20, 120},
              "Cooler supply is refused");
    return p;
  }();
  return t;
}

core::Layout HeatUser::layout() {
  core::Layout l;
  l.fluid(kIn, "in").fluid(kOut, "out").path(kIn, kOut);
  l.var(kMdot, {.name = "mdot",
                .unit = "kg/s",
                .kind = core::VarKind::algebraic,
                .atol = 1e-5,
                .help = "Mass flow from in to out"});
  l.var(kTemp, {.name = "temp_out",
                .unit = "K",
                .kind = core::VarKind::storage,
                .atol = 1e-4,
                .guess = 318.15,
                .energy = core::Energy::heat,
                .lo = 200.0,
                .hi = 450.0,
                .help = "Temperature that goes back"});
  l.input(kDemand, {.name = "demand",
                    .unit = "W",
                    .value = 0.0,
                    .required = true,
                    .lo = 0.0,
                    .hi = 1e6,
                    .help = "Heat wanted"})
      .input(kReturnTemp, {.name = "return_temp",
                           .unit = "K",
                           .value = 318.15,
                           .lo = 288.15,
                           .hi = 338.15,
                           .help = "Return temperature of the buyer: no heat below it"});
  l.output(kHeat, "heat", "W", "Heat sold")
      .output(kUnmet, "unmet", "W", "Heat wanted but not sold");
  return l;
}

core::ComponentType heat_user_model() {
  return core::describe<HeatUser>("heat_user", "cooling",
                                  "Buyer of heat with a least supply and a return temperature");
}

}  // namespace steppe::models
