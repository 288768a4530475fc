// Running studies: the same numbers whoever runs them, and nothing lost or done twice.
#include "sim/app/sweep.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <set>
#include <thread>

#include "sim/app/statistics.h"
#include "sim/io/result_file.h"
#include "tests/sweep/study_fixture.h"

using namespace steppe;
using namespace steppe::test;
namespace fs = std::filesystem;

namespace {

const char* const kBody =
    "axes:\n  office.power: [100 kW, 200 kW, 300 kW]\n"
    "sample: {method: sobol, n: 2, over: {tr.rating: {uniform: [2 MVA, 3 MVA]}}}\n";

app::SweepSummary sweep(const app::Study& study, const std::string& dir, int jobs = 1,
                        size_t shard = 0, size_t shards = 1, bool resume = false) {
  app::SweepOptions o;
  o.dir = dir;
  o.jobs = jobs;
  o.shard = shard;
  o.shards = shards;
  o.resume = resume;
  return app::run_sweep(study, registry(), o);
}

/// Bit for bit: NaN equals NaN.
void check_same(const app::StudyTable& a, const app::StudyTable& b) {
  CHECK(a.index == b.index);
  CHECK(a.id == b.id);
  CHECK(a.status == b.status);
  REQUIRE(a.columns.size() == b.columns.size());
  for (size_t c = 0; c < a.columns.size(); ++c) {
    CAPTURE(a.columns[c].name);
    CHECK(a.columns[c].name == b.columns[c].name);
    REQUIRE(a.columns[c].values.size() == b.columns[c].values.size());
    CHECK(std::memcmp(a.columns[c].values.data(), b.columns[c].values.data(),
                      a.columns[c].values.size() * sizeof(double)) == 0);
  }
}

size_t count_files(const std::string& dir) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(dir), fs::directory_iterator{}));
}

}  // namespace

TEST_CASE("one job, two jobs and shards give the same bits") {
  const Folder folder;
  const auto study = read(folder.study(kBody));
  const auto one = sweep(study, folder / "one");
  CHECK(one.progress.done == 6);
  CHECK(one.progress.failed == 0);
  CHECK(one.table);
  CHECK(count_files(folder / "one/runs") == 6);
  CHECK(count_files(folder / "one/partial") == 0);
  CHECK(sweep(study, folder / "two", 2).table);
  const auto first = sweep(study, folder / "parts", 1, 1, 2);
  CHECK(first.progress.total == 3);
  CHECK_FALSE(first.table);
  CHECK(sweep(study, folder / "parts", 1, 0, 2).table);
  const auto a = app::read_study(folder / "one");
  check_same(a, app::read_study(folder / "two"));
  check_same(a, app::read_study(folder / "parts"));
  const auto* energy = a.find("energy_site");
  REQUIRE(energy);
  CHECK(energy->unit == "J");
  // 100 kW for ten minutes and the transformer's losses.
  CHECK(energy->values[0] > 60e6);
  CHECK(energy->values[0] < 66e6);
  CHECK(a.find("office.power")->values == std::vector<double>{100, 100, 200, 200, 300, 300});
  CHECK(a.find("office.power")->unit == "kW");
  const auto f = io::ResultFile::open((fs::path(folder / "one/runs") / (a.id[0] + ".h5")).string());
  CHECK(f.status() == "complete");
  CHECK_FALSE(f.kpis().empty());
}

TEST_CASE("resume computes what is missing or damaged, nothing else") {
  const Folder folder;
  const auto study = read(folder.study(kBody));
  sweep(study, folder / "out");
  const auto before = app::read_study(folder / "out");
  CHECK_THROWS_AS(sweep(study, folder / "out"), UserError);
  const fs::path runs = folder / "out/runs";
  fs::remove(runs / (before.id[1] + ".h5"));
  fs::resize_file(runs / (before.id[4] + ".h5"), fs::file_size(runs / (before.id[4] + ".h5")) / 2);
  const auto again = sweep(study, folder / "out", 1, 0, 1, true);
  CHECK(again.progress.done == 6);
  CHECK(again.progress.kept == 4);
  check_same(before, app::read_study(folder / "out"));
}

