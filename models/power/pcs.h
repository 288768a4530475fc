#pragma once
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Grid-following battery converter between an ac bus and a battery.
///
///   τ dP/dt = limit(p_set + p_f; −P_ch, P_dis) − P      P > 0: discharge, power to the ac bus [W]
///   P_dis = min(S_r, S_r · i_limit · |V|/V_n, p_discharge_max · η),  P_ch alike with p_charge_max
///   Q = limit(q_set; ±√(S_r² − P²)) by the same lag
///   P_dc = P + S_r·(P₀ + K·p²),   p = P / S_r                    [Notton 2010, eq. 2]
///
///   p_f = −limit(S_r·deadband(Δf)/(droop·f_n) + S_r·2H_v/f_n·dΔf/dt; ± share·S_r)
///
/// p_f is frequency response and virtual inertia on the signal Δf (`frequency_deviation`), off
/// without droop and inertia; dΔf/dt comes from a filter of 50 ms. It acts inside the converter,
/// faster than the services that order p_set, and outranks them. with P₀, K of charge or discharge.
/// Below 0.3 of the nominal voltage of either side everything fades with V². Mode: running → (|V|
/// low) blocked → (|V| good) waiting for reset_delay → running; standby by command: only the
/// standby loss, from the ac side. Left out: current-control dynamics below the lag, phase-locked
/// loop, harmonics. Source: [Notton 2010] form; defaults are the published fit of a 1 MW battery
/// inverter in [Möller 2022].   Range: |p| ≤ 1. Checked by: tests/unit/power/power_test.cpp
struct Pcs {
  struct Params {
    double v_ac, v_dc, rating, p0_charge, k_charge, p0_discharge, k_discharge, standby, response,
        current_limit, undervoltage, reset, reset_delay, altitude_slope, frequency, frequency_droop,
        frequency_deadband, virtual_inertia, frequency_share;
    double s_r = 1.0, v_min_ac = 1.0, v_min_dc = 1.0;
  };
  enum Port : int { kAc, kDc, kWaste };
  enum Var : int { kP, kQ, kSeen };
  enum Input : int { kPSet, kQSet, kDischargeMax, kChargeMax, kDeviation };
  enum Output : int { kPower, kReactive, kPowerDc, kLoss, kResponse };
  static constexpr double kFrequencyFilter = 0.05;  ///< s, of the measured frequency
  enum Mode : int { kState };
  enum State : int { kRunning, kBlocked, kWaiting, kStandby };
  enum Guard : int { kUndervoltage, kRecovered };
  enum Timer : int { kResetTimer };
  enum Command : int { kStart, kStop };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s) {
    p.s_r = p.rating * altitude_factor(s.altitude, 1000.0, p.altitude_slope);
    p.v_min_ac = 0.3 * p.v_ac;
    p.v_min_dc = 0.3 * p.v_dc;
    p.reset = std::fmax(p.reset, p.undervoltage + 0.01);
  }
  static double guess(const Params& p, int local) {
    const double v[] = {p.v_ac, 0.0, p.v_dc};
    return local < 3 ? v[local] : std::nan("");
  }

  /// Loss over rating at p per unit; the two fits are joined over ±1 % of the rating.
  template <class S>
  static S loss_pu(const Params& p, const S& pu) {
    const S d = smooth_step(pu, 0.01);
    const S p0 = p.p0_charge + d * (p.p0_discharge - p.p0_charge);
    const S k = p.k_charge + d * (p.k_discharge - p.k_charge);
    return p0 + k * pu * pu;
  }

  /// Frequency response and virtual inertia [W].
  template <class S>
  static S response(const Params& p, const S& deviation, const S& seen) {
    S order = 0.0 * seen;
    const double per_hz = p.s_r / p.frequency;
    if (p.frequency_droop > 0.0) {
      const double d = p.frequency_deadband;
      const S beyond = d > 0.0 ? S(seen - smooth_clamp(seen, -d, d, 0.02 * d)) : seen;
      order = order - (per_hz / p.frequency_droop) * beyond;
    }
    if (p.virtual_inertia > 0.0)
      order = order - (2.0 * p.virtual_inertia * per_hz / kFrequencyFilter) * (deviation - seen);
    const double most = p.frequency_share * p.s_r;
    return smooth_clamp(order, -most, most, 1e-4 * p.s_r);
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const int state = x.mode(kState);
    const bool on = state == kRunning;
    const S answer = response(p, x.in(kDeviation), x.var(kSeen));
    out.balance(kSeen, kFrequencyFilter, x.in(kDeviation)-x.var(kSeen));
    const S &a = x.v_re(kAc), &b = x.v_im(kAc), &v = x.v(kDc);
    const S v2 = a * a + b * b;
    const S pu_v = sqrt(v2 + 1e-6 * p.v_ac * p.v_ac) / p.v_ac;
    const double s = p.s_r;
    S p_target = 0.0 * a, q_target = 0.0 * a;
    if (on) {
      const S most = s * smooth_min(p.current_limit * pu_v, S(1.0), 0.005);
      // What the battery offers is dc power: the converter's loss comes on top or off it.
      const S loss = s * loss_pu(p, x.var(kP) / s);
      const S p_dis = smooth_min(most, x.in(kDischargeMax)-loss, 1e-3 * s);
      const S p_ch = smooth_min(most, x.in(kChargeMax), 1e-3 * s);
      p_target =
          soft_clamp(S(x.in(kPSet) + answer), -p_ch, smooth_pos(p_dis, 1e-6 * s), 1e-3, 1e-6 * s);
      // A thousandth of the rating stays, so that the root keeps a finite slope.
      const S room =
          sqrt(smooth_pos(most * most - x.var(kP) * x.var(kP), 1e-3 * s * s) + 1e-6 * s * s);
      q_target = soft_clamp(x.in(kQSet), -room, room, 1e-3, 1e-6 * s);
    }
    out.balance(kP, p.response, p_target - x.var(kP));
    out.balance(kQ, p.response, q_target - x.var(kQ));

    const S share_ac = served_share(v2, p.v_min_ac), share_dc = served_share(v * v, p.v_min_dc);
    if (on) {
      const S power = x.var(kP);
      const S loss = s * loss_pu(p, power / s);
      out.power(kAc, -share_dc * power, -share_dc * x.var(kQ), p.v_min_ac);
      out.current(kDc, share_ac * (power + loss) * v * inverse_square(v * v, p.v_min_dc));
      const S heat = share_ac * share_dc * loss;
      out.heat(kWaste, -heat);
      out.book(core::kUseChain, heat);
      out.value(kPower, share_ac * share_dc * power);
      out.value(kReactive, share_ac * share_dc * x.var(kQ));
      out.value(kPowerDc, share_ac * share_dc * (power + loss));
      out.value(kLoss, heat);
    } else {
      const S loss = S(p.standby * s);
      out.power(kAc, loss, S(0.0), p.v_min_ac);
      const S heat = share_ac * loss;
      out.heat(kWaste, -heat);
      out.book(core::kUseChain, heat);
      out.value(kPower, -heat);
      out.value(kReactive, S(0.0));
      out.value(kPowerDc, S(0.0));
      out.value(kLoss, heat);
    }
    out.value(kResponse, on ? answer : S(0.0));
    out.guard(kUndervoltage, on || state == kWaiting ? p.undervoltage - pu_v : S(-1.0));
    out.guard(kRecovered, state == kBlocked ? pu_v - p.reset : S(-1.0));
  }
  static void on_event(const Params& p, core::EventContext& e);
};

core::ComponentType pcs_model();

}  // namespace steppe::models
