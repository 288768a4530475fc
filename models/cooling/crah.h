#pragma once
// Computer-room air handler: EC fan and chilled-water coil with its control valve.
#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "models/cooling/motor_supply.h"
#include "sim/core/batch.h"

namespace steppe::models {

///   C_a·dT_a/dt = ṁ_a c_a (T_a,in − T_a) − Q        V_w ρc·dT_w/dt = ṁ_w c (T_w,in − T_w) + Q
///   Q = K·(T_a,in − T_w,in) + stagnant part          K counterflow ε-NTU (coil of ≥ 4 rows)
///   1/UA = [s_a·x_a^−0.6 + (1 − s_a)·x_w^−0.8]/UA_d
///   0 = p_in − p_out + Δp_d·(n² − x|x|)·damper        Δp_d external + coil and filter at design
///   P = P_d·n³                                        τ·dn/dt = command − n
/// Fan heat enters the outlet air. A back-draught damper shuts against reverse flow. Sensible only:
/// chilled water above the dew point of the hall (left out: condensation, humidifier, reheat).
struct Crah {
  struct Params : MotorSupply {
    double design_air_flow, design_flow, effectiveness, fan_power, fan_head, design_dp, volume,
        metal_heat, air_share, fan_ramp;
    double ua = 0.0;
  };
  enum Port : int { kAirIn, kAirOut, kWaterIn, kWaterOut, kSupply };
  enum Var : int { kMdotAir, kMdotWater, kTempAir, kTempWater, kFan };
  enum Input : int { kFanSpeed, kValve };
  enum Output : int { kHeat, kFanPower, kApproach };
  static constexpr double kValveLeak = 0.01;
  static constexpr double kDamperLeak = 0.01;
  static constexpr double kStagnantShare = 0.02;

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s);
  static double guess(const Params& p, int local);
  static void on_event(const Params& p, core::EventContext& e) { p.handle(e, 8); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium &ma = x.medium(kAirIn), &mw = x.medium(kWaterIn);
    const bool on = MotorSupply::turning(x.mode(0));
    const S &air = x.var(kMdotAir), &water = x.var(kMdotWater), &n = x.var(kFan);
    const S &temp_air = x.var(kTempAir), &temp_water = x.var(kTempWater);
    const S ratio_air = air * (1.0 / p.design_air_flow);
    const S ratio_water = water * (1.0 / p.design_flow);
    out.equation(kMdotAir, x.p(kAirIn) - x.p(kAirOut) + p.fan_head * n * n -
                               hydraulics::drop(p.fan_head, ratio_air) -
                               hydraulics::check_valve(p.fan_head, kDamperLeak, ratio_air));
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
    const S command = on ? smooth_clamp(x.in(kFanSpeed), 0.0, 1.1, 1e-3) : S(0.0);
    out.balance(kFan, p.fan_ramp, command - n);
    const S power = p.draw(out, kSupply, on ? p.fan_power * n * n * n : S(0.0));
    out.port_heat(kAirOut, -power);
    out.book(core::kUseCooling, power);
    if (out.wants_values()) {
      out.value(kHeat, q);
      out.value(kFanPower, power);
      out.value(kApproach, temp_air - in_water);
    }
    p.set_guards(x, out, kSupply);
  }
};

core::ComponentType crah_model();

}  // namespace steppe::models
