#pragma once
// Moist air at any altitude. One set of equations for double and for dual numbers; temperatures in
// K, pressures in Pa, humidity ratio W in kg water per kg dry air, relative humidity as a fraction
// of saturation over ice below 0 °C and over water above (the convention of [ASHRAE 2021, ch. 1]).
// Enthalpy is per kg of dry air, zero for dry air at 0 °C.
//
// The ideal-gas relations leave out the enhancement factor: below 0.5 % of W at 85–101 kPa [ASHRAE
// 2021, ch. 1].

#include "sim/base/smooth.h"

namespace steppe::models::moist_air {

inline constexpr double kIcePoint = 273.15;            ///< K
inline constexpr double kGasConstantDryAir = 287.042;  ///< J/(kg·K) [ASHRAE 2021, ch. 1]
inline constexpr double kMolarMassRatio = 0.621945;    ///< water to dry air [ASHRAE 2021, ch. 1]
inline constexpr double kCpDryAir = 1006.0;            ///< J/(kg·K)
inline constexpr double kCpVapour = 1860.0;            ///< J/(kg·K)
inline constexpr double kEvaporation = 2.501e6;        ///< J/kg at 0 °C

/// Standard pressure [Pa] at an altitude [m], −5000…11000 m; a station's mean lies within 1.5 %.
/// [ASHRAE 2021, ch. 1 eq. 3]
template <class S>
S pressure(const S& altitude) {
  return 101325.0 * pow(1.0 - 2.25577e-5 * altitude, 5.2559);
}

/// Saturation pressure [Pa] at T [K], −100…200 °C: over ice below 0 °C, over water above [Hyland
/// 1983], as printed in [ASHRAE 2021, ch. 1 eq. 5–6]. The two curves meet at 0 °C with different
/// slopes; they are blended over about ±0.5 K, which moves the value by less than 0.04 % there and
/// by less than 1e-6 beyond ±1.5 K. C^∞ and increasing.
template <class S>
S saturation_pressure(const S& temp) {
  const S log_temp = log(temp);
  const S ice =
      -5.6745359e3 / temp + 6.3925247 +
      temp * (-9.677843e-3 + temp * (6.2215701e-7 + temp * (2.0747825e-9 - 9.484024e-13 * temp))) +
      4.1635019 * log_temp;
  const S water = -5.8002206e3 / temp + 1.3914993 +
                  temp * (-4.8640239e-2 + temp * (4.1764768e-5 - 1.4452093e-8 * temp)) +
                  6.5459673 * log_temp;
  return exp(ice + (water - ice) * smooth_step(S(temp - kIcePoint), 0.25));
}

/// Humidity ratio [kg/kg] of air with vapour pressure p_w [Pa] < p.
template <class S, class P>
auto humidity_ratio(const S& vapour_pressure, const P& total_pressure) {
  return kMolarMassRatio * vapour_pressure / (total_pressure - vapour_pressure);
}

/// Vapour pressure [Pa] of air with humidity ratio W.
template <class S, class P>
auto vapour_pressure(const S& w, const P& total_pressure) {
  return total_pressure * w / (kMolarMassRatio + w);
}

/// Humidity ratio at saturation [kg/kg].
template <class S, class P>
auto saturation_humidity_ratio(const S& temp, const P& total_pressure) {
  return humidity_ratio(saturation_pressure(temp), total_pressure);
}

/// Humidity ratio [kg/kg] from temperature and relative humidity (fraction).
template <class S, class R, class P>
auto humidity_ratio_from_rh(const S& temp, const R& rh, const P& total_pressure) {
  return humidity_ratio(rh * saturation_pressure(temp), total_pressure);
}

/// Humidity ratio [kg/kg] from the dew point (frost point below 0 °C).
template <class S, class P>
auto humidity_ratio_from_dew_point(const S& dew_point, const P& total_pressure) {
  return saturation_humidity_ratio(dew_point, total_pressure);
}

/// Relative humidity (fraction, not limited to 1).
template <class S, class W, class P>
auto relative_humidity(const S& temp, const W& w, const P& total_pressure) {
  return vapour_pressure(w, total_pressure) / saturation_pressure(temp);
}

/// Enthalpy [J per kg dry air], −60…90 °C; within 0.1 % of the real-gas tables. [ASHRAE 2021, ch. 1
/// eq. 30]
template <class S, class W>
auto enthalpy(const S& temp, const W& w) {
  const auto t = temp - kIcePoint;
  return kCpDryAir * t + w * (kEvaporation + kCpVapour * t);
}

/// Temperature [K] of air with that enthalpy and humidity ratio (exact inverse of enthalpy).
template <class S, class W>
auto temperature_from_enthalpy(const S& h, const W& w) {
  return (h - w * kEvaporation) / (kCpDryAir + kCpVapour * w) + kIcePoint;
}

/// Heat capacity [J/(K · kg dry air)].
template <class W>
auto heat_capacity(const W& w) {
  return kCpDryAir + kCpVapour * w;
}

/// Mass of dry air per volume [kg/m3]: multiplies enthalpy, humidity ratio and heat_capacity().
template <class S, class W, class P>
auto dry_air_density(const S& temp, const W& w, const P& total_pressure) {
  return total_pressure / (kGasConstantDryAir * temp * (1.0 + w / kMolarMassRatio));
}

/// Mass of the mixture per volume [kg/m3]: what a fan or a wind turbine moves.
template <class S, class W, class P>
auto density(const S& temp, const W& w, const P& total_pressure) {
  return (1.0 + w) * dry_air_density(temp, w, total_pressure);
}

/// Dynamic viscosity [Pa·s], 100…1900 K, within 2 %. [USStd 1976, eq. 51]
template <class S>
S viscosity(const S& temp) {
  return 1.458e-6 * temp * sqrt(temp) / (temp + 110.4);
}

/// Thermal conductivity [W/(m·K)], 100…1900 K, within 2 % below 400 K. [USStd 1976, eq. 53]
template <class S>
S conductivity(const S& temp) {
  return 2.64638e-3 * temp * sqrt(temp) / (temp + 245.4 * exp(-12.0 * 2.302585093 / temp));
}

/// Humidity ratio [kg/kg] from dry and wet bulb: h + (W_s* − W) h_w* = h_s* with the wick wet at
/// T_wb ≥ 0 °C and iced below [ASHRAE 2021, ch. 1 eq. 33–35]. Negative when the pair is impossible
/// (air drier than dry).
double humidity_ratio_from_wet_bulb(double temp, double wet_bulb, double total_pressure);

/// Thermodynamic wet bulb [K], −60…90 °C, solved to 1e-9 K; `temp` itself when the air is saturated
/// or beyond. Between a wet and an iced wick both can be a solution for a span of about 0.6 K of
/// wet bulb: the wet one is returned.
double wet_bulb(double temp, double w, double total_pressure);

/// Dew point (frost point below 0 °C) [K] of air with vapour pressure [Pa] in 1e-3…1e5, solved to
/// 1e-9 K.
double dew_point_from_vapour_pressure(double vapour_pressure_pa);

/// Dew point [K] of air with humidity ratio W; 173.15 K for air drier than that.
double dew_point(double w, double total_pressure);

/// Dew point [K] from temperature and relative humidity (fraction).
double dew_point_from_rh(double temp, double rh);

}  // namespace steppe::models::moist_air
