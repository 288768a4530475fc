// Tariffs and bills. Acceptance checks AC-n-nn are those of the project's model handbook; each
// states its closed form here.
#include "models/economics/tariff.h"

#include <fmt/format.h>

#include <numeric>

#include "models/economics/bill.h"
#include "models/economics/renewables.h"
#include "sim/base/rng.h"
#include "tests/unit/economics/support.h"

using namespace steppe;
using namespace steppe::test;
using namespace steppe::models;

namespace {

/// The shipped file with `from` replaced by `to`, read as a tariff; the message of the error.
std::string refusal(const std::string& from, const std::string& to) {
  std::ifstream in(std::string(STEPPE_SOURCE_DIR) + "/data/tariffs/west-inner-mongolia.yaml");
  std::string text(std::istreambuf_iterator<char>(in), {});
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  const auto file = std::filesystem::temp_directory_path() / "steppe_tariff_test.yaml";
  std::ofstream(file) << text;
  std::string message;
  try {
    load_tariff(economics_setup(), "", file.string());
  } catch (const UserError& e) {
    message = e.what();
  }
  std::filesystem::remove(file);
  CAPTURE(message);
  // file:line:column, the line and a caret.
  CHECK(message.find("steppe_tariff_test.yaml:") != std::string::npos);
  CHECK(message.find('^') != std::string::npos);
  return message;
}

bool says(const std::string& message, const std::string& part) {
  INFO(message);
  const bool found = message.find(part) != std::string::npos;
  CHECK_MESSAGE(found, part);
  return found;
}

TariffData two_windows() {
  TariffData d;
  tariff_table().set_defaults(&d);
  d.name = "two";
  d.base_price = 0.5 / kKwh;
  d.window_season = {1, 1};
  d.window_start = {22 * 3600.0, 6 * 3600.0};
  d.window_end = {6 * 3600.0, 22 * 3600.0};
  d.window_kind = {2, 4};
  d.window_multiplier = {0.5, 1.5};
  d.demand_price = 30e-3;
  d.feed_in_price = 0.2 / kKwh;
  return d;
}

}  // namespace

TEST_CASE("AC-5-06: mean multiplier of a flat load, western Inner Mongolia") {
  // September to May (6 h · 1.68 + 9 h · 0.48 + 9 h)/24; June to August (4 h · 1.54 + 2 h · 1.848 +
  // 3 h · 0.44 + 2 h · 0.352 + 13 h)/24.
  const Tariff t = shipped();
  for (int m = 1; m <= 12; ++m)
    CHECK(close(t.mean_multiplier(m), m >= 6 && m <= 8 ? 24.88 / 24 : 0.9750, 1e-9));
}

