#include "gui/plot/series.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "gui/plot/analysis.h"

using namespace steppe::gui;

namespace {

std::shared_ptr<Series> random_series(size_t n, uint32_t seed, bool single) {
  std::mt19937 rng(seed);
  std::normal_distribution<double> noise;
  auto time = std::make_shared<TimeAxis>();
  auto s = std::make_shared<Series>(time, Between::linear);
  std::vector<double> block;
  double t = 0.0;
  for (size_t i = 0; i < n; ++i) {
    t += 0.1 + 0.9 * std::uniform_real_distribution<>()(rng);
    time->push_back(t);
    double v = noise(rng);
    if (rng() % 50 == 0) v = std::nan("");
    if (rng() % 500 == 0) v = 1e4 * noise(rng);  // spike
    block.push_back(single ? static_cast<double>(static_cast<float>(v)) : v);
    if (rng() % 7 == 0) {  // grows in pieces, as a live curve does
      s->append(block);
      block.clear();
    }
  }
  s->append(block);
  return s;
}

}  // namespace

TEST_CASE("pyramid ranges equal brute force, with NaN and spikes") {
  for (size_t n : {1u, 2u, 15u, 16u, 17u, 255u, 256u, 257u, 5000u, 70001u})
    for (bool single : {false, true}) {
      const auto s = random_series(n, static_cast<uint32_t>(n), single);
      REQUIRE(s->size() == n);
      CHECK(s->is_single() == single);
      std::mt19937 rng(7);
      for (int k = 0; k < 300; ++k) {
        const size_t a = rng() % (n + 1), b = a + rng() % (n + 1 - a);
        Extremes<double> brute;
        for (size_t i = a; i < b; ++i) brute.add(s->v(i));
        const auto fast = s->extremes(a, b);
        REQUIRE(fast.valid() == brute.valid());
        if (!brute.valid()) continue;
        REQUIRE(fast.lo == brute.lo);
        REQUIRE(fast.hi == brute.hi);
      }
    }
}

TEST_CASE("a polyline never hides an extreme and has few points") {
  const auto s = random_series(200000, 3, true);
  std::vector<LinePoint> line;
  std::mt19937 rng(11);
  const double end = s->t(s->size() - 1);
  for (int k = 0; k < 40; ++k) {
    double t0 = std::uniform_real_distribution<>(0, end)(rng);
    double t1 = std::uniform_real_distribution<>(t0, end)(rng);
    const int columns = 200 + static_cast<int>(rng() % 1500);
    s->polyline(t0, t1, columns, line);
    const auto [first, last] = s->visible(t0, t1);
    CHECK(line.size() <= std::max<size_t>(2 * size_t(columns), 4 * size_t(columns)));
    Extremes<double> truth, drawn;
    for (size_t i = first; i < last; ++i) truth.add(s->v(i));
    for (const auto& p : line) drawn.add(p.v);
    CHECK(drawn.lo == truth.lo);
    CHECK(drawn.hi == truth.hi);
    for (size_t i = 1; i < line.size(); ++i) REQUIRE(line[i].t >= line[i - 1].t);
  }
}

TEST_CASE("value at an instant") {
  auto time = std::make_shared<TimeAxis>(TimeAxis{0, 1, 2, 4});
  Series linear(time, Between::linear), held(time, Between::hold);
  const std::vector<double> v{10, 20, std::nan(""), 40};
  linear.append(v);
  held.append(v);
  CHECK(linear.at(-5) == 10);
  CHECK(linear.at(0.5) == 15);
  CHECK(linear.at(1) == 20);
  CHECK_FALSE(linear.at(1.5));
  CHECK_FALSE(linear.at(2));
  CHECK(linear.at(9) == 40);
  CHECK(held.at(0.99) == 10);
  CHECK(held.at(1.99) == 20);
  CHECK_FALSE(held.at(3));
  CHECK_FALSE(Series(time, Between::hold).at(1));
}

