// The battery studies end to end: what their headers promise.
#include "tests/scenario/site.h"

using namespace steppe;
using namespace steppe::test;

namespace {
/// Signals of a run at each of its records.
struct Watched {
  std::vector<std::string> names;
  std::vector<std::vector<double>> rows;
  std::vector<double> operator[](const std::string& name) const {
    std::vector<double> out;
    for (size_t i = 0; i < names.size(); ++i)
      if (names[i] == name)
        for (const auto& r : rows) out.push_back(r[i]);
    REQUIRE_MESSAGE(!out.empty(), name);
    return out;
  }
};
std::map<std::string, double> watch(const std::string& file, double until,
                                    std::vector<app::Override> set, Watched& w) {
  auto sim = load_site(file, std::move(set));
  auto q = request(until);
  for (const auto& c : sim->channels()) w.names.push_back(c.name);  // one unit each
  q.live = [&](double, const double* v) { w.rows.emplace_back(v, v + w.names.size()); };
  const auto r = sim->run(q);
  CHECK(r.status == app::RunResult::Status::complete);
  return kpis(r);
}
}  // namespace

TEST_CASE("winter charge: nothing is charged below 10 degC, the range is told (AC-4-13)") {
  Watched w;
  const auto k = watch("studies/winter-charge.yaml", 10 * 3600.0, {}, w);
  const auto temp = w["battery.temp"], rate = w["battery.c_rate"];
  double fastest = 0.0;
  for (size_t i = 0; i < temp.size(); ++i) {
    if (temp[i] < 283.15) CHECK(rate[i] >= -1e-3);
    fastest = std::min(fastest, rate[i]);
  }
  CHECK(fastest < -0.15);
  CHECK(k.at("battery_ageing_outside_range") > 0.3);
  CHECK(k.at("bms_trips") == 0.0);
  CHECK(k.at("bms_soc_error_max") < 0.03);
}

TEST_CASE("twenty years in one run: fade of the acting model between least and most (AC-4-09)") {
  const auto k = run("studies/battery-20-years.yaml", 7305.0 * 86400.0);
  CHECK(k.at("battery_capacity_fade") > 0.1);
  CHECK(k.at("battery_capacity_fade_min") < k.at("battery_capacity_fade_max"));
  CHECK(k.at("battery_equivalent_full_cycles") > 4000.0);
}

TEST_CASE("a rack on its backup unit at the end of its life: 90 s without a gap (AC-4-18)") {
  Watched w;
  const auto k = watch("studies/rack-bbu.yaml", 300.0, {}, w);
  for (double p : w["rack.power"]) CHECK(p > 0.999 * 15e3);
  CHECK(k.at("battery_min_soc") > 0.1);
}

TEST_CASE("supercapacitors take the swings off the battery") {
  const auto with = run("studies/supercap-hybrid.yaml", 60.0),
             without =
                 run("studies/supercap-hybrid.yaml", 60.0, {{"split.time_constant", "0.02s"}});
  CHECK(with.at("battery_throughput") < 0.5 * without.at("battery_throughput"));
}

TEST_CASE("a fleet follows its order through delays and dropouts") {
  const auto k = run("studies/battery-fleet.yaml", 1200.0, {{"params.units", "6"}});
  CHECK(k.at("fleet_availability") > 0.8);
}

TEST_CASE("a data file gives what a scenario does not say, and the result holds it") {
  const auto resolved = [](std::vector<app::Override> set) {
    return load_site("studies/battery-20-years.yaml", std::move(set))->scenario().resolved;
  };
  const std::string shipped = resolved({}), own = resolved({{"life.extends", "sony-us26650"}}),
                    both = resolved({{"life.extends", "sony-us26650"}, {"life.r0", "40 mohm"}});
  CHECK(shipped.find("cell_capacity: 314 Ah") != std::string::npos);
  CHECK(own.find("cell_capacity: 3 Ah") != std::string::npos);
  CHECK(own.find("series: 416") != std::string::npos);  // the scenario's own word stays
  CHECK(both.find("r0: 40 mohm") != std::string::npos);
  CHECK(both.find("cell_capacity: 3 Ah") != std::string::npos);
}
