// Moist air and liquids against the figures of their sources.
#include <doctest/doctest.h>

#include <cmath>

#include "models/properties/liquid.h"
#include "models/properties/medium.h"
#include "models/properties/moist_air.h"
#include "sim/base/error.h"
#include "sim/core/dual.h"

namespace air = steppe::models::moist_air;
using namespace steppe::models;
using doctest::Approx;

namespace {
constexpr double kC = 273.15;
constexpr double kSite = 85473.0;  // Pa at 1412 m
}  // namespace

TEST_CASE("AC-6-01 pressure, saturation and humidity ratio") {
  CHECK(air::pressure(1412.0) == Approx(85473.0).epsilon(1e-4));
  CHECK(air::pressure(0.0) == Approx(101325.0));
  CHECK(air::pressure(1000.0) == Approx(89875.0).epsilon(1e-4));
  CHECK(air::saturation_pressure(kC - 13.0) == Approx(198.52).epsilon(1e-4));
  CHECK(air::saturation_pressure(kC + 20.0) == Approx(2338.8).epsilon(1e-4));
  CHECK(air::saturation_pressure(kC + 25.0) == Approx(3169.2).epsilon(1e-4));
  CHECK(air::saturation_humidity_ratio(kC - 13.0, kSite) == Approx(1.45e-3).epsilon(2e-3));
  CHECK(air::humidity_ratio_from_dew_point(kC - 9.0, kSite) == Approx(2.07e-3).epsilon(2e-3));
  CHECK(air::humidity_ratio_from_dew_point(kC + 15.0, kSite) == Approx(12.66e-3).epsilon(1e-3));
}

TEST_CASE("saturation pressure is smooth and increasing through 0 °C") {
  double before = air::saturation_pressure(kC - 3.0);
  for (double t = -2.999; t < 3.0; t += 0.001) {
    const double p = air::saturation_pressure(kC + t);
    CHECK_MESSAGE(p > before, "falls at ", t);
    CHECK_MESSAGE(p - before < 0.06, "jumps at ", t);
    before = p;
  }
  // 611.2 Pa at the ice point [ASHRAE 2021, ch. 1 table 3].
  CHECK(air::saturation_pressure(kC) == Approx(611.2).epsilon(2e-4));
}

TEST_CASE("kernels give the slope with duals") {
  using steppe::core::Dual;
  for (double t = -40.0; t <= 60.0; t += 0.7) {
    Dual x(kC + t);
    x.d[0] = 1.0;
    const double h = 1e-3;
    const Dual p = air::saturation_pressure(x);
    const double slope =
        (air::saturation_pressure(kC + t + h) - air::saturation_pressure(kC + t - h)) / (2 * h);
    CHECK(p.d[0] == Approx(slope).epsilon(1e-5));
    const Dual w = air::humidity_ratio_from_rh(x, 0.5, kSite);
    CHECK(air::enthalpy(x, w).v == Approx(air::enthalpy(kC + t, w.v)));
    CHECK(air::density(x, w, kSite).d[0] < 0.0);
  }
  Dual x(kC + 20.0);
  x.d[0] = 1.0;
  CHECK(water::viscosity(x).d[0] ==
        Approx((water::viscosity(kC + 20.01) - water::viscosity(kC + 19.99)) / 0.02).epsilon(1e-6));
  CHECK(glycol::viscosity(propylene_glycol(), 0.4, x).d[0] < 0.0);
}

TEST_CASE("AC-6-02 wet bulb, dew point and relative humidity return to where they began") {
  double worst_rh = 0.0, worst_wb = 0.0, worst_dp = 0.0;
  for (double t = -30.0; t <= 45.0; t += 0.5) {
    for (double rh = 0.02; rh <= 1.0001; rh += 0.02) {
      const double temp = kC + t;
      const double w = air::humidity_ratio_from_rh(temp, rh, kSite);
      const double wb = air::wet_bulb(temp, w, kSite);
      const double dp = air::dew_point(w, kSite);
      CHECK(wb <= temp + 1e-9);
      CHECK(dp <= wb + 1e-6);
      const double w_back = air::humidity_ratio_from_wet_bulb(temp, wb, kSite);
      worst_rh = std::max(worst_rh, std::abs(air::relative_humidity(temp, w_back, kSite) - rh));
      worst_wb = std::max(worst_wb, std::abs(air::wet_bulb(temp, w_back, kSite) - wb));
      worst_dp = std::max(
          worst_dp,
          std::abs(air::dew_point(air::humidity_ratio_from_dew_point(dp, kSite), kSite) - dp));
    }
  }
  MESSAGE("worst: RH ", worst_rh, ", wet bulb ", worst_wb, " K, dew point ", worst_dp, " K");
  CHECK(worst_wb < 0.01);
  CHECK(worst_dp < 0.01);
  CHECK(worst_rh < 1e-6);
}

