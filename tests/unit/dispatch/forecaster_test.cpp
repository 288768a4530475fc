#include "models/dispatch/forecaster.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numbers>

#include "models/economics/series.h"
#include "sim/base/rng.h"

using namespace steppe;
using namespace steppe::models;

namespace {

std::string shared_data() {
  const char* dir = std::getenv("STEPPE_SHARED_DATA");
  return dir ? dir : std::string(STEPPE_SOURCE_DIR) + "/../shared/data";
}

std::vector<double> days(size_t n, double (*f)(double hour, size_t day)) {
  std::vector<double> v;
  for (size_t i = 0; i < n * 96; ++i) v.push_back(f(static_cast<double>(i % 96) / 4.0, i / 96));
  return v;
}

}  // namespace

TEST_CASE("forecast: what repeats every day is known exactly by the seasonal one") {
  const auto v =
      days(20, [](double h, size_t) { return 10.0 + std::sin(h * std::numbers::pi / 12.0); });
  ForecastData d;
  d.value = v;
  const auto s = score_forecasts(d, 3 * 96, 96, 4);
  CHECK(s[1].mean_absolute < 1e-12);
  CHECK(s[1].skill == doctest::Approx(1.0));
  CHECK(s[2].mean_absolute < 1e-3);  // the ridge keeps it from being exact
  CHECK(s[3].mean_absolute == 0.0);  // perfect foresight
  // Persistence by hand: mean over leads of a sine's mean absolute difference.
  double mean = 0.0;
  for (size_t at = 17 * 96; at + 96 <= v.size(); at += 4)
    for (size_t k = 0; k < 96; ++k) mean += std::abs(v[at + k] - v[at - 1]);
  const double count = 96.0 * static_cast<double>((v.size() - 96 - 17 * 96) / 4 + 1);
  CHECK(s[0].mean_absolute == doctest::Approx(mean / count).epsilon(1e-9));
}

TEST_CASE("forecast: weekends are learnt, and weather where it is known ahead") {
  std::vector<double> temp, v;
  Rng r(1, "forecast");
  double t = 0.0;
  for (size_t i = 0; i < 35 * 96; ++i) {
    t = 0.99 * t + 0.1 * r.normal();
    temp.push_back(t);
    // 1970-01-01 was a Thursday.
    const bool weekend = (i / 96 + 3) % 7 >= 5;
    v.push_back(10.0 - (weekend ? 2.0 : 0.0) +
                std::sin(static_cast<double>(i) * 2 * std::numbers::pi / 96.0) + 0.5 * t +
                0.05 * r.normal());
  }
  ForecastData plain, with;
  plain.value = with.value = v;
  with.with.push_back(temp);
  const auto a = score_forecasts(plain, 7 * 96, 96, 8), b = score_forecasts(with, 7 * 96, 96, 8);
  CHECK(a[2].mean_absolute < 0.6 * a[0].mean_absolute);
  CHECK(b[2].mean_absolute < 0.4 * a[2].mean_absolute);
  CHECK(b[2].mean_absolute < 0.07);  // the noise alone: 0.05 · 0.8
  CHECK(b[2].inside > 0.7);
  CHECK(b[2].inside < 0.9);
}

TEST_CASE("forecast: nothing after the present is read") {
  auto v = days(30, [](double h, size_t d) { return 10.0 + h + static_cast<double>(d % 5); });
  ForecastData d;
  d.value = v;
  for (int k = 0; k < 3; ++k) {
    Forecaster f(static_cast<ForecastKind>(k), 900);
    f.train(d, 20 * 96);
    const auto a = f.forecast(d, 20 * 96, 96);
    auto w = v;
    for (size_t i = 20 * 96; i < w.size(); ++i) w[i] = 1e9;
    ForecastData e;
    e.value = w;
    Forecaster g(static_cast<ForecastKind>(k), 900);
    g.train(e, 20 * 96);
    CHECK(g.forecast(e, 20 * 96, 96) == a);
  }
}

TEST_CASE("forecast: with little past the simpler one answers") {
  const auto v = days(3, [](double h, size_t) { return h; });
  ForecastData d;
  d.value = v;
  Forecaster f(ForecastKind::regression, 900);
  f.train(d, 10);
  CHECK(f.forecast(d, 10, 4) == std::vector<double>(4, v[9]));
  CHECK(f.forecast(d, 100, 2) == std::vector<double>{v[4], v[5]});
  CHECK_THROWS_WITH_AS(score_forecasts(d, 2 * 96, 96, 4), doctest::Contains("too few"), UserError);
}

TEST_CASE("forecast: the band of 80 % covers 80 % of what was held back") {
  // Four weeks of a daily course with noise that keeps its size; a level that jumps would not.
  std::vector<double> v;
  Rng r(5, "band");
  for (int i = 0; i < 96 * 42; ++i)
    v.push_back(100.0 + 20.0 * std::sin(i / 96.0 * 6.2832) + 5.0 * r.normal());
  ForecastData d;
  d.step = 900;
  d.value = v;
  for (const auto& s : score_forecasts(d, 14 * 96, 96, 4)) {
    if (s.kind == ForecastKind::perfect) continue;
    CAPTURE(forecast_name(s.kind));
    CHECK(s.inside > 0.75);
    CHECK(s.inside < 0.85);
  }
}

TEST_CASE("forecast: a week of a production service, held back day by day") {
  const std::string file =
      shared_data() + "/llm_traces/servegen/aggregate_rate_m-large_days0-6.csv";
  if (!std::filesystem::exists(file)) {
    MESSAGE("SKIPPED: ", file, " is not there");
    return;
  }
  const auto series = read_series(file);
  CHECK(series.step == 600);
  ForecastData d;
  d.start = series.start;
  d.step = series.step;
  d.value = series.column("total_rate_req_per_s").value;
  // Seven days: one is held back, one calibrates.
  const auto s = score_forecasts(d, 144, 144, 6);
  CHECK(s[1].mean_absolute < s[0].mean_absolute);  // the day before knows the day's course
  CHECK(s[3].mean_absolute == 0.0);
  for (const auto& x : s) CHECK(std::isfinite(x.pinball));
  const auto two = score_forecasts(d, 288, 144, 6);
  CHECK(two[1].inside > 0.7);
  CHECK(two[1].inside < 0.9);
}
