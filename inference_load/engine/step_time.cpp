#include "inference_load/engine/step_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace steppe::load {

double Parallel::tokens_per_step() const {
  if (draft_tokens <= 0) return 1.0;
  if (acceptance >= 1.0) return draft_tokens + 1.0;
  return (1.0 - std::pow(acceptance, draft_tokens + 1.0)) / (1.0 - acceptance);
}

Parallel feasible(const ModelDesc& model, Parallel p) {
  const auto refuse = [&](const std::string& why) {
    throw UserError(fmt::format("model '{}': {}", model.name, why));
  };
  for (const auto& [name, n] : {std::pair{"tensor_parallel", p.tensor},
                                {"expert_parallel", p.expert},
                                {"microbatches", p.microbatches},
                                {"draft_tokens", p.draft_tokens}})
    if (n != std::floor(n)) refuse(fmt::format("{} must be a whole number, not {:g}", name, n));
  if (std::fmod(model.heads, p.tensor) != 0.0)
    refuse(
        fmt::format("{:g} heads cannot be split over tensor_parallel {:g}", model.heads, p.tensor));
  if (model.moe_layers() <= 0) p.expert = 1.0, p.redundant_experts = 0.0;
  if (p.expert > p.tensor) {
    if (std::fmod(p.expert, p.tensor) != 0.0)
      refuse(fmt::format("expert_parallel {:g} is no multiple of tensor_parallel {:g}", p.expert,
                         p.tensor));
    if (p.expert > model.experts + p.redundant_experts)
      refuse(
          fmt::format("expert_parallel {:g} exceeds the {:g} experts of a layer and their {:g} "
                      "copies",
                      p.expert, model.experts, p.redundant_experts));
  } else {
    p.microbatches = 1.0;
  }
  return p;
}

double experts_touched(double experts, double per_token, double tokens) {
  if (per_token >= experts) return experts;
  return experts * -std::expm1(tokens * std::log1p(-per_token / experts));
}

ExpertCoverage::ExpertCoverage(double experts, double per_token, double skew)
    : experts_(experts), per_token_(per_token) {
  if (skew <= 0.0 || per_token >= experts) return;
  for (double i = 1.0; i <= experts; i += 1.0) rate_.push_back(std::pow(i, -skew));
  double lo = 0.0, hi = 1.0;
  const std::vector<double> shape = rate_;
  auto covered = [&](double scale) {
    double sum = 0.0;
    for (double r : shape) sum -= std::expm1(-scale * r);
    return sum;
  };
  while (covered(hi) < per_token) hi *= 2.0;
  for (int pass = 0; pass < 60; ++pass) {
    const double middle = 0.5 * (lo + hi);
    (covered(middle) < per_token ? lo : hi) = middle;
  }
  for (double& r : rate_) r *= hi;
}

double ExpertCoverage::touched(double tokens) const {
  if (rate_.empty()) return experts_touched(experts_, per_token_, tokens);
  double sum = 0.0;
  for (double r : rate_) sum -= std::expm1(-r * tokens);
  return sum;
}

double StepModel::peak_for(const Accelerator& a, double bytes) {
  if (bytes <= 0.5 && !std::isnan(a.flops_4bit)) return a.flops_4bit;
  if (bytes <= 1.0 && !std::isnan(a.flops_8bit)) return a.flops_8bit;
  return a.flops_16bit;
}

