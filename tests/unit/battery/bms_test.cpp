// Battery management: the estimate against a simulated truth, limits, warming, protection.
#include "models/battery/bms.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/battery/cell_step.h"
#include "tests/unit/battery/process_bench.h"

using namespace steppe;
using namespace steppe::models;
using test::ProcessBench;

namespace {

/// A 3 Ah cell with the management's own parameters.
Bms::Params small_cell() {
  Bms::Params p;
  Bms::params().set_defaults(&p);
  p.cell_capacity = 3.0 * 3600.0;
  p.r0 = 0.026;
  p.r1 = 0.010;
  p.r2 = 0.010;
  prepare_cell(p);
  return p;
}

/// Dynamic load between two states of charge, with pulses of a minute; the whole range takes 2 h.
double duty(double t, bool& down, double soc, double low, double high) {
  if (soc < low) down = false;
  if (soc > high) down = true;
  const double mean = down ? 1.5 : -1.5;
  return mean *
         (1.0 + 0.6 * std::sin(2.0 * M_PI * t / 120.0) + (std::fmod(t, 300.0) < 40.0 ? 0.4 : 0));
}

struct Trial {
  double late = 0.0, plateau = 0.0;  ///< largest error after the first knee, and on the plateau
  double knee_nees = 0.0, plateau_nees = 0.0;
  int knee = 0, flat = 0;
  double capacity = 1.0, capacity_sd = 0.0;  ///< what the filter says at the end
};

/// A truth with the filter's own noise, from 60 % on.
Trial trial(uint64_t seed, double error, double capacity, double capacity_sd, double low,
            double high, double hours) {
  const Bms::Params p = small_cell();
  const SocFilter::Noise noise;
  Rng rng(seed, "truth");
  CellState truth{.soc = 0.6};
  SocFilter filter(p, std::clamp(0.6 + error, 0.0, 1.0), 0.1, capacity_sd, noise);
  const CellStepper step(p, 1.0);
  Trial out;
  bool down = true, knee_seen = false;
  int crossings = 0;
  for (int t = 0; t < hours * 3600; ++t) {
    const bool was = down;
    const double i = duty(t, down, truth.soc, low, high);
    crossings += was != down ? 1 : 0;
    step.current(truth, i, 298.15, {capacity, 1.0});
    truth.temp = 298.15;
    truth.soc += std::sqrt(noise.soc) * rng.normal();
    truth.v1 += std::sqrt(noise.pair) * rng.normal();
    truth.v2 += std::sqrt(noise.pair) * rng.normal();
    const auto c = cell_point(p, truth.soc, 298.15);
    const double r0 = p.r0 * (i < 0 ? c.charge : c.discharge);
    const double v = c.u + c.m * truth.hysteresis - truth.v1 - truth.v2 - i * r0 +
                     std::sqrt(noise.voltage) * rng.normal();
    filter.step(1.0, i, v, 298.15, 1.0);
    const double off = filter.soc() - truth.soc;
    knee_seen = knee_seen || crossings > 0;
    if (knee_seen) out.late = std::max(out.late, std::fabs(off));
    if (t % 60 != 0 || t < 600) continue;
    const double nees = off * off / (filter.sd() * filter.sd());
    if (std::fabs(filter.slope()) < SocFilter::kFlat) {
      out.plateau = std::max(out.plateau, std::fabs(off));
      out.plateau_nees += nees;
      ++out.flat;
    } else if (knee_seen) {
      out.knee_nees += nees;
      ++out.knee;
    }
  }
  out.capacity = filter.capacity();
  out.capacity_sd = filter.capacity_sd();
  return out;
}

/// 95 % band of the mean of 40 squares of a normal variable: χ²(40)/40.
constexpr int kTrials = 40;
constexpr double kBandLow = 0.61, kBandHigh = 1.48;

}  // namespace

TEST_CASE("AC-4-16 the filter finds the state of charge in one cycle and never runs off") {
  double late = 0.0, plateau = 0.0, knee = 0.0, flat = 0.0;
  for (int k = 0; k < kTrials; ++k) {
    const Trial t =
        trial(100 + static_cast<uint64_t>(k), k % 2 == 0 ? 0.1 : -0.1, 1.0, 1e-3, 0.06, 0.95, 6);
    late = std::max(late, t.late);
    plateau = std::max(plateau, t.plateau);
    knee += t.knee_nees / t.knee / kTrials;
    flat += t.plateau_nees / t.flat / kTrials;
  }
  MESSAGE("largest error after the first knee ", 100 * late, " %, on the plateau ever ",
          100 * plateau, " %; NEES at the knees ", knee, ", on the plateau ", flat);
  CHECK(late < 0.03);     // 10 % at the start
  CHECK(plateau < 0.15);  // no worse than the start allows: counting goes on
  CHECK(knee > kBandLow);
  CHECK(knee < kBandHigh);
  // Within a run the errors belong together, so the plateau has the same band.
  CHECK(flat < kBandHigh);
}

