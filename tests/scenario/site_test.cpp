// The shipped scenarios end to end: ledgers, profiles, zoom, restart, real traces and weather.
#include "tests/scenario/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>

#include "sim/io/result_file.h"

using namespace steppe;
using namespace steppe::test;

TEST_CASE(
    "the Ulanqab day: every joule and token accounted for; facility agrees with thermal (AC-8-05, "
    "AC-8-06)") {
  const auto thermal = run("ulanqab-day.yaml", 86400.0),
             facility = run("ulanqab-day.yaml", 86400.0, {}, "facility");
  CHECK(thermal.at("ledger_residual_energy") <= 1e-6);
  CHECK(thermal.at("ledger_residual_heat") <= 1e-6);
  CHECK(thermal.at("ledger_residual_tokens") == 0.0);
  CHECK(facility.at("ledger_residual_energy") <= 1e-4);
  CHECK(facility.at("ledger_residual_heat") <= 1e-4);
  CHECK(thermal.at("requests_completed") > 0.99 * thermal.at("requests_arrived"));
  // Plausibility band of the handbook for direct liquid cooling with HVDC in this climate, winter
  // below annual.
  CHECK(thermal.at("pue") > 1.04);
  CHECK(thermal.at("pue") < 1.13);
  CHECK(thermal.at("ride_through_violations") == 0.0);
  CHECK(thermal.at("ups_transfers") == 8.0);  // eight HVDC plants block in the dip
  for (const char* name : {"energy_site", "energy_it", "energy_grid_import"}) {
    CAPTURE(name);
    CHECK(difference(facility, thermal, name) < 0.005);
  }
  CHECK(difference(facility, thermal, "peak_site_power_15min") < 0.01);
}

TEST_CASE("electrical, thermal and facility agree on the same quarter of an hour (AC-8-06)") {
  // At the profile's own 10 ms: 90 000 exchanges. The whole day, at 2 s, is in tests/long. It
  // begins after 45 min, when the fleet that starts empty has filled.
  auto until_45 = load_site("ulanqab-day.yaml");
  const double before = kpis(until_45->run(request(2700.0))).at("energy_site");
  auto last_quarter = [&](const std::string& profile) {
    auto sim = load_site("ulanqab-day.yaml");
    auto q = request(3600.0);
    q.windows = {{0, solve::profile_named("thermal")},
                 {core::from_seconds(2700.0), solve::profile_named(profile)}};
    auto k = kpis(sim->run(q));
    k["quarter"] = k.at("energy_site") - before;
    return k;
  };
  const auto e = last_quarter("electrical"), t = last_quarter("thermal"),
             f = last_quarter("facility");
  CHECK(difference(e, t, "quarter") < 0.005);
  CHECK(difference(f, t, "quarter") < 0.005);
  CHECK(difference(e, t, "peak_site_power_15min") < 0.01);
  CHECK(difference(f, t, "peak_site_power_15min") < 0.01);
}

TEST_CASE("electrical: the ledger closes to 1e-8") {
  const auto e = run("ulanqab-day.yaml", 60.0, {}, "electrical");
  CHECK(e.at("ledger_residual_energy") <= 1e-8);
  CHECK(e.at("ledger_residual_heat") <= 1e-8);
}

TEST_CASE("a restart from a checkpoint repeats the site's run (AC-8-08)") {
  const std::string whole = temp_file("whole.h5"), first = temp_file("first.h5"),
                    rest = temp_file("rest.h5");
  auto a = load_site("ulanqab-day.yaml"), b = load_site("ulanqab-day.yaml"),
       c = load_site("ulanqab-day.yaml");
  const auto ra = a->run(request(1200.0, whole));
  b->run(request(500.0, first));
  const auto rc = c->run(request(1200.0, rest, first));
  double worst = 0.0;
  for (size_t i = 0; i < a->system().y.size(); ++i)
    worst = std::max(
        worst, std::abs(a->system().y[i] - c->system().y[i]) / (1.0 + std::abs(a->system().y[i])));
  CHECK(worst <= 1e-10);
  for (size_t k = 0; k < ra.summary.ledger.size(); ++k)
    CHECK(std::abs(ra.summary.ledger[k] - rc.summary.ledger[k]) <=
          1e-10 * (1.0 + std::abs(ra.summary.ledger[k])));
  for (const auto& f : {whole, first, rest}) fs::remove(f);
}

