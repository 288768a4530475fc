#pragma once
// Availability of independent repairable units.
#include <cmath>

namespace steppe::models {

inline constexpr double kHoursPerYear = 8760.0;

/// Share of time up, of a unit that fails `per_year` times in a year of 8760 h of being up and
/// takes `repair` hours: μ/(λ + μ).
inline double availability(double per_year, double repair) {
  return 1.0 / (1.0 + per_year * repair / kHoursPerYear);
}

/// At least k of n equal independent units are up.
inline double k_of_n(int k, int n, double a) {
  // Sums the short side of the failures, so that 1 − 10⁻⁹ keeps its digits.
  double down = 0.0, binomial = 1.0;
  for (int failed = 0; failed <= n; ++failed) {
    if (n - failed < k) down += binomial * std::pow(1.0 - a, failed) * std::pow(a, n - failed);
    binomial *= static_cast<double>(n - failed) / (failed + 1);
  }
  return 1.0 - down;
}

/// At least one of two independent systems is up.
inline double either(double a, double b) { return 1.0 - (1.0 - a) * (1.0 - b); }

/// Hours of a year in which something of availability `a` is down.
inline double downtime_hours(double a) { return (1.0 - a) * kHoursPerYear; }

}  // namespace steppe::models
