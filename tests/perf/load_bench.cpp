// Speed of the serving load on one core. The targets are the project's: 200 000 requests/s and 2e8
// generated tokens/s at event level with full latency statistics, a fluid year below 1 s, a day at
// 1 s exchange below 3 s.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <time.h>

#include "inference_load/arrivals/trace.h"
#include "tests/unit/inference_load/support.h"

namespace steppe::load::test {
namespace {

/// CPU time of this thread, s: others on the machine count for little.
double seconds(const std::function<void()>& f) {
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
  };
  const double start = now();
  f();
  return now() - start;
}

/// Largest memory of this process so far, MB.
double peak_memory() {
  rusage r{};
  getrusage(RUSAGE_SELF, &r);
  return static_cast<double>(r.ru_maxrss) / 1024.0;
}

TEST_CASE("load speed: ServeGen's DeepSeek-R1 day on every replica of a fleet") {  // [Xiang 2025]
  // 73 clients with bursts of their own and their own lengths, 34 nodes, nothing sampled. Reading
  // the files is not counted.
  const std::string dir = shared_data();
  if (dir.empty()) return;
  InferenceParams p = defaults();
  p.model = "deepseek-r1";
  p.nodes = 34;
  p.trace = dir + "/llm_traces/servegen/deepseek-r1";
  InferenceLoad load(p, setup());
  Context c;
  const double cpu = seconds([&] { run(load, c, 60.0, 86400.0); });
  const double requests = kpi(load, "requests_completed"), tokens = kpi(load, "tokens_out");
  MESSAGE(requests, " requests, ", (requests / cpu), " requests/s, ", (tokens / cpu), " tokens/s, ",
          cpu, " s of CPU, TTFT p99 ", kpi(load, "ttft_p99"), " s");
  CHECK(requests > 1.3e6);
  CHECK(requests / cpu > 200e3);
  CHECK(tokens / cpu > 2e8);
}

TEST_CASE("load memory: does not grow with the requests served") {
  InferenceParams p = defaults();
  p.nodes = 34;
  p.rate = 16.0;
  p.sample = 0;
  InferenceLoad load(p, setup());
  Context c;
  c.exchange = core::from_seconds(60);
  c.end = core::from_seconds(5 * 86400.0);
  double first = 0.0;  // MB after the first day
  while (c.now < c.end) {
    load.update(c);
    c.now = load.next_time();
    if (first == 0.0 && c.now >= core::from_seconds(86400.0)) first = peak_memory();
  }
  MESSAGE(kpi(load, "requests_completed"), " requests: ", first, " MB after a day, ", peak_memory(),
          " MB after five");
  CHECK(kpi(load, "requests_completed") > 6e6);
  CHECK(peak_memory() < first + 1.0);
}

TEST_CASE(
    "load speed: a day of 1.38 M requests with answers of 1 527 tokens on every replica of a "
    "fleet") {
  // The same size with synthetic arrivals.
  InferenceParams p = defaults();
  p.nodes = 34;
  p.rate = 1.38e6 / 86400.0;
  p.input_mean = 2000;
  p.output_mean = 1527;
  p.sample = 0;
  p.weekend = 1.0;
  InferenceLoad load(p, setup());
  Context c;
  const double cpu = seconds([&] { run(load, c, 60.0, 86400.0); });
  const double requests = kpi(load, "requests_completed"), tokens = kpi(load, "tokens_out");
  MESSAGE((requests / cpu), " requests/s, ", (tokens / cpu), " tokens/s, ", cpu, " s, TPOT p50 ",
          kpi(load, "tpot_p50"));
  CHECK(requests / cpu > 200e3);
  CHECK(tokens / cpu > 2e8);
}

TEST_CASE(
    "load speed: a day of 1 024 nodes in 8 rack groups at 1 s exchange, 16 replicas simulated per "
    "pool") {
  InferenceLoad load(defaults(), setup(8));
  Context c;
  const double cpu = seconds([&] { run(load, c, 1.0, 86400.0); });
  MESSAGE(cpu, " s");
  CHECK(cpu < 3.0);
}

TEST_CASE("load speed: a fluid year") {
  for (double exchange : {300.0, 60.0}) {
    InferenceParams p = defaults();
    p.level = Level::fluid;
    InferenceLoad load(p, setup(8));
    Context c;
    const double cpu = seconds([&] { run(load, c, exchange, 365.0 * 86400.0); });
    MESSAGE("exchange ", exchange, " s: ", cpu, " s");
    CHECK(cpu < 1.0);
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
  const double cpu = seconds([&] { CHECK(read_trace(path.string()).size() == 1000000); });
  MESSAGE((1e6 / cpu), " rows/s");
  std::filesystem::remove(path);
  CHECK(cpu < 2.0);
}

}  // namespace
}  // namespace steppe::load::test
