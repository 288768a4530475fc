#include "models/economics/green_supply.h"

#include "models/economics/renewables.h"
#include "tests/unit/economics/support.h"

using namespace steppe;
using namespace steppe::test;
using namespace steppe::models;

namespace {

GreenSupply::Params defaults() {
  GreenSupply::Params p;
  GreenSupply::params().set_defaults(&p);
  return p;
}

/// A day with sun only: 8 MW of modules from 6 to 18 h at 1000 W/m2 and 25 °C, a site of 5 MW.
std::vector<core::ProcessKpi> day(const GreenSupply::Params& p) {
  GreenSupply g(p, economics_setup());
  EconomicsContext c;
  c.exchange = core::from_seconds(60.0);
  c.end = core::from_seconds(86400.0);
  for (int m = 0; m <= 1440; ++m) {
    const bool sun = m >= 360 && m < 1080;
    c.now = core::from_seconds(60.0 * m);
    c.inputs = {{0, 5e6}, {1, 0.0}, {2, sun ? 1000.0 : 0.0}, {3, 298.15}, {4, 1.225}, {5, 4e6}};
    g.update(c);
  }
  return g.kpis();
}
constexpr double kMwh = 3.6e9;

}  // namespace

TEST_CASE("green supply: a direct line uses, exports and curtails what the balance says") {
  auto p = defaults();
  p.pv_rating = 10e6;  // 7.38 MW at 1000 W/m2 (AC-5-10)
  p.line_capacity = 7e6;
  p.export_limit = 1e6;
  const auto x = GreenSupply::split(p, 7.38e6, 5e6);
  CHECK(x.used == doctest::Approx(5e6));
  CHECK(x.exported == doctest::Approx(1e6));
  CHECK(x.curtailed == doctest::Approx(1.38e6));
  CHECK(x.grid == doctest::Approx(-1e6));
  const auto k = day(p);
  CHECK(kpi(k, "energy_renewable") == doctest::Approx(60.0 * kMwh));
  CHECK(kpi(k, "energy_curtailed") == doctest::Approx(12 * 1.38 * kMwh));
  CHECK(kpi(k, "renewable_share_hourly") == doctest::Approx(0.5));
  CHECK(kpi(k, "renewable_share_annual") == doctest::Approx(0.5));
  CHECK(kpi(k, "carbon_location") == doctest::Approx(0.6849 * 60e3));
  // Location: 0.6849 · PUE · share of the grid (AC-5-09).
  CHECK(kpi(k, "cue_location") * 3.6e6 == doctest::Approx(0.6849 * 1.25 * 0.5));
  CHECK(kpi(k, "cost_green") == doctest::Approx(72e3 * 0.25 - 12e3 * 0.2829));
}

TEST_CASE("green supply: by the year an agreement covers more than hour by hour") {
  auto p = defaults();
  p.contract = GreenSupply::Contract::as_produced;
  p.pv_rating = 10e6;
  const auto k = day(p);
  // 88.56 MWh produced in 12 h, 120 MWh used in 24 h.
  CHECK(kpi(k, "renewable_share_hourly") == doctest::Approx(0.5));
  CHECK(kpi(k, "renewable_share_annual") == doctest::Approx(88.56 / 120.0));
  CHECK(kpi(k, "carbon_location") == doctest::Approx(0.6849 * 120e3));
  CHECK(kpi(k, "carbon_market") == doctest::Approx(0.6849 * (120e3 - 88.56e3)));
  CHECK(kpi(k, "cost_green") == doctest::Approx(88.56e3 * 0.25 - 28.56e3 * 0.2829));
  p.certificate_share = 1.0;
  const auto all = day(p);
  CHECK(kpi(all, "renewable_share_annual") == doctest::Approx(1.0));
  CHECK(kpi(all, "carbon_market") == doctest::Approx(0.0));
  CHECK(kpi(all, "cost_certificates") == doctest::Approx((120e3 - 88.56e3) * 0.005));
}

TEST_CASE("green supply: what is nominated is paid, produced or not") {
  auto p = defaults();
  p.contract = GreenSupply::Contract::as_nominated;
  p.pv_rating = 10e6;
  CHECK_THROWS_WITH_AS(GreenSupply(p, economics_setup()), doctest::Contains("nomination"),
                       UserError);
  p.nominated = 2e6;
  const auto k = day(p);
  CHECK(kpi(k, "cost_green") == doctest::Approx(48e3 * 0.25 + 24e3 * 0.5 - 12 * 5.38e3 * 0.2829));
  CHECK(kpi(k, "renewable_share_hourly") == doctest::Approx(0.4));
}
