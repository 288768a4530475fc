#pragma once
// Open wet cooling tower: Merkel/Braun effectiveness or the YorkCalc regression.
#include <array>

#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "models/cooling/motor_supply.h"
#include "models/properties/moist_air.h"
#include "sim/core/batch.h"

namespace steppe::models {

namespace tower {

/// Approach [K] of the YorkCalc regression: wet bulb [°C], range [K], liquid-to-gas ratio over
/// design. Valid: wet bulb −34…27 °C, range 1.1…22 K, approach 1.1…40 K, ratio below 8.
/// [EnergyPlus 2024, Engineering Reference, Table "Approach Temperature Correlation Coefficients"]
template <class S>
S york_approach(const S& wet_bulb, const S& range, const S& ratio) {
  constexpr std::array<double, 27> c{
      -0.359741205,     -0.055053608,      0.0023850432,     0.173926877,         -0.0248473764,
      0.00048430224,    -0.005589849456,   0.0005770079712,  -0.00001342427256,   2.84765801111111,
      -0.121765149,     0.0014599242,      1.680428651,      -0.0166920786,       -0.0007190532,
      -0.025485194448,  0.0000487491696,   0.00002719234152, -0.0653766255555556, -0.002278167,
      0.0002500254,     -0.0910565458,     0.00318176316,    0.000038621772,      -0.0034285382352,
      0.00000856589904, -0.000001516821552};
  const auto in_wet_bulb = [&](size_t k) {
    return c[k] + wet_bulb * (c[k + 1] + wet_bulb * c[k + 2]);
  };
  const auto in_range = [&](size_t k) {
    return in_wet_bulb(k) + range * (in_wet_bulb(k + 3) + range * in_wet_bulb(k + 6));
  };
  return in_range(0) + ratio * (in_range(9) + ratio * in_range(18));
}

/// Effectiveness on enthalpy of air: (1 − e^{−N(1−m)})/(1 − m·e^{−N(1−m)}). [Braun 1989]
template <class S>
S effectiveness(const S& ntu, const S& m) {
  return exchanger::counterflow(ntu, S(1.0), S(1.0 / m));
}

/// Slope of the enthalpy of saturated air [J/(kg·K)] with its humidity ratio `w` at `temp`, by
/// Clausius–Clapeyron: within 1 % of a difference quotient, 0…40 °C.
template <class S>
S saturation_slope(const S& temp, const S& w) {
  const S latent = 2.501e6 - 2361.0 * (temp - 273.15);
  return 1006.0 + 1860.0 * w +
         latent * w * (1.0 + w * (1.0 / 0.621945)) * latent / (461.5 * temp * temp);
}

/// Latent part [W] of heat `q` that water at `mean` (saturation humidity ratio `w_mean`) gives to
/// air of wet bulb `wet_bulb` (`w_bulb` saturated there) and dry bulb `ambient`: Lewis number 1,
/// heat goes by the differences of enthalpy, its latent part by those of humidity.
inline double latent(double q, double mean, double w_mean, double ambient, double wet_bulb,
                     double w_bulb) {
  namespace ma = moist_air;
  constexpr double kLeast = 500.0;  // J/kg
  const double w_in = w_bulb - 1006.0 * (ambient - wet_bulb) / ma::kEvaporation;
  const double potential = ma::enthalpy(mean, w_mean) - ma::enthalpy(wet_bulb, w_bulb);
  return q * ma::kEvaporation * (w_mean - w_in) * potential /
         (potential * potential + kLeast * kLeast);
}

}  // namespace tower

/// One mixed basin:
///   Vρc·dT_out/dt = ṁc (T_in − T_out) − Q
///   merkel: Q = ε_a·ṁ_a·(h_s(T_in) − h_s(T_wb)),  m* = ṁ_a c_s/(ṁ c),  N = C·(ṁ/ṁ_a)^0.4
///           c_s slope of h_s at (T_in + T_out)/2; C from the design point     [Braun 1989]
///   york:   Q = ṁc (T_in − T_wb − approach(T_wb, T_in − T_out, L/G))
///   ṁ_a = ṁ_a,d·√(n² + f²(1 − n²)), f = 0.125        P = P_d·n³
///   evaporation = Q·s/h_fg,  s = h_fg (W_s − W_in)/(h_s − h_in) at the mean water temperature
///   make-up = evaporation·CoC/(CoC − 1) + drift
/// h_in is taken as that of saturated air at the wet bulb. Evaporated heat is booked to water, the
/// rest to ambient. Make-up enters at basin temperature.
/// Cold: `bypass` b sends that share of the water past the fill (ṁ → (1 − b)·ṁ above); a negative
/// fan speed turns the fans backwards, which thaws the louvres and moves no air through the fill;
/// the basin heater gives P_h·clamp((T_h − T_out)/2 K, 0, 1) below T_h = 5 °C. Left out: chemistry,
/// plume, pump-down of the basin, growth of ice (`ice` is a flag).
struct CoolingTower {
  enum class Model { merkel, york };
  struct Params : MotorSupply {
    double design_flow, design_air_flow, design_wet_bulb, design_range, design_approach, fan_power,
        design_dp, volume, free_convection, cycles, drift, fan_ramp, basin_heater;
    Model model;
    double ntu = 0.0, pressure = 0.0;
  };
  enum Port : int { kIn, kOut, kSupply };
  enum Var : int { kMdot, kTemp, kFan };
  enum Input : int { kFanSpeed, kAmbientTemp, kWetBulb, kBypass };
  enum Output : int { kHeat, kFanPower, kApproach, kRange, kWater, kEvaporation, kIce, kHeater };
  static constexpr double kHeaterStart = 278.15;  // K
  static constexpr double kHeaterBand = 2.0;      // K

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s);
  static double guess(const Params& p, int local) {
    return local == 6 ? p.design_flow : std::nan("");
  }
  static void on_event(const Params& p, core::EventContext& e) { p.handle(e, 4); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    namespace ma = moist_air;
    const core::Medium& m = x.medium(kIn);
    const bool on = MotorSupply::turning(x.mode(0));
    const S &mdot = x.var(kMdot), &temp = x.var(kTemp), &n = x.var(kFan);
    const S &ambient = x.in(kAmbientTemp), &wet_bulb = x.in(kWetBulb);
    const S ratio = mdot * (1.0 / p.design_flow);
    out.equation(kMdot, x.p(kIn) - x.p(kOut) - hydraulics::drop(p.design_dp, ratio));
    const double free = p.free_convection * p.free_convection;
    const S forward = smooth_pos(n, 1e-3);
    const S xa = sqrt((1.0 - free) * forward * forward + free);
    const S falling = 1.0 - smooth_clamp(x.in(kBypass), 0.0, 1.0, 1e-3);
    const S xw = ex::magnitude(S(ratio * falling), ex::kLeastFlow);
    const double width = 1e-3 * p.design_flow;
    const S inlet = ex::inlet_temp(mdot, x.temp(kIn), x.temp(kOut), width);
    const S mean = 0.5 * (inlet + temp);
    const S c_water = (p.design_flow * m.cp) * xw;
    const S w_mean = ma::saturation_humidity_ratio(mean, p.pressure);
    const S w_bulb = ma::saturation_humidity_ratio(wet_bulb, p.pressure);
    const S h_bulb = ma::enthalpy(wet_bulb, w_bulb);
    S q;
    if (p.model == Model::merkel) {
      const S w_inlet = ma::saturation_humidity_ratio(inlet, p.pressure);
      const S air = p.design_air_flow * xa;
      const S c_air = air * tower::saturation_slope(mean, w_mean);
      const S ntu = p.ntu * pow(xw / xa, 0.4);
      q = tower::effectiveness(ntu, S(c_air / c_water)) * air *
          (ma::enthalpy(inlet, w_inlet) - h_bulb);
    } else {
      const S range = smooth_clamp(S((inlet - temp) / (falling + 0.01) * 1.01), 1.1, 22.2, 0.1);
      const S bulb = smooth_clamp(S(wet_bulb - 273.15), -34.4, 29.4, 0.1);
      const S lg = smooth_clamp(S(xw / xa), 0.05, 8.0, 0.02);
      q = c_water * (inlet - wet_bulb - tower::york_approach(bulb, range, lg));
    }
    const S from_fluid = out.flow(kIn, kOut, mdot, temp, temp, width);
    const S command = on ? smooth_clamp(x.in(kFanSpeed), -1.1, 1.1, 1e-3) : S(0.0);
    out.balance(kFan, p.fan_ramp, command - n);
    const S fans = on ? p.fan_power * n * n * sqrt(n * n + 1e-8) : S(0.0);
    const S heater = p.basin_heater *
                     smooth_clamp(S((kHeaterStart - temp) * (1.0 / kHeaterBand)), 0.0, 1.0, 1e-3);
    const S drawn = p.draw(out, kSupply, fans + heater);
    const S heating = drawn * heater / (fans + heater + 1.0);
    out.balance(kTemp, p.volume * m.rho * m.cp, from_fluid + heating - q);

    if (out.ledger || out.wants_values()) {
      const S latent =
          S(tower::latent(core::value(q), core::value(mean), core::value(w_mean),
                          core::value(ambient), core::value(wet_bulb), core::value(w_bulb)));
      out.book(core::kUseCooling, drawn);
      out.book(core::kToWater, latent);
      out.book(core::kToAmbient, q + drawn - heating - latent);
      const S evaporation = latent * (1.0 / 2.43e6);
      out.value(kHeat, q);
      out.value(kFanPower, drawn - heating);
      out.value(kHeater, heating);
      out.value(kApproach, temp - wet_bulb);
      out.value(kRange, inlet - temp);
      out.value(kWater, evaporation * (p.cycles / (p.cycles - 1.0)) + p.drift * xw * p.design_flow);
      out.value(kEvaporation, evaporation);
      out.value(kIce, S(core::value(wet_bulb) < 273.15 && core::value(temp) < 278.15 &&
                                core::value(xw) > 0.05
                            ? 1.0
                            : 0.0));
    }
    p.set_guards(x, out, kSupply);
  }
};

core::ComponentType cooling_tower_model();

}  // namespace steppe::models
