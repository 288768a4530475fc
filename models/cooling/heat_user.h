#pragma once
// Buyer of heat: district heating, a greenhouse, a swimming pool.
#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Takes heat out of a circuit down to its return temperature:
///   Vρc·dT_out/dt = ṁc (T_in − T_out) − Q
///   Q = min(demand, max(ṁc (T_in − T_return), 0)),  nothing below `supply_min`
/// Heat is booked as sold (ERF). Left out: the network behind it.
struct HeatUser {
  struct Params {
    double design_flow, design_dp, volume, supply_min;
  };
  enum Port : int { kIn, kOut };
  enum Var : int { kMdot, kTemp };
  enum Input : int { kDemand, kReturnTemp };
  enum Output : int { kHeat, kUnmet };
  static constexpr double kBand = 0.5;  // K over which the buyer refuses too cool a supply

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static double guess(const Params& p, int local) {
    return local == 4 ? p.design_flow : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium& m = x.medium(kIn);
    const S &mdot = x.var(kMdot), &temp = x.var(kTemp);
    const S ratio = mdot * (1.0 / p.design_flow);
    out.equation(kMdot, x.p(kIn) - x.p(kOut) - hydraulics::drop(p.design_dp, ratio));
    const double width = 1e-3 * p.design_flow;
    const S inlet = ex::inlet_temp(mdot, x.temp(kIn), x.temp(kOut), width);
    const double unit = p.design_flow * m.cp;  // W per kelvin at design flow
    const S offer = unit * ex::magnitude(ratio, ex::kLeastFlow) *
                    smooth_pos(S(inlet - x.in(kReturnTemp)), 0.05);
    const S q =
        smooth_min(x.in(kDemand), offer, 0.01 * unit) * smooth_step(S(inlet - p.supply_min), kBand);
    const S from_fluid = out.flow(kIn, kOut, mdot, temp, temp, width);
    out.balance(kTemp, p.volume * m.rho * m.cp, from_fluid - q);
    out.book(core::kToReuse, q);
    out.value(kHeat, q);
    out.value(kUnmet, x.in(kDemand)-q);
  }
};

core::ComponentType heat_user_model();

}  // namespace steppe::models
