// Ageing of a history as it comes in, and the processes that carry it.
#include "models/battery/ageing_account.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/unit/battery/process_bench.h"

using namespace steppe;
using namespace steppe::models;

namespace {

constexpr double kDay = 86400.0;

/// Triangle between 20 and 80 % every day, at C/10 of 60 %: half the day down, half up.
double triangle(double t) {
  const double x = std::fmod(t / kDay, 1.0);
  return x < 0.5 ? 0.8 - 1.2 * x : 0.2 + 1.2 * (x - 0.5);
}
AgeingAccount follow(double dt, double days, AgeingModel m = AgeingModel::naumann) {
  AgeingAccount a(m);
  a.sample(0.0, triangle(0.0), 298.15, 0.05);
  const auto n = static_cast<int>(std::lround(days * kDay / dt));
  for (int k = 1; k <= n; ++k) {
    const double mid = std::fmod((k - 0.5) * dt / kDay, 1.0);
    a.sample(dt, triangle(k * dt), 298.15, mid < 0.5 ? 0.05 : -0.05);
  }
  return a;
}

}  // namespace

TEST_CASE("AC-4-11 a history ages alike at 60 s, 15 min and 3 h") {
  for (int k = 0; k < kPublishedModels; ++k) {
    const auto m = static_cast<AgeingModel>(k);
    CAPTURE(std::string(ageing_name(m)));
    const double fine = follow(60.0, 60.0).result(m).loss;
    CHECK(follow(900.0, 60.0).result(m).loss / fine == doctest::Approx(1.0).epsilon(1e-4));
    CHECK(follow(10800.0, 60.0).result(m).loss / fine == doctest::Approx(1.0).epsilon(5e-3));
  }
}

TEST_CASE("equal cycles: the account is the model with those cycles") {
  const auto a = follow(600.0, 400.0);
  AgeingState s;
  for (int k = 0; k < 400 * 144; ++k)
    age_calendar(AgeingModel::naumann, s, 600.0, 298.15,
                 0.5 * (triangle(k * 600.0) + triangle((k + 1) * 600.0)));
  age_cycle(AgeingModel::naumann, s, {400.0 * 0.6, 0.6, 0.05, 0.05, 298.15});
  CHECK(a.acting().loss / capacity_loss(AgeingModel::naumann, s) ==
        doctest::Approx(1.0).epsilon(2e-3));
  CHECK(a.acting().resistance / resistance_rise(AgeingModel::naumann, s) ==
        doctest::Approx(1.0).epsilon(5e-3));
  CHECK(a.full_cycles() == doctest::Approx(240.0).epsilon(1e-3));
}

TEST_CASE("the process reports the fade, the spread and the time out of range") {
  test::ProcessBench b("battery_ageing");
  b.set("model", std::string("blast"));
  b.set("period", 600.0);
  b.input("soc") = 0.5;
  b.input("temp") = 283.16;
  b.input("c_rate") = 0.0;
  b.start();
  b.run(10 * kDay);
  CHECK(b.events.empty());
  CHECK(b.output("in_range") == 1.0);
  b.input("temp") = 268.15;  // the model ends at 10 °C
  b.run(40 * kDay);
  REQUIRE(b.events.size() == 1);
  CHECK(b.events[0].find("10 to 45 degC") != std::string::npos);
  CHECK(b.output("in_range") == 0.0);
  CHECK(b.kpi("battery_ageing_outside_range") == doctest::Approx(0.75).epsilon(1e-3));
  CHECK(b.kpi("battery_capacity_fade") > 0.0);
  CHECK(b.kpi("battery_capacity_fade_min") <= b.kpi("battery_capacity_fade"));
  CHECK(b.kpi("battery_capacity_fade_max") >= b.kpi("battery_capacity_fade"));
  CHECK(b.output("capacity_factor") == doctest::Approx(1.0 - b.kpi("battery_capacity_fade")));
}

TEST_CASE("a day may stand for a year") {
  test::ProcessBench a("battery_ageing"), b("battery_ageing");
  b.set("time_factor", 100.0);
  for (auto* x : {&a, &b}) {
    x->set("period", 3600.0);
    x->input("soc") = 0.5;
    x->input("temp") = 298.15;
    x->input("c_rate") = 0.0;
    x->start();
  }
  a.run(100 * kDay);
  b.run(kDay);
  CHECK(a.kpi("battery_capacity_fade") / b.kpi("battery_capacity_fade") ==
        doctest::Approx(1.0).epsilon(1e-9));
}
