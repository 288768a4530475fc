#pragma once
// Direct outdoor-air handler: air-side economiser with filters and direct evaporative pads.
#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "models/cooling/motor_supply.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Supply air is a mixture of return air and outdoor air behind the pads; as much leaves outdoors:
///   T_out = (1 − s)·T_return + s·T_o      T_o = T_amb − ε·pad·(T_amb − T_wb)      s = damper
///   W_o = W_amb + c_p (T_amb − T_o)/h_fg
///   0 = p_in − p_out + Δp_d·n² − Δp_d·[1 + φ·s·(L − 1)]·x|x|     φ share of clean filters in Δp_d
///   P = P_d·n³ + pad·P_pump              L filter loading, 1 clean
/// The damper opens a share `damper`; `outdoor_flow` and `outdoor_humidity` go to `hall_humidity`,
/// which keeps the water of the hall. Left out: exhaust fan of its own, pressure of the hall
/// against outdoors, heat of the fan when the dampers recirculate it (it enters the supply air).
struct AirEconomiser {
  struct Params : MotorSupply {
    double design_air_flow, fan_head, fan_power, pump_power, filter_share, pad_effectiveness,
        least_damper, metal_heat, fan_ramp, damper_time, cycles;
  };
  enum Port : int { kAirIn, kAirOut, kSupply };
  enum Var : int { kMdot, kTemp, kFan, kDamper, kOutdoorFlow, kOutdoorHumidity };
  enum Input : int {
    kFanSpeed,
    kOutdoorShare,
    kPad,
    kLoading,
    kAmbientTemp,
    kWetBulb,
    kAmbientHumidity
  };
  enum Output : int { kHeat, kPower, kWater, kFilterDp };
  static constexpr double kCpAir = 1006.0;        // J/(kg·K)
  static constexpr double kEvaporation = 2.45e6;  // J/kg
  static constexpr double kDamperLeak = 0.01;

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) { p.prepare_supply(); }
  static double guess(const Params& p, int local) {
    return local == 6 ? p.design_air_flow : std::nan("");
  }
  static void on_event(const Params& p, core::EventContext& e) { p.handle(e, 4); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium& m = x.medium(kAirIn);
    const bool on = MotorSupply::turning(x.mode(0));
    const S &mdot = x.var(kMdot), &temp = x.var(kTemp), &n = x.var(kFan), &share = x.var(kDamper);
    const S &ambient = x.in(kAmbientTemp), &pad = x.in(kPad);
    const S ratio = mdot * (1.0 / p.design_air_flow);
    const S more = p.filter_share * share * (x.in(kLoading)-1.0);
    out.equation(kMdot, x.p(kAirIn) - x.p(kAirOut) + p.fan_head * n * n -
                            (1.0 + more) * hydraulics::drop(p.fan_head, ratio) -
                            hydraulics::check_valve(p.fan_head, kDamperLeak, ratio));
    const double width = 1e-3 * p.design_air_flow;
    const S inlet = ex::inlet_temp(mdot, x.temp(kAirIn), x.temp(kAirOut), width);
    const S cooled = p.pad_effectiveness * pad * (ambient - x.in(kWetBulb));
    const S flow = p.design_air_flow * ex::magnitude(ratio, ex::kLeastFlow);
    const S c_out = m.cp * share * flow;
    const S q = c_out * (inlet - ambient + cooled);
    const S from_air = out.flow(kAirIn, kAirOut, mdot, temp, temp, width);
    out.balance(kTemp, p.metal_heat, from_air - q);
    const S command = on ? smooth_clamp(x.in(kFanSpeed), 0.0, 1.1, 1e-3) : S(0.0);
    out.balance(kFan, p.fan_ramp, command - n);
    // Without voltage the outdoor damper falls shut.
    const S open = on ? smooth_clamp(x.in(kOutdoorShare), p.least_damper, 1.0, 1e-3) : S(0.0);
    out.balance(kDamper, p.damper_time, open - share);
    const S fan = on ? p.fan_power * n * n * n : S(0.0);
    const S drawn = p.draw(out, kSupply, fan + (on ? p.pump_power * pad : S(0.0)));
    out.port_heat(kAirOut, -drawn);
    out.equation(kOutdoorFlow, share * flow - x.var(kOutdoorFlow));
    out.equation(kOutdoorHumidity, x.in(kAmbientHumidity) + cooled * (kCpAir / kEvaporation) -
                                       x.var(kOutdoorHumidity));
    const S latent = c_out * cooled;
    out.book(core::kUseCooling, drawn);
    out.book(core::kToWater, latent);
    out.book(core::kToAmbient, q - latent);
    if (out.wants_values()) {
      out.value(kHeat, q);
      out.value(kPower, drawn);
      out.value(kWater, latent * (p.cycles / (p.cycles - 1.0) / kEvaporation));
      out.value(kFilterDp, p.filter_share * p.fan_head * x.in(kLoading)*ratio * ratio * share);
    }
    p.set_guards(x, out, kSupply);
  }
};

core::ComponentType air_economiser_model();

}  // namespace steppe::models
