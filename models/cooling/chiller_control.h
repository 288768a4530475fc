#pragma once
// Start, stop and protection of a chiller, the same for all kinds.
#include "models/cooling/motor_supply.h"

namespace steppe::models {

/// ready → starting (start_delay) → on ⇄ sag → lost → waiting (restart_delay) → ready; a stop leads
/// to `waiting` for min_off. Enabled at the start of a run: on from the first instant.
struct ChillerControl {
  double voltage, power_factor, trip_voltage, ride_through, restart_delay, start_delay, min_off,
      ramp_time;
  double tan_phi = 0.0;

  enum Mode : int { kReady, kStarting, kOn, kSag, kLost, kWaiting, kTripped };
  enum Guard : int { kEnabled, kDisabled, kUndervoltage, kRecovered };
  enum Timer : int { kSequence, kRideThrough };
  enum Command : int { kTrip, kReset };
  static constexpr double kHysteresis = 0.1;  // pu

  void prepare_supply() { tan_phi = std::sqrt(1.0 - power_factor * power_factor) / power_factor; }
  static bool running(int mode) { return mode == kOn || mode == kSag; }

  static void declare(core::Layout& l) {
    l.mode(0, {"state", {"ready", "starting", "on", "sag", "lost", "waiting", "tripped"}, kReady})
        .guard(kEnabled, "enabled", "wanted and ready")
        .guard(kDisabled, "disabled", "no longer wanted")
        .guard(kUndervoltage, "undervoltage", "supply below the trip voltage")
        .guard(kRecovered, "voltage_back", "supply back above the trip voltage")
        .timer(kSequence, "sequence", "end of start, block or restart delay")
        .timer(kRideThrough, "ride_through", "how long it bears a sag")
        .command(kTrip, "trip", "stops it until it is reset")
        .command(kReset, "reset", "clears a trip");
  }

  template <class S>
  S draw(core::LocalOut<S>& out, int supply, const S& p) const {
    return out.power(supply, p, p * tan_phi, 0.8 * trip_voltage * voltage);
  }

  template <class S>
  void set_guards(const core::Local<S>& x, core::LocalOut<S>& out, int supply, int enable) const {
    const int m = x.mode(0);
    const double v = core::value(x.v_abs(supply)) / voltage;
    const double want = core::value(x.in(enable)) - 0.5;
    const double back = v - trip_voltage - kHysteresis;
    out.guard(kEnabled, S(m == kReady ? std::min(want - 0.1, back) : -1.0));
    out.guard(kDisabled, S(m == kStarting || m == kOn ? -0.1 - want : -1.0));
    out.guard(kUndervoltage, S(m == kStarting || m == kOn ? trip_voltage - v : -1.0));
    out.guard(kRecovered, S(m == kSag || m == kLost ? back : -1.0));
  }

  /// `supply_offset`, `enable_offset`: places among the local unknowns.
  void handle(core::EventContext& e, int supply_offset, int enable_offset) const {
    using Kind = core::EventContext::Kind;
    int& m = e.modes[0];
    const double v = std::hypot(e.x[supply_offset], e.x[supply_offset + 1]) / voltage;
    switch (e.kind) {
      case Kind::start:
        if (m == kTripped) break;
        m = v < trip_voltage ? kLost : e.x[enable_offset] > 0.5 ? kOn : kReady;
        break;
      case Kind::guard:
        if (e.id == kEnabled && m == kReady) {
          if (e.now == 0) {  // a controller asked for it as the run began: it has been on before
            m = kOn;
          } else {
            m = kStarting;
            e.start_timer(kSequence, start_delay);
          }
        } else if (e.id == kDisabled && (m == kStarting || m == kOn)) {
          m = kWaiting;
          e.start_timer(kSequence, min_off);
        } else if (e.id == kUndervoltage && m == kStarting) {
          m = kLost;
          e.stop_timer(kSequence);
        } else if (e.id == kUndervoltage && m == kOn) {
          m = kSag;
          e.start_timer(kRideThrough, ride_through);
        } else if (e.id == kRecovered && m == kSag) {
          m = kOn;
          e.stop_timer(kRideThrough);
        } else if (e.id == kRecovered && m == kLost) {
          m = kWaiting;
          e.start_timer(kSequence, restart_delay);
        }
        break;
      case Kind::timer:
        if (e.id == kRideThrough && m == kSag) {
          m = kLost;
          e.text = "tripped by undervoltage";
        } else if (e.id == kSequence && m == kStarting) {
          m = kOn;
        } else if (e.id == kSequence && m == kWaiting) {
          m = kReady;
        }
        break;
      case Kind::command:
        e.stop_timer(kSequence);
        e.stop_timer(kRideThrough);
        if (e.id == kTrip) m = kTripped;
        if (e.id == kReset && m == kTripped) m = v < trip_voltage ? kLost : kReady;
        break;
    }
  }

  template <class P>
  static void add_params(core::ParamTable<P>& t) {
    t.group("supply and sequence")
        .real("voltage", &P::voltage, "V", 400.0, {100, 20e3}, "Nominal line-to-line voltage")
        .real("power_factor", &P::power_factor, "1", 0.9, {0.5, 1.0}, "Displacement power factor")
        .real("trip_voltage", &P::trip_voltage, "1", 0.75, {0.3, 0.9},
              "Undervoltage trip, in nominal voltages")
        .real("ride_through", &P::ride_through, "s", 0.1, {1e-3, 10},
              "How long it bears undervoltage")
        .real("restart_delay", &P::restart_delay, "s", 180.0, {1, 3600},
              "From return of the voltage until it may start; 120–300 s usual, 30–60 s with fast "
              "restart")
        .real("start_delay", &P::start_delay, "s", 30.0, {0.1, 600},
              "From enable to the first cooling (flow proof, oil)")
        .real("min_off", &P::min_off, "min", 10.0, {0.1, 60}, "Anti-recycle time after a stop")
        .real("ramp_time", &P::ramp_time, "s", 75.0, {1, 600},
              "Time constant of loading after a start; 95 % after three of them");
  }
};

}  // namespace steppe::models
