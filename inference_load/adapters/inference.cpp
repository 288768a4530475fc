#include "inference_load/adapters/inference.h"

#include <algorithm>
#include <cmath>

#include "inference_load/arrivals/servegen.h"
#include "inference_load/arrivals/trace.h"
#include "inference_load/fluid/cache.h"

namespace steppe::load {

using core::Nanoseconds;
using core::to_seconds;

const core::ParamTable<InferenceParams>& inference_table() {
  using P = InferenceParams;
  static const core::ParamTable<P> table = [] {
    core::ParamTable<P> t;
    t.group("fleet")
        .text("model", &P::model, "deepseek-v3",
              "Served model: a name in data/models, or a .yaml file")
        .text("accelerator", &P::accelerator, "h800",
              "Accelerator: a name in data/accelerators, or a .yaml file")
        .text("measured", &P::measured, "auto",
              "Measured step times and powers: a name in data/accelerators/measured, a .yaml file, "
              "auto (those of this accelerator, model and layout, if any) or none")
        .real("nodes", &P::nodes, "1", 1024.0, {1, 1e6},
              "Nodes of the fleet, spread evenly over the rack groups")
        .choice(
            "serving", &P::serving, {{"mixed", "disaggregated"}}, Serving::disaggregated,
            "Prompt and answer on the same accelerators (chunked prefill), or in separate pools")
        .real("prefill_share", &P::prefill_share, "1", 0.42, {0, 1},
              "Share of the nodes in the prefill pool (disaggregated)",
              "[DS6]: 95.5 of 226.9 nodes")
        .choice(
            "routing", &P::routing, {{"round_robin", "least_loaded", "prefix_aware"}},
            Routing::least_loaded,
            "Which replica a request goes to; least_loaded: the better of two chosen at random; "
            "prefix_aware: or the one that holds most of the prompt")
        .real("tensor_parallel", &P::tensor_parallel, "1", 1.0, {1, 1024},
              "Accelerators of one replica (one scheduler, one batch)")
        .real("expert_parallel", &P::expert_parallel, "1", 144.0, {1, 4096},
              "Accelerators that share the routed experts; 1: no expert parallelism",
              "[DS6]: EP144")
        .real("redundant_experts", &P::redundant_experts, "1", 32.0, {0, 4096},
              "Extra copies of experts per layer in such a group", "[DS6]: 32")
        .real("microbatches", &P::microbatches, "1", 2.0, {1, 8},
              "2: two micro-batches hide communication", "[DS6]")
        .real("prefill_tensor_parallel", &P::prefill_tensor_parallel, "1", 1.0, {1, 1024},
              "The same for the prefill pool")
        .real("prefill_expert_parallel", &P::prefill_expert_parallel, "1", 32.0, {1, 4096},
              "The same for the prefill pool", "[DS6]: EP32")
        .real("prefill_redundant_experts", &P::prefill_redundant_experts, "1", 32.0, {0, 4096},
              "The same for the prefill pool", "[DS6]: 32")
        .real("draft_tokens", &P::draft_tokens, "1", 0.0, {0, 8},
              "Tokens drafted per step (multi-token prediction); 0: off")
        .real("acceptance", &P::acceptance, "1", 0.85, {0, 1},
              "Probability that a drafted token is accepted", "[DSHW]: 0.80 to 0.90")
        .real("max_sequences", &P::max_sequences, "1", 256.0, {1, 65536},
              "Sequences that a replica runs at once")
        .real("batch_tokens", &P::batch_tokens, "token", 8192.0, {1, 1e6},
              "Tokens of a step that computes prompts as well")
        .real("prefill_batch_tokens", &P::prefill_batch_tokens, "token", 8192.0, {1, 1e6},
              "The same in the prefill pool")
        .real("max_queue", &P::max_queue, "request", 1e6, {0, 1e9},
              "Waiting requests of a replica above which new ones are refused")
        .real("kv_block", &P::kv_block, "token", 16.0, {1, 4096},
              "Block of the KV cache: a sequence takes whole ones", "[vLLM]: 16")
        .real("prefix_cache", &P::prefix_cache, "1", 0.0, {0, 0.9},
              "Share of each replica's KV cache that keeps prompts seen before (traces with prefix "
              "blocks); 0: one unlimited cache beside the fleet");
    t.group("autoscaling")
        .boolean("autoscale", &P::autoscale, false,
                 "Only so many instances take requests as the target needs")
        .real("autoscale_target", &P::autoscale_target, "1", 0.8, {0.05, 1},
              "Utilisation aimed at: computing time (prefill), sequences or KV cache (others)")
        .real("autoscale_min", &P::autoscale_min, "1", 0.1, {0, 1}, "Share that is never parked")
        .real("autoscale_period", &P::autoscale_period, "s", 60.0, {1, 86400},
              "Time between decisions")
        .real("warm_up", &P::warm_up, "s", 120.0, {0, 86400},
              "From the decision to the first request: weights are loaded")
        .real("parked_power", &P::parked_power, "1", 1.0, {0, 1},
              "Share of the idle power that parked nodes draw");
    t.group("traffic")
        .text("trace", &P::trace, "",
              "Recorded requests: CSV (Azure, BurstGPT or time,in,out) or JSON lines (Mooncake); "
              "or a "
              "chunk-N-trace.csv of a ServeGen client set, with all clients of its folder; empty: "
              "synthetic",
              core::ParamKind::file)
        .real("trace_speed", &P::trace_speed, "1", 1.0, {1e-6, 1e6},
              "2: the trace in half the time")
        .real("trace_keep", &P::trace_keep, "1", 1.0, {0, 1},
              "Share of the trace's requests that is replayed")
        .boolean("trace_loop", &P::trace_loop, false,
                 "Replay the trace again from its start when it ends")
        .real("rate", &P::rate, "request/s", 4500.0, {0, 1e9}, "Mean rate of synthetic requests")
        .real("daily", &P::daily, "1", 0.45, {0, 1}, "Amplitude of the daily wave over the mean")
        .real("half_daily", &P::half_daily, "1", 0.10, {0, 1},
              "Amplitude of the half-daily wave over the mean")
        .real("peak_hour", &P::peak_hour, "h", 15.0, {0, 24},
              "Local time of day at which both waves peak")
        .real("weekend", &P::weekend, "1", 0.8, {0, 10}, "Factor on Saturdays and Sundays")
        .real("burst_cv", &P::burst_cv, "1", 1.0, {0.05, 20},
              "Coefficient of variation of inter-arrival times (gamma); 1: Poisson")
        .real("burst_factor", &P::burst_factor, "1", 1.0, {1, 100},
              "Rate in a burst over the rate outside one")
        .real("burst_share", &P::burst_share, "1", 0.05, {1e-6, 0.99},
              "Share of the time with a burst")
        .real("burst_length", &P::burst_length, "s", 120.0, {0.1, 1e6}, "Mean length of a burst")
        .real("input_mean", &P::input_mean, "token", 3600.0, {1, 1e7}, "Mean prompt length")
        .real("input_cv", &P::input_cv, "1", 1.2, {0, 10},
              "Its coefficient of variation (log-normal)")
        .real("output_mean", &P::output_mean, "token", 1000.0, {1, 1e7}, "Mean answer length")
        .real("output_cv", &P::output_cv, "1", 1.2, {0, 10},
              "Its coefficient of variation (log-normal)")
        .real("hit_rate", &P::hit_rate, "1", 0.563, {0, 0.999},
              "Share of a synthetic prompt found in the prefix cache", "[DS6]: 56.3 %")
        .real("slo_ttft", &P::slo_ttft, "s", 5.0, {0, 1e6},
              "Objective for the time to the first token")
        .real("slo_tpot", &P::slo_tpot, "s", 0.1, {0, 1e6},
              "Objective for the mean time per further token");
    t.group("fidelity")
        .choice("level", &P::level, {{"auto", "event", "fluid"}}, Level::automatic,
                "Every request, or rates through a table made from the event level; auto: fluid "
                "above 7 days")
        .integer("sample", &P::sample, 16, {0, 1e6},
                 "Replicas simulated per pool for synthetic traffic, at least one per rack group; "
                 "0: all. A trace always runs on all")
        .real("vrm_time", &P::vrm_time, "s", 0.01, {0, 1},
              "Time constant of the voltage regulators, seen at exchanges of milliseconds");
    return t;
  }();
  return table;
}

core::ProcessType inference_type() {
  core::ProcessType t;
  t.name = "inference";
  t.domain = "load";
  t.help =
      "LLM serving: requests, iteration-level batching, roofline step time, accelerator and node "
      "power";
  t.params = &inference_table();
  t.make_params = [] {
    auto p = std::make_shared<InferenceParams>();
    inference_table().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"capacity", "1", "Share of the rack group that has power", 1.0, 0},
              {"throttle", "1", "Highest accelerator frequency over the nominal one", 1.0, 0},
              {"power_cap", "W", "Power cap per accelerator", 1e30, 0}};
  t.outputs = {
      {"power", "W", "Mean DC power of the IT of the rack group behind the server power supplies",
       0.0, 0},
      {"power_peak", "W", "Highest power inside the window", 0.0, 0},
      {"tokens_per_s", "token/s", "Generated tokens", 0.0, 1},
      {"queue", "request", "Requests that wait", 0.0, 1},
      {"running", "request", "Requests that run", 0.0, 1},
      {"ttft_mean", "s", "Mean time to first token of the last window with one", 0.0, 1},
      {"tpot_mean", "s", "Mean time per further token of the last window with a finished request",
       0.0, 1},
      {"nodes", "1", "Nodes in use", 0.0, 1}};
  t.make = [](const void* params,
              const core::ProcessSetup& setup) -> std::unique_ptr<core::Process> {
    return std::make_unique<InferenceLoad>(*static_cast<const InferenceParams*>(params), setup);
  };
  return t;
}

