// Genset: start sequence, block loading, fuel; and the transfer to it when the mains are gone.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/battery/process_bench.h"
#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

namespace {

Rig& alone(Rig& rig, const Rig::Values& more = {}) {
  Rig::Values v{{"voltage", 400.0}, {"rating", 1e6}};
  v.insert(v.end(), more.begin(), more.end());
  rig.add("set", "genset", v)
      .add("load", "ac_load", {{"power", 1e6}, {"impedance_share", 0.0}, {"power_factor", 1.0}})
      .node("bus", {"set.out", "load.in"})
      .set("load.scale", 1e-6);
  rig.watch = {"set.frequency", "set.v_pu", "set.power"};
  rig.build();
  return rig;
}

double least(const std::vector<double>& v) { return *std::min_element(v.begin(), v.end()); }

const solve::EventRecord* find(const Rig& rig, const std::string& to) {
  for (const auto& e : rig.events)
    if (e.to == to) return &e;
  return nullptr;
}

}  // namespace

TEST_CASE("genset: order to voltage in start_time, a half-load block within ISO 8528-5 G2") {
  Rig rig;
  alone(rig).run(60.0, solve::profile_named("electrical"),
                 {rig.command(1.0, "set", "start"), rig.change(20.0, "load.scale", 0.5),
                  rig.change(40.0, "load.scale", 1.0)});
  REQUIRE(find(rig, "running"));
  CHECK(find(rig, "running")->time == doctest::Approx(9.0).epsilon(1e-9));
  const auto& f = rig.recorded[0];
  MESSAGE("lowest frequency ", least(f), " Hz");
  CHECK(least(f) > 45.0);                                  // G2: dip of 10 % at most
  CHECK(least(f) < 49.9);                                  // and there is one
  CHECK(f.back() == doctest::Approx(50.0).epsilon(1e-4));  // isochronous
  for (size_t k = 0; k < f.size(); ++k)                    // recovered into ±2 % within 5 s
    if ((rig.times[k] > 25.0 && rig.times[k] < 40.0) || rig.times[k] > 45.0)
      CHECK(std::abs(f[k] - 50.0) < 1.0);
  CHECK(rig.recorded[2].back() == doctest::Approx(1e6).epsilon(1e-3));
  // 0.22 L/kWh at full load.
  CHECK(rig.get("set.fuel_rate") * 3.6e3 == doctest::Approx(0.22).epsilon(1e-2));
}

TEST_CASE("genset: failed attempts, cold start, no fuel, empty tank, overload") {
  const auto electrical = solve::profile_named("electrical");
  Rig fails;
  alone(fails, {{"failed_attempts", 3.0}})
      .run(80.0, electrical, {fails.command(1.0, "set", "start")});
  REQUIRE(find(fails, "failed"));
  CHECK(find(fails, "failed")->time == doctest::Approx(1.0 + 3 * 8.0 + 2 * 10.0));
  Rig second;
  alone(second, {{"failed_attempts", 1.0}})
      .run(40.0, electrical, {second.command(1.0, "set", "start")});
  REQUIRE(find(second, "running"));
  CHECK(find(second, "running")->time == doctest::Approx(1.0 + 8.0 + 10.0 + 8.0));
  Rig cold;
  cold.set("set.ambient_temp", 248.15);
  alone(cold, {{"heater", 0.0}}).run(60.0, electrical, {cold.command(1.0, "set", "start")});
  REQUIRE(find(cold, "running"));
  CHECK(find(cold, "running")->time == doctest::Approx(1.0 + 8.0 + 0.6 * 30.0));
  Rig dry;
  alone(dry, {{"fuel_start", 0.0}}).run(20.0, electrical, {dry.command(1.0, "set", "start")});
  REQUIRE(find(dry, "out_of_fuel"));
  CHECK(find(dry, "out_of_fuel")->text == "no fuel: the set cannot start");
  Rig empties;
  alone(empties, {{"tank", 1e-3}})
      .run(60.0, electrical,
           {empties.command(1.0, "set", "start"), empties.change(12.0, "load.scale", 0.9)});
  REQUIRE(find(empties, "out_of_fuel"));
  CHECK(find(empties, "out_of_fuel")->text == "the tank is empty");
  Rig broken;
  alone(broken).run(60.0, electrical,
                    {broken.command(1.0, "set", "start"), broken.command(20.0, "set", "fail"),
                     broken.command(40.0, "set", "start")});
  REQUIRE(find(broken, "failed"));
  CHECK(find(broken, "failed")->time == doctest::Approx(20.0));
  CHECK(broken.get("set.ready") == 1.0);  // mended
  Rig over;
  alone(over).run(60.0, electrical,
                  {over.command(1.0, "set", "start"), over.change(20.0, "load.scale", 1.6)});
  CHECK(find(over, "stalled"));
}

