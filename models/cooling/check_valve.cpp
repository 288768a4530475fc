#include "models/cooling/check_valve.h"

namespace steppe::models {

const core::ParamTable<CheckValve::Params>& CheckValve::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_flow", &Params::design_flow, "kg/s", core::required(50.0), {1e-3, 1e4},
           "Mass flow at which the pressure drop is given")
        .real("design_dp", &Params::design_dp, "kPa", 10.0, {1e-3, 500},
              "Pressure drop at the design flow, forward")
        .real("reverse_dp", &Params::reverse_dp, "kPa", 250.0, {1, 2000},
              "Pressure against the arrow at which the leakage is given")
        .real("leakage", &Params::leakage, "1", 2e-3, {1e-4, 0.1},
              "Reverse flow there over the design flow");
    return p;
  }();
  return t;
}

core::Layout CheckValve::layout() {
  core::Layout l;
  l.fluid(kIn, "in").fluid(kOut, "out").path(kIn, kOut);
  l.var(kMdot, {.name = "mdot",
                .unit = "kg/s",
                .kind = core::VarKind::algebraic,
                .atol = 1e-5,
                .help = "Mass flow from in to out"});
  l.output(kDp, "dp", "Pa", "Pressure drop, negative when it holds back reverse flow")
      .output(kClosed, "closed", "1", "1 while shut");
  return l;
}

core::ComponentType check_valve_model() {
  return core::describe<CheckValve>("check_valve", "cooling", "Non-return valve");
}

}  // namespace steppe::models
