#pragma once
// What the engine knows of a served model and of an accelerator: flat tables read from data/models
// and data/accelerators. NaN means "the file does not say"; using such a value is an error that
// names it.
#include <optional>
#include <string>
#include <vector>

#include "sim/core/param_table.h"
#include "sim/core/process.h"

namespace steppe::load {

enum class Attention { gqa, mla, sparse_mqa };

/// Architecture of a decoder-only transformer. Counts are per model, sizes in elements, `*_bytes`
/// per element.
struct ModelDesc {
  std::string name;      ///< file name without folder and suffix; filled by load_model()
  std::string based_on;  ///< another model or config.json whose rows hold where the file is silent
  std::string architecture;  ///< model_type as which that config.json is read; empty: its own
  std::string source;
  double parameters;  ///< published number; NaN: the file does not say
  Attention attention = Attention::gqa;
  double layers, hidden, heads, vocabulary, max_context;
  double kv_heads, head_dim, window_layers;                         // gqa; head_dim also sparse_mqa
  double q_lora, kv_lora, rope_dim, nope_dim, v_dim;                // mla; q_lora also sparse_mqa
  double o_lora, o_groups, window, csa_layers, hca_layers;          // sparse_mqa; window also gqa
  double csa_ratio, hca_ratio, index_heads, index_dim, index_topk;  // sparse_mqa
  double dense_layers, dense_intermediate, ffn_matrices;
  double experts, experts_per_token, shared_experts, expert_intermediate, nodes_per_token,
      routing_skew;
  double weight_bytes, expert_weight_bytes, activation_bytes, kv_bytes, dispatch_bytes,
      combine_bytes;
  bool tied_embeddings = false;

  /// The value, or UserError naming model and row when the file does not give it.
  double need(double ModelDesc::*member, const char* row) const;
  /// What is odd about the sizes, in words: another number of parameters than published, by more
  /// than the 2 % to which those are rounded. "": nothing.
  std::string doubt() const;
  double moe_layers() const { return layers - dense_layers; }
};
const core::ParamTable<ModelDesc>& model_table();

/// Parameter counts, in parameters; KV cache, in bytes. Formulas: model card in README.md, section
/// "Model".
struct ModelSize {
  double total = 0.0;
  double active = 0.0;        ///< used for one token, both embeddings counted
  double matmul = 0.0;        ///< active without the input embedding: what costs FLOPs
  double replicated = 0.0;    ///< everything but routed experts (and the input embedding)
  double embedding = 0.0;     ///< input embedding
  double expert = 0.0;        ///< one routed expert of one layer
  double kv_per_token = 0.0;  ///< bytes per context token
  /// Bytes that a sequence needs whatever its length: sliding windows, whole also where the context
  /// is shorter.
  double kv_per_sequence = 0.0;
};
ModelSize model_size(const ModelDesc& m);

/// KV-cache bytes of one sequence of `context` tokens.
double kv_bytes(const ModelSize& s, double context);

/// An accelerator in its node, with the serving software's measured efficiencies.
struct Accelerator {
  std::string name;
  std::string based_on;  ///< relative whose efficiencies, power law and node hold where not given
  std::string source;
  double flops_16bit, flops_8bit, flops_4bit;      ///< dense peak, FLOP/s
  double memory, memory_bandwidth;                 ///< bytes, bytes/s
  double scale_up_bandwidth, scale_out_bandwidth;  ///< bytes/s per accelerator and direction
  double per_node;
  // Efficiencies: share of the peak that kernels reach.
  double memory_efficiency, expert_memory_efficiency, gemm_efficiency, attention_efficiency;
  double prefill_efficiency_16bit, prefill_efficiency_8bit, expert_efficiency_16bit,
      network_efficiency;
  double layer_overhead, moe_layer_overhead, expert_layer_overhead, allreduce_latency,
      sequence_overhead, host_gap, moe_launch;  ///< s
  double overlap;        ///< share of communication hidden behind computation when they overlap
  double imbalance;      ///< slowest over mean accelerator of an expert-parallel group
  double memory_usable;  ///< share of the memory for weights and KV cache
  // Power of one accelerator [W] and of what surrounds it in the node.
  double tdp, power_idle, power_floor, power_memory, power_cache, power_dynamic, power_exponent,
      power_wait, power_ceiling, power_peak;
  double frequency_exponent, frequency_min;
  double node_power_idle, node_power_busy;
  std::vector<std::string> estimated;  ///< rows taken from the relative; filled by the loader

  double need(double Accelerator::*member, const char* row) const;
  /// "22 rows as h100 (…)", "": none.
  std::string estimates() const;
};
const core::ParamTable<Accelerator>& accelerator_table();
/// Event "estimated" in the log, when rows come from a relative.
void report_estimates(core::ProcessContext& context, const Accelerator& accelerator);

/// What a server of one (accelerator, model, layout) was measured to take and to draw, over the
/// running batch (ascending). The engine scales its step time and power by measured over computed.
struct Measured {
  std::string name, source, model, accelerator;
  double tensor_parallel, expert_parallel;
  double prompt;                  ///< tokens, mean
  std::vector<double> batch;      ///< sequences running at once
  std::vector<double> context;    ///< mean tokens in the cache of each
  std::vector<double> step_time;  ///< s, median inter-token latency: a step without prompts
  std::vector<double> mean_step;  ///< s, batch over tokens per second: prompts counted in
  std::vector<double> prompts;    ///< prompts computed in a step, mean
  std::vector<double> power;      ///< W, mean per accelerator
};
const core::ParamTable<Measured>& measured_table();

/// Reads data_dir/models/NAME.yaml, or NAME itself when it is a path: a .yaml file, or the
/// config.json of a model. UserError on any problem, also for rows that are missing, all at once.
ModelDesc load_model(const core::ProcessSetup& setup, const std::string& name);
/// The same of data_dir/accelerators. What a file with `based_on` leaves out of efficiencies, power
/// law and node is its relative's: shares and times as they are, power_idle in proportion to tdp,
/// node power in proportion to the accelerators of a node [E]; what a data sheet says is never.
Accelerator load_accelerator(const core::ProcessSetup& setup, const std::string& name);

/// UserError when the lists differ in length or the batches do not ascend.
Measured load_measured(const core::ProcessSetup& setup, const std::string& name);
/// The shipped measurement of this accelerator, model and layout, when there is one.
std::optional<Measured> find_measured(const core::ProcessSetup& setup, const std::string& model,
                                      const std::string& accelerator, double tensor_parallel,
                                      double expert_parallel);

/// What a parameter `measured` says: "auto" finds what was measured with shipped descriptors
/// (names, not files of the user's), "none" takes nothing, anything else is a name or file;
/// UserError when that is for another accelerator, model or layout. `model`, `accelerator`: as for
/// load_model(); `expert_parallel`: 1 for a model without experts.
std::optional<Measured> choose_measured(const core::ProcessSetup& setup, const std::string& wish,
                                        const std::string& model, const std::string& accelerator,
                                        double tensor_parallel, double expert_parallel);

}  // namespace steppe::load
