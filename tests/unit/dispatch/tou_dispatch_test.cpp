#include "models/dispatch/tou_dispatch.h"

#include <algorithm>

#include "models/economics/bill.h"
#include "sim/base/rng.h"
#include "tests/unit/economics/support.h"

using namespace steppe;
using namespace steppe::test;
using namespace steppe::models;

namespace {

TouDispatch::Params defaults() {
  TouDispatch::Params p;
  TouDispatch::params().set_defaults(&p);
  p.rating = 10e6;
  p.energy = 20e6 * 3600.0;
  return p;
}

struct Trace {
  std::vector<double> grid, soc;
  double taken = 0.0, given = 0.0;  ///< J at the meter side of the battery
};

/// An ideal plant behind the controller: the battery follows, with the losses that the rule knows.
Trace serve(const TouDispatch::Params& p, int64_t start, double days, double (*load)(double),
            double soc = 0.7, double exchange = 60.0) {
  TouDispatch d(p, economics_setup(start));
  EconomicsContext c;
  c.exchange = core::from_seconds(exchange);
  c.inputs = {{0, 0.0}, {1, 0.0}, {2, soc}, {3, INFINITY}, {4, 298.15}, {5, INFINITY}};
  Trace out;
  double battery = 0.0;
  for (double s = 0.0; s < days * 86400.0; s += exchange) {
    c.now = core::from_seconds(s);
    REQUIRE(d.next_time() <= c.now);
    c.inputs[0] = load(s) - battery;
    c.inputs[1] = battery;
    c.inputs[2] = soc;
    d.update(c);
    battery = c.outputs.at(TouDispatch::kPSet);
    soc -= exchange * (battery > 0 ? battery / p.efficiency_out : battery * p.efficiency_in) /
           p.energy;
    (battery > 0 ? out.given : out.taken) += std::abs(battery) * exchange;
    out.grid.push_back(load(s) - battery);
    out.soc.push_back(soc);
  }
  return out;
}

double ten_megawatt(double) { return 10e6; }
double wave(double s) { return 10e6 + 4e6 * std::sin(s / 5000.0); }

}  // namespace

TEST_CASE("dispatch: two cycles a day between the reserve and full, paid by the tariff") {
  const auto p = defaults();
  const auto t = serve(p, kJanuary, 10.0, ten_megawatt);
  const auto [lo, hi] = std::minmax_element(t.soc.begin(), t.soc.end());
  CHECK(*lo >= 0.30 - 1e-12);
  CHECK(*lo < 0.31);
  CHECK(*hi <= 0.95 + 1e-12);
  CHECK(*hi > 0.945);
  // 65 % of 20 MWh, twice a day.
  CHECK(close(t.given / kKwh, 20 * 0.65 * 20e3 * 0.95, 0.03));
  // The evening peak of four hours is served evenly, without export.
  CHECK(*std::min_element(t.grid.begin(), t.grid.end()) > 3e6);
  // What the battery earns: sold at 0.756, bought at 0.216.
  const Tariff tariff = shipped();
  std::vector<double> with(960, 0.0);
  for (size_t i = 0; i < t.grid.size(); ++i) with[i / 15] += t.grid[i] / 15.0;
  const auto a = bill_of_means(tariff, {}, kJanuary, std::vector<double>(960, 10e6));
  const auto b = bill_of_means(tariff, {}, kJanuary, with);
  const double earned = yuan(a.energy_fen - b.energy_fen);
  CHECK(close(earned, (t.given * 0.756 - t.taken * 0.216) / kKwh, 0.001));
  CHECK(earned > 0.0);
}

TEST_CASE("dispatch: in summer the critical peak comes first, and the deep valley") {
  const auto p = defaults();
  const Tariff t = shipped();
  const DispatchPlant plant{.rating = 10e6,
                            .energy = p.energy,
                            .efficiency_in = 0.95,
                            .efficiency_out = 0.95,
                            .soc_reserve = 0.3,
                            .soc_max = 0.95,
                            .peak_limit = 1e12};
  const auto at = [&](double hour, double soc) {
    return tou_order(t, plant, kJune + static_cast<int64_t>(3600 * hour), 20e6, soc);
  };
  // 12.35 MWh above the reserve: 6.175 MW through the two hours of 19:00 to 21:00, none before.
  CHECK(at(18.5, 0.95) == 0.0);
  CHECK(close(at(19.0, 0.95), 12.35e6 / 2.0, 1e-9));
  CHECK(close(at(21.0, 0.50), 3.8e6, 1e-9));
  // 13.68 MWh of room: the two hours of the deep valley take all of it.
  CHECK(at(11.5, 0.30) == 0.0);
  CHECK(close(at(13.0, 0.30), -0.65 * 20e6 / 0.95 / 2.0, 1e-9));
  CHECK(at(9.0, 0.7) == 0.0);
  CHECK(at(2.0, 0.7) == 0.0);  // no valley by night in summer
  // More energy than the critical peak can take: full power there, the rest evenly over the peak.
  DispatchPlant big = plant;
  big.energy *= 2.0;  // 24.7 MWh against 2 h · 10 MW; 4.7 MWh over 18–19 and 21–22
  CHECK(close(tou_order(t, big, kJune + 18 * 3600, 20e6, 0.95), 4.7e6 / 2.0, 1e-9));
  CHECK(close(tou_order(t, big, kJune + 19 * 3600, 20e6, 0.95), 10e6, 1e-9));
  // Wear that no spread pays for.
  DispatchPlant worn = plant;
  worn.wear = 1.0 / kKwh;
  CHECK(tou_order(t, worn, kJune + 19 * 3600, 20e6, 0.95) == 0.0);
  CHECK(tou_order(t, worn, kJune + 13 * 3600, 20e6, 0.3) == 0.0);
}

