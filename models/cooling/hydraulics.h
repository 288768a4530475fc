#pragma once
// Pressure drops, pumps and fans as functions of the flow ratio x = ṁ/ṁ_design. All are strictly
// monotone in x, so that networks have one solution and a regular Jacobian at zero flow.
#include "sim/base/smooth.h"

namespace steppe::models::hydraulics {

/// Flow ratio around which turbulent drops turn linear (laminar).
inline constexpr double kLaminar = 0.02;

/// Turbulent pressure drop, exactly `dp` at x = 1 and linear around 0.
template <class S>
S drop(double dp, const S& x) {
  static const double scale = 1.0 / std::sqrt(1.0 + kLaminar * kLaminar);
  return (dp * scale) * signed_square(x, kLaminar);
}

/// Pressure rise [Pa] of a pump or fan at speed ratio n: n²·h₀ − (h₀ − h_d)·x·|x|, that is
/// n²·f(x/n): the affinity laws hold exactly. `shutoff` = h₀/h_d.
template <class S>
S rise(double head_design, double shutoff, const S& n, const S& x) {
  constexpr double kRound = 1e-3;
  return head_design * (shutoff * n * n - (shutoff - 1.0) * signed_square(x, kRound));
}

/// Extra resistance [Pa] against reverse flow: the design head drives only `leak` of the design
/// flow backwards through a closed check valve. Vanishes at x = 0, adds head·1 % for forward flow.
template <class S>
S check_valve(double head_design, double leak, const S& x) {
  const double width = 0.02 * leak;
  return (head_design / leak) * (0.5 * (x - sqrt(x * x + width * width)) + 0.5 * width);
}

/// Shaft power ratio of a centrifugal machine, affine in flow: n³·(a + (1 − a)·x/n), 1 at n = x =
/// 1. `idle` = a: share of the design power at closed valve.
template <class S>
S shaft_power(double idle, const S& n, const S& x) {
  return n * n * (idle * n + (1.0 - idle) * smooth_pos(x, 1e-3));
}

}  // namespace steppe::models::hydraulics
