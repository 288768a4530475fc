#pragma once
// Indirect evaporative air handler: hall air against outdoor air through plates, wetted when warm,
// with a small direct-expansion stage.
#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "models/cooling/motor_supply.h"
#include "sim/core/batch.h"

namespace steppe::models {

///   C_a·dT_a/dt = ṁ_a c (T_in − T_a) − Q_x − Q_dx
///   Q_x = K·(T_in − T_src)      K counterflow ε-NTU of UA, hall and outdoor air
///   UA = UA_d·(1 + (wet_gain − 1)·spray)·2/(x_h^−0.6 + x_o^−0.6)
///   T_src = T_amb − pad·spray·(T_amb − T_wb)       x_o = (ρ/ρ₀)·√(n_o² + 1e-4)
///   Q_dx = dx_enable·clamp(ṁ_a c (T_x − T_set), 0, Q_dx,max)   T_x = T_in − Q_x/(ṁ_a c)
///   P = P_h·n_h³ + P_o·n_o³·ρ/ρ₀ + P_pump·spray + Q_dx/COP,  COP = η_c·T_e/(T_c − T_e)
///   T_e = T_set − 8 K,  T_c = outdoor air leaving + 8 K
/// Hall fans heat the supply air; everything else leaves outdoors. Heat that passes wetted plates
/// is counted as evaporation (the outdoor air leaves nearly saturated): 1.47 L/kWh. Left out: hall
/// humidity (plates are dry on the hall side), leakage between the streams, frost on the plates.
struct IndirectEvaporativeAhu {
  struct Params : MotorSupply {
    double design_air_flow, outdoor_air_flow, effectiveness, wet_gain, pad_effectiveness, fan_power,
        outdoor_fan_power, pump_power, fan_head, dx_capacity, dx_carnot, metal_heat, fan_ramp,
        cycles;
    double ua = 0.0, density_factor = 0.0;
  };
  enum Port : int { kAirIn, kAirOut, kSupply };
  enum Var : int { kMdot, kTemp, kFan, kOutdoorFan };
  enum Input : int {
    kFanSpeed,
    kOutdoorSpeed,
    kSpray,
    kDxEnable,
    kSetpoint,
    kAmbientTemp,
    kWetBulb
  };
  enum Output : int { kHeat, kDxHeat, kPower, kWater, kSourceTemp };
  static constexpr double kDamperLeak = 0.01;
  static constexpr double kCpAir = 1006.0;        // J/(kg·K)
  static constexpr double kEvaporation = 2.45e6;  // J/kg
  static constexpr double kDxApproach = 8.0;      // K, either coil

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s);
  static double guess(const Params& p, int local) {
    return local == 6 ? p.design_air_flow : std::nan("");
  }
  static void on_event(const Params& p, core::EventContext& e) { p.handle(e, 4); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium& m = x.medium(kAirIn);
    const bool on = MotorSupply::turning(x.mode(0));
    const S &mdot = x.var(kMdot), &temp = x.var(kTemp), &n = x.var(kFan), &no = x.var(kOutdoorFan);
    const S &ambient = x.in(kAmbientTemp), &spray = x.in(kSpray);
    const S ratio = mdot * (1.0 / p.design_air_flow);
    out.equation(kMdot, x.p(kAirIn) - x.p(kAirOut) + p.fan_head * n * n -
                            hydraulics::drop(p.fan_head, ratio) -
                            hydraulics::check_valve(p.fan_head, kDamperLeak, ratio));
    const S density = p.density_factor / ambient;
    const S xo = density * sqrt(no * no + 1e-4);
    const S xh = ex::magnitude(ratio, ex::kLeastFlow);
    const S film_hall = pow(xh, 0.6), film_out = pow(xo, 0.6);
    const S ua = (2.0 * p.ua) * (1.0 + (p.wet_gain - 1.0) * spray) * film_hall * film_out /
                 (film_hall + film_out);
    const S c_hall = (p.design_air_flow * m.cp) * xh;
    const S c_out = (p.outdoor_air_flow * kCpAir) * xo;
    const double width = 1e-3 * p.design_air_flow;
    const S inlet = ex::inlet_temp(mdot, x.temp(kAirIn), x.temp(kAirOut), width);
    const S source = ambient - p.pad_effectiveness * spray * (ambient - x.in(kWetBulb));
    const S q = ex::counterflow(ua, c_hall, c_out) * (inlet - source);
    const S after = inlet - q / c_hall;
    S q_dx = S(0.0), work = S(0.0);
    if (on) {
      const double corner = 1e-3 * p.dx_capacity + 1.0;
      q_dx = x.in(kDxEnable)*smooth_clamp(S(c_hall * (after - x.in(kSetpoint))), 0.0, p.dx_capacity,
                                          corner);
      const S evaporating = x.in(kSetpoint)-kDxApproach;
      const S condensing = source + q / c_out + kDxApproach;
      const S lift = smooth_max(condensing - evaporating, 12.0, 1.0);
      work = q_dx * lift / (p.dx_carnot * evaporating);
    }
    const S from_air = out.flow(kAirIn, kAirOut, mdot, temp, temp, width);
    out.balance(kTemp, p.metal_heat, from_air - q - q_dx);
    const S want = on ? smooth_clamp(x.in(kFanSpeed), 0.0, 1.1, 1e-3) : S(0.0);
    const S want_out = on ? smooth_clamp(x.in(kOutdoorSpeed), 0.0, 1.1, 1e-3) : S(0.0);
    out.balance(kFan, p.fan_ramp, want - n);
    out.balance(kOutdoorFan, p.fan_ramp, want_out - no);
    const S hall = on ? p.fan_power * n * n * n : S(0.0);
    const S rest =
        on ? p.outdoor_fan_power * density * no * no * no + p.pump_power * spray + work : S(0.0);
    const S drawn = p.draw(out, kSupply, hall + rest);
    const S in_hall = drawn * hall / (hall + rest + 1.0);
    out.port_heat(kAirOut, -in_hall);
    const S latent = spray * q;
    out.book(core::kUseCooling, drawn);
    out.book(core::kToWater, latent);
    out.book(core::kToAmbient, q + q_dx + drawn - in_hall - latent);
    if (out.wants_values()) {
      out.value(kHeat, q);
      out.value(kDxHeat, q_dx);
      out.value(kPower, drawn);
      out.value(kWater, latent * (p.cycles / (p.cycles - 1.0) / kEvaporation));
      out.value(kSourceTemp, source);
    }
    p.set_guards(x, out, kSupply);
  }
};

core::ComponentType indirect_evaporative_ahu_model();

}  // namespace steppe::models
