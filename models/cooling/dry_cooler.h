#pragma once
// Dry cooler with variable fans, optional adiabatic assist, at any altitude.
#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "models/cooling/motor_supply.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Coil with one mixed volume at the outlet:
///   (Vρc + C_metal)·dT_out/dt = ṁc (T_in − T_out) − Q        Q = K·(T_in − T_air) + stagnant part
///   K cross-flow ε-NTU,  1/UA = [s_a·x_a^−0.55 + (1 − s_a)·x_w^−0.8·(μ/μ_d)^0.47]/UA_d
///   x_a = (ρ/ρ₀)·√(n² + d²(1 − n²)), d = draft·louvre      P_fan = P_d·n³·ρ/ρ₀      τ·dn/dt =
///   command − n T_air = T_amb − ε_wb·spray·(T_amb − T_wb)    water = ṁ_a c_a (T_amb − T_air)/h_fg
/// Design data hold for ρ₀ = 1.204 kg/m3 (20 °C, sea level); ρ follows the site's pressure and the
/// ambient temperature. Fan power and heat leave to ambient. `freeze` compares the coldest tube
/// wall (outlet end, between film and air resistance) with the medium's freezing point. Left out:
/// wind, recirculation of warm air between units, snow and fouling, condensation.
struct DryCooler {
  struct Params : MotorSupply {
    double design_flow, design_air_flow, effectiveness, design_dp, fan_power, volume, metal_heat,
        draft, air_share, fan_ramp, freeze_margin, pad_effectiveness, viscosity_temp;
    double ua = 0.0, density_factor = 0.0, log_mu_design = 0.0, heat_capacity = 0.0;
  };
  enum Port : int { kIn, kOut, kSupply };
  enum Var : int { kMdot, kTemp, kFan };
  enum Input : int { kFanSpeed, kAmbientTemp, kLouvre, kSpray, kWetBulb };
  enum Output : int { kHeat, kFanPower, kApproach, kAirFlow, kWallTemp, kFreeze, kWater, kEvap };
  enum Guard : int { kFrost = 2, kFrostOver };
  static constexpr double kStandardDensity = 1.204;  // kg/m3
  static constexpr double kGas = 287.042;            // J/(kg·K) [ASHRAE 2021, ch. 1]
  static constexpr double kCpAir = 1006.0;           // J/(kg·K)
  static constexpr double kEvaporation = 2.45e6;     // J/kg at 20 °C
  static constexpr double kStagnantShare = 0.03;     // of UA_d, coil without flow

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s);
  static double guess(const Params& p, int local);
  static void on_event(const Params& p, core::EventContext& e);

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium& m = x.medium(kIn);
    const bool on = MotorSupply::turning(x.mode(0));
    const S &mdot = x.var(kMdot), &temp = x.var(kTemp), &n = x.var(kFan),
            &ambient = x.in(kAmbientTemp);
    const S ratio = mdot * (1.0 / p.design_flow);
    out.equation(kMdot, x.p(kIn) - x.p(kOut) - hydraulics::drop(p.design_dp, ratio));

    const S density = p.density_factor / ambient;  // over the standard density
    const S draft = p.draft * x.in(kLouvre);
    const S xa = density * sqrt(n * n + draft * draft * (1.0 - n * n) + 1e-6);
    const S xw = ex::magnitude(ratio, ex::kLeastFlow);
    const S film_air = pow(xa, 0.55);
    const S inverse = 1.0 / temp;
    const S film_water =
        pow(xw, 0.8) *
        exp(-0.47 * (m.mu_a - p.log_mu_design + inverse * (m.mu_b + inverse * m.mu_c)));
    const S wall_share =  // share of the whole resistance between fluid and wall
        (1.0 - p.air_share) * film_air /
        ((1.0 - p.air_share) * film_air + p.air_share * film_water);
    const S ua = (p.ua / (1.0 - p.air_share)) * film_water * wall_share;
    const S c_air = (p.design_air_flow * kCpAir) * xa;
    const S c_water = (p.design_flow * m.cp) * xw;
    const S k = ex::crossflow(ua, c_air, c_water);
    const S pad = p.pad_effectiveness * x.in(kSpray) * (ambient - x.in(kWetBulb));
    const S air = ambient - pad;
    const double width = 1e-3 * p.design_flow;
    const S inlet = ex::inlet_temp(mdot, x.temp(kIn), x.temp(kOut), width);
    const S q = k * (inlet - air) +
                (kStagnantShare * p.ua) * film_air * ex::stagnant(xw, xw) * (temp - air);
    const S from_fluid = out.flow(kIn, kOut, mdot, temp, temp, width);
    out.balance(kTemp, p.heat_capacity, from_fluid - q);

    const S command = on ? smooth_clamp(x.in(kFanSpeed), 0.0, 1.1, 1e-3) : S(0.0);
    out.balance(kFan, p.fan_ramp, command - n);
    const S power = p.draw(out, kSupply, on ? p.fan_power * density * n * n * n : S(0.0));
    const S latent = c_air * pad;
    out.book(core::kUseCooling, power);
    out.book(core::kToWater, latent);
    out.book(core::kToAmbient, q + power - latent);

    const S wall = temp - wall_share * (temp - air);
    const bool frozen = x.mode(1) == 1;
    const S margin = wall - (m.freeze_temp + p.freeze_margin);
    out.guard(kFrost, frozen ? S(-1.0) : -margin);
    out.guard(kFrostOver, frozen ? S(margin - 2.0) : S(-1.0));
    if (out.wants_values()) {
      out.value(kHeat, q);
      out.value(kFanPower, power);
      out.value(kApproach, temp - ambient);
      out.value(kAirFlow, c_air * (1.0 / kCpAir));
      out.value(kWallTemp, wall);
      out.value(kFreeze, S(core::value(margin) < 0.0 ? 1.0 : 0.0));
      out.value(kWater, latent * (1.0 / kEvaporation));
      out.value(kEvap, latent);
    }
    p.set_guards(x, out, kSupply);
  }
};

core::ComponentType dry_cooler_model();

}  // namespace steppe::models
