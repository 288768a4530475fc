// Battery controller: priorities on a hand-made context, and a training job smoothed on a site.
#include "models/grid/bess_control.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;
using models::BessControl;

namespace {

struct Context final : core::ProcessContext {
  std::map<int, double> inputs{{0, 0.0}, {1, 0.0}, {2, 0.7}, {3, INFINITY}};
  std::map<int, double> outputs;
  double in(int i, int) const override { return inputs.at(i); }
  void out(int o, double v, int) override { outputs[o] = v; }
  void ramp(int o, double v, double, int) override { outputs[o] = v; }
  void discontinuity() override {}
  void event(const std::string&, const std::string&, const std::string&,
             const std::string&) override {}
};

/// Feeds a load series [W], one value per second; the battery follows its order. Returns the power
/// from the grid.
std::vector<double> serve(BessControl& c, const std::vector<double>& load, double soc,
                          double* low_soc = nullptr, double energy = 20e6 * 3600.0) {
  Context x;
  double battery = 0.0;
  std::vector<double> grid;
  for (size_t k = 0; k < load.size(); ++k) {
    x.now = core::from_seconds(static_cast<double>(k));
    x.inputs[0] = load[k] - battery;
    x.inputs[1] = battery;
    x.inputs[2] = soc;
    c.update(x);
    battery = x.outputs.at(0);
    soc -= battery / energy;
    if (low_soc) *low_soc = std::min(*low_soc, soc);
    grid.push_back(load[k] - battery);
  }
  return grid;
}

BessControl::Params defaults() {
  BessControl::Params p;
  BessControl::params().set_defaults(&p);
  return p;
}

}  // namespace

TEST_CASE("the battery starts at rest, whatever the search for a steady start had it do") {
  auto p = defaults();
  p.ramp_limit = 1e6 / 60.0;
  BessControl c(p);
  Context x;
  x.inputs[0] = 15e6;
  x.inputs[1] = -9.8e6;
  c.update(x);
  CHECK(x.outputs.at(BessControl::kPSet) == 0.0);
}

TEST_CASE("ramp smoothing: a step of 8 MW reaches the grid at 2 MW/min") {
  auto p = defaults();
  p.ramp_limit = 2e6 / 60.0;
  p.soc_gain = 0.0;
  BessControl c(p);
  std::vector<double> load(600, 10e6);
  for (size_t k = 60; k < load.size(); ++k) load[k] = 18e6;
  const auto grid = serve(c, load, 0.7);
  for (size_t k = 1; k < grid.size(); ++k)
    CHECK(std::abs(grid[k] - grid[k - 1]) < 2e6 / 60.0 * 1.001);
  CHECK(grid[60 + 120] == doctest::Approx(14e6).epsilon(0.01));
  CHECK(grid.back() == doctest::Approx(18e6).epsilon(1e-6));
}

TEST_CASE("peak shaving holds the limit until the reserve, which outranks it") {
  auto p = defaults();
  p.peak_limit = 15e6;
  p.soc_gain = 0.0;
  BessControl c(p);
  double low = 1.0;
  // 5 MW above the limit for three hours needs 15 MWh; 8 MWh lie above the reserve.
  const auto grid = serve(c, std::vector<double>(3 * 3600, 20e6), 0.7, &low);
  CHECK(grid[600] == doctest::Approx(15e6).epsilon(1e-9));
  CHECK(grid.back() > 19.5e6);
  CHECK(low >= 0.30);
  CHECK(low < 0.33);
}

TEST_CASE("state of charge comes back to its target with half of the rating at most") {
  auto p = defaults();
  BessControl c(p);
  const auto grid = serve(c, std::vector<double>(4 * 3600, 10e6), 0.4);
  CHECK(*std::max_element(grid.begin(), grid.end()) <= 15e6 + 1.0);
  double soc = 0.4;
  for (double g : grid) soc += (g - 10e6) / (20e6 * 3600.0);
  CHECK(soc == doctest::Approx(0.695).epsilon(0.01));
}

