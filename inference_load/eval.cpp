#include "inference_load/eval.h"

#include <fmt/format.h>

#include <cmath>

namespace steppe::load {

const core::ParamTable<EvalParams>& eval_table() {
  using P = EvalParams;
  static const core::ParamTable<P> table = [] {
    core::ParamTable<P> t;
    t.text("model", &P::model, "deepseek-v3", "A name in data/models, or a .yaml file")
        .text("accelerator", &P::accelerator, "h800",
              "A name in data/accelerators, or a .yaml file")
        .text("measured", &P::measured, "auto",
              "Measured step times and powers: a name in data/accelerators/measured, a .yaml file, "
              "auto (those of this accelerator, model and layout, if any) or none")
        .choice("phase", &P::phase, {{"decode", "prefill"}}, Phase::decode, "What the step does")
        .real("batch", &P::batch, "1", 88.0, {1, 1e6},
              "Sequences (decode) or prompts (prefill) of one replica")
        .real("context", &P::context, "token", 4989.0, {1, 1e8},
              "Tokens in the cache of each, or of each prompt")
        .real("hit_rate", &P::hit_rate, "1", 0.0, {0, 0.999},
              "Share of a prompt found in a prefix cache")
        .real("tensor_parallel", &P::tensor_parallel, "1", 1.0, {1, 1024},
              "Accelerators of a replica")
        .real("expert_parallel", &P::expert_parallel, "1", 1.0, {1, 4096},
              "Accelerators that share the routed experts")
        .real("redundant_experts", &P::redundant_experts, "1", 0.0, {0, 4096},
              "Extra expert copies in the group")
        .real("microbatches", &P::microbatches, "1", 1.0, {1, 8},
              "2: two micro-batches hide communication")
        .real("draft_tokens", &P::draft_tokens, "1", 0.0, {0, 8}, "Tokens drafted per step")
        .real("acceptance", &P::acceptance, "1", 0.85, {0, 1},
              "Probability that a draft is accepted")
        .real("frequency", &P::frequency, "1", 1.0, {0.05, 1},
              "Highest frequency over the nominal one")
        .real("power_cap", &P::power_cap, "W", 1e30, {1, 1e31}, "Cap per accelerator");
    return t;
  }();
  return table;
}

std::vector<EvalRow> evaluate(const EvalParams& p, const core::ProcessSetup& setup) {
  const ModelDesc model = load_model(setup, p.model);
  if (p.context > model.max_context)
    throw UserError(fmt::format("'context' = {:g} tokens: {} goes up to {:g}", p.context,
                                model.name, model.max_context));
  const Accelerator accelerator = load_accelerator(setup, p.accelerator);
  StepModel m(model, accelerator,
              {p.tensor_parallel, p.expert_parallel, p.redundant_experts, p.microbatches,
               p.draft_tokens, p.acceptance},
              static_cast<int>(p.phase == Phase::decode ? p.batch : 0.0));
  const auto measured = choose_measured(setup, p.measured, p.model, p.accelerator,
                                        m.parallel().tensor, m.parallel().expert);
  if (measured) m.use(*measured);
  const bool decode = p.phase == Phase::decode, scaled = measured && decode;
  Batch b;
  double tokens = 0.0;  // that count as output of the step: generated, or prompt tokens done
  if (decode) {
    b.decode = p.batch;
    b.context = p.batch * p.context;
    tokens = p.batch * m.parallel().tokens_per_step();
  } else {
    const double start = std::floor(p.hit_rate * p.context), computed = p.context - start;
    b.prefill = p.batch * computed;
    b.pairs = p.batch * (computed * start + 0.5 * computed * (computed + 1.0));
    b.prefill_context = p.batch * p.context;
    tokens = p.batch * p.context;
  }
  if (m.kv_capacity() < 1.0)
    throw UserError(fmt::format(
        "{} does not fit on {} x {:g}: {:.1f} GB of weights on each, where {:.1f} GB are usable; "
        "raise tensor_parallel{}",
        model.name, accelerator.name, m.parallel().group(), m.weights_resident() / 1e9,
        accelerator.memory * accelerator.memory_usable / 1e9,
        model.moe_layers() > 0 ? " or expert_parallel" : ""));
  if (p.batch * p.context > m.kv_capacity())
    throw UserError(fmt::format(
        "{:g} {} of {:g} tokens do not fit: the KV cache of a replica holds {:.0f} tokens", p.batch,
        decode ? "sequences" : "prompts", p.context, m.kv_capacity()));
  const Limits limits{p.frequency, p.power_cap};
  const StepPoint point = m.operate(b, limits);
  const double full = m.operate(b, {}).watts, lasting = std::min(full, m.power().sustained());
  const double f = m.power().frequency(lasting, limits);
  const StepTime limited = m.step(b, f);
  const double watts = std::min(point.watts, m.power().sustained());
  const double tp = p.tensor_parallel, rate = tokens / point.seconds;
  const double node = accelerator.node_power_busy / accelerator.per_node;
  std::vector<EvalRow> rows = {
      {"step_time", point.seconds, "s", "one step"},
      {"tokens_per_s", rate, "token/s", "per replica"},
      {"tokens_per_s_node", rate * accelerator.per_node / tp, "token/s", "per node"},
      {"power", watts, "W", "per accelerator, in the mean of a second"},
      {"power_transient", point.watts, "W", "per accelerator, for shorter"},
      {"power_it", watts + node, "W", "per accelerator with its share of the node"},
      {"energy_per_token", watts * tp / rate, "J/token", "accelerators only"},
      {"frequency", f, "1", "over nominal, after cap and throttle"},
      {"utilisation", limited.utilisation(), "1", "arithmetic over the dense peak"},
      {"arithmetic", limited.total > 0 ? limited.arithmetic / limited.total : 0.0, "1",
       "share of the time in which matrix units compute"},
      {"bandwidth", limited.bandwidth(), "1", "memory traffic over the peak"},
      {"measured", scaled ? 1.0 : 0.0, "1",
       scaled ? "1: time and power scaled to " + measured->name : "0: computed, not measured"},
      {"estimated", static_cast<double>(accelerator.estimated.size()), "1",
       accelerator.estimated.empty() ? "rows taken from a relative of the accelerator"
                                     : accelerator.estimates()},
      {"measured_over_computed", point.seconds / limited.total, "1",
       "step time over the sum of the parts below"},
      {"time_gemm_replicated", limited.gemm_replicated, "s",
       "attention projections, dense and shared blocks, head"},
      {"time_gemm_expert", limited.gemm_expert, "s", "routed experts"},
      {"time_attention", limited.attention, "s", "scores and values over the KV cache"},
      {"time_allreduce", limited.allreduce, "s", "tensor parallelism"},
      {"time_all_to_all", limited.all_to_all, "s", "expert dispatch and combine"},
      {"time_draft", limited.draft, "s", "layers that draft tokens"},
      {"time_overhead", limited.overhead, "s", "launches, sampling, synchronisation"},
      {"flops", limited.flops, "1", "per accelerator"},
      {"bytes_weights", limited.weight_bytes, "1", "read per accelerator"},
      {"bytes_kv", limited.kv_bytes, "1", "read per accelerator"},
      {"bytes_network", limited.network_bytes, "1", "sent per accelerator"},
      {"weights_resident", m.weights_resident(), "1", "bytes on one accelerator"},
      {"kv_per_token", m.kv_per_token(), "1", "bytes on one accelerator"},
      {"kv_capacity", m.kv_capacity(), "token", "of one replica"},
      {"parameters", m.size().total, "1",
       model.doubt().empty() ? "of the model" : "of the model; doubtful: " + model.doubt()},
      {"parameters_active", m.size().active, "1", "per token"},
  };
  if (decode)
    rows.insert(rows.begin() + 3, {"tpot", point.seconds / m.parallel().tokens_per_step(), "s",
                                   "time per token that a user sees"});
  return rows;
}

}  // namespace steppe::load
