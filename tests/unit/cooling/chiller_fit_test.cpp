// Parameters of a chiller from measurements: known ones recovered, a real one reproduced.
#include "models/cooling/chiller_fit.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "sim/base/error.h"
#include "sim/base/rng.h"
#include "sim/io/csv_table.h"

namespace steppe::models {
namespace {

constexpr double kZero = 273.15;

/// Days of 5-min rows of a chiller with known curves; `noise` relative.
std::vector<ChillerSample> made(int days, double noise, double offset = 0.0) {
  ChillerWaterCooled::Params p;
  ChillerWaterCooled::params().set_defaults(&p);
  p.capacity = 2e6;
  p.cop = 6.0;
  p.cap_ft = {1, 0, 0, 0, 0, 0};
  p.eir_ft = {0.7, -0.02, 0.0, 0.018, 0.0, 0.0};
  p.eir_plr = {0.15, 0.55, 0.30};
  p.evap_min = kZero;
  p.evap_max = kZero + 20.0;
  p.cond_min = kZero;
  p.cond_max = kZero + 60.0;
  p.min_load = 0.05;
  ChillerWaterCooled::prepare(p, core::Setup{});
  Rng rng(11, "chiller");
  std::vector<ChillerSample> out;
  double drift = 0.0;
  for (int i = 0; i < 288 * days; ++i) {
    const double day = i / 288.0, hour = 24.0 * (day - std::floor(day));
    drift = 0.98 * drift + 0.1 * rng.normal();
    const double load = 0.55 + 0.25 * std::cos(2 * M_PI * (hour - 15) / 24) + 0.03 * drift;
    const double evap = kZero + 7.0 + std::cos(0.7 * day) + 0.1 * rng.normal();
    const double cond = kZero + 22.0 + 5.0 * std::cos(2 * M_PI * (hour - 16) / 24) + drift;
    double share = 0.0, power = 0.0;
    ChillerWaterCooled::performance(p, evap - kZero, cond - kZero, load, share, power);
    power *= p.capacity / p.cop * (1.0 + noise * rng.normal());
    // Twelve hours every third day in another state.
    if (i / 144 % 6 == 1) power += offset;
    out.push_back({300.0 * i, power, load * p.capacity, evap, cond});
  }
  return out;
}

TEST_CASE("fit: a chiller of known curves, without noise, is found to 0.1 %") {
  const auto f = fit_chiller(made(20, 0.0));
  CHECK(f.first.cv_rmse < 2e-3);
  CHECK(f.second.cv_rmse < 2e-3);
  CHECK(f.offset == 0.0);
  CHECK(f.rows == 20u * 288u);
  CHECK(f.bad + f.off + f.settling == 0u);
}

TEST_CASE("fit: noise of 3 % is what is left, and the standard errors say how sure the rest is") {
  ChillerFitOptions o;
  o.capacity = 2e6;
  const auto f = fit_chiller(made(20, 0.03), o);
  CHECK(f.second.cv_rmse == doctest::Approx(0.03).epsilon(0.1));
  CHECK(std::abs(f.second.nmbe) < 0.003);
  // The COP at the reference, at full load, within three standard errors of the truth.
  ChillerWaterCooled::Params truth;
  double share = 0.0, power = 0.0;
  ChillerWaterCooled::params().set_defaults(&truth);
  truth.eir_ft = {0.7, -0.02, 0.0, 0.018, 0.0, 0.0};
  truth.eir_plr = {0.15, 0.55, 0.30};
  truth.cap_ft = {1, 0, 0, 0, 0, 0};
  truth.evap_max = kZero + 30.0;
  truth.cond_max = kZero + 60.0;
  ChillerWaterCooled::prepare(truth, core::Setup{});
  ChillerWaterCooled::performance(truth, f.ref_evap, f.ref_cond, 1.0, share, power);
  CHECK(std::abs(f.parameters[0].value - 6.0 / power) < 3.0 * f.parameters[0].standard_error);
  CHECK(f.parameters[0].standard_error > 0.0);
  CHECK(f.parameters[0].standard_error < 0.1);
}

TEST_CASE("fit: a state that no column names is found as an offset, and told") {
  const auto f = fit_chiller(made(30, 0.02, 40e3));
  CHECK(f.offset == doctest::Approx(40e3).epsilon(0.05));
  // Noise of 2 %, and half an hour at each of ten changes until the hour before tells the state:
  // 60 of 4320 rows with 40 of some 190 kW, √(0.02² + 0.014·0.21²) = 3.2 %.
  CHECK(f.second.cv_rmse < 0.035);
  CHECK(f.second_blind.cv_rmse > 2.0 * f.second.cv_rmse);
  ChillerFitOptions o;
  o.find_state = false;
  const auto blind = fit_chiller(made(30, 0.02, 40e3), o);
  CHECK(blind.offset == 0.0);
  CHECK(blind.second.cv_rmse == blind.second_blind.cv_rmse);
}

TEST_CASE("fit: bad rows, off periods, starts, disorder") {
  auto s = made(20, 0.01);
  const double clean = fit_chiller(s).second.cv_rmse;
  Rng rng(5, "spoil");
  size_t bad = 0;
  for (auto& r : s) {
    const double x = rng.uniform();
    if (x < 0.02)
      r.power = std::nan(""), ++bad;
    else if (x < 0.04)
      r.cond_in = kZero + 900.0, ++bad;
    else if (x < 0.05)
      r.power = 9e9, ++bad;
  }
  for (size_t i = 1000; i < 1100; ++i) s[i] = {s[i].time, 500.0, 0.0, s[i].evap_out, s[i].cond_in};
  std::reverse(s.begin(), s.end());
  const auto f = fit_chiller(s);
  CHECK(f.off >= 90u);
  CHECK(f.settling >= 2u);
  CHECK(f.bad <= bad);
  CHECK(f.bad > bad * 9 / 10);
  CHECK(f.second.cv_rmse == doctest::Approx(clean).epsilon(0.15));
  s.resize(60);
  CHECK_THROWS_AS(fit_chiller(s), UserError);
  for (auto& r : s) r.power = 0.0;
  CHECK_THROWS_AS(fit_chiller(s), UserError);
  CHECK_THROWS_AS(fit_chiller({}), UserError);
}

TEST_CASE("fit: chiller 1 of the measured plant, first half fitted, second half predicted") {
  const char* env = std::getenv("STEPPE_SHARED_DATA");
  const std::string dir = env ? env : std::string(STEPPE_SOURCE_DIR) + "/../shared/data";
  const std::string file = dir + "/datacenter/chiller_plant_ESB_2018/ESB_chiller_1.csv";
  if (!std::filesystem::exists(file)) {
    std::printf("SKIPPED: no measured chiller at %s (set STEPPE_SHARED_DATA)\n", file.c_str());
    return;
  }
  const auto t = io::CsvTable::read(file);
  std::vector<ChillerSample> s;
  for (size_t i = 0; i < t.rows(); ++i)
    s.push_back({std::nan(""), t.number(i, t.find("PowChi")), t.number(i, t.find("Tons")),
                 t.number(i, t.find("TempEvapOut")), t.number(i, t.find("TempCondIn"))});
  const auto f = fit_chiller(s);
  MESSAGE("CV(RMSE) fitted ", f.first.cv_rmse, ", predicted ", f.second.cv_rmse,
          ", with one state ", f.second_blind.cv_rmse, ", offset ", f.offset / 1e3, " kW");
  CHECK(f.rows == 4094u);
  CHECK(f.second.cv_rmse < 0.05);
  CHECK(std::abs(f.second.nmbe) < 0.02);
  // What it is worth to know the state: without it 5 % are missed.
  CHECK(f.second_blind.cv_rmse > 0.05);
  CHECK(f.second_blind.cv_rmse < 0.08);
}

}  // namespace
}  // namespace steppe::models
