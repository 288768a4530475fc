#pragma once
// Heat exchangers by effectiveness and number of transfer units, as conductances between the two
// inlet temperatures: Q = K·(T₁,in − T₂,in). K is finite and smooth for all capacity rates > 0,
// also where they are equal.
#include <cmath>

#include "sim/base/smooth.h"
#include "sim/core/dual.h"

namespace steppe::models::exchanger {

/// (1 − e^{−d})/d for d ≥ 0, continued through its removable singularity at 0 by its series (error
/// below 1e-12).
template <class S>
S phi(const S& d) {
  if (core::value(d) < 0.01) return 1.0 - d * (0.5 - d * (1.0 / 6.0 - d * (1.0 / 24.0)));
  return (1.0 - exp(-d)) / d;
}

/// Counterflow: K [W/K] of a conductance `ua` between streams of capacity rates c1, c2 > 0 [W/K].
/// Equal to C_min·(1 − e^{−N(1−C)})/(1 − C·e^{−N(1−C)}) without its 0/0 at C = 1. The expression is
/// the same with the streams exchanged; the order only keeps the exponential from overflowing.
template <class S>
S counterflow(const S& ua, const S& c1, const S& c2) {
  const S n1 = ua / c1, n2 = ua / c2;
  if (core::value(n1) >= core::value(n2)) {
    const S f = phi(S(n1 - n2));
    return ua * f / (1.0 + n2 * f);
  }
  const S f = phi(S(n2 - n1));
  return ua * f / (1.0 + n1 * f);
}

/// Cross-flow, both streams unmixed: effectiveness 1 − exp[N^.22/C·(e^{−C·N^.78} − 1)], written so
/// that C = 0 is regular. [Incropera 2007, eq. 11.32]
template <class S>
S crossflow_effectiveness(const S& ntu, const S& ratio) {
  return 1.0 - exp(-ntu * phi(S(ratio * pow(ntu, 0.78))));
}

/// Cross-flow: K [W/K]. The smaller capacity rate is rounded over 1 % of the geometric mean: at
/// c1 = c2 it is 0.5 % low.
template <class S>
S crossflow(const S& ua, const S& c1, const S& c2) {
  constexpr double kRound = 1e-4;  // (1 %)²
  const S product = c1 * c2;
  const S larger = 0.5 * (c1 + c2 + sqrt((c1 - c2) * (c1 - c2) + kRound * product));
  const S smaller = (1.0 - 0.25 * kRound) * product / larger;
  return smaller * crossflow_effectiveness(S(ua / smaller), S(smaller / larger));
}

/// UA [W/K] of a cross-flow exchanger that has this effectiveness at these capacity rates; exact
/// inverse of crossflow().
inline double crossflow_ua(double effectiveness, double c1, double c2) {
  const double target = effectiveness * std::fmin(c1, c2);
  double lo = 0.0, hi = 200.0 * std::fmin(c1, c2);
  for (int i = 0; i < 200; ++i) {
    const double mid = 0.5 * (lo + hi);
    (crossflow(mid, c1, c2) < target ? lo : hi) = mid;
  }
  return 0.5 * (lo + hi);
}

/// NTU of a counterflow exchanger from its effectiveness < 1 and C = C_min/C_max.
inline double counterflow_ntu(double effectiveness, double ratio) {
  if (std::abs(1.0 - ratio) < 1e-9) return effectiveness / (1.0 - effectiveness);
  return std::log((1.0 - effectiveness * ratio) / (1.0 - effectiveness)) / (1.0 - ratio);
}

/// Temperature of what flows in: that of `a` for flow a→b, of `b` for b→a, blended over `width`.
template <class S>
S inlet_temp(const S& mdot, const S& temp_a, const S& temp_b, double width) {
  const S share = 0.5 + 0.5 * mdot / sqrt(mdot * mdot + width * width);
  return temp_b + share * (temp_a - temp_b);
}

/// |ṁ| rounded so that a capacity rate never vanishes.
template <class S>
S magnitude(const S& mdot, double width) {
  return sqrt(mdot * mdot + width * width);
}

/// 1 in a stagnant exchanger, 0 in a flowing one: switches on what ε-NTU does not know, the heat
/// that walls pass between volumes at rest. `x1`, `x2` flow ratios; 2e-7 at design flow.
template <class S>
S stagnant(const S& x1, const S& x2) {
  constexpr double kOnset = 4e-4;  // product of flow ratios
  const S r = x1 * x2 * (1.0 / kOnset);
  return 1.0 / (1.0 + r * r);
}

/// Flow ratio below which exchangers count as stagnant.
inline constexpr double kLeastFlow = 1e-3;

}  // namespace steppe::models::exchanger