TEST_CASE("psychrometric chart points at sea level") {
  // [ASHRAE 2021, ch. 1 example 1]: 40 °C dry, 20 °C wet bulb, 101.325 kPa: W 6.5 g/kg, h 56.7
  // kJ/kg, dew point 7 °C, RH 14 %.
  const double w = air::humidity_ratio_from_wet_bulb(kC + 40.0, kC + 20.0, 101325.0);
  CHECK(w == Approx(6.5e-3).epsilon(0.01));
  CHECK(air::enthalpy(kC + 40.0, w) == Approx(56.7e3).epsilon(0.005));
  CHECK(std::abs(air::dew_point(w, 101325.0) - kC - 7.0) < 0.5);  // read from a chart
  CHECK(air::relative_humidity(kC + 40.0, w, 101325.0) == Approx(0.14).epsilon(0.02));
  CHECK(1.0 / air::dry_air_density(kC + 40.0, w, 101325.0) == Approx(0.896).epsilon(0.001));
  CHECK(air::temperature_from_enthalpy(air::enthalpy(kC + 40.0, w), w) == Approx(kC + 40.0));
  CHECK(air::wet_bulb(kC + 10.0, 1.0, kSite) == Approx(kC + 10.0));  // fog
}

TEST_CASE("air transport properties") {
  CHECK(air::viscosity(kC + 15.0) == Approx(1.7894e-5).epsilon(1e-3));  // [USStd 1976] at sea level
  CHECK(air::conductivity(kC + 15.0) ==
        Approx(2.5326e-2).epsilon(1e-3));  // [USStd 1976] at sea level
}

TEST_CASE("water against tabulated values") {
  // [Wagner 2002] and [IAPWS 2011] at 0.1 MPa and 25 °C.
  const double t = kC + 25.0;
  CHECK(water::density(t) == Approx(997.047).epsilon(1e-5));
  CHECK(water::heat_capacity(t) == Approx(4181.4).epsilon(3e-4));
  CHECK(water::viscosity(t) == Approx(889.997e-6).epsilon(1e-4));
  CHECK(water::conductivity(t) == Approx(0.606502).epsilon(1e-3));
}

TEST_CASE("glycols against figures computed from the same source elsewhere") {
  // An independent implementation of [Melinder 2010] quotes these at 0.1 %.
  const auto& pg = propylene_glycol();
  const auto& eg = ethylene_glycol();
  CHECK(glycol::viscosity(pg, 0.0, kC + 5.0) == Approx(1.5364e-3).epsilon(1e-3));
  CHECK(glycol::density(pg, 0.0, kC + 20.0) == Approx(998.52).epsilon(1e-3));
  CHECK(glycol::heat_capacity(pg, 0.0, kC + 40.0) == Approx(4178.3).epsilon(1e-3));
  CHECK(glycol::conductivity(pg, 0.0, kC + 20.0) == Approx(0.59913).epsilon(1e-3));
  CHECK(glycol::viscosity(eg, 0.4, kC + 5.0) == Approx(4.7569e-3).epsilon(1e-3));
  CHECK(glycol::density(eg, 0.4, kC + 5.0) == Approx(1058.5).epsilon(1e-3));
  CHECK(glycol::heat_capacity(eg, 0.4, kC + 5.0) == Approx(3455.9).epsilon(1e-3));
  CHECK(glycol::conductivity(eg, 0.4, kC + 5.0) == Approx(0.41376).epsilon(1e-3));
  CHECK(glycol::viscosity(eg, 0.2, kC + 40.0) == Approx(1.0133e-3).epsilon(1e-3));
  const double freeze[6] = {-3.357, -7.949, -14.576, -23.813, -35.994, -51.201};
  for (int i = 0; i < 6; ++i)
    CHECK(glycol::freezing_point(eg, 0.1 * (i + 1)) - kC == Approx(freeze[i]).epsilon(1e-3));
}

