#include "models/dispatch/optimal_dispatch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <type_traits>

#include "models/dispatch/tou_dispatch.h"
#include "models/economics/bill.h"
#include "sim/base/rng.h"
#include "tests/unit/economics/support.h"

using namespace steppe;
using namespace steppe::test;
using namespace steppe::models;

namespace {

/// Of this process alone.
std::string scratch(const std::string& name) {
  return (std::filesystem::temp_directory_path() / fmt::format("steppe-{}-{}", getpid(), name))
      .string();
}

OptimalDispatch::Params defaults() {
  OptimalDispatch::Params p;
  OptimalDispatch::params().set_defaults(&p);
  p.rating = 10e6;
  p.energy = 20e6 * 3600.0;
  p.latency = 0.0;
  return p;
}

/// Inputs that a test does not set are not connected.
class Context final : public EconomicsContext {
 public:
  double in(int i, int k) const override {
    static const core::ProcessType type = optimal_dispatch_process();
    return inputs.contains(i) ? EconomicsContext::in(i, k)
                              : type.inputs.at(static_cast<size_t>(i)).value;
  }
};

struct Trace {
  std::vector<double> grid, soc;  ///< W, by instant
  double cost = 0.0;              ///< CNY: bill, wear, less what is left in the battery
  std::vector<core::ProcessKpi> kpis;
};

using Load = std::function<double(double second)>;

double noisy(double s) {
  const auto hour = static_cast<uint64_t>(s / 3600.0);
  Rng r(hour, "load");
  return 10e6 + 2e6 * std::sin(s / 86400.0 * 6.2832) + 0.5e6 * r.normal();
}

/// An ideal plant behind a controller: the battery follows with the losses that both know.
template <class P>
Trace serve(const typename P::Params& p, int64_t start, double days, const Load& load,
            double soc = 0.5, double exchange = 300.0) {
  const Tariff tariff =
      p.tariff_file.empty() ? shipped() : load_tariff(economics_setup(start), "", p.tariff_file);
  P d(p, economics_setup(start));
  Context c;
  c.exchange = core::from_seconds(exchange);
  c.end = core::from_seconds(days * 86400.0);
  c.inputs = {{0, 0.0}, {1, 0.0}, {2, soc}, {3, INFINITY}, {4, 298.15}, {5, 0.0}, {6, 288.15}};
  c.inputs[5] = std::is_same_v<P, TouDispatch> ? INFINITY : 50.0;
  Trace out;
  std::vector<double> means(static_cast<size_t>(std::ceil(days * 96.0)), 0.0);
  double battery = 0.0, given = 0.0;
  const double first = soc;
  for (double s = 0.0; s < days * 86400.0; s += exchange) {
    c.now = core::from_seconds(s);
    c.inputs[0] = load(s) - battery;
    c.inputs[1] = battery;
    c.inputs[2] = soc;
    d.update(c);
    battery = c.outputs.at(0);
    soc -= exchange * (battery > 0 ? battery / p.efficiency_out : battery * p.efficiency_in) /
           p.energy;
    given += std::max(0.0, battery) * exchange;
    out.grid.push_back(load(s) - battery);
    out.soc.push_back(soc);
    means[static_cast<size_t>(s / 900.0)] += (load(s) - battery) * exchange / 900.0;
  }
  const Bill b = bill_of_means(tariff, {}, start, means);
  // What is left, at the price of the valley that would refill it.
  out.cost = yuan(b.total_fen()) + given * p.wear -
             (soc - first) * p.energy * tariff.price_range(start)[0] / p.efficiency_in;
  out.kpis = d.kpis();
  return out;
}

}  // namespace

