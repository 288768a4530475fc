// Plants and cooling studies end to end: balances, bands of PUE and WUE, what freezes, what trips.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "inference_load/registry.h"
#include "models/registry.h"
#include "sim/app/simulation.h"

using namespace steppe;

namespace {

struct Outcome {
  std::map<std::string, double> kpi;
  std::vector<solve::EventRecord> events;
  std::map<std::string, std::pair<double, double>> range;  ///< lowest and highest of a signal

  double time_of(const std::string& component, const std::string& to) const {
    for (const auto& e : events)
      if (e.component.starts_with(component) && e.to == to) return e.time;
    return std::nan("");
  }
};

Outcome run(const std::string& file, const std::vector<app::Override>& set, double until = 0.0) {
  setenv("STEPPE_HOME", STEPPE_SOURCE_DIR, 1);
  static const core::Registry registry = [] {
    core::Registry r = models::registry();
    for (auto& t : load::process_types()) r.add(std::move(t));
    return r;
  }();
  Diagnostics d;
  auto sim = app::Simulation::load(std::string(STEPPE_SOURCE_DIR) + "/scenarios/" + file, set, "",
                                   registry, d);
  if (!sim) FAIL(d.render());
  Outcome o;
  std::vector<std::string> names;
  for (const auto& c : sim->channels())
    for (int k = 0; k < c.width; ++k) names.push_back(c.name);
  app::RunRequest q;
  q.until = until;
  q.live = [&](double, const double* row) {
    for (size_t i = 0; i < names.size(); ++i) {
      auto [at, fresh] = o.range.try_emplace(names[i], row[i], row[i]);
      at->second.first = std::min(at->second.first, row[i]);
      at->second.second = std::max(at->second.second, row[i]);
    }
  };
  const auto r = sim->run(q);
  CHECK(r.status == app::RunResult::Status::complete);
  for (const auto& k : r.kpis) o.kpi[k.name] = k.value;
  o.events = r.events;
  return o;
}

constexpr double kZero = 273.15;
constexpr double kPerKwh = 3.6e6;  // kg/J -> L/kWh

/// A hall of one row: the plant's sizing scales, its year costs seconds.
std::vector<app::Override> small(const std::string& cooling) {
  return {{"params.rows", "1"}, {"params.it_power", "1 MW"}, {"params.cooling", cooling}};
}

}  // namespace

TEST_CASE("AC-6-11, AC-6-13: four plants in a winter and a summer week") {
  for (const std::string cooling :
       {"cooling-dry", "cooling-tower", "cooling-hybrid", "cooling-evaporative"}) {
    CAPTURE(cooling);
    std::map<std::string, double> pue, wue;
    for (const std::string start : {"2026-01-12", "2026-07-13"}) {
      auto set = small(cooling);
      set.push_back({"site.start", start});
      const auto o = run("hall-year.yaml", set, 7 * 86400.0);
      const auto& k = o.kpi;
      pue[start] = k.at("pue");
      wue[start] = k.at("wue") * kPerKwh;
      CHECK(k.at("ledger_residual_energy") < 1e-6);
      CHECK(k.at("ledger_residual_heat") < 1e-5);
      CHECK(k.at("unserved_energy") == 0.0);
      CHECK(k.at("hours_above_allowable") == 0.0);
      CHECK(k.at("max_inlet_temperature") < kZero + 27.0);
      // The parts of PUE sum to it, those of the cooling to the cooling.
      CHECK((k.at("energy_it") + k.at("energy_cooling") + k.at("energy_loss_chain") +
             k.at("energy_other")) /
                k.at("energy_it") ==
            doctest::Approx(k.at("pue")).epsilon(1e-12));
      double parts = 0.0;
      for (const auto& [name, v] : k)
        if (name.starts_with("energy_cooling_")) parts += v;
      CHECK(parts / k.at("energy_cooling") == doctest::Approx(1.0).epsilon(1e-12));
      CHECK(k.at("cooling_mode_changes") <= 12.0 * 7.0);
    }
    CHECK(pue["2026-01-12"] < pue["2026-07-13"]);
    CHECK(pue["2026-01-12"] > 1.04);
    CHECK(pue["2026-07-13"] < 1.35);
    if (cooling == "cooling-dry") CHECK(wue["2026-07-13"] == 0.0);
    if (cooling == "cooling-tower") {
      // 1.45–1.6 L per kWh of heat evaporated, all energy becomes heat, five cycles: 5/4 of it made
      // up, 2 % for drift.
      CHECK(wue["2026-07-13"] > 1.2);
      CHECK(wue["2026-07-13"] < 1.6 * 1.25 * 1.02 * pue["2026-07-13"]);
    }
  }
}

