#include "models/grid/genset.h"

#include <fmt/format.h>

#include <algorithm>

namespace steppe::models {

const core::ParamTable<Genset::Params>& Genset::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .group("Size")
          .real("voltage", &Params::voltage, "kV", 10.0, {0.2, 40.0},
                "Nominal line-to-line voltage")
          .real("rating", &Params::rating, "MW", core::required(2.0), {0.01, 500.0},
                "Rated power at sea level (of all units in parallel)")
          .real("frequency", &Params::frequency, "Hz", 50.0, {40.0, 70.0}, "Nominal frequency")
          .real("altitude_slope", &Params::altitude_slope, "1/m", 1e-4, {0.0, 5e-4},
                "Loss of rating per metre above 1000 m")
          .group("Machine")
          .real("reactance", &Params::reactance, "1", 0.2, {0.05, 0.6},
                "Transient reactance per unit", "[Kundur 1994, table 4.2]: 0.15 to 0.4")
          .real("inertia", &Params::inertia, "s", 1.0, {0.1, 10.0},
                "Kinetic energy at nominal speed over rating",
                "engineering: 0.5 to 2 of a diesel set")
          .real("damping", &Params::damping, "1", 1.0, {0.0, 10.0}, "Damping per unit")
          .real("voltage_gain", &Params::voltage_gain, "1", 50.0, {1.0, 500.0},
                "Gain of the voltage regulator")
          .real("voltage_time", &Params::voltage_time, "s", 0.3, {0.01, 5.0},
                "Time constant of the excitation")
          .real("ceiling", &Params::ceiling, "1", 2.5, {1.1, 5.0}, "Largest emf per unit")
          .real("reactive_droop", &Params::reactive_droop, "1", 0.0, {0.0, 0.2},
                "Fall of voltage at full reactive power; beside a grid about 0.05")
          .group("Engine")
          .real("gain", &Params::gain, "1", 15.0, {1.0, 200.0}, "Proportional gain of the governor")
          .real("integral_time", &Params::integral_time, "s", 1.5, {0.1, 60.0},
                "Integral time of the governor")
          .real("droop", &Params::droop, "1", 0.0, {0.0, 0.1},
                "Fall of speed at full load; 0: isochronous, then p_set has no effect")
          .real("engine_time", &Params::engine_time, "s", 0.35, {0.02, 10.0},
                "Time constant of engine and turbocharger")
          .real("engine_limit", &Params::engine_limit, "1", 1.1, {0.5, 1.5},
                "Largest power over rating", "[ISO 8528-1 2018]: 10 % overload for an hour")
          .real("trip_frequency", &Params::trip_frequency, "1", 0.8, {0.5, 0.98},
                "Speed over nominal at which the set stops")
          .group("Start")
          .real("start_time", &Params::start_time, "s", 8.0, {0.1, 600.0},
                "From the order to rated voltage and frequency", "engineering: 6 to 10 s")
          .boolean("heater", &Params::heater, true, "Jacket heater: a cold site starts as fast")
          .real("cold_time", &Params::cold_time, "s/K", 0.6, {0.0, 20.0},
                "Longer start per kelvin below `warm` without a heater")
          .real("warm", &Params::warm, "degC", 5.0, {-30.0, 60.0}, "Temperature of a normal start")
          .integer("attempts", &Params::attempts, 3, {1, kMostTries}, "Attempts before it gives up")
          .integer("failed_attempts", &Params::failed_attempts, 0, {0, kMostTries},
                   "Attempts that fail first")
          .real("rest_time", &Params::rest_time, "s", 10.0, {0.0, 120.0}, "Rest between attempts")
          .group("Fuel")
          .real("tank", &Params::tank, "L", 10000.0, {1.0, 1e7}, "Content of the tank")
          .real("fuel_start", &Params::fuel_start, "%", 100.0, {0.0, 100.0}, "Filling at the start")
          .real("fuel_full", &Params::fuel_full, "L/kWh", 0.22, {0.1, 0.5},
                "Consumption at full load", "engineering: 0.21 to 0.24 L/kWh")
          .real("fuel_idle", &Params::fuel_idle, "1", 0.1, {0.0, 0.5},
                "Consumption without load over that at full load");
  return table;
}