TEST_CASE("optimal dispatch: never dearer than the rule on the same information") {
  // The rule knows tariff and present load. The optimiser with persistence knows no more; with a
  // forecast and with perfect foresight it knows more.
  for (int64_t start : {kJanuary, kJune}) {
    TouDispatch::Params rule;
    TouDispatch::params().set_defaults(&rule);
    auto p = defaults();
    rule.rating = p.rating;
    rule.energy = p.energy;
    rule.wear = p.wear = 0.05 / kKwh;
    const double days = 9.0;
    const auto r = serve<TouDispatch>(rule, start, days, noisy);
    p.forecast = OptimalDispatch::Known::persistence;
    const auto a = serve<OptimalDispatch>(p, start, days, noisy);
    p.forecast = OptimalDispatch::Known::regression;
    const auto b = serve<OptimalDispatch>(p, start, days, noisy);
    const std::string file = scratch("foresight.csv");
    {
      std::ofstream out(file);
      out << "time,load [W]\n";
      for (int q = 0; q < 96 * 11; ++q)
        out << date_time(start + 900 * q) << ',' << fmt::format("{}", noisy(900.0 * q)) << '\n';
    }
    p.forecast = OptimalDispatch::Known::perfect;
    p.foresight_file = file;
    const auto f = serve<OptimalDispatch>(p, start, days, noisy);
    std::filesystem::remove(file);
    for (const auto* t : {&r, &a, &b, &f})
      MESSAGE(t->cost, " CNY; arbitrage ", kpi(t->kpis, "service_arbitrage_earned"), ", peak ",
              kpi(t->kpis, "service_peak_earned"), ", given back ",
              kpi(t->kpis, "service_arbitrage_energy") / kKwh, " kWh");
    CHECK(a.cost <= r.cost);
    CHECK(b.cost <= r.cost);
    CHECK(f.cost <= b.cost * 1.0005);
    for (const auto* t : {&a, &b, &f})
      CHECK(*std::min_element(t->soc.begin(), t->soc.end()) >= 0.3);
    CHECK(kpi(b.kpis, "plans_relaxed") == 0.0);
  }
}

TEST_CASE("optimal dispatch: without a past not dearer than the rule, whatever tariff and load") {
  // A month from nothing: forecasts of the first days are poor, and some loads are never foreseen.
  const std::string weekends = scratch("weekends.yaml"), summer = scratch("summer.yaml");
  // Six prices, working days and weekends apart; no trade at weekends.
  std::ofstream(weekends) << R"(base_price: 0.45 CNY/kWh
season_of_month: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
window_season: [1, 1, 1, 1, 1, 1, 1]
window_days: [2, 2, 2, 2, 2, 2, 3]
window_start: [0, 8, 9, 14, 18, 22, 0]
window_end: [8, 9, 14, 18, 22, 24, 24]
window_kind: [2, 3, 5, 3, 5, 3, 2]
window_multiplier: [0.5, 1.2, 1.8, 1.2, 1.8, 1.2, 0.5]
demand_price: 31.2 CNY/kW
)";
  // Nothing to trade from October to May, dear afternoons from June to September.
  std::ofstream(summer) << R"(base_price: 0.09 CNY/kWh
season_of_month: [1, 1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1]
window_season: [1, 2, 2, 2]
window_start: [0, 0, 16, 21]
window_end: [24, 16, 21, 24]
window_kind: [3, 3, 4, 3]
window_multiplier: [1, 1.1, 2.2, 1.1]
demand_price: 19.85 CNY/kW
)";
  const auto day = [](double s) { return s / 86400.0; };
  const std::pair<const char*, Load> loads[] = {
      {"noise, seed 1",
       [&](double s) {
         Rng r(static_cast<uint64_t>(s / 3600.0), "seed 1");
         return 9.5e6 + 2e6 * std::sin(6.2832 * (day(s) - 0.4)) + 0.5e6 * r.normal();
       }},
      {"a week",  // quiet third and fourth day
       [&](double s) {
         const double d = std::fmod(day(s), 7.0);
         return (d > 2.0 && d < 4.0 ? 7.5e6 : 9.9e6) + 2.1e6 * std::sin(6.2832 * (d - 0.55));
       }},
      {"rising",
       [&](double s) { return 8e6 + 1.2e5 * day(s) + 1.5e6 * std::sin(6.2832 * (day(s) - 0.3)); }},
      {"jumps that no calendar has",
       [&](double s) { return std::fmod(day(s), 3.0) < 1.3 ? 9e6 : 12e6; }}};
  double sum = 0.0, rules = 0.0;
  for (const std::string& file : {std::string(), weekends, summer})
    for (int64_t start : {kJanuary, kJune})
      for (const auto& [name, load] : loads) {
        TouDispatch::Params rule;
        TouDispatch::params().set_defaults(&rule);
        auto p = defaults();
        rule.tariff_file = p.tariff_file = file;
        rule.rating = p.rating;
        rule.energy = p.energy;
        rule.wear = p.wear = 0.05 / kKwh;
        const double days = 17.0;
        const auto r = serve<TouDispatch>(rule, start, days, load, 0.5, 900.0);
        const auto o = serve<OptimalDispatch>(p, start, days, load, 0.5, 900.0);
        MESSAGE(std::filesystem::path(file).stem().string(), " ", date_time(start), " ",
                std::string(name), ": ", 100.0 * (o.cost / r.cost - 1.0), " %");
        CAPTURE(file);
        CAPTURE(start);
        CAPTURE(name);
        // Jumps: what trying to save demand costs before the load defeats it.
        CHECK(o.cost <= r.cost * (std::string_view(name).starts_with("jumps") ? 1.0015 : 1.0));
        CHECK(*std::min_element(o.soc.begin(), o.soc.end()) >= 0.3);
        sum += o.cost;
        rules += r.cost;
      }
  std::filesystem::remove(weekends);
  std::filesystem::remove(summer);
  MESSAGE("all of it: ", 100.0 * (sum / rules - 1.0), " %");
  CHECK(sum < 0.995 * rules);
}