TEST_CASE("AC-5-07, AC-7-07: 100 MW through 720 h of a September-May month") {
  // 72 GWh · 0.45 · 0.975 = 31.59 MCNY, demand 100 000 kW · 31.2 = 3.12 MCNY.
  const Tariff t = shipped();
  const int64_t april = month_begin(12 * 56 + 3);
  const Bill b = bill_of_means(t, {}, april, std::vector<double>(2880, 100e6));
  CHECK(b.energy_fen == 3'159'000'000);
  CHECK(b.demand_fen == 312'000'000);
  CHECK(b.total_fen() == 3'471'000'000);
  CHECK(close(b.import_energy, 72e6 * kKwh, 1e-12));
  REQUIRE(b.months.size() == 1);
  CHECK(b.months[0].year == 2026);
  CHECK(b.months[0].month == 4);
  CHECK(b.months[0].covered == 1.0);
  int64_t sum = 0;
  for (const auto& l : b.months[0].lines) sum += l.fen;
  CHECK(sum == b.total_fen());
  MESSAGE(bill_text(b));
}

TEST_CASE("AC-7-07: energy cost is the sum of P · tariff · dt for any load") {
  const Tariff t = shipped();
  Rng rng(3, "bill");
  std::vector<double> means(35040);
  for (double& p : means) p = 10e6 + 5e6 * rng.normal();
  double cost = 0.0;
  for (size_t i = 0; i < means.size(); ++i) {
    REQUIRE(means[i] > -20e6);
    const int64_t at = kJanuary + 900 * static_cast<int64_t>(i);
    cost += 900.0 * means[i] * (means[i] > 0 ? t.price(at) : t.data().feed_in_price);
  }
  const Bill b = bill_of_means(t, {}, kJanuary, means);
  CHECK(b.months.size() == 12);
  CHECK(close(yuan(b.energy_fen), cost, 1e-9));
  int64_t sum = 0;
  for (const auto& m : b.months) {
    sum += m.fen;
    CHECK(m.covered == 1.0);
  }
  CHECK(sum == b.total_fen());
}

TEST_CASE("a bill worked by hand, to the fen") {
  // Two quarters at night (valley, 0.25 CNY/kWh), two by day (peak, 0.75), 31 January 2026 05:30.
  const Tariff t(two_windows());
  const int64_t start = kJanuary + 30 * 86400 + 5 * 3600 + 1800;
  // 246.9 kWh by night: 61.725 CNY -> 61.73 (half away from zero); 100.01 kWh: 75.0075 -> 75.01.
  const std::vector<double> means{493.8e3, 493.8e3, 200.0e3, 200.04e3};
  const Bill b = bill_of_means(t, {.prorate = false}, start, means);
  REQUIRE(b.months.size() == 1);
  const auto& lines = b.months[0].lines;
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].name == "valley");
  CHECK(lines[0].fen == 6173);
  CHECK(lines[1].name == "peak");
  CHECK(lines[1].fen == 7501);
  CHECK(lines[2].name == "demand");
  CHECK(lines[2].fen == 1'481'400);  // 493.8 kW · 30
  // The share of the month that was metered: 1 h of 744 h.
  const Bill part = bill_of_means(t, {}, start, means);
  CHECK(part.demand_fen == fen(14814.0 / 744.0));
}

TEST_CASE("rounding is half away from zero and does not depend on order") {
  const Exact unit = Exact{3600000} * 10000000;
  CHECK(fen_of_energy(unit / 2) == 1);
  CHECK(fen_of_energy(unit / 2 - 1) == 0);
  CHECK(fen_of_energy(-unit / 2) == -1);
  CHECK(fen_of_energy(-unit / 2 + 1) == 0);
  const Tariff t = shipped();
  Rng rng(5, "order");
  Registers forward, backward;
  struct Q {
    int64_t at, joule;
  };
  std::vector<Q> all;
  for (int i = 0; i < 2976; ++i)
    all.push_back({kJanuary + 900 * i, static_cast<int64_t>(1e10 * rng.uniform())});
  const auto book = [&](Registers& r, const Q& q) {
    r.quarter(q.at, 900, q.joule, 0, true, t.kind(q.at), t.nano_price(q.at));
  };
  for (const auto& q : all) book(forward, q);
  for (auto q = all.rbegin(); q != all.rend(); ++q) book(backward, *q);
  CHECK(forward.bill(t, {}).total_fen() == backward.bill(t, {}).total_fen());
}

TEST_CASE("demand: contracted, capacity, export, negative prices") {
  TariffData d = two_windows();
  d.capacity_price = 20e-3;
  const Tariff t(d);
  // 10 MW contracted: within 5 % the contract is paid, beyond it twice.
  const BillTerms contract{.basis = DemandBasis::contracted, .contracted = 10e6};
  CHECK(close(billed_demand(t.data(), contract, 8e6), 10e6, 1e-15));
  CHECK(close(billed_demand(t.data(), contract, 10.5e6), 10e6, 1e-15));
  CHECK(close(billed_demand(t.data(), contract, 11e6), 11e6, 1e-12));
  const std::vector<double> month(2976, -1e6);
  const Bill out =
      bill_of_means(t, {.basis = DemandBasis::capacity, .contracted = 20e6}, kJanuary, month);
  CHECK(out.demand_fen == 40'000'000);   // 20 000 kVA · 20
  CHECK(out.energy_fen == -14'880'000);  // 744 MWh · 0.2 CNY/kWh
  CHECK(out.import_energy == 0.0);
  QuarterMeter q(t);
  const core::Nanoseconds t0 = core::from_seconds(static_cast<double>(kJanuary));
  q.line(t0, 1e6, t0 + core::from_seconds(3600.0), 1e6, -0.05 / kKwh);
  q.close();
  CHECK(q.registers().bill(t, {}).energy_fen == -5000);
}

