#include "models/power/dcdc.h"

namespace steppe::models {

const core::ParamTable<DcDc::Params>& DcDc::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("v_bus", &Params::v_bus, "V", 240.0, {12.0, 2000.0}, "Nominal voltage of the bus")
          .real("v_battery", &Params::v_battery, "V", 230.0, {12.0, 2000.0},
                "Nominal voltage of the battery")
          .real("rating", &Params::rating, "kW", core::required(600.0), {0.1, 20e3},
                "Rated power to the bus")
          .real("charge_rating", &Params::charge_rating, "kW", core::required(60.0), {0.01, 20e3},
                "Largest power drawn from the bus for recharge")
          .real("discharge_level", &Params::discharge_level, "1", 0.975, {0.7, 1.1},
                "Bus voltage over nominal below which the battery helps")
          .real("charge_level", &Params::charge_level, "1", 0.98, {0.7, 1.2},
                "Bus voltage over nominal below which there is no recharge")
          .real("charge_width", &Params::charge_width, "1", 0.005, {0.001, 0.1},
                "Span of bus voltage over nominal in which the recharge fades in")
          .real("droop", &Params::droop, "1", 0.01, {0.001, 0.1},
                "Voltage drop at rated discharge over nominal")
          .real("loss_a", &Params::loss_a, "1", 0.002, {1e-5, 0.05}, "No-load loss over rating")
          .real("loss_b", &Params::loss_b, "1", 0.004, {0.0, 0.1}, "Proportional loss over power")
          .real("loss_c", &Params::loss_c, "1", 0.014, {0.0, 0.2},
                "Quadratic loss over rating at full load");
  return table;
}

core::Layout DcDc::layout() {
  return core::Layout{}
      .dc(kBus, "bus")
      .source()
      .dc(kBattery, "battery")
      .heat(kWaste, "waste")
      .optional()
      .input(kDischargeMax, {.name = "p_discharge_max",
                             .unit = "W",
                             .value = 1e9,
                             .lo = 0.0,
                             .hi = 1e6,
                             .help = "Power that the battery can give"})
      .input(kChargeMax, {.name = "p_charge_max",
                          .unit = "W",
                          .value = 1e9,
                          .lo = 0.0,
                          .hi = 1e6,
                          .help = "Power that the battery can take"})
      .output(kPower, "power", "W", "Power to the bus; negative while charging")
      .output(kPowerBattery, "power_battery", "W", "Power from the battery")
      .output(kLoss, "p_loss", "W", "Loss")
      .mode(kState, {"state", {"running", "off"}, kRunning})
      .command(kStart, "start", "Starts the converter")
      .command(kStop, "stop", "Stops the converter");
}

core::ComponentType dcdc_model() {
  return core::describe<DcDc>("dcdc", "power", "Battery converter of a dc chain");
}

}  // namespace steppe::models
