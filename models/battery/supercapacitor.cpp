#include "models/battery/supercapacitor.h"

namespace steppe::models {

const core::ParamTable<Supercapacitor::Params>& Supercapacitor::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("capacitance", &Params::capacitance, "F", core::required(50.0), {1e-3, 1e6},
                "Capacitance of the bank")
          .real("resistance", &Params::resistance, "mohm", core::required(10.0), {1e-3, 1e5},
                "Series resistance of the bank")
          .real("leakage", &Params::leakage, "kohm", 100.0, {0.001, 1e6},
                "Resistance of the leakage and of balancing")
          .real("v_min", &Params::v_min, "V", core::required(700.0), {0.1, 5000.0},
                "Lowest voltage in operation (half of v_max leaves three quarters of the energy)")
          .real("v_max", &Params::v_max, "V", core::required(1400.0), {0.2, 5000.0},
                "Highest voltage in operation")
          .real("current", &Params::current, "A", core::required(2000.0), {0.01, 1e6},
                "Largest current either way")
          .real("soc_initial", &Params::soc_initial, "1", 0.5, {0.0, 1.0},
                "Share of the usable energy at the start");
  return table;
}

core::Layout Supercapacitor::layout() {
  using core::VarKind;
  return core::Layout{}
      .dc(kTerminal, "dc")
      .source()
      .heat(kWaste, "waste")
      .optional()
      .var(kV, {.name = "v",
                .unit = "V",
                .atol = 1e-4,
                .guess = 1.0,
                .initial = true,
                .help = "Voltage behind the series resistance"})
      .var(kDischargeMax, {.name = "p_discharge_max",
                           .unit = "W",
                           .kind = VarKind::algebraic,
                           .atol = 1.0,
                           .help = "Power that the bank can give now"})
      .var(kChargeMax, {.name = "p_charge_max",
                        .unit = "W",
                        .kind = VarKind::algebraic,
                        .atol = 1.0,
                        .help = "Power that the bank can take now"})
      .output(kSoc, "state_of_charge", "1", "Share of the usable energy")
      .output(kPower, "power", "W", "Power out of the terminal")
      .output(kCurrent, "current", "A", "Current out of the terminal")
      .output(kLoss, "p_loss", "W", "Loss in the series resistance and by leakage")
      .output(kEnergy, "energy", "J", "Energy above the lowest voltage");
}

core::ComponentType supercapacitor_model() {
  return core::describe<Supercapacitor>("supercapacitor", "battery", "Bank of supercapacitors");
}

}  // namespace steppe::models
