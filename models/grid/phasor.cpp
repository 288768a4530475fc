#include "models/grid/phasor.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace steppe::models {
namespace {

using Vector = std::array<double, 3>;

/// Cramer's rule.
Vector solve(const std::array<Vector, 3>& a, const Vector& b) {
  const auto det = [](const Vector& u, const Vector& v, const Vector& w) {
    return u[0] * (v[1] * w[2] - v[2] * w[1]) - u[1] * (v[0] * w[2] - v[2] * w[0]) +
           u[2] * (v[0] * w[1] - v[1] * w[0]);
  };
  // Symmetric: rows are columns.
  const double d = det(a[0], a[1], a[2]);
  return {det(b, a[1], a[2]) / d, det(a[0], b, a[2]) / d, det(a[0], a[1], b) / d};
}

}  // namespace

std::vector<std::complex<double>> sliding_phasor(const std::vector<double>& time,
                                                 const std::vector<double>& samples,
                                                 double frequency, double cycles) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double w = 2.0 * std::numbers::pi * frequency, window = cycles / frequency;
  std::vector<std::complex<double>> out(time.size(), {nan, nan});
  std::vector<Vector> basis(time.size());
  for (size_t k = 0; k < time.size(); ++k)
    basis[k] = {1.0, std::cos(w * time[k]), std::sin(w * time[k])};
  size_t first = 0;
  for (size_t k = 0; k < time.size(); ++k) {
    // A hair of tolerance, so that a window of whole cycles holds the same number of samples
    // everywhere.
    while (time[first] <= time[k] - window * (1.0 - 1e-6)) ++first;
    const double n = static_cast<double>(k - first + 1);
    if (n < kLeastPerCycle * cycles || time[k] - time[first] < 0.5 * window) continue;
    std::array<Vector, 3> a{};
    Vector b{};
    for (size_t j = first; j <= k; ++j)
      for (size_t r = 0; r < 3; ++r) {
        b[r] += basis[j][r] * samples[j];
        for (size_t col = 0; col < 3; ++col) a[r][col] += basis[j][r] * basis[j][col];
      }
    const Vector x = solve(a, b);
    if (!std::isfinite(x[1]) || !std::isfinite(x[2])) continue;
    // c + a·cos ωt + b·sin ωt = c + √2·Re(V·e^{jωt}) with V = (a − jb)/√2.
    out[k] = std::complex<double>(x[1], -x[2]) / std::numbers::sqrt2;
  }
  return out;
}

std::complex<double> positive_sequence(std::complex<double> a, std::complex<double> b,
                                       std::complex<double> c) {
  const auto alpha = std::polar(1.0, 2.0 * std::numbers::pi / 3.0);
  return (a + alpha * b + alpha * alpha * c) / 3.0;
}

std::vector<size_t> thin(const std::vector<double>& time, const std::vector<double>& value,
                         double tolerance) {
  std::vector<size_t> out;
  if (time.empty()) return out;
  out.push_back(0);
  size_t anchor = 0;
  double lo = -std::numeric_limits<double>::infinity(), hi = -lo;
  for (size_t k = 1; k < time.size(); ++k) {
    // Slopes from the anchor that pass every sample so far within the tolerance.
    const double dt = time[k] - time[anchor], dv = value[k] - value[anchor];
    if (dv / dt < lo || dv / dt > hi) {
      anchor = k - 1;
      out.push_back(anchor);
      lo = -std::numeric_limits<double>::infinity();
      hi = -lo;
    }
    const double t = time[k] - time[anchor], v = value[k] - value[anchor];
    lo = std::max(lo, (v - tolerance) / t);
    hi = std::min(hi, (v + tolerance) / t);
  }
  if (out.back() + 1 != time.size()) out.push_back(time.size() - 1);
  return out;
}

}  // namespace steppe::models
