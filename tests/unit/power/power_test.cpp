// Power chain against paper: losses, limits, blocking, the ledger of a run.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "models/power/converter.h"
#include "tests/support/bench.h"
#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

namespace {

core::Registry& registry() {
  static core::Registry r = models::registry();
  return r;
}

/// A model with some parameters set (SI).
Bench bench(const std::string& type, const std::vector<std::pair<std::string, double>>& values = {},
            double altitude = 0.0) {
  const auto& t = registry().components.at(type);
  auto p = t.make_params();
  for (const auto& [name, v] : values) {
    const int row = t.params->find(name);
    REQUIRE_MESSAGE(row >= 0, name);
    const auto kind = t.params->rows()[static_cast<size_t>(row)].kind;
    if (kind == core::ParamKind::integer)
      t.params->set(p.get(), row, static_cast<int64_t>(v));
    else if (kind == core::ParamKind::boolean)
      t.params->set(p.get(), row, v != 0.0);
    else
      t.params->set(p.get(), row, v);
  }
  return Bench(t, registry(), p, altitude);
}

/// Sum of one side of the ledger over its largest term.
double unbalance(const core::LedgerArray& r, const std::array<int, core::kAccounts>& sign) {
  double sum = 0.0, most = 0.0;
  for (size_t k = 0; k < r.size(); ++k) {
    sum += sign[k] * r[k];
    most = std::max(most, std::abs(sign[k] * r[k]));
  }
  return std::abs(sum) / most;
}

}  // namespace

TEST_CASE("AC-3-02 transformer: best load and efficiency of three data sheets") {
  struct Sheet {
    double rating, v1, v2, p0, pk, uk, best, top;
  };
  // Factory test values of SCB18-2500/10, SZ22-50000/110, SSZ20-240000/220 [SCB18 test].
  for (const Sheet& s : {Sheet{2.5e6, 10e3, 400, 2080, 16605, 0.06, 0.354, 0.99532},
                         Sheet{50e6, 110e3, 10e3, 21e3, 175e3, 0.105, 0.346, 0.99758},
                         Sheet{240e6, 220e3, 10e3, 100e3, 667e3, 0.1405, 0.387, 0.99785}}) {
    auto b = bench("transformer", {{"rating", s.rating},
                                   {"v_primary", s.v1},
                                   {"v_secondary", s.v2},
                                   {"no_load_loss", s.p0},
                                   {"load_loss", s.pk},
                                   {"uk", s.uk}});
    const auto efficiency = [&](double load) {
      // Secondary voltage at which `load` of the rated current flows in phase with E.
      const double i = load * s.rating / s.v2, r = s.pk / s.rating * s.v2 * s.v2 / s.rating;
      const double z = s.uk * s.v2 * s.v2 / s.rating, x = std::sqrt(z * z - r * r);
      b.at("secondary.v_re") = s.v2 - r * i;
      b.at("secondary.v_im") = -x * i;
      b.eval();
      CHECK(b.output("p_loss") == doctest::Approx(s.p0 + load * load * s.pk).epsilon(1e-10));
      CHECK(b.output("load") == doctest::Approx(load).epsilon(1e-10));
      return load * s.rating / (load * s.rating + b.output("p_loss"));
    };
    const double best = std::sqrt(s.p0 / s.pk);
    CHECK(best == doctest::Approx(s.best).epsilon(2e-3));
    CHECK(efficiency(best) == doctest::Approx(s.top).epsilon(1e-5));
    CHECK(efficiency(best) > efficiency(0.98 * best));
    CHECK(efficiency(best) > efficiency(1.02 * best));
    if (s.rating == 2.5e6) {
      CHECK(efficiency(0.5) == doctest::Approx(0.99504).epsilon(1e-5));
      CHECK(efficiency(1.0) == doctest::Approx(0.99258).epsilon(1e-5));
    }
  }
}

