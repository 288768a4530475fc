// What a battery costs in processor time: a cell step, and twenty years of a container. Prints a
// table.
// Run: build/tests/perf_tests -tc='*battery*'
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <ctime>

#include "models/battery/ageing_account.h"
#include "models/battery/cell_step.h"
#include "tests/unit/battery/process_bench.h"

using namespace steppe;
using namespace steppe::models;

namespace {
/// Processor time [s]: other work on the machine does not count.
double now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
}  // namespace

TEST_CASE("battery: a cell step, and twenty years") {
  const CellParams p = test::default_cell();
  for (const auto& [name, ageing] : {std::pair{"R0 + 2 RC, hysteresis, thermal", false},
                                     std::pair{"the same with ageing", true}}) {
    double best = 1e9;
    for (int repeat = 0; repeat < 20; ++repeat) {
      CellState s;
      AgeingAccount account(AgeingModel::naumann, 1.0, false);
      const CellStepper step(p, 1.0);
      constexpr int kSteps = 100000;
      const double t = now();
      for (int k = 0; k < kSteps; ++k) {
        const double i = (k & 0x1000) ? 80.0 : -80.0;
        step.current(s, i, 298.15, {});
        if (ageing) account.sample(1.0, s.soc, s.temp, i / 314.0);
      }
      best = std::min(best, (now() - t) / kSteps);
      CHECK(s.soc > 0.0);
    }
    fmt::print("{:<32} {:6.1f} ns a step (goal 100 ns)\n", name, 1e9 * best);
  }
  test::ProcessBench b("battery_life");
  const double t = now();
  b.start();
  b.run(20 * 365.25 * 86400.0);
  fmt::print("{:<32} {:6.2f} s (goal 1 s), fade {:.1f} %\n", "20 years of daily duty, 300 s steps",
             now() - t, 100.0 * b.kpi("battery_capacity_fade"));
}
