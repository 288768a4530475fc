#include "models/power/cable.h"

namespace steppe::models {

const core::ParamTable<Cable::Params>& Cable::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("voltage", &Params::voltage, "V", core::required(400.0), {100.0, 220e3},
                "Nominal line-to-line voltage")
          .real("rating", &Params::rating, "kVA", core::required(1600.0), {1.0, 500e3},
                "Apparent power that counts as full load")
          .real("resistance", &Params::resistance, "ohm/km", 0.012, {1e-4, 20.0},
                "Resistance per length of one run at 20 °C")
          .real("reactance", &Params::reactance, "ohm/km", 0.015, {0.0, 2.0},
                "Reactance per length of one run")
          .real("length", &Params::length, "m", 50.0, {0.1, 20e3}, "Length")
          .integer("parallel", &Params::parallel, 1, {1, 100}, "Equal runs in parallel")
          .real("conductor_temp", &Params::conductor_temp, "degC", 60.0, {-50.0, 120.0},
                "Temperature of the conductor", "[IEC 60287-1-1 2023]: 90 °C at full load (XLPE)");
  return table;
}

core::Layout Cable::layout() {
  return core::Layout{}
      .ac(kA, "a")
      .ac(kB, "b")
      .heat(kWaste, "waste")
      .optional()
      .output(kPower, "power", "W", "Power from a to b")
      .output(kLoss, "p_loss", "W", "Loss")
      .output(kLoad, "load", "1", "Current over rated current")
      .output(kDrop, "voltage_drop", "1", "Voltage drop over nominal voltage");
}

core::ComponentType cable_model() {
  return core::describe<Cable>("cable", "power", "Three-phase cable or busway");
}

}  // namespace steppe::models
