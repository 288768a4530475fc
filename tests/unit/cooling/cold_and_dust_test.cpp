// Check valve, closed tower, outdoor-air handler, humidity of a hall, towers in frost.
#include <doctest/doctest.h>

#include <cmath>

#include "models/properties/moist_air.h"
#include "tests/unit/cooling/rig.h"

namespace steppe::test {
namespace {

constexpr double kZero = 273.15;

TEST_CASE("check valve: design drop forwards, leakage backwards, pump header with a dead pump") {
  Rig r;
  r.add("cv", "check_valve", {{"design_flow", 20.0}, {"design_dp", 1e4}});
  r.add("src", "test_flow_source").add("v", "expansion_vessel");
  r.node("a", {"src.out", "cv.in"}).node("b", {"cv.out", "src.in", "v.port"});
  r.set("src.flow", 20.0).set("src.temp", kZero + 20.0);
  r.steady();
  CHECK(r.get("cv.dp") == doctest::Approx(1e4).epsilon(1e-3));
  CHECK(r.get("cv.closed") == 0.0);
  Rig back;
  back.add("cv", "check_valve", {{"design_flow", 20.0}, {"reverse_dp", 2.5e5}, {"leakage", 2e-3}});
  back.add("src", "test_flow_source").add("v", "expansion_vessel");
  back.node("a", {"src.out", "cv.in"}).node("b", {"cv.out", "src.in", "v.port"});
  back.set("src.flow", -0.04).set("src.temp", kZero + 20.0);
  back.steady();
  CHECK(back.get("cv.dp") == doctest::Approx(-2.5e5).epsilon(0.02));
  CHECK(back.get("cv.closed") == 1.0);
}

Rig closed_tower(double spray, double dry_bulb, double wet_bulb) {
  Rig r;
  r.add("ct", "closed_tower",
        {{"design_flow", 40.0}, {"design_air_flow", 36.0}, {"fan_power", 15e3}});
  r.add("src", "test_flow_source").add("v", "expansion_vessel");
  r.node("warm", {"src.out", "ct.in", "v.port"}).node("cold", {"ct.out", "src.in"});
  r.power({"ct.supply"});
  r.set("src.flow", 40.0).set("src.temp", kZero + 32.0);
  r.set("ct.spray", spray).set("ct.ambient_temp", kZero + dry_bulb);
  r.set("ct.wet_bulb", kZero + wet_bulb);
  return r;
}

TEST_CASE("closed tower: design point when sprayed, dry it reaches no further than the dry bulb") {
  Rig r = closed_tower(1.0, 30.0, 21.0);
  r.steady();
  CHECK(r.get("ct.approach") == doctest::Approx(5.0).epsilon(0.002));
  CHECK(heat_imbalance(r.rates()) < 0.1);
  const double wet = r.get("ct.heat"), water = r.get("ct.water");
  CHECK(wet == doctest::Approx(40.0 * 4186.0 * 6.0).epsilon(0.01));
  // Make-up at four cycles: 4/3 of at most what the heat can evaporate.
  CHECK(water > 0.6 * wet / 2.43e6 * 4.0 / 3.0);
  CHECK(water < 1.1 * wet / 2.43e6 * 4.0 / 3.0);
  Rig dry = closed_tower(0.0, 30.0, 21.0);
  dry.steady();
  CHECK(dry.get("ct.temp_out") > kZero + 30.0);
  CHECK(dry.get("ct.water") < 1e-3 * water);  // the rounded end of the input
  CHECK(dry.get("ct.heat") < 0.3 * wet);
  CHECK(heat_imbalance(dry.rates()) < 0.1);
  Rig frost = closed_tower(1.0, -5.0, -6.0);
  frost.steady();
  CHECK(frost.get("ct.freeze") == 1.0);
}

Rig outdoor(double share, double pad, double loading) {
  Rig r;
  r.altitude(1412.0);
  r.add("ahu", "air_economiser", {{"design_air_flow", 15.0}, {"fan_power", 8e3}});
  r.add("heat", "test_heater");
  r.add("v", "expansion_vessel", {{"pressure", 0.0}}, {{"medium", "air"}});
  r.node("cold", {"ahu.air_out", "heat.in", "v.port"}, 100.0);
  r.node("hot", {"heat.out", "ahu.air_in"}, 100.0);
  r.power({"ahu.supply"});
  r.set("heat.heat", 1.5e5).set("ahu.outdoor_share", share).set("ahu.pad", pad);
  r.set("ahu.ambient_temp", kZero + 5.0).set("ahu.wet_bulb", kZero + 1.0);
  r.set("ahu.ambient_humidity", 3e-3).set("ahu.filter_loading", loading);
  r.steady();
  return r;
}

TEST_CASE("outdoor-air handler: mixture, pads, filters") {
  Rig r = outdoor(0.4, 0.0, 1.0);
  const double hot = r.get("hot.temp"), flow = r.get("ahu.mdot"), damper = r.get("ahu.damper");
  CHECK(damper == doctest::Approx(0.4).epsilon(0.01));
  CHECK(r.get("ahu.temp_air") ==
        doctest::Approx((1 - damper) * hot + damper * (kZero + 5.0)).epsilon(1e-4));
  CHECK(r.get("ahu.outdoor_flow") == doctest::Approx(damper * flow).epsilon(1e-4));
  CHECK(r.get("ahu.heat") == doctest::Approx(1.5e5 + r.get("ahu.power")).epsilon(1e-3));
  CHECK(std::abs(heat_imbalance(r.rates())) < 1.0);
  CHECK(std::abs(r.get("ahu.water")) < 1e-9);
  // Wet pads: colder by their effectiveness of the depression, and the water that this takes.
  Rig wet = outdoor(0.4, 1.0, 1.0);
  const double taken = wet.get("ahu.outdoor_flow") * 1006.0 * 0.85 * 4.0;
  CHECK(wet.get("ahu.water") == doctest::Approx(taken / 2.45e6 * 1.5).epsilon(0.01));
  CHECK(wet.get("ahu.outdoor_humidity") ==
        doctest::Approx(3e-3 + 0.85 * 4.0 * 1006.0 / 2.45e6).epsilon(1e-3));
  CHECK(std::abs(heat_imbalance(wet.rates())) < 1.0);
  // Loaded filters: the same fans drive √(1/(1 + 0.35·(L − 1))) of the flow, against the rig's own
  // small resistance.
  Rig clean = outdoor(1.0, 0.0, 1.0), loaded = outdoor(1.0, 0.0, 2.5);
  CHECK(loaded.get("ahu.mdot") / clean.get("ahu.mdot") ==
        doctest::Approx(std::sqrt(1.0 / (1.0 + 0.35 * 1.5))).epsilon(0.02));
}

Rig humid(const std::string& kind, double ambient_w, double infiltration = 0.2) {
  Rig r;
  r.altitude(1412.0);
  r.add("h", "hall_humidity",
        {{"air_mass", 1000.0}, {"infiltration", infiltration}, {"capacity", 100.0 / 3600.0}},
        {{"kind", kind}});
  r.add("heat", "test_heater").add("cool", "test_flow_source");
  r.add("v", "expansion_vessel", {{"pressure", 0.0}}, {{"medium", "air"}});
  r.node("hall", {"cool.out", "heat.in", "h.air", "v.port"}, 100.0);
  r.node("back", {"heat.out", "cool.in"}, 10.0);
  r.power({"h.supply"});
  r.set("heat.heat", 5e4).set("cool.flow", 10.0).set("cool.temp", kZero + 22.0);
  r.set("h.ambient_humidity", ambient_w);
  return r;
}

TEST_CASE("humidity: dry winter air is humidified to the ASHRAE limit; water and electricity") {
  namespace ma = models::moist_air;
  const double pressure = ma::pressure(1412.0);
  // Saturated air of −13 °C: 7.5 % relative humidity at 22 °C; ΔW to a dew point of −9 °C 0.62
  // g/kg.
  const double dry = ma::saturation_humidity_ratio(kZero - 13.0, pressure);
  CHECK(ma::relative_humidity(kZero + 22.0, dry, pressure) == doctest::Approx(0.075).epsilon(0.02));
  const double limit = ma::saturation_humidity_ratio(kZero - 9.0, pressure);
  CHECK(limit - dry == doctest::Approx(0.62e-3).epsilon(0.02));
  for (const std::string kind : {"adiabatic", "steam"}) {
    CAPTURE(kind);
    Rig r = humid(kind, dry);
    r.steady();
    CHECK(r.get("h.humidity") == doctest::Approx(1.04 * limit).epsilon(0.03));
    CHECK(r.get("h.dew_point") > kZero - 9.0);
    CHECK(r.get("h.too_dry") == 0.0);
    const double water = r.get("h.water");
    CHECK(water == doctest::Approx(0.2 * (r.get("h.humidity") - dry)).epsilon(1e-3));
    const double per_kg = r.get("h.power") / water / 3.6e6;
    CHECK(per_kg == doctest::Approx(kind == "steam" ? 0.72 : 0.03).epsilon(0.02));
    // The evaporation of an adiabatic one is heat that leaves the hall.
    CHECK(std::abs(heat_imbalance(r.rates())) < 1.0);
  }
}

TEST_CASE("humidity: condensation on a coil below the dew point, none above it") {
  Rig r = humid("adiabatic", 0.014);
  r.set("h.coil_flow", 5.0).set("h.coil_temp", kZero + 10.0);
  r.steady();
  const double at_coil = models::moist_air::saturation_humidity_ratio(
      kZero + 10.0, models::moist_air::pressure(1412.0));
  const double w = r.get("h.humidity");
  CHECK(r.get("h.condensing") == 1.0);
  CHECK(0.2 * (0.014 - w) == doctest::Approx(0.7 * 5.0 * (w - at_coil)).epsilon(0.01));
  Rig warm = humid("adiabatic", 0.005);
  warm.set("h.coil_flow", 5.0).set("h.coil_temp", kZero + 18.0);
  warm.steady();
  CHECK(warm.get("h.condensing") == 0.0);
  CHECK(warm.get("h.humidity") == doctest::Approx(0.005).epsilon(0.01));
}

TEST_CASE("tower in frost: the bypass keeps water from the fill, the heater holds the basin") {
  const auto tower = [](double bypass, double fan, double inlet, double heater) {
    Rig r;
    r.add("ct", "cooling_tower",
          {{"design_flow", 40.0},
           {"design_air_flow", 32.0},
           {"fan_power", 12e3},
           {"basin_heater", heater}});
    r.add("src", "test_flow_source").add("v", "expansion_vessel");
    r.node("warm", {"src.out", "ct.in", "v.port"}).node("cold", {"ct.out", "src.in"});
    r.power({"ct.supply"});
    r.set("src.flow", 40.0).set("src.temp", kZero + inlet).set("ct.fan_speed", fan);
    r.set("ct.wet_bulb", kZero - 20.0).set("ct.ambient_temp", kZero - 19.0);
    r.set("ct.bypass", bypass);
    r.steady();
    return r;
  };
  Rig open = tower(0.0, 0.0, 12.0, 0.0), half = tower(0.5, 0.0, 12.0, 0.0),
      shut = tower(1.0, 0.0, 12.0, 0.0);
  CHECK(open.get("ct.heat") > half.get("ct.heat"));
  CHECK(half.get("ct.heat") > shut.get("ct.heat"));
  CHECK(shut.get("ct.heat") < 0.02 * open.get("ct.heat"));
  CHECK(shut.get("ct.ice") == 0.0);
  // Reversed fans move no air through the fill, but draw power.
  Rig reversed = tower(0.0, -0.5, 12.0, 0.0);
  CHECK(reversed.get("ct.heat") == doctest::Approx(open.get("ct.heat")).epsilon(1e-3));
  CHECK(reversed.get("ct.fan_power") == doctest::Approx(12e3 / 8.0).epsilon(0.01));
  // Below 3 degC the heater is full, and its heat goes into the water.
  Rig cold = tower(1.0, 0.0, 1.0, 20e3);
  CHECK(cold.get("ct.heater") == doctest::Approx(20e3).epsilon(0.01));
  CHECK(std::abs(heat_imbalance(cold.rates())) < 1.0);
  CHECK(tower(1.0, 0.0, 8.0, 20e3).get("ct.heater") < 1.0);
}

}  // namespace
}  // namespace steppe::test