TEST_CASE("the meter's integral: lines exact over quarters, crossings, odd periods") {
  const Tariff t = shipped();
  const double periods[] = {1.0, 7.0, 60.0, 300.0, 1234.5, 3600.0};
  for (double period : periods) {
    CAPTURE(period);
    QuarterMeter q(t);
    // A triangle from -6 MW to +10 MW within a day and back, corner at a multiple of every period.
    const double day = 2 * 43200.0;
    const auto power = [&](double s) { return -6e6 + 16e6 * (1.0 - std::abs(s / 43200.0 - 1.0)); };
    const core::Nanoseconds start = core::from_seconds(static_cast<double>(kJanuary));
    double s = 0.0;
    while (s < day) {
      double next = std::min(s + period, day);
      if (s < 43200.0) next = std::min(next, 43200.0);
      q.line(start + core::from_seconds(s), power(s), start + core::from_seconds(next),
             power(next));
      s = next;
    }
    q.close();
    const Bill b = q.registers().bill(t, {});
    // Both triangles: 10 MW over 2 · 27 000 s, 6 MW over 2 · 16 200 s.
    CHECK(close(b.import_energy, 10e6 * 27000.0, 1e-9));
    CHECK(close(b.export_energy, 6e6 * 16200.0, 1e-9));
    // The two quarters at noon: mean 450 s before the corner.
    CHECK(close(b.months[0].demand, 10e6 - 16e6 * 450.0 / 43200.0, 1e-9));
  }
}

TEST_CASE("the meter's integral of a sine: error h²/12·P″, as documented") {
  const Tariff t = shipped();
  const double w = 2 * M_PI / 7200.0;
  for (double h : {60.0, 300.0}) {
    QuarterMeter q(t);
    const core::Nanoseconds start = core::from_seconds(static_cast<double>(kJanuary));
    const auto power = [&](double s) { return 10e6 + 1e6 * std::sin(w * s); };
    for (double s = 0.0; s < 1800.0; s += h)
      q.line(start + core::from_seconds(s), power(s), start + core::from_seconds(s + h),
             power(s + h));
    const double exact = 10e6 * 1800.0 + 1e6 / w;
    const double error = exact - q.registers().import_energy();
    // ∫P″ over a quarter of a wave is −w·ΔP.
    CHECK(close(error, h * h / 12.0 * w * 1e6, 0.01));
  }
}

TEST_CASE("a state saved inside a quarter goes on bit for bit") {
  const Tariff t = shipped();
  QuarterMeter a(t), b(t);
  const core::Nanoseconds start = core::from_seconds(static_cast<double>(kJune));
  Rng rng(1, "meter");
  double p = 8e6;
  for (int i = 0; i < 5000; ++i) {
    const double next = 8e6 + 3e6 * rng.normal();
    const auto t0 = start + core::from_seconds(7.0 * i);
    a.line(t0, p, t0 + core::from_seconds(7.0), next);
    p = next;
    if (i != 2501) continue;
    core::StateWriter w;
    a.save(w);
    core::StateReader r(w.bytes());
    b.load(r);
    CHECK(r.done());
    Rng same = rng;
    double x = p;
    for (int k = i + 1; k < 5000; ++k) {
      const double y = 8e6 + 3e6 * same.normal();
      const auto t1 = start + core::from_seconds(7.0 * k);
      b.line(t1, x, t1 + core::from_seconds(7.0), y);
      x = y;
    }
  }
  core::StateWriter wa, wb;
  a.save(wa);
  b.save(wb);
  CHECK(wa.bytes() == wb.bytes());
}

