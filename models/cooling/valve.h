#pragma once
// Control valve. A three-way valve is two of them on one signal, one with `reverse`.
#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

///   0 = p_in − p_out − Δp_100·x|x|/f(s)²      f = K_v/K_v,100 of the stem s
///   τ·ds/dt = position − s
/// f: linear s, or equal-percentage (R^s − 1)/(R − 1) (runs through 0), both floored by the
/// leakage. A design drop Δp_100 at ṁ_d is K_v,100 = 3600·(ṁ_d/ρ)·√(1e5·ρ/1000/Δp_100) m³/h.
/// Authority is Δp_100 over the drop of the whole branch. Left out: cavitation, dead band of the
/// actuator.
struct Valve {
  enum class Characteristic { linear, equal_percentage };
  struct Params {
    double design_flow, design_dp, leakage, rangeability, stroke_time;
    Characteristic characteristic;
    bool reverse;
    double log_r = 0.0, scale = 0.0;
  };
  enum Port : int { kIn, kOut };
  enum Var : int { kMdot, kStem };
  enum Input : int { kPosition };
  enum Output : int { kDp, kOpening, kKv };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    p.log_r = std::log(p.rangeability);
    p.scale = 1.0 / (p.rangeability - 1.0);
  }
  static double guess(const Params& p, int local) {
    return local == 4 ? 0.5 * p.design_flow : local == 5 ? 0.5 : std::nan("");
  }

  /// K_v/K_v,100 of a stem position.
  template <class S>
  static S opening(const Params& p, const S& stem) {
    S s = smooth_clamp(stem, 0.0, 1.0, 1e-4);
    if (p.reverse) s = 1.0 - s;
    const S f =
        p.characteristic == Characteristic::linear ? s : S(p.scale * (exp(p.log_r * s) - 1.0));
    return sqrt(f * f + p.leakage * p.leakage);
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S& mdot = x.var(kMdot);
    const S f = opening(p, x.var(kStem));
    const S dp = hydraulics::drop(p.design_dp, S(mdot * (1.0 / p.design_flow))) / (f * f);
    out.equation(kMdot, x.p(kIn) - x.p(kOut) - dp);
    out.balance(kStem, p.stroke_time, smooth_clamp(x.in(kPosition), 0.0, 1.0, 1e-4) - x.var(kStem));
    out.pass_flow(kIn, kOut, mdot, 1e-3 * p.design_flow);
    if (out.wants_values()) {
      const double rho = x.medium(kIn).rho;
      out.value(kDp, dp);
      out.value(kOpening, f);
      out.value(kKv, f * (3600.0 * p.design_flow / rho * std::sqrt(100.0 * rho / p.design_dp)));
    }
  }
};

core::ComponentType valve_model();

}  // namespace steppe::models
