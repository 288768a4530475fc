// Heat exchangers, coolers and chillers in small loops against closed forms; zero flow, reversed
// flow, off, saturation.
#include <doctest/doctest.h>

#include <cmath>

#include "models/cooling/exchanger.h"
#include "tests/unit/cooling/rig.h"

namespace steppe::test {
namespace {

constexpr double kZero = 273.15;

/// A plate exchanger between two ideal flow sources.
Rig plate(double flow_hot, double flow_cold, double ua = 200e3) {
  Rig r;
  r.add("hx", "plate_heat_exchanger",
        {{"design_flow_hot", 20.0}, {"design_flow_cold", 25.0}, {"ua", ua}});
  r.add("hot", "test_flow_source").add("cold", "test_flow_source");
  r.add("vh", "expansion_vessel").add("vc", "expansion_vessel", {}, {{"medium", "pg25"}});
  r.node("h1", {"hot.out", "hx.hot_in", "vh.port"}).node("h2", {"hx.hot_out", "hot.in"});
  r.node("c1", {"cold.out", "hx.cold_in", "vc.port"}).node("c2", {"hx.cold_out", "cold.in"});
  r.set("hot.flow", flow_hot).set("cold.flow", flow_cold);
  r.set("hot.temp", kZero + 40.0).set("cold.temp", kZero + 25.0);
  return r;
}

TEST_CASE("AC-6-03: plate exchanger at rest equals the closed form, over its flows") {
  for (double xh : {1.0, 0.5, 0.25, 0.1})
    for (double xc : {1.0, 0.4}) {
      Rig r = plate(20.0 * xh, 25.0 * xc);
      r.steady();
      const auto& s = r.system();
      const double c_hot = 20.0 * xh * s.nodes[0].medium->cp;
      const double c_cold = 25.0 * xc * s.nodes[2].medium->cp;
      const double ua = 200e3 * 2.0 / (std::pow(xh, -0.8) + std::pow(xc, -0.8));
      const double q = models::exchanger::counterflow(ua, c_hot, c_cold) * 15.0;
      CHECK(r.get("hx.heat") == doctest::Approx(q).epsilon(2e-4));
      CHECK(r.get("h2.temp") == doctest::Approx(kZero + 40.0 - q / c_hot).epsilon(1e-6));
      CHECK(r.get("c2.temp") == doctest::Approx(kZero + 25.0 + q / c_cold).epsilon(1e-6));
      CHECK(heat_imbalance(r.rates()) < 0.01);
    }
}

TEST_CASE("plate exchanger: no flow on one side, reversed flow") {
  Rig still = plate(0.0, 25.0);
  still.steady();
  // The standing side takes the temperature of the flowing one; the heat that still passes is what
  // the ideal source keeps warm by 1e-6 kg/s.
  CHECK(still.get("hx.temp_hot") == doctest::Approx(kZero + 25.0).epsilon(1e-3));
  CHECK(std::abs(still.get("hx.heat")) < 0.003 * 200e3 * 15.0);
  Rig forward = plate(20.0, 25.0), back = plate(-20.0, 25.0);
  forward.steady();
  back.steady();
  CHECK(back.get("hx.temp_hot") < kZero + 40.0);
  CHECK(heat_imbalance(back.rates()) < 0.01);
}

/// A dry cooler between ideal sources.
Rig cooler(double fan, double ambient, double flow = 25.0, double height = 0.0) {
  Rig r;
  r.altitude(height);
  r.add("dc", "dry_cooler",
        {{"design_flow", 25.0},
         {"design_air_flow", 80.0},
         {"fan_power", 20e3},
         {"effectiveness", 0.6},
         {"draft", 0.05}});
  r.add("src", "test_flow_source").add("v", "expansion_vessel", {}, {{"medium", "pg40"}});
  r.node("warm", {"src.out", "dc.in", "v.port"}).node("cold", {"dc.out", "src.in"});
  r.power({"dc.supply"});
  r.set("src.flow", flow).set("src.temp", kZero + 45.0);
  r.set("dc.fan_speed", fan).set("dc.ambient_temp", ambient);
  return r;
}

TEST_CASE("dry cooler: design point, fan law, altitude") {
  Rig r = cooler(1.0, kZero + 20.0);
  r.steady();
  // At 20 °C and sea level the air has the standard density; the film is a little off its design
  // temperature of 35 °C.
  CHECK(r.get("dc.heat") == doctest::Approx(0.6 * 80.0 * 1006.0 * 25.0).epsilon(0.01));
  CHECK(r.get("dc.fan_power") == doctest::Approx(20e3).epsilon(1e-3));
  CHECK(heat_imbalance(r.rates()) < 0.01);

  Rig slow = cooler(0.8, kZero + 20.0);
  slow.steady();
  CHECK(slow.get("dc.fan_power") == doctest::Approx(0.512 * r.get("dc.fan_power")).epsilon(1e-5));

  // AC-6-04: ×0.8436 at 1412 m; capacity about −10 %.
  Rig high = cooler(1.0, kZero + 20.0, 25.0, 1412.0);
  high.steady();
  CHECK(high.get("dc.fan_power") / r.get("dc.fan_power") == doctest::Approx(0.8436).epsilon(1e-4));
  CHECK(high.get("dc.air_flow") / r.get("dc.air_flow") == doctest::Approx(0.8436).epsilon(1e-3));
  const double loss = 1.0 - high.get("dc.heat") / r.get("dc.heat");
  CHECK(loss > 0.07);
  CHECK(loss < 0.13);
}

TEST_CASE("dry cooler: natural draft, no flow, freezing") {
  Rig off = cooler(0.0, kZero + 5.0);
  off.steady();
  CHECK(off.get("dc.heat") > 0.0);
  CHECK(off.get("dc.heat") < 0.12 * 0.6 * 80.0 * 1006.0 * 40.0);
  CHECK(off.get("dc.fan_power") < 1.0);

  Rig still = cooler(0.0, kZero - 30.0, 0.0);
  still.steady();
  CHECK(still.get("dc.temp_out") == doctest::Approx(kZero - 30.0).epsilon(0.004));
  CHECK(still.get("dc.freeze") == 1.0);

  Rig cold = cooler(0.3, kZero - 15.0);
  cold.steady();
  CHECK(cold.get("dc.freeze") == 0.0);
  CHECK(cold.get("dc.wall_temp") < cold.get("dc.temp_out"));
}

TEST_CASE("dry cooler: adiabatic assist evaporates what it cools") {
  Rig r = cooler(1.0, kZero + 30.0);
  r.set("dc.spray", 1.0).set("dc.wet_bulb", kZero + 18.0);
  r.steady();
  Rig dry = cooler(1.0, kZero + 30.0);
  dry.steady();
  CHECK(r.get("dc.heat") > 1.4 * dry.get("dc.heat"));
  CHECK(r.get("dc.water") == doctest::Approx(r.get("dc.air_flow") * 1006.0 * 0.7 * 12.0 / 2.45e6));
  CHECK(heat_imbalance(r.rates()) < 0.01);
}

/// A chiller between ideal sources.
Rig chiller(double flow, double inlet, double setpoint, double ambient) {
  Rig r;
  r.add("ch", "chiller", {{"capacity", 1e6}, {"design_flow", 30.0}});
  r.add("src", "test_flow_source").add("v", "expansion_vessel");
  r.node("warm", {"src.out", "ch.evap_in", "v.port"}).node("cold", {"ch.evap_out", "src.in"});
  r.power({"ch.supply"});
  r.set("src.flow", flow).set("src.temp", inlet);
  r.set("ch.enable", 1.0).set("ch.setpoint", setpoint).set("ch.ambient_temp", ambient);
  return r;
}

TEST_CASE("chiller: holds its setpoint, saturates, efficiency falls with lift") {
  Rig r = chiller(30.0, kZero + 24.0, kZero + 18.0, kZero + 30.0);
  const auto sum = r.run(3600.0);
  CHECK(r.get("ch.state") == 2.0);
  CHECK(r.get("ch.temp_out") == doctest::Approx(kZero + 18.0).epsilon(2e-5));
  CHECK(r.get("ch.cooling") == doctest::Approx(30.0 * 4181.0 * 6.0).epsilon(2e-3));
  CHECK(r.get("ch.cop") > 3.0);
  CHECK(r.get("ch.cop") < 7.0);
  CHECK(sum.residual_heat < 1e-6);

  Rig hot = chiller(30.0, kZero + 24.0, kZero + 18.0, kZero + 40.0);
  hot.run(3600.0);
  CHECK(hot.get("ch.cop") < r.get("ch.cop"));
  Rig cold = chiller(30.0, kZero + 24.0, kZero + 18.0, kZero - 20.0);
  cold.run(3600.0);
  // At the lift floor the Carnot COP is 0.55·288/9; fans and standby take their part.
  CHECK(cold.get("ch.cop") < 0.55 * 288.0 / 9.0);
  CHECK(cold.get("ch.cop") > 11.0);

  Rig full = chiller(30.0, kZero + 40.0, kZero + 18.0, kZero + 35.0);
  full.run(3600.0);
  CHECK(full.get("ch.load") == doctest::Approx(1.0).epsilon(1e-3));
  CHECK(full.get("ch.temp_out") > kZero + 25.0);
}

TEST_CASE("chiller: trips on a dip, waits, restarts and loads slowly") {
  Rig r = chiller(30.0, kZero + 24.0, kZero + 18.0, kZero + 30.0);
  r.set("grid.voltage_pu", 1.0);
  r.build();
  r.watch = {"ch.cooling", "ch.state"};
  r.run(1800.0, solve::profile_named("thermal"),
        {r.change(100.0, "grid.voltage_pu", 0.4), r.change(101.0, "grid.voltage_pu", 1.0)});
  auto at = [&](double t) {
    size_t i = 0;
    while (i + 1 < r.times.size() && r.times[i + 1] <= t) ++i;
    return r.recorded[0][i];
  };
  CHECK(at(99.0) > 7e5);
  CHECK(at(105.0) == doctest::Approx(0.0));
  CHECK(at(300.0) == doctest::Approx(0.0));  // 180 s blocked + 30 s start sequence
  CHECK(at(340.0) > 1e5);
  CHECK(at(340.0) < 6e5);
  CHECK(at(1700.0) > 7e5);
}

}  // namespace
}  // namespace steppe::test