TEST_CASE("AC-3-03 loss curve goes through its three points and is best at √(a/c)") {
  const double sets[][6] = {{0.2, 0.94, 0.5, 0.96, 1.0, 0.91},
                            {0.2, 0.94, 0.5, 0.96, 1.0, 0.94},
                            {0.2, 0.965, 0.5, 0.975, 1.0, 0.965},
                            {0.25, 0.955, 0.5, 0.965, 1.0, 0.96},
                            {0.2, 0.95, 0.5, 0.965, 1.0, 0.955}};
  const double expected[][3] = {{.02354, -.08620, .16156},
                                {.01478, -.02482, .07388},
                                {.00709, -.00624, .03543},
                                {.00903, .00377, .02886},
                                {.00953, -.00317, .04076}};
  for (int k = 0; k < 5; ++k) {
    const auto* s = sets[k];
    const auto f = models::fit_loss({s[0], s[1]}, {s[2], s[3]}, {s[4], s[5]});
    for (int i = 0; i < 3; ++i)
      CHECK(f.efficiency(s[2 * i]) == doctest::Approx(s[2 * i + 1]).epsilon(1e-12));
    CHECK(f.a == doctest::Approx(expected[k][0]).epsilon(1e-3));
    CHECK(f.b == doctest::Approx(expected[k][1]).epsilon(2e-3));
    CHECK(f.c == doctest::Approx(expected[k][2]).epsilon(1e-3));
    const double best = std::sqrt(f.a / f.c);
    for (double p = 0.05; p < 1.2; p += 0.05) {
      const double slope = f.efficiency(p + 0.01) - f.efficiency(p);
      if (p + 0.01 < best) CHECK(slope > 0.0);
      if (p > best) CHECK(slope < 0.0);
    }
  }
}

TEST_CASE("rectifier: published efficiencies, droop, current limit") {
  auto b = bench("rectifier");
  const double rating = 600e3, v_set = 240.0;
  // Within the droop characteristic the load fixes the voltage: v = v_set − droop·v_set·i/i_rated.
  const double points[][2] = {{0.2, 0.95}, {0.5, 0.965}, {1.0, 0.955}};
  for (const auto& [load, efficiency] : points) {
    // i·v = load·rating with i = (v_set − v)/R_d
    const double r = 0.01 * v_set * v_set / rating;
    b.at("out.v") = 0.5 * (v_set + std::sqrt(v_set * v_set - 4.0 * r * load * rating));
    b.eval();
    CHECK(b.output("p_out") == doctest::Approx(load * rating).epsilon(1e-3));
    CHECK(b.output("efficiency") == doctest::Approx(efficiency).epsilon(2e-4));
    CHECK(b.power("in") == doctest::Approx(b.output("p_in")).epsilon(1e-12));
    CHECK(-b.power("out") / b.output("p_out") ==
          doctest::Approx(1.0).epsilon(1e-8));  // less the bleed resistance
  }
  b.at("out.v") = 200.0;
  b.eval();
  // The limit is a constant-power range: (240/200)^0.3 more power than at nominal voltage.
  CHECK(b.output("p_out") == doctest::Approx(1.05 * rating * std::pow(1.2, 0.3)).epsilon(1e-2));
  SUBCASE("an input at 60 % lets 69 % of the output current through") {
    b.at("in.v_re") = 0.6 * 400.0;
    b.eval();
    CHECK(b.output("p_out") ==
          doctest::Approx(1.15 * 0.6 * 1.05 * rating * std::pow(1.2, 0.3)).epsilon(1e-2));
  }
  SUBCASE("altitude takes 1 % per 100 m above 1000 m") {
    auto high = bench("rectifier", {}, 1400.0);
    high.at("out.v") = 200.0;
    high.eval();
    CHECK(high.output("p_out") == doctest::Approx(0.96 * b.output("p_out")).epsilon(1e-3));
  }
}

TEST_CASE("rectifier: sleeping modules raise the efficiency of a small load") {
  auto all = bench("rectifier"), some = bench("rectifier", {{"staging", 1.0}});
  for (double v : {239.9, 239.7, 239.2, 238.4}) {
    all.at("out.v") = some.at("out.v") = v;
    all.eval();
    some.eval();
    CHECK(some.output("p_out") == doctest::Approx(all.output("p_out")));
    CHECK(some.output("p_loss") <= all.output("p_loss") * (1.0 + 1e-4));
    CHECK(some.output("modules_on") <= 20.0 + 1e-9);
  }
}

TEST_CASE("AC-3-09 staging never loses more than all modules on, at any load") {
  auto all = bench("rectifier"), some = bench("rectifier", {{"staging", 1.0}});
  for (int k = 1; k <= 200; ++k) {
    all.at("out.v") = some.at("out.v") = 240.0 - 2.4 * k / 200.0;
    all.eval();
    some.eval();
    CHECK(some.output("p_loss") <= all.output("p_loss") * (1.0 + 1e-4));
  }
}