namespace {

FleetConfig fleet_config(const InferenceParams& p, int groups) {
  FleetConfig c;
  c.nodes = p.nodes;
  c.groups = groups;
  c.serving = p.serving;
  c.routing = p.routing;
  c.prefill_share = p.prefill_share;
  c.parallel = {p.tensor_parallel, p.expert_parallel, p.redundant_experts,
                p.microbatches,    p.draft_tokens,    p.acceptance};
  c.prefill_parallel = {p.prefill_tensor_parallel,
                        p.prefill_expert_parallel,
                        p.prefill_redundant_experts,
                        p.microbatches,
                        0.0,
                        p.acceptance};
  c.max_sequences = p.max_sequences;
  c.batch_tokens = p.batch_tokens;
  c.prefill_batch_tokens = p.prefill_batch_tokens;
  c.max_queue = p.max_queue;
  c.kv_block = std::round(p.kv_block);
  c.prefix_cache = p.prefix_cache;
  c.autoscale = {p.autoscale,        p.autoscale_target, p.autoscale_min,
                 p.autoscale_period, p.warm_up,          p.parked_power};
  c.sample = p.trace.empty() ? static_cast<int>(p.sample) : 0;
  c.slo_ttft = p.slo_ttft;
  c.slo_tpot = p.slo_tpot;
  return c;
}

SyntheticConfig synthetic_config(const InferenceParams& p, double epoch, double max_context) {
  SyntheticConfig c;
  c.rate = {p.rate, p.daily,        p.half_daily,  p.peak_hour / 3600.0, p.weekend,
            epoch,  p.burst_factor, p.burst_share, p.burst_length};
  c.burst_cv = p.burst_cv;
  c.hit_rate = p.hit_rate;
  c.input = LengthTable::log_normal(p.input_mean, p.input_cv, 0.5 * max_context);
  c.output = LengthTable::log_normal(p.output_mean, p.output_cv, 0.5 * max_context);
  return c;
}

std::unique_ptr<ArrivalSource> recorded(const InferenceParams& p, const core::ProcessSetup& setup) {
  const ReplayConfig replay{p.trace_speed, p.trace_keep, p.trace_loop};
  if (is_client_file(p.trace))
    return std::make_unique<ClientArrivals>(read_clients(p.trace), replay, setup.seed, setup.id);
  return std::make_unique<TraceArrivals>(read_trace(p.trace), replay);
}

int width_of(const std::vector<int>& widths, int i) {
  return static_cast<size_t>(i) < widths.size() ? widths[static_cast<size_t>(i)] : 1;
}

}  // namespace

