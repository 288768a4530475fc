// What a fleet does besides serving: autoscaling, prefix caches, client sets, calibration from
// files, regulators; and the trend over older software.
#include <doctest/doctest.h>

#include <map>
#include <numbers>

#include "inference_load/arrivals/servegen.h"
#include "inference_load/arrivals/trace.h"
#include "inference_load/calibrate.h"
#include "inference_load/eval.h"
#include "inference_load/training/power_file.h"
#include "support.h"

namespace steppe::load::test {
namespace {

struct TempFolder {
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "steppe-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~TempFolder() { std::filesystem::remove_all(path); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
    return (path / name).string();
  }
  std::filesystem::path path;
};

template <class F>
std::string problem(F f) {
  try {
    f();
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

FleetConfig eight_llamas() {
  FleetConfig c;
  c.nodes = 1;
  return c;
}

SyntheticConfig waves(double rate) {
  SyntheticConfig c;
  c.rate.mean = rate;
  c.rate.daily = 0.8;
  c.rate.half_daily = 0.0;
  c.rate.peak_hour = 0.5;
  c.input = LengthTable::log_normal(500, 1.0, 8000);
  c.output = LengthTable::log_normal(200, 1.0, 8000);
  return c;
}

/// The requests of a source before `end`, as a trace: then nothing more comes.
Trace until(ArrivalSource&& source, double end) {
  Trace t;
  Arrival a;
  while (source.next(end, a)) {
    t.time.push_back(a.time);
    t.input.push_back(a.input);
    t.output.push_back(a.output);
  }
  return t;
}

TEST_CASE("autoscaling follows the load, loses nothing, and parks power") {
  const ModelDesc model = load_model(setup(), "llama-3.1-8b");
  const Accelerator h100 = load_accelerator(setup(), "h100");
  struct Result {
    double nodes, energy, completed, least, most;
  };
  auto day = [&](bool on) {
    FleetConfig c = eight_llamas();
    c.max_sequences = 64;
    c.autoscale = {on, 0.7, 0.1, 60.0, 120.0, 0.0};
    Fleet fleet(model, h100, c, 1, "x");
    TraceArrivals source(until(SyntheticArrivals(waves(40), 2, "x"), 86400.0), {});
    std::map<uint64_t, int> seen;
    fleet.stats().sink = [&](const RequestRow& r) { ++seen[r.id]; };
    Result r{0, 0, 0, 1e9, 0};
    const double drained = 86400.0 + 1200.0;
    for (double t = 0; t < drained; t += 10) {
      const FleetOutput& o = fleet.window(t, t + 10, {{}}, source);
      r.nodes += o.nodes * 10 / drained;
      r.energy += o.group[0].power * 10;
      r.least = std::min(r.least, o.nodes);
      r.most = std::max(r.most, o.nodes);
    }
    CHECK(fleet.token_residual() == 0);
    r.completed = fleet.stats().completed;
    for (const auto& [id, n] : seen) CHECK(n == 1);
    CHECK(static_cast<double>(seen.size()) == fleet.stats().arrived);
    CHECK(fleet.unfinished().requests == 0);
    CHECK(fleet.kv_blocks() == 0);
    return r;
  };
  const Result off = day(false), on = day(true);
  CHECK(off.nodes == approx(1.0, 1e-12));
  CHECK(on.least < 0.5);
  CHECK(on.most > on.least + 0.2);
  CHECK(on.energy < 0.9 * off.energy);
  CHECK(on.completed == off.completed);
}

TEST_CASE("autoscaler: whole units, up after the warm-up, down at once") {
  Autoscaler a({true, 0.5, 0.0, 10.0, 30.0, 1.0, 0.0}, 100.0, 20.0);
  CHECK(a.decide(0.0, 0.2) == 40.0);   // 100·0.2/0.5
  CHECK(a.decide(5.0, 1.0) == 40.0);   // inside the period
  CHECK(a.decide(10.0, 1.0) == 40.0);  // 40·1/0.5 = 80 are wanted,
  CHECK(a.powered() == 80.0);          // warm up,
  CHECK(a.decide(39.0, 1.0) == 40.0);
  CHECK(a.decide(40.0, 0.5) == 80.0);  // and are there 30 s later
  CHECK(a.decide(60.0, 0.0) == 20.0);  // never without any
  // Down only to the most that was wanted in the time that it must hold for.
  Autoscaler slow({true, 0.5, 0.0, 10.0, 30.0, 1.0, 30.0}, 100.0, 20.0);
  CHECK(slow.decide(0.0, 0.1) == 100.0);
  CHECK(slow.decide(10.0, 0.25) == 100.0);  // 60 wanted here
  CHECK(slow.decide(20.0, 0.1) == 100.0);
  CHECK(slow.decide(30.0, 0.1) == 60.0);
  CHECK(slow.decide(40.0, 0.1) == 60.0);
  CHECK(slow.decide(50.0, 0.5) == 60.0);  // enough no more: the time begins again
  CHECK(slow.decide(60.0, 0.1) == 60.0);
  CHECK(slow.decide(80.0, 0.1) == 60.0);
  CHECK(slow.decide(90.0, 0.1) == 20.0);
}

TEST_CASE("a decode pool that is full holds the prefill pool back; nothing is lost") {
  // One node of each: prompts come three times as fast as the decode pool can answer them.
  const ModelDesc model = load_model(setup(), "llama-3.1-70b");
  Accelerator h100 = load_accelerator(setup(), "h100");
  FleetConfig c;
  c.nodes = 2;
  c.serving = Serving::disaggregated;
  c.prefill_share = 0.5;
  c.parallel.tensor = c.prefill_parallel.tensor = 8;
  c.max_sequences = 16;
  Fleet fleet(model, h100, c, 1, "x");
  Trace t;
  for (int i = 0; i < 450; ++i) {
    t.time.push_back(0.4 * i);
    t.input.push_back(6000);
    t.output.push_back(1200);
  }
  TraceArrivals source(t, {});
  std::map<uint64_t, int> seen;
  fleet.stats().sink = [&](const RequestRow& r) { ++seen[r.id]; };
  const double cache = fleet.step_model(0).kv_capacity();
  double most = 0.0, waiting = 0.0;
  for (double at = 0; at < 1800; at += 10) {
    const FleetOutput& o = fleet.window(at, at + 10, {{}}, source);
    most = std::max(most, fleet.held());
    waiting = std::max(waiting, o.waiting);
  }
  CHECK(most > 0.5 * cache);            // the prefill node's cache fills,
  CHECK(most < 1.05 * cache);           // and no more is sent than it holds
  CHECK(6000 * waiting > 1.1 * cache);  // the rest waits before it
  CHECK(fleet.stats().completed == 450);
  CHECK(seen.size() == 450);
  CHECK(fleet.token_residual() == 0);
  CHECK(fleet.kv_blocks() == 0);
  CHECK(fleet.held() == 0);
}

TEST_CASE("adding a replica does not change what arrives, nor its lengths") {
  const ModelDesc model = load_model(setup(), "llama-3.1-8b");
  const Accelerator h100 = load_accelerator(setup(), "h100");
  auto rows = [&](double nodes) {
    FleetConfig c = eight_llamas();
    c.nodes = nodes;
    Fleet fleet(model, h100, c, 1, "x");
    SyntheticArrivals source(waves(20), 2, "x");
    std::map<uint64_t, RequestRow> seen;
    fleet.stats().sink = [&](const RequestRow& r) { seen[r.id] = r; };
    for (double t = 0; t < 300; t += 10) fleet.window(t, t + 10, {{}}, source);
    return seen;
  };
  const auto one = rows(1), two = rows(2);
  size_t both = 0;
  for (const auto& [id, r] : one) {
    const auto it = two.find(id);
    if (it == two.end()) continue;
    ++both;
    CHECK(it->second.arrival == r.arrival);
    CHECK(it->second.input == r.input);
    CHECK(it->second.output == r.output);
  }
  CHECK(both > 5000);
}

TEST_CASE("KV blocks: whole ones, none left when all is served") {
  const ModelDesc model = load_model(setup(), "llama-3.1-8b");
  const Accelerator h100 = load_accelerator(setup(), "h100");
  FleetConfig c = eight_llamas();
  Fleet fleet(model, h100, c, 1, "x");
  TraceArrivals source(until(SyntheticArrivals(waves(20), 2, "x"), 60.0), {});
  for (double t = 0; t < 60; t += 1) {
    const double running = fleet.window(t, t + 1, {{}}, source).running;
    const double tokens = fleet.kv_in_use(), blocks = fleet.kv_blocks();
    CHECK(blocks == std::floor(blocks));
    CHECK(16.0 * blocks >= tokens);
    CHECK(16.0 * blocks <= tokens + 15.0 * running);
  }
  fleet.window(60, 600, {{}}, source);
  CHECK(fleet.unfinished().requests == 0);
  CHECK(fleet.kv_blocks() == 0);
}

TEST_CASE("prefix caches per replica: the router that knows them finds more") {
  const TempFolder dir;
  // 41 conversations whose prompts grow by one block of 512 tokens a turn.
  std::string text;
  for (int turn = 0; turn < 12; ++turn)
    for (int chat = 0; chat < 41; ++chat) {
      std::string ids;
      for (int b = 0; b <= turn; ++b) ids += (b ? ", " : "") + std::to_string(1000 * chat + b);
      text += "{\"timestamp\": " + std::to_string(turn * 41000 + chat * 1000) +
              ", \"input_length\": " + std::to_string(512 * (turn + 1)) +
              ", \"output_length\": 20, \"hash_ids\": [" + ids + "]}\n";
    }
  const std::string file = dir.write("trace.jsonl", text);
  auto ttft = [&](Routing routing, double share) {
    FleetConfig c = eight_llamas();
    c.routing = routing;
    c.prefix_cache = share;
    Fleet fleet(load_model(setup(), "llama-3.1-8b"), load_accelerator(setup(), "h100"), c, 1, "x");
    TraceArrivals source(read_trace(file), {});
    for (double t = 0; t < 600; t += 1) fleet.window(t, t + 1, {{}}, source);
    CHECK(fleet.stats().completed == 492);
    CHECK(fleet.token_residual() == 0);
    return fleet.stats().ttft.mean();
  };
  const double unlimited = ttft(Routing::round_robin, 0.0), blind = ttft(Routing::round_robin, 0.3),
               aware = ttft(Routing::prefix_aware, 0.3), tiny = ttft(Routing::prefix_aware, 0.02);
  CHECK(aware < 0.8 * blind);
  CHECK(aware == approx(unlimited, 0.1));
  CHECK(tiny > 1.2 * aware);
  PrefixCache cache(3);
  const uint32_t a[] = {1, 2, 3}, b[] = {1, 4};
  cache.touch(a, 3);
  CHECK(cache.hits(a, 3) == 3);
  cache.touch(b, 2);
  CHECK(cache.hits(b, 2) == 2);
  CHECK(cache.hits(a, 3) == 2);  // its end went first
}

TEST_CASE("prefix caches begin cold after scaling and after an outage") {
  // Every prompt is the same eight blocks: a replica that has seen one finds all but a token.
  Trace t;
  const uint32_t length = 8 * 512;
  auto add = [&](double from, double to, double rate) {
    for (double at = from; at < to; at += 1.0 / rate) {
      t.time.push_back(at);
      t.input.push_back(length);
      t.output.push_back(400);
      t.block_from.push_back(static_cast<uint32_t>(t.block.size()));
      for (uint32_t b = 0; b < 8; ++b) t.block.push_back(b);
    }
  };
  add(0, 1000, 1);
  add(1000, 2000, 40);
  add(2000, 3600, 1);
  t.block_from.push_back(static_cast<uint32_t>(t.block.size()));
  auto fleet_of = [](bool scale) {
    FleetConfig c = eight_llamas();
    c.max_sequences = 32;
    c.prefix_cache = 0.3;
    c.autoscale = {scale, 0.7, 0.1, 60.0, 120.0, 0.0};
    return Fleet(load_model(setup(), "llama-3.1-8b"), load_accelerator(setup(), "h100"), c, 1, "x");
  };
  const double all = 1.0 - 1.0 / length;
  {
    Fleet fleet = fleet_of(true);
    TraceArrivals source(t, {});
    double prompts = 0.0, found = 0.0, least = 1.0, last = 0.0, opened = 8.0, open = 8.0;
    for (double at = 0; at < 3600; at += 10) {
      const FleetOutput& o = fleet.window(at, at + 10, {{}}, source);
      const double now = fleet.taking_requests(0);
      opened += std::max(0.0, now - open);
      open = now;
      if (at > 1000 && at < 2000) least = std::min(least, o.hits);
      last = o.hits;
      prompts = fleet.stats().prompts;
      found = fleet.stats().found;
    }
    CHECK(opened > 10.0);  // some were parked and came back
    // Each replica that takes requests for the first time since it started misses one prompt.
    CHECK((prompts - found - prompts / length) / (length - 1.0) == opened);
    CHECK(least < all);
    CHECK(last == approx(all, 1e-12));
    CHECK(fleet.token_residual() == 0);
  }
  {
    Fleet fleet = fleet_of(false);
    TraceArrivals source(t, {});
    double before = 0.0, back = 0.0, later = 0.0;
    for (double at = 0; at < 400; at += 10) {
      const double share = at >= 200 && at < 230 ? 0.0 : 1.0;
      const FleetOutput& o = fleet.window(at, at + 10, {{share, {}}}, source);
      if (at == 190) before = o.hits;
      if (at == 230) back = o.hits;
      if (at == 390) later = o.hits;
    }
    CHECK(before == approx(all, 1e-12));
    CHECK(back < all);
    CHECK(later == before);
    CHECK(fleet.token_residual() == 0);
  }
}

TEST_CASE("ServeGen: the DeepSeek-R1 day has the published size") {  // [Xiang 2025]
  const std::string dir = shared_data();
  if (dir.empty()) return;
  const auto clients = read_clients(dir + "/llm_traces/servegen/deepseek-r1");
  CHECK(clients.size() == 73);
  CHECK(is_client_set(dir + "/llm_traces/servegen/deepseek-r1"));
  ClientArrivals day(clients, {}, 1, "x");
  double n = 0, in = 0, out = 0, last = 0;
  Arrival a;
  while (day.next(1e9, a)) {
    CHECK(a.time >= last);
    last = a.time;
    ++n;
    in += a.input;
    out += a.output;
  }
  // 1.38 M requests; answers of 1 527, prompts of 1 268 tokens on average (integrals of the files:
  // 1 383 669, 1 527.4, 1 268.2). Gamma gaps with CV up to 9 leave 2 % on the count.
  CHECK(n == approx(1383669, 0.03));
  CHECK(out / n == approx(1527.4, 0.02));
  CHECK(in / n == approx(1268.2, 0.03));
  CHECK(day.rate(0.0) == approx(14.86333, 1e-4));  // aggregate_rate_deepseek-r1.csv, first row
  CHECK(day.rate(600.0) == approx(18.40333, 1e-4));
}

const char* kLengths =
    R"({"0": {"input_tokens": "{10: 0.5, 30: 0.5}", "output_tokens": "{7: 1.0}"}})";

TEST_CASE("ServeGen: time scaling, thinning, looping, reproducible streams, checkpoint") {
  const TempFolder dir;
  for (const char* n : {"0", "1"}) {
    dir.write(std::string("chunk-") + n + "-dataset.json", kLengths);
    dir.write(std::string("chunk-") + n + "-trace.csv",
              "0,10,1,Gamma,1,0.1\n600,0,0,,0,0\n1200,20,1,Weibull,0.8,0.04\n");
  }
  const auto clients = read_clients((dir.path / "chunk-1-trace.csv").string());
  REQUIRE(clients.size() == 2);
  auto times = [&](const ReplayConfig& config, double until) {
    ClientArrivals s(clients, config, 1, "x");
    std::vector<double> t;
    Arrival a;
    while (s.next(until, a)) {
      t.push_back(a.time);
      CHECK((a.input == 10 || a.input == 30));
      CHECK(a.output == 7);
    }
    return t;
  };
  const auto whole = times({}, 1e9);
  CHECK(static_cast<double>(whole.size()) == approx(2 * (6000 + 12000), 0.03));
  for (double t : whole) CHECK((t < 600 || t >= 1200));
  const auto fast = times({2.0, 1.0, false}, 1e9);
  REQUIRE(fast.size() == whole.size());
  CHECK(fast.back() == approx(0.5 * whole.back(), 1e-12));
  CHECK(static_cast<double>(times({1.0, 0.25, false}, 1e9).size()) ==
        approx(0.25 * static_cast<double>(whole.size()), 0.05));
  CHECK(static_cast<double>(times({1.0, 1.0, true}, 3600.0).size()) ==
        approx(2.0 * static_cast<double>(whole.size()), 0.03));
  ClientArrivals first(clients, {}, 1, "x"), again(clients, {}, 1, "x");
  Arrival a, b;
  for (int i = 0; i < 500; ++i) first.next(1e9, a);
  core::StateWriter w;
  first.save(w);
  core::StateReader r(w.bytes());
  again.load(r);
  for (int i = 0; i < 500; ++i) {
    first.next(1e9, a);
    again.next(1e9, b);
    REQUIRE(a.time == b.time);
    REQUIRE(a.input == b.input);
  }
}

TEST_CASE("ServeGen: bad rows are told with file, line and reason") {
  using doctest::Contains;
  const TempFolder dir;
  dir.write("chunk-0-dataset.json", kLengths);
  auto told = [&](const std::string& rows) {
    const std::string file = dir.write("chunk-0-trace.csv", rows);
    return problem([&] { read_clients(file); });
  };
  CHECK(told("0,1,1,Gamma,1,1\n600,-1,1,Gamma,1,1\n").find("chunk-0-trace.csv:2:5: the rate") !=
        std::string::npos);
  CHECK(told("0,1,1,Gamma,1\n").find("5 fields, expected 6") != std::string::npos);
  CHECK(told("0,1,1,Poisson,1,1\n").find("'Poisson' is no pattern") != std::string::npos);
  CHECK(told("0,1,1,Gamma,0,1\n").find(":1:13: the shape") != std::string::npos);
  CHECK(told("0,1,1,Gamma,1,1\n0,1,1,Gamma,1,1\n").find(":2:1: the start") != std::string::npos);
  CHECK(told("").find("no windows") != std::string::npos);
  const TempFolder empty;
  CHECK(problem([&] { read_clients(empty.path.string()); }).find("no chunk-N-trace.csv") !=
        std::string::npos);
  dir.write("chunk-0-dataset.json", R"({"0": {"input_tokens": "{10: x}"}})");
  CHECK(told("0,1,1,Gamma,1,1\n").find("'input_tokens' must be") != std::string::npos);
  dir.write("chunk-0-dataset.json", "{");
  CHECK(told("0,1,1,Gamma,1,1\n").find("is no JSON") != std::string::npos);
  dir.write("chunk-0-dataset.json", R"({"0": {"input_tokens": "{}", "output_tokens": "{}"}})");
  CHECK(told("0,1,1,Gamma,1,1\n").find("no lengths for that time") != std::string::npos);
}

TEST_CASE("calibrate: what went in comes out at the same batch") {
  const TempFolder dir;
  const std::string table = dir.write(
      "server.csv",
      "batch,step_time,power,tokens_per_s,output\n8,0.010,400,800,300\n64,0.020,600,3200,300\n");
  CalibrateParams p;
  calibrate_table().set_defaults(&p);
  p.model = "llama-3.1-8b";
  p.accelerator = "h100";
  const Calibrated c = calibrate({table}, p, setup());
  CHECK(c.used == 2);
  const std::string file = dir.write("made.yaml", c.yaml);
  EvalParams e;
  eval_table().set_defaults(&e);
  e.model = "llama-3.1-8b";
  e.accelerator = "h100";
  e.measured = file;
  e.batch = 64;
  e.context = 550;  // 250 and the mean of an exponential answer of 300
  auto value = [&](const char* name) {
    for (const auto& r : evaluate(e, setup()))
      if (r.name == name) return r.value;
    return std::nan("");
  };
  CHECK(value("step_time") == approx(0.020, 1e-9));
  CHECK(value("power") == approx(600.0, 1e-9));  // 64/3200 s: no prompts in the mean step
  CHECK(value("measured") == 1.0);
  e.measured = "none";
  CHECK(value("measured") == 0.0);
  e.measured = file;
  e.tensor_parallel = 2;
  CHECK_THROWS_WITH_AS(value("power"), doctest::Contains("not of llama-3.1-8b on h100"), UserError);
  const std::string bad = dir.write("bad.csv", "batch,step_time,power,tokens_per_s\n8,x,400,800\n");
  CHECK(problem([&] { calibrate({bad}, p, setup()); }).find("bad.csv:2:3: 'x' is no number") !=
        std::string::npos);
  const std::string units =
      dir.write("units.csv",
                "batch;step_time [ms];power "
                "[kW];tokens_per_s;output\n8;10;0.4;800;300\n64;20;0.6;3200;300\n");
  CHECK(calibrate({units}, p, setup()).rows[1].step_time == approx(0.020, 1e-9));
  CHECK(calibrate({units}, p, setup()).rows[1].power == approx(600.0, 1e-9));
  const std::string foot = dir.write("foot.csv", "batch,step_time [ft],power,tokens_per_s\n");
  CHECK(problem([&] { calibrate({foot}, p, setup()); }).find("foot.csv:1:7: [ft] is no unit") !=
        std::string::npos);
  const std::string less = dir.write("less.csv", "batch,power\n8,400\n");
  CHECK(problem([&] { calibrate({less}, p, setup()); }).find("columns are missing") !=
        std::string::npos);
  const std::string over = dir.write("llama_num_gpus_1_max_num_seqs_16.csv",
                                     "relative_time_s,power_total_W\n0,500\n0.1,520\n");
  p.output = 300;
  const Calibrated t = calibrate({table, over}, p, setup());
  REQUIRE(t.rows.size() == 3);
  CHECK(t.rows[1].power == 510.0);
}

TEST_CASE("skewed routing touches fewer experts; one token touches as many as it asks for") {
  for (double skew : {0.0, 0.5, 1.0}) {
    const ExpertCoverage c(128, 8, skew);
    CHECK(c.touched(1) == approx(8.0, 1e-9));
    CHECK(c.touched(1e7) == approx(128.0, 1e-3));
  }
  CHECK(ExpertCoverage(128, 8, 1.0).touched(32) < 0.8 * ExpertCoverage(128, 8, 0.0).touched(32));
}

TEST_CASE("AC-2-06: first-order regulators attenuate by 1/sqrt(1 + (2 pi f tau)^2)") {
  // The same block as behind the serving load: a window mean through an exact first-order lag.
  const double tau = 0.01, dt = 1e-3;
  for (double f : {0.1, 1.0, 10.0}) {
    double behind = 0.0, most = 0.0;
    const int n = static_cast<int>(std::lround(5.0 / f / dt));
    for (int i = 0; i < n; ++i) {
      const double in = std::sin(2.0 * std::numbers::pi * f * (i + 0.5) * dt);
      const double mean = lag_mean(behind, in, dt, tau);
      if (i > n / 2) most = std::max(most, mean);
    }
    const double x = 2.0 * std::numbers::pi * f * tau;
    CHECK(most == approx(1.0 / std::sqrt(1.0 + x * x), 0.01));
  }
}

TEST_CASE("AC-1-15: Llama-2-70B on 8 H100 with the software of 2023: trend") {
  // [Patel 2024, Splitwise]: first token 56.7, 136.6, 848 ms at 512, 2 048, 8 192
  // tokens; 29.7, 38.9, 50.0 ms between tokens at a batch of 1, 32, 64. That software spends far
  // more per layer and sequence than vLLM of 2025: two overheads and the prefill efficiency are
  // calibrated (batch 1 and 32, prompts of 2 048), the rest is predicted. Its attention was not yet
  // fused: the scores of all pairs were written, read and written by the softmax, and read again.
  const ModelDesc model = load_model(setup(), "llama-3.1-70b");
  Accelerator old = load_accelerator(setup(), "h100");
  old.layer_overhead = 2.6e-4;
  old.sequence_overhead = 2.2e-4;
  old.prefill_efficiency_16bit = 0.33;
  const StepModel m(model, old, {8, 1, 0, 1, 0, 0.85}, 64);
  auto between = [&](double n) {
    Batch b;
    b.decode = n;
    b.context = n * 1100;
    return 1e3 * m.step(b).total;
  };
  auto first = [&](double n) {
    Batch b;
    b.prefill = b.prefill_context = n;
    b.pairs = 0.5 * n * (n + 1);
    const double scores = 4 * 2.0 * n * n * model.heads * model.layers / 8;  // bytes, unmasked
    return 1e3 * (m.step(b).total + scores / (old.memory_efficiency * old.memory_bandwidth));
  };
  INFO(between(1), " ", between(32), " ", between(64), " ", first(512), " ", first(2048), " ",
       first(8192));
  CHECK(between(1) == approx(29.7, 0.30));
  CHECK(between(32) == approx(38.9, 0.30));
  CHECK(between(64) == approx(50.0, 0.30));
  CHECK(first(512) == approx(56.7, 0.30));
  CHECK(first(2048) == approx(136.6, 0.30));
  CHECK(first(8192) == approx(848.0, 0.30));
}

TEST_CASE("a power curve from a CSV file") {
  const TempFolder dir;
  const auto c = read_power(dir.write("a.csv", "time [s],site.power [MW]\n0,1\n1,2\n3,4\n"), "");
  const auto h = read_power(dir.write("h.csv", "time [min];power [kW]\n0;1000\n1;2000\n"), "");
  CHECK(h.time.back() == 60.0);
  CHECK(h.power.back() == 2e6);
  CHECK(problem([&] {
          read_power(dir.write("u.csv", "time,power [XW]\n0,1\n"), "");
        }).find("[XW] is no unit") != std::string::npos);
  CHECK(c.power.back() == 4e6);
  CHECK(c.time == std::vector<double>{0, 1, 3});
  auto told = [&](const std::string& text, const std::string& column = "") {
    const std::string f = dir.write("b.csv", text);
    return problem([&] { read_power(f, column); });
  };
  CHECK(told("t,power\n0,1\n0,2\n").find("b.csv:3:1: time does not advance") != std::string::npos);
  CHECK(told("t,power\n0,a\n").find("b.csv:2:3: 'a' is no number") != std::string::npos);
  CHECK(told("t,load\n0,1\n", "laod").find("no column 'laod'") != std::string::npos);
}

}  // namespace
}  // namespace steppe::load::test
