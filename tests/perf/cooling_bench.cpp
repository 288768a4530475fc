// What cooling studies cost: a year of a full plant (eight rows, each with its own loop) at 5-min
// and 1-min exchange, an hour of a pump trip at 0.1 s. Prints wall and processor time; nothing here
// fails on a slow machine. Run: ./steppe test -L perf -V, or build/tests/perf_tests -tc='cooling*'
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include "inference_load/registry.h"
#include "models/registry.h"
#include "sim/app/simulation.h"

using namespace steppe;

namespace {

double processor_seconds() {
  rusage u{};
  getrusage(RUSAGE_SELF, &u);
  return static_cast<double>(u.ru_utime.tv_sec) + 1e-6 * static_cast<double>(u.ru_utime.tv_usec);
}

}  // namespace

TEST_CASE("cooling: a year of a full plant, an hour of a pump trip") {
  setenv("STEPPE_HOME", STEPPE_SOURCE_DIR, 1);
  core::Registry registry = models::registry();
  for (auto& t : load::process_types()) registry.add(std::move(t));
  struct Row {
    const char *file, *what;
    std::vector<app::Override> set;
    double goal;
  };
  const app::Override minute{"profile.exchange", "60s"};
  std::vector<Row> rows;
  for (const char* plant :
       {"cooling-dry", "cooling-tower", "cooling-hybrid", "cooling-evaporative"}) {
    rows.push_back({"hall-year.yaml", plant, {{"params.cooling", plant}}, 15});
    rows.push_back({"hall-year.yaml", "  1 min", {{"params.cooling", plant}, minute}, 60});
  }
  rows.push_back({"studies/cdu-pump-trip.yaml", "pump trip, 1 h at 0.1 s", {}, 5});
  for (const auto& row : rows) {
    Diagnostics d;
    auto sim = app::Simulation::load(std::string(STEPPE_SOURCE_DIR) + "/scenarios/" + row.file,
                                     row.set, "", registry, d);
    if (!sim) FAIL(d.render());
    const double before = processor_seconds();
    const auto r = sim->run({});
    fmt::print(
        "{:<24} {:6.1f} s processor, {:6.1f} s wall (goal {:.0f} s)  {} unknowns  {} steps\n",
        row.what, processor_seconds() - before, r.wall_s, row.goal, sim->system().size(),
        r.summary.statistics.steps);
    CHECK(r.status == app::RunResult::Status::complete);
  }
}
