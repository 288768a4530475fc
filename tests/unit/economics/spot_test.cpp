#include "models/economics/spot.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/economics/spot_market.h"
#include "tests/unit/economics/support.h"

using namespace steppe;
using namespace steppe::test;
using namespace steppe::models;

namespace {

std::string file_with(const std::string& name, const std::string& text) {
  const auto path = (std::filesystem::temp_directory_path() / ("steppe-" + name + ".csv")).string();
  std::ofstream(path) << text;
  return path;
}

}  // namespace

TEST_CASE("series: steps, units, gaps and quarters") {
  const auto f = file_with("series",
                           "time,power [kW],temp [degC]\r\n2026-01-01 00:00,100,-10\r\n"
                           "2026-01-01 00:05,200,-11\r\n2026-01-01 00:15,400,\r\n"
                           "2026-01-01 00:20,500,-13\r\n2026-01-01 00:25,600,-14\r\n");
  auto s = read_series(f);
  CHECK(s.start == kJanuary);
  CHECK(s.step == 300);
  CHECK(s.size() == 6);
  auto c = s.column("power");
  CHECK(c.value[1] == 200e3);
  CHECK(std::isnan(c.value[2]));
  CHECK(s.column("temp").value[0] == doctest::Approx(263.15));
  REQUIRE(gaps(s, c).size() == 1);
  CHECK(gaps(s, c)[0].first == 2);
  const auto q = quarters(s, c);
  REQUIRE(q.value.size() == 2);
  CHECK(std::isnan(q.value[0]));
  CHECK(q.value[1] == doctest::Approx(500e3));
  CHECK(fill_gaps(c) == 1);
  CHECK(c.value[2] == doctest::Approx(300e3));
  CHECK_THROWS_WITH_AS(s.column("powr"), doctest::Contains("did you mean 'power'"), UserError);
}

TEST_CASE("series: the ways in which meters write") {
  const auto first = [](const std::string& text) {
    const auto s = read_series(file_with("ways", text));
    REQUIRE(s.size() == 2);
    CHECK(s.start == kJanuary);
    CHECK(s.step == 900);
    return s.columns.at(0);
  };
  CHECK(first("time,p [kW]\n2026/1/1 0:00,1.5\n2026/1/1 0:15,2\n").value[0] == 1500.0);
  CHECK(first("Zeit;p [kW]\n1.1.2026 00:00;1,5\n1.1.2026 00:15;2\n").value[0] == 1500.0);
  CHECK(first("time\timport_mw\n2026-01-01T00:00:00+08:00\t1.5\n2026-01-01T00:15:00+08:00\t2\n")
            .value[0] == 1.5e6);
  CHECK(first("time,note,kWh\n2026-01-01 00:00,ok,1\n2026-01-01 00:15,late,2\n").unit == "kWh");
  CHECK(first("date,hour,p [kW]\n2026-01-01,00:00,1.5\n2026-01-01,00:15,2\n").value[0] == 1500.0);
  const auto last = [](const std::string& text) {
    const auto s = read_series(file_with("slashes", text));
    return date_time(s.time(s.size() - 1));
  };
  CHECK(last("t,p [kW]\n1/30/2026 11:00 PM,1\n1/31/2026 12:00 AM,1\n1/31/2026 1:00 AM,1\n") ==
        "2026-01-31 01:00");
  CHECK(last("t;p [kW]\n31/01/2026 23:00;1\n01/02/2026 00:00;1\n01/02/2026 01:00;1\n") ==
        "2026-02-01 01:00");
  CHECK(first("time,price [EUR/MWh]\n2026-01-01 00:00,-60\n2026-01-01 00:15,70\n").value[0] == -60);
}

TEST_CASE("series: clocks that change, with offsets and without") {
  const auto hours = [](const std::string& name, std::initializer_list<const char*> times) {
    std::string text = "time,p [kW]\n";
    int k = 0;
    for (const char* t : times) text += fmt::format("{},{}\n", t, ++k);
    return read_series(file_with(name, text));
  };
  const auto spring = hours("spring", {"2025-03-29 23:00", "2025-03-30 00:00", "2025-03-30 01:00",
                                       "2025-03-30 03:00", "2025-03-30 04:00"});
  CHECK(spring.size() == 5);
  CHECK(gaps(spring, spring.columns[0]).empty());
  CHECK(date_time(spring.wall(spring.time(2))) == "2025-03-30 01:00");
  CHECK(date_time(spring.wall(spring.time(3))) == "2025-03-30 03:00");
  const auto autumn = hours("autumn", {"2025-10-26 00:00", "2025-10-26 01:00", "2025-10-26 02:00",
                                       "2025-10-26 02:00", "2025-10-26 03:00"});
  CHECK(autumn.size() == 5);
  CHECK(date_time(autumn.wall(autumn.time(2))) == "2025-10-26 02:00");
  CHECK(date_time(autumn.wall(autumn.time(3))) == "2025-10-26 02:00");
  CHECK(date_time(autumn.wall(autumn.time(4))) == "2025-10-26 03:00");
  const auto offsets = hours("offsets", {"2025-10-26T01:00+02:00", "2025-10-26T02:00+02:00",
                                         "2025-10-26T02:00+01:00", "2025-10-26T03:00+01:00"});
  CHECK(offsets.size() == 4);
  // Any other day an hour that is not there is a gap.
  const auto gap = hours(
      "gap", {"2025-05-04 00:00", "2025-05-04 01:00", "2025-05-04 03:00", "2025-05-04 04:00"});
  CHECK(gaps(gap, gap.columns[0]).size() == 1);
}

