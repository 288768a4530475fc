// Grid-forming converters and the frequency response of grid-following ones.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

TEST_CASE("AC-4-17 two forming units share load as 1/m_p; the frequency settles at m_p·dP") {
  Rig rig;
  for (const char* id : {"a", "b"}) {
    const std::string s = id;
    rig.add(s, "pcs_forming",
            {{"rating", 1e6},
             {"v_ac", 400.0},
             {"v_dc", 800.0},
             {"voltage_droop", 0.05},
             {"frequency_droop", s == "a" ? 0.01 : 0.02}})
        .add("dc" + s, "test_dc_source", {{"voltage", 800.0}})
        .node("n" + s, {s + ".dc", "dc" + s + ".out"})
        .set("dc" + s + ".voltage_now", 800.0);
  }
  rig.add("load", "ac_load", {{"power", 900e3}, {"impedance_share", 0.0}, {"power_factor", 1.0}})
      .node("bus", {"a.ac", "b.ac", "load.in"})
      .link("b.frame_frequency", "a.frequency");
  rig.build();
  rig.run(30.0, solve::profile_named("electrical"), {rig.change(1.0, "load.scale", 0.5)});
  const double pa = rig.get("a.power"), pb = rig.get("b.power");
  CHECK(pa / pb == doctest::Approx(2.0).epsilon(1e-3));
  CHECK((50.0 - rig.get("a.frequency")) / (50.0 * 0.01 * pa / 1e6) ==
        doctest::Approx(1.0).epsilon(1e-3));
  CHECK(rig.get("a.frequency") == doctest::Approx(rig.get("b.frequency")).epsilon(1e-8));
  CHECK(pa + pb == doctest::Approx(450e3).epsilon(1e-3));
}

TEST_CASE("an island forms when the breaker opens; the battery's limit trips it") {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 400.0}, {"short_circuit_power", 50e6}})
      .add("tie", "breaker", {{"voltage", 400.0}, {"rating", 2e6}})
      .add("pcs", "pcs_forming", {{"rating", 1e6}, {"v_ac", 400.0}, {"v_dc", 800.0}})
      .add("dc", "test_dc_source", {{"voltage", 800.0}})
      .add("load", "ac_load", {{"power", 600e3}, {"impedance_share", 0.0}})
      .node("mains", {"grid.out", "tie.a"})
      .node("bus", {"tie.b", "pcs.ac", "load.in"})
      .node("n", {"pcs.dc", "dc.out"})
      .set("dc.voltage_now", 800.0)
      .set("pcs.frame_frequency", 50.0)
      .set("pcs.p_discharge_max", 900e3);
  rig.watch = {"load.unserved"};
  rig.build();
  const auto s =
      rig.run(20.0, solve::profile_named("electrical"), {rig.command(5.0, "tie", "open")});
  CHECK(*std::max_element(rig.recorded[0].begin(), rig.recorded[0].end()) < 1e-3 * 600e3);
  CHECK(rig.get("pcs.power") == doctest::Approx(600e3).epsilon(1e-3));
  CHECK(rig.get("pcs.frequency") == doctest::Approx(50.0 * (1.0 - 0.01 * 0.6)).epsilon(1e-5));
  CHECK(s.residual_energy < s.ledger_limit);
  rig.run(5.0, solve::profile_named("electrical"),
          {rig.command(0.5, "tie", "open"), rig.change(1.0, "load.scale", 1.7)});
  CHECK(rig.get("pcs.state") == 2);
  CHECK(rig.get("load.power") < 1e3);
}

TEST_CASE("black start: the battery raises the island, loads come in their order, a set joins") {
  Rig rig;
  rig.add("pcs", "pcs_forming",
          {{"rating", 1e6}, {"v_ac", 400.0}, {"v_dc", 800.0}, {"running", 0.0}})
      .add("dc", "test_dc_source", {{"voltage", 800.0}})
      .add("set", "genset", {{"voltage", 400.0}, {"rating", 1e6}, {"droop", 0.01}})
      .add("pumps", "ac_load", {{"power", 300e3}, {"impedance_share", 0.0}, {"restart_delay", 2.0}})
      .add("hall", "ac_load", {{"power", 400e3}, {"impedance_share", 0.0}, {"restart_delay", 10.0}})
      .node("bus", {"pcs.ac", "set.out", "pumps.in", "hall.in"})
      .node("n", {"pcs.dc", "dc.out"})
      .set("dc.voltage_now", 800.0)
      .set("set.frame_frequency", 50.0)
      .set("pcs.frame_frequency", 50.0);
  rig.watch = {"pcs.power", "set.power"};
  rig.build();
  const auto s = rig.run(80.0, solve::profile_named("electrical"),
                         {rig.command(5.0, "pcs", "start"), rig.command(30.0, "set", "start")});
  const auto back = [&](const std::string& id) {
    for (const auto& e : rig.events)
      if (e.component == id && e.to == "running") return e.time;
    return -1.0;
  };
  CHECK(back("pumps") == doctest::Approx(7.0).epsilon(1e-3));
  CHECK(back("hall") == doctest::Approx(15.0).epsilon(1e-3));
  CHECK(back("set") == doctest::Approx(38.0).epsilon(1e-3));
  double alone = 0.0;  // what the battery carries before the set joins
  for (size_t k = 0; k < rig.times.size(); ++k)
    if (rig.times[k] < 37.0) alone = rig.recorded[0][k];
  CHECK(alone == doctest::Approx(700e3).epsilon(1e-2));
  CHECK(rig.get("pcs.power") + rig.get("set.power") == doctest::Approx(700e3).epsilon(1e-2));
  CHECK(rig.get("set.power") > 200e3);  // equal droop: they share
  CHECK(s.residual_energy < s.ledger_limit);
}

TEST_CASE("droop, dead band and virtual inertia of a grid-following converter") {
  const auto site = [](Rig& rig) {
    rig.add("grid", "utility", {{"voltage", 690.0}, {"short_circuit_power", 50e6}})
        .add("pcs", "pcs",
             {{"rating", 1e6},
              {"frequency_droop", 0.01},
              {"frequency_deadband", 0.015},
              {"virtual_inertia", 5.0}})
        .add("dc", "test_dc_source", {{"voltage", 1330.0}})
        .node("bus", {"grid.out", "pcs.ac"})
        .node("n", {"pcs.dc", "dc.out"})
        .set("dc.voltage_now", 1330.0)
        .set("pcs.frequency_deviation", 0.0);
    rig.build();
  };
  const auto electrical = solve::profile_named("electrical");
  Rig step, ramp;
  site(step);
  step.run(10.0, electrical, {step.change(1.0, "pcs.frequency_deviation", -0.115)});
  // 100 mHz beyond the dead band, of 500 mHz for the full rating.
  CHECK(step.get("pcs.power") / 200e3 == doctest::Approx(1.0).epsilon(2e-3));
  site(ramp);
  auto fall = ramp.change(0.0, "pcs.frequency_deviation", -0.014);
  fall.ramp = 0.014 / 0.005;
  ramp.run(2.0, electrical, {fall});
  // Inside the dead band only the inertia answers: 2·H·S/f_n·0.005 Hz/s.
  CHECK(ramp.get("pcs.power") / (2 * 5.0 * 1e6 / 50.0 * 0.005) ==
        doctest::Approx(1.0).epsilon(0.02));
}