TEST_CASE("optimal dispatch: the reserve is a floor whatever happens") {
  for (double exchange : {1.0, 60.0, 900.0})
    for (double reserve : {0.0, 0.3, 0.8}) {
      auto p = defaults();
      p.soc_reserve = reserve;
      p.peak_limit = 6e6;  // out of reach
      const auto t =
          serve<OptimalDispatch>(p, kJanuary, exchange < 60 ? 0.1 : 1.0, noisy, 0.9, exchange);
      CHECK(*std::min_element(t.soc.begin(), t.soc.end()) >= reserve - 1e-12);
      CHECK(*std::max_element(t.soc.begin(), t.soc.end()) <= 0.95 + 1e-12);
    }
}

TEST_CASE("optimal dispatch: no plant takes more from the reserve than its margin") {
  // Cells that stand by, and a battery that loses more than the controller believes.
  for (double draw : {0.0, 50e3}) {
    auto p = defaults();
    p.efficiency_out = 0.98;
    OptimalDispatch d(p, economics_setup(kJanuary));
    Context c;
    c.exchange = core::from_seconds(300.0);
    c.end = core::from_seconds(3 * 86400.0);
    double soc = 0.5, battery = 0.0, least = 1.0;
    for (double s = 0.0; s < 3 * 86400.0; s += 300.0) {
      c.now = core::from_seconds(s);
      c.inputs = {{0, noisy(s) - battery},
                  {1, battery},
                  {2, soc},
                  {3, INFINITY},
                  {4, 298.15},
                  {5, 50.0},
                  {6, 288.15}};
      d.update(c);
      battery = c.outputs.at(0);
      soc -= 300.0 * (draw + (battery > 0 ? battery / 0.91 : battery * 0.91)) / p.energy;
      least = std::min(least, soc);
    }
    CHECK(least >= 0.3);
    CHECK(kpi(d.kpis(), "plans_relaxed") == 0.0);
  }
}

TEST_CASE("optimal dispatch: a held demand does not creep upwards with a rising load") {
  auto p = defaults();
  p.forecast = OptimalDispatch::Known::persistence;
  const auto ramp = [](double s) { return 8e6 + 1e6 * std::fmod(s, 86400.0) / 86400.0; };
  OptimalDispatch d(p, economics_setup(kJanuary));
  const auto t = serve<OptimalDispatch>(p, kJanuary, 20.0, ramp);
  const auto highest = [&](size_t day) {
    double most = 0.0;
    for (size_t q = day * 96; q < (day + 1) * 96; ++q)
      most = std::max(most, (t.grid[3 * q] + t.grid[3 * q + 1] + t.grid[3 * q + 2]) / 3.0);
    return most;
  };
  double early = 0.0, late = 0.0;
  // From the fourth day on: the first ones are held to what the rule has reached.
  for (size_t k = 3; k < 6; ++k) early = std::max(early, highest(k));
  for (size_t k = 17; k < 20; ++k) late = std::max(late, highest(k));
  CHECK(late < early * 1.002);
}

