#include "models/properties/medium.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>

#include "models/properties/liquid.h"
#include "models/properties/moist_air.h"
#include "sim/base/error.h"

namespace steppe::models {
namespace {

constexpr double kZeroC = 273.15;

/// Least-squares fit of ln mu = a + b/T + c/T² on an even grid; fills the curve and its largest
/// error.
void fit_viscosity(MediumProperties& m, const std::function<double(double)>& mu) {
  constexpr int kPoints = 101;
  const double mid = 0.5 * (1.0 / m.temp_min + 1.0 / m.temp_max);
  const double half = 0.5 * (1.0 / m.temp_min - 1.0 / m.temp_max);
  const auto temp_at = [&](int i) {
    return m.temp_min + (m.temp_max - m.temp_min) * i / (kPoints - 1);
  };
  // Normal equations in z = (1/T − mid)/half ∈ [−1, 1], where they are well conditioned.
  std::array<std::array<double, 4>, 3> a{};
  for (int i = 0; i < kPoints; ++i) {
    const double t = temp_at(i), z = (1.0 / t - mid) / half, y = std::log(mu(t));
    const std::array<double, 3> p{1.0, z, z * z};
    for (size_t r = 0; r < 3; ++r) {
      for (size_t c = 0; c < 3; ++c) a[r][c] += p[r] * p[c];
      a[r][3] += p[r] * y;
    }
  }
  for (size_t k = 0; k < 3; ++k)
    for (size_t r = 0; r < 3; ++r) {
      if (r == k) continue;
      const double f = a[r][k] / a[k][k];
      for (size_t c = k; c < 4; ++c) a[r][c] -= f * a[k][c];
    }
  const double g0 = a[0][3] / a[0][0], g1 = a[1][3] / a[1][1] / half,
               g2 = a[2][3] / a[2][2] / (half * half);
  m.mu_a = g0 - g1 * mid + g2 * mid * mid;
  m.mu_b = g1 - 2.0 * g2 * mid;
  m.mu_c = g2;
  for (int i = 0; i < kPoints; ++i) {
    const double t = temp_at(i);
    const double fitted = std::exp(m.mu_a + m.mu_b / t + m.mu_c / (t * t));
    m.mu_error = std::max(m.mu_error, std::abs(fitted / mu(t) - 1.0));
  }
}

void check_temperature(const std::string& name, double temp, double lo, double hi) {
  if (temp >= lo && temp <= hi) return;
  throw UserError(
      fmt::format("design temperature {:.4g} °C of medium '{}' is outside {:.4g} … {:.4g} °C",
                  temp - kZeroC, name, lo - kZeroC, hi - kZeroC));
}

}  // namespace

std::vector<std::string> medium_names() {
  return {"water", "air",  "pg20", "pg25", "pg30", "pg35", "pg40", "pg45", "pg50",
          "pg55",  "pg60", "eg20", "eg25", "eg30", "eg35", "eg40", "eg45", "eg50"};
}

MediumProperties medium(const std::string& name, double temp_design, double pressure) {
  MediumProperties m;
  m.name = name;
  m.temp_max = kZeroC + 60.0;
  if (name == "water") {
    m.freeze_temp = m.temp_min = kZeroC;
    check_temperature(name, temp_design, m.freeze_temp, kZeroC + 100.0);
    m.rho = water::density(temp_design);
    m.cp = water::heat_capacity(temp_design);
    m.k = water::conductivity(temp_design);
    fit_viscosity(m, [](double t) { return water::viscosity(t); });
    return m;
  }
  if (name == "air") {
    m.temp_min = kZeroC - 40.0;
    check_temperature(name, temp_design, kZeroC - 60.0, kZeroC + 100.0);
    m.rho = moist_air::dry_air_density(temp_design, 0.0, pressure);
    m.cp = moist_air::kCpDryAir;
    m.k = moist_air::conductivity(temp_design);
    fit_viscosity(m, [](double t) { return moist_air::viscosity(t); });
    return m;
  }
  const bool propylene = name.starts_with("pg"), ethylene = name.starts_with("eg");
  int percent = 0;
  const char* digits = name.data() + std::min<size_t>(2, name.size());
  const char* last = name.data() + name.size();
  const auto [end, ec] = std::from_chars(digits, last, percent);
  if (!(propylene || ethylene) || ec != std::errc{} || end != last || percent < 5 || percent > 60) {
    const std::string near = nearest(name, medium_names());
    throw UserError(fmt::format(
        "unknown medium '{}': expected water, air, pgNN or egNN with NN = 5…60 percent of mass{}",
        name, near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
  }
  const GlycolFit& fit = propylene ? propylene_glycol() : ethylene_glycol();
  const double x = 0.01 * percent;
  m.freeze_temp = glycol::freezing_point(fit, x);
  m.temp_min = std::max(kZeroC - 40.0, m.freeze_temp);
  check_temperature(name, temp_design, m.freeze_temp, m.temp_max);
  m.rho = glycol::density(fit, x, temp_design);
  m.cp = glycol::heat_capacity(fit, x, temp_design);
  m.k = glycol::conductivity(fit, x, temp_design);
  fit_viscosity(m, [&](double t) { return glycol::viscosity(fit, x, t); });
  return m;
}

core::Medium circuit_medium(const std::string& name, double temp_design, double pressure) {
  const MediumProperties m = medium(name, temp_design, pressure);
  core::Medium c;
  c.name = m.name;
  c.cp = m.cp;
  c.rho = m.rho;
  c.k = m.k;
  c.freeze_temp = m.freeze_temp;
  c.mu_a = m.mu_a;
  c.mu_b = m.mu_b;
  c.mu_c = m.mu_c;
  return c;
}

}  // namespace steppe::models
