#include "models/economics/spot.h"

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
  says("time,p [kWp]\n0,1\n900,2\n", "is not a unit");
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
