#include "inference_load/adapters/inference_params.h"

#include <cmath>

namespace steppe::load {

const core::ParamTable<InferenceParams>& inference_table() {
  using P = InferenceParams;
  struct Table : core::ParamTable<P> {
    /// The last row takes a folder as well as a file.
    Table& or_folder() {
      rows_.back().choices = {"folder"};
      return *this;
    }
  };
  static const core::ParamTable<P> table = [] {
    Table t;
    t.group("fleet")
        .text("model", &P::model, "deepseek-v3",
              "Served model: a name in data/models, or a .yaml file")
        .text("accelerator", &P::accelerator, "h800",
              "Accelerator: a name in data/accelerators, or a .yaml file")
        .text("measured", &P::measured, "auto",
              "Measured step times and powers: a name in data/accelerators/measured, a .yaml file, "
              "auto (those of this accelerator, model and layout, if any) or none")
        .real("nodes", &P::nodes, "1", 1024.0, {0.01, 1e6},
              "Nodes of the fleet, spread evenly over the rack groups; parts of nodes where models "
              "share them")
        .text("also", &P::also, "",
              "Another model served beside this one, on nodes of its own or parts of nodes: a "
              ".yaml file with parameters of this list (those it leaves out have the defaults of "
              "this list), which may name a further one. Outputs over time and figures of each are "
              "MODEL.name",
              core::ParamKind::file)
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
              "Accelerators that share the routed experts; 1: no expert parallelism. Means nothing "
              "for a model without experts",
              "[DS6]: EP144")
        .real("redundant_experts", &P::redundant_experts, "1", 32.0, {0, 4096},
              "Extra copies of experts per layer in such a group", "[DS6]: 32")
        .real("microbatches", &P::microbatches, "1", 2.0, {1, 8},
              "2: two micro-batches hide the exchange with experts of other replicas; 1 where "
              "there is none",
              "[DS6]")
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
              "Utilisation aimed at: the share of sequences or of the KV cache in use")
        .real("prefill_target", &P::prefill_target, "1", 0.8, {0.05, 1},
              "Utilisation aimed at in the prefill pool: the share of the time it computes")
        .real("autoscale_min", &P::autoscale_min, "1", 0.1, {0, 1}, "Share that is never parked")
        .real("autoscale_period", &P::autoscale_period, "s", 60.0, {1, 86400},
              "Time between decisions")
        .real("warm_up", &P::warm_up, "s", 120.0, {0, 86400},
              "From the decision to the first request: weights are loaded")
        .real("autoscale_hold", &P::autoscale_hold, "s", 300.0, {0, 86400},
              "Fewer must have been enough for so long before any is parked",
              "[Kubernetes HPA]: 300 s")
        .real("parked_power", &P::parked_power, "1", 1.0, {0, 1},
              "Share of the idle power that parked nodes draw");
    t.group("traffic").text(
        "trace", &P::trace, "",
        "Recorded requests: CSV (Azure, BurstGPT or time,in,out) or JSON lines (Mooncake, "
        "Qwen-Bailian); "
        "or the folder of a ServeGen client set (chunk-N-trace.csv, chunk-N-dataset.json); "
        "empty: synthetic",
        core::ParamKind::file);
    t.or_folder()
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
              "Coefficient of variation of inter-arrival times; 1: Poisson")
        .choice("burst_law", &P::burst_law, {{"gamma", "weibull"}}, GapLaw::gamma,
                "What these times follow")
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
  c.autoscale = {p.autoscale, p.autoscale_target, p.autoscale_min,  p.autoscale_period,
                 p.warm_up,   p.parked_power,     p.autoscale_hold, p.prefill_target};
  c.sample = p.trace.empty() ? static_cast<int>(p.sample) : 0;
  c.slo_ttft = p.slo_ttft;
  c.slo_tpot = p.slo_tpot;
  return c;
}

}  // namespace steppe::load
