#include "models/economics/meter.h"

#include "models/economics/finance.h"
#include "tests/unit/economics/support.h"

using namespace steppe;
using namespace steppe::test;
using namespace steppe::models;

namespace {

Meter::Params defaults() {
  Meter::Params p;
  Meter::params().set_defaults(&p);
  return p;
}

EconomicsContext context(double exchange, double end) {
  EconomicsContext c;
  c.exchange = core::from_seconds(exchange);
  c.end = core::from_seconds(end);
  c.inputs = {{0, 0.0}, {1, 0.0}, {2, INFINITY}};
  return c;
}

void run(Meter& m, EconomicsContext& c, double (*power)(double)) {
  for (; m.next_time() < c.end; c.now = m.next_time()) {
    c.now = m.next_time();
    c.inputs[0] = power(core::to_seconds(c.now));
    m.update(c);
  }
}

}  // namespace

TEST_CASE("meter: a flat month gives the bill of AC-5-07 in every profile") {
  for (double exchange : {60.0, 300.0, 1800.0}) {
    Meter m(defaults(), economics_setup(month_begin(12 * 56 + 3)));
    auto c = context(exchange, 720 * 3600.0);
    c.inputs[1] = 2e6;
    run(m, c, [](double) { return 100e6; });
    const auto k = m.kpis();
    CHECK(kpi(k, "cost_energy") == 31.59e6);
    CHECK(kpi(k, "cost_demand") == 3.12e6);
    CHECK(kpi(k, "cost_total") == 34.71e6);
    CHECK(close(kpi(k, "carbon"), 72e6 * 0.6849, 1e-9));
    CHECK(close(kpi(k, "cost_per_million_output_tokens"), per_million(34.71e6, 2e6 * 720 * 3600.0),
                1e-9));
    CHECK(close(c.outputs.at(Meter::kDemand), 100e6, 1e-12));
    for (const auto& x : k) CHECK((x.unit == "CNY" || x.unit == "kg"));
  }
}

TEST_CASE("meter: a run shorter than a quarter has no demand and no total") {
  Meter m(defaults(), economics_setup());
  auto c = context(1.0, 600.0);
  run(m, c, [](double) { return 6e6; });
  const auto k = m.kpis();
  CHECK(kpi(k, "cost_energy") == 216.0);  // 1 MWh in the valley
  CHECK(std::isnan(kpi(k, "cost_demand")));
  CHECK(std::isnan(kpi(k, "cost_total")));
  CHECK(std::isnan(kpi(k, "cost_per_million_output_tokens")));
}

TEST_CASE("meter: outputs, spot price, feed-in") {
  Meter m(defaults(), economics_setup());
  auto c = context(1.0, 3600.0);
  c.inputs[0] = 10e6;
  m.update(c);
  CHECK(close(c.outputs.at(Meter::kPrice) * kKwh, 0.216, 1e-12));
  CHECK(close(c.outputs.at(Meter::kCostRate), 10e3 * 0.216 / 3600, 1e-12));
  c.inputs[2] = -0.05 / kKwh;
  c.now = m.next_time();
  m.update(c);
  CHECK(close(c.outputs.at(Meter::kCostRate), -10e3 * 0.05 / 3600, 1e-12));
  c.inputs[2] = INFINITY;
  c.inputs[0] = -10e6;
  c.now = m.next_time();
  m.update(c);
  CHECK(close(c.outputs.at(Meter::kCostRate), -10e3 * 0.2829 / 3600, 1e-12));
}

TEST_CASE("meter: a checkpoint in the middle changes nothing") {
  const auto power = [](double s) { return 8e6 + 3e6 * std::sin(s / 1000.0); };
  Meter whole(defaults(), economics_setup()), first(defaults(), economics_setup()),
      second(defaults(), economics_setup());
  auto a = context(7.0, 6 * 3600.0), b = a;
  run(whole, a, power);
  b.end = core::from_seconds(10000.0);
  run(first, b, power);
  core::StateWriter w;
  first.save(w);
  core::StateReader r(w.bytes());
  second.load(r);
  CHECK(r.done());
  auto c = context(7.0, 6 * 3600.0);
  run(second, c, power);
  core::StateWriter x, y;
  whole.save(x);
  second.save(y);
  CHECK(x.bytes() == y.bytes());
  CHECK(whole.bill().total_fen() == second.bill().total_fen());
  CHECK(a.outputs == c.outputs);
}

TEST_CASE("meter: what cannot be billed is refused") {
  auto p = defaults();
  p.basis = DemandBasis::contracted;
  CHECK_THROWS_WITH_AS(Meter(p, economics_setup()), doctest::Contains("nothing is contracted"),
                       UserError);
}
