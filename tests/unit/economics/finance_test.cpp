// Annuities, storage, growth and availability. Acceptance checks AC-n-nn are those of the project's
// model handbook; each states its closed form here.
#include "models/economics/finance.h"

#include <array>

#include "models/economics/availability.h"
#include "sim/base/rng.h"
#include "tests/unit/economics/support.h"

using namespace steppe;
using namespace steppe::test;
using namespace steppe::models;

TEST_CASE("AC-5-08: availability of a feeder, closed form and Monte Carlo") {
  // IEEE 493 single utility circuit: 1.956 a year of 1.32 h each: 0.999705, 154.9 min a year.
  const double a = availability(1.956, 1.32);
  CHECK(std::abs(a - 0.999705) < 5e-7);
  CHECK(std::abs(60.0 * downtime_hours(a) - 154.9) < 0.1);
  Rng rng(1, "ctmc");
  const double years = 1e4, hours = years * kHoursPerYear;
  double t = 0.0, down = 0.0;
  while (true) {
    t += rng.exponential() * kHoursPerYear / 1.956;
    if (t >= hours) break;
    const double repair = std::min(rng.exponential() * 1.32, hours - t);
    down += repair;
    t += repair;
  }
  // A compound Poisson sum: variance n · 2 r².
  const double sigma = std::sqrt(1.956 * years * 2.0) * 1.32 / hours;
  CHECK(std::abs(1.0 - down / hours - a) < 3.0 * sigma);
}

TEST_CASE("AC-7-01: k of n") {
  const double a = 0.9995;
  CHECK(std::abs(k_of_n(4, 4, a) - 0.99800150) < 5e-9);
  CHECK(close(k_of_n(4, 4, a), std::pow(a, 4), 1e-14));
  CHECK(std::abs(k_of_n(4, 5, a) - 0.99999750) < 5e-9);
  const double path = k_of_n(4, 4, a);
  CHECK(std::abs(either(path, path) - 0.99999601) < 5e-9);
  CHECK(close(k_of_n(1, 3, 0.9), 0.999, 1e-14));
  CHECK(k_of_n(0, 3, 0.5) == 1.0);
}

TEST_CASE("AC-7-04: downtime of 99.99 %, capital recovery at 8 % over 10 years") {
  CHECK(close(60.0 * downtime_hours(0.9999), 52.56, 1e-4));
  CHECK(close(capital_recovery(0.08, 10.0), 0.14903, 1e-4));
  const double q = std::pow(1.08, 10);
  CHECK(close(capital_recovery(0.08, 10.0), 0.08 * q / (q - 1.0), 1e-13));
  CHECK(capital_recovery(0.0, 10.0) == 0.1);
  CHECK(close(capital_recovery(1e-12, 10.0), 0.1, 1e-10));
}

TEST_CASE("AC-7-05: cost of a million tokens") {
  // [DeepSeek-AI 2025, day 6]: 87 072 USD a day, 168·10⁹ tokens out, 608·10⁹ in.
  CHECK(close(per_million(87072.0, 168e9), 0.518, 5e-3));
  CHECK(close(per_million(87072.0, 776e9), 0.112, 5e-3));
}

TEST_CASE("levelised cost of storage") {
  // 20 MWh for 15 MCNY, 10 years, 8 %, 0.2 MCNY a year, 700 cycles, 90 % both ways at 0.216
  // CNY/kWh.
  const double out = 700 * 20e3 * kKwh, in = out / 0.9;
  const double crf = capital_recovery(0.08, 10.0);
  const double lcos = levelised_cost_of_storage(15e6, crf, 0.2e6, in, 0.216 / kKwh, out) * kKwh;
  CHECK(close(lcos, (15e6 * crf + 0.2e6) / (700 * 20e3) + 0.216 / 0.9, 1e-12));
  CHECK(close(lcos, 0.41396, 1e-4));
}

TEST_CASE("ownership: annuity and present value agree for whole lives") {
  const std::array<OwnedItem, 2> items{OwnedItem{.capex = 100e6, .life = 5, .annual = 3e6},
                                       OwnedItem{.capex = 40e6, .life = 10, .annual = 1e6}};
  const double i = 0.06;
  const double year = annual_cost(items, i), now = present_cost(items, i, 10);
  CHECK(close(year, now * capital_recovery(i, 10), 1e-12));
  // Half of a life is left at the end: straight line.
  const std::array<OwnedItem, 1> one{OwnedItem{.capex = 10.0, .life = 4}};
  CHECK(close(present_cost(one, 0.0, 2), 5.0, 1e-12));
}

TEST_CASE("growth and the year in which a limit is reached") {
  CHECK(close(grown(10.0, 0.3, 2.0), 16.9, 1e-12));
  CHECK(close(grown(10.0, 0.3, years_until(10.0, 40.0, 0.3)), 40.0, 1e-12));
  CHECK(years_until(40.0, 40.0, 0.3) == 0.0);
  CHECK(std::isinf(years_until(10.0, 40.0, 0.0)));
}
