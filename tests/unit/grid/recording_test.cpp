// Recorded faults and frequency events: every COMTRADE format against the waveform it was made
// from, the messages for bad files, and a measured fault when it is at hand.
#include "models/grid/recording.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <numbers>

#include "models/grid/comtrade.h"
#include "models/grid/phasor.h"
#include "sim/base/error.h"
#include "tests/unit/cooling/rig.h"
#include "tests/unit/grid/comtrade_files.h"

using namespace steppe;
using namespace steppe::test;
using models::RecordingParams;

namespace {

constexpr double kPi = std::numbers::pi, kPeak = 100.0;

/// 50 Hz; all phases at 40 % from 0.2 to 0.26 s.
double dip(double t, int phase) {
  const double a = t >= 0.2 && t < 0.26 ? 0.4 : 1.0;
  return a * kPeak * std::cos(2 * kPi * 50.0 * t - phase * 2 * kPi / 3);
}

RecordingParams params(const std::string& file) {
  RecordingParams p;
  models::recording_params().set_defaults(&p);
  p.file = file;
  return p;
}

std::string refusal(const RecordingParams& p) {
  try {
    models::read_recording(p, "fault");
  } catch (const UserError& e) {
    return e.what();
  }
  return "no error";
}

bool has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return true;
  MESSAGE("missing '", part, "' in: ", text);
  return false;
}

double least(const models::Polyline& l) {
  return *std::min_element(l.value.begin(), l.value.end());
}

}  // namespace

TEST_CASE("phasor: rms and angle of a sine at any sampling, without its direct component") {
  for (double rate : {600.0, 1000.0, 3200.0, 12345.0}) {
    std::vector<double> t, v;
    for (int k = 0; k < static_cast<int>(0.2 * rate); ++k) {
      t.push_back(k / rate);
      v.push_back(3.0 + std::sqrt(2.0) * 230.0 * std::cos(2 * kPi * 50.0 * t.back() + 0.7));
    }
    const auto x = models::sliding_phasor(t, v, 50.0).back();
    CHECK(std::abs(x) / 230.0 == doctest::Approx(1.0).epsilon(1e-9));
    CHECK(std::arg(x) == doctest::Approx(0.7).epsilon(1e-9));
  }
}

TEST_CASE("COMTRADE: three revisions, four formats and time stamps give the same curve") {
  const TemporaryFolder folder;
  int made = 0;
  for (int revision : {1991, 1999, 2013})
    for (const char* format : {"ASCII", "BINARY", "BINARY32", "FLOAT32"})
      for (double rate : {3200.0, 0.0}) {
        CAPTURE(revision);
        CAPTURE(format);
        CAPTURE(rate);
        RecordShape s;
        s.revision = revision;
        s.format = format;
        s.rate = rate;
        s.volts = dip;
        const auto path = folder.comtrade(fmt::format("r{}", made++), s);
        const auto r = models::read_comtrade(path, {0, 2});
        REQUIRE(r.time.size() == (rate > 0.0 ? 1600U : 2000U));
        for (size_t k = 0; k < r.time.size(); k += 37) {
          CHECK(std::abs(r.time[k] - static_cast<double>(k) / (rate > 0.0 ? rate : 4000.0)) < 1e-6);
          CHECK(std::abs(r.values[0][k] - dip(r.time[k], 0)) < 0.05);
          CHECK(std::abs(r.values[1][k] - dip(r.time[k], 2)) < 0.05);
        }
        auto p = params(path);
        p.file.replace(p.file.size() - 3, 3, "dat");  // either of the pair names the record
        const auto c = models::read_recording(p, "fault");
        CHECK(c.voltage_pu.value.front() == doctest::Approx(1.0).epsilon(1e-3));
        CHECK(least(c.voltage_pu) == doctest::Approx(0.4).epsilon(1e-3));
        CHECK(c.voltage_pu.at(0.235).first == doctest::Approx(0.4).epsilon(1e-2));
        CHECK(c.voltage_pu.at(0.19).first == doctest::Approx(1.0).epsilon(1e-3));
        CHECK(c.voltage_pu.at(9.0).first == doctest::Approx(1.0).epsilon(1e-3));
      }
}

