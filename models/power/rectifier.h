#pragma once
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Rectifier plant of a 240/336 V (or 800 V) dc chain: modules in parallel between an ac bus and
/// the dc bus whose voltage it holds. With other numbers the same equations stand for a Panama
/// supply (10 kV ac in, phase-shifting transformer included).
///
///   i  = limit((v_set − v) / R_d; 0, i_max)             R_d = droop · v_set² / P_r        [A]
///   i_max = current_limit · P_r/v_set · (v_set/v)^1.3 · min(1, input_limit · |V|/V_n) · ramp
///   P_loss = n_on·P_m·(a + b·p + c·p²) + (n − n_on)·P_m·standby,   p = v·i / (n_on·P_m)
///   P_in = v·i + P_loss,   Q = P_in · tan φ               P_r = n·P_m · altitude factor
///   τ d(ramp)/dt = 1 − ramp  while running, 0 otherwise;  τ = walk_in / 3
///
/// The exponent makes the limit a constant-power range (see limit_over_nominal); below 0.75 v_set
/// it is a constant current. A current limit of the input is expressed as the output that it
/// allows. Staging switches modules off to keep the others near the load of their best efficiency
/// (n_on continuous, one spare). Below 0.3 V_n everything fades with V², so a dead bus has a
/// solution. Mode: running → (|V| below undervoltage) blocked → (|V| above reset) waiting for
/// reset_delay → running with walk-in, which begins at a thousandth of the current: enough for what
/// an idle bus leaks. A resistance across the output (1e-9 of the rating at v_set, metered as loss)
/// keeps a dead bus solvable. The input `enable` holds the plant off (block loading of a genset)
/// and releases it like a return of the voltage. Left out: harmonics, dc-link ripple, balance of
/// modules, the switching times below 10 ms. Source: loss curve form [Schmidt 1996], fitted through
/// three published efficiencies (README.md); altitude: −1 % per 100 m above 1000 m, the usual
/// figure of data sheets (engineering). Range: 0 … 1.1 of rating.   Checked by:
/// tests/unit/power/power_test.cpp
struct Rectifier {
  struct Params {
    double v_ac, v_set, module_rating, loss_a, loss_b, loss_c, standby, droop, current_limit,
        input_limit, power_factor, undervoltage, reset, reset_delay, walk_in, altitude_slope;
    int modules;
    bool staging;
    LossCurve loss;
    double rating = 0.0, r_droop = 1.0, i_max = 0.0, tan_phi = 0.0, p_best = 0.5, v_min = 1.0,
           leak = 0.0;  ///< S
  };
  static constexpr double kFirst = 1e-3;  ///< walk-in begins here
  enum Port : int { kIn, kOut, kWaste };
  enum Var : int { kRamp };
  enum Output : int { kPowerIn, kPowerOut, kLoss, kEfficiency, kLoad, kModulesOn, kOnBattery };
  enum Mode : int { kState };
  enum Input : int { kEnable };
  enum State : int { kRunning, kBlocked, kWaiting, kOff, kHeld };
  enum Guard : int { kUndervoltage, kRecovered, kHold, kRelease };
  enum Timer : int { kResetTimer };
  enum Command : int { kStart, kStop };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s) {
    p.loss = {p.loss_a, p.loss_b, p.loss_c};
    p.rating = p.modules * p.module_rating * altitude_factor(s.altitude, 1000.0, p.altitude_slope);
    p.r_droop = p.droop * p.v_set * p.v_set / p.rating;
    p.i_max = p.current_limit * p.rating / p.v_set;
    p.tan_phi = std::sqrt(1.0 / (p.power_factor * p.power_factor) - 1.0);
    p.p_best = std::fmin(1.0, std::sqrt(p.loss_a / p.loss_c));
    p.v_min = 0.3 * p.v_ac;
    p.leak = 1e-9 * p.rating / (p.v_set * p.v_set);
    p.reset = std::fmax(p.reset, p.undervoltage + 0.01);  // hysteresis, whatever was asked
  }
  static double guess(const Params& p, int local) {
    const double v[] = {p.v_ac, 0.0, p.v_set};
    return local < 3 ? v[local] : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const bool on = x.mode(kState) == kRunning;
    const S v = x.v(kOut);
    const S v2 = x.v_re(kIn) * x.v_re(kIn) + x.v_im(kIn) * x.v_im(kIn);
    const S pu = sqrt(v2 + 1e-6 * p.v_ac * p.v_ac) / p.v_ac;
    const S share = served_share(v2, p.v_min);
    S i = 0.0 * v;
    if (on) {
      const S allowed = smooth_min(p.input_limit * pu, S(1.0), 0.01);
      const S i_max = p.i_max * limit_over_nominal(v / p.v_set) * allowed * x.var(kRamp);
      i = soft_clamp((p.v_set - v) / p.r_droop, 0.0, i_max, 0.005, 1e-6 * p.i_max);
    }
    const S p_out = v * i;
    const double n = p.modules;
    // Without the altitude factor: losses belong to the modules that are there.
    const S total = p_out / p.module_rating;
    S n_on = S(on ? n : 0.0);
    if (on && p.staging)
      n_on = soft_clamp(total / p.p_best + 1.0, std::fmin(2.0, n), n, 0.02, 0.01);
    S loss = p.module_rating * p.standby * (n - n_on);
    if (on)
      loss +=
          p.module_rating * (p.loss.a * n_on + p.loss.b * total + p.loss.c * total * total / n_on);
    const S p_in = p_out + loss;
    out.power(kIn, p_in, p_in * p.tan_phi, p.v_min);
    const S bleed = p.leak * v;
    out.current(kOut, bleed - share * i);
    out.heat(kWaste, -(share * loss + bleed * v));
    out.book(core::kUseChain, share * loss + bleed * v);
    const double tau = p.walk_in / 3.0;
    out.balance(kRamp, tau, (on ? 1.0 : 0.0) - x.var(kRamp));

    out.guard(kUndervoltage, on || x.mode(kState) == kWaiting ? p.undervoltage - pu : S(-1.0));
    out.guard(kRecovered, x.mode(kState) == kBlocked ? pu - p.reset : S(-1.0));
    const int state = x.mode(kState);
    out.guard(kHold, state != kOff && state != kHeld ? 0.45 - x.in(kEnable) : S(-1.0));
    out.guard(kRelease, state == kHeld ? x.in(kEnable)-0.55 : S(-1.0));
    if (!out.wants_values()) return;
    out.value(kPowerIn, share * p_in);
    out.value(kPowerOut, share * p_out);
    out.value(kLoss, share * loss);
    out.value(kEfficiency, p_out / (p_in + 1e-9 * p.rating));
    out.value(kLoad, p_out / p.rating);
    out.value(kModulesOn, n_on);
    out.value(kOnBattery, S(state == kBlocked || state == kWaiting ? 1.0 : 0.0));
  }
  static void on_event(const Params& p, core::EventContext& e);
};

core::ComponentType rectifier_model();

}  // namespace steppe::models
