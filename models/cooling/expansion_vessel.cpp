#include "models/cooling/expansion_vessel.h"

namespace steppe::models {

const core::ParamTable<ExpansionVessel::Params>& ExpansionVessel::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.text("medium", &Params::medium, "water", "Medium of the circuit: water, air, pg25, eg40 …")
        .real("design_temp", &Params::design_temp, "degC", 25.0, {-40, 95},
              "Temperature at which density and heat capacity of the circuit are taken")
        .real("pressure", &Params::pressure, "kPa", 200.0, {-50, 2000},
              "Gauge pressure kept at the port; 0 for air");
    return p;
  }();
  return t;
}

core::Layout ExpansionVessel::layout() {
  core::Layout l;
  l.fluid(kPort, "port").reference();
  l.var(kMakeup, {.name = "makeup",
                  .unit = "kg/s",
                  .kind = core::VarKind::algebraic,
                  .atol = 1e-5,
                  .help = "Flow from the vessel into the circuit"});
  l.output(kPressure, "pressure", "Pa", "Gauge pressure at the port");
  return l;
}

core::ComponentType expansion_vessel_model() {
  return core::describe<ExpansionVessel>(
      "expansion_vessel", "cooling",
      "Pressure reference of a fluid circuit; names its medium and design temperature");
}

}  // namespace steppe::models