TEST_CASE("genset beside a grid: it gives what p_set asks, whatever the load, and stops") {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 400.0}, {"short_circuit_power", 50e6}})
      .add("set", "genset",
           {{"voltage", 400.0}, {"rating", 1e6}, {"droop", 0.04}, {"reactive_droop", 0.05}})
      .add("load", "ac_load", {{"power", 2e6}, {"impedance_share", 0.0}})
      .node("bus", {"grid.out", "set.out", "load.in"})
      .set("set.frame_frequency", 50.0)
      .set("load.scale", 0.9);
  rig.watch = {"set.power", "grid.p_import", "set.reactive_power"};
  rig.build();
  CHECK(rig.get("set.available") == doctest::Approx(1e6));
  rig.run(120.0, solve::profile_named("electrical"),
          {rig.change(1.0, "set.p_set", 0.6e6), rig.change(1.0, "set.start", 1.0),
           rig.change(40.0, "load.scale", 0.7), rig.change(60.0, "set.p_set", 0.9e6),
           rig.change(110.0, "set.start", 0.0)});
  const auto at = [&](size_t what, double t) {
    size_t k = 0;
    while (rig.times[k] < t) ++k;
    return rig.recorded[what][k];
  };
  CHECK(at(0, 39.0) == doctest::Approx(0.6e6).epsilon(2e-3));
  CHECK(at(0, 59.0) == doctest::Approx(0.6e6).epsilon(2e-3));
  CHECK(at(0, 100.0) == doctest::Approx(0.9e6).epsilon(2e-3));
  CHECK(at(0, 119.0) == doctest::Approx(0.0).scale(1e6).epsilon(1e-6));
  CHECK(at(1, 39.0) == doctest::Approx(1.8e6 - 0.6e6).epsilon(1e-2));
  // The reactive droop: a bus a few percent below nominal asks for less than the rating of it.
  for (double q : rig.recorded[2]) CHECK(std::abs(q) < 1e6);
}

TEST_CASE("sets fail to start with the probability of [IEEE 493 2007], each by itself") {
  constexpr int kSets = 20000;
  ProcessBench b("genset_control", kSets);
  b.set("start_failure", 0.0135);
  b.set("detect", 0.1);
  b.input("mains") = 0.0;
  b.input("genset") = 0.0;
  b.start(7);
  b.run(1.0);
  const double failed = b.kpi("genset_failed_starts");
  CHECK(b.kpi("genset_starts") == kSets);
  const double sd = std::sqrt(kSets * 0.0135 * (1.0 - 0.0135));
  CHECK(std::abs(failed - kSets * 0.0135) < 3.0 * sd);
  double running = 0.0;
  for (size_t k = 0; k < kSets; ++k) running += b.output("start", k);
  CHECK(running == kSets - failed);
}

