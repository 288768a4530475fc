#include "models/dispatch/plan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "sim/base/rng.h"

using namespace steppe;
using namespace steppe::models;

namespace {

constexpr double kMw = 1e6, kMwh = 3.6e9;

/// Hours, megawatts, CNY/MWh: what a person would try on paper.
DispatchParts hourly(int steps, double rating = 1.0, double energy = 2.0) {
  DispatchParts p;
  p.steps = steps;
  p.step = 3600.0;
  p.charge = p.discharge = rating * kMw;
  p.energy_max = energy * kMwh;
  p.efficiency_in = p.efficiency_out = 1.0;
  return p;
}
DispatchOutlook outlook(const std::vector<double>& price, double load, double stored = 0.0) {
  DispatchOutlook o;
  for (double c : price) {
    o.price.push_back(c / kMwh);
    o.load.push_back(load * kMw);
    o.feed_in.push_back(0.0);
  }
  o.stored = stored * kMwh;
  return o;
}
double random_price(Rng& r) { return std::floor(r.uniform() * 900.0) - 100.0; }

/// Cost of the best choice of −1, 0 or +1 times the rating in every step, by trying all.
double brute_force(const DispatchParts& p, const DispatchOutlook& o) {
  const double h = p.step / 3600.0;
  double best = INFINITY;
  std::function<void(size_t, double, double, double)> go = [&](size_t k, double stored, double peak,
                                                               double cost) {
    if (k == o.price.size()) {
      best = std::min(best, cost + p.demand_price * kMw * (peak - o.demand_so_far / kMw) -
                                o.value_stored * kMwh * stored);
      return;
    }
    for (int a : {-1, 0, 1}) {
      const double battery = a > 0 ? p.discharge / kMw : a * p.charge / kMw;
      const double next =
          stored - h * (battery > 0 ? battery / p.efficiency_out : battery * p.efficiency_in);
      if (next < p.reserve / kMwh - 1e-9 || next > p.energy_max / kMwh + 1e-9) continue;
      const double grid = o.load[k] / kMw - battery;
      if (grid < -p.export_limit / kMw - 1e-9) continue;
      if (o.import_limit < kFree && grid > o.import_limit / kMw + 1e-9) continue;
      const double price = (grid > 0 ? o.price[k] : o.feed_in[k]) * kMwh;
      go(k + 1, next, std::max(peak, grid),
         cost + h * (price * grid + p.wear * kMwh * std::max(battery, 0.0)));
    }
  };
  go(0, o.stored / kMwh, o.demand_so_far / kMw, 0.0);
  return best;
}

}  // namespace

TEST_CASE("plan: equals brute force where the best plan is made of whole steps") {
  // Without losses the program is a network with whole numbers: an optimal plan at whole powers
  // exists, and trying all 3^8 of them finds its cost.
  Rng r(1, "plan");
  for (int n = 0; n < 20; ++n) {
    auto p = hourly(8);
    p.reserve = n % 3 == 0 ? 1.0 * kMwh : 0.0;
    p.wear = n % 2 ? 120.0 / kMwh : 0.0;
    p.export_limit = n % 4 == 1 ? 1.0 * kMw : 0.0;
    p.demand_price = n % 5 == 2 ? 300.0 / kMw : 0.0;
    std::vector<double> price;
    for (int k = 0; k < 8; ++k) price.push_back(random_price(r));
    auto o = outlook(price, 2.0, 1.0);
    o.import_limit = n % 7 == 3 ? 3.0 * kMw : kFree;
    o.value_stored = n % 2 ? 200.0 / kMwh : 0.0;
    for (size_t k = 0; k < 8; ++k) {
      o.load[k] = (1.0 + std::floor(2.0 * r.uniform())) * kMw;
      o.feed_in[k] = std::min(o.price[k], 0.0);
    }
    const double best = brute_force(p, o);
    Planner planner(p);
    const Plan plan = planner.plan(o);
    CAPTURE(n);
    REQUIRE(plan.solved);
    CHECK(plan.relaxed.empty());
    CHECK(std::abs(plan.cost - best) < 0.01);  // the tie-break: 28 steps of 1e-4 at 3 MW
    // The dual values prove it.
    CHECK(std::abs(plan.bound - plan.cost) < 1e-6 * (1.0 + std::abs(plan.cost)));
  }
}

