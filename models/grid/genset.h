#pragma once
#include <numbers>

#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Diesel generating set on an ac bus, with its own breaker: starts, closes onto a dead bus or in
/// phase with a live one, carries what the bus draws, burns fuel.
///
///   I = (E∠δ − V)/(jX),   X = reactance·V_n²/S_r          behind the transient reactance
///   (2H/f_n)·df/dt = p_m − p_e − D·(f/f_n − 1)             p per unit of S_r
///   τ_e·dp_m/dt = u − p_m,   u = clamp(k·e + I, 0, u_max)
///   τ_i·dI/dt = u − I,       e = 1 − f/f_n − droop·(p_m − p_set/S_r)   (isochronous with droop 0)
///   τ_v·dE/dt = clamp(1 + k_v·(1 − |V|/V_n − reactive_droop·q), 0, ceiling) − E
///   dm/dt = −c·S_r·(idle + (1 − idle)·p_m)                  fuel; c: consumption at full load
///   dδ/dt = 2π(f − frame)                                   frame: frequency of the unit that
///   others follow
///
/// Sequence: order (input `start` or command) → starting for start_time (longer below `warm`
/// without a jacket heater) → running. `failed_attempts` attempts fail first, each followed by a
/// rest; after `attempts` the set gives up. The command `fail` stops it until the command
/// `start` or `stop`. No fuel: it does not start, or stops with state
/// `out_of_fuel`. Below `trip_frequency` an overloaded engine stalls. S_r falls with altitude.
/// Blocks of load dip the frequency as [ISO 8528-5 2022] grades it: the engine follows with τ_e.
/// Left out: harmonics, unbalance, saturation, cooling circuit, synchronising time.
/// Source: swing and reactance [Kundur 1994, §3.9, §5.3]; sequence [ISO 8528-5 2022].
/// Range: block loads up to 100 % of rating.   Checked by: tests/unit/grid/genset_test.cpp
struct Genset {
  struct Params {
    double voltage, rating, frequency, reactance, inertia, damping, gain, integral_time, droop,
        engine_time, engine_limit, voltage_gain, voltage_time, reactive_droop, ceiling, start_time,
        cold_time, warm, rest_time, tank, fuel_start, fuel_full, fuel_idle, trip_frequency,
        altitude_slope;
    int attempts, failed_attempts;
    bool heater;
    double s_r = 1.0, y = 1.0, y_leak = 0.0;
  };
  enum Port : int { kOut };
  enum Var : int { kFrequency, kEngine, kGovernor, kField, kAngle, kFuel };
  enum Input : int { kStart, kFrame, kAmbient, kSet };
  enum Output : int { kPower, kReactive, kLoad, kPu, kReady, kFuelShare, kFuelRate, kAvailable };
  enum Mode : int { kState, kTries, kOrder };
  enum State : int { kStandstill, kStarting, kResting, kRunning, kFailed, kStalled, kOutOfFuel };
  enum Order : int { kNone, kByCommand, kBySignal };
  enum Guard : int { kOrdered, kReleased, kEmpty, kUnderspeed };
  enum Timer : int { kStartTimer };
  enum Command : int { kDoStart, kDoStop, kRefuel, kFail };
  static constexpr int kMostTries = 9;

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s) {
    p.s_r = p.rating * altitude_factor(s.altitude, 1000.0, p.altitude_slope);
    p.y = p.s_r / (p.reactance * p.voltage * p.voltage);
    p.y_leak = 1e-6 * p.s_r / (p.voltage * p.voltage);
  }
  static double guess(const Params& p, int local) {
    const double x[] = {p.voltage, 0.0, p.frequency, 0.0, 0.0, 1.0, 0.0, p.fuel_start * p.tank};
    return local < 8 ? x[local] : std::nan("");
  }
  /// Consumption [m3/s] at engine power per unit.
  template <class S>
  static S fuel_rate(const Params& p, const S& engine) {
    return p.fuel_full * p.s_r * (p.fuel_idle + (1.0 - p.fuel_idle) * smooth_pos(engine, 1e-4));
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    using std::cos;
    using std::sin;
    const int state = x.mode(kState);
    const bool running = state == kRunning;
    const S &a = x.v_re(kOut), &b = x.v_im(kOut);
    const S &f = x.var(kFrequency), &engine = x.var(kEngine), &integral = x.var(kGovernor);
    const S &field = x.var(kField), &angle = x.var(kAngle);
    const S v = x.v_abs(kOut, 1e-3 * p.voltage) / p.voltage;
    S i_re = a * p.y_leak, i_im = b * p.y_leak;
    if (running) {
      // Into the port: (V − E)/(jX).
      const S d_re = a - p.voltage * field * cos(angle), d_im = b - p.voltage * field * sin(angle);
      i_re = i_re + p.y * d_im;
      i_im = i_im - p.y * d_re;
    }
    out.current(kOut, i_re, i_im);
    const S power = -(a * i_re + b * i_im), reactive = -(b * i_re - a * i_im);
    out.book(core::kGenset, power);
    const S slip = f / p.frequency - 1.0;
    const S order =
        smooth_clamp(S(p.gain * (-slip - p.droop * (engine - x.in(kSet) / p.s_r)) + integral), 0.0,
                     p.engine_limit, 1e-3);
    if (running) {
      out.balance(kFrequency, 2.0 * p.inertia / p.frequency,
                  engine - power / p.s_r - p.damping * slip);
      out.balance(kEngine, p.engine_time, order - engine);
      out.balance(kGovernor, p.integral_time, order - integral);
      out.balance(
          kField, p.voltage_time,
          smooth_clamp(S(1.0 + p.voltage_gain * (1.0 - v - p.reactive_droop / p.s_r * reactive)),
                       0.0, p.ceiling, 1e-3) -
              field);
      out.balance(kFuel, 1.0, -fuel_rate(p, engine));
    } else {
      out.balance(kFrequency, 1.0, p.frequency - f);
      out.balance(kEngine, p.engine_time, -engine);
      out.balance(kGovernor, p.integral_time, -integral);
      out.balance(kField, p.voltage_time, 1.0 - field);
      out.balance(kFuel, 1.0, 0.0 * f);
    }
    // Without a frame this unit is the one that others follow.
    const bool follows = core::value(x.in(kFrame)) > 1.0;
    constexpr double kTurn = 2.0 * std::numbers::pi;
    out.balance(kAngle, 1.0, running && follows ? S(kTurn * (f - x.in(kFrame))) : S(-angle));

    const bool signalled = x.mode(kOrder) == kBySignal;
    out.guard(kOrdered, state == kStandstill ? x.in(kStart)-0.55 : S(-1.0));
    out.guard(kReleased, signalled && state != kStandstill ? 0.45 - x.in(kStart) : S(-1.0));
    out.guard(kEmpty, running ? 1e-9 * p.tank - x.var(kFuel) : S(-1.0));
    out.guard(kUnderspeed, running ? p.trip_frequency - f / p.frequency : S(-1.0));
    if (!out.wants_values()) return;
    out.value(kPower, power);
    out.value(kReactive, reactive);
    out.value(kLoad, power / p.s_r);
    out.value(kPu, v);
    out.value(kReady, S(running ? 1.0 : 0.0));
    out.value(kFuelShare, x.var(kFuel) / p.tank);
    out.value(kFuelRate, running ? fuel_rate(p, engine) : S(0.0));
    out.value(kAvailable, S(state <= kRunning ? p.s_r : 0.0));
  }
  static void on_event(const Params& p, core::EventContext& e);
};

core::ComponentType genset_model();

}  // namespace steppe::models
