#pragma once
// Smooth building blocks for kernels (formulas in smooth.md). Widths are arguments with the unit of
// x: the scale below which the physics does not care. All are C¹ (most C^∞), monotone, and work for
// double and Dual.
#include <cmath>

namespace steppe {

using std::exp;
using std::log;
using std::pow;
using std::sqrt;
using std::tanh;

/// sqrt(x² + w²): |x| rounded at 0; error ≤ w.
template <class S>
S smooth_abs(const S& x, double w) {
  return sqrt(x * x + w * w);
}
/// max(x, 0) rounded: error ≤ w/2, at x = 0.
template <class S>
S smooth_pos(const S& x, double w) {
  return 0.5 * (x + smooth_abs(x, w));
}
/// max(a, b), error ≤ w/2.
template <class A, class B>
auto smooth_max(const A& a, const B& b, double w) {
  return 0.5 * (a + b + sqrt((a - b) * (a - b) + w * w));
}
/// min(a, b), error ≤ w/2.
template <class A, class B>
auto smooth_min(const A& a, const B& b, double w) {
  return 0.5 * (a + b - sqrt((a - b) * (a - b) + w * w));
}
/// x limited to [lo, hi] with rounded corners, error ≤ w.
template <class S, class L, class H>
auto smooth_clamp(const S& x, const L& lo, const H& hi, double w) {
  return smooth_min(smooth_max(x, lo, w), hi, w);
}
/// 0 for x ≪ 0, 1 for x ≫ 0; 0.5 at 0, slope 1/(2w) there.
template <class S>
S smooth_step(const S& x, double w) {
  return 0.5 * (1.0 + tanh(x / w));
}
/// x·|x| rounded: slope w at zero instead of 0 keeps hydraulic Jacobians regular.
template <class S>
S signed_square(const S& x, double w) {
  return x * smooth_abs(x, w);
}
/// x^e for x ≥ 0 continued below by |x| rounded with w: pow(sqrt(x²+w²), e). For flow-ratio
/// exponents.
template <class S>
S smooth_pow(const S& x, double e, double w) {
  return pow(smooth_abs(x, w), e);
}

}  // namespace steppe
