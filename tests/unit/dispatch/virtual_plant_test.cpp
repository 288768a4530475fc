#include "models/dispatch/virtual_plant.h"

#include "tests/unit/economics/support.h"

using namespace steppe;
using namespace steppe::test;
using namespace steppe::models;

namespace {

VirtualPlant::Params defaults(int units) {
  VirtualPlant::Params p;
  VirtualPlant::params().set_defaults(&p);
  p.units = units;
  return p;
}

EconomicsContext context() {
  EconomicsContext c;
  c.exchange = core::from_seconds(10.0);
  c.end = core::from_seconds(86400.0);
  c.inputs = {{0, 0.0}, {1, 0.0}};
  return c;
}

double order_at(double s) { return 2e7 * std::sin(s / 3000.0); }

}  // namespace

TEST_CASE("virtual plant: N equal units are one unit of N times the size (AC-4-19)") {
  auto many = defaults(3000);
  auto one = many;
  one.units = 1;
  one.unit_rating *= 3000.0;
  one.unit_energy *= 3000.0;
  VirtualPlant a(many, economics_setup()), b(one, economics_setup());
  auto c = context(), d = context();
  for (int i = 0; i < 2000; ++i) {
    c.now = d.now = core::from_seconds(10.0 * i);
    c.inputs[0] = d.inputs[0] = order_at(10.0 * i);
    a.update(c);
    b.update(d);
    for (int o : {0, 1, 2, 3, 5})
      CHECK(std::abs(c.outputs[o] - d.outputs[o]) <= 1e-9 * std::abs(d.outputs[o]) + 1e-6);
  }
  CHECK(close(kpi(a.kpis(), "vpp_energy"), kpi(b.kpis(), "vpp_energy"), 1e-9));
}

TEST_CASE("virtual plant: limits, charge and what is kept for the owner") {
  auto p = defaults(50);
  p.spread = 0.2;
  VirtualPlant a(p, economics_setup());
  auto c = context();
  double given = 0.0;
  for (int i = 0; i < 3000; ++i) {
    c.now = core::from_seconds(10.0 * i);
    c.inputs[0] = 1e9;
    a.update(c);
    CHECK(c.outputs[VirtualPlant::kPower] <= c.outputs[VirtualPlant::kDischargeMax] + 1e-6);
    given += 10.0 * c.outputs[VirtualPlant::kPower];
  }
  // From 50 % down to 10 %, which the fade approaches.
  CHECK(c.outputs[VirtualPlant::kSoc] >= 0.10);
  CHECK(c.outputs[VirtualPlant::kSoc] < 0.11);
  CHECK(c.outputs[VirtualPlant::kPower] < 0.05 * 50 * 10e3);
  CHECK(given > 0.37 * 50 * 20e3 * 3600.0 * 0.8);
}

TEST_CASE("virtual plant: delays answer late, units come and go at their share") {
  auto p = defaults(1000);
  p.delay = 20.0;
  p.delay_spread = 0.5;
  p.period = 1.0;
  VirtualPlant a(p, economics_setup());
  auto c = context();
  c.exchange = core::from_seconds(1.0);
  std::vector<double> power;
  for (int s = 0; s <= 40; ++s) {
    c.now = core::from_seconds(s);
    c.inputs[0] = s >= 1 ? 5e6 : 0.0;
    a.update(c);
    power.push_back(c.outputs[VirtualPlant::kPower]);
  }
  CHECK(power[10] == 0.0);                                  // the quickest needs 10 s
  CHECK(power[21] == doctest::Approx(2.5e6).epsilon(0.1));  // half of them after the mean
  CHECK(power[32] == doctest::Approx(5e6));

  p = defaults(2000);
  p.away = 0.3;
  p.away_time = 2.0 * 3600.0;
  VirtualPlant b(p, economics_setup());
  auto d = context();
  d.exchange = core::from_seconds(600.0);
  for (int i = 0; i < 144; ++i) {
    d.now = core::from_seconds(600.0 * i);
    b.update(d);
    CHECK(d.outputs[VirtualPlant::kAvailable] / 2000.0 == doctest::Approx(0.7).epsilon(0.05));
  }
}
