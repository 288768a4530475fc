#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "models/controls/free_cooling.h"
#include "models/controls/schedule.h"
#include "models/controls/staging.h"
#include "sim/base/error.h"
#include "sim/base/rng.h"
#include "tests/unit/controls/player.h"
#include "tests/unit/cooling/rig.h"

namespace steppe::test {
namespace {

TEST_CASE("free cooling: thresholds, hysteresis, hours") {
  Player p(models::free_cooling_process(),
           {{"setpoint", 298.15}, {"approach", 8.0}, {"filter_time", 0.0}});
  p.inputs = {280.0, 310.0, 0.0};
  p.step(0.0);
  p.step(30.0);
  CHECK(p.values[{0, 0}] == 0.0);
  p.inputs[0] = 298.15 - 8.0 + 0.1;  // half the hysteresis above: partial, after the dwell
  p.step(60.0);
  p.step(1000.0);
  CHECK(p.values[{0, 0}] == 1.0);
  CHECK(p.values[{1, 0}] == 1.0);
  p.inputs[0] = 298.15 - 8.0 - 0.9;  // below the limit, within the hysteresis
  p.step(3000.0);
  CHECK(p.values[{0, 0}] == 1.0);
  p.inputs[0] = 298.15 - 8.0 - 1.1;
  p.step(4500.0);
  CHECK(p.values[{0, 0}] == 0.0);
  p.inputs[0] = 305.0;
  p.step(6500.0);
  CHECK(p.values[{0, 0}] == 2.0);
  CHECK(p.values[{2, 0}] == 1.0);
}

TEST_CASE("AC-6-12: at most 12 changes of mode a day in noise at the threshold") {
  Player p(models::free_cooling_process(), {{"setpoint", 298.15}, {"approach", 8.0}});
  Rng rng(3, "noise");
  p.inputs = {298.15 - 8.5, 310.0, 0.0};
  double drift = 0.0;
  for (int minute = 0; minute < 7 * 1440; ++minute) {
    drift = 0.9 * drift + 0.25 * rng.normal();
    p.inputs[0] = 298.15 - 8.5 - 0.5 + drift;
    p.step(60.0 * minute);
  }
  double changes = 0.0, hours = 0.0;
  for (const auto& k : p.process->kpis()) {
    if (k.name == "cooling_mode_changes") changes = k.value;
    if (k.unit == "h") hours += k.value;
  }
  MESSAGE("changes a day: ", changes / 7.0);
  CHECK(changes / 7.0 <= 12.0);
  CHECK(hours == doctest::Approx(7 * 24.0));
}

TEST_CASE("free cooling: too warm a supply overrides the dwell") {
  Player p(models::free_cooling_process(), {{"setpoint", 298.15}, {"approach", 8.0}});
  p.inputs = {280.0, 310.0, 298.15};
  p.step(0.0);
  p.step(60.0);
  p.inputs[2] = 305.0;
  p.step(120.0);
  CHECK(p.values[{0, 0}] == 2.0);
}

TEST_CASE("staging: thresholds, dwell, rotation") {
  Player p(models::staging_process(), {{"units", 4}, {"capacity", 100.0}, {"least", 1}}, 4);
  auto running = [&] {
    int n = 0;
    for (int k = 0; k < 4; ++k) n += p.values[{1, k}] > 0.5 ? 1 : 0;
    return n;
  };
  p.inputs = {150.0, 1000.0};
  p.step(0.0);
  CHECK(p.values[{0, 0}] == 2.0);
  CHECK(running() == 2);
  p.inputs[0] = 190.0;
  for (int t = 10; t <= 120; t += 10) p.step(t);
  CHECK(p.values[{0, 0}] == 2.0);  // not yet 120 s above
  p.step(130.0);
  CHECK(p.values[{0, 0}] == 3.0);
  CHECK(running() == 3);
  p.inputs[0] = 60.0;
  for (int t = 140; t <= 760; t += 10) p.step(t);
  CHECK(p.values[{0, 0}] == 2.0);
  CHECK(p.values[{1, 2}] == 1.0);  // the last started stays, the longest running stops
  p.inputs[0] = 1e9;
  for (int t = 770; t <= 4000; t += 10) p.step(t);
  CHECK(p.values[{0, 0}] == 4.0);
  p.inputs[1] = 2.0;  // two are out of order
  p.step(4010.0);
  CHECK(p.values[{0, 0}] == 2.0);
}

TEST_CASE("schedule: steps, repeats, refuses nonsense") {
  const auto t = models::schedule_process();
  auto params = t.make_params();
  t.params->set(params.get(), t.params->find("times"), std::vector<double>{0.0, 10.0, 25.0});
  t.params->set(params.get(), t.params->find("values"), std::vector<double>{1.0, 2.0, 3.0});
  t.params->set(params.get(), t.params->find("repeat"), 30.0);
  Player p(t, {});
  p.process = t.make(params.get(), {});
  std::vector<std::pair<double, double>> seen;
  for (int i = 0; i < 6; ++i) {
    const double at = core::to_seconds(p.process->next_time());
    p.step(at);
    seen.emplace_back(at, p.values[{0, 0}]);
  }
  CHECK(seen[1].first == doctest::Approx(10.0));
  CHECK(seen[1].second == 2.0);
  CHECK(seen[3].first == doctest::Approx(30.0));
  CHECK(seen[3].second == 1.0);
  CHECK(seen[5].first == doctest::Approx(55.0));
  CHECK(seen[5].second == 3.0);
  t.params->set(params.get(), t.params->find("values"), std::vector<double>{1.0});
  CHECK_THROWS_AS(t.make(params.get(), {}), UserError);
}

/// Water warmed by a heater and cooled by an ideal source whose temperature is no part of the loop:
/// first-order plant with the controller on the valve of a bypass is more than is needed here; the
/// controller drives the fan of a dry cooler.
TEST_CASE("pi: settles without offset, leaves saturation at once") {
  Rig r;
  r.add("dc", "dry_cooler", {{"design_flow", 20.0}, {"design_air_flow", 70.0}, {"fan_power", 2e4}});
  r.add("heat", "test_heater").add("pump", "pump", {{"design_flow", 20.0}, {"design_head", 1e5}});
  r.add("v", "expansion_vessel");
  r.add("pi", "pi_temperature", {{"gain", 0.1}, {"integral_time", 80.0}, {"lo", 0.1}});
  r.node("a", {"pump.out", "heat.in", "v.port"}, 0.2).node("b", {"heat.out", "dc.in"}, 0.2);
  r.node("c", {"dc.out", "pump.in"}, 0.2);
  r.power({"pump.supply", "dc.supply"});
  r.set("heat.heat", 4e5).set("dc.ambient_temp", 293.15);
  r.link("pi.measurement", "c.temp").set("pi.setpoint", 303.15).link("dc.fan_speed", "pi.out");
  r.build();
  r.watch = {"c.temp", "pi.out", "pi.integral"};
  r.run(7200.0, solve::profile_named("thermal"),
        {r.change(600.0, "heat.heat", 3e6), r.change(3000.0, "heat.heat", 3e5)});
  CHECK(r.get("c.temp") == doctest::Approx(303.15).epsilon(1e-5));
  // During the overload the output sits at its limit and so does the integral: no wind-up, so the
  // output moves as soon as the temperature has come back.
  double highest = 0.0, coldest = 400.0, lag = 1e9, back = 0.0;
  for (size_t i = 0; i < r.times.size(); ++i) {
    if (r.times[i] > 2500.0 && r.times[i] < 3000.0) highest = std::max(highest, r.recorded[2][i]);
    if (r.times[i] <= 3000.0) continue;
    coldest = std::min(coldest, r.recorded[0][i]);
    if (back == 0.0 && r.recorded[0][i] < 303.15) back = r.times[i];
    if (lag == 1e9 && back > 0.0 && r.recorded[1][i] < 0.95) lag = r.times[i] - back;
  }
  CHECK(highest < 1.01);
  CHECK(lag < 15.0);
  CHECK(coldest > 303.15 - 6.0);
}

}  // namespace
}  // namespace steppe::test
