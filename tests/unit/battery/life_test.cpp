// Decades of a battery: energy, ageing, the recorded years, bad input.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "models/battery/battery_life.h"
#include "tests/unit/battery/process_bench.h"

using namespace steppe;
using test::ProcessBench;

namespace {
constexpr double kYear = 365.25 * 86400.0;

std::string write(const std::string& text) {
  const std::string path = std::filesystem::temp_directory_path() /
                           ("steppe_soc_" + std::to_string(::getpid()) + ".csv");
  std::ofstream(path) << text;
  return path;
}
}  // namespace

TEST_CASE("ten years of a daily duty: fade, feedback and energy") {
  ProcessBench b("battery_life");
  b.set("period", 7 * 86400.0);
  b.set("step", 600.0);
  b.start();
  b.run(10 * kYear);
  const double fade = b.kpi("battery_capacity_fade");
  MESSAGE("10 years: fade ", 100 * fade, " %, spread ", 100 * b.kpi("battery_capacity_fade_min"),
          " to ", 100 * b.kpi("battery_capacity_fade_max"), " %, round trip ",
          b.kpi("battery_round_trip"), ", cycles ", b.kpi("battery_equivalent_full_cycles"));
  CHECK(fade > 0.08);
  CHECK(fade < 0.35);
  CHECK(b.output("capacity_factor") == doctest::Approx(1.0 - fade).epsilon(1e-3));
  CHECK(b.output("resistance_factor") > 1.0);
  CHECK(b.kpi("battery_round_trip") > 0.85);
  CHECK(b.kpi("battery_round_trip") < 0.95);
  // 4 MWh a day of 5.0 MWh.
  CHECK(b.kpi("battery_equivalent_full_cycles") == doctest::Approx(0.8 * 3652.5).epsilon(0.12));
  CHECK(b.kpi("battery_ageing_outside_range") == 0.0);
}

TEST_CASE("AC-4-15 round trip of the ac side is the converter's and the cells'") {
  ProcessBench b("battery_life");
  b.set("times", std::vector<double>{0.0, 3600.0, 2 * 3600.0, 3 * 3600.0});
  b.set("power", std::vector<double>{-1.25e6, 0.0, 1.15e6, 0.0});  // half of the rating in
  b.set("step", 60.0);
  b.start();
  b.run(30 * 86400.0);
  // Converter alone: η(0.5) = 0.9765 in, 0.980 out [Möller 2022]; cells at a quarter of a C about
  // 0.97.
  const double cells = b.kpi("battery_round_trip") / (0.9765 * 0.980);
  MESSAGE("round trip ", b.kpi("battery_round_trip"), ", of the cells ", cells);
  CHECK(cells > 0.95);
  CHECK(cells < 0.985);
  CHECK(b.kpi("battery_round_trip") > 0.85);
  CHECK(b.kpi("battery_round_trip") < 0.95);
}

TEST_CASE("cold surroundings: the duty is missed, the range is left and told") {
  ProcessBench b("battery_life");
  b.set("model", std::string("blast"));
  b.input("coolant_temp") = 268.15;
  b.start();
  b.run(30 * 86400.0);
  CHECK(b.kpi("battery_duty_missed") > 0.5);
  CHECK(b.kpi("battery_ageing_outside_range") > 0.9);
  REQUIRE_FALSE(b.events.empty());
  CHECK(b.events[0].find("10 to 45 degC") != std::string::npos);
}

TEST_CASE("a recorded state of charge: the file's own cycles and temperature") {
  std::string text = "time_h,SOC_pct,Temperature_C\n";
  for (int h = 0; h < 48; ++h)
    text += std::to_string(h) + "," +
            std::to_string(h % 24 < 12 ? 80 - 5 * (h % 24) : 20 + 5 * (h % 24 - 12)) + ",20\n";
  const std::string path = write(text);
  ProcessBench b("battery_life");
  b.set("record", path);
  b.start();
  b.run(100 * 86400.0);
  CHECK(b.kpi("battery_equivalent_full_cycles") == doctest::Approx(60.0).epsilon(0.02));
  CHECK(b.kpi("battery_min_soc") == doctest::Approx(0.2).epsilon(0.02));
  CHECK(b.output("temp") == doctest::Approx(293.15));
  std::remove(path.c_str());
}

TEST_CASE(
    "predicted: a measured year of frequency containment and one of peak shaving, ten times") {
  const char* home = std::getenv("STEPPE_SHARED_DATA");
  const std::string folder = (home ? std::string(home) : STEPPE_SOURCE_DIR "/../shared/data") +
                             "/battery/blast_lite_profiles/";
  if (!std::filesystem::exists(folder)) {
    MESSAGE("SKIPPED: no measured data (../shared/data or STEPPE_SHARED_DATA)");
    return;
  }
  double fade[2] = {};
  int k = 0;
  for (const char* name :
       {"FCR_soc_profile_10min_1yr.csv", "peak_shaving_soc_profile_10min_1yr.csv"}) {
    ProcessBench b("battery_life");
    b.set("record", folder + name);
    b.set("period", 30 * 86400.0);
    b.start();
    b.run(10 * 365 * 86400.0);
    fade[k++] = b.kpi("battery_capacity_fade");
    MESSAGE(std::string(name), ": 10 years ", 100 * b.kpi("battery_capacity_fade"), " % (",
            100 * b.kpi("battery_capacity_fade_min"), " to ",
            100 * b.kpi("battery_capacity_fade_max"), "), cycles ",
            b.kpi("battery_equivalent_full_cycles"));
    CHECK(b.kpi("battery_capacity_fade_max") > b.kpi("battery_capacity_fade_min"));
  }
  // Frequency containment moves many small cycles around half charge; peak shaving waits full: by
  // Naumann's calendar law, 6.8 against 4.3 % a year, waiting full is worse.
  CHECK(fade[1] > fade[0]);
}

TEST_CASE("records and duties that cannot be used are refused with their place") {
  const auto refused = [](const std::string& text, const std::string& part) {
    const std::string path = write(text);
    std::string message;
    try {
      models::read_battery_record(path);
    } catch (const UserError& e) {
      message = e.what();
    }
    CAPTURE(message);
    CHECK(message.find(part) != std::string::npos);
    std::remove(path.c_str());
  };
  refused("time_s,soc\n0,0.5\n600,1.4\n", ":3:5");
  refused("time_s,soc\n0,0.5\n600,1.4\n", "a state of charge of 1.4 is outside 0 to 1");
  refused("time_s,soc\n0,50\n600,60\n", "soc_pct");
  refused("time_s,soc,temp_c\n0,0.5,298.15\n600,0.6,298.15\n", "temperature_K");
  refused("time_s,soc\n0,0.5\n0,0.6\n", "the time does not rise");
  refused("time_s,power\n0,0.5\n", "the unit of 'power' is unknown");
  refused("time_s,current\n0,0.5\n", "no column 'soc'");
  refused("time_s,soc\n0,half\n", "'half' is not a number");
  refused("", "empty");
  ProcessBench b("battery_life");
  b.set("times", std::vector<double>{0.0, 100.0});
  b.set("power", std::vector<double>{0.0, 1e6});
  CHECK_THROWS_WITH_AS(b.start(), doctest::Contains("multiples of `step`"), UserError);
}
