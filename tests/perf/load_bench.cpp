// Speed of the serving load on one core. The targets are the project's: 200 000 requests/s and 2e8
// generated tokens/s at event level with full latency statistics, a fluid year below 1 s, a day at
// 1 s exchange below 3 s.
#include <doctest/doctest.h>

#include <chrono>

#include "inference_load/arrivals/trace.h"
#include "tests/unit/inference_load/support.h"

namespace steppe::load::test {
namespace {

double seconds(const std::function<void()>& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST_CASE(
    "load speed: a day of 1.38 M requests with answers of 1 527 tokens on every replica of a "
    "fleet") {
  // The size of ServeGen's DeepSeek-R1 day [Xiang 2025]; synthetic arrivals here, on 34 nodes,
  // nothing sampled.
  InferenceParams p = defaults();
  p.nodes = 34;
  p.rate = 1.38e6 / 86400.0;
  p.input_mean = 2000;
  p.output_mean = 1527;
  p.sample = 0;
  p.weekend = 1.0;
  InferenceLoad load(p, setup());
  Context c;
  const double wall = seconds([&] { run(load, c, 60.0, 86400.0); });
  const double requests = kpi(load, "requests_completed"), tokens = kpi(load, "tokens_out");
  MESSAGE((requests / wall), " requests/s, ", (tokens / wall), " tokens/s, ", wall, " s, TPOT p50 ",
          kpi(load, "tpot_p50"));
  CHECK(requests / wall > 200e3);
  CHECK(tokens / wall > 2e8);
}

TEST_CASE(
    "load speed: a day of 1 024 nodes in 8 rack groups at 1 s exchange, 16 replicas simulated per "
    "pool") {
  InferenceLoad load(defaults(), setup(8));
  Context c;
  const double wall = seconds([&] { run(load, c, 1.0, 86400.0); });
  MESSAGE(wall, " s");
  CHECK(wall < 3.0);
}

TEST_CASE("load speed: a fluid year") {
  for (double exchange : {300.0, 60.0}) {
    InferenceParams p = defaults();
    p.level = Level::fluid;
    InferenceLoad load(p, setup(8));
    Context c;
    const double wall = seconds([&] { run(load, c, exchange, 365.0 * 86400.0); });
    MESSAGE("exchange ", exchange, " s: ", wall, " s");
    CHECK(wall < 1.0);
  }
}

TEST_CASE("load speed: reading a trace") {
  const auto path = std::filesystem::temp_directory_path() / "steppe-bench-trace.csv";
  {
    std::ofstream out(path);
    out << "TIMESTAMP,ContextTokens,GeneratedTokens\n";
    for (int i = 0; i < 1000000; ++i)
      out << "2023-11-16 18:15:" << 10 + i / 20000 % 50 << ".0000000,1155,211\n";
  }
  // Seconds wrap every million rows: the file is monotonic within its one million.
  const double wall = seconds([&] { CHECK(read_trace(path.string()).size() == 1000000); });
  MESSAGE((1e6 / wall), " rows/s");
  std::filesystem::remove(path);
  CHECK(wall < 2.0);
}

}  // namespace
}  // namespace steppe::load::test
