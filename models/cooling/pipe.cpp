#include "models/cooling/pipe.h"

namespace steppe::models {

const core::ParamTable<Pipe::Params>& Pipe::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_flow", &Params::design_flow, "kg/s", core::required(50.0), {1e-3, 1e4},
           "Mass flow at which the pressure drop is given")
        .real("design_dp", &Params::design_dp, "kPa", core::required(50.0), {1e-4, 1000},
              "Pressure drop at the design flow")
        .real("viscosity_temp", &Params::viscosity_temp, "degC", 25.0, {-40, 95},
              "Temperature at which the pressure drop is given")
        .real("heat_loss", &Params::heat_loss, "W/K", 0.0, {0, 1e5},
              "Conductance to the surroundings");
    return p;
  }();
  return t;
}

core::Layout Pipe::layout() {
  core::Layout l;
  l.fluid(kIn, "in").fluid(kOut, "out").path(kIn, kOut);
  l.var(kMdot, {.name = "mdot",
                .unit = "kg/s",
                .kind = core::VarKind::algebraic,
                .atol = 1e-5,
                .help = "Mass flow from in to out"});
  l.input(kAmbientTemp, {.name = "ambient_temp",
                         .unit = "K",
                         .value = 293.15,
                         .lo = 233.15,
                         .hi = 323.15,
                         .help = "Temperature around the pipe"});
  l.output(kDp, "dp", "Pa", "Pressure drop")
      .output(kLoss, "heat_loss", "W", "Heat to the surroundings")
      .output(kFlow, "volume_flow", "m3/s", "Volume flow");
  return l;
}

core::ComponentType pipe_model() {
  return core::describe<Pipe>("pipe", "cooling",
                              "Flow resistance with viscosity correction and optional heat loss");
}

}  // namespace steppe::models