TEST_CASE("optimal dispatch: what a file of the past teaches is known from the first plan") {
  // A day like the next: with a week and a day of it, the hour ahead is known at once.
  const auto daily = [](double s) { return 10e6 + 2e6 * std::sin(s / 86400.0 * 6.2831853); };
  const std::string file = scratch("history.csv");
  for (int64_t weeks : {0, 52}) {
    {
      std::ofstream out(file);
      out << "time,load [W]\n";
      for (int64_t q = -96 * 21; q < 0; ++q)
        out << date_time(kJanuary + 900 * q - weeks * 7 * 86400) << ','
            << fmt::format("{}", daily(900.0 * static_cast<double>(q) + 450.0)) << '\n';
    }
    auto p = defaults();
    const auto without = serve<OptimalDispatch>(p, kJanuary, 1.0, daily);
    p.history_file = file;
    const auto with = serve<OptimalDispatch>(p, kJanuary, 1.0, daily);
    CHECK(kpi(with.kpis, "forecast_mape") < 0.005);
    CHECK(kpi(without.kpis, "forecast_mape") > 0.02);
  }
  std::filesystem::remove(file);
}

TEST_CASE("optimal dispatch: a peak limit within reach is held") {
  auto p = defaults();
  p.peak_limit = 12.5e6;
  const auto t = serve<OptimalDispatch>(p, kJanuary, 3.0, noisy);
  CHECK(*std::max_element(t.grid.begin(), t.grid.end()) <= 12.5e6 + 1.0);
}

TEST_CASE("optimal dispatch: cold cells are not charged") {
  OptimalDispatch d(defaults(), economics_setup());
  Context c;
  c.exchange = core::from_seconds(900.0);
  c.end = core::from_seconds(86400.0);
  c.inputs = {{0, 10e6}, {1, 0.0}, {2, 0.5}, {3, INFINITY}, {4, 272.0}, {5, 50.0}, {6, 270.0}};
  d.update(c);  // midnight: valley
  CHECK(c.outputs.at(OptimalDispatch::kPSet) >= 0.0);
  c.inputs[4] = 298.15;
  c.now = d.next_time();
  d.update(c);
  CHECK(c.outputs.at(OptimalDispatch::kPSet) < 0.0);
}

TEST_CASE("optimal dispatch: work that can wait runs in the valley, all of it by midnight") {
  auto p = defaults();
  p.rating = 1e3;
  p.energy = 1e3 * 3600.0;
  p.demand = false;
  p.work_power = 4e6;
  p.work_energy = 20e6 * 3600.0;
  OptimalDispatch d(p, economics_setup());
  Context c;
  c.exchange = core::from_seconds(900.0);
  c.end = core::from_seconds(2 * 86400.0);
  c.inputs = {{0, 10e6}, {1, 0.0}, {2, 0.5}};
  const Tariff t = shipped();
  double done = 0.0, dear = 0.0, saved = 0.0, work = 0.0;
  for (int q = 0; q < 96; ++q) {
    c.now = core::from_seconds(900.0 * q);
    c.inputs[OptimalDispatch::kSitePower] = 10e6 + work;
    c.inputs[OptimalDispatch::kWorkNow] = work;
    d.update(c);
    // The work is in the meter and not in the load that is forecast.
    CHECK(c.outputs.at(OptimalDispatch::kLoad) == doctest::Approx(10e6));
    work = p.work_power * c.outputs.at(OptimalDispatch::kWork);
    done += work * 900.0;
    const int64_t at = kJanuary + 900 * q;
    if (t.kind(at) >= PeriodKind::peak) dear += work;
    saved += (p.work_energy / 86400.0 - work) * 900.0 * t.price(at);
  }
  CHECK(done == doctest::Approx(p.work_energy).epsilon(1e-4));
  CHECK(dear == 0.0);
  // Ready by midnight, the last quarter of the day rests: the table has all that was moved.
  c.now = core::from_seconds(86400.0);
  c.inputs[OptimalDispatch::kSitePower] = 10e6 + work;
  c.inputs[OptimalDispatch::kWorkNow] = work;
  d.update(c);
  CHECK(kpi(d.kpis(), "service_work_earned") == doctest::Approx(saved).epsilon(1e-3));
  CHECK(saved > 0.0);
}