TEST_CASE("AC-4-15 battery converter: published efficiencies of charge and discharge") {
  auto b = bench("pcs", {{"rating", 1e6}});
  const double charge[][2] = {{0.1, 0.927}, {0.5, 0.9765}, {1.0, 0.9756}};
  const double discharge[][2] = {{0.1, 0.946}, {0.5, 0.980}, {1.0, 0.976}};
  for (const auto& [p, e] : charge) {
    b.at("p") = -p * 1e6;
    b.eval();
    const double loss = 0.007702 + 0.017291 * p * p;
    CHECK(-b.output("power_dc") / b.power("ac") == doctest::Approx(1.0 - loss / p).epsilon(1e-4));
    // Published as p/(p + loss) with p at the ac side; ours counts the loss at the ac side too,
    // which gives 0.6 % less at a tenth of the rating and 0.1 % less from a half on.
    CHECK(p / (p + loss) == doctest::Approx(e).epsilon(6e-4));
    CHECK(-b.output("power_dc") / b.power("ac") ==
          doctest::Approx(e).epsilon(p < 0.5 ? 7e-3 : 1e-3));
  }
  for (const auto& [p, e] : discharge) {
    b.at("p") = p * 1e6;
    b.eval();
    CHECK(-b.power("ac") / b.output("power_dc") == doctest::Approx(e).epsilon(6e-4));
  }
}

TEST_CASE("AC-4-13 a cold battery is not charged, to the last watt") {
  auto b = bench("pcs", {{"rating", 1e6}});
  b.at("p_charge_max") = 0.0;
  for (double p_set : {-1e6, -1e5, -1.0, 0.0}) {
    b.at("p_set") = p_set;
    b.at("p") = 0.0;
    b.eval();
    // d(p)/dt = (target − p)/τ: the order itself is the row at p = 0.
    CHECK(b.f[3] >= 0.0);
    CHECK(b.f[3] * 1.0 < 0.01 * 1e6);
  }
}

TEST_CASE("chain in steady state: what the utility gives is what loads and losses take") {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 10e3}, {"short_circuit_power", 350e6}})
      .add("tr", "transformer", {{"rating", 2.5e6}, {"v_primary", 10e3}, {"v_secondary", 400.0}})
      .add("hvdc", "rectifier", {{"modules", 50}})
      .add("pdu", "pdu", {{"rating", 1.5e6}})
      .add("inv", "inverter", {{"rating", 600e3}})
      .add("light", "ac_load", {{"power", 100e3}})
      .add("pumps", "ac_load", {{"power", 450e3}, {"impedance_share", 0.0}})
      .node("mv", {"grid.out", "tr.primary"})
      .node("lv", {"tr.secondary", "hvdc.in", "light.in"})
      .node("dc", {"hvdc.out", "pdu.in"})
      .node("dc2", {"pdu.out", "inv.in"})
      .node("ess", {"inv.out", "pumps.in"});
  rig.steady();
  const auto r = rig.rates();
  CHECK(unbalance(r, core::kElectricSign) < 1e-10);
  CHECK(r[core::kGridImport] == doctest::Approx(rig.get("grid.p_import")).epsilon(1e-12));
  CHECK(rig.get("pumps.power") == doctest::Approx(450e3).epsilon(1e-4));
  CHECK(unbalance(r, core::kHeatSign) < 1e-10);
  CHECK(r[core::kToAmbient] > 0.0);
  const double expected = 450e3 * 1.02 + rig.get("light.power");  // and a few per cent of losses
  CHECK(r[core::kGridImport] > expected);
  CHECK(r[core::kGridImport] < 1.10 * expected);
}

