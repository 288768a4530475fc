#pragma once
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Server power supplies with hold-up and the computing behind them, on ac or dc: the electrical
/// side of a rack where its cooling is not asked for.
///
///   P_need = D + P_r·(a + b·y + c·y²),   y = D/P_r,   D = it_power
///   dE/dt  = P_in − P_need,   0 ≤ E ≤ E₀ = hold_up·P_r     usable energy of the bulk capacitors,
///            E = ½·C·(v² − v_end²): at constant power v(t) = √(v₀² − 2·P·t/C)
///   P_in   = P_need + (E₀ − E)/recharge                    input good; 0 while it is outside
///
/// The input window is that of the supplies. Outside it the capacitors carry the load until E = 0:
/// the servers are lost, and start again restart_delay after the input is good. Below 0.5 of the
/// nominal voltage what is drawn fades with V². P_need is booked as IT energy (boundary of ISO/IEC
/// 30134-2). Left out: inrush, harmonics, cooling (see rack), boot behaviour. Source: loss curve
/// form [Schmidt 1996]. Range: 0 … 1.1 of rating.   Checked by: tests/unit/power/server_test.cpp
template <bool kAc>
struct Server {
  struct Params {
    double voltage, rating, loss_a, loss_b, loss_c, power_factor, window_low, window_high, hold_up,
        recharge, restart_delay;
    double tan_phi = 0.0, energy = 1.0, v_min = 1.0, leak = 0.0;  ///< leak in S
  };
  enum Port : int { kIn, kWaste };
  enum Var : int { kEnergy };
  enum Input : int { kItPower };
  enum Output : int { kPowerIn, kLoss, kPowered, kLost, kUnserved, kPu };
  enum Mode : int { kState };
  enum State : int { kOn, kHoldUp, kOff, kRestarting, kStopped };
  enum Guard : int { kBad, kGood, kEmpty };
  enum Timer : int { kRestart };
  enum Command : int { kPowerOff, kPowerOn };
  static constexpr double kHysteresis = 0.02;

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    p.tan_phi = kAc ? std::sqrt(1.0 / (p.power_factor * p.power_factor) - 1.0) : 0.0;
    p.energy = p.hold_up * p.rating;
    p.v_min = 0.5 * p.voltage;
    p.leak = 1e-6 * p.rating / (p.voltage * p.voltage);
  }
  static double guess(const Params& p, int local) {
    if (local == 0) return p.voltage;
    if (local == (kAc ? 3 : 2)) return p.energy;
    return std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const int state = x.mode(kState);
    const bool computing = state == kOn || state == kHoldUp;
    const S& first = x.v(kIn);
    S v2 = first * first;
    if constexpr (kAc) v2 = v2 + x.v_im(kIn) * x.v_im(kIn);
    const S pu = sqrt(v2 + 1e-8 * p.voltage * p.voltage) / p.voltage;
    const S demand = x.in(kItPower), y = demand / p.rating;
    const S need = computing ? S(demand + p.rating * (p.loss_a + y * (p.loss_b + y * p.loss_c)))
                             : S(0.0 * demand);
    const S& e = x.var(kEnergy);
    S wanted = 0.0 * demand;
    if (state == kOn) wanted = need + (p.energy - e) / p.recharge;
    // The leak of its filters makes a bus solvable that nothing else holds.
    if constexpr (kAc) {
      out.power(kIn, wanted, wanted * p.tan_phi, p.v_min);
      out.current(kIn, p.leak * first, p.leak * x.v_im(kIn));
    } else {
      out.current(kIn, wanted * first * inverse_square(v2, p.v_min) + p.leak * first);
    }
    const S drawn = wanted * served_share(v2, p.v_min);
    out.balance(kEnergy, 1.0, state == kHoldUp || state == kOn ? S(drawn - need) : S(0.0 * e));
    out.heat(kWaste, -need - p.leak * v2);
    out.book(core::kUseIt, need + p.leak * v2);

    const S outside = smooth_max(p.window_low - pu, pu - p.window_high, 1e-6);
    out.guard(kBad, state == kOn || state == kRestarting ? outside : S(-1.0));
    out.guard(kGood, state == kHoldUp || state == kOff ? -outside - kHysteresis : S(-1.0));
    out.guard(kEmpty, state == kHoldUp ? -e / p.energy : S(-1.0));
    if (!out.wants_values()) return;
    out.value(kPowerIn, drawn);
    out.value(kLoss, computing ? S(need - demand) : S(0.0));
    out.value(kPowered, S(computing ? 1.0 : 0.0));
    out.value(kLost, S(computing ? 0.0 : 1.0));
    out.value(kUnserved, computing ? S(0.0) : demand);
    out.value(kPu, pu);
  }
  static void on_event(const Params& p, core::EventContext& e) {
    using Kind = core::EventContext::Kind;
    int& state = e.modes[kState];
    if (e.kind == Kind::guard && e.id == kBad) {
      // While starting up there is no load to hold.
      state = state == kRestarting ? kOff : kHoldUp;
      e.stop_timer(kRestart);
    } else if (e.kind == Kind::guard && e.id == kGood) {
      if (state == kHoldUp) {
        state = kOn;
      } else {
        state = kRestarting;
        e.start_timer(kRestart, p.restart_delay);
      }
    } else if (e.kind == Kind::guard && e.id == kEmpty) {
      state = kOff;
      e.vars[kEnergy] = 0.0;
      e.text = "hold-up is over: the servers are lost";
    } else if (e.kind == Kind::timer && state == kRestarting) {
      state = kOn;
    } else if (e.kind == Kind::command) {
      e.stop_timer(kRestart);
      state = e.id == kPowerOff ? kStopped : kOn;
    }
  }
};

core::ComponentType server_ac_model();
core::ComponentType server_dc_model();

}  // namespace steppe::models