TEST_CASE("one phase to ground: positive sequence and lowest phase") {
  const TemporaryFolder folder;
  RecordShape s;
  s.volts = [](double t, int phase) {
    return (phase == 0 && t > 0.2 ? 0.1 : 1.0) * kPeak *
           std::cos(2 * kPi * 50.0 * t - phase * 2 * kPi / 3);
  };
  auto p = params(folder.comtrade("slg", s));
  CHECK(models::read_recording(p, "f").voltage_pu.value.back() ==
        doctest::Approx(2.1 / 3.0).epsilon(1e-3));
  p.reduction = models::Reduction::lowest;
  CHECK(models::read_recording(p, "f").voltage_pu.value.back() ==
        doctest::Approx(0.1).epsilon(1e-2));
}

TEST_CASE("CSV: frequency with dates, per-unit voltages, semicolons") {
  const TemporaryFolder folder;
  auto p = params(
      folder.file("f.csv",
                  "# PMU\ntime;f_Hz\n2026-01-15 06:30:00.0;50.00\n2026-01-15 06:30:01;49.90\n"
                  "2026-01-15 06:30:02;49.75\n2026-01-15 06:30:03;49.80\n"));
  auto c = models::read_recording(p, "f");
  CHECK(least(c.deviation) == doctest::Approx(-0.25));
  CHECK(c.deviation.at(1.5).first == doctest::Approx(-0.175).epsilon(1e-6));
  p.file = folder.file("d.csv", "t_ms,df_mHz\n0,0\n100,-20\n200,-35.5\n");
  CHECK(least(models::read_recording(p, "f").deviation) == doctest::Approx(-0.0355));
  p.file = folder.file("v.csv", "t_s,v_pu\n0,1\n0.1,1\n0.101,0.5\n0.2,0.5\n0.201,0.97\n0.3,0.97\n");
  c = models::read_recording(p, "f");
  CHECK(c.voltage_pu.at(0.15).first == doctest::Approx(0.5));
  CHECK(c.voltage_pu.at(1.0).first == doctest::Approx(0.97));
}

TEST_CASE("bad records: what is wrong and where") {
  const TemporaryFolder folder;
  RecordShape s;
  s.volts = dip;
  s.missing_bytes = 100;
  auto p = params(folder.comtrade("short", s));
  auto text = refusal(p);
  CHECK(has(text, "short.dat: the file is cut short: "));
  CHECK(has(text, "samples of 1600"));
  s.missing_bytes = 0;
  p.file = folder.comtrade("whole", s);
  p.channels = "UD";
  text = refusal(p);
  CHECK(has(text, "recording 'fault': there is no channel 'UD'"));
  CHECK(has(text, "4 channels: UA, UB, UC, IA"));
  p.channels = "7";
  CHECK(has(refusal(p), "there is no channel '7'"));
  p.channels = "UA,UB";
  CHECK(has(refusal(p), "one, or the three phases"));
  p = params(folder.file("lonely.cfg", "a,b,1999\n2,1A,1D\n"));
  CHECK(has(refusal(p), "lonely.cfg:2:1: the file ends here; analog channel 1 of 1 is missing"));
  p.file = folder.file("counts.cfg", "a,b,1999\n6,4A,1D\n");
  CHECK(has(refusal(p), "counts.cfg:2:1: 6 channels in all are not 4 analog and 1 digital"));
  p.file = folder.file("year.cfg", "a,b,1890\n");
  CHECK(has(refusal(p), "year.cfg:1:5: revision 1890 is unknown"));
  p.file = folder.file("gap.csv", "t,f\n0,50\n1,50\n2,50\n3,49.9\n60,49.9\n61,50\n");
  text = refusal(p);
  CHECK(has(text, "gap.csv:6:1: recording 'fault': f has a gap of 57 s"));
  CHECK(has(text, "max_gap: 57.6 s"));
  p.max_gap = 60.0;
  CHECK(refusal(p) == "no error");
  p = params(folder.file("hole.csv", "t,f\n0,50\n1,50\n2,nan\n3,nan\n4,nan\n5,\n6,\n7,\n8,50\n"));
  CHECK(has(refusal(p), "gap of 7 s"));
  p.file = folder.file("back.csv", "t,f\n0,50\n2,50\n1,50\n");
  CHECK(has(refusal(p), "back.csv:4:1: time does not rise"));
  p.file = folder.file("word.csv", "t,f\n0,50\n1,fifty\n");
  CHECK(has(refusal(p), "word.csv:3:3: 'fifty' is not a number"));
  p.file = folder.file("cut.csv", "t,f,g\n0,50,1\n1,50,1\n2,5");
  CHECK(has(refusal(p), "cut.csv:4:3: 2 fields where the header has 3"));
  p.file = folder.file("hz.csv", "t,f\n0,50\n1,500\n");
  CHECK(has(refusal(p), "hz.csv:3:1: recording 'fault': 500 Hz is not near 50 Hz"));
  p.file = "/nowhere/fault.cfg";
  CHECK(has(refusal(p), "/nowhere/fault.cfg: no such file"));
}

