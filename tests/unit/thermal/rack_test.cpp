// AC-6-08 and AC-6-09 at the rack: steady temperatures, heat-up after loss of flow, power supplies.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/unit/cooling/rig.h"

namespace steppe::test {
namespace {

constexpr double kZero = 273.15;

Rig rack(double power, double flow, double fraction = 0.8, const Rig::Values& more = {}) {
  Rig r;
  Rig::Values values = {{"design_power", 120e3}, {"coolant_volume", 0.05}, {"throttles", 0.0}};
  for (const auto& v : more) values.push_back(v);
  r.add("rack", "rack", values);
  r.add("src", "test_flow_source").add("v", "expansion_vessel");
  r.add("air", "test_flow_source")
      .add("va", "expansion_vessel", {{"pressure", 0.0}}, {{"medium", "air"}});
  r.add("dc", "test_dc_source");
  r.node("ci", {"src.out", "rack.coolant_in", "v.port"}).node("co", {"rack.coolant_out", "src.in"});
  r.node("ai", {"air.out", "rack.air_in", "va.port"}).node("ao", {"rack.air_out", "air.in"});
  r.node("bus", {"dc.out", "rack.supply"});
  r.set("src.flow", flow).set("src.temp", kZero + 30.0);
  r.set("air.flow", 2.2).set("air.temp", kZero + 24.0);
  r.set("rack.it_power", power).set("rack.liquid_fraction", fraction);
  r.set("dc.voltage_now", 240.0);
  return r;
}

TEST_CASE("AC-6-08: coolant rise P/(ṁ c), chip T_in + P·(R + 1/(2ṁc))") {
  const double flow = 2.3, p = 0.8 * 100e3;
  Rig r = rack(100e3, flow);
  r.steady();
  const double c = flow * r.system().nodes[0].medium->cp;
  CHECK(r.get("rack.coolant_temp") - (kZero + 30.0) == doctest::Approx(p / c).epsilon(1e-5));
  const double design_flow = 96e3 / (r.system().nodes[0].medium->cp * 10.0);
  const double resistance = 35.0 / 96e3 * (0.4 + 0.6 * std::pow(flow / design_flow, -0.6));
  CHECK(r.get("rack.chip_temp") - (kZero + 30.0) ==
        doctest::Approx(p * (resistance + 0.5 / c)).epsilon(2e-3));
  CHECK(heat_imbalance(r.rates()) < 0.01);
  // PSU: IT energy is counted at their input.
  const double y = 100.0 / 120.0;
  const double input = 100e3 + 120e3 * (0.006 + y * (0.012 + y * 0.016));
  CHECK(r.get("rack.p_in") == doctest::Approx(input).epsilon(1e-5));
  CHECK(r.rates()[core::kUseIt] == doctest::Approx(input).epsilon(1e-5));
}

TEST_CASE("AC-6-09: 120 kW in 50 L warm up by 0.57 K/s when the flow stops") {
  // All heat into the liquid, hardly any mass in the chips.
  Rig r = rack(120e3, 3.0, 1.0, {{"chip_heat", 0.01}, {"chip_rise", 5.0}});
  r.watch = {"rack.coolant_temp"};
  r.build();
  solve::Profile fine = solve::profile_named("thermal");
  fine.max_step = 0.5;
  r.run(40.0, fine, {r.change(10.0, "src.flow", 0.0)});
  auto at = [&](double t) {
    size_t i = 0;
    while (i + 1 < r.times.size() && r.times[i + 1] <= t) ++i;
    return r.recorded[0][i] + (r.recorded[0][i + 1] - r.recorded[0][i]) * (t - r.times[i]) /
                                  (r.times[i + 1] - r.times[i]);
  };
  const double slope = (at(35.0) - at(15.0)) / 20.0;
  const auto& m = *r.system().nodes[0].medium;
  // The dies hold 2 % of the heat that the coolant holds.
  const double exact = 120e3 / (0.05 * m.rho * m.cp + 0.01 * 96e3);
  CHECK(slope == doctest::Approx(exact).epsilon(0.005));
  CHECK(slope == doctest::Approx(0.57).epsilon(0.03));
}

TEST_CASE("time to throttle after loss of flow: chip reaches the limit as an adiabatic body") {
  Rig r = rack(120e3, 2.3, 0.8);
  r.watch = {"rack.chip_temp"};
  r.build();
  solve::Profile fine = solve::profile_named("thermal");
  fine.max_step = 0.5;
  const auto sum = r.run(120.0, fine, {r.change(10.0, "src.flow", 0.0)});
  size_t i = 0;
  while (i < r.times.size() && r.recorded[0][i] < kZero + 86.0) ++i;
  REQUIRE(i < r.times.size());
  const double before = r.recorded[0][0];
  // After some seconds chips and coolant warm together at P/(C_chip + C_coolant); the film adds a
  // rise of its own because its resistance grows at rest.
  const auto& m = *r.system().nodes[0].medium;
  const double rate = 96e3 / (0.5 * 96e3 + 0.05 * m.rho * m.cp);
  const double time = r.times[i] - 10.0;
  CHECK(time > 2.0);
  CHECK(time < (kZero + 86.0 - before) / rate);
  CHECK(sum.residual_heat < 1e-6);
  MESSAGE("time to throttle after loss of flow: ", time, " s from ", before - kZero, " degC");
}

TEST_CASE("rack: throttle gives up power, trip shuts down, power comes back by command") {
  Rig r = rack(120e3, 2.3, 0.8, {{"throttles", 1.0}});
  r.watch = {"rack.chip_temp", "rack.p_in"};
  r.build();
  r.run(1200.0, solve::profile_named("thermal"),
        {r.change(10.0, "src.flow", 0.02), r.change(600.0, "src.flow", 2.3)});
  double hottest = 0.0;
  for (double t : r.recorded[0]) hottest = std::max(hottest, t);
  CHECK(hottest > kZero + 86.0);
  CHECK(hottest < kZero + 100.0);
  bool tripped = false;
  for (const auto& e : r.events) tripped = tripped || e.to == "tripped";
  CHECK(tripped);
}

TEST_CASE("rack: rides through 10 ms, loses power after the hold-up, boots after its delay") {
  Rig r = rack(100e3, 2.3, 0.8, {{"restart_delay", 60.0}});
  r.build();
  r.run(20.0, solve::profile_named("electrical"),
        {r.change(1.0, "dc.voltage_now", 150.0), r.change(1.01, "dc.voltage_now", 240.0)});
  CHECK(r.get("rack.powered") == 1.0);
  const auto sum =
      r.run(200.0, solve::profile_named("electrical"),
            {r.change(1.0, "dc.voltage_now", 0.0), r.change(2.0, "dc.voltage_now", 240.0)});
  bool off = false, on = false;
  for (const auto& e : r.events) {
    off = off || e.to == "off";
    on = on || (e.from == "recovering" && e.to == "on");
  }
  CHECK(off);
  CHECK(on);
  CHECK(r.get("rack.powered") == 1.0);
  CHECK(sum.residual_energy < 1e-8);
}

}  // namespace
}  // namespace steppe::test
