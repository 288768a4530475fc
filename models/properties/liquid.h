#pragma once
// Water and its mixtures with glycols at about atmospheric pressure. T in K, `x` = mass fraction of
// glycol. Functions are polynomials of the temperature and do not limit their arguments: check the
// range before, extrapolation is wrong soon.
#include <array>

#include "sim/base/smooth.h"

namespace steppe::models {

namespace water {

/// Density [kg/m3], 0…100 °C, 0.1 MPa; within 0.001 %. [Kell 1975, eq. 16]
template <class S>
S density(const S& temp) {
  const S t = temp - 273.15;
  return (999.83952 +
          t * (16.945176 + t * (-7.9870401e-3 +
                                t * (-46.170461e-6 + t * (105.56302e-9 - 280.54253e-12 * t))))) /
         (1.0 + 16.879850e-3 * t);
}

/// Heat capacity [J/(kg·K)], 0…100 °C, 0.1 MPa: own fit in t/100 to values of [Wagner 2002], within
/// 0.03 %.
template <class S>
S heat_capacity(const S& temp) {
  const S u = 0.01 * (temp - 273.15);
  return ((((-360.86 * u + 1186.85) * u - 1506.55) * u + 1003.38) * u - 327.03) * u + 4219.75;
}

/// Dynamic viscosity [Pa·s], −20…110 °C, 0.1 MPa; within 1 %. [IAPWS 2011, eq. 7]
template <class S>
S viscosity(const S& temp) {
  const S r = temp / 300.0;
  return 1e-6 * (280.68 * pow(r, -1.9) + 511.45 * pow(r, -7.7) + 61.131 * pow(r, -19.6) +
                 0.45903 * pow(r, -40.0));
}

/// Thermal conductivity [W/(m·K)], 0…110 °C, 0.1 MPa; within 2 %. [IAPWS 2011, eq. 8]
template <class S>
S conductivity(const S& temp) {
  const S r = temp / 300.0;
  return 1.6630 * pow(r, -1.15) - 1.7781 * pow(r, -3.4) + 1.1567 * pow(r, -6.0) -
         0.432115 * pow(r, -7.6);
}

}  // namespace water

/// Coefficients of [Melinder 2010]: Σ_i (x − x_m)^i Σ_j c_ij (t − t_m)^j with x in percent of mass
/// and t in °C, the powers (i, j) running over i = 0…5 and j < 4, 4, 4, 3, 2, 1.
struct GlycolFit {
  double x_mean, t_mean;  ///< %, °C
  std::array<double, 18> density, heat_capacity, conductivity,
      log_viscosity;               ///< viscosity in mPa·s
  std::array<double, 6> freezing;  ///< °C, powers of (x − x_m)
};
/// Valid: x 0…0.6, from the freezing point to 60 °C. The book's own fit error is not at hand.
/// Measured here at x = 0 over 0…60 °C against the water functions above: density 0.08 %, heat
/// capacity 0.2 %, conductivity 1.5 %, viscosity 4 %.
const GlycolFit& propylene_glycol();
const GlycolFit& ethylene_glycol();

namespace glycol {

template <class S>
S polynomial(const std::array<double, 18>& c, double dx, const S& dt) {
  constexpr std::array<size_t, 6> kTerms{4, 4, 4, 3, 2, 1};
  S sum = S(0.0);
  double px = 1.0;
  size_t k = 0;
  for (const size_t n : kTerms) {
    S inner = S(c[k + n - 1]);
    for (size_t j = n - 1; j-- > 0;) inner = inner * dt + c[k + j];
    sum = sum + px * inner;
    px *= dx;
    k += n;
  }
  return sum;
}

/// Density [kg/m3].
template <class S>
S density(const GlycolFit& f, double x, const S& temp) {
  return polynomial<S>(f.density, 100.0 * x - f.x_mean, temp - (273.15 + f.t_mean));
}
/// Heat capacity [J/(kg·K)].
template <class S>
S heat_capacity(const GlycolFit& f, double x, const S& temp) {
  return polynomial<S>(f.heat_capacity, 100.0 * x - f.x_mean, temp - (273.15 + f.t_mean));
}
/// Thermal conductivity [W/(m·K)].
template <class S>
S conductivity(const GlycolFit& f, double x, const S& temp) {
  return polynomial<S>(f.conductivity, 100.0 * x - f.x_mean, temp - (273.15 + f.t_mean));
}
/// Dynamic viscosity [Pa·s].
template <class S>
S viscosity(const GlycolFit& f, double x, const S& temp) {
  return 1e-3 *
         exp(polynomial<S>(f.log_viscosity, 100.0 * x - f.x_mean, temp - (273.15 + f.t_mean)));
}
/// Freezing point [K]: first ice crystals; slush still moves a few kelvin below.
double freezing_point(const GlycolFit& f, double x);

}  // namespace glycol
}  // namespace steppe::models
