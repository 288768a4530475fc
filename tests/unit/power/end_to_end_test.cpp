// Chains from the medium voltage to the computing, and a battery's way in and out.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

namespace {
const Rig::Values kOrv3 = {{"loss_a", 0.00709}, {"loss_b", -0.00624}, {"loss_c", 0.03543}};
Rig::Values with(Rig::Values v, const Rig::Values& more) {
  v.insert(v.end(), more.begin(), more.end());
  return v;
}
}  // namespace

// Efficiencies at the load of their data sheets: transformer SCB18-2500 at full load [SCB18 test],
// double conversion UPS, 80 PLUS Titanium, ORv3 and Panama at half load (models/power/README.md).
TEST_CASE("AC-3-06 end to end: 0.9926·0.965·0.995·0.96 by UPS, 0.975·0.995·0.975 by Panama") {
  constexpr double kIt = 2.258e6;
  Rig ac;
  ac.add("grid", "utility", {{"voltage", 10e3}, {"short_circuit_power", 5e9}})
      .add("tr", "transformer",
           {{"rating", 2.5e6}, {"v_primary", 10e3}, {"v_secondary", 400.0}, {"uk", 0.06}})
      .add("ups", "ups", {{"rating", 2.0 * kIt / 0.96 / 0.995}, {"v_battery", 480.0}})
      .add("bat", "battery", {{"series", 150}, {"parallel", 100}, {"soc_initial", 0.9}})
      .add("way", "cable",
           {{"voltage", 400.0},
            {"rating", 3e6},
            {"resistance", 0.005 * 400.0 * 400.0 / (kIt / 0.96) / 50.0},  // 0.5 %, in ohm/m
            {"reactance", 1e-6},
            {"length", 50.0},
            {"conductor_temp", 293.15}})
      .add("servers", "server_ac", {{"rating", 2.0 * kIt}, {"power_factor", 1.0}})
      .node("mv", {"grid.out", "tr.primary"})
      .node("lv", {"tr.secondary", "ups.in"})
      .node("b", {"ups.battery", "bat.dc"})
      .node("u", {"ups.out", "way.a"})
      .node("s", {"way.b", "servers.in"})
      .set("ups.p_charge_max", 0.0)
      .set("servers.it_power", kIt);
  ac.steady();
  const double by_ups = kIt / ac.get("grid.p_import");

  Rig dc;
  dc.add("grid", "utility", {{"voltage", 10e3}, {"short_circuit_power", 5e9}})
      .add("panama", "rectifier",
           with({{"v_ac", 10e3}, {"modules", 100}, {"module_rating", 2.0 * kIt / 97.0}}, kOrv3))
      .add("way", "pdu", {{"rating", kIt / 0.975}, {"loss_fraction", 0.005}, {"standby", 0.0}})
      .add("servers", "server_dc", with({{"rating", 2.0 * kIt}}, kOrv3))
      .node("mv", {"grid.out", "panama.in"})
      .node("d", {"panama.out", "way.in"})
      .node("s", {"way.out", "servers.in"})
      .set("servers.it_power", kIt);
  dc.steady();
  const double by_panama = kIt / dc.get("grid.p_import");
  MESSAGE("by UPS ", by_ups, " (0.915), by Panama ", by_panama, " (0.946)");
  CHECK(std::abs(by_ups - 0.9926 * 0.965 * 0.995 * 0.96) < 0.003);
  CHECK(std::abs(by_panama - 0.975 * 0.995 * 0.975) < 0.003);
}

// Converter efficiencies at half load 0.9765 in, 0.980 out [Möller 2022].
TEST_CASE("AC-4-15 round trip at half load is 0.9765·0.980·η of the cells; the ledger loses it") {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 690.0}, {"short_circuit_power", 1e9}})
      .add("pcs", "pcs", {{"rating", 2.5e6}, {"v_dc", 1370.0}})
      .add("bat", "battery", {{"series", 416}, {"parallel", 12}, {"soc_initial", 0.4}})
      .node("ac", {"grid.out", "pcs.ac"})
      .node("dc", {"pcs.dc", "bat.dc"})
      .link("pcs.p_discharge_max", "bat.p_discharge_max")
      .link("pcs.p_charge_max", "bat.p_charge_max")
      .set("pcs.p_set", 0.0);
  rig.watch = {"pcs.power", "bat.power", "bat.soc"};
  rig.build();
  auto profile = solve::profile_named("thermal");
  profile.max_step = 2.0;
  profile.rtol =
      1e-7;  // what goes in comes out again: little is left to measure a residual against
  // Half an hour in, then out until the charge is back at 40 %.
  const auto s =
      rig.run(4200.0, profile,
              {rig.change(10.0, "pcs.p_set", -1.25e6), rig.change(1810.0, "pcs.p_set", 1.25e6)});
  double ac_in = 0.0, ac_out = 0.0, dc_in = 0.0, dc_out = 0.0;
  for (size_t k = 1; k < rig.times.size(); ++k) {
    const double dt = rig.times[k] - rig.times[k - 1];
    const auto mean = [&](size_t i) {
      return 0.5 * dt * (rig.recorded[i][k] + rig.recorded[i][k - 1]);
    };
    if (rig.times[k] < 10.0) continue;  // before the order
    if (rig.times[k] > 1900.0 && rig.recorded[2][k] < 0.4) break;
    (mean(0) > 0.0 ? ac_out : ac_in) += std::abs(mean(0));
    (mean(1) > 0.0 ? dc_out : dc_in) += std::abs(mean(1));
  }
  const double cells = dc_out / dc_in, trip = ac_out / ac_in;
  MESSAGE("round trip ", trip, ", of the cells ", cells, ", of the converter ", trip / cells);
  CHECK(trip / (0.9765 * 0.980 * cells) == doctest::Approx(1.0).epsilon(5e-3));
  CHECK(trip > 0.85);
  CHECK(trip < 0.95);
  // Over the whole run: what the grid and the cells gave is what was lost and what is stored.
  const double given = s.ledger[core::kGridImport] + s.ledger[core::kBatteryChem];
  const double gone = s.ledger[core::kUseChain] + s.ledger[core::kElectricStore];
  CHECK(gone / given == doctest::Approx(1.0).epsilon(1e-5));
  CHECK(s.residual_energy < 1e-6);
}