InferenceLoad::InferenceLoad(const InferenceParams& params, const core::ProcessSetup& setup)
    : params_(params),
      setup_(setup),
      model_(load_model(setup, params.model)),
      accelerator_(load_accelerator(setup, params.accelerator)),
      config_(fleet_config(params, std::max(1, width_of(setup.output_width, kPower)))),
      traffic_(synthetic_config(params, setup.start_epoch, model_.max_context)) {
  config_.measured = choose_measured(setup, params.measured, model_.name, accelerator_.name,
                                     params.tensor_parallel, params.expert_parallel);
  if (!params.trace.empty())
    arrivals_ = recorded(params, setup);
  else
    arrivals_ = std::make_unique<SyntheticArrivals>(traffic_, setup.seed, setup.id);
  if (!params.trace.empty() && params.level == Level::fluid)
    throw UserError(
        "a recorded trace needs the event level: leave out 'level: fluid', or use synthetic "
        "requests");
  fleet_ = std::make_unique<Fleet>(model_, accelerator_, config_, setup.seed, setup.id);
  inputs_.resize(static_cast<size_t>(config_.groups));
}

/// Hash of all that the tables of the fluid level depend on.
uint64_t InferenceLoad::content() const {
  ContentHash h;
  h.add(inference_table(), &params_);
  h.add(model_table(), &model_);
  h.add(accelerator_table(), &accelerator_);
  if (config_.measured) h.add(measured_table(), &*config_.measured);
  h.add(static_cast<double>(setup_.seed));
  return h.value();
}