TEST_CASE("optimal dispatch: stored cold moves the chillers into the valley") {
  // An ideal tank behind the orders: it takes and gives what is ordered, as far as it can.
  auto p = defaults();
  p.rating = 1e3;
  p.energy = 1e3 * 3600.0;
  p.demand = false;
  p.cold_power = 4e6;
  p.cold_energy = 16e6 * 3600.0;
  p.cold_cop = 4.0;
  p.cold_cop_fall = p.cold_spread = 0.0;
  p.cold_loss = 0.0;
  OptimalDispatch d(p, economics_setup());
  Context c;
  c.exchange = core::from_seconds(900.0);
  c.end = core::from_seconds(3 * 86400.0);
  c.inputs = {{0, 10e6}, {1, 0.0}, {2, 0.5}};
  const Tariff t = shipped();
  double stored = 0.0, rate = 0.0, dear = 0.0, saved = 0.0;
  const double load = 10e6, halls = 3e6;
  for (int q = 0; q < 3 * 96; ++q) {
    c.now = core::from_seconds(900.0 * q);
    c.inputs[OptimalDispatch::kSitePower] = load + rate / p.cold_cop;
    c.inputs[OptimalDispatch::kColdRate] = rate;
    c.inputs[OptimalDispatch::kColdStored] = stored;
    c.inputs[OptimalDispatch::kChillers] = halls + rate;
    d.update(c);
    CHECK(c.outputs.at(OptimalDispatch::kLoad) == doctest::Approx(load));
    rate = p.cold_power * c.outputs.at(OptimalDispatch::kColdShare);
    CHECK(rate >= -halls - 1.0);  // no more than the halls take
    stored += 900.0 * rate;
    CHECK(stored > -1e3 * 900.0);
    CHECK(stored < p.cold_energy + 1e3 * 900.0);
    const int64_t at = kJanuary + 900 * q;
    if (t.kind(at) >= PeriodKind::peak) dear += std::max(0.0, rate);
    saved -= 900.0 * rate / p.cold_cop * t.price(at);
  }
  CHECK(dear == 0.0);
  // Full in the cheap hours and empty in the dear ones once a day at least: 4 MWh of electricity.
  const auto [lo, hi] = t.price_range(kJanuary);
  CHECK(saved > 2.0 * 4.0 * 1e3 * kKwh * (hi - lo));
  // The table says what the meter says: the last order has not been measured yet.
  const double price = kpi(d.kpis(), "service_cold_earned");
  CHECK(price == doctest::Approx(saved).epsilon(0.02));
}

TEST_CASE("optimal dispatch: a genset takes a peak that no battery has the energy for") {
  auto p = defaults();
  p.rating = 1e3;
  p.energy = 1e3 * 3600.0;
  p.peak_limit = 9e6;
  p.genset_power = 2e6;
  p.genset_min = 0.3;
  OptimalDispatch d(p, economics_setup());
  Context c;
  c.exchange = core::from_seconds(900.0);
  c.end = core::from_seconds(86400.0);
  c.inputs = {{0, 8e6}, {1, 0.0}, {2, 0.5}};
  double set = 0.0, burnt = 0.0, given = 0.0;
  const auto quarter = [&](int q, double load) {
    c.now = core::from_seconds(900.0 * q);
    c.inputs[OptimalDispatch::kSitePower] = load - set;
    c.inputs[OptimalDispatch::kGensetPower] = set;
    d.update(c);
    burnt +=
        900.0 * (set > 0.0 ? p.fuel_price * p.fuel_full * (0.1 * p.genset_power + 0.9 * set) : 0.0);
    given += 900.0 * set;
    set = c.outputs.at(OptimalDispatch::kGensetSet);
    CHECK(c.outputs.at(OptimalDispatch::kGensetStart) == (set > 0.0 ? 1.0 : 0.0));
  };
  quarter(0, 8e6);
  CHECK(set == 0.0);  // dearer than the grid
  // What is known is the load of the quarter before.
  quarter(1, 10e6);
  quarter(2, 9.2e6);
  CHECK(set == doctest::Approx(1e6).epsilon(1e-3));
  quarter(3, 10e6);
  CHECK(set == doctest::Approx(0.6e6).epsilon(1e-6));  // its least load
  // A set that has failed is not planned with.
  c.inputs[OptimalDispatch::kGensetAvailable] = 0.0;
  quarter(4, 10e6);
  CHECK(set == 0.0);
  c.inputs[OptimalDispatch::kGensetAvailable] = 0.7e6;
  quarter(5, 10e6);
  CHECK(set == doctest::Approx(0.7e6).epsilon(1e-6));
  quarter(6, 10e6);
  const auto k = d.kpis();
  CHECK(kpi(k, "service_genset_energy") == doctest::Approx(given).epsilon(1e-9));
  CHECK(kpi(k, "service_genset_fuel") == doctest::Approx(burnt).epsilon(1e-9));
  CHECK(kpi(k, "service_genset_earned") < 0.0);
  // A lost link stops it.
  d.command("lose_link", 0.0, c);
  quarter(7, 10e6);
  c.now += core::from_seconds(120.0);
  d.update(c);
  CHECK(c.outputs.at(OptimalDispatch::kGensetStart) == 0.0);
}

