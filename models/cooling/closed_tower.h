#pragma once
// Closed-circuit cooling tower (evaporative fluid cooler): coil sprayed with water, or dry.
#include "models/cooling/cooling_tower.h"

namespace steppe::models {

/// One mixed volume at the coil's outlet:
///   Vρc·dT_out/dt = ṁc (T_in − T_out) − Q        Q = s·Q_wet + (1 − s)·Q_dry, s = spray
///   wet: air as a fluid of heat capacity c_s, the slope of its saturation enthalpy between wet
///   bulb
///        and mean water temperature: Q = K(UA·c_s/c_p, ṁ_a c_s, ṁc)·(T_in − T_wb)
///   dry: Q = K(f·UA, ṁ_a c_p, ṁc)·(T_in − T_amb)       K counterflow ε-NTU, f = dry_share
///   1/UA = [s_a x_a^−0.6 + (1 − s_a) x_w^−0.8]/UA_d       x_a² = n² + d²(1 − n²)
///   P = P_d·n³ + s·P_pump      make-up = evaporation·CoC/(CoC − 1)
/// UA_d from the design point (wet). [EnergyPlus 2024, Engineering Reference, cooling towers and
/// evaporative fluid coolers: UA_e = UA·c_pe/c_p]. Dry operation is what keeps a glycol coil free
/// of ice: stop the spray and empty the basin below 2 °C. Left out: water temperature in the basin,
/// plume, deluge flow other than full.
struct ClosedTower {
  struct Params : MotorSupply {
    double design_flow, design_air_flow, design_wet_bulb, design_range, design_approach, fan_power,
        pump_power, design_dp, volume, draft, air_share, dry_share, cycles, fan_ramp;
    double ua = 0.0, pressure = 0.0, thin = 1.0;
  };
  enum Port : int { kIn, kOut, kSupply };
  enum Var : int { kMdot, kTemp, kFan };
  enum Input : int { kFanSpeed, kSpray, kAmbientTemp, kWetBulb };
  enum Output : int { kHeat, kPower, kApproach, kWater, kFreeze };
  static constexpr double kCpAir = 1006.0;  // J/(kg·K)

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s);
  static double guess(const Params& p, int local) {
    return local == 6 ? p.design_flow : std::nan("");
  }
  static void on_event(const Params& p, core::EventContext& e) { p.handle(e, 4); }

  /// Slope of the enthalpy of saturated air [J/(kg·K)] between wet bulb and water.
  template <class S>
  static S slope(const S& wet_bulb, const S& water, double pressure) {
    const S mid = 0.5 * (wet_bulb + water);
    return tower::saturation_slope(mid, S(moist_air::saturation_humidity_ratio(mid, pressure)));
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium& m = x.medium(kIn);
    const bool on = MotorSupply::turning(x.mode(0));
    const S &mdot = x.var(kMdot), &temp = x.var(kTemp), &n = x.var(kFan);
    const S &ambient = x.in(kAmbientTemp), &wet_bulb = x.in(kWetBulb);
    const S ratio = mdot * (1.0 / p.design_flow);
    out.equation(kMdot, x.p(kIn) - x.p(kOut) - hydraulics::drop(p.design_dp, ratio));
    const double width = 1e-3 * p.design_flow;
    const S inlet = ex::inlet_temp(mdot, x.temp(kIn), x.temp(kOut), width);
    const double d2 = p.draft * p.draft;
    const S xa = p.thin * sqrt((1.0 - d2) * n * n + d2);
    const S xw = ex::magnitude(ratio, ex::kLeastFlow);
    const S film_air = pow(xa, 0.6), film_water = pow(xw, 0.8);
    const S ua =
        p.ua * film_air * film_water / (p.air_share * film_water + (1.0 - p.air_share) * film_air);
    const S air = p.design_air_flow * xa;
    const S c_water = (p.design_flow * m.cp) * xw;
    const S mean = 0.5 * (inlet + temp);
    const S spray = on ? smooth_clamp(x.in(kSpray), 0.0, 1.0, 1e-3) : S(0.0);
    const S c_s = slope(wet_bulb, mean, p.pressure);
    const S wet =
        ex::counterflow(S(ua * c_s * (1.0 / kCpAir)), S(air * c_s), c_water) * (inlet - wet_bulb);
    const S dry =
        ex::counterflow(S(p.dry_share * ua), S(air * kCpAir), c_water) * (inlet - ambient);
    const S q = spray * wet + (1.0 - spray) * dry;
    const S from_fluid = out.flow(kIn, kOut, mdot, temp, temp, width);
    out.balance(kTemp, p.volume * m.rho * m.cp, from_fluid - q);
    const S command = on ? smooth_clamp(x.in(kFanSpeed), 0.0, 1.1, 1e-3) : S(0.0);
    out.balance(kFan, p.fan_ramp, command - n);
    const S power =
        p.draw(out, kSupply, on ? p.fan_power * p.thin * n * n * n + p.pump_power * spray : S(0.0));
    if (out.ledger || out.wants_values()) {
      const double twb = core::value(wet_bulb), tm = core::value(mean);
      const double latent =
          tower::latent(core::value(spray) * core::value(wet), tm,
                        moist_air::saturation_humidity_ratio(tm, p.pressure), core::value(ambient),
                        twb, moist_air::saturation_humidity_ratio(twb, p.pressure));
      out.book(core::kUseCooling, power);
      out.book(core::kToWater, S(latent));
      out.book(core::kToAmbient, q + power - latent);
      out.value(kHeat, q);
      out.value(kPower, power);
      out.value(kApproach, temp - wet_bulb);
      out.value(kWater, S(latent / 2.43e6 * p.cycles / (p.cycles - 1.0)));
      out.value(kFreeze, S(core::value(temp) < m.freeze_temp + 1.0 ||
                                   (core::value(spray) > 0.01 && twb < 273.15)
                               ? 1.0
                               : 0.0));
    }
    p.set_guards(x, out, kSupply);
  }
};

core::ComponentType closed_tower_model();

}  // namespace steppe::models
