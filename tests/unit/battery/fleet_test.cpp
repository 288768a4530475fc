// Distributed batteries under one order.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "models/battery/cell_step.h"
#include "models/battery/fleet_dispatch.h"
#include "tests/unit/battery/process_bench.h"

using namespace steppe;
using namespace steppe::models;
using test::ProcessBench;

TEST_CASE("shares: in proportion, at most the limit, the others take the rest") {
  CHECK(fleet_shares(6.0, {1, 1, 2}, {9, 9, 9}) == std::vector<double>{1.5, 1.5, 3.0});
  CHECK(fleet_shares(6.0, {1, 1, 2}, {9, 9, 2}) == std::vector<double>{2.0, 2.0, 2.0});
  CHECK(fleet_shares(9.0, {1, 1, 2}, {1, 2, 3}) == std::vector<double>{1.0, 2.0, 3.0});
  CHECK(fleet_shares(1.0, {0, 0}, {5, 5}) == std::vector<double>{0.0, 0.0});
}

TEST_CASE("AC-4-19 a fleet of N equal batteries is one battery N times as large") {
  constexpr int kUnits = 7;
  ProcessBench fleet("fleet_dispatch", kUnits), one("fleet_dispatch", 1);
  for (auto* b : {&fleet, &one}) {
    b->set("dropout_rate", 0.0);
    b->set("delay_min", 0.0);
    b->set("delay_max", 0.0);
  }
  const CellParams p = test::default_cell();
  const CellStepper step(p, 1.0);
  std::vector<CellState> cells(kUnits);
  CellState big;
  const double most = 500.0;  // W per cell
  const auto show = [&](ProcessBench& b, size_t k, double soc, double scale) {
    b.input("p_discharge_max", k) = scale * most;
    b.input("p_charge_max", k) = scale * most;
    b.input("soc", k) = soc;
  };
  for (size_t k = 0; k < kUnits; ++k) show(fleet, k, 0.5, 1.0);
  show(one, 0, 0.5, kUnits);
  fleet.input("order") = one.input("order") = 0.0;
  fleet.start();
  one.start();
  double worst = 0.0;
  for (int t = 1; t <= 7200; ++t) {
    const double order = 1500.0 * std::sin(1e-3 * t) + 300.0;
    fleet.input("order") = one.input("order") = order;
    fleet.run(t);
    one.run(t);
    double sum = 0.0;
    for (size_t k = 0; k < kUnits; ++k) {
      const auto r = step.power(cells[k], fleet.output("p_set", k), 298.15, {});
      sum += r.current * r.voltage;
      show(fleet, k, cells[k].soc, 1.0);
    }
    const auto r = step.power(big, one.output("p_set") / kUnits, 298.15, {});
    show(one, 0, big.soc, kUnits);
    worst = std::max(worst, std::fabs(sum - kUnits * r.current * r.voltage));
    worst = std::max(worst, 1e3 * std::fabs(cells[3].soc - big.soc));
  }
  CHECK(worst / (kUnits * most) < 1e-9);
}

TEST_CASE("an order arrives after the unit's own delay") {
  ProcessBench b("fleet_dispatch", 3);
  b.set("dropout_rate", 0.0);
  b.set("delay_min", 1.5);
  b.set("delay_max", 1.5);
  for (size_t k = 0; k < 3; ++k) {
    b.input("p_discharge_max", k) = b.input("p_charge_max", k) = 100.0;
    b.input("soc", k) = 0.5;
  }
  b.input("order") = 0.0;
  b.start();
  b.run(10.4);
  b.input("order") = 90.0;  // sampled at 11 s, there at 12.5 s
  b.run(12.4);
  CHECK(b.output("p_set", 0) == 0.0);
  b.run(12.6);
  CHECK(b.output("p_set", 0) == doctest::Approx(30.0));
  CHECK(b.output("p_set", 2) == doctest::Approx(30.0));
}

TEST_CASE("states of charge draw together; dropouts take as much time as their rates say") {
  constexpr int kUnits = 50;
  ProcessBench b("fleet_dispatch", kUnits);
  b.set("dropout_rate", 0.5 / 3600.0);
  b.set("dropout_time", 600.0);
  b.set("hold", 0.0);
  for (size_t k = 0; k < kUnits; ++k) {
    b.input("p_discharge_max", k) = b.input("p_charge_max", k) = 100e3;
    b.input("soc", k) = 0.3 + 0.008 * static_cast<double>(k);
  }
  b.input("order") = 1e6;
  b.start(3);
  CHECK(b.output("available") == doctest::Approx(kUnits * 100e3));
  std::vector<double> soc(kUnits);
  for (size_t k = 0; k < kUnits; ++k) soc[k] = b.input("soc", k);
  double last = 0.0;
  b.run(200 * 3600.0, [&](double t) {
    for (size_t k = 0; k < kUnits; ++k) {
      soc[k] -= b.output("p_set", k) * (t - last) / (kUnits * 3.6e9);
      b.input("soc", k) = soc[k];
      b.input("power", k) = b.output("p_set", k);
    }
    last = t;
    b.input("order") = std::fmod(t, 7200.0) < 3600.0 ? 1e6 : -1e6;
  });
  // Time in reach: 1/(1 + rate · time) = 0.923 with 2 h between dropouts of ten minutes.
  MESSAGE("availability ", b.kpi("fleet_availability"), ", error ", b.kpi("fleet_error_rms"));
  CHECK(b.kpi("fleet_availability") == doctest::Approx(1.0 / (1.0 + 600.0 / 7200.0)).epsilon(0.01));
  CHECK(b.kpi("fleet_error_rms") < 0.2);
  const auto [lo, hi] = std::minmax_element(soc.begin(), soc.end());
  CHECK(*hi - *lo < 0.39);
}

TEST_CASE(
    "a unit out of reach goes on for `hold`, then rests; reports that do not fit are refused") {
  ProcessBench b("fleet_dispatch", 1);
  b.set("dropout_rate", 1.0 / 60.0);
  b.set("dropout_time", 1e6);
  b.set("hold", 30.0);
  b.set("delay_min", 0.0);
  b.set("delay_max", 0.0);
  b.input("p_discharge_max") = b.input("p_charge_max") = 100.0;
  b.input("soc") = 0.5;
  b.input("order") = 50.0;
  b.start();
  double gone = -1.0, rest = -1.0;
  b.run(3600.0, [&](double t) {
    if (gone < 0.0 && b.output("reachable") == 0.0) gone = t;
    if (rest < 0.0 && t > 1.0 && b.output("p_set") == 0.0) rest = t;
  });
  REQUIRE(gone > 0.0);
  CHECK(rest - gone == doctest::Approx(30.0).epsilon(0.05));

  ProcessBench bad("fleet_dispatch", 3);
  bad.inputs[3].resize(2);
  CHECK_THROWS_WITH_AS(bad.start(), doctest::Contains("3 units get orders, but 2 of them report"),
                       UserError);
}
