// The electrical studies end to end: published figures, what a fault does, what a remedy changes.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "sim/app/limits.h"
#include "sim/io/result_file.h"
#include "tests/scenario/site.h"

using namespace steppe;
using namespace steppe::test;

namespace {

bool kept(const std::string& file, const std::string& limits, const std::string& rule,
          const std::string& signal, const std::string& trigger = "") {
  const auto f = io::ResultFile::open(file);
  for (const auto& r : app::load_limits(limits, std::string(STEPPE_SOURCE_DIR) + "/data").rules)
    if (r.name == rule)
      return app::judge(r, f.time(), f.read(signal),
                        trigger.empty() ? std::vector<double>{} : f.read(trigger))
          .pass;
  FAIL("no rule ", rule);
  return false;
}

}  // namespace

TEST_CASE("AC-3-01, AC-3-06 the Frontier chain: idle 7.307, Linpack 22.95, peak 28.228 MW") {
  struct Point {
    const char *cpu, *gpu;
    double power, paper;  // kW: RAPS itself, RAPS in [Brewer 2024]
  };
  for (const Point& p :
       {Point{"0", "0", 7306.524, 7240.0}, Point{"0.33", "0.79", 22954.453, 22300.0},
        Point{"1", "1", 28227.884, 28200.0}}) {
    const auto k =
        run("studies/frontier-day.yaml", 60.0, {{"params.cpu", p.cpu}, {"params.gpu", p.gpu}});
    MESSAGE("peak ", k.at("peak_site_power") / 1e3, " kW, RAPS ", p.power);
    CHECK(k.at("peak_site_power") / (1e3 * p.power) == doctest::Approx(1.0).epsilon(1e-4));
    CHECK(k.at("peak_site_power") / (1e3 * p.paper) == doctest::Approx(1.0).epsilon(0.03));
  }
}

TEST_CASE("AC-3-06 six chains, one word: each runs, Panama loses less than a UPS on ac") {
  std::map<std::string, double> site;
  for (const char* chain : {"chain-ac-ups", "chain-hvdc-240", "chain-hvdc-336", "chain-panama",
                            "chain-800v", "chain-orv3"}) {
    CAPTURE(chain);
    site[chain] =
        run("studies/chain-comparison.yaml", 3600.0, {{"params.chain", chain}}).at("energy_site");
  }
  CHECK(site["chain-panama"] < site["chain-hvdc-240"]);
  CHECK(site["chain-hvdc-240"] < site["chain-ac-ups"]);
}

TEST_CASE("AC-4-18 15 s without any voltage: the bus of the servers stays, in every chain") {
  const auto file = temp_file("bridging.yaml");
  std::ofstream(file) << "steppe: 1\nextends: " << STEPPE_SOURCE_DIR
                      << "/scenarios/studies/chain-comparison.yaml\n"
                         "run: {until: 60 s, seed: 1}\n"
                         "profile: {base: thermal, exchange: 0.1 s, max_step: 0.05 s}\n"
                         "components:\n"
                         "  - {id: demand, params: {values: [10e6, 10e6, 10e6, 10e6]}}\n"
                         "events:\n"
                         "  - {at: 10 s, do: fail, target: utility}\n"
                         "  - {at: 25 s, do: restore, target: utility}\n";
  for (const char* chain : {"chain-ac-ups", "chain-hvdc-240", "chain-hvdc-336", "chain-panama",
                            "chain-800v", "chain-orv3"}) {
    CAPTURE(chain);
    // Full load, batteries at the 30 % that a site keeps for backup.
    auto sim = load_site(file, {{"params.chain", chain}, {"hall.battery.soc_initial", "30 %"}});
    auto& s = sim->system();
    const auto server = static_cast<size_t>(s.component_ids.at("hall.server").front());
    const auto mode = static_cast<size_t>(s.components[server].instance().first_mode);
    const auto bus = std::find_if(s.nodes.begin(), s.nodes.end(),
                                  [](const auto& n) { return n.name == "bus_10kv"; });
    REQUIRE(bus != s.nodes.end());
    auto q = request(60.0);
    int steps = 0, gaps = 0;
    double dead = 0.0;
    q.each_step = [&](double t) {
      ++steps;
      gaps += s.modes[mode] == 0 ? 0 : 1;  // 0: on; hold-up begins where the bus leaves its window
      if (s.y[static_cast<size_t>(bus->first)] < 1.0) dead = t;
    };
    const auto r = sim->run(q);
    const auto k = kpis(r);
    MESSAGE(std::string(chain), ": ", steps, " steps, least charge ", 100 * k.at("battery_min_soc"),
            " %");
    CHECK(r.status == app::RunResult::Status::complete);
    CHECK(gaps == 0);
    CHECK(dead > 20.0);  // the supply was gone
    CHECK(k.at("ride_through_violations") == 0);
    CHECK(k.at("battery_min_soc") < 0.295);
  }
  fs::remove(file);
}

