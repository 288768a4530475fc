#include "inference_load/training/compliance.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <deque>
#include <numbers>

namespace steppe::load {

using core::kInf;

const core::ParamTable<ComplianceLimits>& compliance_table() {
  using C = ComplianceLimits;
  static const core::ParamTable<C> table = [] {
    core::ParamTable<C> t;
    t.text("source", &C::source, "", "Who asks for it");
    t.real("ramp_up", &C::ramp_up, "W/s", kInf, {0, kInf}, "Fastest rise")
        .real("ramp_down", &C::ramp_down, "W/s", kInf, {0, kInf}, "Fastest fall")
        .real("ramp_window", &C::ramp_window, "s", 1.0, {1e-3, 3600},
              "Time over which a ramp is taken")
        .real("range", &C::range, "W", kInf, {0, kInf},
              "Highest minus lowest power inside range_window")
        .real("range_window", &C::range_window, "s", 60.0, {1e-3, 86400},
              "Window of the dynamic range")
        .real("band_low", &C::band_low, "Hz", 0.1, {1e-4, 1e4}, "Lower edge of the frequency band")
        .real("band_high", &C::band_high, "Hz", 20.0, {1e-4, 1e4},
              "Upper edge of the frequency band")
        .real("band_amplitude", &C::band_amplitude, "1", kInf, {0, kInf},
              "Largest line in the band over the mean power");
    return t;
  }();
  return table;
}

namespace {

/// In-place radix-2 transform; the size is a power of two.
void fft(std::vector<std::complex<double>>& x) {
  const size_t n = x.size();
  for (size_t i = 1, j = 0; i < n; ++i) {
    size_t bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (size_t half = 1; half < n; half <<= 1)
    for (size_t k = 0; k < half; ++k) {
      const auto w =
          std::polar(1.0, -std::numbers::pi * static_cast<double>(k) / static_cast<double>(half));
      for (size_t i = k; i < n; i += 2 * half) {
        const auto u = x[i], v = w * x[i + half];
        x[i] = u + v;
        x[i + half] = u - v;
      }
    }
}

/// Largest max − min inside any window of `n` samples.
double sliding_range(const std::vector<double>& p, size_t n) {
  std::deque<size_t> high, low;
  double most = 0.0;
  for (size_t i = 0; i < p.size(); ++i) {
    while (!high.empty() && p[high.back()] <= p[i]) high.pop_back();
    while (!low.empty() && p[low.back()] >= p[i]) low.pop_back();
    high.push_back(i);
    low.push_back(i);
    while (high.front() + n <= i) high.pop_front();
    while (low.front() + n <= i) low.pop_front();
    most = std::max(most, p[high.front()] - p[low.front()]);
  }
  return most;
}

}  // namespace

double band_amplitude(const std::vector<double>& power, double dt, double low, double high) {
  size_t n = 1;
  while (2 * n <= power.size()) n *= 2;
  const double resolution = 1.0 / (static_cast<double>(n) * dt);
  if (low < 5.0 * resolution) return 0.0;
  double mean = 0.0;
  for (size_t i = 0; i < n; ++i) mean += power[i] / static_cast<double>(n);
  // Flat top [HFT, SR785]: the main lobe is flat within 0.01 dB.
  constexpr double a[] = {1.0, 1.93, 1.29, 0.388, 0.028};
  std::vector<std::complex<double>> x(n);
  for (size_t i = 0; i < n; ++i) {
    const double t = 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n);
    const double w = a[0] - a[1] * std::cos(t) + a[2] * std::cos(2 * t) - a[3] * std::cos(3 * t) +
                     a[4] * std::cos(4 * t);
    x[i] = w * (power[i] - mean);
  }
  fft(x);
  double most = 0.0;
  for (size_t k = 1; k < n / 2; ++k) {
    const double f = static_cast<double>(k) * resolution;
    if (f >= low && f <= high) most = std::max(most, 2.0 * std::abs(x[k]) / static_cast<double>(n));
  }
  return most;
}

std::vector<ComplianceResult> check_compliance(const std::vector<double>& power, double dt,
                                               const ComplianceLimits& c) {
  std::vector<ComplianceResult> out;
  if (power.empty()) return out;
  const auto lag = std::max<size_t>(1, static_cast<size_t>(std::lround(c.ramp_window / dt)));
  double up = 0.0, down = 0.0, mean = 0.0;
  for (size_t i = 0; i < power.size(); ++i) {
    mean += power[i] / static_cast<double>(power.size());
    if (i < lag) continue;
    const double slope = (power[i] - power[i - lag]) / (static_cast<double>(lag) * dt);
    up = std::max(up, slope);
    down = std::max(down, -slope);
  }
  if (std::isfinite(c.ramp_up)) out.push_back({"ramp_up", up, c.ramp_up, "W/s"});
  if (std::isfinite(c.ramp_down)) out.push_back({"ramp_down", down, c.ramp_down, "W/s"});
  if (std::isfinite(c.range)) {
    const auto n = std::max<size_t>(1, static_cast<size_t>(std::lround(c.range_window / dt)));
    out.push_back({"range", sliding_range(power, n), c.range, "W"});
  }
  if (std::isfinite(c.band_amplitude) && mean > 0)
    out.push_back({"band_amplitude", band_amplitude(power, dt, c.band_low, c.band_high) / mean,
                   c.band_amplitude, "1"});
  return out;
}

}  // namespace steppe::load
