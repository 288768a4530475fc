#include "models/power/inverter.h"

namespace steppe::models {

const core::ParamTable<Inverter::Params>& Inverter::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("v_dc", &Params::v_dc, "V", 240.0, {12.0, 2000.0}, "Nominal dc voltage")
          .real("v_set", &Params::v_set, "V", 400.0, {100.0, 1000.0},
                "Line-to-line voltage without load")
          .real("rating", &Params::rating, "kVA", core::required(200.0), {0.5, 5000.0},
                "Rated apparent power at sea level")
          .real("loss_a", &Params::loss_a, "1", 0.0090, {1e-4, 0.1}, "No-load loss over rating",
                "engineering: half of a double-conversion UPS, see README")
          .real("loss_b", &Params::loss_b, "1", 0.0038, {-0.05, 0.1},
                "Proportional loss over output")
          .real("loss_c", &Params::loss_c, "1", 0.0150, {1e-4, 0.2},
                "Quadratic loss over rating at full load")
          .real("droop", &Params::droop, "1", 0.02, {0.002, 0.1},
                "Voltage drop at rated current over v_set", "[Rocabert 2012]")
          .real("current_limit", &Params::current_limit, "1", 1.5, {1.0, 4.0},
                "Largest current over rated")
          .real("undervoltage", &Params::undervoltage, "1", 0.8, {0.4, 0.95},
                "Dc voltage over nominal at which the inverter blocks")
          .real("reset", &Params::reset, "1", 0.9, {0.45, 1.0},
                "Dc voltage over nominal that ends the blocking")
          .real("reset_delay", &Params::reset_delay, "s", 0.5, {0.0, 600.0},
                "Time that the dc voltage must stay good before it runs again")
          .real("altitude_slope", &Params::altitude_slope, "1/m", 1e-4, {0.0, 5e-4},
                "Loss of rating per metre above 1000 m");
  return table;
}

core::Layout Inverter::layout() {
  return core::Layout{}
      .dc(kIn, "in")
      .ac(kOut, "out")
      .source()
      .heat(kWaste, "waste")
      .optional()
      .output(kPowerIn, "p_in", "W", "Power drawn from the dc bus")
      .output(kPowerOut, "p_out", "W", "Power given to the ac bus")
      .output(kLoss, "p_loss", "W", "Loss")
      .output(kLoad, "load", "1", "Power over rating")
      .output(kPu, "v_pu", "1", "Output voltage over v_set")
      .mode(kState, {"state", {"running", "blocked", "off", "waiting"}, kRunning})
      .guard(kUndervoltage, "undervoltage", "Dc voltage below the blocking threshold")
      .guard(kRecovered, "recovered", "Dc voltage good again")
      .timer(kResetTimer, "reset", "End of the wait after an undervoltage")
      .command(kStart, "start", "Starts the inverter")
      .command(kStop, "stop", "Stops the inverter");
}

core::ComponentType inverter_model() {
  return core::describe<Inverter>("inverter", "power",
                                  "Grid-forming inverter: ac bus fed from the dc chain");
}

}  // namespace steppe::models
