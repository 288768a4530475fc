#include "models/dispatch/services.h"

#include "models/economics/bill.h"
#include "tests/unit/economics/support.h"

using namespace steppe;
using namespace steppe::test;
using namespace steppe::models;

namespace {

constexpr core::Nanoseconds kMinute = 60'000'000'000;

}  // namespace

TEST_CASE("services: the rows are the difference of two bills") {
  const Tariff t = shipped();
  ServiceLedger::Params p;
  p.energy = 20e6 * 3600.0;
  p.cell_price = 600.0 / kKwh;
  p.demand_price = t.data().demand_price;
  ServiceLedger ledger(p, kJanuary * 1'000'000'000);
  // A day: 4 MW charged from 0 to 4, 3 MW given from 18 to 22, where the load is 12 instead of 10
  // MW.
  std::vector<double> with(96), without(96);
  double soc = 0.3;
  for (int m = 0; m <= 1440; ++m) {
    const double hour = static_cast<double>(m - 1) / 60.0;
    const double battery = m == 0 ? 0.0 : hour < 4 ? -4e6 : hour >= 18 && hour < 22 ? 3e6 : 0.0;
    const double load = hour >= 18 && hour < 22 ? 12e6 : 10e6;
    if (m > 0) {
      soc -= battery * 60.0 / p.energy;
      with[static_cast<size_t>((m - 1) / 15)] += (load - battery) / 15.0;
      without[static_cast<size_t>((m - 1) / 15)] += load / 15.0;
    }
    ServiceLedger::Sample s;
    s.load = load;
    s.battery = battery;
    s.held = 11e6;
    s.price = t.price(kJanuary + std::max(0, m - 1) * 60);
    s.soc = soc;
    ledger.sample(kJanuary * 1'000'000'000 + m * kMinute, s);
  }
  const auto k = ledger.kpis();
  const auto a = bill_of_means(t, {}, kJanuary, without), b = bill_of_means(t, {}, kJanuary, with);
  CHECK(kpi(k, "service_arbitrage_earned") ==
        doctest::Approx(yuan(a.energy_fen - b.energy_fen)).epsilon(1e-6));
  CHECK(kpi(k, "service_peak_earned") ==
        doctest::Approx(yuan(a.demand_fen - b.demand_fen)).epsilon(1e-5));  // to the fen
  // 14 MW at night against 12 MW in the evening: the demand rose, and the table says so.
  CHECK(kpi(k, "service_peak_earned") < 0.0);
  // 1 MW of the 3 MW lies above what is held.
  CHECK(kpi(k, "service_peak_energy") == doctest::Approx(4e6 * 3600.0));
  CHECK(kpi(k, "service_arbitrage_energy") == doctest::Approx(8e6 * 3600.0));
  CHECK(kpi(k, "service_arbitrage_cells") ==
        doctest::Approx(2.0 * kpi(k, "service_peak_cells")).epsilon(1e-9));
  CHECK(kpi(k, "service_standby_cells") > 0.0);
  // 4 MWh more than at the start.
  CHECK(kpi(k, "service_stock_earned") > 0.0);
}

TEST_CASE("services: with gensets and cold the rows are the difference of two bills less fuel") {
  const Tariff t = shipped();
  ServiceLedger::Params p;
  p.energy = 20e6 * 3600.0;
  p.cell_price = 600.0 / kKwh;
  p.demand_price = t.data().demand_price;
  ServiceLedger ledger(p, kJanuary * 1'000'000'000);
  std::vector<double> with(96), without(96);
  double fuel = 0.0, cold = 0.0;
  for (int m = 0; m <= 1440; ++m) {
    const double hour = static_cast<double>(m - 1) / 60.0;
    ServiceLedger::Sample s;
    s.load = 10e6 + 1e6 * std::sin(hour);
    s.genset = hour >= 17 && hour < 20 ? 2e6 : 0.0;
    s.fuel = s.genset > 0.0 ? 0.8 : 0.0;
    s.cold = hour < 3 ? 0.5e6 : hour >= 18 && hour < 21 ? -0.5e6 : 0.0;
    s.price = t.price(kJanuary + std::max(0, m - 1) * 60);
    s.soc = 0.5;
    if (m > 0) {
      with[static_cast<size_t>((m - 1) / 15)] += (s.load - s.genset + s.cold) / 15.0;
      without[static_cast<size_t>((m - 1) / 15)] += s.load / 15.0;
      fuel += 60.0 * s.fuel;
      cold += 60.0 * s.cold;
    }
    s.cold_stored = cold;
    ledger.sample(kJanuary * 1'000'000'000 + m * kMinute, s);
  }
  const auto k = ledger.kpis();
  const auto a = bill_of_means(t, {}, kJanuary, without), b = bill_of_means(t, {}, kJanuary, with);
  const double rows = kpi(k, "service_arbitrage_earned") + kpi(k, "service_genset_earned") +
                      kpi(k, "service_cold_earned");
  CHECK(std::abs(kpi(k, "service_arbitrage_earned")) < 1e-3);  // the battery did nothing
  CHECK(rows == doctest::Approx(yuan(a.energy_fen - b.energy_fen) - fuel).epsilon(1e-6));
  CHECK(kpi(k, "service_peak_earned") ==
        doctest::Approx(yuan(a.demand_fen - b.demand_fen)).epsilon(1e-5));
  CHECK(kpi(k, "service_cold_energy") == doctest::Approx(1.5e6 * 3600.0));
  CHECK(kpi(k, "service_genset_energy") == doctest::Approx(6e6 * 3600.0));
  CHECK(kpi(k, "service_genset_fuel") == doctest::Approx(fuel));
}

TEST_CASE("services: cells that rest pay for time alone") {
  ServiceLedger::Params p;
  p.energy = 20e6 * 3600.0;
  p.cell_price = 600.0 / kKwh;
  ServiceLedger ledger(p, kJanuary * 1'000'000'000);
  for (int m = 0; m <= 1440; ++m) {
    ServiceLedger::Sample s;
    s.load = 1e6;
    s.soc = 0.5;
    ledger.sample(kJanuary * 1'000'000'000 + m * kMinute, s);
  }
  const auto k = ledger.kpis();
  CHECK(std::isnan(kpi(k, "service_arbitrage_cells")));
  // Naumann, half full at 25 °C: 4.25 % in the first year, √t: a day of the sixth year.
  const double loss = 0.0425 * (std::sqrt(5.0 + 1.0 / 365.0) - std::sqrt(5.0));
  CHECK(kpi(k, "service_standby_cells") ==
        doctest::Approx(loss / 0.2 * 600.0 * 20e3).epsilon(0.01));
}

TEST_CASE("services: owning the battery costs an annuity over the life that its cells have") {
  ServiceLedger::Params p;
  p.rating = 10e6;
  p.energy = 20e6 * 3600.0;
  p.cell_price = 600.0 / kKwh;
  p.plant_price = 200.0 / 1e3;
  p.interest = 0.08;
  for (double age : {0.0, 1825.0 * 86400.0}) {
    p.cell_age = age;
    ServiceLedger ledger(p, kJanuary * 1'000'000'000);
    for (int m = 0; m <= 1440; ++m) {
      ServiceLedger::Sample s;
      s.load = 1e6;
      s.soc = 1.0;
      ledger.sample(kJanuary * 1'000'000'000 + m * kMinute, s);
    }
    const auto k = ledger.kpis();
    // Naumann, full at 25 °C: k = 1.2571e-5 · (2.8575 · 0.125 + 0.60225) a √s; a fifth is lost
    // after (0.2/k)², whatever lay behind the cells at the start.
    const double life = std::pow(0.2 / (1.2571e-5 * (2.8575 * 0.125 + 0.60225)), 2.0);
    CHECK(close(kpi(k, "cells_life_expected"), life, 1e-6));
    const auto crf = [](double years) { return 0.08 / (1.0 - std::pow(1.08, -years)); };
    const double year = 12e6 * crf(life / (365.0 * 86400.0)) + 2e6 * crf(20.0);
    CHECK(close(kpi(k, "battery_capital"), year / 365.0, 1e-6));
  }
}

TEST_CASE("services: a checkpoint goes on alike") {
  ServiceLedger::Params p;
  p.energy = 1e10;
  ServiceLedger a(p, kJanuary * 1'000'000'000), b = a;
  const auto feed = [](ServiceLedger& l, int from, int to) {
    for (int m = from; m <= to; ++m) {
      ServiceLedger::Sample s;
      s.load = 1e6 * (1 + m % 7);
      s.battery = m % 2 ? 5e5 : -5e5;
      s.soc = 0.5 + 0.01 * (m % 13);
      s.price = 1e-7;
      l.sample(kJanuary * 1'000'000'000 + m * kMinute, s);
    }
  };
  feed(a, 0, 500);
  core::StateWriter w;
  a.save(w);
  core::StateReader r(w.bytes());
  b.load(r);
  CHECK(r.done());
  feed(a, 501, 900);
  feed(b, 501, 900);
  const auto x = a.kpis(), y = b.kpis();
  REQUIRE(x.size() == y.size());
  for (size_t i = 0; i < x.size(); ++i) CHECK(x[i].value == y[i].value);
}