StepModel::StepModel(const ModelDesc& model, const Accelerator& accelerator, const Parallel& layout,
                     int max_sequences)
    : model_(model),
      accelerator_(accelerator),
      parallel_(feasible(model, layout)),
      size_(model_size(model)),
      power_(accelerator),
      max_sequences_(max_sequences) {
  using A = Accelerator;
  using M = ModelDesc;
  const Parallel& parallel = parallel_;
  const double tp = parallel.tensor, group = parallel.group(), moe = model.moe_layers();
  // Weights narrower than the activations are unpacked where there is no unit for them.
  auto operand = [&](double weight_bytes) {
    return std::isnan(accelerator.flops_4bit) ? std::max(weight_bytes, model.activation_bytes)
                                              : weight_bytes;
  };
  auto products = [&](double bytes) {
    return Products{
        peak_for(accelerator, bytes), accelerator.gemm_efficiency,
        bytes <= 1.0 ? accelerator.prefill_efficiency_8bit : accelerator.prefill_efficiency_16bit};
  };
  if (model.attention == Attention::gqa) kv_shards_ = std::min(tp, model.kv_heads);
  replicated_ = products(operand(model.weight_bytes));
  replicated_bytes_ = size_.replicated * model.weight_bytes / tp;
  fixed_ = model.layers * accelerator.layer_overhead;
  if (moe > 0) {
    fixed_ += moe * accelerator.moe_layer_overhead;
    launch_ = moe * accelerator.need(&A::moe_launch, "moe_launch");
    coverage_.emplace(model.experts, model.experts_per_token, model.routing_skew);
    const double bytes = model.need(&M::expert_weight_bytes, "expert_weight_bytes");
    expert_ = products(operand(bytes));
    if (operand(bytes) > 1.0)
      expert_.decode = expert_.prefill =
          accelerator.need(&A::expert_efficiency_16bit, "expert_efficiency_16bit");
    expert_unit_bytes_ =
        (1.0 + parallel.redundant_experts / model.experts) * moe * size_.expert * bytes / group;
    for (int n = 0; n <= max_sequences; ++n)
      touched_table_.push_back(touched(n * (1.0 + parallel.draft_tokens)));
  }
  // One replica alone has every token on all its accelerators: nothing to send to experts.
  const bool exchange = moe > 0 && group > tp;
  if (exchange) {
    const double per_node = accelerator.per_node, k = model.experts_per_token;
    const bool inside = group <= per_node;
    a2a_bandwidth_ = accelerator.network_efficiency *
                     (inside ? accelerator.need(&A::scale_up_bandwidth, "scale_up_bandwidth")
                             : accelerator.need(&A::scale_out_bandwidth, "scale_out_bandwidth"));
    const double per_copy = moe * model.hidden / tp *
                            (model.need(&M::dispatch_bytes, "dispatch_bytes") +
                             model.need(&M::combine_bytes, "combine_bytes"));
    // Decode sends one copy per expert (low latency); prefill one per node, forwarded inside it.
    const double nodes = group / per_node;
    a2a_decode_ = per_copy * (inside ? k * (1.0 - 1.0 / group) : k);
    a2a_prefill_ =
        per_copy * (inside ? k * (1.0 - 1.0 / group)
                           : std::min({k, model.nodes_per_token, nodes}) * (1.0 - 1.0 / nodes));
    fixed_ +=
        moe * (inside ? 2.0 * accelerator.allreduce_latency : accelerator.expert_layer_overhead);
  }
  if (tp > 1.0) {
    // One after attention in every layer, one after every feed-forward block whose tokens are not
    // sent to experts and back.
    allreduce_count_ = model.layers + (exchange ? model.dense_layers : model.layers);
    allreduce_bytes_ = allreduce_count_ * 2.0 * (tp - 1.0) / tp * model.hidden * 2.0;
    allreduce_bandwidth_ = accelerator.network_efficiency *
                           (tp <= accelerator.per_node
                                ? accelerator.need(&A::scale_up_bandwidth, "scale_up_bandwidth")
                                : accelerator.need(&A::scale_out_bandwidth, "scale_out_bandwidth"));
  }
}

/// Experts per layer that a micro-batch touches when every replica of the group brings `tokens`.
double StepModel::touched(double tokens) const {
  return coverage_->touched(tokens / parallel_.microbatches * parallel_.group() / parallel_.tensor);
}

