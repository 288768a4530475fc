#include "models/power/pcs_forming.h"

namespace steppe::models {

const core::ParamTable<PcsForming::Params>& PcsForming::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .group("Size")
          .real("v_ac", &Params::v_ac, "V", 690.0, {100.0, 40e3}, "Nominal line-to-line voltage")
          .real("v_dc", &Params::v_dc, "V", 1330.0, {12.0, 5000.0}, "Nominal battery voltage")
          .real("rating", &Params::rating, "kW", core::required(2500.0), {0.5, 1e6},
                "Rated apparent power at sea level")
          .real("altitude_slope", &Params::altitude_slope, "1/m", 1e-4, {0.0, 5e-4},
                "Loss of rating per metre above 1000 m")
          .group("Loss")
          .real("p0", &Params::p0, "1", 0.005512, {1e-4, 0.05}, "No-load loss over rating",
                "[Möller 2022]")
          .real("k", &Params::k, "1", 0.018773, {1e-4, 0.2}, "Quadratic loss over rating",
                "[Möller 2022]")
          .group("Control")
          .real("frequency", &Params::frequency, "Hz", 50.0, {40.0, 70.0}, "Nominal frequency")
          .real("frequency_droop", &Params::frequency_droop, "1", 0.01, {1e-4, 0.1},
                "Fall of frequency at rated power over nominal", "[Rocabert 2012]")
          .real("voltage_droop", &Params::voltage_droop, "1", 0.03, {0.0, 0.2},
                "Fall of voltage at rated reactive power over nominal", "[Rocabert 2012]")
          .real("filter", &Params::filter, "s", 0.03, {0.002, 60.0},
                "Time constant of the power measurement; 0.03 s is 5 Hz, longer is virtual inertia")
          .real("reactance", &Params::reactance, "1", 0.1, {0.01, 0.5},
                "Virtual reactance per unit")
          .real("current_limit", &Params::current_limit, "1", 1.2, {1.0, 3.0},
                "Largest current over rated")
          .real("undervoltage", &Params::undervoltage, "1", 0.75, {0.3, 0.98},
                "Battery voltage over nominal at which it trips")
          .real("overload", &Params::overload, "1", 0.05, {0.0, 1.0},
                "Share by which the battery's power limit may be exceeded")
          .boolean("running", &Params::running, true, "Runs from the start");
  return table;
}

core::Layout PcsForming::layout() {
  const auto measured = [](const char* name, const char* unit, const char* help) {
    return core::VarInfo{
        .name = name, .unit = unit, .kind = core::VarKind::lag, .atol = 1.0, .help = help};
  };
  return core::Layout{}
      .ac(kAc, "ac")
      .source()
      .dc(kDc, "dc")
      .heat(kWaste, "waste")
      .optional()
      .var(kPf, measured("p_filtered", "W", "Active power behind the filter"))
      .var(kQf, measured("q_filtered", "var", "Reactive power behind the filter"))
      .var(kAngle, {.name = "angle",
                    .unit = "rad",
                    .kind = core::VarKind::storage,
                    .atol = 1e-6,
                    .help = "Angle of the emf against the frame"})
      .var(kFrequency, {.name = "frequency",
                        .unit = "Hz",
                        .kind = core::VarKind::algebraic,
                        .atol = 1e-6,
                        .help = "Frequency that it forms"})
      .input(kPSet, {.name = "p_set",
                     .unit = "W",
                     .value = 0.0,
                     .lo = -2e6,
                     .hi = 2e6,
                     .help = "Active power at nominal frequency"})
      .input(kQSet, {.name = "q_set",
                     .unit = "var",
                     .value = 0.0,
                     .lo = -1e6,
                     .hi = 1e6,
                     .help = "Reactive power at nominal voltage"})
      .input(kFrame, {.name = "frame_frequency",
                      .unit = "Hz",
                      .value = 0.0,
                      .lo = 49.0,
                      .hi = 51.0,
                      .help = "Frequency of the unit or grid that it follows; 0: it leads"})
      .input(kDischargeMax, {.name = "p_discharge_max",
                             .unit = "W",
                             .value = 1e12,
                             .lo = 0.0,
                             .hi = 3e6,
                             .help = "Power that the battery can give"})
      .input(kChargeMax, {.name = "p_charge_max",
                          .unit = "W",
                          .value = 1e12,
                          .lo = 0.0,
                          .hi = 3e6,
                          .help = "Power that the battery can take"})
      .output(kPower, "power", "W", "Active power to the ac bus")
      .output(kReactive, "reactive_power", "var", "Reactive power to the ac bus")
      .output(kPowerDc, "power_dc", "W", "Power drawn from the battery")
      .output(kLoss, "p_loss", "W", "Loss")
      .output(kLoad, "load", "1", "Power over rating at this altitude")
      .output(kPu, "v_pu", "1", "Voltage of the bus over nominal")
      .mode(kState, {"state", {"running", "off", "tripped"}, kRunning})
      .guard(kDcLow, "dc_low", "Battery voltage below the limit")
      .guard(kBatteryEnd, "battery_end", "More power than the battery can give")
      .guard(kBatteryFull, "battery_full", "More power than the battery can take")
      .command(kStart, "start", "Forms the bus (black start on a dead one)")
      .command(kStop, "stop", "Switches off");
}

void PcsForming::on_event(const Params& p, core::EventContext& e) {
  using Kind = core::EventContext::Kind;
  int& state = e.modes[kState];
  if (e.kind == Kind::start) {
    state = p.running ? kRunning : kOff;
  } else if (e.kind == Kind::guard) {
    state = kTripped;
    e.text = e.id == kDcLow        ? "battery voltage low"
             : e.id == kBatteryEnd ? "the battery cannot give this power"
                                   : "the battery cannot take this power";
  } else if (e.kind == Kind::command && e.id == kStart && state != kRunning) {
    state = kRunning;
    const bool live = std::hypot(e.x[0], e.x[1]) > 0.5 * p.v_ac;
    e.vars[kAngle] = live ? std::atan2(e.x[1], e.x[0]) : 0.0;
    e.vars[kPf] = e.vars[kQf] = 0.0;
  } else if (e.kind == Kind::command && e.id == kStop) {
    state = kOff;
  }
}

core::ComponentType pcs_forming_model() {
  return core::describe<PcsForming>("pcs_forming", "power",
                                    "Grid-forming battery converter: droop, islands, black start");
}

}  // namespace steppe::models
