// Oil and hot-spot temperature against the exponential solution of IEC 60076-7.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "tests/unit/battery/process_bench.h"

using namespace steppe;
using test::ProcessBench;

TEST_CASE(
    "transformer: a step of load follows the exponentials of IEC 60076-7, overshoot and all") {
  // f₁ and f₂ of the standard's exponential solution for ONAF: k11 0.5, k21 2, k22 2, 150 and 7
  // min.
  ProcessBench b("transformer_thermal");
  b.set("cooling", std::string("onaf"));
  b.input("load") = 0.3;
  b.input("ambient_temp") = 293.15;
  b.start();
  const double r = 8.0, x = 0.8, y = 1.3;
  const auto oil = [&](double k) { return 52.0 * std::pow((1 + r * k * k) / (1 + r), x); };
  CHECK(b.output("oil_temp") == doctest::Approx(293.15 + oil(0.3)).epsilon(1e-12));
  b.input("load") = 1.2;
  b.run(60.0);  // the new load is seen here
  const double start = 60.0;
  double most = 0.0;
  for (double minutes : {5.0, 15.0, 30.0, 60.0, 240.0, 1440.0}) {
    b.run(start + 60.0 * minutes);
    const double f1 = 1 - std::exp(-minutes / (0.5 * 150));
    const double f2 =
        2 * (1 - std::exp(-minutes / (2 * 7))) - (2 - 1) * (1 - std::exp(-minutes * 2 / 150));
    const double theta_o = 293.15 + oil(0.3) + (oil(1.2) - oil(0.3)) * f1;
    const double g0 = 26 * std::pow(0.3, y), g1 = 26 * std::pow(1.2, y);
    CHECK(b.output("oil_temp") == doctest::Approx(theta_o).epsilon(1e-9));
    CHECK(b.output("hot_spot_temp") ==
          doctest::Approx(theta_o + g0 + (g1 - g0) * f2).epsilon(1e-9));
    most = std::max(most, f2);
  }
  CHECK(most > 1.05);  // the windings overshoot their gradient while the oil is still slow
  CHECK(b.kpi("transformer_hot_spot_max") >= b.output("hot_spot_temp"));
  // 20 + 52·(12.52/9)^0.8 + 26·1.2^1.3 = 121.0 °C: above normal cyclic loading.
  CHECK(b.output("hot_spot_temp") - 273.15 ==
        doctest::Approx(20 + oil(1.2) + 26 * std::pow(1.2, y)).epsilon(1e-6));
  CHECK_FALSE(b.events.empty());
}

TEST_CASE(
    "transformer: rated life at 98 degC, twice as fast every 6 K; upgraded paper at 110 degC") {
  for (const auto& [ambient, upgraded, rate] :
       {std::tuple{20.0, false, 1.0}, {26.0, false, 2.0}, {8.0, false, 0.25}, {31.85, true, 1.0}}) {
    ProcessBench b("transformer_thermal");
    b.set("upgraded", upgraded);
    b.input("load") = 1.0;
    b.input("ambient_temp") = 273.15 + ambient;
    b.start();
    b.run(86400.0);
    CHECK(b.output("ageing") == doctest::Approx(rate).epsilon(1e-6));  // 383 K
    CHECK(b.kpi("transformer_life_used") / 86400.0 == doctest::Approx(rate).epsilon(1e-6));
  }
}
