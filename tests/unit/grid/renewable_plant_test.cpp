// Wind and sun on an ac bus: power by the curves, curtailment, frequency, a dip.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

namespace {

Rig& plant(Rig& rig) {
  rig.add("grid", "utility", {{"voltage", 10e3}, {"short_circuit_power", 300e6}})
      .add("sun", "renewable_plant",
           {{"rating", 8e6}, {"wind_rating", 5e6}, {"pv_rating", 5e6}, {"shear", 0.0}})
      .add("load", "ac_load", {{"voltage", 10e3}, {"power", 2e6}})
      .node("bus", {"grid.out", "sun.out", "load.in"});
  rig.watch = {"sun.power"};
  return rig;
}

}  // namespace

TEST_CASE("AC-5-10 a plant gives what its curves say, up to its connection and its limit") {
  const auto power = [](double wind, double ghi, double limit, double deviation) {
    Rig rig;
    plant(rig)
        .set("sun.wind", wind)
        .set("sun.ghi", ghi)
        .set("sun.ambient_temp", 298.15)
        .set("sun.p_limit", limit)
        .set("sun.frequency_deviation", deviation);
    rig.build();
    rig.steady();
    return rig.get("sun.power");
  };
  // (8³ − 3³)/(12³ − 3³) and 0.82·(1 − 0.004·25): 8 m/s is 0.2851 of the rating, 1000 W/m2 at 25 °C
  // 0.738.
  CHECK(power(8.0, 0.0, 1e12, 0.0) / 5e6 == doctest::Approx(0.2851).epsilon(1e-3));
  CHECK(power(0.0, 1000.0, 1e12, 0.0) / 5e6 == doctest::Approx(0.738).epsilon(1e-3));
  CHECK(power(13.0, 1000.0, 1e12, 0.0) == doctest::Approx(8e6).epsilon(1e-3));
  CHECK(power(13.0, 1000.0, 3e6, 0.0) == doctest::Approx(3e6).epsilon(1e-3));
  CHECK(std::abs(power(30.0, 0.0, 1e12, 0.0)) < 1e3);  // beyond the cut-out
  // 5 % of 50 Hz takes all: 1.25 Hz above the 0.2 Hz take half.
  CHECK(power(13.0, 0.0, 1e12, 1.45) == doctest::Approx(2.5e6).epsilon(2e-3));
}

TEST_CASE("a dip stops the plant; it returns after its delay, and the ledger closes") {
  Rig rig;
  plant(rig).set("sun.wind", 13.0);
  rig.build();
  const auto s =
      rig.run(120.0, solve::profile_named("electrical"),
              {rig.change(5.0, "grid.voltage_pu", 0.1), rig.change(5.2, "grid.voltage_pu", 1.0)});
  bool blocked = false;
  double back = 0.0;
  for (const auto& e : rig.events)
    if (e.component == "sun") {
      blocked = blocked || e.to == "blocked";
      if (e.to == "running") back = e.time;
    }
  CHECK(blocked);
  CHECK(back == doctest::Approx(65.2).epsilon(1e-3));
  CHECK(rig.get("sun.power") == doctest::Approx(5e6).epsilon(1e-3));
  CHECK(s.residual_energy < 1e-6);
}
