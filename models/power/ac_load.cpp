#include "models/power/ac_load.h"

namespace steppe::models {

const core::ParamTable<AcLoad::Params>& AcLoad::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("voltage", &Params::voltage, "V", 400.0, {100.0, 220e3},
                "Nominal line-to-line voltage")
          .real("power", &Params::power, "kW", core::required(100.0), {0.001, 1e6},
                "Power at nominal voltage and scale 1")
          .real("power_factor", &Params::power_factor, "1", 0.95, {0.3, 1.0},
                "Displacement factor, lagging")
          .real("impedance_share", &Params::impedance_share, "1", 0.3, {0.0, 1.0},
                "Share that follows the square of the voltage")
          .real("v_min", &Params::v_min, "1", 0.7, {0.1, 0.95},
                "Voltage over nominal below which constant power is lost")
          .real("trip_voltage", &Params::trip_voltage, "1", 0.5, {0.0, 0.9},
                "Voltage over nominal below which the load drops out; 0: never")
          .real("ride_through", &Params::ride_through, "s", 0.1, {1e-3, 10},
                "How long it bears that")
          .real("restart_delay", &Params::restart_delay, "s", 2.0, {0.1, 3600},
                "Time between return of the voltage and of the load");
  return table;
}

core::Layout AcLoad::layout() {
  core::Layout l;
  MotorSupply::declare(l);
  return l.ac(kIn, "in")
      .heat(kWaste, "waste")
      .optional()
      .input(kScale, {.name = "scale",
                      .unit = "1",
                      .value = 1.0,
                      .lo = 0.0,
                      .hi = 2.0,
                      .help = "Present demand over `power`"})
      .output(kPower, "power", "W", "Power drawn")
      .output(kUnserved, "unserved", "W", "Demand that the voltage does not allow");
}

core::ComponentType ac_load_model() {
  return core::describe<AcLoad>("ac_load", "power", "Lighting, offices and other small ac loads");
}

}  // namespace steppe::models
