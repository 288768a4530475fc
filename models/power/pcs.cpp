#include "models/power/pcs.h"

namespace steppe::models {

const core::ParamTable<Pcs::Params>& Pcs::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .group("Size")
          .real("v_ac", &Params::v_ac, "V", 690.0, {100.0, 40e3}, "Nominal line-to-line voltage")
          .real("v_dc", &Params::v_dc, "V", 1330.0, {12.0, 5000.0}, "Nominal battery voltage")
          .real("rating", &Params::rating, "kW", core::required(2500.0), {0.5, 1e6},
                "Rated apparent power at sea level")
          .group("Loss")
          .real("p0_charge", &Params::p0_charge, "1", 0.007702, {1e-4, 0.05},
                "No-load loss over rating while charging", "[Möller 2022]")
          .real("k_charge", &Params::k_charge, "1", 0.017291, {1e-4, 0.2},
                "Quadratic loss over rating while charging", "[Möller 2022]")
          .real("p0_discharge", &Params::p0_discharge, "1", 0.005512, {1e-4, 0.05},
                "No-load loss over rating while discharging", "[Möller 2022]")
          .real("k_discharge", &Params::k_discharge, "1", 0.018773, {1e-4, 0.2},
                "Quadratic loss over rating while discharging", "[Möller 2022]")
          .real("standby", &Params::standby, "1", 0.003, {0.0, 0.02},
                "Loss over rating while blocked or in standby, from the ac side")
          .group("Control")
          .real("response", &Params::response, "s", 0.02, {0.001, 10.0},
                "Time constant of active and reactive power")
          .real("current_limit", &Params::current_limit, "1", 1.1, {1.0, 2.0},
                "Largest ac current over rated")
          .real("undervoltage", &Params::undervoltage, "1", 0.2, {0.0, 0.95},
                "Ac voltage over nominal at which the converter blocks")
          .real("reset", &Params::reset, "1", 0.9, {0.3, 0.99},
                "Ac voltage over nominal that ends the blocking")
          .real("reset_delay", &Params::reset_delay, "s", 0.5, {0.0, 600.0},
                "Time that the voltage must stay good before power flows again")
          .real("altitude_slope", &Params::altitude_slope, "1/m", 1e-4, {0.0, 5e-4},
                "Loss of rating per metre above 1000 m")
          .group("Frequency response")
          .real("frequency", &Params::frequency, "Hz", 50.0, {40.0, 70.0}, "Nominal frequency")
          .real("frequency_droop", &Params::frequency_droop, "%", 0.0, {0.0, 20.0},
                "Deviation over nominal that asks for the full rating; 0: no response")
          .real("frequency_deadband", &Params::frequency_deadband, "mHz", 15.0, {0.0, 500.0},
                "Deviation without response")
          .real("virtual_inertia", &Params::virtual_inertia, "s", 0.0, {0.0, 50.0},
                "Inertia constant over the rating; 0: none", "[Rocabert 2012]")
          .real("frequency_share", &Params::frequency_share, "1", 1.0, {0.0, 1.0},
                "Largest response over rating");
  return table;
}

core::Layout Pcs::layout() {
  return core::Layout{}
      .ac(kAc, "ac")
      .dc(kDc, "dc")
      .heat(kWaste, "waste")
      .optional()
      .var(kP, {.name = "p",
                .unit = "W",
                .kind = core::VarKind::lag,
                .atol = 1.0,
                .help = "Active power ordered by the inner control; positive to the ac bus"})
      .var(kQ, {.name = "q",
                .unit = "var",
                .kind = core::VarKind::lag,
                .atol = 1.0,
                .help = "Reactive power ordered by the inner control; positive to the ac bus"})
      .var(kSeen, {.name = "frequency_seen",
                   .unit = "Hz",
                   .kind = core::VarKind::lag,
                   .atol = 1e-6,
                   .help = "Frequency deviation behind the measuring filter"})
      .input(kPSet, {.name = "p_set",
                     .unit = "W",
                     .value = 0.0,
                     .lo = -3e6,
                     .hi = 3e6,
                     .help = "Wanted active power, positive = discharge"})
      .input(kQSet, {.name = "q_set",
                     .unit = "var",
                     .value = 0.0,
                     .lo = -1e6,
                     .hi = 1e6,
                     .help = "Wanted reactive power, positive to the ac bus"})
      .input(kDischargeMax, {.name = "p_discharge_max",
                             .unit = "W",
                             .value = 1e9,
                             .lo = 0.0,
                             .hi = 3e6,
                             .help = "Power that the battery can give"})
      .input(kChargeMax, {.name = "p_charge_max",
                          .unit = "W",
                          .value = 1e9,
                          .lo = 0.0,
                          .hi = 3e6,
                          .help = "Power that the battery can take"})
      .input(kDeviation, {.name = "frequency_deviation",
                          .unit = "Hz",
                          .value = 0.0,
                          .lo = -1.0,
                          .hi = 1.0,
                          .help = "Frequency less its nominal value"})
      .output(kPower, "power", "W", "Active power to the ac bus")
      .output(kReactive, "reactive_power", "var", "Reactive power to the ac bus")
      .output(kPowerDc, "power_dc", "W", "Power drawn from the battery")
      .output(kLoss, "p_loss", "W", "Loss")
      .output(kResponse, "frequency_response", "W", "Power added for the frequency")
      .mode(kState, {"state", {"running", "blocked", "waiting", "standby"}, kRunning})
      .guard(kUndervoltage, "undervoltage", "Ac voltage below the blocking threshold")
      .guard(kRecovered, "recovered", "Ac voltage good again")
      .timer(kResetTimer, "reset", "End of the waiting time after an undervoltage")
      .command(kStart, "start", "Leaves standby")
      .command(kStop, "stop", "Goes to standby");
}

void Pcs::on_event(const Params& p, core::EventContext& e) {
  using Kind = core::EventContext::Kind;
  int& state = e.modes[kState];
  const auto drop = [&](int to) {
    state = to;
    e.stop_timer(kResetTimer);
    e.vars[kP] = 0.0;
    e.vars[kQ] = 0.0;
  };
  if (e.kind == Kind::guard && e.id == kUndervoltage) {
    drop(kBlocked);
    e.text = "ac voltage low";
  } else if (e.kind == Kind::guard && e.id == kRecovered) {
    state = kWaiting;
    e.start_timer(kResetTimer, p.reset_delay);
  } else if (e.kind == Kind::timer && state == kWaiting) {
    state = kRunning;
  } else if (e.kind == Kind::command && e.id == kStop) {
    drop(kStandby);
  } else if (e.kind == Kind::command && e.id == kStart && state == kStandby) {
    state = kRunning;
  }
}

core::ComponentType pcs_model() {
  return core::describe<Pcs>("pcs", "power", "Battery converter on an ac bus (grid-following)");
}

}  // namespace steppe::models
