// The whole day in every profile (AC-8-06). The electrical one runs its fast states at 2 s of
// exchange: at its own 10 ms the day would take an hour, and tests/scenario compares a quarter of
// an hour of that.
#include <fmt/format.h>

#include "tests/scenario/site.h"

using namespace steppe::test;

TEST_CASE("electrical, thermal and facility agree on the day (AC-8-06)") {
  const auto e = run("ulanqab-day.yaml", 86400.0, {{"profile.exchange", "2s"}}, "electrical"),
             t = run("ulanqab-day.yaml", 86400.0),
             f = run("ulanqab-day.yaml", 86400.0, {}, "facility");
  CHECK(e.at("ledger_residual_energy") <= 1e-8);
  CHECK(e.at("ledger_residual_heat") <= 1e-8);
  for (const char* name :
       {"energy_site", "energy_it", "energy_grid_import", "peak_site_power_15min"}) {
    const double limit = std::string(name) == "peak_site_power_15min" ? 0.01 : 0.005;
    fmt::print("{:<24} electrical {:+.4f} %, facility {:+.4f} % of thermal\n", name,
               100.0 * (e.at(name) / t.at(name) - 1.0), 100.0 * (f.at(name) / t.at(name) - 1.0));
    CAPTURE(name);
    CHECK(difference(e, t, name) < limit);
    CHECK(difference(f, t, name) < limit);
  }
}
