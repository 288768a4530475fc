#include "models/power/rectifier.h"

namespace steppe::models {

const core::ParamTable<Rectifier::Params>& Rectifier::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .group("Size")
          .real("v_ac", &Params::v_ac, "V", 400.0, {100.0, 40e3}, "Nominal line-to-line input")
          .real("v_set", &Params::v_set, "V", 240.0, {12.0, 2000.0}, "Output voltage without load")
          .integer("modules", &Params::modules, 20, {1, 10000}, "Modules in parallel")
          .real("module_rating", &Params::module_rating, "kW", 30.0, {0.1, 5000.0},
                "Output power of a module")
          .group("Loss")
          .real("loss_a", &Params::loss_a, "1", 0.00953, {1e-4, 0.1}, "No-load loss over rating",
                "engineering: fit through 95.0/96.5/95.5 % at 20/50/100 % load")
          .real("loss_b", &Params::loss_b, "1", -0.00317, {-0.1, 0.1},
                "Proportional loss over output",
                "engineering: fit through 95.0/96.5/95.5 % at 20/50/100 % load")
          .real("loss_c", &Params::loss_c, "1", 0.04076, {0.0, 0.3},
                "Quadratic loss over rating at full load",
                "engineering: fit through 95.0/96.5/95.5 % at 20/50/100 % load")
          .real("standby", &Params::standby, "1", 0.0005, {0.0, 0.02},
                "Loss of a blocked or sleeping module over its rating")
          .boolean("staging", &Params::staging, false,
                   "Let modules sleep that the load does not need (one spare)")
          .real("power_factor", &Params::power_factor, "1", 0.99, {0.5, 1.0},
                "Displacement factor of the input, lagging")
          .group("Control")
          .real("droop", &Params::droop, "1", 0.01, {0.001, 0.1},
                "Voltage drop at rated output over v_set")
          .real("current_limit", &Params::current_limit, "1", 1.05, {0.1, 2.0},
                "Largest output current over rated")
          .real("input_limit", &Params::input_limit, "1", 1.15, {1.0, 2.0},
                "Input current limit: below 1/input_limit of the nominal voltage the output falls")
          .real("undervoltage", &Params::undervoltage, "1", 0.8, {0.4, 0.95},
                "Input voltage over nominal at which the modules block")
          .real("reset", &Params::reset, "1", 0.87, {0.5, 0.99},
                "Input voltage over nominal that ends the blocking (above undervoltage)")
          .real("reset_delay", &Params::reset_delay, "s", 3.0, {0.0, 600.0},
                "Time that the input must stay good before restart")
          .real("walk_in", &Params::walk_in, "s", 10.0, {0.01, 120.0},
                "Time to 95 % of full current after a restart")
          .real("altitude_slope", &Params::altitude_slope, "1/m", 1e-4, {0.0, 5e-4},
                "Loss of rating per metre above 1000 m");
  return table;
}

core::Layout Rectifier::layout() {
  return core::Layout{}
      .ac(kIn, "in")
      .dc(kOut, "out")
      .source()
      .heat(kWaste, "waste")
      .optional()
      .var(kRamp, {.name = "ramp",
                   .unit = "1",
                   .kind = core::VarKind::lag,
                   .atol = 1e-6,
                   .guess = 1.0,
                   .help = "Share of the current limit that the walk-in allows"})
      .input(kEnable, {.name = "enable",
                       .unit = "1",
                       .value = 1.0,
                       .lo = 0.0,
                       .hi = 1.0,
                       .help = "1: may run, 0: held off"})
      .output(kPowerIn, "p_in", "W", "Power drawn from the ac bus")
      .output(kPowerOut, "p_out", "W", "Power given to the dc bus")
      .output(kLoss, "p_loss", "W", "Loss")
      .output(kEfficiency, "efficiency", "1", "Output over input")
      .output(kLoad, "load", "1", "Output over rating at this altitude")
      .output(kModulesOn, "modules_on", "1", "Modules that are not asleep")
      .output(kOnBattery, "on_battery", "1",
              "1 while the input is bad and the battery carries the bus", core::Role::ups_transfer)
      .mode(kState, {"state", {"running", "blocked", "waiting", "off", "held"}, kRunning})
      .guard(kUndervoltage, "undervoltage", "Input voltage below the blocking threshold")
      .guard(kRecovered, "recovered", "Input voltage good again")
      .guard(kHold, "held", "The input `enable` holds the plant off")
      .guard(kRelease, "released", "The input `enable` lets the plant run")
      .timer(kResetTimer, "reset", "End of the waiting time after an undervoltage")
      .command(kStart, "start", "Starts the plant with walk-in")
      .command(kStop, "stop", "Blocks the plant");
}

void Rectifier::on_event(const Params& p, core::EventContext& e) {
  using Kind = core::EventContext::Kind;
  int& state = e.modes[kState];
  const auto restart = [&] {
    state = kRunning;
    e.vars[kRamp] = kFirst;
  };
  if (e.kind == Kind::guard && e.id == kHold) {
    state = kHeld;
    e.stop_timer(kResetTimer);
    e.vars[kRamp] = 0.0;
  } else if (e.kind == Kind::guard && e.id == kRelease) {
    state = kBlocked;
  } else if (e.kind == Kind::guard && e.id == kUndervoltage) {
    state = kBlocked;
    e.stop_timer(kResetTimer);
    e.vars[kRamp] = 0.0;
    e.text = "input voltage low";
  } else if (e.kind == Kind::guard && e.id == kRecovered) {
    state = kWaiting;
    e.start_timer(kResetTimer, p.reset_delay);
  } else if (e.kind == Kind::timer && state == kWaiting) {
    restart();
  } else if (e.kind == Kind::command && e.id == kStop) {
    state = kOff;
    e.stop_timer(kResetTimer);
    e.vars[kRamp] = 0.0;
  } else if (e.kind == Kind::command && e.id == kStart && state == kOff) {
    restart();
  }
}

core::ComponentType rectifier_model() {
  return core::describe<Rectifier>("rectifier", "power",
                                   "Rectifier plant of a dc chain (240/336 V HVDC, Panama, 800 V)");
}

}  // namespace steppe::models
