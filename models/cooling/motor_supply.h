#pragma once
// What every motor on the ac supply of the plant (and every load that drops out and comes back) has
// in common: real power, undervoltage trip with ride-through, automatic restart, trip and start
// commands.
#include <algorithm>
#include <cmath>

#include "sim/core/component.h"
#include "sim/core/param_table.h"

namespace steppe::models {

struct MotorSupply {
  double voltage = 400.0;
  double power_factor = 0.95;
  double trip_voltage = 0.7;
  double ride_through = 0.1;
  double restart_delay = 5.0;
  double tan_phi = 0.0;  ///< derived

  enum Mode : int { kRunning, kSag, kLost, kRestarting, kTripped };
  enum Guard : int { kUndervoltage, kRecovered };
  enum Timer : int { kRideThrough, kRestart };
  enum Command : int { kTrip, kStart };
  /// Voltage counts as back this much [pu] above the trip level.
  static constexpr double kHysteresis = 0.1;

  void prepare_supply() { tan_phi = std::sqrt(1.0 - power_factor * power_factor) / power_factor; }

  /// Undervoltage does not stop a motor before the ride-through is over.
  static bool turning(int mode) { return mode == kRunning || mode == kSag; }

  /// Adds mode, guards, timers and commands; they must be the component's first of each.
  static void declare(core::Layout& l) {
    l.mode(0, {"state", {"running", "sag", "lost", "restarting", "tripped"}, kRunning})
        .guard(kUndervoltage, "undervoltage", "supply below the trip voltage")
        .guard(kRecovered, "voltage_back", "supply back above the trip voltage")
        .timer(kRideThrough, "ride_through", "how long the drive bears a sag")
        .timer(kRestart, "restart", "delay before it runs again")
        .command(kTrip, "trip", "stops the motor until it is started")
        .command(kStart, "start", "clears a trip and runs");
  }

  /// Draws `p` [W] at port `supply`; returns what is really drawn.
  template <class S>
  S draw(core::LocalOut<S>& out, int supply, const S& p) const {
    return out.power(supply, p, p * tan_phi, 0.8 * trip_voltage * voltage);
  }

  template <class S>
  void set_guards(const core::Local<S>& x, core::LocalOut<S>& out, int supply) const {
    set_guards(out, x.mode(0), core::value(x.v_abs(supply)) / voltage);
  }
  /// The same for any supply at `v` per unit.
  template <class S>
  void set_guards(core::LocalOut<S>& out, int m, double v) const {
    out.guard(kUndervoltage, m == kRunning || m == kRestarting ? S(trip_voltage - v) : S(-1.0));
    out.guard(kRecovered, m == kSag || m == kLost ? S(v - trip_voltage - kHysteresis) : S(-1.0));
  }

  /// `supply_offset`: place of the supply port's v_re among the local unknowns.
  void handle(core::EventContext& e, int supply_offset) const {
    react(e, std::hypot(e.x[supply_offset], e.x[supply_offset + 1]) / voltage);
  }
  /// `v`: of the supply, per unit.
  void react(core::EventContext& e, double v) const {
    using Kind = core::EventContext::Kind;
    int& m = e.modes[0];
    switch (e.kind) {
      case Kind::start:
        if (m != kTripped) m = v < trip_voltage ? kLost : kRunning;
        break;
      case Kind::guard:
        if (e.id == kUndervoltage) {
          if (m == kRunning) {
            m = kSag;
            e.start_timer(kRideThrough, ride_through);
          } else if (m == kRestarting) {
            m = kLost;
            e.stop_timer(kRestart);
          }
        } else if (e.id == kRecovered) {
          if (m == kSag) {
            m = kRunning;
            e.stop_timer(kRideThrough);
          } else if (m == kLost) {
            m = kRestarting;
            e.start_timer(kRestart, restart_delay);
          }
        }
        break;
      case Kind::timer:
        if (e.id == kRideThrough && m == kSag) {
          m = kLost;
          e.text = "tripped by undervoltage";
        } else if (e.id == kRestart && m == kRestarting) {
          m = kRunning;
          e.text = "restarted";
        }
        break;
      case Kind::command:
        e.stop_timer(kRideThrough);
        e.stop_timer(kRestart);
        if (e.id == kTrip) m = kTripped;
        if (e.id == kStart && m == kTripped) m = v < trip_voltage ? kLost : kRunning;
        break;
    }
  }

  template <class P>
  static void add_params(core::ParamTable<P>& t) {
    t.group("supply")
        .real("voltage", &P::voltage, "V", 400.0, {100, 20e3}, "Nominal line-to-line voltage")
        .real("power_factor", &P::power_factor, "1", 0.95, {0.5, 1.0}, "Displacement power factor")
        .real("trip_voltage", &P::trip_voltage, "1", 0.7, {0.3, 0.9},
              "Undervoltage trip, in nominal voltages")
        .real("ride_through", &P::ride_through, "s", 0.1, {1e-3, 10},
              "How long the drive bears undervoltage")
        .real("restart_delay", &P::restart_delay, "s", 5.0, {0.1, 3600},
              "Delay between return of the voltage and running again");
  }
};

}  // namespace steppe::models