TEST_CASE("the site by one-step SDIRK and by the reference integrator IDA (AC-8-03)") {
  // Electrical, thermal and computing parts in one system; nothing is split that could disagree, so
  // the check compares the two ways to integrate the whole.
  const auto a = run("ulanqab-day.yaml", 600.0),
             b = run("ulanqab-day.yaml", 600.0, {{"profile.integrator", "ida"}});
  for (const char* name :
       {"energy_site", "energy_cooling", "energy_loss_chain", "peak_site_power"}) {
    CAPTURE(name);
    CHECK(difference(a, b, name) < 1e-4);
  }
}

TEST_CASE("a tighter tolerance leaves the PUE where it is (AC-8-09)") {
  const auto loose = run("ulanqab-day.yaml", 1800.0, {{"profile.rtol", "1e-4"}}),
             tight = run("ulanqab-day.yaml", 1800.0, {{"profile.rtol", "1e-8"}});
  CHECK(std::abs(loose.at("pue") - tight.at("pue")) < 1e-4);
  CHECK(loose.at("pue") != tight.at("pue"));  // or the tolerance would not have reached the solver
}

TEST_CASE("equal loads may change places, in the file and in time (AC-8-10)") {
  auto total = [](const std::array<int, 3>& order, const std::array<int, 3>& minutes) {
    std::string text =
        "steppe: 1\nname: places\nsite: {altitude: 1400 m, start: 2026-01-15 06:00, weather: "
        "none}\n"
        "run: {until: 5 min}\nprofile: {base: thermal, exchange: 10 s}\ncomponents:\n"
        "  - {id: grid, type: utility, params: {voltage: 10 kV, short_circuit_power: 350 MVA}}\n"
        "  - {id: tr, type: transformer, params: {rating: 2500 kVA, v_primary: 10 kV, v_secondary: "
        "0.4 kV}}\n"
        "  - {id: rectifier, type: rectifier, params: {modules: 10, module_rating: 30 kW}}\n";
    for (int i : order)
      text += fmt::format("  - {{id: rack{}, type: dc_load, params: {{power: 50 kW}}}}\n", i);
    text +=
        "connect:\n  - [grid.out, tr.primary]\n  - [low_voltage, tr.secondary, rectifier.in]\n"
        "  - [dc_bus, rectifier.out, rack1.in, rack2.in, rack3.in]\nevents:\n";
    for (int i = 1; i <= 3; ++i)
      text += fmt::format("  - {{at: {} min, set: rack{}.scale, to: 0.5}}\n",
                          minutes[static_cast<size_t>(i) - 1], i);
    const std::string file = temp_file("places.yaml");
    std::ofstream(file) << text;
    static const core::Registry r = registry();
    Diagnostics d;
    auto sim = app::Simulation::load(file, {}, "", r, d);
    if (!sim) FAIL(d.render());
    const auto k = kpis(sim->run(request(300.0)));
    fs::remove(file);
    return k;
  };
  const auto a = total({1, 2, 3}, {1, 2, 3}), b = total({3, 1, 2}, {1, 2, 3}),
             c = total({1, 2, 3}, {3, 1, 2});
  for (const char* name : {"energy_site", "energy_loss_chain", "peak_site_power"}) {
    CAPTURE(name);
    CHECK(difference(b, a, name) < 1e-12);
    CHECK(difference(c, a, name) < 1e-12);
  }
}

TEST_CASE("values set for a while overlap: each gives way to what holds then") {
  const std::string file = temp_file("overlap.yaml");
  std::ofstream(file)
      << "steppe: 1\nname: overlap\nsite: {altitude: 100 m, start: 2026-01-15 06:00, weather: "
         "none}\n"
         "run: {until: 10 min}\nprofile: {base: thermal, exchange: 10 s}\ncomponents:\n"
         "  - {id: grid, type: utility, params: {voltage: 10 kV, short_circuit_power: 350 MVA}}\n"
         "  - {id: office, type: ac_load, params: {power: 300 kW, voltage: 10 kV}}\n"
         "connect:\n  - [grid.out, office.in]\nevents:\n"
         "  - {at: 1 min, set: office.scale, to: 0.9}\n"
         "  - {at: 2 min, set: office.scale, to: 0.5, for: 4 min}\n"
         "  - {at: 3 min, set: office.scale, to: 0.2, for: 1 min}\n";
  static const core::Registry r = registry();
  Diagnostics d;
  auto sim = app::Simulation::load(file, {}, "", r, d);
  if (!sim) FAIL(d.render());
  const auto& system = sim->system();
  const int scale = static_cast<int>(
      std::find(system.held_names.begin(), system.held_names.end(), "office.scale") -
      system.held_names.begin());
  std::vector<double> changes;
  auto q = request(600.0);
  q.each_step = [&](double) {
    const double x = system.held.value[static_cast<size_t>(scale)];
    if (changes.empty() || changes.back() != x) changes.push_back(x);
  };
  sim->run(q);
  CHECK(changes == std::vector<double>{1.0, 0.9, 0.5, 0.2, 0.5, 0.9});
  fs::remove(file);
}

