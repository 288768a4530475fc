#pragma once
#include "models/battery/cell.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Bank of supercapacitors: an ideal capacitor behind its series resistance, with leakage.
///
///   I = (v − V)/R,   C dv/dt = −I − v/R_leak,   SOC = (v² − v_min²)/(v_max² − v_min²)
///
/// Offers power inside its voltage window, faded out over 3 % of the state of charge at either end,
/// and as far as `current` allows: P_dis = I·(v − I·R), P_ch = I·(v + I·R). Without chemistry the
/// energy ½·C·v² is booked as stored in a field. Left out: dependence of C on voltage, frequency
/// and temperature, ageing, its own heat balance (the loss leaves through `waste`). Source:
/// engineering; [Plett 2015, ch. 2] form. Range: 0 … v_max. Checked by:
/// tests/unit/battery/hybrid_test.cpp
struct Supercapacitor {
  struct Params {
    double capacitance, resistance, leakage, v_min, v_max, current, soc_initial;
    double v_initial = 1.0;
  };
  enum Port : int { kTerminal, kWaste };
  enum Var : int { kV, kDischargeMax, kChargeMax };
  enum Output : int { kSoc, kPower, kCurrent, kLoss, kEnergy };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    p.v_min = std::fmin(p.v_min, 0.99 * p.v_max);
    p.v_initial = start_voltage(p);
  }
  static double start_voltage(const Params& p) {
    const double lo = p.v_min * p.v_min, hi = p.v_max * p.v_max;
    return std::sqrt(lo + p.soc_initial * (hi - lo));
  }
  static double guess(const Params& p, int local) {
    return local == 0 || local == 2 ? start_voltage(p) : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S &v = x.var(kV), &terminal = x.v(kTerminal);
    const double lo = p.v_min * p.v_min, hi = p.v_max * p.v_max;
    const S i = (v - terminal) / p.resistance, leak = v / p.leakage;
    out.current(kTerminal, -i);
    out.balance(kV, p.capacitance, -i - leak);
    const S loss = i * i * p.resistance + v * leak;
    out.heat(kWaste, -loss);
    out.book(core::kUseChain, loss);
    out.book(core::kElectricStore, -v * (i + leak));
    constexpr double kFade = 0.03;
    const S soc = (v * v - lo) / (hi - lo);
    // Half the open voltage is the most that any current gives.
    const S most = smooth_min(S(p.current), 0.5 * v / p.resistance, 1e-3 * p.current);
    const S i_dis = cell_fade(S(soc / kFade)) * most;
    const S i_ch = cell_fade(S((1.0 - soc) / kFade)) *
                   smooth_pos(smooth_min(S(p.current), (p.v_max - v) / p.resistance + 0.0 * v,
                                         1e-3 * p.current),
                              1e-4 * p.current);
    out.equation(kDischargeMax, i_dis * (v - i_dis * p.resistance) - x.var(kDischargeMax));
    out.equation(kChargeMax, i_ch * (v + i_ch * p.resistance) - x.var(kChargeMax));
    if (!out.wants_values()) return;
    out.value(kSoc, soc);
    out.value(kPower, terminal * i);
    out.value(kCurrent, i);
    out.value(kLoss, loss);
    out.value(kEnergy, 0.5 * p.capacitance * (v * v - lo));
  }
};

core::ComponentType supercapacitor_model();

}  // namespace steppe::models
