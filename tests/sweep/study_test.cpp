// What a study file means: values, order, samples, ids, messages.
#include "sim/app/study.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/app/sampling.h"
#include "tests/sweep/study_fixture.h"

using namespace steppe;
using namespace steppe::test;

namespace {

std::string errors_of(const std::string& body) {
  const Folder folder;
  const auto path = folder.study(body);
  Diagnostics d;
  const auto study = app::load_study(path, d);
  if (d.ok()) app::check_study(study, registry(), d);
  return d.ok() ? "" : d.render();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("grid: the last axis runs fastest, seeds faster still") {
  const Folder folder;
  const auto study =
      read(folder.study("axes:\n  office.power: [100 kW, 200 kW]\n  tr.rating: {from: 1 MVA, to: 3 "
                        "MVA, step: 500 kVA}\n"
                        "seeds: [7, 9]\n"));
  REQUIRE(study.size() == 2 * 5 * 2);
  CHECK(study.run(0).values == std::vector<std::string>{"100 kW", "1 MVA"});
  CHECK(study.run(1).seed == 9);
  CHECK(study.run(2).values == std::vector<std::string>{"100 kW", "1.5 MVA"});
  CHECK(study.run(19).values == std::vector<std::string>{"200 kW", "3 MVA"});
  CHECK(study.number(1, "1500 kVA") == doctest::Approx(1.5));
  CHECK(study.inputs[1].unit == "MVA");
}

TEST_CASE("ranges: linear and logarithmic, ends as typed") {
  const Folder folder;
  const auto study =
      read(folder.study("axes:\n  office.power: {from: 10 kW, to: 1 MW, steps: 3, scale: log}\n"
                        "  grid.voltage: {from: 10 kV, to: 10.3 kV, steps: 4}\n"));
  std::vector<std::string> power, voltage;
  for (size_t i = 0; i < 4; ++i) voltage.push_back(study.run(i).values[1]);
  for (size_t i = 0; i < 12; i += 4) power.push_back(study.run(i).values[0]);
  CHECK(power == std::vector<std::string>{"10 kW", "100 kW", "1000 kW"});
  CHECK(voltage == std::vector<std::string>{"10 kV", "10.1 kV", "10.2 kV", "10.3 kV"});
}

TEST_CASE("a Latin hypercube has one point in each stratum") {
  for (const size_t n : {size_t{1}, size_t{7}, size_t{1000}}) {
    const auto u = app::latin_hypercube(n, 3, "x");
    std::set<size_t> strata;
    for (const double x : u) {
      CHECK(x > 0.0);
      CHECK(x < 1.0);
      strata.insert(static_cast<size_t>(x * static_cast<double>(n)));
    }
    CHECK(strata.size() == n);
  }
  CHECK(app::latin_hypercube(5, 3, "x") == app::latin_hypercube(5, 3, "x"));
  CHECK(app::latin_hypercube(5, 3, "x") != app::latin_hypercube(5, 4, "x"));
  CHECK(app::latin_hypercube(5, 3, "x") != app::latin_hypercube(5, 3, "y"));
}

TEST_CASE("Sobol: the first points as published, and nets in all dimensions") {
  // Joe and Kuo, sobol.cc, first ten points in three dimensions.
  constexpr double first[10][3] = {{0, 0, 0},
                                   {0.5, 0.5, 0.5},
                                   {0.75, 0.25, 0.25},
                                   {0.25, 0.75, 0.75},
                                   {0.375, 0.375, 0.625},
                                   {0.875, 0.875, 0.125},
                                   {0.625, 0.125, 0.875},
                                   {0.125, 0.625, 0.375},
                                   {0.1875, 0.3125, 0.9375},
                                   {0.6875, 0.8125, 0.4375}};
  for (uint32_t i = 0; i < 10; ++i)
    for (size_t j = 0; j < 3; ++j) CHECK(app::sobol_point(i, j) == first[i][j]);
  // Each dimension of the first 256 points has one point in every 256th, also when shifted.
  for (size_t j = 0; j < app::kMostSobolDimensions; ++j)
    for (const uint32_t shift : {0u, 0x9e3779b9u}) {
      std::set<int> cells;
      for (uint32_t i = 0; i < 256; ++i)
        cells.insert(static_cast<int>(256 * app::sobol_point(i, j, shift)));
      CHECK(cells.size() == 256);
    }
}

TEST_CASE("quantiles of the normal distribution") {
  CHECK(app::normal_quantile(0.5) == doctest::Approx(0.0));
  CHECK(app::normal_quantile(0.975) == doctest::Approx(1.959963984540054).epsilon(1e-13));
  CHECK(app::normal_quantile(1e-6) == doctest::Approx(-4.753424308822899).epsilon(1e-12));
}

TEST_CASE("samples follow their distributions") {
  const Folder folder;
  const auto study =
      read(folder.study("sample:\n  method: lhs\n  n: 2000\n  seed: 5\n  over:\n"
                        "    office.power: {normal: [300 kW, 20 kW]}\n"
                        "    grid.voltage: {triangular: [9 kV, 10 kV, 12 kV]}\n"
                        "    tr.rating: {choice: [1 MVA, 2 MVA]}\n"));
  REQUIRE(study.size() == 2000);
  double sum = 0.0, square = 0.0, voltage = 0.0;
  int small = 0;
  for (size_t i = 0; i < study.size(); ++i) {
    const auto run = study.run(i);
    const double x = study.number(0, run.values[0]);
    sum += x;
    square += x * x;
    const double v = study.number(1, run.values[1]);
    CHECK(v >= 9.0);
    CHECK(v <= 12.0);
    voltage += v;
    small += run.values[2] == "1 MVA";
  }
  const double mean = sum / 2000;
  CHECK(mean == doctest::Approx(300.0).epsilon(1e-3));
  CHECK(std::sqrt(square / 2000 - mean * mean) == doctest::Approx(20.0).epsilon(0.02));
  CHECK(voltage / 2000 == doctest::Approx(31.0 / 3).epsilon(1e-3));
  CHECK(small == 1000);
  // Correlations between inputs of one sample stay near 0: each has a stream of its own.
  CHECK(study.run(0).values == read(study.path).run(0).values);
}

TEST_CASE("ids: equal for equal inputs however they are written, different otherwise") {
  const Folder folder;
  auto id = [&](const std::vector<app::Override>& o,
                app::Study::Record r = app::Study::Record::kpi) {
    Diagnostics d;
    const auto s =
        app::load_scenario(folder.scenario(), o, "", registry(), app::home_dir() + "/data", d);
    REQUIRE_MESSAGE(d.ok(), d.render());
    return app::run_id(s, r);
  };
  const std::string base = id({});
  CHECK(base.size() == 16);
  CHECK(id({}) == base);
  CHECK(id({{"office.power", "300 kW"}}) == base);
  CHECK(id({{"office.power", "0.3 MW"}}) == base);
  CHECK(id({{"office.power", "301 kW"}}) != base);
  CHECK(id({{"run.seed", "2"}}) != base);
  CHECK(id({{"run.until", "11 min"}}) != base);
  CHECK(id({{"profile.rtol", "1e-6"}}) != base);
  CHECK(id({{"site.carbon", "0.6 kg/kWh"}}) != base);
  CHECK(id({}, app::Study::Record::series) != base);
}

TEST_CASE("bad studies are refused before anything runs, with their place") {
  CHECK(has(errors_of(""), "the study is empty"));
  const auto path = errors_of("axes:\n  ofice.power: [1 kW]\n");
  CHECK(has(path, "study.yaml:5:3"));
  CHECK(has(path, "did you mean 'office.power'?"));
  const auto unit = errors_of("axes:\n  office.power: [1 kW, 2 kg, 3 kW]\n");
  CHECK(has(unit, "study.yaml:5:24"));
  CHECK(has(errors_of("axes:\n  office.power: []\n"), "has no values"));
  CHECK(has(errors_of("axes:\n  office.power: {from: 1 kW, to: 2 kg, steps: 3}\n"),
            "no number [kW]"));
  CHECK(has(errors_of("axes:\n  office.power: {from: 1 kW, to: 2 kW}\n"), "one of steps and step"));
  CHECK(has(errors_of("axes:\n  office.power: {from: 3 kW, to: 2 kW, step: 1 kW}\n"),
            "does not lead"));
  CHECK(has(errors_of("axes:\n  office.power: {from: 0 kW, to: 2 kW, steps: 3, scale: log}\n"),
            "above 0"));
  CHECK(has(errors_of("axes:\n  office.power: [1 kW]\nsample: {n: 2, over: {office.power: "
                      "{uniform: [1 kW, 2 kW]}}}\n"),
            "varies twice"));
  CHECK(has(errors_of("sample: {n: 2, over: {office.power: {unifrom: [1 kW, 2 kW]}}}\n"),
            "did you mean 'uniform'?"));
  CHECK(has(errors_of("sample: {n: 2, over: {office.power: {uniform: [2 kW, 1 kW]}}}\n"),
            "not in order"));
  CHECK(
      has(errors_of("sample: {method: lsh, n: 2, over: {office.power: {uniform: [1 kW, 2 kW]}}}\n"),
          "expected lhs, sobol, random or saltelli"));
  CHECK(has(errors_of("sample: {n: 0, over: {office.power: {uniform: [1 kW, 2 kW]}}}\n"),
            "'n' must be"));
  CHECK(has(errors_of("seeds: 0\n"), "'seeds' is a list"));
  CHECK(has(errors_of("axis: {office.power: [1 kW]}\n"), "did you mean 'axes'?"));
  CHECK(has(errors_of("seeds: 2\nfigures: {a: {unit: CNY}}\n"), "needs a 'value' made of KPIs"));
  CHECK(has(errors_of("seeds: 2\nfigures: {a: {value: b, unit: CNYY}}\n"), "not a unit"));
  CHECK(has(errors_of("seeds: 2\nleast: {off: a}\n"), "did you mean 'of'?"));
  CHECK(has(errors_of("seeds: 2\nrecord: all\n"), "expected kpi or series"));
  CHECK(has(errors_of("seeds: 2\nprofile: thermla\n"), "thermla"));
  CHECK(has(errors_of("seeds: 2\nuntil: 5 kW\n"), "until"));
  Diagnostics d;
  app::load_study("no-such-file.yaml", d);
  CHECK_FALSE(d.ok());
}
