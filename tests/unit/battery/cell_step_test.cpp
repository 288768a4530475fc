// The cell that steps on its own: against measured tables, against closed forms, against the
// network component, and its step.
#include "models/battery/cell_step.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/support/bench.h"
#include "tests/unit/battery/process_bench.h"

using namespace steppe;
using namespace steppe::models;

namespace {

std::vector<std::vector<double>> table(const std::string& name) {
  const char* home = std::getenv("STEPPE_SHARED_DATA");
  const std::string folder = home ? home : STEPPE_SOURCE_DIR "/../shared/data";
  std::ifstream in(folder + "/battery/simses_sony_lfp/" + name);
  std::vector<std::vector<double>> rows;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::vector<double> row;
    for (std::string f; std::getline(fields, f, ',');)
      row.push_back(f.empty() ? NAN : std::stod(f));
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

TEST_CASE("calibrated: the published curves of the 3 Ah cell at every measured point") {
  const auto ocv = table("CLFP_Sony_US26650_OCV.csv"), loop = table("CLFP_Sony_US26650_HystV.csv"),
             entropy = table("CLFP_Sony_US26650_entropy.csv"),
             resistance = table("CLFP_Sony_US26650_Rint.csv");
  if (ocv.empty()) {
    MESSAGE("SKIPPED: no measured data (../shared/data or STEPPE_SHARED_DATA)");
    return;
  }
  const auto worst = [](const auto& rows, int column) {
    double most = 0.0;
    for (const auto& r : rows) {
      double c[CellTable::kResistance];
      test::default_cell().table->voltages(r[0], c);
      most = std::max(most, std::abs(c[column] - r[1]));
    }
    return most;
  };
  const double u = worst(ocv, CellTable::kOcv), m = worst(loop, CellTable::kHysteresis),
               s = worst(entropy, CellTable::kEntropy);
  MESSAGE("worst over the curve: voltage ", 1e3 * u, " mV, hysteresis ", 1e3 * m, " mV, entropy ",
          1e3 * s, " mV/K");
  CHECK(u < 1.0e-3);
  CHECK(m < 0.45e-3);
  CHECK(s < 1e-6);
  CellParams p = test::default_cell();
  double off = 0.0;
  for (const auto& r : resistance)
    for (size_t t = 0; t < 4; ++t) {
      const double kelvin = 273.15 + std::array{10.0, 25.0, 40.0, 60.0}[t];
      const auto at = cell_point(p, r[0], kelvin);
      off = std::max(off, std::abs(at.charge * 46.297e-3 / r[2 + t] - 1.0));
      off = std::max(off, std::abs(at.discharge * 46.297e-3 / r[6 + t] - 1.0));
    }
  MESSAGE("worst of 88 resistances, 10 to 60 degC: ", 100.0 * off, " %");
  CHECK(off < 2e-3);
}

TEST_CASE("AC-4-01 and AC-4-02 of a single step, however long") {
  CellParams p = test::default_cell();
  p.kappa = 0.0;
  p.e_a = p.e_a_cold = 0.0;
  p.thermal_resistance = 1e-6;
  for (double dt : {1.0, 60.0, 3600.0}) {
    CellState s;
    s.soc = 0.6;
    const double current = 50.0;
    const auto before = cell_point(p, s.soc, s.temp);
    CellStepper(p, dt).current(s, current, 298.15, {});
    CHECK(s.v1 / (current * p.r1 * before.discharge * (1.0 - std::exp(-dt / p.tau1))) ==
          doctest::Approx(1.0).epsilon(1e-12));
    CHECK(s.v2 / (current * p.r2 * before.discharge * (1.0 - std::exp(-dt / p.tau2))) ==
          doctest::Approx(1.0).epsilon(1e-12));
    CHECK((0.6 - s.soc) * p.cell_capacity / (current * dt) == doctest::Approx(1.0).epsilon(1e-9));
  }
}

TEST_CASE("the stepping cell is the cell of the network") {
  const auto r = models::registry();
  test::Bench b(r.components.at("battery"), r);
  const CellParams p = test::default_cell();
  for (double temp : {258.15, 276.15, 298.15, 318.15})
    for (double soc : {0.08, 0.35, 0.5, 0.9})
      for (double rate : {-0.4, 0.3}) {
        CellState s{.soc = soc, .hysteresis = 0.3, .v1 = 0.004, .v2 = -0.003, .temp = temp};
        const double current = rate * p.cell_capacity / 3600.0;
        const CellAge age{0.9, 1.2};
        const auto c = cell_point(p, soc, temp);
        const double factor = age.resistance * (rate < 0 ? c.charge : c.discharge);
        b.at("soc") = soc;
        b.at("hysteresis") = 0.3;
        b.at("v_fast") = 0.004;
        b.at("v_slow") = -0.003;
        b.at("temp") = temp;
        b.at("capacity_factor") = 0.9;
        b.at("resistance_factor") = 1.2;
        b.at("coolant_temp") = 290.0;
        b.at("dc.v") = 416.0 * (c.u + 0.3 * c.m - 0.004 + 0.003 - current * p.r0 * factor);
        b.eval();
        const double dt = 0.01;
        CellStepper(p, dt).current(s, current, 290.0, age);
        const auto rate_of = [&](const char* name) {
          const auto i = static_cast<size_t>(&b.at(name) - b.x.data());
          return b.f[i] / b.mass[i];
        };
        CAPTURE(temp);
        CAPTURE(soc);
        CAPTURE(rate);
        CHECK((s.soc - soc) / dt / rate_of("soc") == doctest::Approx(1.0).epsilon(1e-6));
        CHECK((s.v1 - 0.004) / dt / rate_of("v_fast") == doctest::Approx(1.0).epsilon(2e-3));
        CHECK((s.v2 + 0.003) / dt / rate_of("v_slow") == doctest::Approx(1.0).epsilon(2e-3));
        CHECK((s.hysteresis - 0.3) / dt / rate_of("hysteresis") ==
              doctest::Approx(1.0).epsilon(2e-3));
        CHECK(s.temp - temp == doctest::Approx(dt * rate_of("temp")).epsilon(1e-6));
      }
}

TEST_CASE("a day at 300 s steps is the day at 1 s") {
  const CellParams p = test::default_cell();
  CellState coarse, fine;
  const CellStepper big(p, 300.0), small(p, 1.0);
  double out_coarse = 0.0, out_fine = 0.0, heat_coarse = 0.0, heat_fine = 0.0;
  for (int k = 0; k < 288; ++k) {
    const double power = k < 96 ? -300.0 : k < 192 ? 250.0 : 0.0;
    const auto r = big.power(coarse, power, 293.15, {});
    out_coarse += r.current * r.voltage * 300.0;
    heat_coarse += r.heat * 300.0;
    for (int i = 0; i < 300; ++i) {
      const auto f = small.power(fine, power, 293.15, {});
      out_fine += f.current * f.voltage;
      heat_fine += f.heat;
    }
  }
  MESSAGE("300 s against 1 s: charge ", coarse.soc - fine.soc, ", heat ", heat_coarse / heat_fine,
          ", energy ", out_coarse, " and ", out_fine, " J");
  CHECK(std::abs(coarse.soc - fine.soc) < 2e-3);
  CHECK(heat_coarse / heat_fine == doctest::Approx(1.0).epsilon(0.02));
}

TEST_CASE("AC-4-13 limits hold for the stepping cell") {
  const CellParams p = test::default_cell();
  CellState s{.soc = 0.5, .temp = 272.0};
  CHECK(CellStepper(p, 60.0).power(s, -300.0, 272.0, {}).current == 0.0);
  s = {.soc = 0.0505, .temp = 298.15};
  CellStepper(p, 3600.0).power(s, 500.0, 298.15, {});
  CHECK(s.soc >= 0.05);
  s = {.soc = 0.5, .temp = 298.15};
  CHECK(CellStepper(p, 1.0).power(s, 1e6, 298.15, {}).current ==
        doctest::Approx(157.0).epsilon(2e-3));
}
