#pragma once
// Pipe run, strainer, header: a flow resistance with optional heat exchange with the surroundings.
#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

///   0 = p_in − p_out − Δp_d·x·|x|·(μ/μ_d)^¼        x = ṁ/ṁ_d, linear below 2 % of ṁ_d
///   Q_loss = UA·((T_in + T_out)/2 − T_amb)           half at each end
/// Blasius friction: Δp ∝ Re^−¼. μ_d is the viscosity at `viscosity_temp`. Water volume belongs to
/// the nodes at both ends (their `volume`). Left out: transport delay, inertia of the column.
struct Pipe {
  struct Params {
    double design_flow, design_dp, viscosity_temp, heat_loss;
    double log_mu_design = 0.0;
  };
  enum Port : int { kIn, kOut };
  enum Var : int { kMdot };
  enum Input : int { kAmbientTemp };
  enum Output : int { kDp, kLoss, kFlow };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s) {
    p.log_mu_design = std::log(s.medium[kIn]->viscosity(p.viscosity_temp));
  }
  static double guess(const Params& p, int local) {
    return local == 4 ? p.design_flow : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const core::Medium& m = x.medium(kIn);
    const S& mdot = x.var(kMdot);
    const S mean = 0.5 * (x.temp(kIn) + x.temp(kOut));
    const S inverse = 1.0 / mean;
    const S friction =
        exp(0.25 * (m.mu_a - p.log_mu_design + inverse * (m.mu_b + inverse * m.mu_c)));
    const S dp = friction * hydraulics::drop(p.design_dp, S(mdot * (1.0 / p.design_flow)));
    out.equation(kMdot, x.p(kIn) - x.p(kOut) - dp);
    out.pass_flow(kIn, kOut, mdot, 1e-3 * p.design_flow);
    const S loss = p.heat_loss * (mean - x.in(kAmbientTemp));
    out.port_heat(kIn, 0.5 * loss);
    out.port_heat(kOut, 0.5 * loss);
    out.book(core::kToAmbient, loss);
    if (out.wants_values()) {
      out.value(kDp, dp);
      out.value(kLoss, loss);
      out.value(kFlow, mdot * (1.0 / m.rho));
    }
  }
};

core::ComponentType pipe_model();

}  // namespace steppe::models
