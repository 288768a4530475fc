#include "sim/app/spectrum.h"

#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <numbers>

namespace steppe::app {
namespace {

using Complex = std::complex<double>;

/// In-place radix-2 transform; the size is a power of two.
void transform_power_of_two(std::vector<Complex>& x) {
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

/// Transform of any length by a convolution [Bluestein 1970].
void transform(std::vector<Complex>& x) {
  const size_t n = x.size();
  size_t m = 1;
  while (m < 2 * n) m *= 2;
  std::vector<Complex> chirp(n), a(m), b(m);
  for (size_t k = 0; k < n; ++k) {
    // k² modulo 2n keeps the angle exact for long records.
    const double square = static_cast<double>((k * k) % (2 * n));
    chirp[k] = std::polar(1.0, -std::numbers::pi * square / static_cast<double>(n));
    a[k] = x[k] * chirp[k];
    b[k] = std::conj(chirp[k]);
    if (k > 0) b[m - k] = b[k];
  }
  transform_power_of_two(a);
  transform_power_of_two(b);
  for (size_t k = 0; k < m; ++k) a[k] = std::conj(a[k] * b[k]);
  transform_power_of_two(a);
  for (size_t k = 0; k < n; ++k) x[k] = std::conj(a[k]) / static_cast<double>(m) * chirp[k];
}

}  // namespace

SpectralLine largest_line(const std::vector<double>& time, const std::vector<double>& value,
                          double low, double high) {
  SpectralLine out;
  // Longest stretch with one sampling interval.
  size_t first = 0, last = 0;
  for (size_t a = 0; a + 1 < time.size();) {
    const double dt = time[a + 1] - time[a];
    size_t b = a + 1;
    while (b + 1 < time.size() &&
           std::abs(time[b + 1] - time[b] - dt) < 1e-6 * dt + 1e-12 * time[b])
      ++b;
    if (b - a > last - first) {
      first = a;
      last = b;
    }
    a = b;
  }
  const size_t n = last - first;
  const double dt = n > 1 ? (time[last] - time[first]) / static_cast<double>(n) : 0.0;
  const double length = static_cast<double>(n) * dt;
  if (length * low < 5.0) {
    out.why =
        fmt::format("{:.4g} s of even samples hold less than five periods of {:g} Hz", length, low);
    return out;
  }
  if (high * dt > 0.5) {
    out.why = fmt::format("recorded every {:g} s: {:g} Hz cannot be seen; record every {:.2g} s",
                          dt, high, 0.4 / high);
    return out;
  }
  for (size_t i = 0; i < n; ++i) out.mean += value[first + i] / static_cast<double>(n);
  constexpr double a[] = {1.0, 1.93, 1.29, 0.388, 0.028};  // flat top
  std::vector<Complex> x(n);
  for (size_t i = 0; i < n; ++i) {
    const double t = 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n);
    const double w = a[0] - a[1] * std::cos(t) + a[2] * std::cos(2 * t) - a[3] * std::cos(3 * t) +
                     a[4] * std::cos(4 * t);
    x[i] = w * (value[first + i] - out.mean);
  }
  transform(x);
  for (size_t k = 1; k < n / 2; ++k) {
    const double f = static_cast<double>(k) / length;
    const double amplitude = 2.0 * std::abs(x[k]) / static_cast<double>(n);
    if (f < low || f > high || amplitude <= out.amplitude) continue;
    out.amplitude = amplitude;
    out.frequency = f;
  }
  out.found = true;
  out.start = time[first];
  return out;
}

}  // namespace steppe::app
