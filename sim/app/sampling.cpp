#include "sim/app/sampling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>

#include "sim/base/rng.h"

namespace steppe::app {
namespace {

// Polynomials and initial direction numbers of dimensions 2 to 21.
struct SobolRow {
  uint32_t degree, polynomial;
  std::array<uint32_t, 7> m;
};
constexpr std::array<SobolRow, kMostSobolDimensions - 1> kSobol{{
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 3, 1}},
    {3, 2, {1, 1, 1}},
    {4, 1, {1, 1, 3, 3}},
    {4, 4, {1, 3, 5, 13}},
    {5, 2, {1, 1, 5, 5, 17}},
    {5, 4, {1, 1, 5, 5, 5}},
    {5, 7, {1, 1, 7, 11, 19}},
    {5, 11, {1, 1, 5, 1, 1}},
    {5, 13, {1, 1, 1, 3, 11}},
    {5, 14, {1, 3, 5, 5, 31}},
    {6, 1, {1, 3, 3, 9, 7, 49}},
    {6, 13, {1, 1, 1, 15, 21, 21}},
    {6, 16, {1, 3, 1, 13, 27, 49}},
    {6, 19, {1, 1, 1, 15, 7, 5}},
    {6, 22, {1, 3, 1, 15, 13, 25}},
    {6, 25, {1, 1, 5, 5, 19, 61}},
    {7, 1, {1, 3, 7, 11, 23, 15, 103}},
    {7, 4, {1, 3, 7, 13, 13, 15, 69}},
}};

std::array<uint32_t, 32> sobol_directions(size_t dimension) {
  std::array<uint32_t, 32> v{};
  if (dimension == 0) {
    for (uint32_t i = 0; i < 32; ++i) v[i] = uint32_t{1} << (31 - i);
    return v;
  }
  const SobolRow& row = kSobol.at(dimension - 1);
  const uint32_t s = row.degree;
  for (uint32_t i = 0; i < s; ++i) v[i] = row.m[i] << (31 - i);
  for (uint32_t i = s; i < 32; ++i) {
    v[i] = v[i - s] ^ (v[i - s] >> s);
    for (uint32_t k = 1; k < s; ++k)
      if ((row.polynomial >> (s - 1 - k)) & 1) v[i] ^= v[i - k];
  }
  return v;
}

}  // namespace

double sobol_point(uint32_t index, size_t dimension, uint32_t shift) {
  const auto v = sobol_directions(dimension);
  // The order of Gray's code, as usual: consecutive points differ in one direction.
  const uint32_t gray = index ^ (index >> 1);
  uint32_t x = shift;
  for (uint32_t b = 0; b < 32; ++b)
    if ((gray >> b) & 1) x ^= v[b];
  return static_cast<double>(x) * 0x1p-32;
}

std::vector<double> latin_hypercube(size_t n, uint64_t seed, std::string_view dimension) {
  Rng rng(seed, "lhs/" + std::string(dimension));
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  for (size_t i = n; i > 1; --i)
    std::swap(order[i - 1], order[static_cast<size_t>(rng.uniform() * static_cast<double>(i))]);
  std::vector<double> out(n);
  for (size_t i = 0; i < n; ++i)
    out[i] = (static_cast<double>(order[i]) + rng.uniform()) / static_cast<double>(n);
  return out;
}

double normal_quantile(double p) {
  // Acklam's rational approximation (relative error 1.15e-9), then one step of Halley.
  constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                          1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                          6.680131188771972e+01, -1.328068155288572e+01};
  constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                          -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                          3.754408661907416e+00};
  auto tail = [&](double q) {
    return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
           ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1.0);
  };
  double x = 0.0;
  if (p < 0.02425) {
    x = tail(std::sqrt(-2.0 * std::log(p)));
  } else if (p > 1.0 - 0.02425) {
    x = -tail(std::sqrt(-2.0 * std::log1p(-p)));
  } else {
    const double q = p - 0.5, r = q * q;
    x = (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
        (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1.0);
  }
  const double e = 0.5 * std::erfc(-x / std::numbers::sqrt2) - p;
  const double u = e * std::sqrt(2.0 * std::numbers::pi) * std::exp(0.5 * x * x);
  return x - u / (1.0 + 0.5 * x * u);
}

double normal_probability(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

std::vector<double> cholesky(const std::vector<double>& r, size_t n) {
  std::vector<double> l(n * n, 0.0);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j <= i; ++j) {
      double sum = r[i * n + j];
      for (size_t k = 0; k < j; ++k) sum -= l[i * n + k] * l[j * n + k];
      if (i != j) {
        l[i * n + j] = sum / l[j * n + j];
      } else if (sum > 1e-12) {
        l[i * n + i] = std::sqrt(sum);
      } else {
        return {};
      }
    }
  return l;
}

void correlate(std::vector<double>& u, size_t k, const std::vector<double>& l, bool keep_strata) {
  const size_t n = u.size() / k;
  std::vector<double> z(u.size());
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < k; ++j)
      for (size_t m = 0; m <= j; ++m) z[i * k + j] += l[j * k + m] * normal_quantile(u[i * k + m]);
  for (size_t j = 0; j < k; ++j) {
    if (!keep_strata) {
      for (size_t i = 0; i < n; ++i) u[i * k + j] = normal_probability(z[i * k + j]);
      continue;
    }
    std::vector<double> values(n);
    std::vector<size_t> order(n);
    std::iota(order.begin(), order.end(), size_t{0});
    for (size_t i = 0; i < n; ++i) values[i] = u[i * k + j];
    std::sort(values.begin(), values.end());
    std::sort(order.begin(), order.end(),
              [&](size_t a, size_t b) { return z[a * k + j] < z[b * k + j]; });
    for (size_t i = 0; i < n; ++i) u[order[i] * k + j] = values[i];
  }
}

}  // namespace steppe::app