void InferenceLoad::choose_level(Nanoseconds length) {
  constexpr double kLong = 7.0 * 86400.0;
  const bool fluid =
      params_.level == Level::fluid ||
      (params_.level == Level::automatic && params_.trace.empty() && to_seconds(length) > kLong);
  if (fluid)
    fluid_ = std::make_unique<FluidFleet>(model_, accelerator_, config_, traffic_, setup_.seed,
                                          content());
}

void InferenceLoad::read_inputs(const core::ProcessContext& context) {
  auto read = [&](int input, int k, double otherwise) {
    const int width = width_of(setup_.input_width, input);
    return width == 0 ? otherwise : context.in(input, std::min(k, width - 1));
  };
  for (int k = 0; k < config_.groups; ++k) {
    GroupInput& g = inputs_[static_cast<size_t>(k)];
    g.capacity = std::clamp(read(kCapacity, k, 1.0), 0.0, 1.0);
    g.limits.frequency = std::clamp(read(kThrottle, k, 1.0), 0.0, 1.0);
    g.limits.power_cap = std::max(0.0, read(kPowerCap, k, 1e30));
  }
}

void InferenceLoad::write_outputs(core::ProcessContext& context, const FleetOutput& o,
                                  double span) {
  const bool first = regulator_.empty();
  regulator_.resize(o.group.size());
  for (size_t k = 0; k < o.group.size(); ++k) {
    if (first) regulator_[k] = o.group[k].power;
    context.out(kPower, lag_mean(regulator_[k], o.group[k].power, span, params_.vrm_time),
                static_cast<int>(k));
    context.out(kPowerPeak, o.group[k].peak, static_cast<int>(k));
  }
  context.out(kTokens, o.tokens_per_s);
  context.out(kQueue, o.waiting);
  context.out(kRunning, o.running);
  context.out(kTtft, o.ttft);
  context.out(kTpot, o.tpot);
  context.out(kNodes, o.nodes);
  node_time_ += o.nodes * span;
  time_ += span;
}