TEST_CASE(
    "AC-6-11: a year of the hybrid plant: PUE and WUE in their bands, few chiller hours at W32") {
  // Direct liquid cooling of 80 % with HVDC: 1.06–1.10; dry with adiabatic assist up to 0.3 L/kWh.
  const auto year = run("hall-year.yaml", small("cooling-hybrid")).kpi;
  CHECK(year.at("pue") > 1.06);
  CHECK(year.at("pue") < 1.10);
  CHECK(year.at("wue") * kPerKwh > 0.0);
  CHECK(year.at("wue") * kPerKwh < 0.3);
  auto set = small("cooling-hybrid");
  set.push_back({"site.start", "2026-01-01"});
  const auto january = run("hall-year.yaml", set, 31 * 86400.0).kpi;
  CHECK(january.at("pue") < year.at("pue"));
}

TEST_CASE("AC-6-09: loss of cooling: throttle, then trip, in the time that the water gives") {
  const auto o = run("studies/loss-of-cooling.yaml", {});
  // Water that warms: racks, CDU loop; from the pumps' stop until the chips trip.
  const double trip = o.time_of("pod.rack", "tripped") - 600.0;
  CHECK(trip > 240.0);
  CHECK(trip < 900.0);
  CHECK(o.range.at("pod.rack.throttle").first < 0.9);
  CHECK(o.kpi.at("ledger_residual_heat") < 1e-6);
}

TEST_CASE("pump trip: the standby after 20 s saves the row, after 60 s it comes too late") {
  const auto saved = run("studies/cdu-pump-trip.yaml", {}, 900.0);
  CHECK(std::isnan(saved.time_of("pod.rack", "tripped")));
  CHECK(saved.range.at("pod.rack.chip_temp").second > kZero + 75.0);
  CHECK(saved.kpi.at("ledger_residual_heat") < 1e-6);
  const auto late = run("studies/cdu-pump-trip.yaml", {{"params.standby", "60s"}}, 900.0);
  CHECK(late.time_of("pod.rack", "tripped") < 360.0);
}

TEST_CASE(
    "AC-6-09: chillers restart after a blackout: a tank keeps the hall in A2 and below 5 K in 15 "
    "min") {
  const auto with = run("studies/chiller-restart.yaml", {});
  CHECK(with.kpi.at("hours_above_allowable") == 0.0);
  CHECK(with.kpi.at("max_inlet_temperature") < kZero + 24.0 + 5.0);
  const auto without = run("studies/chiller-restart.yaml", {{"params.storage", "0.05min"}});
  CHECK(without.kpi.at("max_inlet_temperature") > with.kpi.at("max_inlet_temperature") + 5.0);
  CHECK(without.kpi.at("hours_above_allowable") > 0.0);
}

TEST_CASE("AC-6-12: nothing freezes at a cold start of -35 degC and in a cold wave") {
  for (const std::string cooling : {"cooling-dry", "cooling-hybrid"}) {
    CAPTURE(cooling);
    const auto o = run("studies/cold-start.yaml", {{"params.cooling", cooling}});
    CHECK(o.range.at("plant.water.dry_cooler.freeze").second == 0.0);
    CHECK(o.range.at("plant.water.dry_cooler.wall_temp").first > kZero - 35.0);
    CHECK(o.kpi.at("max_coolant_temperature") < kZero + 36.0);
  }
  auto set = small("cooling-tower");
  const auto wave = run("studies/cold-wave.yaml", set);
  CHECK(wave.range.at("weather.temp").first < kZero - 30.0);
  CHECK(wave.range.at("plant.water.tower.temp_out").first > kZero + 2.0);
  CHECK(wave.kpi.at("ledger_residual_heat") < 1e-5);
}

TEST_CASE("heat wave, sandstorm, district heating: the hall lives and the balance closes") {
  const auto today = run("studies/heat-wave-2045.yaml", {{"params.rows", "1"},
                                                         {"params.it_power", "1 MW"},
                                                         {"site.weather.shift_temp", "0K"},
                                                         {"site.weather.heat_wave_rise", "0K"}}),
             hot = run("studies/heat-wave-2045.yaml",
                       {{"params.rows", "1"}, {"params.it_power", "1 MW"}});
  CHECK(hot.kpi.at("pue") > today.kpi.at("pue"));
  CHECK(hot.kpi.at("hours_above_allowable") == 0.0);
  const auto storm = run("studies/sandstorm.yaml", {});
  CHECK(storm.range.at("plant.ahu.damper").first < 0.03);  // closed in the storm
  CHECK(storm.range.at("plant.dust.dust").second > 2e-6);
  CHECK(storm.range.at("plant.humidity.too_dry").second == 0.0);
  CHECK(storm.kpi.at("max_inlet_temperature") < kZero + 33.3);
  CHECK(storm.kpi.at("ledger_residual_heat") < 1e-5);
  const auto heat = run("studies/district-heating.yaml", {}, 86400.0);
  CHECK(heat.kpi.at("erf") > 0.3);
  CHECK(heat.range.at("user.unmet").second < 0.05 * 2e6);
  CHECK(heat.range.at("heat_pump.cop").first > 3.0);
  CHECK(heat.kpi.at("ledger_residual_heat") < 1e-5);
}
