#pragma once
// Passive rear-door heat exchanger: the servers' own fans push their air through a water coil.
#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// As the coil of `crah` without fans:
///   C_a·dT_a/dt = ṁ_a c_a (T_a,in − T_a) − Q        V_w ρc·dT_w/dt = ṁ_w c (T_w,in − T_w) + Q
///   Q = K·(T_a,in − T_w,in) + stagnant part          1/UA = [s_a·x_a^−0.6 + (1 −
///   s_a)·x_w^−0.8]/UA_d air 0 = Δp − Δp_a·x|x|       water 0 = Δp − Δp_w·x|x|/position²
/// The air drop is what the server fans have to overcome. Sensible only: water above the dew point.
struct RearDoor {
  struct Params {
    double design_air_flow, design_flow, effectiveness, air_dp, design_dp, volume, metal_heat,
        air_share;
    double ua = 0.0;
  };
  enum Port : int { kAirIn, kAirOut, kWaterIn, kWaterOut };
  enum Var : int { kMdotAir, kMdotWater, kTempAir, kTempWater };
  enum Input : int { kValve };
  enum Output : int { kHeat, kApproach };
  static constexpr double kValveLeak = 0.01;
  static constexpr double kStagnantShare = 0.02;

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s);
  static double guess(const Params& p, int local) {
    return local == 8 ? p.design_air_flow : local == 9 ? p.design_flow : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium &ma = x.medium(kAirIn), &mw = x.medium(kWaterIn);
    const S &air = x.var(kMdotAir), &water = x.var(kMdotWater);
    const S &temp_air = x.var(kTempAir), &temp_water = x.var(kTempWater);
    const S ratio_air = air * (1.0 / p.design_air_flow);
    const S ratio_water = water * (1.0 / p.design_flow);
    out.equation(kMdotAir, x.p(kAirIn) - x.p(kAirOut) - hydraulics::drop(p.air_dp, ratio_air));
    const S stem = smooth_clamp(x.in(kValve), 0.0, 1.0, 1e-3);
    out.equation(kMdotWater, x.p(kWaterIn) - x.p(kWaterOut) -
                                 hydraulics::drop(p.design_dp, ratio_water) /
                                     (stem * stem + kValveLeak * kValveLeak));
    const S xa = ex::magnitude(ratio_air, ex::kLeastFlow);
    const S xw = ex::magnitude(ratio_water, ex::kLeastFlow);
    const S film_air = pow(xa, 0.6), film_water = pow(xw, 0.8);
    const S ua =
        p.ua * film_air * film_water / (p.air_share * film_water + (1.0 - p.air_share) * film_air);
    const S k =
        ex::counterflow(ua, S((p.design_air_flow * ma.cp) * xa), S((p.design_flow * mw.cp) * xw));
    const double width_air = 1e-3 * p.design_air_flow, width_water = 1e-3 * p.design_flow;
    const S in_air = ex::inlet_temp(air, x.temp(kAirIn), x.temp(kAirOut), width_air);
    const S in_water = ex::inlet_temp(water, x.temp(kWaterIn), x.temp(kWaterOut), width_water);
    const S q = k * (in_air - in_water) +
                (kStagnantShare * p.ua) * ex::stagnant(xa, xw) * (temp_air - temp_water);
    const S from_air = out.flow(kAirIn, kAirOut, air, temp_air, temp_air, width_air);
    const S from_water = out.flow(kWaterIn, kWaterOut, water, temp_water, temp_water, width_water);
    out.balance(kTempAir, p.metal_heat, from_air - q);
    out.balance(kTempWater, p.volume * mw.rho * mw.cp, from_water + q);
    out.value(kHeat, q);
    out.value(kApproach, temp_air - in_water);
  }
};

core::ComponentType rear_door_model();

}  // namespace steppe::models
