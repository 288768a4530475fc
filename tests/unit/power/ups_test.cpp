// Central UPS: efficiencies, a dip, lock-out by counting, eco transfer, an outage until the battery
// ends.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/bench.h"
#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

namespace {

/// Utility, UPS with battery, a constant-power load of 600 kW.
Rig& site(Rig& rig, const Rig::Values& ups = {}, double strings = 8.0) {
  Rig::Values v = {{"rating", 1e6}, {"v_battery", 480.0}, {"charge_rating", 50e3}};
  v.insert(v.end(), ups.begin(), ups.end());
  rig.add("grid", "utility", {{"voltage", 400.0}, {"short_circuit_power", 100e6}})
      .add("ups", "ups", v)
      .add("bat", "battery",
           {{"series", 150},
            {"parallel", strings},
            {"cell_capacity", 100 * 3600.0},
            {"r0", 0.0003},
            {"r1", 0.0001},
            {"r2", 0.0001},
            {"discharge_rate", 6.0},
            {"soc_initial", 0.9}})
      .add("load", "ac_load", {{"power", 600e3}, {"impedance_share", 0.0}})
      .node("in", {"grid.out", "ups.in"})
      .node("out", {"ups.out", "load.in"})
      .node("dc", {"ups.battery", "bat.dc"})
      .link("ups.p_charge_max", "bat.p_charge_max");
  rig.watch = {"load.unserved", "ups.power_battery", "ups.on_battery", "grid.p_import"};
  rig.build();
  return rig;
}

std::vector<solve::TimelineEvent> dips(Rig& rig, int n, double apart, double depth) {
  std::vector<solve::TimelineEvent> e;
  for (int k = 0; k < n; ++k) {
    e.push_back(rig.change(5.0 + k * apart, "grid.voltage_pu", depth));
    e.push_back(rig.change(5.0 + k * apart + 0.055, "grid.voltage_pu", 1.0));
  }
  return e;
}

}  // namespace

TEST_CASE("UPS: published efficiencies at 25, 50 and 100 %") {
  const auto registry = models::registry();
  const auto& t = registry.components.at("ups");
  auto p = t.make_params();
  t.params->set(p.get(), t.params->find("rating"), 1e6);
  Bench b(t, registry, p);
  b.at("p_charge_max") = 0.0;
  b.at("input_share") = 1.0;
  const double points[][2] = {{0.25, 0.955}, {0.5, 0.965}, {1.0, 0.96}};
  for (const auto& [load, efficiency] : points) {
    // Output at V = E·(1 − droop·i) in phase: p = i·(1 − droop·i) per unit.
    const double i = (1.0 - std::sqrt(1.0 - 4.0 * 0.01 * load)) / 0.02;
    b.at("out.v_re") = 400.0 * (1.0 - 0.01 * i);
    b.eval();
    CHECK(b.output("p_out") / 1e6 == doctest::Approx(load).epsilon(0.03));
    const double at = b.output("p_out") / 1e6;
    const double loss = 0.00903 + 0.00377 * at + 0.02886 * at * at;
    CHECK(b.output("p_out") / b.output("p_in") == doctest::Approx(at / (at + loss)).epsilon(1e-4));
    CHECK(load / (load + 0.00903 + 0.00377 * load + 0.02886 * load * load) ==
          doctest::Approx(efficiency).epsilon(1e-4));
  }
}

TEST_CASE("UPS: a dip is carried by the battery without a gap, then the input walks in") {
  Rig rig;
  site(rig);
  const auto s = rig.run(60.0, solve::profile_named("electrical"), dips(rig, 1, 1.0, 0.3));
  const auto& unserved = rig.recorded[0];
  CHECK(*std::max_element(unserved.begin(), unserved.end()) < 1e3);
  CHECK(*std::max_element(rig.recorded[1].begin(), rig.recorded[1].end()) > 600e3);
  CHECK(rig.get("ups.state") == 0);
  CHECK(rig.get("ups.input_share") > 0.99);
  CHECK(s.residual_energy < s.ledger_limit);
  CHECK(s.residual_heat < s.ledger_limit);
  MESSAGE("residual energy ", s.residual_energy, ", heat ", s.residual_heat, ", steps ",
          s.statistics.steps);
}

TEST_CASE(
    "AC-5-04 six faults in 82 s: counting logic drops the site, ride-through logic keeps it") {
  Rig counting, riding;
  site(counting, {{"lockout_count", 3}, {"retransfer_delay", 1.0}, {"walk_in", 1.0}}, 24.0);
  const auto profile = solve::profile_named("electrical");
  counting.run(120.0, profile, dips(counting, 6, 16.4, 0.3));
  CHECK(counting.get("ups.state") == 6);
  CHECK(counting.get("grid.p_import") < 1e3);  // all load on battery: what the grid operator saw
  site(riding, {{"lockout_count", 0}, {"retransfer_delay", 0.2}, {"walk_in", 1.5}}, 24.0);
  riding.run(120.0, profile, dips(riding, 6, 16.4, 0.3));
  CHECK(riding.get("ups.state") == 0);
  CHECK(riding.get("grid.p_import") > 600e3);
  // 90 % of the power from before the last fault within two seconds of its end.
  const double cleared = 5.0 + 5 * 16.4 + 0.055;
  double back = 1e9;
  for (size_t k = 0; k < riding.times.size(); ++k)
    if (riding.times[k] > cleared && riding.recorded[3][k] > 0.9 * 625e3)
      back = std::min(back, riding.times[k]);
  CHECK(back - cleared < 2.0);
}

TEST_CASE("UPS: eco mode loses less and pays with a gap of 4 ms") {
  Rig rig;
  site(rig, {{"eco", 1.0}});
  const auto profile = solve::profile_named("electrical");
  rig.run(1.0, profile, {});
  CHECK(rig.get("ups.state") == 1);
  CHECK(rig.get("ups.p_loss") < 0.014 * 600e3);  // double conversion: 0.036
  rig.run(40.0, profile, dips(rig, 1, 1.0, 0.3));
  double dark = 0.0;
  for (size_t k = 1; k < rig.times.size(); ++k)
    if (rig.recorded[0][k] > 500e3 && rig.recorded[0][k - 1] > 500e3)
      dark += rig.times[k] - rig.times[k - 1];
  CHECK(dark == doctest::Approx(0.004).epsilon(0.05));
  CHECK(rig.get("ups.state") == 1);
}

TEST_CASE("UPS: an outage ends with the battery; the load comes back through bypass") {
  Rig rig;
  site(rig, {{"battery_cut", 0.9}}, 4.0);
  const auto profile = solve::profile_named("thermal");
  auto s = rig.run(1800.0, profile,
                   {rig.command(60.0, "grid", "fail"), rig.command(1500.0, "grid", "restore")});
  // 4 strings of 100 Ah at about 490 V, 90 % charged: 630 kW for some 15 minutes.
  double off = 0.0;
  for (const auto& e : rig.events)
    if (e.text == "battery at its end") off = e.time;
  CHECK(off > 60.0 + 600.0);
  CHECK(off < 60.0 + 1200.0);
  CHECK(rig.get("ups.state") == 0);
  CHECK(rig.get("load.power") > 590e3);
  CHECK(s.residual_energy < s.ledger_limit);
}