TEST_CASE("statistics are weighted with time") {
  auto time = std::make_shared<TimeAxis>(TimeAxis{0, 1, 9, 10});
  Series held(time, Between::hold);
  held.append(std::vector<double>{0, 10, 0, 0});
  const auto s = held.statistics(0, 10);
  CHECK(s.samples == 4);
  CHECK(s.integral == doctest::Approx(80));
  CHECK(s.mean == doctest::Approx(8));
  CHECK(s.max == 10);
  CHECK(s.time_of_max == 1);
  CHECK(s.deviation == doctest::Approx(4));
}

TEST_CASE("a series goes over to double precision when it has to") {
  auto time = std::make_shared<TimeAxis>(TimeAxis{0, 1, 2});
  Series s(time, Between::linear);
  s.append(std::vector<double>{1.5, 2.5});
  CHECK(s.is_single());
  s.append(std::vector<double>{0.1});
  CHECK_FALSE(s.is_single());
  CHECK(s.v(0) == 1.5);
  CHECK(s.v(2) == 0.1);
}

TEST_CASE("duration curve, spectrum and x-y") {
  auto time = std::make_shared<TimeAxis>();
  std::vector<double> v, w;
  for (int i = 0; i <= 4096; ++i) {
    time->push_back(0.25 * i);
    v.push_back(5.0 + 3.0 * std::sin(2.0 * 3.14159265358979 * 0.125 * 0.25 * i));
    w.push_back(i < 1024 ? 10.0 : 1.0);
  }
  Series wave(time, Between::linear), step(time, Between::hold);
  wave.append(v);
  step.append(w);
  const auto lines = spectrum(wave, 0, 1024);
  const auto peak = *std::max_element(lines.begin(), lines.end(),
                                      [](const auto& a, const auto& b) { return a.v < b.v; });
  CHECK(peak.t == doctest::Approx(0.125).epsilon(0.01));
  CHECK(peak.v == doctest::Approx(3.0).epsilon(0.02));
  const auto d = duration_curve(step, 0, 1024);
  CHECK(d.front().v == 10.0);
  CHECK(d.back().t == doctest::Approx(1.0));
  for (const auto& p : d)  // at the edge itself both values stand
    if (std::abs(p.t - 0.25) > 2e-3) CHECK(p.v == (p.t < 0.25 ? 10.0 : 1.0));
  for (size_t i = 1; i < d.size(); ++i) CHECK(d[i].v <= d[i - 1].v);
  const auto xy = xy_curve(wave, wave, 0, 1024);
  CHECK(xy.size() > 1000);
  for (const auto& p : xy) CHECK(p.t == p.v);
  CHECK(spectrum(Series(time, Between::linear), 0, 1).empty());
  CHECK(duration_curve(Series(time, Between::linear), 0, 1).empty());
}

TEST_CASE("percentiles over time: order statistics of each span") {
  auto time = std::make_shared<TimeAxis>();
  Series s(time, Between::linear);
  std::vector<double> v;
  for (int i = 0; i < 200; ++i) {
    time->push_back(i);
    // 0 … 99 in mixed order, then the same ten higher
    v.push_back((i * 37) % 100 + (i >= 100 ? 10.0 : 0.0));
  }
  s.append(v);
  const auto lines = percentile_lines(s, 0.0, 200.0, {0.0, 0.5, 0.99, 1.0}, 2);
  REQUIRE(lines.size() == 4);
  REQUIRE(lines[0].size() == 2);
  const double expected[] = {0.0, 49.5, 98.01, 99.0};
  for (size_t k = 0; k < 4; ++k) {
    CHECK(lines[k][0].t == doctest::Approx(50.0));
    CHECK(lines[k][0].v == doctest::Approx(expected[k]));
    CHECK(lines[k][1].v == doctest::Approx(expected[k] + 10.0));
  }
  // A gap stays a gap.
  auto gap_time = std::make_shared<TimeAxis>();
  Series g(gap_time, Between::linear);
  std::vector<double> few;
  for (int i = 0; i < 40; ++i) {
    gap_time->push_back(i < 20 ? i : 1000 + i);
    few.push_back(1.0);
  }
  g.append(few);
  const auto gap = percentile_lines(g, 0.0, 1040.0, {0.5}, 5);
  REQUIRE(gap[0].size() == 5);
  CHECK(std::isnan(gap[0][2].v));
  CHECK(gap[0][0].v == 1.0);
  CHECK(gap[0][4].v == 1.0);
}