TEST_CASE("windows follow the clock and the month") {
  const Tariff t = shipped();
  struct {
    int64_t at;
    PeriodKind kind;
    double price;
  } const points[] = {
      {kJanuary, PeriodKind::valley, 0.216},
      {kJanuary + 4 * 3600 - 1, PeriodKind::valley, 0.216},
      {kJanuary + 4 * 3600, PeriodKind::flat, 0.45},
      {kJanuary + 7 * 3600, PeriodKind::peak, 0.756},
      {kJanuary + 13 * 3600, PeriodKind::valley, 0.216},
      {kJune - 1, PeriodKind::flat, 0.45},
      {kJune, PeriodKind::flat, 0.45},
      {kJune + 13 * 3600, PeriodKind::deep_valley, 0.1584},
      {kJune + 20 * 3600, PeriodKind::critical_peak, 0.8316},
      {kJune + 21 * 3600, PeriodKind::peak, 0.693},
      {-1, PeriodKind::flat, 0.45},
  };
  for (const auto& p : points) {
    CAPTURE(p.at);
    CHECK(t.kind(p.at) == p.kind);
    CHECK(close(t.price(p.at) * kKwh, p.price, 1e-12));
    CHECK(t.nano_price(p.at) == std::llround(p.price * 1e9));
  }
  CHECK(t.window_left(kJanuary + 100) == 4 * 3600 - 100);
  CHECK(t.window_left(kJune - 7200) == 8 * 3600);  // flat from 22:00, and on to 06:00 in summer
  CHECK(month_of(kJanuary) == 12 * 56);
  CHECK(month_of(kJanuary - 1) == 12 * 56 - 1);
  CHECK(month_begin(12 * 56 + 5) == kJune);
  CHECK(month_of(-1) == -1);
  CHECK(month_begin(-1) == -31 * 86400);
}

