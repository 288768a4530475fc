// Ageing models against published figures; rainflow against the standard's example; independence of
// the step.
#include "models/battery/ageing.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "models/battery/rainflow.h"

using namespace steppe::models;

namespace {
constexpr double kYear = 365.0 * 86400.0;
double calendar(AgeingModel m, double years, double degc, double soc) {
  AgeingState s;
  age_calendar(m, s, years * kYear, degc + 273.15, soc);
  return 100.0 * capacity_loss(m, s);
}
double wang(double rate, double degc, double ah) {
  AgeingState s;
  age_cycle(AgeingModel::wang, s, {ah / 4.4, 1.0, rate, rate, degc + 273.15});
  return 100.0 * capacity_loss(AgeingModel::wang, s);
}
}  // namespace

TEST_CASE("AC-4-04 Naumann calendar ageing") {
  const auto m = AgeingModel::naumann;
  CHECK(calendar(m, 1, 25, 0.5) == doctest::Approx(4.25).epsilon(0.005));
  CHECK(calendar(m, 10, 25, 0.5) == doctest::Approx(13.44).epsilon(0.005));
  CHECK(calendar(m, 1, 25, 1.0) == doctest::Approx(6.77).epsilon(0.005));
  CHECK(calendar(m, 1, 35, 0.5) == doctest::Approx(5.32).epsilon(0.005));
}

TEST_CASE("AC-4-07 calendar ageing of the 250 Ah cell") {
  CHECK(calendar(AgeingModel::blast, 1, 25, 0.5) == doctest::Approx(1.10).epsilon(0.005));
}

TEST_CASE("AC-4-08 Wang: throughput of 1000 Ah") {
  CHECK(wang(0.5, 25, 1000) == doctest::Approx(4.25).epsilon(0.005));
  CHECK(wang(0.5, 45, 1000) == doctest::Approx(9.46).epsilon(0.005));
  CHECK(wang(2.0, 25, 1000) == doctest::Approx(3.65).epsilon(0.005));
}

TEST_CASE("AC-4-10 rainflow of the series in the standard") {
  Rainflow flow;
  std::map<double, double> count;
  const auto found = [&](const Rainflow::Cycle& c) { count[c.range] += c.weight; };
  for (double v : {-2.0, 1.0, -3.0, 5.0, -1.0, 3.0, -4.0, 4.0, -2.0}) flow.push(v, found);
  flow.rest(found);
  const std::map<double, double> expected = {{3, 0.5}, {4, 1.5}, {6, 0.5}, {8, 1.0}, {9, 0.5}};
  CHECK(count == expected);
}

TEST_CASE("rainflow survives a checkpoint and ignores noise within its band") {
  Rainflow a(0.02), b(0.02);
  double total_a = 0.0, total_b = 0.0;
  const auto series = [](int k) {
    return 0.5 + 0.3 * std::sin(0.05 * k) + 0.005 * std::sin(7.0 * k);
  };
  for (int k = 0; k < 500; ++k)
    a.push(series(k), [&](const Rainflow::Cycle& c) { total_a += c.weight * c.range; });
  steppe::core::StateWriter w;
  a.save(w);
  steppe::core::StateReader r(w.bytes());
  b.load(r);
  CHECK(r.done());
  for (int k = 500; k < 1000; ++k) {
    a.push(series(k), [&](const Rainflow::Cycle& c) { total_a += c.weight * c.range; });
    b.push(series(k), [&](const Rainflow::Cycle& c) { total_b += c.weight * c.range; });
  }
  double rest_a = 0.0, rest_b = 0.0;
  a.rest([&](const Rainflow::Cycle& c) { rest_a += c.weight * c.range; });
  b.rest([&](const Rainflow::Cycle& c) { rest_b += c.weight * c.range; });
  CHECK(rest_a == rest_b);
  // 1000 · 0.05 / 2π = 7.96 cycles of 0.6
  CHECK(total_a + rest_a == doctest::Approx(7.96 * 0.6).epsilon(0.08));
}

TEST_CASE("AC-4-11 ageing does not depend on the step, whatever happened before") {
  for (int k = 0; k < kPublishedModels; ++k) {
    const auto m = static_cast<AgeingModel>(k);
    AgeingState one, many;
    for (auto* s : {&one, &many}) {  // a past under other conditions
      age_calendar(m, *s, 0.7 * kYear, 308.15, 0.9);
      age_cycle(m, *s, {200, 0.8, 0.5, 0.5, 308.15});
    }
    age_calendar(m, one, 2.0 * kYear, 288.15, 0.4);
    age_cycle(m, one, {500, 0.6, 0.3, 0.3, 288.15});
    constexpr int kParts = 10000;
    for (int i = 0; i < kParts; ++i) {
      age_calendar(m, many, 2.0 * kYear / kParts, 288.15, 0.4);
      age_cycle(m, many, {500.0 / kParts, 0.6, 0.3, 0.3, 288.15});
    }
    CHECK(capacity_loss(m, many) == doctest::Approx(capacity_loss(m, one)).epsilon(1e-9));
    CHECK(resistance_rise(m, many) == doctest::Approx(resistance_rise(m, one)).epsilon(1e-9));
  }
}

TEST_CASE("AC-4-09 ten years of daily duty: the spread between models is shown") {
  double least = 1e9, most = 0.0;
  for (int k = 0; k < kPublishedModels; ++k) {
    const auto m = static_cast<AgeingModel>(k);
    AgeingState s;
    for (int day = 0; day < 3650; ++day) {
      age_calendar(m, s, 86400.0, 298.15, 0.5);
      age_cycle(m, s, {0.8, 0.8, 0.25, 0.25, 298.15});
    }
    const double loss = 100.0 * capacity_loss(m, s);
    MESSAGE(ageing_name(m), ": ", loss, " % after ten years");
    CHECK(loss > 2.0);
    CHECK(loss < 60.0);
    least = std::min(least, loss);
    most = std::max(most, loss);
  }
  CHECK(most > 1.2 * least);
}

TEST_CASE("Schimpe ages faster in the cold when it charges fast; ranges are flagged") {
  AgeingState cold, warm;
  age_cycle(AgeingModel::schimpe, cold, {500, 0.8, 0.5, 0.9, 273.15});
  age_cycle(AgeingModel::schimpe, warm, {500, 0.8, 0.5, 0.9, 298.15});
  CHECK(capacity_loss(AgeingModel::schimpe, cold) >
        1.5 * capacity_loss(AgeingModel::schimpe, warm));
  AgeingState s;
  age_calendar(AgeingModel::blast, s, 100.0, 268.15, 0.5);
  CHECK(s.outside_seconds == 100.0);
  CHECK_FALSE(in_range(AgeingModel::blast, 278.15, 0.2));
  CHECK(in_range(AgeingModel::schimpe, 278.15, 0.2));
}