TEST_CASE("a recorded dip feeds a site: the grid follows, the run says that the record ends") {
  const TemporaryFolder folder;
  RecordShape s;
  s.volts = dip;
  Rig rig;
  rig.add("fault", "recording", {{"start", 1.0}}, {{"file", folder.comtrade("site", s)}})
      .add("grid", "utility", {{"voltage", 10e3}, {"short_circuit_power", 3.5e8}})
      .add("load", "ac_load", {{"voltage", 10e3}, {"power", 1e6}})
      .node("bus", {"grid.out", "load.in"})
      .link("grid.voltage_pu", "fault.voltage_pu");
  rig.watch = {"grid.v_pu"};
  rig.build();
  rig.run(2.0, solve::profile_named("electrical"));
  CHECK(*std::min_element(rig.recorded[0].begin(), rig.recorded[0].end()) ==
        doctest::Approx(0.4).epsilon(0.01));
  REQUIRE(rig.events.size() >= 2);
  CHECK(rig.events[0].name == "record begins");
  CHECK(rig.events.back().name == "record ends");
  CHECK(rig.events.back().time == doctest::Approx(1.5).epsilon(1e-3));
}

TEST_CASE("a measured 220 kV fault: two dips a second apart, as its CSV says too") {
  const char* env = std::getenv("STEPPE_SHARED_DATA");
  const std::string dir =
      (env ? std::string(env) : std::string(STEPPE_SOURCE_DIR) + "/../shared/data") +
      "/grid/comtrade_220kV_fault_CN/";
  if (!std::filesystem::exists(dir + "xtz.cfg")) {
    std::cout << "SKIPPED: no measured fault in " << dir << " (set STEPPE_SHARED_DATA)\n";
    return;
  }
  auto p = params(dir + "xtz.cfg");
  p.reduction = models::Reduction::lowest;
  const auto record = models::read_recording(p, "xtz");
  p.file = dir + "xtz_220kV_event.csv";
  p.channels = "Ua,Ub,Uc";
  const auto csv = models::read_recording(p, "xtz");
  double worst = 0.0;
  int dips = 0;
  bool below = false;
  std::vector<double> starts;
  for (double t = 0.0; t < record.end; t += 1e-3) {
    const double v = record.voltage_pu.at(t).first;
    worst = std::max(worst, std::abs(v - csv.voltage_pu.at(t).first));
    if (v < 0.8 && !below) {
      ++dips;
      starts.push_back(t);
    }
    below = v < (below ? 0.85 : 0.8);
  }
  MESSAGE(record.what, "; deepest ", least(record.voltage_pu), ", COMTRADE against CSV ", worst);
  CHECK(dips == 2);
  CHECK(starts.back() - starts.front() > 0.5);
  CHECK(starts.back() - starts.front() < 2.0);
  CHECK(worst < 2e-3);
}
