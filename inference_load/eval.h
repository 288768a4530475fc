#pragma once
// One operating point of one accelerator and model: step time, where it goes, tokens/s, power,
// energy per token.
#include <string>
#include <vector>

#include "inference_load/engine/step_time.h"

namespace steppe::load {

enum class Phase { decode, prefill };

struct EvalParams {
  std::string model, accelerator, measured;
  Phase phase;
  double batch;     ///< decode: sequences per replica; prefill: prompts in the step
  double context;   ///< decode: tokens in each sequence's cache; prefill: tokens per prompt
  double hit_rate;  ///< prefill: share of the prompt found in a cache
  double tensor_parallel, expert_parallel, redundant_experts, microbatches, draft_tokens,
      acceptance;
  double frequency, power_cap;
};
/// Parameters with defaults, so that `key=value` on a command line is read and checked like any
/// other parameter.
const core::ParamTable<EvalParams>& eval_table();

struct EvalRow {
  std::string name;
  double value;
  std::string unit;
  std::string help;
};

/// UserError when a data file lacks a value that the point needs, or when the model does not fit.
std::vector<EvalRow> evaluate(const EvalParams& params, const core::ProcessSetup& setup);

}  // namespace steppe::load