/// FLOPs and KV bytes of all layers for `queries` tokens that each see `context` tokens.
StepModel::AttentionCost StepModel::sparse_cost(double queries, double context) const {
  const ModelDesc& m = model_;
  const double compressed = context / m.csa_ratio, selected = std::min(compressed, m.index_topk);
  const double pair = m.heads * 2.0 * m.head_dim * 2.0;  // keys and values, multiply and add
  const double csa = pair * (selected + m.window) + m.index_heads * m.index_dim * 2.0 * compressed;
  const double hca = pair * (context / m.hca_ratio + m.window);
  const double plain = pair * std::min(context, m.window);
  const double plain_layers = m.layers - m.csa_layers - m.hca_layers;
  AttentionCost c;
  c.flops = queries * (m.csa_layers * csa + m.hca_layers * hca + plain_layers * plain);
  c.bytes = queries * m.kv_bytes *
            (m.csa_layers * (selected * m.head_dim + compressed * m.index_dim) +
             m.hca_layers * context / m.hca_ratio * m.head_dim +
             m.layers * std::min(context, m.window) * m.head_dim);
  return c;
}

StepModel::AttentionCost StepModel::attention_cost(const Batch& b, double drafts) const {
  const ModelDesc& m = model_;
  const double per_sequence = 1.0 + drafts;
  if (m.attention == Attention::sparse_mqa) {
    AttentionCost c;
    if (b.decode > 0) {
      c = sparse_cost(b.decode, b.context / b.decode);
      c.flops *= per_sequence;
    }
    if (b.prefill > 0) {
      const AttentionCost p = sparse_cost(b.prefill, b.pairs / b.prefill);
      c.flops += p.flops;
      c.bytes += size_.kv_per_token * b.prefill_context;
    }
    return c;
  }
  double decode = 0.0, prefill = 0.0;               // FLOP per query token and context token
  const double whole = m.layers - m.window_layers;  // layers that see all of the context
  if (m.attention == Attention::mla) {
    decode = m.layers * m.heads * (2.0 * m.kv_lora + m.rope_dim) * 2.0;  // absorbed form
    prefill = m.layers * m.heads * (m.nope_dim + m.rope_dim + m.v_dim) * 2.0;
  } else {
    decode = prefill = whole * m.heads * m.head_dim * 4.0;
  }
  AttentionCost c{decode * b.context * per_sequence + prefill * b.pairs,
                  size_.kv_per_token * (b.context + b.prefill_context)};
  if (m.window_layers > 0) {
    // What the windows see of the mean context: exact where all are longer, or all shorter.
    const double seen = b.decode > 0 ? b.decode * std::min(b.context / b.decode, m.window) : 0.0,
                 pairs = b.prefill > 0 ? b.prefill * std::min(b.pairs / b.prefill, m.window) : 0.0,
                 share = m.window_layers / whole;
    c.flops += share * (decode * seen * per_sequence + prefill * pairs);
    c.bytes +=
        share * size_.kv_per_token * (seen + std::min(b.prefill_context, b.prefill + m.window));
  }
  return c;
}

StepTime StepModel::step(const Batch& b, double frequency) const {
  const double n = parallel_.draft_tokens;
  StepTime t = pass(b, frequency, n);
  if (n <= 0.0 || b.decode <= 0.0) return t;
  // Each drafted token takes one more layer, of the model's kind, and the head, one after the other
  // [DeepSeek-AI 2024, V3 technical report, 2.2].
  Batch one;
  one.decode = b.decode;
  one.context = b.context;
  const StepTime p = pass(one, frequency, 0.0);
  const double share = n / model_.layers,
               head = size_.embedding * model_.weight_bytes / parallel_.tensor;
  t.draft = share * (p.total - p.gap - b.decode * accelerator_.sequence_overhead) +
            n * head / (accelerator_.memory_efficiency * accelerator_.memory_bandwidth);
  t.total += t.draft;
  t.flops += share * p.flops;
  t.peak_seconds += share * p.peak_seconds;
  t.arithmetic += share * p.arithmetic;
  t.kv_bytes += share * p.kv_bytes;
  t.weight_bytes += share * p.weight_bytes + n * head;
  t.network_bytes += share * p.network_bytes;
  t.memory_seconds = (t.weight_bytes + t.kv_bytes) / accelerator_.memory_bandwidth;
  t.exposed += share * p.exposed;
  return t;
}