core::Layout Genset::layout() {
  return core::Layout{}
      .ac(kOut, "out")
      .source()
      .var(kFrequency, {.name = "frequency",
                        .unit = "Hz",
                        .kind = core::VarKind::storage,
                        .atol = 1e-5,
                        .lo = 0.0,
                        .hi = 200.0,
                        .help = "Frequency"})
      .var(kEngine, {.name = "engine",
                     .unit = "1",
                     .kind = core::VarKind::lag,
                     .atol = 1e-6,
                     .help = "Engine power over rating"})
      .var(kGovernor, {.name = "governor",
                       .unit = "1",
                       .kind = core::VarKind::lag,
                       .atol = 1e-6,
                       .help = "Integral of the governor"})
      .var(kField, {.name = "emf",
                    .unit = "1",
                    .kind = core::VarKind::lag,
                    .atol = 1e-6,
                    .guess = 1.0,
                    .help = "Voltage behind the reactance per unit"})
      .var(kAngle, {.name = "angle",
                    .unit = "rad",
                    .kind = core::VarKind::storage,
                    .atol = 1e-6,
                    .help = "Angle of the emf against the frame"})
      .var(kFuel, {.name = "fuel",
                   .unit = "m3",
                   .kind = core::VarKind::storage,
                   .atol = 1e-6,
                   .initial = true,
                   .help = "Fuel in the tank"})
      .input(kStart, {.name = "start",
                      .unit = "1",
                      .value = 0.0,
                      .lo = 0.0,
                      .hi = 1.0,
                      .help = "1: run, 0: stop (a set started by command stays)"})
      .input(kFrame,
             {.name = "frame_frequency",
              .unit = "Hz",
              .value = 0.0,
              .lo = 49.0,
              .hi = 51.0,
              .help = "Frequency of the unit that this one follows; 0: others follow this one"})
      .input(kAmbient, {.name = "ambient_temp",
                        .unit = "K",
                        .value = 293.15,
                        .lo = 240.0,
                        .hi = 310.0,
                        .help = "Outdoor temperature"})
      .input(kSet, {.name = "p_set",
                    .unit = "W",
                    .value = 0.0,
                    .lo = 0.0,
                    .hi = 5e8,
                    .help = "Power at nominal frequency, by the droop"})
      .output(kPower, "power", "W", "Active power to the bus")
      .output(kReactive, "reactive_power", "var", "Reactive power to the bus")
      .output(kLoad, "load", "1", "Power over rating at this altitude")
      .output(kPu, "v_pu", "1", "Voltage of the bus over nominal")
      .output(kReady, "ready", "1", "1 while the set feeds the bus")
      .output(kFuelShare, "fuel_share", "1", "Fuel over content of the tank")
      .output(kFuelRate, "fuel_rate", "m3/s", "Consumption")
      .output(kAvailable, "available", "W",
              "Rating at this altitude; 0 when the set has failed, stalled or no fuel")
      .mode(kState,
            {"state",
             {"standstill", "starting", "resting", "running", "failed", "stalled", "out_of_fuel"},
             kStandstill})
      .mode(kTries, {"attempt", {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, 0})
      .mode(kOrder, {"order", {"none", "command", "signal"}, kNone})
      .guard(kOrdered, "ordered", "The input `start` asks for power")
      .guard(kReleased, "released", "The input `start` asks no longer")
      .guard(kEmpty, "empty", "The tank is empty")
      .guard(kUnderspeed, "underspeed", "Speed below the trip")
      .timer(kStartTimer, "start", "End of an attempt or of the rest behind it")
      .command(kDoStart, "start", "Starts the set")
      .command(kDoStop, "stop", "Stops the set")
      .command(kRefuel, "refuel", "Fills the tank (value: m3 to add; without one: full)")
      .command(kFail, "fail",
               "The set fails: stops and does not start until the command start or stop");
}

void Genset::on_event(const Params& p, core::EventContext& e) {
  using Kind = core::EventContext::Kind;
  int &state = e.modes[kState], &tries = e.modes[kTries], &order = e.modes[kOrder];
  const double* vars = e.x + 2;
  const double ambient = e.x[2 + 6 + kAmbient];
  const auto stop = [&](int to) {
    state = to;
    tries = 0;
    e.stop_timer(kStartTimer);
    e.vars[kEngine] = e.vars[kGovernor] = 0.0;
    e.vars[kFrequency] = p.frequency;
  };
  const auto attempt = [&] {
    state = kStarting;
    tries = std::min(tries + 1, kMostTries);
    const double cold = p.heater ? 0.0 : std::fmax(0.0, p.warm - ambient) * p.cold_time;
    e.start_timer(kStartTimer, p.start_time + cold);
    if (cold > 0.0) e.text = fmt::format("cold: {:.1f} s longer", cold);
  };
  const auto begin = [&](int by) {
    order = by;
    if (vars[kFuel] <= 1e-9 * p.tank) {
      stop(kOutOfFuel);
      e.text = "no fuel: the set cannot start";
    } else {
      attempt();
    }
  };
  const auto run = [&] {
    if (vars[kFuel] <= 1e-9 * p.tank) {
      stop(kOutOfFuel);
      e.text = "no fuel: the set cannot start";
      return;
    }
    state = kRunning;
    // Onto a live bus in phase with it, onto a dead one as it comes.
    const bool live = std::hypot(e.x[0], e.x[1]) > 0.5 * p.voltage;
    const double frame = e.x[2 + 6 + kFrame];
    e.vars[kFrequency] = frame > 1.0 ? frame : p.frequency;
    e.vars[kAngle] = live ? std::atan2(e.x[1], e.x[0]) : 0.0;
    e.vars[kField] = live ? std::hypot(e.x[0], e.x[1]) / p.voltage : 1.0;
    e.vars[kEngine] = e.vars[kGovernor] = 0.0;
  };
  if (e.kind == Kind::guard) {
    if (e.id == kOrdered) begin(kBySignal);
    if (e.id == kReleased) {
      order = kNone;
      stop(kStandstill);
    }
    if (e.id == kEmpty) {
      stop(kOutOfFuel);
      e.text = "the tank is empty";
    }
    if (e.id == kUnderspeed) {
      stop(kStalled);
      e.text = "overloaded: the engine stalls";
    }
  } else if (e.kind == Kind::timer) {
    if (state == kResting) {
      attempt();
    } else if (state == kStarting && tries > p.failed_attempts) {
      run();
    } else if (state == kStarting) {
      const bool last = tries >= p.attempts;
      e.text = fmt::format("attempt {} fails{}", tries, last ? "; the set gives up" : "");
      if (last) {
        stop(kFailed);
      } else {
        state = kResting;
        e.start_timer(kStartTimer, p.rest_time);
      }
    }
  } else if (e.kind == Kind::command) {
    if (e.id == kDoStart && state != kRunning && state != kStarting && state != kResting) {
      tries = 0;
      begin(kByCommand);
    }
    if (e.id == kDoStop) {
      order = kNone;
      stop(kStandstill);
    }
    if (e.id == kFail) {
      order = kNone;
      stop(kFailed);
    }
    if (e.id == kRefuel)
      e.vars[kFuel] = std::fmin(p.tank, e.value > 0.0 ? e.vars[kFuel] + e.value : p.tank);
  }
}

core::ComponentType genset_model() {
  return core::describe<Genset>("genset", "grid",
                                "Diesel generating set: start sequence, governor, fuel");
}

}  // namespace steppe::models