TEST_CASE("mains gone: detection, start, transfer, blocks of load; mains back: return") {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 400.0}, {"short_circuit_power", 50e6}})
      .add("set", "genset", {{"voltage", 400.0}, {"rating", 1.5e6}})
      .add("ats", "transfer_switch",
           {{"rating", 2e6}, {"detect", 0.5}, {"transfer_time", 0.1}, {"return_delay", 20.0}})
      .add("idle", "ac_load", {{"power", 10.0}})
      .add("one", "rectifier", {{"modules", 20.0}, {"reset_delay", 0.5}, {"walk_in", 3.0}})
      .add("two", "rectifier", {{"modules", 20.0}, {"reset_delay", 0.5}, {"walk_in", 3.0}})
      .add("load1", "server_dc", {{"rating", 400e3}, {"restart_delay", 10.0}})
      .add("load2", "server_dc", {{"rating", 400e3}, {"restart_delay", 10.0}})
      .add("cap1", "dc_capacitor", {{"capacitance", 1.0}, {"voltage", 240.0}})
      .add("cap2", "dc_capacitor", {{"capacitance", 1.0}, {"voltage", 240.0}})
      .add("control", "genset_control", {{"return_delay", 30.0}, {"cool_down", 20.0}})
      .node("mains", {"grid.out", "ats.a"})
      .node("emergency", {"set.out", "ats.b", "idle.in"})
      .node("bus", {"ats.out", "one.in", "two.in"})
      .node("d1", {"one.out", "cap1.bus", "load1.in"})
      .node("d2", {"two.out", "cap2.bus", "load2.in"})
      .set("load1.it_power", 400e3)
      .set("load2.it_power", 400e3)
      .link("control.mains", "grid.v_pu")
      .link("control.genset", "set.v_pu")
      .link("set.start", "control.start")
      .link("one.enable", "control.enable")
      .link("two.enable", "control.enable");
  rig.watch = {"set.frequency", "set.power", "load1.p_in"};
  rig.build();
  const auto s =
      rig.run(240.0, solve::profile_named("thermal"),
              {rig.command(10.0, "grid", "fail"), rig.command(100.0, "grid", "restore")});
  const auto when = [&](const std::string& component, const std::string& to) {
    for (const auto& e : rig.events)
      if (e.component == component && e.to == to) return e.time;
    return -1.0;
  };
  CHECK(when("control", "starting") == doctest::Approx(10.5).epsilon(0.1));
  CHECK(when("set", "running") == doctest::Approx(when("control", "starting") + 8.0).epsilon(0.01));
  CHECK(when("ats", "b") - when("set", "running") < 0.5);
  CHECK(when("control", "loading") > when("set", "running"));
  CHECK(when("control", "cooling") == doctest::Approx(130.0).epsilon(0.02));
  CHECK(when("set", "standstill") > 140.0);
  CHECK(*std::max_element(rig.recorded[1].begin(), rig.recorded[1].end()) > 800e3);
  CHECK(least(rig.recorded[0]) > 45.0);
  CHECK(rig.get("load1.powered") == 1.0);
  CHECK(s.residual_energy < 1e-6);
}

TEST_CASE(
    "static switch: 4 ms gap after 2 ms, back after the return delay; waits when both are gone") {
  Rig rig;
  rig.add("a", "utility", {{"voltage", 400.0}, {"short_circuit_power", 50e6}})
      .add("b", "utility", {{"voltage", 400.0}, {"short_circuit_power", 50e6}})
      .add("sts", "transfer_switch", {{"rating", 1e6}, {"return_delay", 5.0}})
      .add("load", "ac_load", {{"power", 500e3}, {"impedance_share", 0.0}})
      .node("na", {"a.out", "sts.a"})
      .node("nb", {"b.out", "sts.b"})
      .node("out", {"sts.out", "load.in"});
  rig.watch = {"load.unserved"};
  rig.build();
  rig.run(30.0, solve::profile_named("electrical"),
          {rig.change(1.0, "a.voltage_pu", 0.3), rig.change(2.0, "a.voltage_pu", 1.0),
           rig.change(20.0, "a.voltage_pu", 0.3), rig.change(20.0, "b.voltage_pu", 0.3),
           rig.change(22.0, "b.voltage_pu", 1.0)});
  const auto at = [&](const std::string& to, double after) {
    for (const auto& e : rig.events)
      if (e.component == "sts" && e.to == to && e.time >= after) return e.time;
    return -1.0;
  };
  CHECK(at("b", 0.0) == doctest::Approx(1.006).epsilon(1e-6));
  CHECK(at("a", 2.0) == doctest::Approx(7.004).epsilon(1e-6));
  CHECK(at("waiting", 20.0) == doctest::Approx(20.002).epsilon(1e-6));
  CHECK(at("b", 20.0) == doctest::Approx(22.004).epsilon(1e-6));
}