TEST_CASE("ten seconds at 1 ms inside a facility run keep the energy (AC-8-07)") {
  auto plain = load_site("ulanqab-day.yaml", {}, "facility");
  const auto a = kpis(plain->run(request(7200.0)));
  auto zoomed = load_site("ulanqab-day.yaml", {}, "facility");
  solve::Profile fine = solve::profile_named("electrical"),
                 coarse = zoomed->scenario().windows.front().profile;
  fine.exchange = fine.record = 1e-3;
  const std::string file = temp_file("zoom.h5");
  auto q = request(7200.0, file);
  q.windows = {{0, coarse}, {core::from_seconds(3600), fine}, {core::from_seconds(3610), coarse}};
  const auto b = kpis(zoomed->run(q));
  CHECK(difference(b, a, "energy_site") < 1e-3);
  CHECK(b.at("ledger_residual_energy") <= 1e-4);
  // 0, 5 min … 1 h, then 1 ms, then 5 min again; no instant twice.
  const auto time = io::ResultFile::open(file).time();
  CHECK(time.size() == 13 + 10000 + 12);
  CHECK(std::is_sorted(time.begin(), time.end(), std::less_equal<>{}));
  fs::remove(file);
}

TEST_CASE("the real Azure conversation trace and the real Zhangbei weather: every request served") {
  const std::string data = shared_data();
  if (data.empty()) return;
  std::string trace, epw;
  for (const auto& e : fs::recursive_directory_iterator(data)) {
    const auto p = e.path().string();
    if (p.find("azure2023") != std::string::npos && p.find("conv") != std::string::npos &&
        e.path().extension() == ".csv")
      trace = p;
    if (p.find("Zhangbei") != std::string::npos && e.path().extension() == ".epw") epw = p;
  }
  REQUIRE(!trace.empty());
  REQUIRE(!epw.empty());
  const auto k = run("ulanqab-trace.yaml", 3660.0, {{"load.trace", trace}, {"site.weather", epw}});
  CHECK(k.at("requests_arrived") == 19366.0);
  CHECK(k.at("requests_completed") == 19366.0);
  CHECK(k.at("requests_rejected") == 0.0);
  CHECK(std::abs(k.at("tokens_in") / 19366.0 - 1154.7) <
        0.05);  // both means are printed with one digit
  CHECK(std::abs(k.at("tokens_out") / 19366.0 - 211.1) < 0.05);
  CHECK(k.at("ledger_residual_tokens") == 0.0);
}

TEST_CASE("a month of the year scenario: free cooling in January, ledger closed") {
  const auto k = run("ulanqab-year.yaml", 31 * 86400.0);
  CHECK(k.at("hours_free_cooling") > 0.95 * 31 * 86400.0);
  CHECK(k.at("ledger_residual_energy") <= 1e-4);
  CHECK(k.at("ledger_residual_heat") <= 1e-4);
}

TEST_CASE("one plan orders battery, chilled water and genset") {
  const double days = 3.0 * 86400.0;
  const std::string none = "0MW", no_tank = "0MWh";
  const auto all = run("cold-storage.yaml", days);
  const auto no_genset = run("cold-storage.yaml", days, {{"bess_control.genset_power", none}});
  const auto battery =
      run("cold-storage.yaml", days,
          {{"bess_control.genset_power", none}, {"bess_control.cold_energy", no_tank}});
  // The tank saves in the bill itself, not in the table of services alone.
  CHECK(no_genset.at("cost_total") < battery.at("cost_total"));
  CHECK(no_genset.at("service_cold_energy") > 1e3 * 3.6e6);
  // Three hours of 4 MW: only a genset has the energy, and it is there 8 s after its order.
  CHECK(battery.at("peak_limit_exceeded") > no_genset.at("peak_limit_exceeded"));
  CHECK(no_genset.at("peak_limit_exceeded") > 1e3 * 3.6e6);
  CHECK(all.at("peak_limit_exceeded") < 20.0 * 3.6e6);
  CHECK(all.at("service_genset_fuel") > 0.0);
  for (const auto* k : {&all, &no_genset, &battery}) {
    CHECK(k->at("unserved_energy") == 0.0);
    CHECK(k->at("ledger_residual_energy") < 1e-6);
    CHECK(k->at("ledger_residual_heat") < 1e-6);
  }
}
