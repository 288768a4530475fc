// Samples with correlations, Sobol's indices against functions whose indices are known.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <set>

#include "sim/app/sampling.h"
#include "sim/app/statistics.h"
#include "sim/app/study.h"
#include "tests/sweep/study_fixture.h"

using namespace steppe;
using namespace steppe::test;

namespace {

/// Results of f on the points of a study's Saltelli design.
std::vector<double> evaluate(const app::Study& s,
                             const std::function<double(const std::vector<double>&)>& f) {
  std::vector<double> y;
  for (size_t i = 0; i < s.size(); ++i) {
    const auto run = s.run(i);
    std::vector<double> x;
    for (size_t j = 0; j < run.values.size(); ++j) x.push_back(s.number(j, run.values[j]));
    y.push_back(f(x));
  }
  return y;
}

std::string problems(const std::string& body) {
  const Folder folder;
  Diagnostics d;
  app::load_study(folder.study(body), d);
  return d.ok() ? "" : d.render();
}

}  // namespace

TEST_CASE("Sobol's indices of Ishigami's function") {
  const Folder folder;
  // [Ishigami 1990] with a = 7, b = 0.1; its indices are known in closed form.
  const auto study =
      read(folder.study("sample:\n  method: saltelli\n  n: 2048\n  over:\n"
                        "    office.power: {uniform: [-3.141592653589793, 3.141592653589793]}\n"
                        "    tr.rating: {uniform: [-3.141592653589793, 3.141592653589793]}\n"
                        "    grid.voltage: {uniform: [-3.141592653589793, 3.141592653589793]}\n"));
  CHECK(study.saltelli() == 3);
  REQUIRE(study.size() == 2048 * 5);
  const auto y = evaluate(study, [](const std::vector<double>& x) {
    return std::sin(x[0]) + 7.0 * std::pow(std::sin(x[1]), 2) +
           0.1 * std::pow(x[2], 4) * std::sin(x[0]);
  });
  const auto s = app::sobol_indices(y, 3);
  REQUIRE(s.size() == 3);
  constexpr double pi = std::numbers::pi, a = 7.0, b = 0.1;
  const double p4 = std::pow(pi, 4), p8 = p4 * p4;
  const double d = a * a / 8 + b * p4 / 5 + b * b * p8 / 18 + 0.5;
  const double d1 = b * p4 / 5 + b * b * p8 / 50 + 0.5, d2 = a * a / 8,
               d13 = b * b * p8 * (1.0 / 18 - 1.0 / 50);
  const double first[] = {d1 / d, d2 / d, 0.0};
  const double total[] = {(d1 + d13) / d, d2 / d, d13 / d};
  for (size_t j = 0; j < 3; ++j) {
    CAPTURE(j);
    CHECK(s[j].first_low <= first[j]);
    CHECK(s[j].first_high >= first[j]);
    CHECK(s[j].total_low <= total[j]);
    CHECK(s[j].total_high >= total[j]);
    CHECK(std::abs(s[j].first - first[j]) < 0.02);
    CHECK(std::abs(s[j].total - total[j]) < 0.02);
  }
}

TEST_CASE("Sobol's indices: sums, what is missing, what is constant") {
  const Folder folder;
  const auto study = read(
      folder.study("sample:\n  method: saltelli\n  n: 512\n  over:\n"
                   "    office.power: {uniform: [0 kW, 1 kW]}\n    tr.rating: {uniform: [0 kVA, 1 "
                   "kVA]}\n"));
  auto y = evaluate(study, [](const std::vector<double>& x) { return 1e6 + 2.0 * x[0] + x[1]; });
  // A large mean costs nothing; a lost run costs its base point alone.
  y[17] = std::nan("");
  const auto s = app::sobol_indices(y, 2);
  REQUIRE(s.size() == 2);
  CHECK(s[0].first == doctest::Approx(0.8).epsilon(0.02));
  CHECK(s[1].total == doctest::Approx(0.2).epsilon(0.02));
  CHECK(s[0].first_high - s[0].first_low < 0.2);
  CHECK(app::sobol_indices(std::vector<double>(2048, 3.0), 2).empty());
  CHECK(app::sobol_indices({1, 2, 3, 4}, 2).empty());
}

