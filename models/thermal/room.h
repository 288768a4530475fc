#pragma once
// Data hall with contained aisles.
#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Cold and hot aisle are the two air nodes (their volumes are the nodes'); the room adds
///   leakage through the containment   0 = p_cold − p_hot − Δp_l·x|x|,  x = ṁ/ṁ_l   (either way)
///   mass of equipment and structure   C·dT_m/dt = G·((T_cold + T_hot)/2 − T_m)
///   envelope                          Q = UA·((T_cold + T_hot)/2 − T_amb), half from each aisle
///   waste heat of converters          Q = UA_w·(T_waste − T_hot), into the hot aisle
/// ṁ > 0: cold air bypasses the servers; ṁ < 0: hot air recirculates to their inlets. Left out:
/// stratification, moisture, heat of people and lights.
struct Room {
  struct Params {
    double leak_flow, leak_dp, heat_capacity, mass_conductance, envelope_ua, waste_ua;
  };
  enum Port : int { kCold, kHot, kWaste };
  enum Var : int { kLeak, kMassTemp };
  enum Input : int { kAmbientTemp };
  enum Output : int { kColdTemp, kHotTemp, kEnvelope, kWasteHeat, kRecirculation };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S& leak = x.var(kLeak);
    out.equation(
        kLeak, x.p(kCold) - x.p(kHot) - hydraulics::drop(p.leak_dp, S(leak * (1.0 / p.leak_flow))));
    out.pass_flow(kCold, kHot, leak, 1e-3 * p.leak_flow);
    const S mean = 0.5 * (x.temp(kCold) + x.temp(kHot));
    const S into_mass = p.mass_conductance * (mean - x.var(kMassTemp));
    const S outdoors = p.envelope_ua * (mean - x.in(kAmbientTemp));
    const S waste = p.waste_ua * (x.temp(kWaste) - x.temp(kHot));
    out.balance(kMassTemp, p.heat_capacity, into_mass);
    out.heat(kWaste, waste);
    out.port_heat(kCold, 0.5 * (into_mass + outdoors));
    out.port_heat(kHot, 0.5 * (into_mass + outdoors) - waste);
    out.book(core::kToAmbient, outdoors);
    if (out.wants_values()) {
      out.value(kColdTemp, x.temp(kCold));
      out.value(kHotTemp, x.temp(kHot));
      out.value(kEnvelope, outdoors);
      out.value(kWasteHeat, waste);
      out.value(kRecirculation, smooth_pos(S(-leak), 1e-6));
    }
  }
};

core::ComponentType room_model();

}  // namespace steppe::models
