#pragma once
// Shared pieces of electrical models: the universal loss curve, limits, and power that stays finite
// on a dead bus.
#include <cmath>

#include "sim/base/smooth.h"
#include "sim/core/component.h"

namespace steppe::models {

/// Loss of a converter per unit of its rating, a + b·p + c·p² with p = output / rating
/// [Schmidt 1996]: no-load, proportional and resistive part. Highest efficiency at √(a/c).
struct LossCurve {
  double a = 0.0, b = 0.0, c = 0.0;
  template <class S>
  S loss(const S& p) const {
    return a + p * (b + c * p);
  }
  double efficiency(double p) const { return p / (p + loss(p)); }
};

/// The curve through three points (load per unit, efficiency), exactly.
struct EfficiencyPoint {
  double load, efficiency;
};
LossCurve fit_loss(const EfficiencyPoint& low, const EfficiencyPoint& mid,
                   const EfficiencyPoint& high);

/// 1 / max(v², v_min²), rounded over 2 % of v_min² as LocalOut::power does.
template <class S>
S inverse_square(const S& v2, double v_min) {
  const double m2 = v_min * v_min;
  return 1.0 / (0.5 * (v2 + m2 + sqrt((v2 - m2) * (v2 - m2) + 4e-4 * m2 * m2)));
}

/// Share of a constant power that a bus of squared voltage `v2` really delivers: 1 well above
/// v_min, (v/v_min)² below, so that a dead bus takes nothing and has a solution.
template <class S>
S served_share(const S& v2, double v_min) {
  return v2 * inverse_square(v2, v_min);
}

/// x limited to [lo, hi] with corners rounded over `rel` of the span. The result never exceeds hi
/// and exceeds lo whenever hi − lo is wider than the rounding; lo and hi may move together, down to
/// an empty span.
template <class S, class L, class H>
S soft_clamp(const S& x, const L& lo, const H& hi, double rel, double floor) {
  const S span = hi - lo + S(0.0);
  const S w2 = rel * rel * span * span + floor * floor;
  const S up = 0.5 * (x + lo + sqrt((x - lo) * (x - lo) + w2));
  return 0.5 * (up + hi - sqrt((up - hi) * (up - hi) + w2));
}

/// Current limit of a dc source over its value at nominal voltage, for v per unit: a constant-power
/// range down to 0.75 (the current rises a little faster than 1/v), constant current below. Were
/// the limit flat, a constant-power load would have no stable voltage between the droop line and
/// collapse, and slow overload would meet a fold instead of a falling voltage.
template <class S>
S limit_over_nominal(const S& v_pu) {
  return pow(smooth_max(v_pu, S(0.75), 0.02), -1.3);
}

/// Loss of rating with thin air: −`slope` per metre above `from` metres, never below a half.
inline double altitude_factor(double altitude, double from, double slope) {
  const double f = 1.0 - slope * std::fmax(0.0, altitude - from);
  return std::fmax(0.5, f);
}

}  // namespace steppe::models
