#pragma once
// Plate heat exchanger in counterflow, liquid to liquid: CDU, free cooling, reuse.
#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Per side one mixed volume at the outlet and a resistance:
///   V_h ρc·dT_h/dt = ṁ_h c (T_h,in − T_h) − Q      V_c ρc·dT_c/dt = ṁ_c c (T_c,in − T_c) + Q
///   Q = K·(T_h,in − T_c,in) + G·(T_h − T_c)          K counterflow ε-NTU of UA, C_h, C_c
///   UA = UA_d·2/(x_h^−0.8 + x_c^−0.8)                 x = ṁ/ṁ_d
/// so that the steady state is the closed form. G is the conduction between stagnant sides (2 % of
/// UA_d, vanishes with flow). Both flow directions count as counterflow. Left out: fouling (choose
/// UA), change of film coefficients with temperature.
struct PlateHeatExchanger {
  struct Params {
    double design_flow_hot, design_flow_cold, ua, design_dp_hot, design_dp_cold, volume_hot,
        volume_cold;
  };
  enum Port : int { kHotIn, kHotOut, kColdIn, kColdOut };
  enum Var : int { kMdotHot, kMdotCold, kTempHot, kTempCold };
  enum Output : int { kHeat, kApproach, kUa, kEffectiveness };
  static constexpr double kStagnantShare = 0.02;

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static double guess(const Params& p, int local) {
    return local == 8 ? p.design_flow_hot : local == 9 ? p.design_flow_cold : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium &mh = x.medium(kHotIn), &mc = x.medium(kColdIn);
    const S &hot = x.var(kMdotHot), &cold = x.var(kMdotCold);
    const S &temp_hot = x.var(kTempHot), &temp_cold = x.var(kTempCold);
    const S ratio_hot = hot * (1.0 / p.design_flow_hot);
    const S ratio_cold = cold * (1.0 / p.design_flow_cold);
    out.equation(kMdotHot,
                 x.p(kHotIn) - x.p(kHotOut) - hydraulics::drop(p.design_dp_hot, ratio_hot));
    out.equation(kMdotCold,
                 x.p(kColdIn) - x.p(kColdOut) - hydraulics::drop(p.design_dp_cold, ratio_cold));

    const S xh = ex::magnitude(ratio_hot, ex::kLeastFlow);
    const S xc = ex::magnitude(ratio_cold, ex::kLeastFlow);
    const S film_hot = pow(xh, 0.8), film_cold = pow(xc, 0.8);
    const S ua = (2.0 * p.ua) * film_hot * film_cold / (film_hot + film_cold);
    const S c_hot = (p.design_flow_hot * mh.cp) * xh, c_cold = (p.design_flow_cold * mc.cp) * xc;
    const S k = ex::counterflow(ua, c_hot, c_cold);
    const double width_hot = 1e-3 * p.design_flow_hot, width_cold = 1e-3 * p.design_flow_cold;
    const S in_hot = ex::inlet_temp(hot, x.temp(kHotIn), x.temp(kHotOut), width_hot);
    const S in_cold = ex::inlet_temp(cold, x.temp(kColdIn), x.temp(kColdOut), width_cold);
    // k shrinks with the smaller flow: no heat without flow, but for what the walls conduct.
    const S q = k * (in_hot - in_cold) +
                (kStagnantShare * p.ua) * ex::stagnant(xh, xc) * (temp_hot - temp_cold);
    const S from_hot = out.flow(kHotIn, kHotOut, hot, temp_hot, temp_hot, width_hot);
    const S from_cold = out.flow(kColdIn, kColdOut, cold, temp_cold, temp_cold, width_cold);
    out.balance(kTempHot, p.volume_hot * mh.rho * mh.cp, from_hot - q);
    out.balance(kTempCold, p.volume_cold * mc.rho * mc.cp, from_cold + q);
    if (out.wants_values()) {
      out.value(kHeat, q);
      out.value(kApproach, temp_hot - in_cold);
      out.value(kUa, ua);
      out.value(kEffectiveness, k / smooth_min(c_hot, c_cold, 1e-9));
    }
  }
};

core::ComponentType plate_heat_exchanger_model();

}  // namespace steppe::models