TEST_CASE("plan: with losses between a fine search and its dual bound") {
  auto p = hourly(4, 1.0, 2.0);
  p.efficiency_in = p.efficiency_out = 0.9;
  p.wear = 20.0 / kMwh;
  const auto o = outlook({100, 600, 80, 500}, 3.0, 0.0);
  // Search over 41 powers in each of four hours.
  double best = INFINITY;
  const auto power = [](int i) { return -1.0 + 0.05 * i; };
  std::function<void(size_t, double, double)> go = [&](size_t k, double stored, double cost) {
    if (k == 4) {
      best = std::min(best, cost);
      return;
    }
    for (int i = 0; i <= 40; ++i) {
      const double b = power(i);
      const double next = stored - (b > 0 ? b / 0.9 : b * 0.9);
      if (next < -1e-9 || next > 2.0 + 1e-9) continue;
      go(k + 1, next, cost + o.price[k] * kMwh * (3.0 - b) + 20.0 * std::max(b, 0.0));
    }
  };
  go(0, 0.0, 0.0);
  Planner planner(p);
  const Plan plan = planner.plan(o);
  CHECK(plan.cost <= best + 0.01);
  CHECK(plan.cost > best - 40.0);  // a twentieth of the rating at the dearest spread
  CHECK(std::abs(plan.bound - plan.cost) < 1e-6 * plan.cost);
  // On paper: buy 1 MWh at 100, sell 0.81 at 600; again at 80 and 500.
  CHECK(plan.cost == doctest::Approx(3 * 1280 + 100 - 0.81 * 580 + 80 - 0.81 * 480).epsilon(1e-6));
}

TEST_CASE("plan: a negative price does not burn energy in a battery that charges and discharges") {
  auto p = hourly(3, 1.0, 1.0);
  p.efficiency_in = p.efficiency_out = 0.8;
  // Full after one hour; a second hour of charging would need discharging at the same time.
  const Plan plan = Planner(p).plan(outlook({-500, -500, 300}, 2.0, 1.0));
  REQUIRE(plan.solved);
  CHECK(plan.choices);
  for (size_t k = 0; k < 3; ++k) {
    const double before = k == 0 ? kMwh : plan.stored[k - 1];
    const double b = plan.battery[k];
    CHECK(plan.stored[k] ==
          doctest::Approx(before - 3600.0 * (b > 0 ? b / 0.8 : b * 0.8)).epsilon(1e-9));
  }
}

TEST_CASE("plan: genset runs as brute force over all commitments says") {
  Rng r(2, "genset");
  for (int n = 0; n < 6; ++n) {
    auto p = hourly(6, 0.0, 0.0);
    p.genset_max = 2.0 * kMw;
    p.genset_min = 1.0 * kMw;
    p.fuel_price = 400.0 / kMwh;
    p.fuel_idle = 50.0 / 3600.0;
    p.start = 150.0;
    std::vector<double> price;
    for (int k = 0; k < 6; ++k) price.push_back(200.0 + 500.0 * r.uniform());
    const auto o = outlook(price, 3.0);
    double best = INFINITY;
    for (unsigned on = 0; on < 64; ++on) {
      double cost = 0.0;
      for (unsigned k = 0; k < 6; ++k) {
        const bool here = on >> k & 1, before = k > 0 && (on >> (k - 1) & 1);
        const double g = !here ? 0.0 : price[k] > 400.0 ? 2.0 : 1.0;
        cost +=
            price[k] * (3.0 - g) + 400.0 * g + (here ? 50.0 : 0.0) + (here && !before ? 150 : 0);
      }
      best = std::min(best, cost);
    }
    const Plan plan = Planner(p).plan(o);
    REQUIRE(plan.solved);
    CHECK(std::abs(plan.cost - best) < 0.01);
  }
}

TEST_CASE("plan: a day of quarters with a genset stays near the bound without choices") {
  auto p = hourly(96, 0.0, 0.0);
  p.step = 900.0;
  p.genset_max = 2.0 * kMw;
  p.genset_min = 1.0 * kMw;
  p.fuel_price = 500.0 / kMwh;
  p.start = 100.0;
  p.demand_price = 20.0 / kMw;
  std::vector<double> price;
  for (int k = 0; k < 96; ++k) price.push_back(400.0 + 200.0 * std::sin(k / 96.0 * 6.2832));
  const Plan plan = Planner(p).plan(outlook(price, 3.0));
  REQUIRE(plan.solved);
  CHECK(plan.bound <= plan.cost + 1e-6);
  CHECK(plan.cost - plan.bound < 0.01 * plan.cost);
  for (double g : plan.genset) CHECK((g < 1.0 || g > 1.0 * kMw - 1.0));
}