TEST_CASE("AC-5-04 six dips: counting drops the site to battery, the remedy keeps it") {
  const auto file = temp_file("virginia.h5");
  auto sim = load_site("studies/virginia-dips.yaml");
  auto r = sim->run(request(120.0, file));
  CHECK(r.status == app::RunResult::Status::complete);
  CHECK(kpis(r).at("ups_transfers") == 8 * 3);  // eight halls, locked at the third
  CHECK(io::ResultFile::open(file).read("utility.p_import").back() < 1e6);
  CHECK_FALSE(kept(file, "ercot-lel", "recovery", "utility.p_import", "utility.v_pu"));
  sim = load_site("studies/virginia-dips.yaml", {{"hall.ups.lockout_count", "0"},
                                                 {"hall.ups.retransfer_delay", "0.2 s"},
                                                 {"hall.ups.walk_in", "0.6 s"}});
  r = sim->run(request(120.0, file));
  CHECK(kpis(r).at("ups_transfers") == 8 * 6);
  CHECK(kpis(r).at("ride_through_violations") == 0);
  CHECK(kept(file, "ercot-lel", "recovery", "utility.p_import", "utility.v_pu"));
  fs::remove(file);
}

TEST_CASE("REF-SAG a recorded 220 kV fault at the door of the site: no rack loses its supply") {
  const std::string data = shared_data();
  if (data.empty()) return;
  const auto k = run("studies/dip-ride-through.yaml", 20.0,
                     {{"fault.file", data + "/grid/comtrade_220kV_fault_CN/xtz.cfg"}});
  CHECK(k.at("ride_through_violations") == 0);
}

TEST_CASE(
    "REF-BLACKOUT to genset at -25 and +30 degC: racks keep their power, gensets take the site") {
  for (const char* temp : {"-25 degC", "30 degC"}) {
    const auto k = run("studies/blackout-to-genset.yaml", 300.0, {{"site.weather.temp", temp}});
    CHECK(k.at("ride_through_violations") == 0);
    CHECK(k.at("unserved_energy") == doctest::Approx(0.0).epsilon(1e-9));
  }
}

TEST_CASE("three blocks where two would do: one fails, its rows divide between the others") {
  auto sim = load_site("studies/distributed-redundant.yaml");
  const auto file = temp_file("redundant.h5");
  const auto r = sim->run(request(40.0, file));
  CHECK(kpis(r).at("ride_through_violations") == 0);
  const auto b = io::ResultFile::open(file).read("ups_b.load");
  CHECK(b.back() < 1.0);
  CHECK(b.back() / b.front() == doctest::Approx(1.5).epsilon(0.01));
  fs::remove(file);
}

TEST_CASE("an island: the battery forms it, gensets join, the servers do not notice") {
  const auto k = run("studies/islanded.yaml", 120.0);
  CHECK(k.at("ride_through_violations") == 0);
}
