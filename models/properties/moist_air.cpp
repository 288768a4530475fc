#include "models/properties/moist_air.h"

#include <algorithm>
#include <cmath>

namespace steppe::models::moist_air {
namespace {

/// Enthalpy [J/kg] of what evaporates from the wick: liquid, or ice with its heat of fusion [ASHRAE
/// 2021, ch. 1 table 3].
double wick_enthalpy(double t_degc, bool ice) {
  return ice ? -333.4e3 + 2100.0 * t_degc : 4186.0 * t_degc;
}

double psychrometer(double temp, double wet_bulb, double total_pressure, bool ice) {
  const double t = temp - kIcePoint, t_wb = wet_bulb - kIcePoint;
  const double hw = wick_enthalpy(t_wb, ice);
  const double ws = saturation_humidity_ratio(wet_bulb, total_pressure);
  return (ws * (kEvaporation + kCpVapour * t_wb - hw) - kCpDryAir * (t - t_wb)) /
         (kEvaporation + kCpVapour * t - hw);
}

/// Root of an increasing function in [lo, hi]: Newton with a difference slope, bisection when it
/// leaves the bracket.
template <class F>
double increasing_root(F f, double lo, double hi) {
  double x = 0.5 * (lo + hi);
  for (int i = 0; i < 100 && hi - lo > 1e-10; ++i) {
    const double y = f(x);
    (y > 0.0 ? hi : lo) = x;
    const double slope = (f(x + 1e-4) - f(x - 1e-4)) / 2e-4;
    const double next = x - y / slope;
    const bool inside = std::isfinite(next) && next > lo && next < hi;
    if (inside && std::abs(next - x) < 1e-10) return next;
    x = inside ? next : 0.5 * (lo + hi);
  }
  return x;
}

}  // namespace

double humidity_ratio_from_wet_bulb(double temp, double wet_bulb, double total_pressure) {
  return psychrometer(temp, wet_bulb, total_pressure, wet_bulb < kIcePoint);
}

double wet_bulb(double temp, double w, double total_pressure) {
  if (w >= saturation_humidity_ratio(temp, total_pressure)) return temp;
  const bool ice =
      temp < kIcePoint || w < psychrometer(temp, kIcePoint, total_pressure, /*ice=*/false);
  const double lo = ice ? 153.15 : kIcePoint;
  const double hi = ice ? std::min(temp, kIcePoint) : temp;
  return increasing_root([&](double x) { return psychrometer(temp, x, total_pressure, ice) - w; },
                         lo, hi);
}

double dew_point_from_vapour_pressure(double vapour_pressure_pa) {
  const double target = std::log(std::max(vapour_pressure_pa, 1e-30));
  return increasing_root([&](double x) { return std::log(saturation_pressure(x)) - target; },
                         173.15, 473.15);
}

double dew_point(double w, double total_pressure) {
  return dew_point_from_vapour_pressure(vapour_pressure(w, total_pressure));
}

double dew_point_from_rh(double temp, double rh) {
  return dew_point_from_vapour_pressure(rh * saturation_pressure(temp));
}

}  // namespace steppe::models::moist_air