TEST_CASE("plan: losses that grow with power spread a charge over its cheap hours") {
  auto p = hourly(6, 6.0, 4.0);
  p.efficiency_in = p.efficiency_out = 0.95;
  p.efficiency_fall = 0.06;
  const auto o = outlook({100, 100, 100, 900, 900, 900}, 6.0);
  const Plan plan = Planner(p).plan(o);
  REQUIRE(plan.solved);
  // Worked by hand: 2 MW are the first of three pieces, at 0.95 + 0.06 · (1/2 − 1/3) = 0.96.
  for (size_t k = 0; k < 3; ++k) CHECK(plan.battery[k] >= -2.0 * kMw - 1.0);
  double stored = 0.0;
  for (size_t k = 0; k < 3; ++k) stored -= plan.battery[k] * 0.96 * 3600.0;
  CHECK(plan.stored[2] == doctest::Approx(stored).epsilon(1e-9));
  CHECK(plan.bound == doctest::Approx(plan.cost).epsilon(1e-9));
}

TEST_CASE("plan: the reserve for backup is never touched, and is filled first when it is missing") {
  auto p = hourly(6);
  p.reserve = 1.5 * kMwh;
  const Plan plan = Planner(p).plan(outlook({500, 100, 900, 100, 900, 900}, 2.0, 2.0));
  for (double e : plan.stored) CHECK(e >= 1.5 * kMwh - 1.0);
  REQUIRE_FALSE(plan.binding.empty());
  CHECK(std::any_of(plan.binding.begin(), plan.binding.end(),
                    [](const Binding& b) { return b.name == "backup reserve"; }));
  p.efficiency_in = p.efficiency_out = 0.8;  // no trade with itself
  const Plan low = Planner(p).plan(outlook({500, 900, 900, 900, 900, 900}, 2.0, 0.2));
  REQUIRE(low.solved);
  CHECK(low.stored[0] == doctest::Approx(1.0 * kMwh));
  CHECK(low.stored[1] == doctest::Approx(1.5 * kMwh));
  REQUIRE(low.relaxed.size() == 1);
  CHECK(low.relaxed[0].name == "backup reserve");
  CHECK(low.relaxed[0].amount == doctest::Approx(1.3 * kMwh));
  CHECK(low.relaxed[0].steps == 1);
}

TEST_CASE("plan: an import limit out of reach gives way by the least that suffices, and says so") {
  auto p = hourly(3, 1.0, 1.0);
  auto o = outlook({300, 300, 300}, 2.0, 1.0);
  o.import_limit = 2.0 * kMw;
  o.load[0] = o.load[1] = 3.0 * kMw;  // 2 MWh too much, 1 MWh in the battery: half a MW each
  const Plan plan = Planner(p).plan(o);
  REQUIRE(plan.solved);
  REQUIRE(plan.relaxed.size() == 1);
  CHECK(plan.relaxed[0].name == "import limit");
  CHECK(plan.relaxed[0].amount == doctest::Approx(0.5 * kMw));
  CHECK(plan.relaxed[0].first == 0);
  CHECK(plan.relaxed[0].steps == 2);
  // One that the battery can hold is held.
  o.load[1] = 2.0 * kMw;
  const Plan held = Planner(p).plan(o);
  CHECK(held.relaxed.empty());
  CHECK(held.peak == doctest::Approx(2.0 * kMw));
}

TEST_CASE("plan: frequency reserve is sold where it pays more than trade, and lasts") {
  auto p = hourly(2, 1.0, 2.0);
  p.reserve_rating = 1.0 * kMw;
  p.reserve_price = 50.0 / kMw / 3600.0;
  p.reserve_duration = 1800.0;
  auto o = outlook({300, 300}, 3.0, 1.0);
  o.value_stored = 300.0 / kMwh;
  const Plan idle = Planner(p).plan(o);
  CHECK(idle.band[0] == doctest::Approx(kMw));
  CHECK(idle.battery[0] == doctest::Approx(0.0));
  CHECK(idle.cost == doctest::Approx(1800.0 - 100.0 - 300.0));
  // Nearly empty: half an hour of the band must lie above the reserve.
  p.reserve = 0.8 * kMwh;
  p.discharge = p.charge = 0.2 * kMw;
  const Plan narrow = Planner(p).plan(outlook({300, 300}, 3.0, 0.8));
  CHECK(narrow.stored[0] >= 0.8 * kMwh + 1800.0 * narrow.band[0] - 1.0);
}

