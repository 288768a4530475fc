// Utility against the closed form of a constant-power load behind a reactance.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

namespace {
double voltage(double scr, double load) {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 10e3}, {"short_circuit_power", scr * 1e7}, {"x_r", 1e6}})
      .add("load", "ac_load",
           {{"voltage", 10e3},
            {"power", load * 1e7},
            {"power_factor", 1.0},
            {"impedance_share", 0.0},
            {"v_min", 0.2}})
      .node("bus", {"grid.out", "load.in"});
  rig.steady(1e-10);
  return rig.get("grid.v_pu");
}
}  // namespace

TEST_CASE("AC-5-01 voltage behind a reactance with P = 1, Q = 0") {
  CHECK(voltage(3.0, 1.0) == doctest::Approx(0.93417).epsilon(1e-5));
  CHECK(voltage(5.0, 1.0) == doctest::Approx(0.97891).epsilon(1e-5));
  // V² = (1 + √(1 − 4X²))/2 up to the nose at P = SCR/2, where V = 1/√2.
  for (double p : {0.5, 0.9, 0.97, 0.99, 0.999}) {
    const double expected = std::sqrt(0.5 * (1.0 + std::sqrt(1.0 - p * p)));
    CHECK(voltage(2.0, p) / expected == doctest::Approx(1.0).epsilon(1e-5));
  }
}

TEST_CASE("utility: a dip scales the source, an outage leaves a dead bus") {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 10e3}, {"short_circuit_power", 3.5e8}})
      .add("load", "ac_load", {{"voltage", 10e3}, {"power", 1e6}, {"impedance_share", 1.0}})
      .node("bus", {"grid.out", "load.in"});
  rig.build();
  const auto profile = solve::profile_named("electrical");
  rig.run(1.0, profile, {rig.change(0.5, "grid.voltage_pu", 0.6)});
  CHECK(rig.get("grid.v_pu") == doctest::Approx(0.6).epsilon(0.01));
  CHECK(rig.get("load.power") == doctest::Approx(0.36e6).epsilon(0.02));
  rig.run(1.0, profile, {rig.command(0.5, "grid", "fail")});
  CHECK(rig.get("load.power") < 1.0);
  CHECK(std::abs(rig.get("grid.p_import")) < 1.0);
}
