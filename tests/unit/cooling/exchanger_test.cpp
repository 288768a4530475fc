#include "models/cooling/exchanger.h"

#include <doctest/doctest.h>

#include <cmath>

namespace steppe::models::exchanger {
namespace {

double effectiveness(double ntu, double ratio) {
  return ratio > 0.0 ? counterflow(ntu, 1.0, 1.0 / ratio) : counterflow(ntu, 1.0, 1e300);
}

TEST_CASE("AC-6-03: counterflow effectiveness") {
  CHECK(effectiveness(1.0, 0.0) == doctest::Approx(0.6321).epsilon(1e-4));
  CHECK(effectiveness(1.0, 1.0) == doctest::Approx(0.5).epsilon(1e-12));
  CHECK(effectiveness(2.0, 0.5) == doctest::Approx(0.7746).epsilon(1e-4));
  CHECK(effectiveness(3.0, 1.0) == doctest::Approx(0.75).epsilon(1e-12));
}

TEST_CASE("counterflow equals the textbook form over a grid, either stream the smaller") {
  for (double ntu : {0.01, 0.3, 1.0, 4.0, 20.0})
    for (double ratio : {0.05, 0.4, 0.9, 0.99999}) {
      const double e = std::exp(-ntu * (1.0 - ratio));
      const double exact = (1.0 - e) / (1.0 - ratio * e);
      CHECK(counterflow(ntu, 1.0, 1.0 / ratio) == doctest::Approx(exact).epsilon(1e-9));
      CHECK(counterflow(ntu, 1.0 / ratio, 1.0) == doctest::Approx(exact).epsilon(1e-9));
      CHECK(counterflow_ntu(exact, ratio) == doctest::Approx(ntu).epsilon(1e-6));
    }
}

TEST_CASE("counterflow is smooth where the capacity rates cross") {
  using core::Dual;
  Dual left = 1.0 - 1e-9, right = 1.0 + 1e-9;
  left.d[0] = right.d[0] = 1.0;
  const Dual a = counterflow(Dual(2.0), left, Dual(1.0));
  const Dual b = counterflow(Dual(2.0), right, Dual(1.0));
  CHECK(a.v == doctest::Approx(b.v).epsilon(1e-8));
  CHECK(a.d[0] == doctest::Approx(b.d[0]).epsilon(1e-6));
  // ∂K/∂C1 at C1 = C2 by hand: K = UA·φ/(1 + N₂φ), φ' = −1/2 at 0.
  CHECK(a.d[0] == doctest::Approx(2.0 / 9.0).epsilon(1e-6));
}

TEST_CASE("cross-flow: limits, a table value, inverse") {
  CHECK(crossflow_effectiveness(1.0, 0.0) == doctest::Approx(1.0 - std::exp(-1.0)).epsilon(1e-12));
  // N = 2, C = 0.75 by the formula itself.
  const double exact =
      1.0 - std::exp(std::pow(2.0, 0.22) / 0.75 * (std::exp(-0.75 * std::pow(2.0, 0.78)) - 1.0));
  CHECK(crossflow_effectiveness(2.0, 0.75) == doctest::Approx(exact).epsilon(1e-12));
  CHECK(crossflow(0.0, 1.0, 2.0) == doctest::Approx(0.0));
  for (double e : {0.2, 0.6, 0.85}) {
    const double ua = crossflow_ua(e, 40.0, 100.0);
    CHECK(crossflow(ua, 40.0, 100.0) == doctest::Approx(e * 40.0).epsilon(1e-9));
    CHECK(crossflow(ua, 100.0, 40.0) == doctest::Approx(e * 40.0).epsilon(1e-9));
  }
}

TEST_CASE("no flow, no heat; hardly any flow, hardly any heat") {
  for (double c : {1e-9, 1e-6, 1e-3}) {
    CHECK(counterflow(100.0, c, 50.0) <= c * (1.0 + 1e-9));
    CHECK(crossflow(100.0, c, 50.0) <= c * (1.0 + 1e-9));
  }
}

}  // namespace
}  // namespace steppe::models::exchanger
