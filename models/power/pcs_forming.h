#pragma once
#include <numbers>

#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Grid-forming battery converter: a voltage with droop in frequency and magnitude behind a virtual
/// impedance. Forms an island, starts a dead bus, shares load with others of its kind.
///
///   f = f_n·(1 − m_p·(P_f − P*)/S_r),   E = V_n·(1 − n_q·(Q_f − Q*)/S_r)        [Rocabert 2012,
///   §IV] τ·dP_f/dt = P − P_f,  τ·dQ_f/dt = Q − Q_f            τ = filter; 2H = τ/m_p is its
///   virtual inertia dδ/dt = 2π·(f − frame)                              frame: frequency of the
///   unit that it follows I = (E∠δ − V)/Z·(1 + (|E − V|/(|Z|·I_max))⁸)^(−1/8)     Z = jX, the
///   corner is the current limit P_dc = P + S_r·(P₀ + K·p²)                           [Notton 2010,
///   eq. 2]
///
/// Two units in parallel carry load in proportion to 1/m_p, and the frequency settles at
/// f_n·(1 − m_p·ΔP/S_r). `frame_frequency`: on an island with several forming units, all but one
/// follow the frequency of that one; on the utility, its nominal frequency. 0: this unit is alone
/// or leads. The battery's limits trip it: p_discharge_max exceeded by `overload`, dc voltage low.
/// Modes: running, off (command), tripped (until `start`). Left out: inner loops, transients below
/// the filter, unbalance, inrush of what it starts. Range: one converter or several equal ones
/// (count).   Checked by: tests/unit/power/island_test.cpp
struct PcsForming {
  struct Params {
    double v_ac, v_dc, rating, frequency, frequency_droop, voltage_droop, filter, reactance,
        current_limit, p0, k, undervoltage, overload, altitude_slope;
    bool running;
    double s_r = 1.0, y = 1.0, i_max = 1.0, v_min_dc = 1.0, y_leak = 0.0;
  };
  enum Port : int { kAc, kDc, kWaste };
  enum Var : int { kPf, kQf, kAngle, kFrequency };
  enum Input : int { kPSet, kQSet, kFrame, kDischargeMax, kChargeMax };
  enum Output : int { kPower, kReactive, kPowerDc, kLoss, kLoad, kPu };
  enum Mode : int { kState };
  enum State : int { kRunning, kOff, kTripped };
  enum Guard : int { kDcLow, kBatteryEnd, kBatteryFull };
  enum Command : int { kStart, kStop };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s) {
    p.s_r = p.rating * altitude_factor(s.altitude, 1000.0, p.altitude_slope);
    const double base = p.v_ac * p.v_ac / p.s_r;
    p.y = 1.0 / (p.reactance * base);
    p.i_max = p.current_limit * p.s_r / p.v_ac;
    p.v_min_dc = 0.3 * p.v_dc;
    p.y_leak = 1e-6 / base;
  }
  static double guess(const Params& p, int local) {
    const double x[] = {p.v_ac, 0.0, p.v_dc, 293.15, 0.0, 0.0, 0.0, p.frequency};
    return local < 8 ? x[local] : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    using std::cos;
    using std::sin;
    const bool on = x.mode(kState) == kRunning;
    const S &a = x.v_re(kAc), &b = x.v_im(kAc), &v_dc = x.v(kDc);
    const S &angle = x.var(kAngle), &f = x.var(kFrequency);
    const S share = served_share(v_dc * v_dc, p.v_min_dc);
    S power = 0.0 * a, reactive = power, loss = power;
    if (on) {
      const S e = p.v_ac * (1.0 - p.voltage_droop * (x.var(kQf) - x.in(kQSet)) / p.s_r);
      const S d_re = e * cos(angle) - a, d_im = e * sin(angle) - b;
      const S m = (d_re * d_re + d_im * d_im) * (p.y * p.y / (p.i_max * p.i_max)), m2 = m * m;
      const S k = p.y * pow(1.0 + m2 * m2, -0.125);
      // Out of the port: d/(jX). A dead battery gives nothing.
      const S i_re = k * d_im, i_im = -k * d_re;
      out.current(kAc, -share * i_re, -share * i_im);
      const S give = a * i_re + b * i_im, pu = give / p.s_r;
      const S lost = p.s_r * (p.p0 + p.k * pu * pu);
      power = share * give;
      reactive = share * (b * i_re - a * i_im);
      loss = share * lost;
      out.current(kDc, (give + lost) * v_dc * inverse_square(v_dc * v_dc, p.v_min_dc));
    } else {
      out.current(kAc, a * p.y_leak, b * p.y_leak);
      loss = p.y_leak * (a * a + b * b);
      power = -loss;
    }
    out.heat(kWaste, -loss);
    out.book(core::kUseChain, loss);
    out.balance(kPf, p.filter, (on ? power : 0.0 * a) - x.var(kPf));
    out.balance(kQf, p.filter, reactive - x.var(kQf));
    out.equation(
        kFrequency,
        on ? S(p.frequency * (1.0 - p.frequency_droop * (x.var(kPf) - x.in(kPSet)) / p.s_r) - f)
           : S(p.frequency - f));
    const bool follows = core::value(x.in(kFrame)) > 1.0;
    constexpr double kTurn = 2.0 * std::numbers::pi;
    out.balance(kAngle, 1.0, on && follows ? S(kTurn * (f - x.in(kFrame))) : S(-angle));

    out.guard(kDcLow, on ? p.undervoltage - v_dc / p.v_dc : S(-1.0));
    const double over = 1.0 + p.overload;
    out.guard(kBatteryEnd,
              on ? (power + loss - over * x.in(kDischargeMax)) / p.s_r - 1e-3 : S(-1.0));
    out.guard(kBatteryFull,
              on ? (-power - loss - over * x.in(kChargeMax)) / p.s_r - 1e-3 : S(-1.0));
    if (!out.wants_values()) return;
    out.value(kPower, power);
    out.value(kReactive, reactive);
    out.value(kPowerDc, on ? power + loss : S(0.0));
    out.value(kLoss, loss);
    out.value(kLoad, power / p.s_r);
    out.value(kPu, x.v_abs(kAc) / p.v_ac);
  }
  static void on_event(const Params& p, core::EventContext& e);
};

core::ComponentType pcs_forming_model();

}  // namespace steppe::models