TEST_CASE("dispatch: peak shaving in flat hours, charging below the limit") {
  auto p = defaults();
  p.peak_limit = 13e6;
  p.soc_trade = 0.6;
  const auto t = serve(p, kJanuary, 2.0, wave);
  CHECK(*std::max_element(t.grid.begin(), t.grid.end()) <= 13e6 + 1.0);
  CHECK(*std::min_element(t.soc.begin(), t.soc.end()) >= 0.30 - 1e-12);
  CHECK(*std::min_element(t.soc.begin(), t.soc.end()) < 0.59);  // shaving used the part kept for it
  // Without that part the trade empties the battery before the peak comes: the limit is missed.
  p.soc_trade = 0.0;
  const auto u = serve(p, kJanuary, 2.0, wave);
  CHECK(*std::max_element(u.grid.begin(), u.grid.end()) > 13e6 + 1e3);
}

TEST_CASE("dispatch: the reserve is a floor, whatever the load, the limit and the period") {
  for (double exchange : {1.0, 60.0, 300.0, 900.0})
    for (double reserve : {0.0, 0.3, 0.8}) {
      auto p = defaults();
      p.peak_limit = 5e6;  // out of reach
      p.soc_reserve = reserve;
      p.ramp_limit = 1e5 / 60.0;  // a slow ramp must not carry on below the floor
      const auto t = serve(p, kJanuary, 1.0, wave, 0.9, exchange);
      CHECK(*std::min_element(t.soc.begin(), t.soc.end()) >= reserve - 1e-12);
    }
}

TEST_CASE("dispatch: found below its reserve, the battery is filled at once, up to the reserve") {
  const auto p = defaults();
  // 08:00: flat price.
  const auto t = serve(p, kJanuary + 8 * 3600, 3.0 / 24.0, ten_megawatt, 0.1);
  CHECK(t.soc.back() >= 0.30);
  CHECK(t.soc.back() < 0.31);
  CHECK(*std::max_element(t.grid.begin(), t.grid.end()) <= 20e6);
}

TEST_CASE("dispatch: ramp limit holds at window edges") {
  auto p = defaults();
  p.ramp_limit = 1e6 / 60.0;
  const auto t = serve(p, kJanuary, 1.0, ten_megawatt);
  double most = 0.0;
  for (size_t i = 1; i < t.grid.size(); ++i)
    if (t.soc[i] > 0.32 && t.soc[i] < 0.93)
      most = std::max(most, std::abs(t.grid[i] - t.grid[i - 1]));
  CHECK(most <= 1e6 * (1 + 1e-9));
}

TEST_CASE("dispatch: no export, and a reserve larger than the battery is refused") {
  const auto p = defaults();
  const auto t = serve(
      p, kJanuary, 1.0, [](double) { return 1e6; }, 0.95);
  CHECK(*std::min_element(t.grid.begin(), t.grid.end()) >= -1.0);
  auto q = p;
  q.soc_reserve = 0.96;
  CHECK_THROWS_WITH_AS(TouDispatch(q, economics_setup()), doctest::Contains("leaves nothing"),
                       UserError);
}

TEST_CASE("dispatch: a checkpoint goes on alike") {
  TouDispatch a(defaults(), economics_setup()), b(defaults(), economics_setup());
  EconomicsContext c;
  c.exchange = core::from_seconds(60.0);
  c.inputs = {{0, 10e6}, {1, 0.0}, {2, 0.7}, {3, INFINITY}, {4, 298.15}, {5, INFINITY}};
  for (int i = 0; i < 500; ++i) {
    c.now = a.next_time();
    a.update(c);
  }
  core::StateWriter w;
  a.save(w);
  core::StateReader r(w.bytes());
  b.load(r);
  CHECK(r.done());
  EconomicsContext d = c;
  c.now = d.now = a.next_time();
  a.update(c);
  b.update(d);
  CHECK(c.outputs == d.outputs);
  CHECK(c.events == d.events);
}
