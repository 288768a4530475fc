#include "models/battery/soc_filter.h"

#include <algorithm>
#include <cmath>

namespace steppe::models {

SocFilter::SocFilter(const CellParams& p, double soc, double sd, double capacity_sd, Noise noise)
    : p_(p), noise_(noise), x_{soc, 0.0, 0.0, 1.0} {
  if (!p_.table) prepare_cell(p_);
  cov_[0][0] = sd * sd;
  cov_[1][1] = cov_[2][2] = 1e-4;
  cov_[3][3] = capacity_sd * capacity_sd;
}

void SocFilter::step(double dt, double current, double voltage, double temp, double resistance) {
  // Prediction with the current of the interval that ends now.
  const auto before = cell_point(p_, std::clamp(x_[0], 0.0, 1.0), temp);
  const double factor = resistance * (current < 0.0 ? before.charge : before.discharge);
  const double f1 = std::exp(-dt / p_.tau1), f2 = std::exp(-dt / p_.tau2);
  // The pairs' resistance follows the charge: an error of it shows in their voltage.
  const double near = std::fmax(1e-4, std::sqrt(cov_[0][0]));
  const double c_low = std::clamp(x_[0] - near, 0.0, 1.0 - 1e-4),
               c_high = std::clamp(x_[0] + near, c_low + 1e-4, 1.0);
  const auto shape = [&](double soc) {
    const auto c = cell_point(p_, soc, temp);
    return current < 0.0 ? c.charge : c.discharge;
  };
  const double bend =
      current == 0.0 ? 0.0
                     : current * resistance * (shape(c_high) - shape(c_low)) / (c_high - c_low);
  const double counted = current * dt / p_.cell_capacity;
  x_[0] -= counted * x_[3];
  x_[1] = current * p_.r1 * factor + (x_[1] - current * p_.r1 * factor) * f1;
  x_[2] = current * p_.r2 * factor + (x_[2] - current * p_.r2 * factor) * f2;
  if (current != 0.0) {
    const double end = current > 0.0 ? -1.0 : 1.0;
    h_ = end + (h_ - end) * std::exp(-p_.kappa * std::fabs(current) * dt / p_.cell_capacity);
  }
  const Vector f[kStates] = {{1.0, 0.0, 0.0, -counted},
                             {bend * p_.r1 * (1.0 - f1), f1, 0.0, 0.0},
                             {bend * p_.r2 * (1.0 - f2), 0.0, f2, 0.0},
                             {0.0, 0.0, 0.0, 1.0}};
  std::array<Vector, kStates> moved{};
  for (size_t i = 0; i < kStates; ++i)
    for (size_t k = 0; k < kStates; ++k)
      for (size_t j = 0; j < kStates; ++j) moved[i][k] += f[i][j] * cov_[j][k];
  cov_ = {};
  for (size_t i = 0; i < kStates; ++i)
    for (size_t k = 0; k < kStates; ++k)
      for (size_t j = 0; j < kStates; ++j) cov_[i][k] += moved[i][j] * f[k][j];
  cov_[0][0] += noise_.soc * dt;
  cov_[1][1] += noise_.pair * 0.5 * p_.tau1 * (1.0 - f1 * f1);
  cov_[2][2] += noise_.pair * 0.5 * p_.tau2 * (1.0 - f2 * f2);
  cov_[3][3] += noise_.capacity * dt;

  // Correction. The voltage as a function of the charge is bent so much that its slope at a wrong
  // estimate would make the filter too sure: three points of Gauss–Hermite over the uncertainty
  // give mean, slope and what the slope leaves unexplained.
  const auto at = [&](double soc) {
    const auto c = cell_point(p_, soc, temp);
    const double r0 = p_.r0 * resistance * (current < 0.0 ? c.charge : c.discharge);
    return c.u + c.m * h_ - current * r0;
  };
  const double spread = std::fmax(1e-4, std::sqrt(3.0 * cov_[0][0]));
  const double mid = std::clamp(x_[0], 2e-4, 1.0 - 2e-4);
  const double low = std::fmax(0.0, mid - spread), high = std::fmin(1.0, mid + spread);
  const double u0 = at(mid), u_low = at(low), u_high = at(high);
  const double slope = (u_high - u_low) / (high - low);
  const double mean = (4.0 * u0 + u_low + u_high) / 6.0;
  const double scatter = (4.0 * (u0 - mean) * (u0 - mean) + (u_low - mean) * (u_low - mean) +
                          (u_high - mean) * (u_high - mean)) /
                         6.0;
  const double straight = slope * (high - low) / 2.0;
  const double bent = std::fmax(0.0, scatter - straight * straight / 3.0);
  slope_ = p_.table->slope(mid);
  const Vector h{slope, -1.0, -1.0, 0.0};
  const double expected = mean + slope * (x_[0] - mid) - x_[1] - x_[2];
  const double r = noise_.voltage * (std::fabs(slope) < kFlat || slope_ < kFlat ? kInflate : 1.0) +
                   std::fmax(1.0, p_.tau2 / dt) * bent;
  Vector ph{};
  double innovation = r;
  for (size_t i = 0; i < kStates; ++i) {
    for (size_t k = 0; k < kStates; ++k) ph[i] += cov_[i][k] * h[k];
    innovation += h[i] * ph[i];
  }
  for (size_t i = 0; i < kStates; ++i) x_[i] += ph[i] / innovation * (voltage - expected);
  x_[0] = std::clamp(x_[0], -0.02, 1.02);
  x_[3] = std::clamp(x_[3], 0.8, 4.0);
  for (size_t i = 0; i < kStates; ++i)
    for (size_t k = 0; k < kStates; ++k) cov_[i][k] -= ph[i] * ph[k] / innovation;
}

double SocFilter::sd() const { return std::sqrt(std::max(0.0, cov_[0][0])); }

double SocFilter::capacity_sd() const {
  return std::sqrt(std::max(0.0, cov_[3][3])) / (x_[3] * x_[3]);
}

SocFilter::State SocFilter::state() const {
  State s{};
  size_t n = 0;
  for (double v : x_) s[n++] = v;
  for (const auto& row : cov_)
    for (double v : row) s[n++] = v;
  s[n++] = h_;
  s[n] = slope_;
  return s;
}

void SocFilter::load(core::StateReader& r) {
  State s{};
  r.get(s);
  size_t n = 0;
  for (double& v : x_) v = s[n++];
  for (auto& row : cov_)
    for (double& v : row) v = s[n++];
  h_ = s[n++];
  slope_ = s[n];
}

}  // namespace steppe::models
