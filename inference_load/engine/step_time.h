#pragma once
// Time and power of one engine step (iteration) from a roofline over model, accelerator and
// parallel layout.
#include <optional>
#include <vector>

#include "inference_load/engine/descriptors.h"
#include "inference_load/power/accelerator_power.h"

namespace steppe::load {

/// How one model copy is laid out. A replica (one scheduler, one running batch) has `tensor`
/// accelerators; `expert` accelerators share the routed experts, so expert/tensor replicas step
/// together (data-parallel attention).
struct Parallel {
  double tensor = 1.0;
  double expert = 1.0;
  double redundant_experts = 0.0;  ///< extra copies of experts in the group, per layer
  double microbatches = 1.0;       ///< 2: two batches overlap computation and communication
  double draft_tokens = 0.0;       ///< multi-token prediction: drafts per step
  double acceptance = 0.85;        ///< probability that a draft is accepted
  double group() const { return expert > tensor ? expert : tensor; }
  /// Expected tokens per sequence and step, (1 − α^(n+1))/(1 − α).
  double tokens_per_step() const;
};

/// The layout as the model can have it: without routed experts `expert` and `redundant_experts`
/// mean nothing, and without an exchange between replicas there is nothing for micro-batches to
/// hide (1). UserError when counts are not whole, heads or experts cannot be split so, or replicas
/// do not divide the expert group.
Parallel feasible(const ModelDesc& model, Parallel parallel);

/// What one replica does in a step.
struct Batch {
  double decode = 0.0;           ///< sequences that get their next token
  double context = 0.0;          ///< tokens in their KV caches, summed
  double prefill = 0.0;          ///< prompt tokens computed
  double pairs = 0.0;            ///< context attended to, summed over those tokens
  double prefill_context = 0.0;  ///< KV tokens read for them
};

/// Seconds of a step and where they go (per accelerator).
struct StepTime {
  double total = 0.0;
  double gemm_replicated = 0.0, gemm_expert = 0.0, attention = 0.0;
  double allreduce = 0.0, all_to_all = 0.0, overhead = 0.0;
  double draft = 0.0;         ///< the layers that draft tokens
  double peak_seconds = 0.0;  ///< the arithmetic at the peak rate; over `total`: utilisation
  double arithmetic = 0.0;    ///< the same at the rates that kernels reach
  double weight_bytes = 0.0, kv_bytes = 0.0, flops = 0.0, network_bytes = 0.0;
  double memory_seconds = 0.0;  ///< the bytes at the peak bandwidth
  double exposed = 0.0;         ///< latency of all-reduces, nothing else done
  double gap = 0.0;             ///< nothing to do until the host has prepared the step
  double utilisation() const { return total > 0 ? peak_seconds / total : 0.0; }
  double bandwidth() const { return total > 0 ? memory_seconds / total : 0.0; }
};

/// Operating point under limits.
struct StepPoint {
  double seconds = 0.0;
  double watts = 0.0;  ///< per accelerator
};

/// Experts of a layer that `tokens` tokens touch under uniform routing: E·(1 − (1 − k/E)^tokens).
double experts_touched(double experts, double per_token, double tokens);

/// The same when expert i is asked for in proportion to i^−skew: Σ(1 − e^(−q_i·tokens)), with the
/// rates q_i ∝ i^−skew such that one token touches `per_token` different experts.
class ExpertCoverage {
 public:
  ExpertCoverage(double experts, double per_token, double skew);
  double touched(double tokens) const;

 private:
  double experts_, per_token_;
  std::vector<double> rate_;  ///< empty: uniform
};

class StepModel {
 public:
  /// `max_sequences`: largest decode batch for which expert coverage is tabulated.
  StepModel(const ModelDesc& model, const Accelerator& accelerator, const Parallel& layout,
            int max_sequences);

  /// From now on steps that decode take and draw what was measured at their batch: computed time
  /// and power times measured over computed (interpolated over log2 of the batch, held beyond its
  /// ends).
  void use(const Measured& measured);

  StepTime step(const Batch& b, double frequency = 1.0) const;
  StepPoint operate(const Batch& b, const Limits& limits) const;

  /// Weights on one accelerator, bytes.
  double weights_resident() const;
  /// Context tokens that fit in a replica's KV cache; 0 when the weights do not fit.
  double kv_capacity() const;
  /// KV bytes on one accelerator per context token of the replica.
  double kv_per_token() const { return size_.kv_per_token / kv_shards_; }
  const ModelSize& size() const { return size_; }
  const ModelDesc& model() const { return model_; }
  const Accelerator& accelerator() const { return accelerator_; }
  const Parallel& parallel() const { return parallel_; }
  const AcceleratorPower& power() const { return power_; }
  /// Dense peak for operands of so many bytes: the narrowest unit at least as wide.
  static double peak_for(const Accelerator& a, double bytes);

 private:
  /// What a kind of matrix product reaches.
  struct Products {
    double peak = 0.0;                   ///< FLOP/s
    double decode = 0.0, prefill = 0.0;  ///< share of it
  };
  struct AttentionCost {
    double flops = 0.0, bytes = 0.0;
  };
  StepTime pass(const Batch& b, double frequency, double drafts) const;
  AttentionCost attention_cost(const Batch& b, double drafts) const;
  AttentionCost sparse_cost(double queries, double context) const;
  double touched(double tokens) const;
  /// Unlimited power of a step that takes `t`.
  double full_power(const StepTime& t) const;

  ModelDesc model_;
  Accelerator accelerator_;
  Parallel parallel_;
  ModelSize size_;
  AcceleratorPower power_;
  std::vector<double> measured_time_, measured_power_;  ///< by decoding sequences; empty: none
  std::optional<ExpertCoverage> coverage_;
  int max_sequences_;
  double kv_shards_ = 1.0;
  Products replicated_, expert_;
  double replicated_bytes_ = 0.0;   ///< streamed per micro-batch and accelerator
  double expert_unit_bytes_ = 0.0;  ///< bytes per touched expert (of E) and accelerator, all layers
  double a2a_bandwidth_ = 0.0, a2a_decode_ = 0.0, a2a_prefill_ = 0.0;  ///< bytes/s; bytes per token
  double allreduce_bytes_ = 0.0, allreduce_count_ = 0.0, allreduce_bandwidth_ = 1.0;
  double fixed_ = 0.0;
  double launch_ = 0.0;                ///< s; least time of a step with prompts
  std::vector<double> touched_table_;  ///< by decoding sequences of a replica
};

}  // namespace steppe::load
