#include "sim/base/units.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "sim/base/error.h"

using namespace steppe;

namespace {
double value(const std::string& text) {
  const auto q = parse_quantity(text);
  REQUIRE_MESSAGE(q.has_value(), text);
  return q->value;
}
std::string problem(const std::string& text, const std::string& unit) {
  std::string error;
  quantity_as(text, unit, error);
  return error;
}
double si(const std::string& text, const std::string& unit) {
  std::string error;
  const double v = quantity_as(text, unit, error);
  CHECK(error == "");
  return v;
}
std::string name_of(const std::string& unit) {
  const auto u = parse_unit(unit);
  REQUIRE_MESSAGE(u.has_value(), unit);
  return dimension_name(u->dimension);
}
}  // namespace

TEST_CASE("units: quantities as people type them") {
  struct Case {
    const char* text;
    double si;
  };
  const Case cases[] = {
      {"0.5", 0.5},
      {"1e3", 1000},
      {"-.5", -0.5},
      {"+3", 3},
      {" 7 ", 7},
      {"1.2 MW", 1.2e6},
      {"80MWh", 2.88e11},
      {"5 %", 0.05},
      {"2 h 10 min", 7800},
      {"-2 h 10 min", -7800},
      {"1 d 2 h 3 min 4.5 s", 86400 + 7200 + 180 + 4.5},
      {"10 kW 500 W", 10500},
      {"25 degC", 298.15},
      {"-20 °C", 253.15},
      {"77 degF", 298.15},
      {"300 K", 300},
      {"5 min", 300},
      {"7 mm", 0.007},
      {"3 ms", 0.003},
      {"2 us", 2e-6},
      {"2 µs", 2e-6},
      {"1 week", 604800},
      {"1 year", 31536000},
      {"2 t", 2000},
      {"5 g", 0.005},
      {"1 bar", 1e5},
      {"20 mbar", 2000},
      {"3 kPa", 3000},
      {"10 kV", 1e4},
      {"2 mohm", 2e-3},
      {"4 mF", 4e-3},
      {"280 Ah", 280 * 3600},
      {"1 kVA", 1000},
      {"1 Mvar", 1e6},
      {"50 Hz", 50},
      {"1200 rpm", 20},
      {"60 L/min", 1e-3},
      {"36 m3/h", 0.01},
      {"36 m^3/h", 0.01},
      {"36 m³/h", 0.01},
      {"4.18 kJ/(kg.K)", 4180},
      {"4.18 kJ/(kg·K)", 4180},
      {"6 MW/min", 1e5},
      {"0.36 CNY/kWh", 1e-7},
      {"36 fen/kWh", 1e-7},
      {"12 kW.h", 4.32e7},
      {"12 kW·h", 4.32e7},
      {"3 W/(m2.K)", 3},
      {"3 W/m2/K", 3},
      {"9 s^-1", 9},
      {"9 s-1", 9},
      {"9 1/s", 9},
      {"80 GB", 8e10},
      {"3.35 TB/s", 3.35e12},
      {"1 GiB", 1073741824},
      {"989 TFLOPS", 9.89e14},
      {"5 ktoken/s", 5000},
      {"2 requests/s", 2},
      {"100 ppm", 1e-4},
      {"1 pu", 1},
      {"600 gCO2/kWh", 0.6 / 3.6e6},
      {"2 W / K", 2},
      {"1 mW", 1e-3},
      {"1 MW", 1e6},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(value(c.text) == doctest::Approx(c.si).epsilon(1e-14));
  }
  CHECK(parse_quantity("5")->has_unit == false);
  CHECK(parse_quantity("5 %")->has_unit == true);
}

TEST_CASE("units: what is no quantity") {
  for (const char* text :
       {"",         " ",      "NaN",     "nan",      "inf",      "-inf",          "infinity",
        "5 apples", "kW",     "1e999",   "1e308 EW", "1.2.3",    "0x10",          "5 kw",
        "5 KW",     "5 mmin", "5 kh",    "2 h 3 W",  "2 h 10",   "2 h -10 min",   "3 J/kg.K",
        "5 W//K",   "5 (W",   "5 W)",    "5 W/",     "5 degC/h", "5 degC 3 degC", "5 m0",
        "5 m^",     "5 m10",  "5 K^9^9", "1 2",      "--5",      "5 W.",          "five",
        "5,0",      "1_000",  "5\nW"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_quantity(text).has_value());
  }
  CHECK_FALSE(parse_quantity(std::string(100000, '(')).has_value());
  CHECK_FALSE(parse_quantity("1 " + std::string(60, '(') + "W" + std::string(60, ')')).has_value());
  CHECK_FALSE(parse_unit("m9.m9.m9").has_value());  // exponents stay far from overflow
}

TEST_CASE("units: a number for a parameter") {
  CHECK(si("25", "degC") == doctest::Approx(298.15));
  CHECK(si("25 degC", "degC") == doctest::Approx(298.15));
  CHECK(si("25 degC", "K") == doctest::Approx(298.15));
  CHECK(si("300 K", "degC") == doctest::Approx(300));
  CHECK(si("4", "K") == 4);
  CHECK(si("4", "kW") == 4000);
  CHECK(si("4 MW", "kW") == 4e6);
  CHECK(si("5", "%") == doctest::Approx(0.05));
  CHECK(si("5 %", "1") == doctest::Approx(0.05));
  CHECK(si("0.05", "") == doctest::Approx(0.05));
  CHECK(si("1 kWh", "J") == 3.6e6);
  CHECK_THROWS_AS(si("1", "furlong"), InternalError);
}