void InferenceLoad::update(core::ProcessContext& context) {
  const Nanoseconds now = context.now;
  if (!started_) {
    started_ = true;
    if (config_.measured)
      context.event("measured", "computed", config_.measured->name,
                    "step time and power are scaled to this measurement while sequences decode");
    choose_level(context.end - now);
  }
  STEPPE_CHECK(context.exchange > 0);
  next_ = (now / context.exchange + 1) * context.exchange;
  if (now >= context.end) return;  // the run is over: what was held stays
  const double from = to_seconds(now), to = to_seconds(std::min(next_, context.end));
  read_inputs(context);
  const FleetOutput& o =
      fluid_ ? fluid_->window(from, to, inputs_) : fleet_->window(from, to, inputs_, *arrivals_);
  for (const GroupOutput& g : o.group) gpu_energy_ += g.accelerator * (to - from);
  write_outputs(context, o, to - from);
}

void InferenceLoad::save(core::StateWriter& w) const {
  w.put(next_);
  w.put(started_);
  for (double v : {gpu_energy_, node_time_, time_}) w.put(v);
  w.put(regulator_);
  w.put(fluid_ != nullptr);
  if (fluid_)
    fluid_->save(w);
  else {
    arrivals_->save(w);
    fleet_->save(w);
  }
}

void InferenceLoad::load(core::StateReader& r) {
  bool fluid = false;
  r.get(next_);
  r.get(started_);
  for (double* v : {&gpu_energy_, &node_time_, &time_}) r.get(*v);
  r.get(regulator_);
  r.get(fluid);
  if (fluid) {
    fluid_ = std::make_unique<FluidFleet>(model_, accelerator_, config_, traffic_, setup_.seed,
                                          content());
    fluid_->load(r);
  } else {
    fluid_.reset();
    arrivals_->load(r);
    fleet_->load(r);
  }
}

std::vector<core::ProcessKpi> InferenceLoad::kpis() const {
  std::vector<core::ProcessKpi> k;
  Histogram ttft, tpot;
  double arrived, completed, rejected, in, out, good, residual;
  if (fluid_) {
    fluid_->latencies(ttft, tpot);
    arrived = fluid_->arrived();
    completed = fluid_->served();
    rejected = 0.0;
    in = arrived * fluid_->mean_input();
    out = completed * fluid_->mean_output();
    good = fluid_->good();
    residual = arrived > 0 ? std::abs(arrived - completed - fluid_->backlog()) / arrived : 0.0;
  } else {
    const RequestStats& s = fleet_->stats();
    ttft = s.ttft;
    tpot = s.tpot;
    arrived = s.arrived;
    completed = s.completed;
    rejected = s.rejected;
    in = s.in;
    out = s.out + fleet_->unfinished().generated;
    good = s.good;
    residual = fleet_->token_residual();
  }
  k.push_back({"requests_arrived", arrived, "request"});
  k.push_back({"requests_completed", completed, "request"});
  k.push_back({"requests_rejected", rejected, "request"});
  k.push_back({"tokens_in", in, "token"});
  k.push_back({"tokens_out", out, "token"});
  if (ttft.count() > 0) {
    k.push_back({"ttft_p50", ttft.quantile(0.5), "s"});
    k.push_back({"ttft_p99", ttft.quantile(0.99), "s"});
  }
  if (tpot.count() > 0) {
    k.push_back({"tpot_p50", tpot.quantile(0.5), "s"});
    k.push_back({"tpot_p99", tpot.quantile(0.99), "s"});
  }
  if (completed + rejected > 0) k.push_back({"slo_attainment", good / (completed + rejected), "1"});
  if (time_ > 0) k.push_back({"nodes_in_use", node_time_ / time_, "1", "Nodes in use, mean"});
  k.push_back({"gpu_energy", gpu_energy_, "J"});
  if (arrived > 0) k.push_back({"ledger_residual_tokens", residual, "1"});
  return k;
}

}  // namespace steppe::load