TEST_CASE(
    "plan: waiting work runs in the cheap hours before its deadline; too much of it is late") {
  auto p = hourly(4, 0.0, 0.0);
  p.work_max = 1.0 * kMw;
  auto o = outlook({400, 100, 300, 50}, 1.0);
  o.work_open = {3 * kMwh, 3 * kMwh, 3 * kMwh, 3 * kMwh};
  o.work_due = {0, 0, 2 * kMwh, 2 * kMwh};
  const Plan plan = Planner(p).plan(o);
  CHECK(plan.work[0] == doctest::Approx(0.0));
  CHECK(plan.work[1] == doctest::Approx(kMw));
  CHECK(plan.work[2] == doctest::Approx(kMw));
  CHECK(plan.work[3] == doctest::Approx(0.0));
  CHECK(plan.binding.front().name == "deadline of waiting work");
  CHECK(plan.binding.front().worth == doctest::Approx(300.0 / kMwh).epsilon(0.01));
  o.work_due = {2 * kMwh, 2 * kMwh, 2 * kMwh, 2 * kMwh};
  const Plan late = Planner(p).plan(o);
  REQUIRE(late.relaxed.size() == 1);
  CHECK(late.relaxed[0].name == "deadline of waiting work");
  CHECK(late.relaxed[0].amount == doctest::Approx(kMw));
}

TEST_CASE("plan: cooling storage is charged in the valley and loses what it must") {
  auto p = hourly(2, 0.0, 0.0);
  p.cold_power = 4.0 * kMw;
  p.cold_energy = 10.0 * kMwh;
  p.cold_cop = 4.0;
  p.cold_loss = 0.1;
  const Plan plan = Planner(p).plan(outlook({100, 500}, 3.0));
  CHECK(plan.cold[0] == doctest::Approx(4.0 * kMw));
  CHECK(plan.grid[0] == doctest::Approx(4.0 * kMw));
  CHECK(plan.cold[1] == doctest::Approx(-3.6 * kMw));
  CHECK(plan.grid[1] == doctest::Approx(2.1 * kMw));
  auto o = outlook({100, 500}, 3.0);
  o.cold_need = 2.0 * kMw;  // the halls take no more
  CHECK(Planner(p).plan(o).cold[1] == doctest::Approx(-2.0 * kMw));
  // A warm evening: 1 MWh of cold costs 1 / (5 · 0.8) MWh and saves 1 / (3 · 1.2) of it.
  p.cold_spread = 0.2;
  o = outlook({100, 500}, 3.0);
  o.cold_cop = {5.0, 3.0};
  const Plan warm = Planner(p).plan(o);
  CHECK(warm.grid[0] == doctest::Approx(4.0 * kMw));
  CHECK(warm.grid[1] == doctest::Approx(2.0 * kMw));
  // Not worth it: saved 0.9 / (5 · 1.2) at 150, taken 1 / (3 · 0.8) at 100.
  o = outlook({100, 150}, 3.0);
  o.cold_cop = {3.0, 5.0};
  CHECK(Planner(p).plan(o).cold[0] == doctest::Approx(0.0));
}

TEST_CASE("plan: a ring of plans gives what fresh planners give, at the same answer") {
  auto p = hourly(24, 1.0, 4.0);
  p.efficiency_in = p.efficiency_out = 0.95;
  p.demand_price = 100.0 / kMw;
  Planner ring(p);
  Rng r(3, "ring");
  std::vector<double> price, load;
  for (int k = 0; k < 80; ++k) {
    price.push_back(50.0 + 600.0 * r.uniform());
    load.push_back(2.0 + r.uniform());
  }
  double stored = 2.0 * kMwh;
  for (size_t t = 0; t < 56; ++t) {
    DispatchOutlook o;
    o.step = static_cast<int64_t>(t) + 470000;
    for (size_t k = t; k < t + 24; ++k) {
      o.price.push_back(price[k] / kMwh);
      o.load.push_back(load[k] * kMw);
      o.feed_in.push_back(0.0);
    }
    o.stored = stored;
    o.value_stored = 50.0 / kMwh;
    o.demand_so_far = 2.5 * kMw;
    const Plan a = ring.plan(o), b = Planner(p).plan(o);
    CAPTURE(t);
    CHECK(std::abs(a.cost - b.cost) < 1e-6 * std::abs(b.cost));
    for (size_t k = 0; k < 24; ++k) CHECK(std::abs(a.battery[k] - b.battery[k]) < 1.0);
    stored = a.stored[0];
  }
}