TEST_CASE("AC-4-16 the capacity is found, as sure as the duty allows, and no surer") {
  struct Duty {
    double low, high, rms;  ///< range of the state of charge; largest error after a day
  };
  for (const Duty& d : {Duty{0.06, 0.95, 0.015}, Duty{0.3, 0.9, 0.035}}) {
    CAPTURE(d.low);
    double error = 0.0, said = 0.0, nees = 0.0, soc = 0.0;
    for (int k = 0; k < kTrials; ++k) {
      Rng rng(900 + static_cast<uint64_t>(k), "capacity");
      const double truth = 1.0 / std::max(0.93, 1.0 + 0.05 * rng.normal());
      const Trial t = trial(100 + static_cast<uint64_t>(k), k % 2 == 0 ? 0.1 : -0.1, truth, 0.05,
                            d.low, d.high, 24);
      const double off = t.capacity - truth;
      error += off * off / kTrials;
      said += t.capacity_sd / kTrials;
      nees += off * off / (t.capacity_sd * t.capacity_sd) / kTrials;
      soc += t.knee_nees / t.knee / kTrials;
    }
    MESSAGE("capacity after a day between ", 100 * d.low, " and ", 100 * d.high, " %: error ",
            100 * std::sqrt(error), " % for ", 100 * said, " % said, NEES ", nees,
            "; NEES of the charge ", soc);
    CHECK(std::sqrt(error) < d.rms);
    CHECK(nees > kBandLow);
    CHECK(nees < kBandHigh);
    CHECK(soc < kBandHigh);
  }
}

TEST_CASE("on the plateau the filter does not beat counting the current") {
  const Bms::Params p = small_cell();
  SocFilter filter(p, 0.5, 0.02, 0.05, {});
  const auto c = cell_point(p, 0.5, 298.15);
  // An hour at rest with 10 mV of error in the voltage: 25 % of charge by the slope alone.
  for (int t = 0; t < 3600; ++t) filter.step(1.0, 0.0, c.u + 0.010, 298.15, 1.0);
  CHECK(std::fabs(filter.soc() - 0.5) < 0.03);
}

namespace {
struct Loop {
  ProcessBench b{"bms"};
  Bms::Params p;
  CellState cell{.soc = 0.5};
  CellAge age;
  double order = -1e9, power = 0.0, ambient = 298.15;
  explicit Loop(std::initializer_list<std::pair<const char*, core::ParamValue>> values) {
    for (const auto& [name, v] : values) b.set(name, v);
    b.set("series", int64_t{1});
    b.set("parallel", int64_t{1});
    p = *static_cast<const Bms::Params*>(b.params.get());
    prepare_cell(p);
  }
  void show(double current) {
    const auto c = cell_point(p, cell.soc, cell.temp);
    const double r = p.r0 * age.resistance * (current < 0 ? c.charge : c.discharge);
    b.input("cell_voltage") = c.u + c.m * cell.hysteresis - cell.v1 - cell.v2 - current * r;
    b.input("c_rate") = current * 3600.0 / p.cell_capacity;
    b.input("temp") = cell.temp;
    b.input("soc") = cell.soc;
    b.input("order") = order;
  }
  void start() {
    show(0.0);
    b.start();
  }
  void run(double until, double dt = 1.0) {
    CellParams wide = p;
    wide.charge_rate = wide.discharge_rate = 10.0;
    wide.soc_min = 0.0;
    wide.soc_max = 1.0;
    wide.v_min = 2.0;
    wide.v_max = 3.8;
    const CellStepper step(wide, dt);
    b.run(until, [&](double) {
      const double want = std::clamp(order, -b.output("p_charge_max"), b.output("p_discharge_max"));
      const auto r = step.power(cell, b.output("enable") > 0.5 ? want : 0.0, ambient, age);
      power = r.current * r.voltage;
      show(r.current);
    });
  }
};
}  // namespace

TEST_CASE("constant current, then constant voltage, then full below C/20") {
  Loop loop({{"soc_initial", 0.5}, {"soc_max", 1.0}, {"preheat", std::string("off")}});
  loop.start();
  loop.run(600.0);
  CHECK(loop.b.input("c_rate") == doctest::Approx(-0.5).epsilon(0.02));
  double highest = 0.0;
  for (double t = 700.0; t < 3 * 3600.0; t += 10.0) {
    loop.run(t);
    highest = std::max(highest, loop.b.input("cell_voltage"));
  }
  MESSAGE("highest cell voltage ", highest, " V for 3.55 V, charge ", loop.cell.soc);
  CHECK(highest < 3.55 + 0.015);
  CHECK(highest > 3.55 - 0.015);
  CHECK(loop.b.output("state") == 3.0);
  CHECK(loop.b.output("p_charge_max") == 0.0);
  CHECK(loop.cell.soc > 0.97);
  CHECK(loop.b.kpi("bms_trips") == 0.0);
}

