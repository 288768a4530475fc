// Published points and closed forms of the chilled-water plant: AC-6-05, AC-6-06, AC-6-07, storage.
#include <doctest/doctest.h>

#include <cmath>

#include "models/cooling/chiller_water_cooled.h"
#include "models/cooling/cooling_tower.h"
#include "tests/unit/cooling/rig.h"

namespace steppe::test {
namespace {

constexpr double kZero = 273.15;

TEST_CASE("AC-6-05: YorkCalc approach") {
  CHECK(models::tower::york_approach(25.55, 5.56, 1.0) == doctest::Approx(3.845).epsilon(1e-3));
  CHECK(models::tower::york_approach(20.0, 5.56, 1.0) == doctest::Approx(5.058).epsilon(1e-3));
}

TEST_CASE("AC-6-06: Carrier 19XR, 742 kW: curves at the reference and at half load") {
  using C = models::ChillerWaterCooled;
  C::Params p;
  C::params().set_defaults(&p);
  core::Setup setup;
  C::prepare(p, setup);
  double capacity = 0.0, power = 0.0;
  C::performance(p, 5.56, 21.11, 1.0, capacity, power);
  CHECK(capacity == doctest::Approx(0.9930).epsilon(5e-3));
  CHECK(capacity / power * p.cop == doctest::Approx(5.43).epsilon(5e-3));
  C::performance(p, 5.56, 21.11, 0.5, capacity, power);
  CHECK(0.5 * capacity / power * p.cop == doctest::Approx(7.24).epsilon(5e-3));
  // No load, no power of the compressor; outside the curves the values stay finite and monotone.
  C::performance(p, 5.56, 21.11, 0.0, capacity, power);
  CHECK(std::abs(power) < 1e-3);
  double hot = 0.0;
  C::performance(p, 8.0, 45.0, 1.0, capacity, hot);
  C::performance(p, 8.0, 23.89, 1.0, capacity, power);
  CHECK(hot == doctest::Approx(power).epsilon(1e-3));
}

TEST_CASE("water-cooled chiller in its loops: setpoint, condenser takes heat and power") {
  Rig r;
  r.add("ch", "chiller_water_cooled");
  r.add("load", "test_flow_source").add("tower", "test_flow_source");
  r.add("v1", "expansion_vessel").add("v2", "expansion_vessel");
  r.node("chws", {"ch.evap_out", "load.in"}).node("chwr", {"load.out", "ch.evap_in", "v1.port"});
  r.node("cws", {"tower.out", "ch.cond_in", "v2.port"}).node("cwr", {"ch.cond_out", "tower.in"});
  r.power({"ch.supply"});
  r.set("load.flow", 17.8).set("load.temp", kZero + 13.0);
  r.set("tower.flow", 19.6).set("tower.temp", kZero + 21.11);
  r.set("ch.enable", 1.0).set("ch.setpoint", kZero + 6.0);
  const auto sum = r.run(3600.0);
  CHECK(r.get("ch.temp_evap") == doctest::Approx(kZero + 6.0).epsilon(1e-4));
  const double cw = 19.6 * r.system().nodes[2].medium->cp;
  CHECK(cw * (r.get("cwr.temp") - r.get("cws.temp")) ==
        doctest::Approx(r.get("ch.cooling") + r.get("ch.power")).epsilon(1e-4));
  CHECK(r.get("ch.cop_now") > 5.3);
  CHECK(r.get("ch.cop_now") < 7.4);
  CHECK(sum.residual_heat < 1e-6);
}

Rig tower(double fan, double wet_bulb, const std::string& model = "merkel", double inlet = 35.0) {
  Rig r;
  r.add("ct", "cooling_tower", {{"design_flow", 40.0}, {"design_air_flow", 32.0}},
        {{"model", model}});
  r.add("src", "test_flow_source").add("v", "expansion_vessel");
  r.node("warm", {"src.out", "ct.in", "v.port"}).node("cold", {"ct.out", "src.in"});
  r.power({"ct.supply"});
  r.set("src.flow", 40.0).set("src.temp", kZero + inlet);
  r.set("ct.fan_speed", fan).set("ct.wet_bulb", wet_bulb).set("ct.ambient_temp", wet_bulb + 6.0);
  return r;
}

TEST_CASE("tower: design point, YorkCalc at rest, natural draft") {
  Rig r = tower(1.0, kZero + 25.55);
  r.steady();
  CHECK(r.get("ct.approach") == doctest::Approx(3.89).epsilon(2e-3));
  CHECK(r.get("ct.range") == doctest::Approx(5.56).epsilon(2e-3));
  CHECK(heat_imbalance(r.rates()) < 0.1);

  // YorkCalc: fixed point of approach and range.
  Rig y = tower(1.0, kZero + 20.0, "york", 20.0 + 5.058 + 5.56);
  y.steady();
  CHECK(y.get("ct.approach") == doctest::Approx(5.058).epsilon(5e-3));

  Rig still = tower(0.0, kZero + 10.0);
  still.steady();
  CHECK(still.get("ct.heat") > 0.05 * r.get("ct.heat"));
  CHECK(still.get("ct.fan_power") < 1.0);
  CHECK(still.get("ct.temp_out") > (kZero + 10.0) + 5.0);
}

TEST_CASE("AC-6-07: evaporation against Q/h_fg") {
  Rig r = tower(1.0, kZero + 25.55);
  r.steady();
  const double all_latent = r.get("ct.heat") / 2.43e6;
  MESSAGE("evaporation over Q/h_fg: ", r.get("ct.evaporation") / all_latent);
  CHECK(r.get("ct.evaporation") == doctest::Approx(all_latent).epsilon(0.15));
  CHECK(r.get("ct.water") ==
        doctest::Approx(r.get("ct.evaporation") * 1.25 + 40.0 * 5e-5).epsilon(1e-3));
  const double per_kwh = r.get("ct.evaporation") * 3.6e6 / r.get("ct.heat");
  CHECK(per_kwh > 1.2);
  CHECK(per_kwh < 1.7);
}

TEST_CASE("tank: a front passes in V/(V') and energy is kept; warm water below mixes upwards") {
  Rig r;
  r.add(
      "tank", "storage_tank",
      {{"volume", 20.0}, {"design_flow", 20.0}, {"loss_ua", 0.0}, {"initial_temp", kZero + 15.0}});
  r.add("src", "test_flow_source").add("v", "expansion_vessel");
  r.node("t", {"src.out", "tank.top", "v.port"}).node("b", {"tank.bottom", "src.in"});
  r.set("src.flow", 20.0).set("src.temp", kZero + 25.0);
  r.watch = {"tank.layer_8", "tank.layer_4", "tank.cold_stored", "tank.cold_rate"};
  const auto sum = r.run(1000.0);
  // Warm water from the top takes cold: at first 10 K of the whole flow, and what it took is what
  // is missing.
  CHECK(r.get("tank.charging") == doctest::Approx(-1.0));
  const auto& medium = *r.system().nodes[0].medium;
  CHECK(r.recorded[3].front() == doctest::Approx(-20.0 * medium.cp * 10.0).epsilon(1e-3));
  double taken = 0.0;
  for (size_t k = 1; k < r.times.size(); ++k)
    taken += 0.5 * (r.recorded[3][k] + r.recorded[3][k - 1]) * (r.times[k] - r.times[k - 1]);
  CHECK(taken == doctest::Approx(r.recorded[2].back() - r.recorded[2].front()).epsilon(1e-2));
  // Half a turnover: the middle layer is at the mean of the front.
  const double turnover = 20.0 * r.system().nodes[0].medium->rho / 20.0;
  size_t half = 0;
  while (r.times[half] < 0.5 * turnover) ++half;
  CHECK(r.recorded[1][half] > kZero + 18.5);
  CHECK(r.recorded[1][half] < kZero + 22.5);
  CHECK(r.recorded[0][half] < kZero + 16.5);
  CHECK(sum.residual_heat < 1e-6);

  Rig up;
  up.add(
      "tank", "storage_tank",
      {{"volume", 20.0}, {"design_flow", 20.0}, {"loss_ua", 0.0}, {"initial_temp", kZero + 15.0}});
  up.add("src", "test_flow_source").add("v", "expansion_vessel");
  up.node("t", {"src.in", "tank.top", "v.port"}).node("b", {"tank.bottom", "src.out"});
  up.set("src.flow", 2.0).set("src.temp", kZero + 25.0);
  up.watch = {"tank.cold_stored", "tank.cold_rate"};
  const auto run = up.run(3000.0);
  // From below warm water takes cold as well, and the rate is what the store loses.
  taken = 0.0;
  for (size_t k = 1; k < up.times.size(); ++k)
    taken += 0.5 * (up.recorded[1][k] + up.recorded[1][k - 1]) * (up.times[k] - up.times[k - 1]);
  CHECK(taken < 0.0);
  CHECK(taken == doctest::Approx(up.recorded[0].back() - up.recorded[0].front()).epsilon(1e-2));
  // Warm water from below cannot stay below: the layers end within a kelvin of each other.
  CHECK(std::abs(up.get("tank.layer_8") - up.get("tank.layer_1")) < 1.5);
  CHECK(run.residual_heat < 1e-6);
}

TEST_CASE("heat pump and buyer: Carnot share, heat sold, source limit, refusal of cool supply") {
  Rig r;
  r.add("hp", "heat_pump", {{"capacity", 1e6}, {"source_flow", 25.0}, {"sink_flow", 12.0}});
  r.add("user", "heat_user", {{"design_flow", 12.0}}).add("src", "test_flow_source");
  r.add("pump", "pump", {{"design_flow", 12.0}, {"design_head", 1.2e5}});
  r.add("v1", "expansion_vessel").add("v2", "expansion_vessel", {{"design_temp", kZero + 60.0}});
  r.node("s1", {"src.out", "hp.source_in", "v1.port"}).node("s2", {"hp.source_out", "src.in"});
  r.node("h1", {"hp.sink_out", "user.in"}).node("h2", {"user.out", "pump.in", "v2.port"});
  r.node("h3", {"pump.out", "hp.sink_in"});
  r.power({"hp.supply", "pump.supply"});
  r.set("src.flow", 25.0).set("src.temp", kZero + 30.0);
  r.set("hp.enable", 1.0).set("hp.setpoint", kZero + 65.0);
  r.set("user.demand", 8e5).set("user.return_temp", kZero + 45.0);
  const auto sum = r.run(7200.0);
  CHECK(r.get("user.heat") == doctest::Approx(8e5).epsilon(1e-3));
  CHECK(r.get("h1.temp") == doctest::Approx(kZero + 65.0).epsilon(1e-3));
  const double hot = r.get("hp.temp_sink") + 3.0, cold = r.get("hp.temp_source") - 3.0;
  const double work = r.get("hp.power") - 300.0;
  CHECK((r.get("hp.heating") - 300.0) / work ==
        doctest::Approx(0.52 * hot / (hot - cold)).epsilon(5e-3));
  CHECK(sum.residual_heat < 1e-6);
  CHECK(sum.ledger[core::kToReuse] > 0.95 * 7200.0 * 8e5);

  // A source at its limit gives nothing; the supply cools off and the buyer refuses it.
  const auto dry =
      r.run(7200.0, solve::profile_named("thermal"), {r.change(10.0, "src.temp", kZero + 9.0)});
  CHECK(r.get("hp.load") < 0.01);
  CHECK(r.get("user.heat") < 0.05 * 8e5);
  CHECK(dry.residual_heat < 1e-6);
}

TEST_CASE("rear door: counterflow effectiveness at design, nothing without air") {
  Rig r;
  r.add("door", "rear_door");
  r.add("air", "test_flow_source").add("water", "test_flow_source");
  r.add("va", "expansion_vessel", {{"pressure", 0.0}}, {{"medium", "air"}});
  r.add("vw", "expansion_vessel");
  r.node("a1", {"air.out", "door.air_in", "va.port"}).node("a2", {"door.air_out", "air.in"});
  r.node("w1", {"water.out", "door.water_in", "vw.port"});
  r.node("w2", {"door.water_out", "water.in"});
  r.set("air.flow", 2.5).set("air.temp", kZero + 40.0);
  r.set("water.flow", 0.9).set("water.temp", kZero + 20.0);
  r.steady();
  CHECK(r.get("door.heat") == doctest::Approx(0.75 * 2.5 * 1006.0 * 20.0).epsilon(1e-3));
  CHECK(heat_imbalance(r.rates()) < 0.01);
}

TEST_CASE("indirect evaporative air handler: dry, wet, trim") {
  const auto ahu = [](double spray, double dx, double ambient) {
    Rig r;
    r.add("ahu", "indirect_evaporative_ahu").add("hall", "test_flow_source");
    r.add("va", "expansion_vessel", {{"pressure", 0.0}}, {{"medium", "air"}});
    r.node("hot", {"hall.out", "ahu.air_in", "va.port"}).node("cold", {"ahu.air_out", "hall.in"});
    r.power({"ahu.supply"});
    r.set("hall.flow", 15.0).set("hall.temp", kZero + 36.0);
    r.set("ahu.ambient_temp", ambient).set("ahu.wet_bulb", ambient - 10.0);
    r.set("ahu.spray", spray).set("ahu.dx_enable", dx).set("ahu.setpoint", kZero + 23.0);
    return r;
  };
  Rig dry = ahu(0.0, 0.0, kZero + 20.0);
  dry.steady();
  CHECK(dry.get("ahu.heat") == doctest::Approx(0.6 * 15.0 * 1006.0 * 16.0).epsilon(2e-3));
  CHECK(heat_imbalance(dry.rates()) < 0.1);
  Rig wet = ahu(1.0, 0.0, kZero + 28.0);
  wet.steady();
  // Wet-bulb effectiveness of a wetted unit about 0.7 [handbooks: 0.6–0.75].
  const double share = (36.0 - (wet.get("ahu.temp_air") - kZero)) / (36.0 - 18.0);
  CHECK(share > 0.58);
  CHECK(share < 0.75);
  CHECK(wet.get("ahu.water") * 3.6e6 / wet.get("ahu.heat") ==
        doctest::Approx(1.47 * 4.0 / 3.0).epsilon(0.01));
  Rig trim = ahu(1.0, 1.0, kZero + 28.0);
  trim.steady();
  CHECK(trim.get("ahu.temp_air") < wet.get("ahu.temp_air") - 1.0);
  CHECK(trim.get("ahu.power") > wet.get("ahu.power") + trim.get("ahu.dx_heat") / 15.0);
  CHECK(heat_imbalance(trim.rates()) < 0.1);
}

TEST_CASE("AC-6-12: -30 degC and 10 % load: louvres and fan control keep the coil from freezing") {
  Rig r;
  r.altitude(1412.0);
  r.add("dc", "dry_cooler", {{"design_flow", 25.0}, {"design_air_flow", 90.0}, {"fan_power", 2e4}});
  r.add("heat", "test_heater").add("pump", "pump", {{"design_flow", 25.0}, {"design_head", 1e5}});
  r.add("v", "expansion_vessel", {}, {{"medium", "pg30"}});
  r.add("fans", "pi_temperature", {{"gain", 0.05}, {"integral_time", 120.0}});
  r.add("louvre", "pi_temperature", {{"gain", 0.05}, {"integral_time", 180.0}});
  r.node("a", {"pump.out", "heat.in", "v.port"}, 1.0).node("b", {"heat.out", "dc.in"}, 1.0);
  r.node("c", {"dc.out", "pump.in"}, 1.0);
  r.power({"pump.supply", "dc.supply"});
  r.set("heat.heat", 7e4).set("dc.ambient_temp", kZero - 30.0);
  r.link("fans.measurement", "c.temp").set("fans.setpoint", kZero + 22.0);
  r.link("louvre.measurement", "c.temp").set("louvre.setpoint", kZero + 20.0);
  r.link("dc.fan_speed", "fans.out").link("dc.louvre", "louvre.out");
  r.watch = {"dc.freeze", "dc.wall_temp", "c.temp"};
  r.build();
  // A tenth of the load, all of it, and a tenth again.
  const auto sum = r.run(6.0 * 3600.0, solve::profile_named("thermal"),
                         {r.change(600.0, "heat.heat", 7e5), r.change(7200.0, "heat.heat", 7e4)});
  double flags = 0.0, coldest = 400.0;
  for (size_t i = 0; i < r.times.size(); ++i) {
    flags += r.recorded[0][i];
    coldest = std::min(coldest, r.recorded[1][i]);
  }
  CHECK(flags == 0.0);
  MESSAGE("coldest wall ", coldest - kZero, " degC; medium freezes at ",
          r.system().nodes[0].medium->freeze_temp - kZero, " degC");
  CHECK(r.get("c.temp") == doctest::Approx(kZero + 20.0).epsilon(0.005));
  CHECK(sum.residual_heat < 1e-6);
}

}  // namespace
}  // namespace steppe::test