/// Once through the model, with `drafts` further tokens of each decoding sequence to be checked.
StepTime StepModel::pass(const Batch& b, double frequency, double drafts) const {
  const Accelerator& a = accelerator_;
  const double tp = parallel_.tensor, m = parallel_.microbatches;
  const double clock = 1.0 / frequency;
  // Memory keeps its speed until the core clock is too low to ask for more [E].
  const double slow_memory = frequency < 0.6 ? 0.6 / frequency : 1.0;
  const double decode = b.decode * (1.0 + drafts), tokens = decode + b.prefill;

  StepTime t;
  auto gemm = [&](double parameters, const Products& p, double bytes, double efficiency) {
    const double f = 2.0 * parameters / tp;
    const double arithmetic = f * (decode / p.decode + b.prefill / p.prefill) / p.peak * clock;
    const double streaming = m * bytes / (efficiency * a.memory_bandwidth) * slow_memory;
    t.flops += f * tokens;
    t.peak_seconds += f * tokens / p.peak;
    t.arithmetic += arithmetic;
    t.weight_bytes += m * bytes;
    // Not max(): at decode shapes the measured time is W + H·n from the smallest batch on
    // [ML.ENERGY v3].
    return arithmetic + streaming;
  };
  t.gemm_replicated = gemm(size_.replicated, replicated_, replicated_bytes_, a.memory_efficiency);
  if (coverage_) {
    const auto n = static_cast<size_t>(b.decode);
    const bool tabulated = b.prefill <= 0 && n < touched_table_.size() &&
                           static_cast<double>(n) == b.decode && drafts == parallel_.draft_tokens;
    t.gemm_expert = gemm(size_.matmul - size_.replicated, expert_,
                         expert_unit_bytes_ * (tabulated ? touched_table_[n] : touched(tokens)),
                         a.expert_memory_efficiency);
    if (parallel_.expert > 1.0 && a2a_bandwidth_ <= 0) t.gemm_expert *= a.imbalance;
  }

  const AttentionCost att = attention_cost(b, drafts);
  t.kv_bytes = att.bytes / kv_shards_;
  t.memory_seconds = (t.weight_bytes + t.kv_bytes) / a.memory_bandwidth;
  t.flops += att.flops / tp;
  t.peak_seconds += att.flops / tp / a.flops_16bit;
  const double scores = att.flops / tp / (a.attention_efficiency * a.flops_16bit) * clock;
  t.arithmetic += scores;
  t.attention =
      std::max(scores, t.kv_bytes / (a.memory_efficiency * a.memory_bandwidth) * slow_memory);

  const double compute_start = t.gemm_replicated + t.gemm_expert + t.attention;
  if (tp > 1.0) {
    t.allreduce =
        tokens * allreduce_bytes_ / allreduce_bandwidth_ + allreduce_count_ * a.allreduce_latency;
    t.network_bytes += tokens * allreduce_bytes_;
  }
  if (a2a_bandwidth_ > 0) {
    const double bytes = decode * a2a_decode_ + b.prefill * a2a_prefill_;
    t.all_to_all = bytes / a2a_bandwidth_;
    t.network_bytes += bytes;
  }
  t.gap = a.host_gap;
  t.overhead = fixed_ + b.decode * a.sequence_overhead + t.gap;
  const double compute = compute_start + t.allreduce;
  const double hidden = m >= 2.0 ? a.overlap : 0.0;
  const double busy =
      std::max(compute, t.all_to_all) + (1.0 - hidden) * std::min(compute, t.all_to_all);
  t.total = busy + t.overhead;
  if (tp > 1.0) t.exposed = allreduce_count_ * a.allreduce_latency;
  if (a2a_bandwidth_ > 0) t.total *= a.imbalance;
  if (b.prefill > 0) {
    const double wait = std::max(0.0, launch_ - t.total);
    t.overhead += wait;
    t.total += wait;
  }
  return t;
}

double StepModel::full_power(const StepTime& t) const {
  const double busy = t.total - t.gap, bytes = busy * accelerator_.memory_bandwidth;
  if (busy <= 0.0) return power_.idle();
  const double watts = power_.active(
      {t.arithmetic / busy, t.weight_bytes / bytes, t.kv_bytes / bytes, t.exposed / busy});
  return watts + t.gap / t.total * (power_.idle() - watts);
}

