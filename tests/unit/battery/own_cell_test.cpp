// A cell of one's own: curves, resistances and ageing from a data file, recorded power.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "models/battery/ageing.h"
#include "models/battery/cell_step.h"
#include "tests/unit/battery/process_bench.h"

using namespace steppe;
using namespace steppe::models;
using test::ProcessBench;

namespace {

constexpr double kYear = 365.25 * 86400.0;

/// 100 Ah; the voltage a straight line, resistances at six temperatures from −20 to 45 °C.
CellParams own_cell() {
  CellParams p = test::default_cell();
  p.cell_capacity = 100.0 * 3600.0;
  p.r0 = 0.0;
  p.ocv_soc = {0.0, 0.5, 1.0};
  p.ocv = {3.0, 3.25, 3.5};
  p.resistance_temp = {253.15, 263.15, 273.15, 283.15, 298.15, 318.15};
  p.resistance_soc = {0.0, 0.5, 1.0};
  p.resistance_charge = {9e-3,   8e-3,   10e-3,  5e-3,   4e-3,   6e-3,   3e-3,   2.5e-3, 3.5e-3,
                         1.8e-3, 1.5e-3, 2.0e-3, 1.1e-3, 0.9e-3, 1.2e-3, 0.8e-3, 0.6e-3, 0.9e-3};
  p.resistance_discharge = p.resistance_charge;
  for (double& r : p.resistance_discharge) r *= 1.1;
  return p;
}

std::string refusal(CellParams p) {
  try {
    prepare_cell(p);
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

AgeingCoefficients coefficients() {
  ProcessBench b("battery_ageing");
  return *static_cast<const BatteryAgeing::Params*>(b.params.get());
}

}  // namespace

TEST_CASE("a cell of one's own is what its file says, at every point of its tables") {
  CellParams p = own_cell();
  prepare_cell(p);
  // Mean of both directions at 25 °C and half charge.
  CHECK(p.r0 == doctest::Approx(0.945e-3).epsilon(1e-12));
  for (double soc : {0.02, 0.25, 0.5, 0.77, 0.98})
    CHECK(cell_point(p, soc, 298.15).u == doctest::Approx(3.0 + 0.5 * soc).epsilon(1e-9));
  double off = 0.0;
  for (size_t t = 0; t < p.resistance_temp.size(); ++t)
    for (size_t s = 0; s < p.resistance_soc.size(); ++s) {
      const auto at = cell_point(p, p.resistance_soc[s], p.resistance_temp[t]);
      off = std::max(off, std::fabs(p.r0 * at.charge / p.resistance_charge[3 * t + s] - 1.0));
      off = std::max(off, std::fabs(p.r0 * at.discharge / p.resistance_discharge[3 * t + s] - 1.0));
    }
  // The corners are rounded over 2e-8/K: at a slope of 7000 K half of that is 7e-5.
  CHECK(off < 2e-4);
  // Above the hottest level, below the coldest along the last slope and e_a_cold.
  CHECK(cell_point(p, 0.5, 333.15).charge / cell_point(p, 0.5, 318.15).charge ==
        doctest::Approx(1.0).epsilon(2e-4));
  const double x = 1.0 / 243.15 - 1.0 / 253.15, last = 1.0 / 253.15 - 1.0 / 263.15;
  CHECK(cell_point(p, 0.5, 243.15).charge / cell_point(p, 0.5, 253.15).charge ==
        doctest::Approx(std::exp((std::log(2.0) / last + p.e_a_cold / 8.314462618) * x))
            .epsilon(3e-4));
}

TEST_CASE("resistances at one temperature follow Arrhenius with e_a in the cold") {
  CellParams p = own_cell();
  p.resistance_temp = {298.15};
  p.resistance_charge = {1e-3, 1e-3, 1e-3};
  p.resistance_discharge = p.resistance_charge;
  p.e_a = 20e3;
  prepare_cell(p);
  const double cold = 283.15;
  CHECK(cell_point(p, 0.3, cold).charge / cell_point(p, 0.3, 298.15).charge ==
        doctest::Approx(std::exp(20e3 / 8.314462618 * (1.0 / cold - 1.0 / 298.15))).epsilon(1e-4));
}

TEST_CASE("what no cell has is refused, with the entry") {
  const auto with = [](auto&& change) {
    CellParams p = own_cell();
    change(p);
    return refusal(p);
  };
  const auto says = [](const std::string& text, const char* part) {
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
  };
  CHECK(refusal(own_cell()).empty());
  says(with([](auto& p) { p.ocv[2] = 3.2; }), "entry 3 of `ocv` (3.2 V) does not rise");
  says(with([](auto& p) { p.ocv_soc[1] = 0.0; }), "entry 2 of `ocv_soc` does not rise");
  says(with([](auto& p) { p.ocv_soc[0] = 0.1; }), "`ocv_soc` reaches from 0.1 to 1");
  says(with([](auto& p) { p.ocv.pop_back(); }), "`ocv_soc` has 3 entries, `ocv` has 2");
  says(with([](auto& p) { p.resistance_charge.pop_back(); }), "6 temperatures times 3 states");
  says(with([](auto& p) { p.resistance_temp.back() = 290.15; }), "does not rise");
  says(with([](auto& p) {
         p.resistance_temp = {253.15, 283.15};
         p.resistance_charge.resize(6);
         p.resistance_discharge.resize(6);
       }),
       "it has to enclose 25 degC");
  says(with([](auto& p) { p.r0 = 0.25e-3; }), "r0 is 0.25 mohm, but the tables of resistance say");
  says(with([](auto& p) { p.charge_limit.front() = 0.2; }), "have to be 0");
  says(with([](auto& p) { p.soc_min = 0.96; }), "soc_min 96 % is not below soc_max 95 %");
}

TEST_CASE("AC-4-01 of a cell of one's own: the response to a constant current") {
  CellParams p = own_cell();
  p.kappa = 0.0;
  p.thermal_resistance = 1e-6;
  p.hysteresis.assign(p.hysteresis.size(), 0.0);
  p.entropy.assign(p.entropy.size(), 0.0);
  prepare_cell(p);
  CellState s;
  s.soc = 0.5;
  const double i = 20.0, dt = 120.0;
  const auto c = cell_point(p, s.soc, s.temp);
  const auto r = CellStepper(p, dt).current(s, i, 298.15, {});
  // Mean of both ends of the step: R0 whole, RC pairs and slope of the voltage by half.
  const double pairs =
      i * c.discharge *
      (p.r1 * (1.0 - std::exp(-dt / p.tau1)) + p.r2 * (1.0 - std::exp(-dt / p.tau2)));
  CHECK(r.voltage == doctest::Approx(3.25 - i * 1.1 * 0.9e-3 - 0.5 * pairs -
                                     0.5 * 0.5 * i * dt / p.cell_capacity)
                         .epsilon(1e-7));
}

TEST_CASE("ageing by coefficients of one's own: closed forms") {
  AgeingCoefficients c = coefficients();
  c.calendar_loss = 0.03;
  c.calendar_exponent = 0.5;
  c.calendar_e_a = 20e3;
  c.calendar_soc = {0.0, 0.5, 1.0};
  c.calendar_factor = {0.6, 1.0, 1.5};
  c.cycle_loss = 0.04;
  c.cycle_exponent = 0.8;
  c.cycle_depth = {0.0, 1.0};
  c.cycle_depth_factor = {0.5, 1.0};
  c.plating_loss = 0.01;
  c.resistance_year = 0.02;
  const AgeingLaw law(c);
  const auto m = AgeingModel::own;
  const auto rest = [&](double years, double temp, double soc) {
    AgeingState s;
    age_calendar(m, s, years * kYear, temp, soc, &law);
    return capacity_loss(m, s, &law);
  };
  CHECK(rest(1, 298.15, 0.5) == doctest::Approx(0.03).epsilon(1e-9));
  CHECK(rest(4, 298.15, 0.5) == doctest::Approx(0.06).epsilon(1e-9));
  CHECK(rest(1, 298.15, 1.0) == doctest::Approx(0.045).epsilon(1e-9));
  CHECK(rest(1, 308.15, 0.5) / rest(1, 298.15, 0.5) ==
        doctest::Approx(std::exp(-20e3 / 8.3144598 * (1 / 308.15 - 1 / 298.15))).epsilon(1e-9));
  AgeingState s;
  age_cycle(m, s, {1000, 1.0, 0.5, 1.0, 298.15}, &law);
  CHECK(capacity_loss(m, s, &law) == doctest::Approx(0.04 + 0.01).epsilon(1e-9));
  // AC-4-11 for it too.
  AgeingState one, many;
  age_cycle(m, one, {500, 0.6, 0.3, 0.3, 288.15}, &law);
  for (int k = 0; k < 1000; ++k) age_cycle(m, many, {0.5, 0.6, 0.3, 0.3, 288.15}, &law);
  CHECK(capacity_loss(m, many, &law) == doctest::Approx(capacity_loss(m, one, &law)).epsilon(1e-9));
  // Validity.
  CHECK(in_range(m, 298.15, 0.5, &law));
  CHECK_FALSE(in_range(m, 273.15, 0.5, &law));
  CHECK_FALSE(in_range(m, 298.15, 1.5, &law));
  CHECK(range_text(m, &law) == "10 to 45 degC, up to 1 C");

  ProcessBench b("battery_life");
  b.set("model", std::string("own"));
  CHECK_THROWS_WITH_AS(b.start(), doctest::Contains("has no coefficients"), UserError);
  b.set("calendar_loss", 0.03);
  b.set("times", std::vector<double>{0.0});
  b.set("power", std::vector<double>{0.0});
  b.start();
  b.run(365 * 86400.0);
  CHECK(b.kpi("battery_capacity_fade") / (0.03 * std::sqrt(365 * 86400.0 / kYear)) ==
        doctest::Approx(1.0).epsilon(1e-9));
}

TEST_CASE("a recorded power is the duty that it was written from") {
  const std::string path = std::filesystem::temp_directory_path() /
                           ("steppe_power_" + std::to_string(::getpid()) + ".csv");
  // The day of the default duty, as irregular samples that hold until the next.
  std::ofstream(path) << "time_h,power_kW\n0,0\n11,-900\n13.3,-900\n16,0\n18,1000\n22,0\n23,0\n";
  ProcessBench recorded("battery_life"), duty("battery_life");
  recorded.set("record", path);
  for (auto* b : {&recorded, &duty}) {
    b->start();
    b->run(30 * 86400.0);
  }
  for (const char* kpi :
       {"battery_capacity_fade", "battery_throughput", "battery_round_trip", "battery_duty_missed"})
    CHECK(recorded.kpi(kpi) == doctest::Approx(duty.kpi(kpi)).epsilon(1e-9));
  // Samples between the steps keep their energy: 1 MW for a third of a step.
  std::ofstream(path) << "time_s,p_MW\n0,0\n700,1\n800,0\n1500,0\n";
  const auto mean = mean_power(read_battery_record(path), 300.0);
  REQUIRE(mean.size() == 7);
  CHECK(mean[2] == doctest::Approx(1e6 / 3.0).epsilon(1e-12));
  CHECK(mean[0] + mean[1] + mean[3] + mean[4] == 0.0);
  std::ofstream(path) << "time_s,power\n0,0\n700,1\n";
  CHECK_THROWS_WITH_AS(read_battery_record(path),
                       doctest::Contains("the unit of 'power' is unknown"), UserError);
  std::remove(path.c_str());
}

TEST_CASE("a record beyond the cell's limits is followed and flagged") {
  const std::string path = std::filesystem::temp_directory_path() /
                           ("steppe_beyond_" + std::to_string(::getpid()) + ".csv");
  // 0.3 C of charge at −10 °C, where none is allowed, then 0.2 C of discharge at +10 °C.
  std::ofstream(path) << "time_s,soc,temp_c\n0,0.5,-10\n3600,0.8,-10\n7200,0.6,10\n10800,0.5,10\n";
  ProcessBench b("battery_life");
  b.set("record", path);
  b.set("period", 3600.0);
  b.start();
  b.run(3 * 3600.0);
  CHECK(b.kpi("battery_record_beyond_limits") == doctest::Approx(1.0 / 3.0));
  CHECK(std::count_if(b.events.begin(), b.events.end(), [](const std::string& e) {
          return e.find("beyond limits: 0.30 C charge") != std::string::npos;
        }) == 1);
  std::remove(path.c_str());
}
