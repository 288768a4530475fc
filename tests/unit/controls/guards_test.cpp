// Freeze guard, filters in dust, setpoint reset, envelope of a hall.
#include <doctest/doctest.h>

#include "models/controls/dust_filter.h"
#include "models/controls/freeze_guard.h"
#include "models/controls/setpoint_reset.h"
#include "models/thermal/hall_monitor.h"
#include "sim/base/error.h"
#include "tests/unit/controls/player.h"

namespace steppe::test {
namespace {

constexpr double kZero = 273.15;

TEST_CASE("freeze guard: one stage after the other, back one by one, never faster than the dwell") {
  Player p(models::freeze_guard_process(), {{"limit", kZero + 5.0}, {"dwell", 180.0}});
  p.inputs = {kZero + 10.0, 1e9, kZero - 20.0};
  p.step(0.0);
  CHECK(p.values[{0, 0}] == 0.0);
  p.inputs[0] = kZero + 4.0;
  double stage = 0.0;
  for (int t = 10; t <= 900; t += 10) {
    p.step(t);
    CHECK(p.values[{0, 0}] - stage <= 1.0);
    stage = p.values[{0, 0}];
  }
  CHECK(stage == 4.0);
  CHECK(p.values[{1, 0}] == 0.0);  // fans
  CHECK(p.values[{3, 0}] == 1.0);  // bypass
  CHECK(p.kpi("freeze_guard_actions") == 4.0);
  CHECK(p.events == 4);
  p.inputs[0] = kZero + 7.0;  // within the hysteresis: stays
  p.step(2000.0);
  CHECK(p.values[{0, 0}] == 4.0);
  p.inputs[0] = kZero + 9.0;
  p.step(2200.0);
  p.step(2210.0);
  CHECK(p.values[{0, 0}] == 3.0);
  // Noise about the limit moves it at most once per dwell: 24 h / 3 min.
  for (int t = 0; t < 86400; t += 10) {
    p.inputs[0] = kZero + (t / 10 % 2 == 0 ? 4.0 : 9.0);
    p.step(3000.0 + t);
  }
  CHECK(p.events <= 4 + 1 + 480);
}

TEST_CASE("freeze guard: drains a standing coil in frost, thaws tower fans") {
  Player p(models::freeze_guard_process(), {{"drain", 1.0},
                                            {"least_flow", 1.0},
                                            {"drain_delay", 600.0},
                                            {"thaw_every", 7200.0},
                                            {"thaw_time", 300.0}});
  p.inputs = {kZero + 20.0, 0.0, kZero - 10.0};
  double reversed = 0.0;
  for (int t = 0; t <= 86400; t += 10) {
    p.step(t);
    if (t == 590) CHECK(p.values[{6, 0}] == 0.0);
    if (t == 600) CHECK(p.values[{6, 0}] == 1.0);
    reversed += 10.0 * p.values[{5, 0}];
  }
  CHECK(reversed == doctest::Approx(12 * 300.0).epsilon(0.01));
  CHECK(p.process->command("refill", 0.0, p));
  CHECK(p.values[{6, 0}] == 0.0);
  CHECK_FALSE(p.process->command("no such", 0.0, p));
}

TEST_CASE("dust: mass is flow times dust; storm closes the dampers; filters are renewed") {
  // 1970-04-01 is day 91 of a leap year's count (92 with 29 February): season, factor 2.5.
  Player p(models::dust_filter_process(),
           {{"background", 60e-9}, {"storm_day", 95.0}, {"storm_days", 1.0}}, 1, 90 * 86400.0);
  p.inputs = {0.5};
  double at_day[12];
  bool closed = false;
  for (int t = 0; t <= 11 * 86400; t += 600) {
    p.step(t);
    if (t % 86400 == 0) at_day[t / 86400] = p.values[{0, 0}];
    closed = closed || p.values[{2, 0}] == 0.0;
  }
  // One ordinary day of the season: 2.5·60 µg/m3 · 2.5 m/s · 0.9 · 0.5 · 86400 s over 0.8 kg/m2.
  const double mass = 2.5 * 60e-9 * 2.5 * 0.9 * 0.5 * 86400.0;
  CHECK(at_day[1] - at_day[0] == doctest::Approx(1.5 * mass / 0.8).epsilon(1e-9));
  // A day of storm instead: 3000 µg/m3.
  const double stormy = 3000e-9 * 2.5 * 0.9 * 0.5 * 86400.0;
  CHECK(at_day[11] - at_day[0] == doctest::Approx(1.5 * (10 * mass + stormy) / 0.8).epsilon(1e-6));
  CHECK(closed);
  Player fast(models::dust_filter_process(), {{"background", 1e-5}, {"capacity", 0.1}});
  double most = 0.0;
  for (int t = 0; t <= 5 * 86400; t += 600) {
    fast.step(t);
    most = std::max(most, fast.values[{0, 0}]);
  }
  CHECK(most < 2.5);
  // A filter lasts the whole sampling periods that its capacity needs.
  const double periods = std::ceil(0.1 / (1e-5 * 2.5 * 0.9 * 600.0));
  CHECK(fast.kpi("filters_renewed") == std::floor(5 * 144 / periods));
}

TEST_CASE("setpoint reset: on its line, held beyond, no faster than its rate") {
  Player p(models::setpoint_reset_process(), {{"from", kZero},
                                              {"to", kZero + 20.0},
                                              {"at_from", kZero + 24.0},
                                              {"at_to", kZero + 18.0},
                                              {"rate", 2.0 / 3600.0}});
  p.inputs = {kZero + 10.0};
  p.step(0.0);
  CHECK(p.values[{0, 0}] == doctest::Approx(kZero + 21.0));
  p.inputs = {kZero + 40.0};
  p.step(1800.0);
  CHECK(p.values[{0, 0}] == doctest::Approx(kZero + 20.0));
  p.step(36000.0);
  CHECK(p.values[{0, 0}] == doctest::Approx(kZero + 18.0));
  CHECK_THROWS_AS(Player(models::setpoint_reset_process(), {{"from", kZero + 20.0}, {"to", kZero}}),
                  UserError);
}

TEST_CASE("ASHRAE TC9.9 2021: allowable dry bulb at 1412 m") {
  // Less 1 K per 300, 300, 175, 125 m above 900 m.
  CHECK(models::ashrae_allowable(0, 1412.0) - kZero == doctest::Approx(30.3).epsilon(2e-3));
  CHECK(models::ashrae_allowable(1, 1412.0) - kZero == doctest::Approx(33.3).epsilon(2e-3));
  CHECK(models::ashrae_allowable(2, 1412.0) - kZero == doctest::Approx(37.1).epsilon(2e-3));
  CHECK(models::ashrae_allowable(3, 1412.0) - kZero == doctest::Approx(40.9).epsilon(2e-3));
  CHECK(models::ashrae_allowable(1, 500.0) - kZero == 35.0);
}

TEST_CASE("hall monitor: alarms with delay and hysteresis, hours, worst hour") {
  Player p(models::hall_monitor_process(), {{"altitude", 1412.0}, {"delay", 60.0}});
  p.inputs = {kZero + 25.0, kZero + 5.0, 1.1e6, 1e6};
  const auto play = [&](double from, double to, double inlet, double site) {
    p.inputs[0] = kZero + inlet;
    p.inputs[2] = site;
    for (double t = from; t < to; t += 10.0) p.step(t);
  };
  play(0.0, 3600.0, 25.0, 1.1e6);
  CHECK(p.events == 0);
  play(3600.0, 3650.0, 28.0, 1.1e6);  // shorter than the delay
  play(3650.0, 7200.0, 25.0, 1.1e6);
  CHECK(p.events == 0);
  play(7200.0, 10800.0, 34.0, 1.3e6);
  CHECK(p.values[{0, 0}] == 2.0);
  play(10800.0, 14400.0, 26.8, 1.1e6);  // within 0.5 K of the limit: still warm
  CHECK(p.values[{0, 0}] == 1.0);
  play(14400.0, 18010.0, 26.0, 1.1e6);
  CHECK(p.values[{0, 0}] == 0.0);
  CHECK(p.last_event == "none");
  CHECK(p.kpi("hours_above_allowable") / 3600 == doctest::Approx(1.0).epsilon(0.01));
  CHECK(p.kpi("hours_above_recommended") / 3600 ==
        doctest::Approx(1.0 + 50.0 / 3600).epsilon(0.01));
  CHECK(p.kpi("pue_worst_hour") == doctest::Approx(1.3).epsilon(0.001));
  CHECK(p.kpi("pue_worst_hour_at") == doctest::Approx(2.0));
  CHECK(p.kpi("hours_too_dry") == 0.0);
}

TEST_CASE("hall monitor: the rise is of any hour and any quarter, not between two samples") {
  const auto rises = [](auto inlet, double until) {
    Player p(models::hall_monitor_process(), {{"altitude", 1412.0}});
    p.inputs = {kZero + inlet(0.0), 0.0, 0.0, 0.0};
    for (double t = 0.0; t <= until; t += 10.0) {
      p.inputs[0] = kZero + inlet(t);
      p.step(t);
    }
    return std::pair{p.kpi("max_inlet_rise"), p.kpi("max_inlet_rise_15min")};
  };
  const double h = 3600.0;
  // A step of 2 K between two samples is 2 K within an hour, not 720 K/h.
  auto r = rises([&](double t) { return t < h ? 22.0 : 24.0; }, 3 * h);
  CHECK(r.first == doctest::Approx(2.0));
  CHECK(r.second == doctest::Approx(2.0));
  // 6 K/h for three hours.
  r = rises([&](double t) { return 20.0 + 6.0 * t / h; }, 3 * h);
  CHECK(r.first == doctest::Approx(6.0).epsilon(1e-9));
  CHECK(r.second == doctest::Approx(1.5).epsilon(1e-9));
  // Falling does not count; a sine of amplitude 5 K and period 2 h rises 10 K in its hour.
  r = rises([&](double t) { return 30.0 - 8.0 * t / h; }, h);
  CHECK(r.first == 0.0);
  r = rises([&](double t) { return 25.0 + 5.0 * std::sin(M_PI * t / h); }, 6 * h);
  CHECK(r.first == doctest::Approx(10.0).epsilon(1e-3));
  CHECK(r.second == doctest::Approx(10.0 * std::sin(M_PI / 8.0)).epsilon(1e-3));
}

}  // namespace
}  // namespace steppe::test