TEST_CASE("AC-4-13 charge waits for the heater; without one the table of temperature holds") {
  Loop cold({{"soc_initial", 0.5}});
  cold.cell.temp = cold.ambient = 258.15;
  cold.start();
  CHECK(cold.b.output("p_charge_max") == 0.0);
  CHECK(cold.b.output("state") == 1.0);
  CHECK(cold.b.output("heat_setpoint") == doctest::Approx(291.15));
  cold.order = 1e9;  // discharge needs no warming
  cold.run(10.0);
  CHECK(cold.b.output("heat_setpoint") == doctest::Approx(278.15));
  CHECK(cold.b.output("p_discharge_max") > 0.0);
  cold.order = -1e9;
  cold.ambient = 291.0;
  cold.run(6 * 3600.0);
  CHECK(cold.cell.temp > 283.15);
  CHECK(cold.cell.soc > 0.5);

  Loop off({{"soc_initial", 0.5}, {"preheat", std::string("off")}});
  off.cell.temp = off.ambient = 283.15;
  off.start();
  off.run(600.0);
  CHECK(off.b.input("c_rate") == doctest::Approx(-0.16).epsilon(0.05));
  off.cell.temp = off.ambient = 272.0;
  off.run(1200.0);
  CHECK(off.b.output("p_charge_max") == 0.0);
}

TEST_CASE("protection: electrical trips return, the third stays; heat and gas stay until reset") {
  Loop loop({{"soc_initial", 0.5}});
  loop.start();
  const auto hold = [&](double from, double to, double volts) {
    loop.b.run(to, [&](double t) {
      loop.show(0.0);
      if (t >= from) loop.b.input("cell_voltage") = volts;
    });
  };
  hold(10.0, 12.0, 2.4);  // shorter than the delay
  hold(1e9, 20.0, 0.0);
  CHECK(loop.b.output("enable") == 1.0);
  hold(20.0, 26.0, 2.4);
  CHECK(loop.b.output("enable") == 0.0);
  CHECK(loop.b.output("state") == 4.0);
  hold(1e9, 100.0, 0.0);
  CHECK(loop.b.output("enable") == 1.0);
  hold(100.0, 106.0, 3.8);
  hold(1e9, 200.0, 0.0);
  CHECK(loop.b.output("enable") == 1.0);
  hold(200.0, 206.0, 3.8);
  CHECK(loop.b.output("state") == 5.0);
  hold(1e9, 2000.0, 0.0);
  CHECK(loop.b.output("enable") == 0.0);
  CHECK(loop.b.process->command("reset", 0.0, loop.b));
  hold(1e9, 2010.0, 0.0);
  CHECK(loop.b.output("enable") == 1.0);
  CHECK(loop.b.kpi("bms_trips") == 3.0);

  for (const char* what : {"gas", "spread", "rise", "hot"}) {
    CAPTURE(std::string(what));
    Loop one({{"soc_initial", 0.5}});
    one.start();
    const auto rest = [&](double until) { one.b.run(until, [&](double) { one.show(0.0); }); };
    rest(10.0);
    const std::string w = what;
    if (w == "gas") one.b.input("gas") = 1.0;
    if (w == "spread") one.b.input("temp_max") = 298.15 + 11.0;
    if (w == "hot") one.cell.temp = 332.0;
    if (w == "rise") {
      one.b.input("temp_max") = 298.15;
      rest(11.0);
      one.b.input("temp_max") = 300.0;
    }
    rest(13.0);
    CHECK(one.b.output("enable") == 0.0);
    CHECK(one.b.output("state") == 5.0);
    CHECK(one.b.output("p_discharge_max") == 0.0);
  }
}

TEST_CASE("resistance and capacity of an aged cell are found") {
  Loop loop({{"soc_initial", 0.9},
             {"soc_max", 1.0},
             {"soc_min", 0.0},
             {"v_charge", 3.5},
             {"preheat", std::string("off")},
             {"capacity_sd", 0.1},
             {"period", 2.0}});
  loop.age = {0.85, 1.5};
  loop.cell.soc = 0.9;
  loop.start();
  double t = 0.0;
  for (int cycle = 0; cycle < 3; ++cycle) {
    for (double sign : {1.0, -1.0}) {
      const double end = t + 2.6 * 3600.0;
      for (; t < end; t += 60.0) {  // pauses of ten minutes show steps of the current
        loop.order = std::fmod(t, 1800.0) < 600.0 ? 0.0 : sign * 1e9;
        loop.run(t, 2.0);
      }
    }
  }
  MESSAGE("resistance ", loop.b.output("resistance_factor"), " for 1.5, capacity ",
          loop.b.output("capacity_factor"), " for 0.85, ", loop.b.output("capacity_sd"), " said");
  CHECK(loop.b.output("capacity_factor") == doctest::Approx(0.85).epsilon(0.02));
  CHECK(std::fabs(loop.b.output("capacity_factor") - 0.85) < 2.5 * loop.b.output("capacity_sd"));
  CHECK(loop.b.output("resistance_factor") == doctest::Approx(1.5).epsilon(0.12));
}
