#include "models/cooling/valve.h"

namespace steppe::models {

const core::ParamTable<Valve::Params>& Valve::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_flow", &Params::design_flow, "kg/s", core::required(50.0), {1e-3, 1e4},
           "Mass flow at which the pressure drop is given")
        .real("design_dp", &Params::design_dp, "kPa", core::required(30.0), {1e-4, 1000},
              "Pressure drop at the design flow, fully open")
        .choice("characteristic", &Params::characteristic,
                core::Choices{{"linear", "equal_percentage"}}, Characteristic::equal_percentage,
                "Flow coefficient against stem position")
        .real("rangeability", &Params::rangeability, "1", 50.0, {5, 200},
              "Of the equal-percentage characteristic")
        .real("leakage", &Params::leakage, "1", 1e-3, {1e-4, 0.1},
              "Flow coefficient when closed over that when open")
        .real("stroke_time", &Params::stroke_time, "s", 20.0, {0.1, 300},
              "Time constant of the actuator")
        .boolean("reverse", &Params::reverse, false,
                 "Closes with a rising signal (second half of a three-way valve)");
    return p;
  }();
  return t;
}

core::Layout Valve::layout() {
  core::Layout l;
  l.fluid(kIn, "in").fluid(kOut, "out").path(kIn, kOut);
  l.var(kMdot, {.name = "mdot",
                .unit = "kg/s",
                .kind = core::VarKind::algebraic,
                .atol = 1e-5,
                .help = "Mass flow from in to out"});
  l.var(kStem, {.name = "stem",
                .unit = "1",
                .kind = core::VarKind::lag,
                .atol = 1e-6,
                .guess = 0.5,
                .lo = -0.1,
                .hi = 1.1,
                .help = "Position of the stem, 0 closed to 1 open (before reversal)"});
  l.input(kPosition, {.name = "position",
                      .unit = "1",
                      .value = 1.0,
                      .lo = 0.0,
                      .hi = 1.0,
                      .help = "Wanted position, 0 to 1"});
  l.output(kDp, "dp", "Pa", "Pressure drop")
      .output(kOpening, "opening", "1", "Flow coefficient over that of the open valve")
      .output(kKv, "kv", "1", "Flow coefficient K_v in m3/h at 1 bar of water");
  return l;
}

core::ComponentType valve_model() {
  return core::describe<Valve>("valve", "cooling",
                               "Control valve; two of them make a three-way valve");
}

}  // namespace steppe::models
