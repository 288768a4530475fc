// The container of a battery: walls by paper, warming of cold cells, balance of heat.
#include <doctest/doctest.h>

#include <cmath>

#include "models/battery/battery_container.h"
#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

TEST_CASE("walls of published containers: 115 W/K (40 ft) and 88 W/K (20 ft)") {
  models::BatteryContainer::Params p;
  models::BatteryContainer::params().set_defaults(&p);
  p.length = 12.0;
  models::BatteryContainer::prepare(p, {});
  CHECK(p.ua == doctest::Approx(115.0).epsilon(0.005));
  p.length = 5.9;
  p.insulation = 0.015;
  p.conductivity = 0.022;
  models::BatteryContainer::prepare(p, {});
  CHECK(p.ua == doctest::Approx(88.0).epsilon(0.005));
}

TEST_CASE("cold cells are warmed by the heater, warm ones cooled; the ledgers close") {
  for (double outside : {248.15, 308.15}) {
    CAPTURE(outside);
    Rig rig;
    rig.add("grid", "utility", {{"voltage", 400.0}, {"short_circuit_power", 20e6}})
        .add("box", "battery_container", {{"temp_initial", outside}})
        .add("bat", "battery", {{"series", 416}, {"parallel", 8}, {"temp_initial", outside}})
        .add("load", "dc_load", {{"voltage", 1370.0}, {"power", 50e3}})
        .node("ac", {"grid.out", "box.supply"})
        .node("dc", {"bat.dc", "load.in"})
        .node("cells", {"bat.waste", "box.cells"})
        .link("bat.coolant_temp", "box.coolant")
        .set("box.ambient_temp", outside)
        .set("box.heat_setpoint", 288.15);
    rig.watch = {"box.coolant", "bat.temp", "box.p_heater", "box.q_chiller", "box.q_walls"};
    rig.build();
    const auto s = rig.run(6 * 3600.0);
    CHECK(s.residual_heat < 5.0 * s.ledger_limit);
    CHECK(s.residual_energy < 5.0 * s.ledger_limit);
    CHECK(rig.recorded[1].front() == doctest::Approx(outside).epsilon(0.002));
    MESSAGE("outside ", outside, " K: cells after 6 h ", rig.recorded[1].back(), " K, coolant ",
            rig.recorded[0].back(), " K, walls ", rig.recorded[4].back(), " W");
    if (outside < 273.0) {
      CHECK(rig.recorded[1].back() > 275.0);
      CHECK(rig.recorded[3].back() == 0.0);
    } else {
      CHECK(rig.recorded[1].back() < 303.0);
      CHECK(rig.recorded[2].back() == 0.0);
    }
  }
}
