#include "models/power/dc_load.h"

namespace steppe::models {

const core::ParamTable<DcLoad::Params>& DcLoad::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("voltage", &Params::voltage, "V", 240.0, {1.0, 5000.0}, "Nominal voltage")
          .real("power", &Params::power, "kW", core::required(100.0), {1e-3, 1e5},
                "Power at scale 1")
          .real("v_min", &Params::v_min, "1", 0.8, {0.1, 0.95},
                "Voltage over nominal below which power is lost")
          .real("trip_voltage", &Params::trip_voltage, "1", 0.5, {0.0, 0.9},
                "Voltage over nominal below which the load drops out; 0: never")
          .real("ride_through", &Params::ride_through, "s", 0.1, {1e-3, 10},
                "How long it bears that")
          .real("restart_delay", &Params::restart_delay, "s", 2.0, {0.1, 3600},
                "Time between return of the voltage and of the load")
          .choice("use", &Params::use, {{"it", "cooling", "other"}}, DcLoad::Use::it,
                  "What the energy counts as");
  return table;
}

core::Layout DcLoad::layout() {
  core::Layout l;
  MotorSupply::declare(l);
  return l.dc(kIn, "in")
      .heat(kWaste, "waste")
      .optional()
      .input(kScale, {.name = "scale",
                      .unit = "1",
                      .value = 1.0,
                      .lo = 0.0,
                      .hi = 2.0,
                      .help = "Present demand over `power`"})
      .output(kPower, "power", "W", "Power drawn")
      .output(kUnserved, "unserved", "W", "Computing demand that the voltage does not allow",
              core::Role::unserved);
}

core::ComponentType dc_load_model() {
  return core::describe<DcLoad>("dc_load", "power", "Constant-power load on a dc bus");
}

}  // namespace steppe::models
