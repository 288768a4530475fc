#pragma once
// Power of wind turbines and photovoltaics over their rating; carbon usage effectiveness.
#include "sim/core/dual.h"

namespace steppe::models {

struct WindCurve {
  double cut_in = 3.0, rated = 12.0, cut_out = 25.0;  ///< m/s
};

/// Power over rating at wind speed `v` [m/s] at the hub: cubic between cut-in and rated speed, in
/// proportion to the density of the air, never above 1. Left out: wake, icing, hysteresis at
/// cut-out.
template <class S>
S wind_power(const S& v, const S& density = S(1.225), const WindCurve& c = {}) {
  if (core::value(v) < c.cut_in || core::value(v) >= c.cut_out) return S(0.0);
  const auto cube = [](const auto& x) { return x * x * x; };
  const S p = (cube(v) - cube(c.cut_in)) / (cube(c.rated) - cube(c.cut_in)) * density / 1.225;
  return core::value(p) < 1.0 ? p : S(1.0);
}

struct PvField {
  double performance = 0.82;   ///< performance ratio: inverter, cable, dirt, mismatch
  double coefficient = 0.004;  ///< loss of power per kelvin above 25 °C, 1/K
  double rise = 20.0;          ///< K of the cell above the air at 800 W/m2
};

/// Power over rating at irradiance `g` [W/m2] in the plane and air temperature `temp` [K]; below 0
/// where an instrument reads below 0 at night.
template <class S>
S pv_power(const S& g, const S& temp, const PvField& f = {}) {
  const S cell = temp + f.rise * g / 800.0;
  return g / 1000.0 * f.performance * (1.0 - f.coefficient * (cell - 298.15));
}

/// Carbon usage effectiveness [kg/J]: the grid's factor, per energy of the IT equipment.
inline double carbon_usage(double factor, double pue, double renewable_share = 0.0) {
  return factor * pue * (1.0 - renewable_share);
}

}  // namespace steppe::models