TEST_CASE("series: what is wrong is said with its place") {
  const auto says = [](const std::string& text, const std::string& part) {
    const auto f = file_with("bad-series", text);
    CHECK_THROWS_WITH_AS(read_series(f), doctest::Contains(part.c_str()), UserError);
  };
  says("", "is empty");
  says("2026-01-01 00:00,1\n", ":1:1: the first line must name the columns");
  says("time\n2026-01-01 00:00\n", "one column is not enough");
  says("time,p [kW]\n2026-01-01 00:00,1\n", "a series needs two");
  says("time,p [kW]\n2026-01-01 00:00,1\n2026-01-01 00:15,x\n", ":3:18: 'x' is not a number");
  says("time,p [kW]\n2026-01-01 00:15,1\n2026-01-01 00:00,2\n", ":3:1: time goes back");
  says("time,p [kW]\n2026-01-01 00:00,1\n2026-01-01 00:00,2\n", "stands twice");
  says("time,p [kW]\n2026-01-01 00:00,1,5\n", ":2:1: 3 cells instead of 2");
  says("time,p [kW]\n2026-13-01 00:00,1\n", "is not a time");
  says("time,p [kW]\n1/2/2026 00:00,1\n1/2/2026 01:00,1\n", ":2:1: no date of the file tells");
  says("time;p [kW]\n2026-01-01 00:00;6.355,72\n2026-01-01 01:00;1\n",
       "without marks of thousands");
  says("time,p\n0,1\n900,1\n1000,1\n1900,1\n2800,1\n", "off the grid of 900 s");
}

TEST_CASE("spot: prices of a file by date and by calendar, negative ones allowed") {
  std::string text = "time,price [CNY/MWh]\n";
  for (int q = 0; q < 192; ++q)
    text += date_time(kJanuary + 900 * q) + "," + std::to_string(q < 96 ? -50 : 300) + "\n";
  const SpotPrices p(file_with("spot", text), "", "", 1.0);
  CHECK(p.price(kJanuary) * kKwh == doctest::Approx(-0.05));
  CHECK(p.price(kJanuary + 86400) * kKwh == doctest::Approx(0.3));
  // The same days of another year.
  CHECK(p.price(kJanuary + 365 * 86400 + 3600) * kKwh == doctest::Approx(-0.05));
  CHECK_THROWS_WITH_AS(p.price(kJanuary + 10 * 86400), doctest::Contains("has no price for"),
                       UserError);
  // A plan at the end of the file looks on: the last day again.
  CHECK(p.price(kJanuary + 2 * 86400 + 600) * kKwh == doctest::Approx(0.3));
}

TEST_CASE("spot: the wrong unit is found out") {
  const auto f = file_with("unit", "time,a\n2026-01-01 00:00,300\n2026-01-01 00:15,310\n");
  CHECK_THROWS_WITH_AS(SpotPrices(f, "", "", 1.0), doctest::Contains("has no unit"), UserError);
  CHECK_THROWS_WITH_AS(SpotPrices(f, "", "CNY/kWh", 1.0), doctest::Contains("the unit is wrong"),
                       UserError);
  CHECK_THROWS_WITH_AS(SpotPrices(f, "", "kW", 1.0), doctest::Contains("is no price"), UserError);
  const auto small = file_with("small", "time,a\n2026-01-01 00:00,0.3\n2026-01-01 00:15,-0.1\n");
  CHECK_THROWS_WITH_AS(SpotPrices(small, "", "CNY/MWh", 1.0),
                       doctest::Contains("the unit is wrong"), UserError);
  CHECK(SpotPrices(f, "", "CNY/MWh", 1.0).price(kJanuary) * kKwh == doctest::Approx(0.3));
}

TEST_CASE("spot: a synthetic year has a dear evening, a cheap noon and prices below zero") {
  const SpotPrices p(1);
  double noon = 0.0, evening = 0.0, mean = 0.0;
  int negative = 0;
  for (int q = 0; q < 365 * 96; ++q) {
    const double v = p.price(kJanuary + 900 * q) * kKwh;
    mean += v / (365 * 96);
    if (q % 96 == 48) noon += v / 365;
    if (q % 96 == 76) evening += v / 365;
    negative += v < 0;
  }
  CHECK(noon < 0.5 * mean);
  CHECK(evening > 1.3 * mean);
  CHECK(negative > 100);
}
