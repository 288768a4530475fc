// AC-6-13: a hall with its whole heat path, from the dc bus to outdoor air, in one run.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/unit/cooling/rig.h"

namespace steppe::test {
namespace {

constexpr double kZero = 273.15;

/// 2 MW of racks, CDU, facility loop with dry cooler and trim chiller, CRAHs, room.
Rig plant() {
  Rig r;
  r.altitude(1412.0);
  r.add("dc", "test_dc_source");
  r.add("rack", "rack", {{"design_power", 2e6}, {"coolant_volume", 0.4}, {"trip_temp", 400.0}});
  r.add("tcs_pump", "pump", {{"design_flow", 45.0}, {"design_head", 2e5}});
  r.add("cdu", "plate_heat_exchanger",
        {{"design_flow_hot", 40.0}, {"design_flow_cold", 45.0}, {"ua", 4e5}});
  r.add("fws_pump", "pump", {{"design_flow", 60.0}, {"design_head", 2.5e5}});
  r.add("dry", "dry_cooler",
        {{"design_flow", 60.0}, {"design_air_flow", 220.0}, {"fan_power", 60e3}});
  r.add("chiller", "chiller", {{"capacity", 1.2e6}, {"design_flow", 60.0}});
  r.add("crah", "crah", {{"design_air_flow", 45.0}, {"design_flow", 15.0}, {"fan_power", 15e3}});
  r.add("room", "room", {{"leak_flow", 4.0}, {"heat_capacity", 2e7}});
  r.add("vt", "expansion_vessel", {}, {{"medium", "pg25"}});
  r.add("vf", "expansion_vessel", {}, {{"medium", "pg30"}});
  r.add("va", "expansion_vessel", {{"pressure", 0.0}}, {{"medium", "air"}});
  r.add("fan_pi", "pi_temperature", {{"gain", 0.08}, {"integral_time", 60.0}, {"lo", 0.0}});
  r.node("tcs_supply", {"cdu.hot_out", "rack.coolant_in", "vt.port"}, 0.5);
  r.node("tcs_return", {"rack.coolant_out", "tcs_pump.in"}, 0.5);
  r.node("tcs_pumped", {"tcs_pump.out", "cdu.hot_in"});
  r.node("fws_supply", {"chiller.evap_out", "cdu.cold_in", "crah.water_in"}, 2.0);
  r.node("fws_return", {"cdu.cold_out", "crah.water_out", "fws_pump.in", "vf.port"}, 2.0);
  r.node("fws_pumped", {"fws_pump.out", "dry.in"});
  r.node("fws_cooled", {"dry.out", "chiller.evap_in"}, 0.5);
  r.node("cold", {"crah.air_out", "rack.air_in", "room.cold", "va.port"}, 300.0);
  r.node("hot", {"rack.air_out", "crah.air_in", "room.hot"}, 300.0);
  r.node("cabinets", {"room.waste"});
  r.node("busbar", {"dc.out", "rack.supply"});
  r.power({"tcs_pump.supply", "fws_pump.supply", "dry.supply", "chiller.supply", "crah.supply"});
  r.set("rack.it_power", 1.8e6);
  r.set("dry.ambient_temp", kZero + 5.0).set("chiller.ambient_temp", kZero + 5.0);
  r.set("room.ambient_temp", kZero + 5.0).set("chiller.setpoint", kZero + 22.0);
  r.set("chiller.enable", 0.0);
  r.set("fan_pi.setpoint", kZero + 22.0).link("fan_pi.measurement", "fws_cooled.temp");
  r.link("dry.fan_speed", "fan_pi.out");
  r.set("fws_pump.speed_command", 1.0).set("tcs_pump.speed_command", 1.0);
  return r;
}

TEST_CASE("AC-6-13: all heat leaves or is stored, to 1e-6, through load steps and a pump trip") {
  Rig r = plant();
  r.build();
  r.watch = {"rack.chip_temp", "fws_cooled.temp", "dry.fan"};
  const auto sum =
      r.run(2.0 * 3600.0, solve::profile_named("thermal"),
            {r.change(600.0, "rack.it_power", 0.9e6), r.change(1800.0, "rack.it_power", 1.9e6),
             r.command(3600.0, "tcs_pump", "trip"), r.command(3615.0, "tcs_pump", "start"),
             r.change(4500.0, "dry.ambient_temp", kZero + 24.0),
             r.change(4500.0, "chiller.enable", 1.0)});
  CHECK(sum.residual_heat < 1e-6);
  CHECK(sum.residual_energy < 1e-6);
  MESSAGE("heat residual ", sum.residual_heat, ", energy residual ", sum.residual_energy,
          ", steps ", sum.statistics.steps, ", unknowns ", r.system().size());
  CHECK(r.get("chiller.state") == 2.0);
  // Electricity in = heat to ambient + stored.
  const auto& l = sum.ledger;
  const double in = l[core::kGridImport] + l[core::kRenewable];
  CHECK(l[core::kToAmbient] + l[core::kHeatStore] == doctest::Approx(in).epsilon(1e-6));
}

TEST_CASE("the fan controller holds its temperature also with steps of five minutes") {
  Rig r = plant();
  r.build();
  solve::Profile p = solve::profile_named("facility");
  p.max_step = 300.0;
  r.watch = {"fws_cooled.temp"};
  const auto sum = r.run(6.0 * 3600.0, p, {r.change(3600.0, "dry.ambient_temp", kZero + 10.0)});
  CHECK(r.get("fws_cooled.temp") == doctest::Approx(kZero + 22.0).epsilon(1e-4));
  CHECK(sum.residual_heat < 1e-4);
}

}  // namespace
}  // namespace steppe::test