TEST_CASE("units: errors name what was found and what was expected") {
  CHECK(problem("4 kW", "K") ==
        "has unit of power, expected temperature or temperature difference [K]");
  CHECK(problem("4 kW", "degC") == "has unit of power, expected temperature [degC]");
  CHECK(problem("25 C", "degC") ==
        "has unit of electric charge, expected temperature [degC]; write degC");
  CHECK(problem("5 apples", "W") == "has the unknown unit 'apples', expected power [W]");
  CHECK(problem("5 kw", "W/K") == "has the unknown unit 'kw', expected thermal conductance [W/K]");
  CHECK(problem("nan", "kW") == "is not a finite number, expected power [kW]");
  CHECK(problem("-inf", "kW") == "is not a finite number, expected power [kW]");
  CHECK(problem("1e999", "kW") == "is not a finite number, expected power [kW]");
  CHECK(problem("a lot", "s") == "is not a number with a unit, expected time [s]");
  CHECK(problem("", "m3/h") == "is empty, expected volume flow [m3/h]");
  CHECK(problem("3 W", "1") == "has unit of power, expected a plain number");
  CHECK(problem("3 %", "W") == "has no dimension, expected power [W]");
}

TEST_CASE("units: dimension names") {
  CHECK(name_of("kWh") == "energy");
  CHECK(name_of("kJ/(kg.K)") == "specific heat capacity");
  CHECK(name_of("kg/s") == "mass flow");
  CHECK(name_of("MW/min") == "power ramp");
  CHECK(name_of("J/token") == "energy per token");
  CHECK(name_of("kg.m") == "m.kg");
  CHECK(name_of("K/m5") == "m^-5.K");
}

TEST_CASE("units: numbers for people") {
  struct Case {
    double si;
    const char *unit, *text;
  };
  const Case cases[] = {
      {1.25e6, "W", "1.25 MW"},
      {1.25e6, "kW", "1.25 MW"},
      {999.96, "W", "1 kW"},
      {0, "W", "0 W"},
      {-5e3, "V", "-5 kV"},
      {298.15, "degC", "25 °C"},
      {273.15, "degC", "0 °C"},
      {4, "K", "4 K"},
      {7.2e10, "J", "20 MWh"},
      {7.2e10, "kWh", "20 MWh"},
      {100, "J", "100 J"},
      {0.25, "%", "25 %"},
      {0.05, "m3/h", "180 m3/h"},
      {2e5, "W/K", "200 kW/K"},
      {4180, "J/(kg.K)", "4.18 kJ/(kg.K)"},
      {7809.9, "s", "2 h 10 min 9.9 s"},
      {90061.5, "s", "1 d 1 h 1 min"},
      {1500032.056, "s", "17 d 9 h"},
      {255883232.056, "s", "2962 d"},
      {0.012, "s", "12 ms"},
      {3, "kg/s", "3 kg/s"},
      {1234, "kg", "1.234 t"},
      {0.5, "1", "0.5"},
      {1234567, "1", "1234567"},
      {0.004, "mm", "4 mm"},
      {1e-7, "CNY/kWh", "0.36 CNY/kWh"},
      {1e6, "W/s", "1 MW/s"},
      {1e5, "MW/min", "6 MW/min"},
      {1.0 / 3, "", "0.3333"},
      {12345.6, "m3", "12346 m3"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.si);
    CAPTURE(c.unit);
    CHECK(format_quantity(c.si, c.unit) == c.text);
  }
  CHECK(format_quantity(INFINITY, "W") == "inf");
  CHECK(format_quantity(NAN, "W") == "nan");
}

TEST_CASE("units: what is formatted reads back") {
  for (const char* unit :
       {"W", "kWh", "degC", "K", "m3/h", "kJ/(kg.K)", "CNY/kWh", "%", "Pa", "kg/s", "s"})
    for (double x : {1e-5, 0.3, 1.0, 42.0, 299.0, 3600.0, 1.5e7}) {
      CAPTURE(unit);
      CAPTURE(x);
      const std::string text = format_quantity(x, unit, 15);
      CAPTURE(text);
      std::string error;
      // Durations above a minute are shown to the millisecond.
      CHECK(quantity_as(text, unit, error) == doctest::Approx(x).epsilon(1e-9));
      CHECK(error == "");
    }
}

TEST_CASE("units: durations") {
  CHECK(format_duration(7809.9) == "2 h 10 min 9.9 s");
  CHECK(format_duration(59.9996) == "1 min");
  CHECK(format_duration(90061.5) == "1 d 1 h 1 min 1.5 s");
  CHECK(format_duration(-3.2) == "-3.2 s");
  CHECK(format_duration(0) == "0 s");
  CHECK(format_duration(1.5e-6) == "1.5 us");
  CHECK(format_duration(0.99999) == "1 s");
  CHECK(format_duration(INFINITY) == "inf");
}
