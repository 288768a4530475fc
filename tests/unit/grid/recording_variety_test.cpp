// What recorders and data bases of the world write: other editions, files in one piece, phases by
// other names, channels sampled one after the other, dates and decimal commas.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "models/grid/recording.h"
#include "tests/unit/grid/comtrade_files.h"

using namespace steppe;
using namespace steppe::test;

namespace {

models::RecordingParams params(const std::string& file) {
  models::RecordingParams p;
  models::recording_params().set_defaults(&p);
  p.file = file;
  return p;
}

/// An ASCII record of 0.4 s: 100 kV a phase, half of it between 0.1 and 0.2 s.
struct Text {
  std::string year = "1999", phases[3] = {"A", "B", "C"}, names[3] = {"UA", "UB", "UC"};
  double skew[3] = {0, 0, 0}, frequency = 50.0;  ///< µs, Hz
  int first = 1;
  std::string behind, end = "\r\n";
  std::string config() const {
    std::string t = fmt::format("STATION,1,{}{}3,3A,0D{}", year, end, end);
    for (int k = 0; k < 3; ++k)
      t += fmt::format("{},{},{},,kV,0.01,0,{},-32767,32767,1,1,P{}", k + 1, names[k], phases[k],
                       skew[k], end);
    return t + fmt::format(
                   "{0}{1}1{1}4000,1600{1}01/02/2024,10:00:00.000000{1}"
                   "01/02/2024,10:00:00.100000{1}ASCII{1}1{1}",
                   frequency, end);
  }
  std::string data() const {
    std::string t;
    for (int n = 0; n < 1600; ++n) {
      t += fmt::format("{},{}", n + first, 250 * n);
      for (int k = 0; k < 3; ++k) {
        const double at = n / 4000.0 + 1e-6 * skew[k];
        const double peak = 1e4 * std::numbers::sqrt2 * (at > 0.1 && at <= 0.2 ? 0.5 : 1.0);
        t += fmt::format(",{:.0f}",
                         peak * std::cos(2 * std::numbers::pi * (frequency * at - k / 3.0)));
      }
      t += behind + end;
    }
    return t;
  }
};

double lowest(const models::Polyline& p) {
  return *std::min_element(p.value.begin(), p.value.end());
}

void check_dip(const models::RecordedCurves& c) {
  CHECK(lowest(c.voltage_pu) == doctest::Approx(0.5).epsilon(2e-3));
  CHECK(c.voltage_pu.value.front() == doctest::Approx(1.0).epsilon(2e-3));
  CHECK(c.voltage_pu.value.back() == doctest::Approx(1.0).epsilon(2e-3));
}

}  // namespace

TEST_CASE("COMTRADE: phases in any order; a field that turns backwards") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& name, const Text& t) {
    folder.file(name + ".dat", t.data());
    return models::read_recording(params(folder.file(name + ".cfg", t.config())), "it");
  };
  Text turned;
  for (int k = 0; k < 3; ++k) {
    turned.phases[k] = std::string(1, "CAB"[k]);
    turned.names[k] = "U" + turned.phases[k] + "-N";
  }
  const auto c = read("turned", turned);
  check_dip(c);
  CHECK(c.what.find("UA-N, UB-N, UC-N") != std::string::npos);
  CHECK(c.what.find("voltage 0.500 to 1.00") != std::string::npos);
  CHECK(c.what.find("backwards") == std::string::npos);
  Text backwards;
  for (int k = 0; k < 3; ++k) {
    backwards.phases[k] = std::string(1, "ACB"[k]);
    backwards.names[k] = "U" + backwards.phases[k];
  }
  const auto b = read("backwards", backwards);
  check_dip(b);
  CHECK(b.what.find("its phases turn backwards") != std::string::npos);
}

