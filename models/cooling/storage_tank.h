#pragma once
// Stratified storage tank.
#include <array>

#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Eight equal layers between `top` (warm) and `bottom` (cold), ṁ > 0 downwards:
///   C·dT_i/dt = c·ṁ⁺ (T_{i−1} − T_i) − c·ṁ⁻ (T_{i+1} − T_i) + G_up + G_down − UA/8·(T_i − T_amb)
///   G between neighbours = k·(T_j − T_i), plus a strong mixing where a colder layer lies above a
///   warmer one.
///   charging = −ṁ/ṁ_design,  for a controller that holds it
/// The layer above layer 0 is what flows in at the top. Layers smear a front over about one eighth
/// of the height times √(turnover): a thermocline of a good diffuser is of that size. Starts at its
/// `initial_temp`, not at the steady value. Left out: jets at high flow.
struct StorageTank {
  static constexpr int kLayers = 8;
  struct Params {
    double volume, design_flow, design_dp, conduction, loss_ua, initial_temp;
  };
  enum Port : int { kTop, kBottom };
  enum Var : int { kMdot, kFirst, kCharging = kFirst + kLayers };
  enum Input : int { kAmbientTemp };
  enum Output : int { kStored, kMeanTemp, kColdRate };
  static constexpr double kMixing = 10.0;  // times the design capacity rate, per kelvin upside down

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static double guess(const Params& p, int local) {
    if (local < 4) return std::nan("");
    return local == 4 + kMdot || local == 4 + kCharging ? 0.0 : p.initial_temp;
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const core::Medium& m = x.medium(kTop);
    const S& mdot = x.var(kMdot);
    out.equation(kMdot, x.p(kTop) - x.p(kBottom) -
                            hydraulics::drop(p.design_dp, S(mdot * (1.0 / p.design_flow))));
    out.equation(kCharging, x.var(kCharging) + mdot * (1.0 / p.design_flow));
    const auto temp = [&](int i) -> const S& { return x.var(kFirst + i); };
    const double width = 1e-3 * p.design_flow;
    out.flow(kTop, kBottom, mdot, temp(kLayers - 1), temp(0), width);
    const auto f = core::split_flow(mdot, width);
    const double capacity = p.volume * m.rho * m.cp / kLayers;
    const double mixing = kMixing * p.design_flow * m.cp;
    S between = S(0.0);  // heat into layer i from the one above, by conduction and mixing
    S loss = S(0.0), sum = S(0.0);
    for (int i = 0; i < kLayers; ++i) {
      const S& t = temp(i);
      const S& above = i == 0 ? x.temp(kTop) : temp(i - 1);
      const S& below = i + 1 == kLayers ? x.temp(kBottom) : temp(i + 1);
      S down = S(0.0);
      if (i + 1 < kLayers) {
        const S d = t - below;
        down = d * (p.conduction + mixing * smooth_pos(S(-d), 0.05));
      }
      const S lost = (p.loss_ua / kLayers) * (t - x.in(kAmbientTemp));
      out.balance(
          kFirst + i, capacity,
          m.cp * (f.forward * (above - t) - f.backward * (below - t)) + between - down - lost);
      between = down;
      loss = loss + lost;
      sum = sum + t;
    }
    out.book(core::kToAmbient, loss);
    if (out.wants_values()) {
      out.value(kMeanTemp, sum * (1.0 / kLayers));
      out.value(kStored, (sum - kLayers * p.initial_temp) * (-capacity));
      out.value(kColdRate, m.cp * (f.forward * (temp(kLayers - 1) - x.temp(kTop)) +
                                   f.backward * (x.temp(kBottom) - temp(0))));
    }
  }
};

core::ComponentType storage_tank_model();

}  // namespace steppe::models
