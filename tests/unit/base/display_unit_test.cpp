#include "sim/base/display_unit.h"

#include <doctest/doctest.h>

#include <limits>

using namespace steppe;

TEST_CASE("display unit: the largest magnitude chooses the prefix") {
  CHECK(display_unit("W", -2.0e6, 1.0e3).name == "MW");
  CHECK(display_unit("W", 0.0).name == "W");
  CHECK(display_unit("token/s", 0.0, 2.1e6).name == "Mtoken/s");
  CHECK(display_unit("J", 0.0, 5.0e9).name == "MWh");
  CHECK(display_unit("J", 0.0, 5.0e9).shown(3.6e9) == doctest::Approx(1.0));
  CHECK(display_unit("m3/s", 0.008).shown(0.008) == doctest::Approx(8.0));
  CHECK(display_unit("1", 0.0, 1.0).name == "");
}

TEST_CASE("display unit: a temperature is in °C, a difference of temperatures in K") {
  CHECK(display_unit("K", 250.0, 310.0).shown(298.15) == doctest::Approx(25.0));
  CHECK(display_unit("K", -3.0, 12.0).shown(12.0) == 12.0);
}

TEST_CASE("display unit: an empty range has the smallest unit") {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  CHECK(display_unit("W", kInf, -kInf).name == "W");
  CHECK(display_unit("K", kInf, -kInf).name == "°C");
}