TEST_CASE("COMTRADE: editions, phase names, skew, numbers, line ends, endings of other recorders") {
  const TemporaryFolder folder;
  int made = 0;
  const auto read = [&](const Text& t) {
    const auto name = fmt::format("v{}", made++);
    folder.file(name + ".Dat", t.data());
    return models::read_recording(params(folder.file(name + ".CFG", t.config())), "r");
  };
  Text t;
  check_dip(read(t));
  for (const char* year : {"2001", "2013"}) {
    t.year = year;
    check_dip(read(t));
  }
  for (const auto& names : {std::array<const char*, 3>{"UR", "US", "UT"},
                            {"UL1", "UL2", "UL3"},
                            {"Va-n", "Vb-n", "Vc-n"},
                            {"UAB", "UBC", "UCA"}}) {
    Text other;
    for (size_t k = 0; k < 3; ++k) {
      other.names[k] = names[k];
      other.phases[k] = "";
    }
    CAPTURE(names[0]);
    const auto c = read(other);
    CHECK(c.what.find(names[2]) != std::string::npos);  // all three phases were taken
    check_dip(c);
  }
  Text skewed;  // a multiplexed converter: the third channel 120 µs late, exaggerated to 2 ms
  skewed.skew[1] = 1000;
  skewed.skew[2] = 2000;
  const auto c = read(skewed);
  CHECK(c.voltage_pu.value.front() == doctest::Approx(1.0).epsilon(2e-3));
  CHECK(c.voltage_pu.at(0.19).first == doctest::Approx(0.5).epsilon(5e-3));
  Text numbered;
  numbered.first = 5001;
  check_dip(read(numbered));
  Text comma;
  comma.behind = ",";
  check_dip(read(comma));
  Text mac;
  mac.end = "\r";
  check_dip(read(mac));
  Text sixty;
  sixty.frequency = 60.0;
  const auto us = read(sixty);
  CHECK(us.nominal_frequency == 60.0);
  check_dip(us);
}

TEST_CASE("COMTRADE in one file (.cff) reads as the pair; without its sections it says so") {
  const TemporaryFolder folder;
  Text t;
  t.year = "2013";
  const auto whole = "--- file type: CFG ---\r\n" + t.config() +
                     "--- file type: INF ---\r\n--- file type: HDR ---\r\n";
  check_dip(models::read_recording(
      params(folder.file("a.cff", whole + "--- file type: DAT ASCII ---\r\n" + t.data())), "r"));
  const auto refusal = [&](const std::string& file) {
    try {
      models::read_recording(params(file), "r");
    } catch (const UserError& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  CHECK(refusal(folder.file("b.cff", whole)).find("holds no line '--- file type: DAT") !=
        std::string::npos);
  CHECK(refusal(folder.file("c.cff", t.config())).find("holds no line '--- file type: CFG ---'") !=
        std::string::npos);
  // The place in a combined file is the line of that file.
  auto bad = whole;
  bad.replace(bad.find("3,3A,0D"), 7, "4,3A,0D");
  CHECK(refusal(folder.file("d.cff", bad)).find("d.cff:3:1: 4 channels in all are not") !=
        std::string::npos);
}

TEST_CASE("CSV: dates of the world, decimal commas, per unit and 60 Hz") {
  const TemporaryFolder folder;
  for (const auto& text :
       {"time;f_Hz\n0,0;50,00\n0,5;49,75\n1,0;49,90\n",
        "Datum;Zeit;Frequenz [Hz]\n12.05.2023;19:45:25;50,00\n12.05.2023;19:45:26;49,75\n"
        "12.05.2023;19:45:27;49,90\n",
        "timestamp,grid frequency\n2023-05-12T19:45:25+08:00,50\n2023-05-12T19:45:26+08:00,49.75\n"
        "2023-05-12T19:45:27+08:00,49.9\n",
        "2023-05-12 19:45,50\n2023-05-12 19:46,49.75\n2023-05-12 19:47,49.9\n",
        "t_min,f_pu\n0,1\n1,0.995\n2,0.998\n", "time,Hz\n0,50\n1,49.75\n2,49.9\n",
        "time,f_Hz\n0,60.0\n1,59.75\n2,59.9\n"}) {
    CAPTURE(text);
    auto p = params(folder.file("f.csv", text));
    if (text[0] == '2') p.content = models::Content::frequency;  // no header to tell by
    const auto c = models::read_recording(p, "f");
    CHECK(lowest(c.deviation) == doctest::Approx(-0.25).epsilon(1e-6));
    CHECK(c.deviation.value.back() == doctest::Approx(-0.1).epsilon(1e-6));
    CHECK(c.deviation.value.front() == doctest::Approx(0.0));
    CHECK(c.nominal_frequency == (std::string(text).find("60.0") != std::string::npos ? 60 : 50));
  }
  // The span of a date with an offset, and across midnight.
  auto p = params(folder.file("m.csv", "t,f\n2023-12-31T23:59:59Z,50\n2024-01-01 00:00:01,49.9\n"));
  CHECK(models::read_recording(p, "f").end == doctest::Approx(2.0));
  p.file = folder.file("v.csv", "t_s,U_%\n0,100\n1,100\n2,55\n3,98\n");
  CHECK(lowest(models::read_recording(p, "f").voltage_pu) == doctest::Approx(0.55).epsilon(1e-6));
}