TEST_CASE("a full battery is not charged, an empty one not discharged") {
  auto p = defaults();
  p.ramp_limit = 1e6 / 60.0;
  p.soc_gain = 0.0;
  for (double soc : {0.96, 0.29}) {
    BessControl c(p);
    std::vector<double> load(30, 10e6);
    for (size_t k = 10; k < 30; ++k)
      load[k] = soc > 0.9 ? 5e6 : 15e6;  // wants to charge / discharge
    const auto grid = serve(c, load, soc);
    CHECK(grid.back() == doctest::Approx(load.back()));
  }
}

TEST_CASE("on a site: a job that swings 4 MW in steps meets 2 MW/min at the meter") {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 10e3}, {"short_circuit_power", 350e6}})
      .add("load", "ac_load", {{"voltage", 10e3}, {"power", 10e6}, {"impedance_share", 0.0}})
      .add("pcs", "pcs", {{"rating", 6e6}, {"v_ac", 10e3}})
      .add("bat", "battery", {{"series", 416}, {"parallel", 30}, {"soc_initial", 0.6}})
      .add("ems", "bess_control",
           {{"rating", 5e6}, {"ramp_limit", 2e6 / 60.0}, {"soc_target", 0.6}, {"soc_gain", 0.5}})
      .node("bus", {"grid.out", "load.in", "pcs.ac"})
      .node("dc", {"pcs.dc", "bat.dc"})
      .link("pcs.p_set", "ems.p_set")
      .link("pcs.p_discharge_max", "bat.p_discharge_max")
      .link("pcs.p_charge_max", "bat.p_charge_max")
      .link("ems.site_power", "grid.p_import")
      .link("ems.battery_power", "pcs.power")
      .link("ems.soc", "bat.soc");
  rig.watch = {"grid.p_import"};
  rig.build();
  std::vector<solve::TimelineEvent> swings;
  for (int k = 0; k < 20; ++k)
    swings.push_back(rig.change(30.0 + 30.0 * k, "load.scale", k % 2 ? 1.0 : 0.6));
  rig.run(700.0, solve::profile_named("thermal"), swings);
  // Mean over a minute, as the rule is written: sampled control lets steps through for one period.
  std::vector<double> minute(12, 0.0);
  for (size_t k = 1; k < rig.times.size(); ++k) {
    const auto m = static_cast<size_t>(rig.times[k] / 60.0);
    if (m < minute.size())
      minute[m] += (rig.times[k] - rig.times[k - 1]) * rig.recorded[0][k] / 60.0;
  }
  for (size_t m = 2; m + 1 < minute.size(); ++m) CHECK(std::abs(minute[m] - minute[m - 1]) < 2.1e6);
}

TEST_CASE("AC-2-03 a ramp limit of R on a step dP takes dP^2/(2R) from the battery") {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 10e3}, {"short_circuit_power", 5e9}})
      .add("job", "ac_load",
           {{"voltage", 10e3}, {"power", 150e6}, {"impedance_share", 0.0}, {"power_factor", 1.0}})
      .add("pcs", "pcs", {{"rating", 120e6}, {"v_ac", 10e3}, {"current_limit", 1.2}})
      .add("dc", "test_dc_source", {{"voltage", 1330.0}})
      .add("ems", "bess_control",
           {{"rating", 120e6}, {"ramp_limit", 20e6 / 60.0}, {"period", 0.1}, {"soc_gain", 0.0}})
      .node("bus", {"grid.out", "job.in", "pcs.ac"})
      .node("n", {"pcs.dc", "dc.out"})
      .set("dc.voltage_now", 1330.0)
      .set("ems.soc", 0.6)
      .link("pcs.p_set", "ems.p_set")
      .link("ems.site_power", "grid.p_import")
      .link("ems.battery_power", "pcs.power");
  rig.watch = {"pcs.power"};
  rig.build();
  auto profile = solve::profile_named("thermal");
  profile.exchange = 0.1;
  rig.run(400.0, profile, {rig.change(10.0, "job.scale", 1.0 / 3.0)});
  double charged = 0.0;
  for (size_t k = 1; k < rig.times.size(); ++k)
    charged -=
        0.5 * (rig.recorded[0][k] + rig.recorded[0][k - 1]) * (rig.times[k] - rig.times[k - 1]);
  MESSAGE("taken by the battery ", charged / 3.6e9, " MWh");
  CHECK(charged / 3.6e9 / 4.1667 == doctest::Approx(1.0).epsilon(5e-3));
}
