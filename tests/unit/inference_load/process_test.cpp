// The process as the simulation sees it: windows, closed loop, checkpoint, fluid level, figures.
#include <doctest/doctest.h>

#include "inference_load/fluid/cache.h"
#include "inference_load/registry.h"
#include "support.h"

namespace steppe::load::test {
namespace {

InferenceParams small() {
  InferenceParams p = defaults();
  p.nodes = 32;
  p.expert_parallel = 64;
  p.rate = 150;
  p.sample = 4;
  return p;
}

TEST_CASE("the registered process has defaults inside its bounds and builds from them") {
  const auto types = process_types();
  REQUIRE(types.front().name == "inference");
  for (const auto& t : types)
    for (const auto& row : t.params->rows()) {
      INFO(row.name);
      CHECK(core::ParamTableBase::check(row, row.value).empty());
      CHECK(!row.help.empty());
    }
  const auto params = types.front().make_params();
  CHECK(types.front().make(params.get(), setup(8))->next_time() == 0);
}

TEST_CASE("closed loop: capacity, throttle and cap act on power and on latency") {
  struct Result {
    double power, tpot, running;
  };
  auto result = [](const std::vector<std::vector<double>>& inputs) {
    InferenceLoad load(small(), setup(4));
    Context c;
    c.inputs = inputs;
    double power = 0.0, tpot = 0.0, running = 0.0;
    run(load, c, 1.0, 900.0, [&](double t, const Context& x) {
      if (t < 300) return;
      power += x.sum(InferenceLoad::kPower) / 600;
      tpot += x.sum(InferenceLoad::kTpot) / 600;
      running += x.sum(InferenceLoad::kRunning) / 600;
    });
    CHECK(kpi(load, "ledger_residual_tokens") < 1e-12);
    return Result{power, tpot, running};
  };
  const Result free = result({{1}, {1}, {1e30}});
  const Result slow = result({{1}, {0.6}, {1e30}});
  const Result capped = result({{1}, {1}, {350}});
  const Result half = result({{1, 1, 0, 0}, {1}, {1e30}});
  CHECK(slow.power < 0.75 * free.power);
  CHECK(slow.tpot > 1.1 * free.tpot);
  CHECK(capped.power < 0.85 * free.power);
  CHECK(capped.tpot > 1.05 * free.tpot);
  // 350 W per accelerator and the node's 275 W share bound the power of 256 accelerators.
  CHECK(capped.power < 256 * (350 + 275));
  CHECK(half.power < 0.75 * free.power);
  CHECK(half.power > 0.45 * free.power);
  CHECK(half.tpot > free.tpot);
}

TEST_CASE("a fleet without power: a sample stands for what waits; a full queue refuses") {
  for (double max_queue : {0.0, 1e6}) {
    CAPTURE(max_queue);
    InferenceParams p = small();
    p.nodes = 320;
    p.rate = 1500;
    p.max_queue = max_queue;  // of each of the four simulated replicas
    InferenceLoad load(p, setup(4));
    double rows = 0.0;
    load.set_row_sink(
        [&](const std::string&, const RequestRow& r) { rows += r.rejected ? 1.0 : 0.0; });
    Context c;
    c.inputs = {{0}, {1}, {1e30}};
    double waiting = 0.0;
    run(load, c, 1.0, 60.0,
        [&](double, const Context& x) { waiting = x.sum(InferenceLoad::kQueue); });
    const double arrived = kpi(load, "requests_arrived"), refused = kpi(load, "requests_rejected");
    REQUIRE(arrived > 10000.0);
    if (max_queue > 0.0) {
      CHECK(refused == 0.0);
      CHECK(waiting == doctest::Approx(arrived).epsilon(1e-9));
    } else {
      CHECK(refused == doctest::Approx(arrived).epsilon(1e-9));
      CHECK(rows < arrived / 100.0);  // a simulated replica stands for hundreds, so do requests
    }
    CHECK(kpi(load, "ledger_residual_tokens") < 1e-12);
  }
}

TEST_CASE("an idle fleet draws idle power, window by window") {
  InferenceParams p = small();
  p.rate = 0.0;
  InferenceLoad load(p, setup(4));
  Context c;
  const double energy = run(load, c, 1.0, 10.0);
  CHECK(energy == approx(10.0 * 32 * (8 * 100.0 + 1800.0), 1e-5));
  CHECK(std::isnan(kpi(load, "ttft_p50")));  // a figure that a run cannot have is absent
}

TEST_CASE("checkpoint: the continued run equals the uninterrupted one bit for bit") {
  auto params = [](Level level) {
    InferenceParams p = small();
    p.level = level;
    p.burst_cv = 2.0;
    return p;
  };
  for (Level level : {Level::event, Level::fluid}) {
    InferenceLoad whole(params(level), setup(4)), first(params(level), setup(4)),
        second(params(level), setup(4));
    Context a, b;
    a.inputs = b.inputs = {{1, 1, 0.5, 1}, {0.9}, {1e30}};
    a.exchange = b.exchange = core::from_seconds(1);
    a.end = b.end = core::from_seconds(400);
    InferenceLoad* now = &first;
    for (int i = 0; i < 400; ++i) {
      if (i == 150) {
        core::StateWriter w;
        first.save(w);
        core::StateReader r(w.bytes());
        second.load(r);
        CHECK(r.done());
        now = &second;
      }
      a.now = b.now = core::from_seconds(i);
      whole.update(a);
      now->update(b);
      REQUIRE(a.outputs == b.outputs);
    }
    for (const auto& k : whole.kpis()) CHECK(kpi(second, k.name) == k.value);
  }
}

TEST_CASE("fluid and event levels agree on a day with diurnal load and bursts") {
  // Requirement of the project: mean power within 3 %, TPOT within 5 %.
  InferenceParams p = small();
  p.burst_cv = 2.0;
  auto day = [&](Level level, double exchange, double& tpot) {
    p.level = level;
    InferenceLoad load(p, setup(4));
    Context c;
    const double energy = run(load, c, exchange, 86400.0);
    CHECK(load.fluid() == (level == Level::fluid));
    tpot = kpi(load, "tpot_p50");
    return energy;
  };
  double tpot_event = 0, tpot_fluid = 0;
  const double event = day(Level::event, 10.0, tpot_event),
               fluid = day(Level::fluid, 300.0, tpot_fluid);
  CHECK(fluid == approx(event, 0.03));
  CHECK(tpot_fluid == approx(tpot_event, 0.05));
}

TEST_CASE("auto level: event up to seven days, fluid above") {
  for (double days : {7.0, 8.0}) {
    InferenceLoad load(small(), setup(1));
    Context c;
    c.exchange = core::from_seconds(60);
    c.end = core::from_seconds(days * 86400);
    load.update(c);
    CHECK(load.fluid() == (days > 7));
  }
}

TEST_CASE("a trace that is small for the fleet: every request is served and accounted for") {
  InferenceParams p = defaults();
  p.trace = source_dir() + "/data/traces/azure-like-sample.csv";
  InferenceLoad load(p, setup(8));
  Context c;
  run(load, c, 1.0, 900.0);
  CHECK(kpi(load, "requests_completed") == kpi(load, "requests_arrived"));
  CHECK(kpi(load, "requests_arrived") > 500);
  CHECK(kpi(load, "ledger_residual_tokens") == 0);
}

TEST_CASE("the real Azure conversation trace: 19 366 requests served") {  // [Microsoft 2023]
  const std::string dir = shared_data();
  if (dir.empty()) return;
  InferenceParams p = defaults();
  p.trace = dir + "/llm_traces/azure2023/AzureLLMInferenceTrace_conv.csv";
  InferenceLoad load(p, setup(8));
  Context c;
  run(load, c, 1.0, 3700.0);
  CHECK(kpi(load, "requests_completed") == 19366);
  CHECK(kpi(load, "tokens_in") / 19366 == approx(1154.7, 1e-3));
  CHECK(kpi(load, "tokens_out") / 19366 == approx(211.1, 1e-3));
  CHECK(kpi(load, "ledger_residual_tokens") == 0);
}

/// A folder with a second model's file: `text` are its lines.
struct SecondModel {
  explicit SecondModel(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "steppe-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
    file = name + "/chat.yaml";
    std::ofstream(file) << text;
  }
  ~SecondModel() { std::filesystem::remove_all(folder); }
  std::string folder, file;
};

TEST_CASE("several models in one fleet: sums, figures of each, checkpoint") {
  const SecondModel chat(
      "model: llama-3.1-8b\naccelerator: h100\nserving: mixed\nnodes: 2.5\nrate: 60\n"
      "input_mean: 500\noutput_mean: 200\n");
  InferenceParams a = small(), b = defaults(), both = small();
  b.model = "llama-3.1-8b";
  b.accelerator = "h100";
  b.serving = Serving::mixed;
  b.nodes = 2.5;
  b.rate = 60;
  b.input_mean = 500;
  b.output_mean = 200;
  both.also = chat.file;
  InferenceLoad one(a, setup(4)), two(b, setup(4)), sum(both, setup(4)), again(both, setup(4));
  Context c1, c2, c3, c4;
  const double e1 = run(one, c1, 10.0, 600.0), e2 = run(two, c2, 10.0, 600.0),
               e3 = run(sum, c3, 10.0, 600.0);
  // The first model's requests are the same to the bit; the second has streams of its own.
  CHECK(kpi(sum, "deepseek-v3.requests_completed") == kpi(one, "requests_completed"));
  CHECK(kpi(sum, "deepseek-v3.tpot_p50") == kpi(one, "tpot_p50"));
  CHECK(kpi(sum, "llama-3.1-8b.requests_arrived") == approx(kpi(two, "requests_arrived"), 0.05));
  CHECK(kpi(sum, "tokens_out") ==
        approx(kpi(sum, "deepseek-v3.tokens_out") + kpi(sum, "llama-3.1-8b.tokens_out"), 1e-12));
  CHECK(kpi(sum, "nodes_in_use") ==
        approx(kpi(one, "nodes_in_use") + kpi(two, "nodes_in_use"), 1e-9));
  CHECK(kpi(two, "nodes_in_use") == 2.5);
  CHECK(e3 == approx(e1 + e2, 0.01));
  CHECK(kpi(sum, "ledger_residual_tokens") < 1e-12);
  // What each gives over time: the same as alone, power in all rack groups; they add up.
  auto own = [&](int service, int o) {
    const int at = o == InferenceLoad::kPower ? 0 : o - InferenceLoad::kTokens + 1;
    return c3.sum(InferenceLoad::kFirstOwn + service * InferenceLoad::kOwn + at);
  };
  using L = InferenceLoad;
  CHECK(own(0, L::kPower) == approx(c1.sum(L::kPower), 1e-12));
  CHECK(own(0, L::kPower) + own(1, L::kPower) == approx(c3.sum(L::kPower), 1e-12));
  for (int o : {L::kTokens, L::kQueue, L::kRunning, L::kTtft, L::kTpot, L::kNodes, L::kHits}) {
    INFO(o);
    CHECK(own(0, o) == c1.sum(o));
  }
  CHECK(own(0, L::kTokens) + own(1, L::kTokens) == c3.sum(L::kTokens));
  CHECK(own(1, L::kTpot) > 0.0);
  CHECK(own(1, L::kTpot) < own(0, L::kTpot));
  const core::ProcessType type = inference_type();
  const auto names = type.more_outputs(&both, setup(4));
  REQUIRE(names.size() == 2 * L::kOwn);
  CHECK(static_cast<int>(type.outputs.size()) == L::kFirstOwn);
  CHECK(names[0].name == "deepseek-v3.power");
  CHECK(names[L::kOwn + L::kTpot - L::kTokens + 1].name == "llama-3.1-8b.tpot_mean");
  CHECK(type.more_outputs(&a, setup(4)).empty());
  core::StateWriter w;
  sum.save(w);
  core::StateReader r(w.bytes());
  again.load(r);
  CHECK(r.done());
  c4.now = c3.now;
  c3.end = c4.end = core::from_seconds(700.0);
  c3.exchange = c4.exchange = core::from_seconds(10.0);
  sum.update(c3);
  again.update(c4);
  CHECK(c3.outputs == c4.outputs);
  std::ofstream(chat.file, std::ios::app) << "also: " << chat.file << "\n";
  CHECK_THROWS_WITH_AS(InferenceLoad(both, setup(4)), doctest::Contains("in a circle"), UserError);
}

TEST_CASE("the cache of the fluid level: damaged files, a folder that cannot be written") {
  const SecondModel home("");
  const char* before = std::getenv("XDG_CACHE_HOME");
  const std::string kept = before ? before : "";
  setenv("XDG_CACHE_HOME", home.folder.c_str(), 1);
  const auto folder = std::filesystem::path(home.folder) / "steppe";
  std::vector<FluidPoint> points(2);
  points[1].rate = 3.0;
  points[1].ttft_histogram.add(0.5, 2.0);
  cache_table(7, points);
  REQUIRE(cached_table(7).size() == 2);
  CHECK(cached_table(7)[1].rate == 3.0);
  CHECK(cached_table(7)[1].ttft_histogram.count() == 2.0);
  CHECK(cached_table(8).empty());
  std::string file;
  for (const auto& f : std::filesystem::directory_iterator(folder)) file = f.path().string();
  const auto size = std::filesystem::file_size(file);
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(100).put('x');
  CHECK(cached_table(7).empty());  // one byte differs
  cache_table(7, points);
  for (uintmax_t n : {uintmax_t{0}, uintmax_t{4}, size / 2, size - 1}) {
    std::filesystem::resize_file(file, n);
    CHECK(cached_table(7).empty());
  }
  // Old ones go, and those above the limit.
  for (uint64_t i = 100; i < 220; ++i) cache_table(i, {});
  size_t n = 0;
  for (const auto& f : std::filesystem::directory_iterator(folder)) n += f.exists() ? 1 : 0;
  CHECK(n <= 101);
  setenv("XDG_CACHE_HOME", "/proc/nowhere", 1);
  cache_table(7, points);
  CHECK(cached_table(7).empty());
  if (before)
    setenv("XDG_CACHE_HOME", kept.c_str(), 1);
  else
    unsetenv("XDG_CACHE_HOME");
}

TEST_CASE("layouts that a model cannot have are refused, what means nothing is left out") {
  using doctest::Contains;
  const ModelDesc llama = load_model(setup(), "llama-3.1-8b"),
                  v3 = load_model(setup(), "deepseek-v3");
  const Parallel dense = feasible(llama, {2, 144, 32, 2, 0, 0.85});
  CHECK(dense.expert == 1.0);
  CHECK(dense.redundant_experts == 0.0);
  CHECK(dense.microbatches == 1.0);
  CHECK(feasible(v3, {1, 144, 32, 2, 0, 0.85}).microbatches == 2.0);
  CHECK_THROWS_WITH_AS(feasible(llama, {3, 1, 0, 1, 0, 0.85}), Contains("32 heads"), UserError);
  CHECK_THROWS_WITH_AS(feasible(llama, {1.5, 1, 0, 1, 0, 0.85}), Contains("whole"), UserError);
  CHECK_THROWS_WITH_AS(feasible(v3, {8, 12, 0, 1, 0, 0.85}), Contains("no multiple"), UserError);
  CHECK_THROWS_WITH_AS(feasible(v3, {1, 512, 0, 1, 0, 0.85}), Contains("256 experts"), UserError);
  InferenceParams p = small();
  p.model = "lama-3.1-8b";
  CHECK_THROWS_WITH_AS(InferenceLoad(p, setup()), Contains("did you mean 'llama-3.1-8b'"),
                       UserError);
}

TEST_CASE("bad inputs are errors that say what to do") {
  using doctest::Contains;
  InferenceParams p = small();
  p.nodes = 2;
  CHECK_THROWS_WITH_AS(InferenceLoad(p, setup()), Contains("cannot hold one"), UserError);
  p = small();
  p.expert_parallel = 8;
  CHECK_THROWS_WITH_AS(InferenceLoad(p, setup()), Contains("does not fit"), UserError);
  p = small();
  p.trace = "/nonexistent.csv";
  CHECK_THROWS_AS(InferenceLoad(p, setup()), UserError);
  p = small();
  p.model = "no-such-model";
  CHECK_THROWS_AS(InferenceLoad(p, setup()), UserError);
}

}  // namespace
}  // namespace steppe::load::test
