#pragma once
// Power of wind turbines and photovoltaics over their rating; carbon usage effectiveness.
#include <algorithm>

namespace steppe::models {

struct WindCurve {
  double cut_in = 3.0, rated = 12.0, cut_out = 25.0;  ///< m/s
};

/// Power over rating at wind speed `v` [m/s] at the hub: cubic between cut-in and rated speed, in
/// proportion to the density of the air, never above 1. Left out: wake, icing, hysteresis at
/// cut-out.
inline double wind_power(double v, double density = 1.225, const WindCurve& c = {}) {
  if (v < c.cut_in || v >= c.cut_out) return 0.0;
  const auto cube = [](double x) { return x * x * x; };
  const double p = (cube(v) - cube(c.cut_in)) / (cube(c.rated) - cube(c.cut_in));
  return std::min(1.0, p * density / 1.225);
}

struct PvField {
  double performance = 0.82;   ///< performance ratio: inverter, cable, dirt, mismatch
  double coefficient = 0.004;  ///< loss of power per kelvin above 25 °C, 1/K
  double rise = 20.0;          ///< K of the cell above the air at 800 W/m2
};

/// Power over rating at irradiance `g` [W/m2] in the plane and air temperature `temp` [K].
inline double pv_power(double g, double temp, const PvField& f = {}) {
  const double cell = temp + f.rise * g / 800.0;
  return std::max(0.0, g / 1000.0 * f.performance * (1.0 - f.coefficient * (cell - 298.15)));
}

/// Carbon usage effectiveness [kg/J]: the grid's factor, per energy of the IT equipment.
inline double carbon_usage(double factor, double pue, double renewable_share = 0.0) {
  return factor * pue * (1.0 - renewable_share);
}

}  // namespace steppe::models
