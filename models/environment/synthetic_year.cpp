#include "models/environment/synthetic_year.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

#include "models/properties/moist_air.h"
#include "sim/base/rng.h"

namespace steppe::models {
namespace {

constexpr int kHours = 8760;
constexpr double kPi = std::numbers::pi;

/// First hour of each month and the year's end.
constexpr std::array<int, 13> month_begin() {
  std::array<int, 13> b{};
  for (size_t m = 0; m < 12; ++m) b[m + 1] = b[m] + 24 * kMonthDays[m];
  return b;
}
constexpr auto kMonthBegin = month_begin();

/// Knot left of `hour` and the weight of the one right of it.
void knots_around(double hour, size_t& left, double& weight) {
  const auto mid = [](size_t m) { return 0.5 * (kMonthBegin[m] + kMonthBegin[m + 1]); };
  double h = std::fmod(hour, static_cast<double>(kHours));
  if (h < mid(0)) h += kHours;
  left = 11;
  while (mid(left) > h) --left;
  const double next = left == 11 ? mid(0) + kHours : mid(left + 1);
  weight = (h - mid(left)) / (next - mid(left));
}

std::array<double, 12> monthly_means(const std::vector<double>& v) {
  std::array<double, 12> mean{};
  for (size_t m = 0; m < 12; ++m) {
    for (int h = kMonthBegin[m]; h < kMonthBegin[m + 1]; ++h) mean[m] += v[static_cast<size_t>(h)];
    mean[m] /= kMonthBegin[m + 1] - kMonthBegin[m];
  }
  return mean;
}

/// Standard-normal AR(1) that closes on itself: the second turn starts where the first ended, whose
/// start is forgotten.
std::vector<double> periodic_ar1(Rng rng, size_t n, double memory) {
  std::vector<double> shocks(n), x(n);
  const double scale = std::sqrt(1.0 - memory * memory);
  for (double& s : shocks) s = scale * rng.normal();
  double last = 0.0;
  for (int turn = 0; turn < 2; ++turn)
    for (size_t i = 0; i < n; ++i) x[i] = last = memory * last + shocks[i];
  return x;
}

void remove_monthly_means(std::vector<double>& v) {
  const auto knots = mean_preserving_knots(monthly_means(v));
  for (size_t i = 0; i < v.size(); ++i) v[i] -= at_hour(knots, static_cast<double>(i + 1));
}

/// Fraction of diffuse in global radiation for a clearness index. [Erbs 1982, eq. 1]
double diffuse_fraction(double k) {
  if (k <= 0.22) return 1.0 - 0.09 * k;
  if (k > 0.80) return 0.165;
  return 0.9511 + k * (-0.1604 + k * (4.388 + k * (-16.638 + 12.336 * k)));
}

void add_radiation(const SyntheticYear& p, WeatherSeries& s) {
  const auto daily = periodic_ar1(Rng(p.seed, "weather.clearness"), 365, 0.4);
  const auto factor = [&](size_t day) {
    return std::clamp(p.clearness + p.clearness_spread * daily[day % 365], 0.15, 1.0);
  };
  for (size_t i = 0; i < kHours; ++i) {
    const double hour = static_cast<double>(i) + 0.5;  // middle of the interval
    const double cz = cos_zenith(hour, p.latitude, p.longitude, p.time_zone);
    if (cz <= 0.02) continue;
    // The factor belongs to noon and changes linearly from day to day.
    const double x = hour / 24.0 + 364.5;
    const auto day = static_cast<size_t>(x);
    const double f = factor(day) + (factor(day + 1) - factor(day)) * (x - std::floor(x));
    const double beyond = 1361.0 * cz * (1.0 + 0.033 * std::cos(2.0 * kPi * hour / kHours));
    s.ghi[i] = f * 1098.0 * cz * std::exp(-0.057 / cz);
    s.dhi[i] = s.ghi[i] * diffuse_fraction(s.ghi[i] / beyond);
    s.dni[i] = std::min((s.ghi[i] - s.dhi[i]) / cz, 1100.0);
  }
}

}  // namespace

std::array<double, 12> mean_preserving_knots(const std::array<double, 12>& monthly) {
  // a[m][k]: mean over month m of the hat function of knot k.
  std::array<std::array<double, 13>, 12> a{};
  for (size_t m = 0; m < 12; ++m) {
    const double weight = 1.0 / (kMonthBegin[m + 1] - kMonthBegin[m]);
    for (int h = kMonthBegin[m]; h < kMonthBegin[m + 1]; ++h) {
      size_t left = 0;
      double w = 0.0;
      knots_around(h + 1.0, left, w);
      a[m][left] += weight * (1.0 - w);
      a[m][(left + 1) % 12] += weight * w;
    }
    a[m][12] = monthly[m];
  }
  for (size_t k = 0; k < 12; ++k)  // diagonally dominant: no pivoting
    for (size_t r = 0; r < 12; ++r) {
      if (r == k) continue;
      const double f = a[r][k] / a[k][k];
      for (size_t c = k; c < 13; ++c) a[r][c] -= f * a[k][c];
    }
  std::array<double, 12> knots{};
  for (size_t k = 0; k < 12; ++k) knots[k] = a[k][12] / a[k][k];
  return knots;
}

double at_hour(const std::array<double, 12>& knots, double hour) {
  size_t left = 0;
  double w = 0.0;
  knots_around(hour, left, w);
  return knots[left] + w * (knots[(left + 1) % 12] - knots[left]);
}

double cos_zenith(double hour, double latitude, double longitude, double time_zone) {
  const double g = 2.0 * kPi * (hour / 24.0 - 0.5) / 365.0;
  const double declination = 0.006918 - 0.399912 * std::cos(g) + 0.070257 * std::sin(g) -
                             0.006758 * std::cos(2 * g) + 0.000907 * std::sin(2 * g) -
                             0.002697 * std::cos(3 * g) + 0.00148 * std::sin(3 * g);
  const double equation_h = 3.8197 * (0.000075 + 0.001868 * std::cos(g) - 0.032077 * std::sin(g) -
                                      0.014615 * std::cos(2 * g) - 0.040849 * std::sin(2 * g));
  const double solar = hour + longitude / 15.0 - time_zone + equation_h;
  const double angle = kPi * (std::fmod(solar, 24.0) - 12.0) / 12.0;
  const double lat = latitude * kPi / 180.0;
  return std::sin(lat) * std::sin(declination) +
         std::cos(lat) * std::cos(declination) * std::cos(angle);
}

WeatherSeries make_synthetic_year(const SyntheticYear& p) {
  constexpr size_t n = kHours;
  WeatherSeries s;
  s.site = "synthetic year";
  s.latitude = p.latitude;
  s.longitude = p.longitude;
  s.time_zone = p.time_zone;
  s.elevation = p.altitude;
  s.notes.push_back(fmt::format("synthetic year from monthly normals, seed {}", p.seed));
  s.pressure.assign(n, moist_air::pressure(p.altitude));
  for (auto* v : {&s.temp, &s.dew_point, &s.rel_humidity, &s.ghi, &s.dni, &s.dhi, &s.wind})
    v->assign(n, 0.0);

  auto noise = periodic_ar1(Rng(p.seed, "weather.temp"), n, p.noise_memory);
  auto dew_noise = periodic_ar1(Rng(p.seed, "weather.dew_point"), n, p.noise_memory);
  const double own = std::sqrt(1.0 - p.dew_correlation * p.dew_correlation);
  for (size_t i = 0; i < n; ++i)
    dew_noise[i] = p.dew_noise * (p.dew_correlation * noise[i] + own * dew_noise[i]);
  for (double& x : noise) x *= p.noise;
  if (p.exact_means) {
    remove_monthly_means(noise);
    remove_monthly_means(dew_noise);
  }
  const auto temp_knots = mean_preserving_knots(p.temp);
  const auto dew_knots = mean_preserving_knots(p.dew_point);
  for (size_t i = 0; i < n; ++i) {
    const double hour = static_cast<double>(i + 1);  // end of the interval
    s.temp[i] = at_hour(temp_knots, hour) + p.diurnal * std::cos(2.0 * kPi * (hour - 15.0) / 24.0) +
                noise[i];
    s.dew_point[i] = std::min(at_hour(dew_knots, hour) + dew_noise[i], s.temp[i] - 0.1);
    s.rel_humidity[i] =
        moist_air::saturation_pressure(s.dew_point[i]) / moist_air::saturation_pressure(s.temp[i]);
  }
  add_radiation(p, s);

  const auto gust = periodic_ar1(Rng(p.seed, "weather.wind"), n, p.wind_memory);
  const double scale = p.wind_mean / std::tgamma(1.0 + 1.0 / p.wind_shape);
  for (size_t i = 0; i < n; ++i) {
    const double exceeded = 0.5 * std::erfc(gust[i] / std::numbers::sqrt2);  // 1 − Φ
    s.wind[i] = scale * std::pow(-std::log(std::max(exceeded, 1e-12)), 1.0 / p.wind_shape);
  }
  return s;
}

}  // namespace steppe::models
