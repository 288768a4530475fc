// Pumps, pipes and valves: closed forms and a small network against hand calculation.
#include "models/cooling/hydraulics.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/unit/cooling/rig.h"

namespace steppe::test {
namespace {

namespace hyd = models::hydraulics;

TEST_CASE("AC-6-04: affinity laws, shaft power with the cube, altitude with the density") {
  for (double x : {0.3, 1.0, 1.3}) {
    CHECK(hyd::rise(2e5, 1.25, 0.8, 0.8 * x) ==
          doctest::Approx(0.64 * hyd::rise(2e5, 1.25, 1.0, x)).epsilon(1e-6));
    CHECK(hyd::shaft_power(0.45, 0.8, 0.8 * x) ==
          doctest::Approx(0.512 * hyd::shaft_power(0.45, 1.0, x)).epsilon(1e-6));
  }
  CHECK(hyd::rise(2e5, 1.25, 1.0, 1.0) == doctest::Approx(2e5).epsilon(1e-6));
  CHECK(hyd::shaft_power(0.45, 1.0, 1.0) == doctest::Approx(1.0).epsilon(1e-6));
}

TEST_CASE("drops are odd, exact at design and regular at zero") {
  CHECK(hyd::drop(5e4, 1.0) == doctest::Approx(5e4).epsilon(1e-12));
  CHECK(hyd::drop(5e4, -0.7) == doctest::Approx(-hyd::drop(5e4, 0.7)));
  core::Dual x = 0.0;
  x.d[0] = 1.0;
  CHECK(hyd::drop(5e4, x).d[0] > 100.0);
  CHECK(hyd::check_valve(2e5, 2e-3, -2e-3) == doctest::Approx(-2e5).epsilon(0.02));
  CHECK(hyd::check_valve(2e5, 2e-3, 0.0) == doctest::Approx(0.0));
}

/// Two equal pumps in parallel push through three parallel branches.
Rig two_pumps_three_branches() {
  Rig r;
  for (const char* id : {"p1", "p2"})
    r.add(id, "pump", {{"design_flow", 20.0}, {"design_head", 2e5}, {"ramp_time", 1.0}});
  r.add("b1", "pipe", {{"design_flow", 20.0}, {"design_dp", 1e5}, {"viscosity_temp", 298.15}});
  r.add("b2", "pipe", {{"design_flow", 10.0}, {"design_dp", 1e5}, {"viscosity_temp", 298.15}});
  r.add("b3", "valve", {{"design_flow", 10.0}, {"design_dp", 5e4}, {"stroke_time", 5.0}},
        {{"characteristic", "linear"}});
  r.add("vessel", "expansion_vessel", {{"pressure", 1e5}});
  r.node("header", {"p1.out", "p2.out", "b1.in", "b2.in", "b3.in"});
  r.node("return", {"p1.in", "p2.in", "b1.out", "b2.out", "b3.out", "vessel.port"});
  r.power({"p1.supply", "p2.supply"});
  return r;
}

TEST_CASE("network: operating point of two pumps and three branches") {
  Rig r = two_pumps_three_branches();
  r.set("p1.speed_command", 1.0).set("p2.speed_command", 1.0).set("b3.position", 0.5);
  r.build();
  auto& s = r.system();
  // Hydraulics alone: the temperature drifts with the friction heat, so the algebraic rows are
  // solved at fixed states.
  s.refresh_mass(0.0);
  for (size_t i = 0; i < s.unknowns.size(); ++i) {
    if (s.unknowns[i].name == "p1.speed" || s.unknowns[i].name == "p2.speed") s.y[i] = 1.0;
    if (s.unknowns[i].name == "b3.stem") s.y[i] = 0.5;
    if (s.unknowns[i].unit == "K") s.y[i] = 298.15;
  }
  solve::Statistics stats;
  REQUIRE(solve::make_consistent(s, 0.0, 1e-10, stats) == "");

  // By hand: k = Δp/ṁ² per branch, branches add their √(1/k); one pump carries half the flow and
  // its check valve takes 1 % of the design head.
  const double g = std::sqrt(20.0 * 20.0 / 1e5) + std::sqrt(10.0 * 10.0 / 1e5) +
                   0.5 * std::sqrt(10.0 * 10.0 / 5e4);
  const double h0 = 1.25 * 2e5 - 0.01 * 2e5, curve = 0.25 * 2e5 / (20.0 * 20.0) / 4.0;
  const double flow = std::sqrt(h0 / (1.0 / (g * g) + curve));
  const double total = r.get("p1.mdot") + r.get("p2.mdot");
  CHECK(total == doctest::Approx(flow).epsilon(2e-3));
  CHECK(r.get("p1.mdot") == doctest::Approx(r.get("p2.mdot")).epsilon(1e-9));
  CHECK(r.get("b1.mdot") + r.get("b2.mdot") + r.get("b3.mdot") ==
        doctest::Approx(total).epsilon(1e-9));
  CHECK(r.get("vessel.makeup") == doctest::Approx(0.0).epsilon(1e-9));
  CHECK(r.get("b1.mdot") == doctest::Approx(2.0 * r.get("b2.mdot")).epsilon(1e-3));
}

TEST_CASE("a tripped pump lets hardly anything back and the other one carries on") {
  Rig r = two_pumps_three_branches();
  r.set("p1.speed_command", 1.0).set("p2.speed_command", 1.0).set("b3.position", 1.0);
  r.build();
  auto& s = r.system();
  s.refresh_mass(0.0);
  solve::Statistics stats;
  for (size_t i = 0; i < s.unknowns.size(); ++i) {
    if (s.unknowns[i].name == "p1.speed") s.y[i] = 1.0;
    if (s.unknowns[i].name == "p2.speed") s.y[i] = 0.0;
    if (s.unknowns[i].name == "b3.stem") s.y[i] = 1.0;
  }
  REQUIRE(solve::make_consistent(s, 0.0, 1e-10, stats) == "");
  CHECK(r.get("p1.mdot") > 20.0);
  CHECK(r.get("p2.mdot") < 0.0);
  CHECK(r.get("p2.mdot") > -0.002 * 20.0);
  // Both at rest: nothing moves, and the equations stay solvable.
  for (size_t i = 0; i < s.unknowns.size(); ++i)
    if (s.unknowns[i].name == "p1.speed") s.y[i] = 0.0;
  REQUIRE(solve::make_consistent(s, 0.0, 1e-10, stats) == "");
  CHECK(std::abs(r.get("p1.mdot")) < 1e-4);
  CHECK(std::abs(r.get("b2.mdot")) < 1e-4);
}

}  // namespace
}  // namespace steppe::test
