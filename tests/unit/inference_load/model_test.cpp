// Descriptors and step time against published values and closed forms. "AC-…" are the acceptance
// checks of the project.
#include <doctest/doctest.h>

#include <random>

#include "inference_load/eval.h"
#include "support.h"

namespace steppe::load::test {
namespace {

ModelSize size_of(const char* name) { return model_size(load_model(setup(), name)); }
double value(const std::vector<EvalRow>& rows, const std::string& name) {
  for (const EvalRow& r : rows)
    if (r.name == name) return r.value;
  FAIL("no row ", name);
  return 0.0;
}
EvalParams eval_defaults() {
  EvalParams p;
  eval_table().set_defaults(&p);
  return p;
}

TEST_CASE("AC-1-01: parameter counts follow from the descriptors") {
  // Closed form; published totals: 671 B [DeepSeek-AI 2024], 1.6 T and 284 B [DeepSeek V4 model
  // cards], 70.6 B, 8.0 B, 405 B [Meta 2024], 30.5 B and 235 B [Qwen 2025].
  const ModelSize v3 = size_of("deepseek-v3"), pro = size_of("deepseek-v4-pro"),
                  flash = size_of("deepseek-v4-flash");
  CHECK(v3.total == approx(671.03e9, 1e-3));
  CHECK(v3.active == approx(37.55e9, 1e-3));
  CHECK(v3.matmul == approx(36.62e9, 1e-3));
  CHECK(pro.total == approx(1572.9e9, 1e-3));
  CHECK(pro.matmul == approx(48.8e9, 1e-3));
  CHECK(flash.total == approx(284.3e9, 1e-3));
  CHECK(flash.matmul == approx(13.23e9, 1e-3));
  CHECK(size_of("llama-3.1-70b").total == approx(70.6e9, 2e-3));
  CHECK(size_of("llama-3.1-8b").total == approx(8.03e9, 2e-3));
  CHECK(size_of("llama-3.1-405b").total == approx(405.9e9, 2e-3));
  CHECK(size_of("qwen3-30b-a3b").total == approx(30.5e9, 5e-3));
  CHECK(size_of("qwen3-235b-a22b").total == approx(235e9, 5e-3));
  CHECK(size_of("qwen3-30b-a3b").active == approx(3.3e9, 0.03));
}

TEST_CASE("AC-1-02: KV bytes per token") {  // 70 KB and 516 KB [DeepSeek-AI 2025, Insights into V3,
                                            // table 1]
  CHECK(size_of("deepseek-v3").kv_per_token == 70272.0);
  CHECK(size_of("llama-3.1-70b").kv_per_token == 327680.0);
  CHECK(size_of("llama-3.1-405b").kv_per_token == 516096.0);
}

TEST_CASE("AC-1-03: V4-Pro KV cache of a million tokens is 9.62 GiB") {  // [vLLM 2026, DeepSeek-V4]
  const ModelSize s = size_of("deepseek-v4-pro");
  const double million = 1048576.0, gib = 1073741824.0;
  CHECK(s.kv_per_token == 9848.0);
  CHECK(s.kv_per_token * million / gib == approx(9.62, 5e-3));
  const double v32 = 61.0 * (576.0 + 128.0) * 2.0;  // V3.2: latent attention and an indexer of 128
  CHECK(v32 / s.kv_per_token == approx(8.7, 5e-3));
  CHECK(kv_bytes(s, 0.0) == 61.0 * 128.0 * 512.0 * 2.0);
}

TEST_CASE("AC-1-04: expert coverage agrees with random routing") {
  CHECK(experts_touched(256, 8, 16) == approx(102.0, 1e-3));
  CHECK(experts_touched(256, 8, 64) == approx(222.4, 1e-3));
  CHECK(experts_touched(256, 8, 256) == approx(255.9, 1e-3));
  std::mt19937_64 g(1);
  for (int tokens : {16, 64, 256}) {
    double sum = 0.0;
    const int trials = 4000;
    for (int trial = 0; trial < trials; ++trial) {
      std::vector<bool> hit(256);
      for (int t = 0; t < tokens; ++t) {
        std::vector<bool> mine(256);
        for (int chosen = 0; chosen < 8;) {
          const size_t e = g() % 256;
          if (mine[e]) continue;
          mine[e] = hit[e] = true;
          ++chosen;
        }
      }
      sum += static_cast<double>(std::count(hit.begin(), hit.end(), true));
    }
    // The mean of 4000 trials is within 0.1 %; 0.5 % is the check's tolerance.
    CHECK(experts_touched(256, 8, tokens) == approx(sum / trials, 5e-3));
  }
}

TEST_CASE("AC-1-05: expert-parallel lower bound of TPOT") {
  // [DeepSeek-AI 2025, Insights into V3, 2.3.2]: 32 tokens, 9 copies of 7 000 values, 1 + 2 bytes,
  // 61 layers twice.
  const double half = 3.0 * 32.0 * 9.0 * 7000.0;
  CHECK(half / 50e9 * 1e6 == approx(120.96, 1e-5));
  CHECK(2.0 * 61.0 * half / 50e9 * 1e3 == approx(14.757, 1e-4));
  // The engine's own bytes: 58 expert layers, 8 copies of 7 168 values.
  const Parallel p{1, 144, 32, 2, 0, 0.85};
  const StepModel m(load_model(setup(), "deepseek-v3"), load_accelerator(setup(), "h800"), p, 128);
  Batch b;
  b.decode = 32;
  b.context = 32 * 1000;
  const StepTime t = m.step(b);
  CHECK(t.network_bytes == approx(32.0 * 8 * 7168 * 3 * 58, 1e-5));
  CHECK(t.all_to_all == approx(t.network_bytes / (0.85 * 50e9), 1e-5));
}

TEST_CASE("AC-1-06, AC-1-07: DeepSeek's fleet and its cost close") {  // [DeepSeek-AI 2025, day 6]
  const double nodes = 608e9 / 86400.0 / 73.7e3 + 168e9 / 86400.0 / 14.8e3;
  CHECK(nodes == approx(226.75, 2e-3));
  const double cost = 226.75 * 8 * 24 * 2.0, income = 342e3 * 0.14 + 266e3 * 0.55 + 168e3 * 2.19;
  CHECK(cost == approx(87072.0, 1e-3));
  CHECK(income == approx(562027.0, 1e-3));
  CHECK(100.0 * (income - cost) / cost == approx(545.0, 2e-3));
}

TEST_CASE("AC-1-08: H800 decode step at the published operating point (calibrated)") {
  // [DeepSeek-AI 2025, day 6]: 14.8 k tok/s per H800 node, EP144 with 32 redundant experts, mean KV
  // length 4 989.
  EvalParams p = eval_defaults();
  p.expert_parallel = 144;
  p.redundant_experts = 32;
  p.microbatches = 2;
  const auto rows = evaluate(p, setup());
  CHECK(value(rows, "step_time") > 0.038);
  CHECK(value(rows, "step_time") < 0.052);
  CHECK(value(rows, "tokens_per_s_node") == approx(14.8e3, 0.20));
  CHECK(value(rows, "bytes_weights") / 2.0 == approx(21.3e9, 0.01));
  CHECK(value(rows, "bytes_kv") == approx(30.9e9, 0.01));
}

TEST_CASE("AC-1-10: prefill on H100 at 4 k prompts (predicted but for the prefill efficiency)") {
  // [LMSYS 2025]: 50.3 k tok/s per node of 8 H100 at prompts of 4 k, EP32.
  EvalParams p = eval_defaults();
  p.accelerator = "h100";
  p.phase = Phase::prefill;
  p.batch = 4;
  p.context = 4096;
  p.expert_parallel = 32;
  p.redundant_experts = 32;
  p.microbatches = 2;
  const auto rows = evaluate(p, setup());
  CHECK(value(rows, "tokens_per_s_node") == approx(50.3e3, 0.15));
  CHECK(value(rows, "utilisation") > 0.23);
  CHECK(value(rows, "utilisation") < 0.31);
}

TEST_CASE("AC-1-12: H100 Llama-3.1-70B TP4, step time over the batch (calibrated on these)") {
  // [ML.ENERGY v3]: median inter-token latency 16.4 + 0.0914 n ms; GPU J per output token 0.797 and
  // 0.479.
  EvalParams p = eval_defaults();
  p.model = "llama-3.1-70b";
  p.accelerator = "h100";
  p.tensor_parallel = 4;
  p.measured = "none";
  p.context = 400;  // prompts of some 200 tokens, answers of 350, half-way
  for (double n : {8, 16, 32, 64, 128, 256}) {
    p.batch = n;
    const auto rows = evaluate(p, setup());
    INFO("n = ", n, " ITL ", value(rows, "step_time") * 1e3, " ms, ", value(rows, "power"), " W");
    CHECK(value(rows, "step_time") * 1e3 == approx(16.4 + 0.0914 * n, 0.15));
  }
}

TEST_CASE("AC-1-18: KV transfer of 4 989 tokens") {
  const double bytes = kv_bytes(size_of("deepseek-v3"), 4989.0);
  CHECK(bytes == approx(350.6e6, 1e-3));
  CHECK(bytes / 50e9 * 1e3 == approx(7.01, 1e-3));
}

TEST_CASE("AC-1-20: throughput saturates at 1/H; the KV cache bounds the batch") {
  const ModelDesc model = load_model(setup(), "llama-3.1-70b");
  const Accelerator a = load_accelerator(setup(), "h100");
  const StepModel m(model, a, {4, 1, 0, 1, 0, 0.85}, 0);
  const ModelSize s = model_size(model);
  const double context = 4000.0;
  const double expected =
      std::floor((80e9 * 0.9 - s.total * 2.0 / 4.0) / (s.kv_per_token / 4.0 * context));
  CHECK(std::floor(m.kv_capacity() / context) == approx(expected, 0.01));
  // While weights are streamed (no arithmetic limit), t(n) = W + H n exactly.
  auto t = [&](double n) {
    Batch b;
    b.decode = n;
    b.context = n * context;
    return m.step(b).total;
  };
  const double h = (t(20) - t(10)) / 10.0, w = t(10) - 10.0 * h;
  CHECK(40.0 / t(40) == approx(40.0 / (w + h * 40.0), 1e-9));
  CHECK(1e7 / (w + h * 1e7) == approx(1.0 / h, 0.01));
}

TEST_CASE("sliding windows: closed forms of the cache, of time and of arithmetic") {
  ModelDesc m = load_model(setup(), "llama-3.1-8b");
  const Accelerator h100 = load_accelerator(setup(), "h100");
  const ModelSize all = model_size(m);
  const StepModel whole(m, h100, {}, 0);
  m.window = 1024;
  m.window_layers = 24;  // of 32
  const ModelSize some = model_size(m);
  CHECK(some.kv_per_token == approx(0.25 * all.kv_per_token, 1e-12));
  CHECK(some.kv_per_sequence == approx(0.75 * all.kv_per_token * 1024, 1e-12));
  CHECK(some.total == all.total);
  const StepModel windows(m, h100, {}, 0);
  Batch b;
  b.decode = 10;
  auto kv = [&](const StepModel& model, double context) {
    b.context = b.decode * context;
    return model.step(b).kv_bytes;
  };
  CHECK(kv(windows, 500) == approx(kv(whole, 500), 1e-12));  // nothing lies outside the window
  CHECK(kv(windows, 8192) == approx(kv(whole, 0.25 * 8192 + 0.75 * 1024), 1e-12));
  CHECK(windows.step(b).peak_seconds < whole.step(b).peak_seconds);
}

TEST_CASE("a host that lets the accelerators wait: longer steps, idle power meanwhile") {
  Accelerator a = load_accelerator(setup(), "h100");
  Batch b;
  b.decode = 8;
  b.context = 8000;
  const StepModel fast(load_model(setup(), "llama-3.1-8b"), a, {}, 0);
  a.host_gap = 0.02;
  const StepModel slow(load_model(setup(), "llama-3.1-8b"), a, {}, 0);
  const StepPoint p = fast.operate(b, {}), q = slow.operate(b, {});
  CHECK(q.seconds == approx(p.seconds + 0.02, 1e-12));
  CHECK(q.seconds * q.watts == approx(p.seconds * p.watts + 0.02 * a.power_idle, 1e-12));
}

TEST_CASE("multi-token prediction: accepted drafts as a geometric series") {
  CHECK(Parallel{1, 1, 0, 1, 1, 0.85}.tokens_per_step() == approx(1.85, 1e-5));
  CHECK(Parallel{1, 1, 0, 1, 3, 0.5}.tokens_per_step() == approx(1.875, 1e-5));
  CHECK(Parallel{1, 1, 0, 1, 2, 1.0}.tokens_per_step() == 3.0);
}

TEST_CASE("a power cap slows prefill and hardly decode") {
  // [Patel 2024, Splitwise]: H100 capped at half its power: prefill × 1.30, decode × 1.00. Shape,
  // not calibrated.
  EvalParams p = eval_defaults();
  p.model = "llama-3.1-70b";
  p.accelerator = "h100";
  p.tensor_parallel = 8;
  p.batch = 8;
  p.context = 1000;
  auto slowdown = [&](Phase phase) {
    p.phase = phase;
    p.power_cap = 1e30;
    const double free = value(evaluate(p, setup()), "step_time");
    p.power_cap = 350;
    const auto rows = evaluate(p, setup());
    CHECK(value(rows, "power") <= 350.0 * (1 + 1e-12));
    return value(rows, "step_time") / free;
  };
  CHECK(slowdown(Phase::prefill) == approx(1.30, 0.15));
  CHECK(slowdown(Phase::decode) == approx(1.00, 0.02));
}

TEST_CASE(
    "every shipped model and accelerator can be read; unknown values are errors that name them") {
  const std::filesystem::path data = source_dir() + "/data";
  int models = 0, accelerators = 0;
  for (const auto& f : std::filesystem::directory_iterator(data / "models")) {
    if (f.path().extension() != ".yaml") continue;
    CHECK(model_size(load_model(setup(), f.path().stem().string())).total > 1e9);
    ++models;
  }
  for (const auto& f : std::filesystem::directory_iterator(data / "accelerators")) {
    if (f.path().extension() != ".yaml") continue;
    CHECK(load_accelerator(setup(), f.path().string()).memory > 1e10);
    ++accelerators;
  }
  CHECK(models == 9);
  CHECK(accelerators == 12);
  EvalParams p = eval_defaults();
  p.accelerator = "ascend-950pr";
  p.expert_parallel = 64;
  CHECK_THROWS_WITH_AS(evaluate(p, setup()), doctest::Contains("'tdp'"), UserError);
}

}  // namespace
}  // namespace steppe::load::test