TEST_CASE("a dip blocks the rectifier; the battery carries the bus; walk-in after it") {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 400.0}, {"short_circuit_power", 50e6}})
      .add("hvdc", "rectifier", {{"modules", 20}})
      .add("boost", "dcdc", {{"rating", 600e3}, {"charge_rating", 60e3}})
      .add("bat", "battery",
           {{"series", 72},
            {"parallel", 8},
            {"cell_capacity", 100 * 3600.0},
            {"discharge_rate", 4.0},
            {"r0", 0.0004},
            {"r1", 0.0001},
            {"r2", 0.0001},
            {"soc_initial", 0.8}})
      .add("pdu", "pdu", {{"rating", 600e3}})
      .add("inv", "inverter", {{"rating", 500e3}})
      .add("load", "ac_load", {{"power", 300e3}, {"impedance_share", 0.0}})
      .node("ac", {"grid.out", "hvdc.in"})
      .node("dc", {"hvdc.out", "boost.bus", "pdu.in"})
      .node("b", {"boost.battery", "bat.dc"})
      .node("dc2", {"pdu.out", "inv.in"})
      .node("ess", {"inv.out", "load.in"})
      .link("boost.p_discharge_max", "bat.p_discharge_max")
      .link("boost.p_charge_max", "bat.p_charge_max");
  rig.watch = {"load.unserved", "boost.power", "hvdc.ramp", "bat.soc", "grid.p_import"};
  rig.build();
  const auto profile = solve::profile_named("electrical");
  const auto s =
      rig.run(40.0, profile,
              {rig.change(1.0, "grid.voltage_pu", 0.3), rig.change(1.15, "grid.voltage_pu", 1.0)});
  CHECK(*std::max_element(rig.recorded[0].begin(), rig.recorded[0].end()) < 1e-3 * 300e3);
  const auto& boost = rig.recorded[1];
  CHECK(*std::max_element(boost.begin(), boost.end()) > 300e3);
  CHECK(boost.back() < 0.0);  // recharging
  CHECK(rig.get("hvdc.ramp") > 0.99);
  CHECK(rig.get("hvdc.state") == 0);
  CHECK(*std::min_element(rig.recorded[3].begin(), rig.recorded[3].end()) < 0.8);
  CHECK(s.residual_energy < s.ledger_limit);
  CHECK(s.residual_heat < s.ledger_limit);
  REQUIRE(rig.events.size() >= 3);
}

TEST_CASE("a dead bus of constant power comes back: rectifier, dc load, inverter, ac load") {
  // Nothing stores energy: no battery, no capacitor. Once with loads that never drop out.
  for (double trip : {0.5, 0.0})
    for (double v_min : {0.3, 0.8}) {
      CAPTURE(trip);
      CAPTURE(v_min);
      Rig rig;
      rig.add("grid", "utility", {{"voltage", 400.0}, {"short_circuit_power", 20e6}})
          .add("rect", "rectifier", {{"modules", 10.0}, {"reset_delay", 0.5}, {"walk_in", 6.0}})
          .add("direct", "dc_load",
               {{"power", 80e3}, {"v_min", v_min}, {"trip_voltage", trip}, {"restart_delay", 8.0}})
          .add("inv", "inverter", {{"rating", 100e3}, {"reset_delay", 9.0}})
          .add("behind", "ac_load",
               {{"power", 90e3},
                {"impedance_share", 0.0},
                {"power_factor", 1.0},
                {"v_min", v_min},
                {"trip_voltage", trip}})
          .node("ac", {"grid.out", "rect.in"})
          .node("dc", {"rect.out", "direct.in", "inv.in"})
          .node("out", {"inv.out", "behind.in"});
      rig.watch = {"direct.power", "behind.power"};
      rig.build();
      const auto s =
          rig.run(60.0, solve::profile_named("electrical"),
                  {rig.command(10.0, "grid", "fail"), rig.command(20.0, "grid", "restore")});
      MESSAGE("trip ", trip, ", v_min ", v_min, ": ", rig.get("direct.power"), " W, ",
              rig.get("behind.power"), " W");
      CHECK(s.residual_energy < 1e-6);
      if (trip == 0.0) continue;
      CHECK(rig.get("direct.power") == doctest::Approx(80e3).epsilon(1e-3));
      CHECK(rig.get("behind.power") == doctest::Approx(90e3).epsilon(1e-3));
    }
}

TEST_CASE("an open breaker leaves a dead bus that is solvable, and comes back") {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 10e3}, {"short_circuit_power", 350e6}})
      .add("cb", "breaker", {{"voltage", 10e3}, {"rating", 5e6}})
      .add("line", "cable",
           {{"voltage", 10e3},
            {"rating", 5e6},
            {"length", 500.0},
            {"resistance", 1e-4},
            {"reactance", 1e-4}})
      .add("tr", "transformer", {{"rating", 2.5e6}, {"v_primary", 10e3}, {"v_secondary", 400.0}})
      .add("load", "ac_load", {{"power", 1e6}})
      .node("a", {"grid.out", "cb.a"})
      .node("b", {"cb.b", "line.a"})
      .node("c", {"line.b", "tr.primary"})
      .node("d", {"tr.secondary", "load.in"});
  rig.build();
  const auto s = rig.run(30.0, solve::profile_named("thermal"),
                         {rig.command(10.0, "cb", "open"), rig.command(20.0, "cb", "close")});
  CHECK(rig.get("load.power") > 0.9e6);
  CHECK(s.residual_energy < 1e-8);
  rig.run(15.0, solve::profile_named("thermal"), {rig.command(10.0, "cb", "open")});
  CHECK(rig.get("load.power") < 1.0);
}
