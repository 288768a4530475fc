// The serving engine: queueing limits, conservation, merging of steps, preemption, hand-over,
// outages, sampling.
#include <doctest/doctest.h>

#include <map>

#include "inference_load/arrivals/trace.h"
#include "support.h"

namespace steppe::load::test {
namespace {

SyntheticConfig traffic(double rate, double in, double out, double cv = 1.0) {
  SyntheticConfig c;
  c.rate.mean = rate;
  c.rate.daily = c.rate.half_daily = 0.0;
  c.input = LengthTable::log_normal(in, cv, 30000);
  c.output = LengthTable::log_normal(out, cv, 30000);
  return c;
}

FleetConfig llama8() {
  FleetConfig c;
  c.nodes = 1;
  c.parallel.tensor = 8;
  return c;
}

/// No more requests after `until`.
class Until : public ArrivalSource {
 public:
  Until(ArrivalSource& s, double until) : s_(s), until_(until) {}
  bool next(double t, Arrival& a) override { return s_.next(std::min(t, until_), a); }
  void thin(double keep) override { s_.thin(keep); }
  double rate(double t) const override { return s_.rate(t); }
  void save(core::StateWriter&) const override {}
  void load(core::StateReader&) override {}

 private:
  ArrivalSource& s_;
  double until_;
};

TEST_CASE("AC-1-17: one prompt at a time with fixed service is M/D/1: W_q μ = ρ/2(1 − ρ)") {
  const ModelDesc model = load_model(setup(), "llama-3.1-8b");
  const Accelerator h100 = load_accelerator(setup(), "h100");
  FleetConfig c = llama8();
  c.batch_tokens = 1000;
  c.max_sequences = 1;
  Batch b;
  b.prefill = b.prefill_context = 1000;
  b.pairs = 1000 * 1001 / 2;
  const double service = StepModel(model, h100, c.parallel, 1).step(b).total;
  for (double rho : {0.5, 0.8, 0.9}) {
    Fleet fleet(model, h100, c, 1, "x");
    SyntheticArrivals source(traffic(rho / service, 1000, 1, 0.0), 11, "x");
    const double end = 1e6 * service / rho;
    for (double t = 0; t < end; t += end / 100) fleet.window(t, t + end / 100, {{}}, source);
    const double wait = fleet.stats().ttft.mean() - service;
    INFO("rho ", rho);
    // Standard error of the mean at 10^6 requests and ρ = 0.9: about 1.5 %.
    CHECK(wait / service == approx(rho / (2.0 * (1.0 - rho)), 0.03));
  }
}

struct Checked {
  std::map<uint64_t, RequestRow> rows;
  double generated = 0.0;
};

/// Runs a fleet until all is served; checks order of instants and that every request ends once.
Checked drain(
    Fleet& fleet, ArrivalSource& source, double last, double end, double window,
    const std::function<GroupInput(double)>& input = [](double) { return GroupInput{}; }) {
  Checked c;
  fleet.stats().sink = [&](const RequestRow& r) {
    CHECK(c.rows.emplace(r.id, r).second);
    if (r.rejected) return;
    CHECK(r.first_token > r.arrival);
    CHECK(r.finish >= r.first_token);
    c.generated += r.output;
  };
  Until until(source, last);
  for (int64_t i = 0; static_cast<double>(i) * window < end; ++i)
    fleet.window(static_cast<double>(i) * window, static_cast<double>(i + 1) * window,
                 {input(static_cast<double>(i) * window)}, until);
  CHECK(fleet.unfinished().requests == 0);
  CHECK(fleet.kv_in_use() == 0);
  CHECK(fleet.token_residual() == 0);
  CHECK(static_cast<double>(c.rows.size()) == fleet.stats().arrived);
  CHECK(c.generated == fleet.stats().asked - fleet.stats().refused);
  return c;
}

TEST_CASE("AC-1-19: every token asked for is generated, the KV cache empties, no time travel") {
  const ModelDesc model = load_model(setup(), "llama-3.1-8b");
  const Accelerator h100 = load_accelerator(setup(), "h100");
  SUBCASE("mixed") {
    Fleet fleet(model, h100, llama8(), 1, "x");
    SyntheticArrivals source(traffic(20, 1000, 300), 2, "x");
    const Checked c = drain(fleet, source, 600, 900, 1.0);
    CHECK(c.rows.size() > 10000);
  }
  SUBCASE("little memory: preemption loses nothing") {
    Accelerator small = h100;
    small.memory = 6e9;  // 2 GB of weights each; the rest holds some 200 000 tokens
    small.memory_usable = 0.5;
    FleetConfig c = llama8();
    c.max_sequences = 512;
    Fleet fleet(model, small, c, 1, "x");
    SyntheticArrivals source(traffic(60, 2000, 1500), 2, "x");
    drain(fleet, source, 300, 6000, 10.0);
    CHECK(fleet.stats().preempted > 10);
    CHECK(fleet.stats().rejected == 0);
  }
  SUBCASE("disaggregated, drafts, expert parallel") {
    FleetConfig c;
    c.nodes = 8;
    c.serving = Serving::disaggregated;
    c.prefill_share = 0.5;
    c.routing = Routing::least_loaded;
    c.parallel = {1, 32, 32, 2, 1, 0.85};
    c.prefill_parallel = {1, 32, 32, 2, 0, 0.85};
    Fleet fleet(load_model(setup(), "deepseek-v3"), load_accelerator(setup(), "h800"), c, 1, "x");
    SyntheticArrivals source(traffic(40, 2000, 400), 2, "x");
    drain(fleet, source, 300, 1200, 1.0);
  }
  SUBCASE("outage: requests of dead replicas are computed again elsewhere") {
    FleetConfig c = llama8();
    c.parallel.tensor = 1;
    Fleet fleet(model, h100, c, 1, "x");
    SyntheticArrivals source(traffic(60, 1000, 300), 2, "x");
    drain(fleet, source, 600, 1500, 1.0, [](double t) {
      GroupInput in;
      in.capacity = t >= 100 && t < 200 ? 0.5 : t >= 300 && t < 310 ? 0.0 : 1.0;
      return in;
    });
    CHECK(fleet.stats().moved > 100);
  }
  SUBCASE("all at once: outages, autoscaling, little memory, separate pools") {
    Accelerator small = h100;
    small.memory = 44e9;  // 16 GB of weights; the rest holds some 60 000 tokens
    small.memory_usable = 0.55;
    FleetConfig c = llama8();
    c.nodes = 2;
    c.serving = Serving::disaggregated;
    c.prefill_share = 0.5;
    c.parallel.tensor = c.prefill_parallel.tensor = 1;
    c.max_sequences = 512;
    c.autoscale = {true, 0.7, 0.25, 20.0, 10.0, 1.0, 60.0, 0.7};
    Fleet fleet(model, small, c, 1, "x");
    SyntheticArrivals source(traffic(25, 1500, 1500), 2, "x");
    drain(fleet, source, 600, 6000, 5.0, [&](double t) {
      GroupInput in;
      in.capacity = t >= 100 && t < 200 ? 0.4 : t >= 400 && t < 420 ? 0.0 : 1.0;
      return in;
    });
    CHECK(fleet.stats().preempted > 10);
    CHECK(fleet.stats().moved > 100);
    CHECK(fleet.kv_blocks() == 0);
  }
  SUBCASE("too long for the cache, and too many waiting: refused, and counted") {
    FleetConfig c = llama8();
    c.max_queue = 5;
    c.max_sequences = 4;
    Fleet fleet(model, h100, c, 1, "x");
    SyntheticArrivals source(traffic(60, 1000, 300), 2, "x");
    drain(fleet, source, 60, 1500, 1.0);
    CHECK(fleet.stats().rejected > 100);
    CHECK(fleet.stats().too_long == 0);
    Fleet other(model, h100, c, 1, "x");
    Trace t;
    t.time = {0, 0, 1};
    t.input = {200000, 131072, 10};  // the model goes up to 131 072
    t.output = {7, 1, 5};
    TraceArrivals three(t, {});
    other.window(0, 60, {{}}, three);
    CHECK(other.stats().too_long == 2);
    CHECK(other.stats().rejected == 2);
    CHECK(other.stats().completed == 1);
    CHECK(other.stats().prompts == 10);
  }
  SUBCASE("no queue at all: what the next step takes in does not wait") {
    FleetConfig c = llama8();
    c.max_queue = 0;
    Fleet fleet(model, h100, c, 1, "x");
    SyntheticArrivals source(traffic(20, 1000, 300), 2, "x");
    drain(fleet, source, 60, 1500, 1.0);
    CHECK(fleet.stats().completed > 0.9 * fleet.stats().arrived);
    CHECK(fleet.stats().rejected > 0);
  }
}

TEST_CASE(
    "merging steps changes nothing: windows of 2 ms and of 60 s finish every request at the same "
    "instant") {
  const ModelDesc model = load_model(setup(), "llama-3.1-8b");
  const Accelerator h100 = load_accelerator(setup(), "h100");
  auto finish = [&](double window) {
    Fleet fleet(model, h100, llama8(), 1, "x");
    SyntheticArrivals source(traffic(5, 1000, 300), 2, "x");
    return drain(fleet, source, 60, 120, window);
  };
  const Checked fine = finish(0.002), coarse = finish(60.0);
  REQUIRE(fine.rows.size() == coarse.rows.size());
  for (const auto& [id, row] : fine.rows) {
    // The step time is linear in the context between kinks; a merge across one costs below 1e-4 of
    // a step.
    CHECK(coarse.rows.at(id).finish == approx(row.finish, 1e-6));
    CHECK(coarse.rows.at(id).first_token == approx(row.first_token, 1e-6));
  }
}

TEST_CASE("energy does not depend on the exchange interval") {
  auto energy = [&](double exchange) {
    InferenceParams p = defaults();
    p.model = "llama-3.1-8b";
    p.accelerator = "h100";
    p.nodes = 1;
    p.serving = Serving::mixed;
    p.expert_parallel = p.microbatches = 1;
    p.routing = Routing::round_robin;
    p.rate = 20;
    p.input_mean = 500;
    p.output_mean = 200;
    InferenceLoad load(p, setup());
    Context c;
    return run(load, c, exchange, 600.0);
  };
  const double one = energy(1.0);
  // A merged stretch takes the mean power of its ends: 1e-4 of the energy is generous for that.
  CHECK(energy(0.01) == approx(one, 1e-4));
  CHECK(energy(60.0) == approx(one, 1e-4));
}

TEST_CASE("a sample of the replicas has the mean and the spread of the whole fleet") {
  const ModelDesc model = load_model(setup(), "llama-3.1-8b");
  const Accelerator h100 = load_accelerator(setup(), "h100");
  struct Moments {
    double mean, sd, rate;
  };
  auto moments = [&](int sample) {
    FleetConfig c;
    c.nodes = 16;  // 128 replicas of one accelerator
    c.sample = sample;
    Fleet fleet(model, h100, c, 1, "x");
    SyntheticArrivals source(traffic(256, 800, 200), 2, "x");
    double sum = 0, square = 0, tokens = 0;
    const int skip = 200, n = 4000;
    for (int i = 0; i < skip + n; ++i) {
      const FleetOutput& o = fleet.window(i, i + 1, {{}}, source);
      if (i < skip) continue;
      sum += o.group[0].power;
      square += o.group[0].power * o.group[0].power;
      tokens += o.tokens_per_s;
    }
    return Moments{sum / n, std::sqrt(square / n - sum / n * sum / n), tokens / n};
  };
  const Moments all = moments(0), part = moments(16);
  CHECK(part.mean == approx(all.mean, 0.01));
  CHECK(part.rate == approx(all.rate, 0.02));
  CHECK(part.sd == approx(all.sd, 0.30));  // the slow part is counted as common
}

}  // namespace
}  // namespace steppe::load::test
