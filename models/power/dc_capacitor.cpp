#include "models/power/dc_capacitor.h"

namespace steppe::models {

const core::ParamTable<DcCapacitor::Params>& DcCapacitor::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("voltage", &Params::voltage, "V", 240.0, {1.0, 5000.0},
                "Nominal voltage: start of the search")
          .real("capacitance", &Params::capacitance, "F", core::required(0.1), {1e-5, 1e4},
                "Capacitance")
          .real("resistance", &Params::resistance, "mohm", 1.0, {1e-4, 1e5}, "Series resistance");
  return table;
}

core::Layout DcCapacitor::layout() {
  return core::Layout{}
      .dc(kBus, "bus")
      .heat(kWaste, "waste")
      .optional()
      .var(kVc, {.name = "v_c",
                 .unit = "V",
                 .kind = core::VarKind::lag,
                 .atol = 1e-4,
                 .help = "Voltage of the capacitance"})
      .output(kPower, "power", "W", "Power into the capacitor")
      .output(kEnergy, "energy", "J", "Stored energy");
}

core::ComponentType dc_capacitor_model() {
  return core::describe<DcCapacitor>("dc_capacitor", "power", "Capacitor bank on a dc bus");
}

}  // namespace steppe::models
