#include "models/economics/growth_plan.h"

#include "models/economics/finance.h"
#include "tests/unit/economics/support.h"

using namespace steppe;
using namespace steppe::test;
using namespace steppe::models;

TEST_CASE("growth plan: the run's own peak against each limit, by logarithm") {
  GrowthPlan::Params p;
  GrowthPlan::params().set_defaults(&p);
  p.rate = 0.3;
  p.transformer = 20e6;
  p.power_factor = 0.97;
  p.cooling = 9e6;
  p.backup = 6 * 3.6e9;
  p.autonomy = 900.0;
  GrowthPlan g(p, economics_setup(kJanuary));
  EconomicsContext c;
  c.exchange = core::from_seconds(60.0);
  c.end = core::from_seconds(7200.0);
  for (int m = 0; m <= 120; ++m) {
    // A quarter at 10 MW, and a minute of 30 MW whose quarter has a mean of 8 + 22 / 15 MW.
    const double power = m >= 30 && m < 45 ? 10e6 : m == 70 ? 30e6 : 8e6;
    c.now = core::from_seconds(60.0 * m);
    c.inputs = {{0, power}, {1, INFINITY}};
    g.update(c);
  }
  const auto k = g.kpis();
  const double year = 365.0 * 86400.0;
  CHECK(kpi(k, "growth_transformer_used") == doctest::Approx(10.0 / 19.4));
  CHECK(kpi(k, "growth_transformer_runs_out") ==
        doctest::Approx(year * std::log(1.94) / std::log(1.3)));
  CHECK(kpi(k, "growth_cooling_used") == doctest::Approx(10.0 / 9.0));
  CHECK(kpi(k, "growth_cooling_runs_out") == 0.0);
  CHECK(kpi(k, "growth_battery_used") == doctest::Approx(10.0 / 24.0));
  for (const auto& x : k) CHECK(x.name.find("feeder") == std::string::npos);
}