StepPoint StepModel::operate(const Batch& b, const Limits& limits) const {
  const StepTime t = step(b);
  double scale = 1.0, full = full_power(t);
  if (!measured_time_.empty() && b.decode > 0) {
    const auto n = std::min(static_cast<size_t>(b.decode), measured_time_.size() - 1);
    scale = measured_time_[n];
    full = std::min(power_.peak(), full * measured_power_[n]);
  }
  // Limits act on what the device may draw for long.
  const double lasting = std::min(full, power_.sustained());
  const double f = power_.frequency(lasting, limits);
  if (f >= 1.0) return {scale * t.total, full};
  return {scale * step(b, f).total, power_.at_frequency(lasting, f)};
}

void StepModel::use(const Measured& m) {
  std::vector<double> time, watts;  // measured over computed
  for (size_t i = 0; i < m.batch.size(); ++i) {
    // At constant concurrency a step computes as many prompts as the one before it finished:
    // Poisson with the measured mean; none where the mean step is no longer than one without.
    struct Kind {
      double share, seconds, watts;
    };
    std::vector<Kind> kinds;
    const double mean = m.mean_step[i] > m.step_time[i] ? m.prompts[i] : 0.0,
                 most = std::ceil(mean + 6.0 * std::sqrt(mean) + 3.0);
    double mean_step = 0.0, left = std::exp(-mean);
    for (double k = 0.0; k <= most; left *= mean / ++k) {
      Batch b;
      b.decode = m.batch[i];
      b.context = m.batch[i] * m.context[i];
      b.prefill = b.prefill_context = k * m.prompt;
      b.pairs = 0.5 * b.prefill * (m.prompt + 1.0);
      const StepTime t = step(b);
      kinds.push_back({left, t.total, full_power(t)});
      mean_step += left * t.total;
    }
    // Where more than half of the steps compute a prompt, the median step does so too, and only the
    // mean says how much of one.
    time.push_back(mean < 0.5 ? m.step_time[i] / kinds.front().seconds
                              : m.mean_step[i] / mean_step);
    // The factor on power with which the mean over the steps is the measured one. No step goes
    // beyond the peak, so the mean bends: bisection.
    const double wanted = std::min(m.power[i], power_.sustained());
    double low = 0.0, high = 4.0;
    for (int pass = 0; pass < 40; ++pass) {
      const double factor = 0.5 * (low + high);
      double energy = 0.0;
      for (const Kind& kind : kinds)
        energy += kind.share * kind.seconds * std::min(power_.peak(), factor * kind.watts);
      (energy < wanted * mean_step ? low : high) = factor;
    }
    watts.push_back(high);
  }
  measured_time_.clear();
  measured_power_.clear();
  size_t i = 0;
  for (int n = 0; n <= max_sequences_; ++n) {
    const double x = std::max(1.0, static_cast<double>(n));
    while (i + 2 < m.batch.size() && m.batch[i + 1] <= x) ++i;
    const size_t j = std::min(i + 1, m.batch.size() - 1);
    const double w =
        j == i
            ? 0.0
            : std::clamp(std::log2(x / m.batch[i]) / std::log2(m.batch[j] / m.batch[i]), 0.0, 1.0);
    measured_time_.push_back(time[i] + w * (time[j] - time[i]));
    measured_power_.push_back(watts[i] + w * (watts[j] - watts[i]));
  }
}

double StepModel::weights_resident() const {
  const double experts = expert_unit_bytes_ * (coverage_ ? model_.experts : 0.0);
  const double input =
      model_.tied_embeddings ? 0.0 : size_.embedding * model_.weight_bytes / parallel_.tensor;
  return replicated_bytes_ + experts + input;
}

double StepModel::kv_capacity() const {
  const double room = accelerator_.memory * accelerator_.memory_usable - weights_resident();
  return room > 0 ? std::floor(room / kv_per_token()) : 0.0;
}

}  // namespace steppe::load
