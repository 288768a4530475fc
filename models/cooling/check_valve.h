#pragma once
// Check valve (non-return valve) in a pipe.
#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

///   0 = p_in − p_out − Δp·x|x| − Δp_r/l·max(−x, 0),   x = ṁ/ṁ_d
/// both rounded as in hydraulics.h; Δp such that the whole drop at x = 1 is `design_dp`. Against
/// the arrow the pressure `reverse_dp` drives only the share `leakage` of the design flow. Left
/// out: mass of the flap, water hammer.
struct CheckValve {
  struct Params {
    double design_flow, design_dp, reverse_dp, leakage;
    double turbulent = 0.0;  ///< Pa, derived
  };
  enum Port : int { kIn, kOut };
  enum Var : int { kMdot };
  enum Output : int { kDp, kClosed };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    // The rounding of the closing adds a constant forwards.
    const double rounding = hydraulics::check_valve(p.reverse_dp, p.leakage, 1.0);
    p.turbulent = std::fmax(p.design_dp - rounding, 0.1 * p.design_dp);
  }
  static double guess(const Params& p, int local) {
    return local == 4 ? p.design_flow : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S ratio = x.var(kMdot) * (1.0 / p.design_flow);
    const S dp = hydraulics::drop(p.turbulent, ratio) +
                 hydraulics::check_valve(p.reverse_dp, p.leakage, ratio);
    out.equation(kMdot, x.p(kIn) - x.p(kOut) - dp);
    out.pass_flow(kIn, kOut, x.var(kMdot), 1e-3 * p.design_flow);
    if (out.wants_values()) {
      out.value(kDp, dp);
      out.value(kClosed, S(core::value(ratio) < 1e-3 ? 1.0 : 0.0));
    }
  }
};

core::ComponentType check_valve_model();

}  // namespace steppe::models