TEST_CASE("correlated inputs: ranks correlate as asked, each distribution stays") {
  const Folder folder;
  for (const std::string method : {"lhs", "sobol", "random"}) {
    CAPTURE(method);
    const auto study = read(folder.study(
        "sample:\n  method: " + method +
        "\n  n: 4000\n  over:\n    office.power: {uniform: [100 kW, 200 kW]}\n"
        "    tr.rating: {log_uniform: [1 MVA, 10 MVA]}\n    grid.voltage: {normal: [10 kV, 0.1 "
        "kV]}\n"
        "  correlations:\n    - [office.power, tr.rating, 0.7]\n    - [grid.voltage, tr.rating, "
        "-0.3]\n"));
    std::vector<double> x[3];
    std::set<size_t> strata;
    for (size_t i = 0; i < study.size(); ++i) {
      const auto run = study.run(i);
      for (size_t j = 0; j < 3; ++j) x[j].push_back(study.number(j, run.values[j]));
      strata.insert(static_cast<size_t>((x[0].back() - 100.0) / 100.0 * 4000.0));
    }
    CHECK(app::rank_correlation(x[0], x[1]) == doctest::Approx(0.7).epsilon(0.03));
    CHECK(app::rank_correlation(x[2], x[1]) == doctest::Approx(-0.3).epsilon(0.05));
    CHECK(std::abs(app::rank_correlation(x[0], x[2])) < 0.05);
    // A Latin hypercube stays one: a point in each stratum, but for rounding at their borders.
    if (method == "lhs") CHECK(strata.size() > 3990);
    double mean = 0.0;
    for (const double v : x[0]) mean += v / 4000.0;
    CHECK(mean == doctest::Approx(150.0).epsilon(0.02));
  }
}

TEST_CASE("correlations and Saltelli samples that cannot be are refused") {
  const std::string two =
      "sample:\n  n: 8\n  over: {office.power: {uniform: [1 kW, 2 kW]}, tr.rating: {uniform: [1 "
      "MVA, 2 MVA]}}\n";
  auto has = [](const std::string& text, const std::string& part) {
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
  };
  CHECK(problems(two + "  correlations: [[office.power, tr.rating, 0.5]]\n").empty());
  has(problems(two + "  correlations: [[office.power, tr.ratin, 0.5]]\n"), "did you mean");
  has(problems(two + "  correlations: [[office.power, tr.rating, 1]]\n"), "below 1");
  has(problems(two + "  correlations: [[office.power, tr.rating]]\n"), "two paths and a number");
  has(problems(two + "  correlations: 0.5\n"), "expected a list");
  has(problems(two + "  method: saltelli\n  correlations: [[office.power, tr.rating, 0.5]]\n"),
      "independent");
  has(problems("axes: {grid.voltage: [10 kV, 11 kV]}\n" + two + "  method: saltelli\n"),
      "stands alone");
  has(problems("sample:\n  n: 8\n  over: {a.x: {uniform: [1, 2]}, b.x: {uniform: [1, 2]}, c.x: "
               "{uniform: [1, 2]}}\n  correlations: [[a.x, b.x, 0.9], [b.x, c.x, 0.9], [a.x, c.x, "
               "-0.9]]\n"),
      "not positive definite");
}

TEST_CASE("an axis of scenarios") {
  const Folder folder;
  std::ofstream(folder / "other.yaml")
      << "steppe: 1\nextends: site.yaml\nname: other\nsite: {carbon: 0.1 kg/kWh}\n";
  const std::string file = folder / "both.yaml";
  auto write = [&](const std::string& body) { std::ofstream(file) << "steppe: 1\n" << body; };
  write("axes: {scenario: [site.yaml, other.yaml], office.power: [1 kW, 2 kW]}\nseeds: 2\n");
  const auto study = read(file);
  REQUIRE(study.size() == 8);
  CHECK(study.scenario_of(study.run(0)) == folder / "site.yaml");
  CHECK(study.scenario_of(study.run(4)) == folder / "other.yaml");
  for (const auto& o : study.overrides(study.run(5))) CHECK(o.path != "scenario");
  Diagnostics d;
  app::check_study(study, registry(), d);
  CHECK_MESSAGE(d.ok(), d.render());
  auto message = [&](const std::string& body) {
    write(body);
    Diagnostics found;
    app::load_study(file, found);
    return found.render();
  };
  CHECK(message("axes: {scenario: [site.yaml, nowhere.yaml]}\n").find("there is no file") !=
        std::string::npos);
  CHECK(message("scenario: site.yaml\naxes: {scenario: [other.yaml]}\n").find("given twice") !=
        std::string::npos);
}