TEST_CASE("optimal dispatch: a lost link lets the battery rest after its time") {
  auto p = defaults();
  p.link_timeout = 120.0;
  OptimalDispatch d(p, economics_setup());
  Context c;
  c.exchange = core::from_seconds(60.0);
  c.end = core::from_seconds(86400.0);
  c.inputs = {{0, 10e6}, {1, 0.0}, {2, 0.5}, {3, INFINITY}, {4, 298.15}, {5, 50.0}, {6, 288.15}};
  // Midnight: the first hour of a valley charges.
  const auto at = [&](double s) {
    c.now = core::from_seconds(s);
    d.update(c);
    return c.outputs.at(OptimalDispatch::kPSet);
  };
  const double order = at(0.0);
  CHECK(order < 0.0);
  CHECK(d.command("lose_link", 0.0, c));
  CHECK(at(60.0) == order);
  CHECK(at(120.0) == 0.0);
  CHECK(d.command("restore_link", 0.0, c));
  CHECK(at(180.0) < 0.0);
}

TEST_CASE("optimal dispatch: an order comes when its latency has passed") {
  auto p = defaults();
  OptimalDispatch quick(p, economics_setup());
  p.latency = 5.0;
  OptimalDispatch slow(p, economics_setup());
  Context c;
  c.exchange = core::from_seconds(1.0);
  c.end = core::from_seconds(86400.0);
  c.inputs = {{0, 10e6}, {1, 0.0}, {2, 0.5}, {3, INFINITY}, {4, 298.15}, {5, 50.0}, {6, 288.15}};
  Context e = c;
  std::vector<double> orders(5, 0.0);
  for (size_t s = 0; s <= 40; ++s) {
    c.now = e.now = core::from_seconds(static_cast<double>(s));
    c.inputs[0] = e.inputs[0] = 10e6 + 4e6 * static_cast<double>(s % 10);  // above the planned peak
    quick.update(c);
    slow.update(e);
    orders.push_back(c.outputs.at(OptimalDispatch::kPSet));
    CHECK(e.outputs.at(OptimalDispatch::kPSet) == orders[s]);
  }
  CHECK(*std::max_element(orders.begin(), orders.end()) > 1e6);
}

TEST_CASE("optimal dispatch: a checkpoint goes on alike, though the solver starts afresh") {
  OptimalDispatch a(defaults(), economics_setup()), b(defaults(), economics_setup());
  Context c;
  c.exchange = core::from_seconds(300.0);
  c.end = core::from_seconds(20 * 86400.0);
  c.inputs = {{0, 10e6}, {1, 0.0}, {2, 0.7}, {3, INFINITY}, {4, 298.15}, {5, 50.0}, {6, 288.15}};
  const auto step = [](OptimalDispatch& d, Context& x, int i) {
    x.now = d.next_time();
    x.inputs[0] = noisy(300.0 * i);
    x.inputs[2] = 0.6 + 0.2 * std::sin(i / 40.0);
    d.update(x);
  };
  for (int i = 0; i < 1000; ++i) step(a, c, i);
  core::StateWriter w;
  a.save(w);
  core::StateReader r(w.bytes());
  b.load(r);
  CHECK(r.done());
  Context d = c;
  for (int i = 1000; i < 1100; ++i) {
    step(a, c, i);
    step(b, d, i);
    CHECK(c.outputs == d.outputs);
  }
}

TEST_CASE("optimal dispatch: what cannot be is refused in words") {
  auto p = defaults();
  p.soc_reserve = 0.96;
  CHECK_THROWS_WITH_AS(OptimalDispatch(p, economics_setup()), doctest::Contains("leaves nothing"),
                       UserError);
  p = defaults();
  p.forecast = OptimalDispatch::Known::perfect;
  CHECK_THROWS_WITH_AS(OptimalDispatch(p, economics_setup()), doctest::Contains("foresight_file"),
                       UserError);
  p = defaults();
  p.work_power = 1e6;
  p.work_energy = 25e6 * 3600.0;
  CHECK_THROWS_WITH_AS(OptimalDispatch(p, economics_setup()), doctest::Contains("does not fit"),
                       UserError);
}
