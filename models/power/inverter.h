#pragma once
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Inverter that forms the voltage of an ac bus from a dc bus: essential pumps and fans on the
/// battery-backed chain.
///
///   I = (E − V) / Z · (1 + (|E − V| / (|Z| I_max))⁸)^(−1/8)   out of the port [A],
///   E = v_set, Z = droop · v_set² / S_r (resistive: steady voltage drop, not a loss)
///   P_dc = P_out + S_r·(a + b·p + c·p²),   p = P_out / S_r
///
/// The eighth-power corner is the current limit. Below 0.3 of the nominal dc voltage everything
/// fades with v², so a dead bus has a solution. Mode: running → (dc voltage low) blocked → (dc
/// voltage good) waiting for reset_delay → running; off by command. A weak dc bus that its load
/// pulls down again makes it try in that rhythm. A blocked inverter leaves a leak of 1e-6 of its
/// rating. Left out: filter dynamics, unbalance, overload time. Source: loss curve form [Schmidt
/// 1996], default fit in README.md; droop forming [Rocabert 2012]. Range: one forming inverter per
/// island.   Checked by: tests/unit/power/power_test.cpp
struct Inverter {
  struct Params {
    double v_dc, v_set, rating, loss_a, loss_b, loss_c, droop, current_limit, undervoltage, reset,
        reset_delay, altitude_slope;
    LossCurve loss;
    double s_r = 1.0, y = 1.0, i_max = 1.0, v_min = 1.0, y_leak = 0.0;
  };
  enum Port : int { kIn, kOut, kWaste };
  enum Output : int { kPowerIn, kPowerOut, kLoss, kLoad, kPu };
  enum Mode : int { kState };
  enum State : int { kRunning, kBlocked, kOff, kWaiting };
  enum Guard : int { kUndervoltage, kRecovered };
  enum Timer : int { kResetTimer };
  enum Command : int { kStart, kStop };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s) {
    p.loss = {p.loss_a, p.loss_b, p.loss_c};
    p.s_r = p.rating * altitude_factor(s.altitude, 1000.0, p.altitude_slope);
    p.y = p.s_r / (p.droop * p.v_set * p.v_set);
    p.i_max = p.current_limit * p.s_r / p.v_set;
    p.v_min = 0.3 * p.v_dc;
    p.y_leak = 1e-6 * p.s_r / (p.v_set * p.v_set);
    p.reset = std::fmax(p.reset, p.undervoltage + 0.01);
  }
  static double guess(const Params& p, int local) {
    const double v[] = {p.v_dc, p.v_set, 0.0};
    return local < 3 ? v[local] : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const bool on = x.mode(kState) == kRunning;
    const S &a = x.v_re(kOut), &b = x.v_im(kOut), &v = x.v(kIn);
    const S share = served_share(v * v, p.v_min);
    S p_out = 0.0 * a, loss = 0.0 * a, leak = 0.0 * a;
    if (on) {
      const S d_re = p.v_set - a, d_im = -b;
      const double y2 = p.y * p.y / (p.i_max * p.i_max);
      const S m = (d_re * d_re + d_im * d_im) * y2;
      const S m2 = m * m;
      const S k = p.y * pow(1.0 + m2 * m2, -0.125);
      p_out = k * (d_re * a + d_im * b);
      loss = p.s_r * p.loss.loss(p_out / p.s_r);
      out.current(kOut, -share * k * d_re, -share * k * d_im);
      out.current(kIn, (p_out + loss) * v * inverse_square(v * v, p.v_min));
    } else {
      out.current(kOut, a * p.y_leak, b * p.y_leak);
      leak = p.y_leak * (a * a + b * b);
    }
    const S heat = share * loss + leak;
    out.heat(kWaste, -heat);
    out.book(core::kUseChain, heat);
    const S pu = sqrt(v * v + 1e-6 * p.v_dc * p.v_dc) / p.v_dc;
    out.guard(kUndervoltage, on || x.mode(kState) == kWaiting ? p.undervoltage - pu : S(-1.0));
    out.guard(kRecovered, x.mode(kState) == kBlocked ? pu - p.reset : S(-1.0));
    if (!out.wants_values()) return;
    out.value(kPowerIn, share * (p_out + loss));
    out.value(kPowerOut, share * p_out);
    out.value(kLoss, heat);
    out.value(kLoad, p_out / p.s_r);
    out.value(kPu, x.v_abs(kOut) / p.v_set);
  }
  static void on_event(const Params& p, core::EventContext& e) {
    using Kind = core::EventContext::Kind;
    int& state = e.modes[kState];
    if (e.kind == Kind::timer && state == kWaiting) state = kRunning;
    if (e.kind == Kind::guard && e.id == kRecovered) {
      state = kWaiting;
      e.start_timer(kResetTimer, p.reset_delay);
    } else if (e.kind == Kind::guard) {
      state = kBlocked;
      e.stop_timer(kResetTimer);
    }
    if (e.kind == Kind::command) {
      state = e.id == kStart ? kRunning : kOff;
      e.stop_timer(kResetTimer);
    }
  }
};

core::ComponentType inverter_model();

}  // namespace steppe::models