TEST_CASE("a sweep that is killed continues") {
  const Folder folder;
  const auto study =
      read(folder.study("axes: {office.power: {from: 100 kW, to: 300 kW, steps: 41}}\n"));
  const pid_t pid = fork();
  if (pid == 0) {
    sweep(study, folder / "out");
    _exit(0);
  }
  // Until a few are finished.
  for (int i = 0; i < 3000; ++i) {
    std::error_code ec;
    if (fs::exists(folder / "out/runs", ec) && count_files(folder / "out/runs") >= 3) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  const size_t finished = count_files(folder / "out/runs");
  const auto rest = sweep(study, folder / "out", 1, 0, 1, true);
  CHECK(rest.progress.done == 41);
  // The child of the killed sweep may have finished one more.
  CHECK(rest.progress.kept >= finished);
  CHECK(rest.progress.kept <= finished + 1);
  CHECK(count_files(folder / "out/partial") == 0);
  sweep(study, folder / "whole");
  check_same(app::read_study(folder / "out"), app::read_study(folder / "whole"));
}

TEST_CASE("a run that fails is recorded and stops nothing") {
  const Folder folder;
  // A rating below 0 is out of bounds, which shows only when such a run is built.
  const auto study =
      read(folder.study("sample: {n: 5, seed: 2, over: {tr.rating: {choice: [2 MVA, -1 MVA]}}}\n"));
  const auto r = sweep(study, folder / "out");
  CHECK(r.progress.done == 5);
  CHECK(r.progress.failed >= 2);
  CHECK(r.progress.failed <= 3);
  CHECK(r.table);
  const auto t = app::read_study(folder / "out");
  size_t failed = 0;
  for (size_t i = 0; i < 5; ++i)
    if (t.status[i] == "failed") {
      ++failed;
      CHECK_FALSE(t.reason[i].empty());
      CHECK(std::isnan(t.find("energy_site")->values[i]));
    }
  CHECK(failed == r.progress.failed);
}

TEST_CASE("folders of something else are refused") {
  const Folder folder;
  const auto study = read(folder.study("seeds: 1\n"));
  sweep(study, folder / "out");
  const auto other = read(folder.study("seeds: 2\n"));
  CHECK_THROWS_WITH_AS(sweep(other, folder / "out", 1, 0, 1, true),
                       doctest::Contains("another study"), UserError);
  fs::create_directory(folder / "foreign");
  std::ofstream(folder / "foreign/letter.txt") << "dear";
  CHECK_THROWS_WITH_AS(sweep(other, folder / "foreign"), doctest::Contains("holds no study"),
                       UserError);
  CHECK_THROWS_AS(sweep(other, folder.scenario()), UserError);
  CHECK_THROWS_WITH_AS(app::read_study(folder / "foreign"), doctest::Contains("without a study"),
                       UserError);
}

TEST_CASE("series are kept when asked for, and equal inputs are one file") {
  const Folder folder;
  const auto study =
      read(folder.study("record: series\naxes: {office.power: [100 kW, 0.1 MW, 200 kW]}\n"));
  CHECK(sweep(study, folder / "out").table);
  CHECK(count_files(folder / "out/runs") == 2);
  const auto t = app::read_study(folder / "out");
  CHECK(t.id[0] == t.id[1]);
  CHECK(t.find("energy_site")->values[0] == t.find("energy_site")->values[1]);
  const auto f = io::ResultFile::open((fs::path(folder / "out/runs") / (t.id[2] + ".h5")).string());
  CHECK(f.rows() == 11);
}

TEST_CASE("figures of a study's own, and what is written about the best run") {
  Folder f;
  const auto study =
      read(f.study("axes:\n  office.power: [300 kW, 100 kW]\nuntil: 1 min\n"
                   "figures:\n  share: {value: energy_loss_chain / energy_site, unit: \"%\"}\n"
                   "least: {of: share, where: energy_site > 0}\n"));
  const std::string dir = f / "figures";
  sweep(study, dir);
  for (int again = 0; again < 2; ++again) {  // from the logs, then from study.h5
    const auto t = app::read_study(dir);
    CHECK(t.least.of == "share");
    CHECK(t.least.where == "energy_site > 0");
    const auto *share = t.find("share"), *lost = t.find("energy_loss_chain"),
               *all = t.find("energy_site");
    REQUIRE(share);
    REQUIRE(lost);
    for (size_t i = 0; i < 2; ++i) {
      CHECK(share->values[i] == lost->values[i] / all->values[i]);
      CHECK(t.evaluate("energy_site > 1e12", i, {}) == 0.0);
    }
    CHECK_THROWS_WITH_AS(t.evaluate("energy_sit > 0", 0, {}),
                         doctest::Contains("did you mean 'energy_site'?"), UserError);
  }
  // A KPI that one run lacks makes no number there.
  app::StudyTable t;
  t.columns = {{"a", "1", "", false, {}, {1.0, std::nan("")}}};
  CHECK(t.evaluate("2 * a", 0, {}) == 2.0);
  CHECK(std::isnan(t.evaluate("2 * a", 1, {})));
}

TEST_CASE("statistics of the table") {
  CHECK(app::quantile({1, 2, 3, 4}, 0.5) == 2.5);
  CHECK(app::quantile({1, 2, 3, 4}, 1.0) == 4.0);
  CHECK(std::isnan(app::quantile({}, 0.5)));
  CHECK(app::rank_correlation({1, 2, 3}, {1, 8, 27}) == doctest::Approx(1.0));
  CHECK(app::rank_correlation({1, 2, 3}, {3, 2, 1}) == doctest::Approx(-1.0));
  // Ties: ranks 0.5 0.5 2 against 0 1 2.
  CHECK(app::rank_correlation({1, 1, 2}, {1, 2, 3}) == doctest::Approx(std::sqrt(0.75)));
  CHECK(std::isnan(app::rank_correlation({1, 1}, {1, 2})));
  CHECK(app::correlation_ratio({0, 0, 1, 1}, {1, 1, 3, 3}) == doctest::Approx(1.0));
  CHECK(app::correlation_ratio({0, 0, 1, 1}, {0, 2, 2, 4}) == doctest::Approx(0.5));
  std::vector<double> x, y;
  for (int i = 0; i < 1000; ++i) {
    x.push_back(i);
    y.push_back(i);
  }
  // Ten classes of a uniform variable leave 1 % of its variance.
  CHECK(app::correlation_ratio(x, y) == doctest::Approx(0.99).epsilon(1e-3));
  const double nan = std::nan("");
  CHECK(app::pareto({1, 2, 3, 2, nan}, false, {3, 1, 2, 2, 0}, false) == std::vector<size_t>{0, 1});
  CHECK(app::pareto({1, 2, 3}, false, {3, 1, 4}, true) == std::vector<size_t>{0, 2});
}