TEST_CASE("at no glycol the fits are water") {
  double rho = 0.0, cp = 0.0, k = 0.0, mu = 0.0;
  for (const auto* f : {&propylene_glycol(), &ethylene_glycol()}) {
    for (double t = kC; t <= kC + 60.0; t += 1.0) {
      rho = std::max(rho, std::abs(glycol::density(*f, 0.0, t) / water::density(t) - 1.0));
      cp =
          std::max(cp, std::abs(glycol::heat_capacity(*f, 0.0, t) / water::heat_capacity(t) - 1.0));
      k = std::max(k, std::abs(glycol::conductivity(*f, 0.0, t) / water::conductivity(t) - 1.0));
      mu = std::max(mu, std::abs(glycol::viscosity(*f, 0.0, t) / water::viscosity(t) - 1.0));
    }
  }
  MESSAGE("largest differences: density ", rho, ", cp ", cp, ", k ", k, ", viscosity ", mu);
  CHECK(rho < 0.001);
  CHECK(cp < 0.003);
  CHECK(k < 0.02);
  CHECK(mu < 0.05);
}

TEST_CASE("flow for 1 kW and 10 K") {
  const auto litres_per_minute = [](const char* name, double t) {
    const auto m = medium(name, kC + t);
    return 1000.0 / (m.cp * 10.0) / m.rho * 6e4;
  };
  MESSAGE("water ", litres_per_minute("water", 25.0), ", PG25 ", litres_per_minute("pg25", 25.0),
          " L/min per kW");
  CHECK(litres_per_minute("water", 25.0) == Approx(1.438).epsilon(0.003));
  CHECK(litres_per_minute("pg25", 25.0) == Approx(1.508).epsilon(0.01));
}

TEST_CASE("freezing points of the usual mixtures") {
  CHECK(medium("pg25", kC + 20.0).freeze_temp - kC == Approx(-9.8).epsilon(0.02));
  CHECK(medium("pg40", kC + 20.0).freeze_temp - kC == Approx(-20.6).epsilon(0.01));
  CHECK(medium("pg50", kC + 20.0).freeze_temp - kC == Approx(-32.2).epsilon(0.01));
  CHECK(medium("eg40", kC + 20.0).freeze_temp - kC == Approx(-23.8).epsilon(0.01));
  CHECK(medium("eg50", kC + 20.0).freeze_temp - kC == Approx(-36.0).epsilon(0.01));
}

TEST_CASE("viscosity curves of the media follow their source") {
  double before = 0.0;
  for (const auto& name : medium_names()) {
    const auto m = medium(name, kC + 20.0, kSite);
    MESSAGE(name, ": viscosity curve within ", m.mu_error);
    CHECK_MESSAGE(m.mu_error < 0.045, name);
    CHECK(m.cp > 1000.0);
    CHECK(m.k > 0.02);
    if (name.starts_with("pg")) {
      const auto c = circuit_medium(name, kC + 20.0);
      CHECK(c.viscosity(kC) > before);  // thicker with every step of glycol
      before = c.viscosity(kC);
    }
  }
  CHECK(medium("air", kC + 25.0, kSite).rho == Approx(0.9987).epsilon(1e-3));
}

TEST_CASE("unknown media and temperatures are explained") {
  CHECK_THROWS_WITH_AS(medium("pg400", 300.0), doctest::Contains("5…60 percent"),
                       steppe::UserError);
  CHECK_THROWS_WITH_AS(medium("watr", 300.0), doctest::Contains("did you mean 'water'"),
                       steppe::UserError);
  CHECK_THROWS_AS(medium("", 300.0), steppe::UserError);
  CHECK_THROWS_AS(medium("pg", 300.0), steppe::UserError);
  CHECK_THROWS_AS(medium("pg4x", 300.0), steppe::UserError);
  CHECK_THROWS_WITH_AS(medium("water", 263.0), doctest::Contains("outside"), steppe::UserError);
}