TEST_CASE("working days, weekends and holidays have windows of their own") {
  TariffData d = two_windows();
  d.window_season = {1, 1, 1};
  d.window_start = {22 * 3600.0, 6 * 3600.0, 0.0};
  d.window_end = {6 * 3600.0, 22 * 3600.0, 24 * 3600.0};
  d.window_kind = {2, 4, 1};
  d.window_multiplier = {0.5, 1.5, 0.2};
  d.window_days = {2, 2, 3};
  d.holidays = {106};
  const Tariff t(d);
  // 1 January 2026 was a Thursday.
  const int64_t noon = kJanuary + 12 * 3600;
  for (int day = 0; day < 28; ++day) {
    CAPTURE(day);
    const bool rest = day % 7 == 2 || day % 7 == 3 || day == 5;
    CHECK(weekend(noon + 86400 * day) == (day % 7 == 2 || day % 7 == 3));
    CHECK(t.kind(noon + 86400 * day) == (rest ? PeriodKind::deep_valley : PeriodKind::peak));
  }
  // Friday 22:00, until the weekend begins; Sunday, until Monday's night.
  CHECK(t.window_left(kJanuary + 86400 + 22 * 3600) == 2 * 3600);
  CHECK(t.window_left(kJanuary + 3 * 86400 + 20 * 3600) == 4 * 3600);
  CHECK(close(t.mean_multiplier(1), (5 * (8 * 0.5 + 16 * 1.5) / 24 + 2 * 0.2) / 7, 1e-12));
  // A week without the holiday, by hand: 1 MW at 0.5 CNY/kWh.
  const Bill b = bill_of_means(t, {}, kJanuary + 7 * 86400, std::vector<double>(672, 1e6));
  CHECK(b.energy_fen == fen(1000.0 * 0.5 * (5 * (8 * 0.5 + 16 * 1.5) + 2 * 24 * 0.2)));

  const auto refused = [&](auto change) {
    TariffData x = d;
    change(x);
    try {
      Tariff{std::move(x)};
    } catch (const UserError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  says(refused([](TariffData& x) {
         x.window_days = {2, 2, 2};
       }),
       "windows of season 1 overlap from 00:00: 22:00–06:00 and 00:00–24:00");
  says(refused([](TariffData& x) { x.window_end[2] = 23 * 3600.0; }),
       "season 1 has a gap from 23:00 to 24:00 at weekends");
  says(refused([](TariffData& x) { x.window_end[1] = 21 * 3600.0; }),
       "season 1 has a gap from 21:00 to 22:00 on working days");
  says(refused([](TariffData& x) { x.holidays = {230}; }), "holidays 230 is no day of the year");
  says(refused([](TariffData& x) { x.window_days = {2, 2}; }), "window_days has 2 entries");
}

TEST_CASE("a tariff that cannot be used is located and explained") {
  // Gap, overlap, a month without data, prices in the wrong unit, and what else a file can have.
  says(refusal("11, 16,  18, 22,      0", "11, 16,  18.5, 22,    0"),
       "season 1 has a gap from 18:00 to 18:30");
  auto m = refusal("16, 18,  22, 24,      6", "16.5, 18, 22, 24,      6");
  says(m, "windows of season 1 overlap from 16:00: 11:00–16:30 and 16:00–18:00");
  says(m, ":16:45");  // the line of window_start
  says(refusal("1, 1, 1, 1, 1, 2, 2, 2,", "1, 1, 1, 1, 1, 2, 3, 2,"),
       "July has no data: season 3 has no windows");
  says(refusal("2, 2, 2, 1, 1, 1, 1]", "2, 2, 2, 1, 1, 1]"), "months without data");
  says(refusal("0.45 CNY/kWh", "0.45 CNY/MWh"), "base_price");
  says(refusal("0.45 CNY/kWh", "0.45 CNY/kW"), "base_price");
  says(refusal("0.45 CNY/kWh", "45"), "base_price");
  says(refusal("31.2 CNY/kW,", "31.2 CNY/kWh,"), "demand_price");
  says(refusal("4, 6,    8, 11,  16", "4.1, 6,    8, 11,  16"), "quarter of an hour");
  says(refusal("2, 3,    4, 3,    2", "2, 7,    4, 3,    2"), "window_kind");
  says(refusal("2, 3,    4, 3,    2", "3,    4, 3,    2"), "has 18 entries, window_start has 19");
  CHECK_THROWS_WITH_AS(load_tariff(economics_setup(), "west-mongolia", ""),
                       doctest::Contains("there is no tariff 'west-mongolia'"), UserError);
}

TEST_CASE("AC-5-10: wind and photovoltaics") {
  // (8³ − 3³)/(12³ − 3³) = 0.2851; 0.82 · (1 − 0.004 · 25) = 0.738 at a cell of 50 °C.
  CHECK(close(wind_power(8.0), 485.0 / 1701.0, 1e-12));
  CHECK(close(wind_power(8.0), 0.2851, 1e-3));
  CHECK(close(pv_power(1000.0, 298.15), 0.738, 1e-12));
  CHECK(wind_power(2.9) == 0.0);
  CHECK(wind_power(12.0) == 1.0);
  CHECK(wind_power(24.9) == 1.0);
  CHECK(wind_power(25.0) == 0.0);
  CHECK(close(wind_power(8.0, 1.05), 485.0 / 1701.0 * 1.05 / 1.225, 1e-12));
  CHECK(wind_power(12.0, 1.05) < 1.0);  // thin air at 1400 m reaches the rating later
  CHECK(pv_power(0.0, 250.0) == 0.0);
  CHECK(pv_power(1000.0, 253.15) > pv_power(1000.0, 298.15));
}

TEST_CASE("AC-5-09: carbon usage of a site on the grid is factor times PUE") {
  CHECK(close(carbon_usage(0.6849, 1.1), 0.6849 * 1.1, 1e-12));
  CHECK(close(carbon_usage(0.6849, 1.1, 0.8), 0.2 * 0.6849 * 1.1, 1e-12));
  // The same from a bill: 100 MW of site at PUE 1.1.
  const Bill b = bill_of_means(shipped(), {}, kJanuary, std::vector<double>(96, 100e6));
  const double it = b.import_energy / 1.1 / kKwh;
  CHECK(close(b.carbon / it, carbon_usage(0.6849, 1.1), 1e-9));
}
