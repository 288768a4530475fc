#include "inference_load/references.h"

#include <fmt/format.h>

#include "inference_load/eval.h"

namespace steppe::load {
namespace {

constexpr auto kClosed = Reference::Basis::closed_form;
constexpr auto kPredicted = Reference::Basis::predicted;
constexpr auto kCalibrated = Reference::Basis::calibrated;

double at(const std::vector<EvalRow>& rows, const char* name) {
  for (const auto& r : rows)
    if (r.name == name) return r.value;
  throw std::logic_error(name);
}

void models(std::vector<Reference>& r, const core::ProcessSetup& setup) {
  const auto size = [&](const char* name) { return model_size(load_model(setup, name)); };
  const auto add = [&](const std::string& what, const char* unit, double value, double reference,
                       double tolerance, const char* source) {
    r.push_back({"model", what, unit, value, reference, tolerance, kPredicted, source});
  };
  // Published sizes are rounded to three digits, that of V4-Pro to two.
  add("DeepSeek-V3, parameters", "10^9", 1e-9 * size("deepseek-v3").total, 671, 2e-3,
      "[DeepSeek-AI 2024]");
  add("DeepSeek-V4-Pro, parameters", "10^9", 1e-9 * size("deepseek-v4-pro").total, 1600, 2e-2,
      "[DeepSeek V4 model cards]");
  add("DeepSeek-V4-Flash, parameters", "10^9", 1e-9 * size("deepseek-v4-flash").total, 284, 2e-3,
      "[DeepSeek V4 model cards]");
  add("Llama-3.1-70B, parameters", "10^9", 1e-9 * size("llama-3.1-70b").total, 70.6, 2e-3,
      "[Meta 2024]");
  add("Qwen3-235B-A22B, parameters", "10^9", 1e-9 * size("qwen3-235b-a22b").total, 235, 5e-3,
      "[Qwen 2025]");
  add("DeepSeek-V3, KV bytes per token", "B", size("deepseek-v3").kv_per_token, 70272, 0.0,
      "[DeepSeek-AI 2025, Insights into V3, table 1]");
  add("Llama-3.1-405B, KV bytes per token", "B", size("llama-3.1-405b").kv_per_token, 516096, 0.0,
      "[DeepSeek-AI 2025, Insights into V3, table 1]");
  add("DeepSeek-V4-Pro, KV cache of 2^20 tokens", "GiB",
      size("deepseek-v4-pro").kv_per_token / 1024.0, 9.62, 5e-3, "[vLLM 2026, DeepSeek-V4]");
}

void steps(std::vector<Reference>& r, const core::ProcessSetup& setup) {
  EvalParams h800;
  eval_table().set_defaults(&h800);
  h800.model = "deepseek-v3";
  h800.accelerator = "h800";
  h800.batch = 88;
  h800.context = 4989;
  h800.expert_parallel = 144;
  h800.redundant_experts = 32;
  h800.microbatches = 2;
  r.push_back({"serving", "H800, V3, EP144, batch 88, context 4989: decode, one node", "token/s",
               at(evaluate(h800, setup), "tokens_per_s_node"), 14.8e3, 0.20, kCalibrated,
               "[DeepSeek-AI 2025, day 6]"});
  EvalParams prefill = h800;
  prefill.accelerator = "h100";
  prefill.phase = Phase::prefill;
  prefill.batch = 4;
  prefill.context = 4096;
  prefill.expert_parallel = 32;
  r.push_back({"serving", "H100, V3, EP32, prompts of 4096: prefill, one node", "token/s",
               at(evaluate(prefill, setup), "tokens_per_s_node"), 50.3e3, 0.15, kCalibrated,
               "[LMSYS 2025]"});
  EvalParams llama;
  eval_table().set_defaults(&llama);
  llama.model = "llama-3.1-70b";
  llama.accelerator = "h100";
  llama.tensor_parallel = 4;
  llama.measured = "none";
  llama.measured = "none";
  llama.context = 400;  // prompts of some 200 tokens, answers of 350, half-way
  for (const double n : {8.0, 64.0, 256.0}) {
    llama.batch = n;
    r.push_back({"serving", fmt::format("H100, Llama-3.1-70B, TP4, batch {}: time per token", n),
                 "ms", 1e3 * at(evaluate(llama, setup), "step_time"), 16.4 + 0.0914 * n, 0.15,
                 kCalibrated, "[ML.ENERGY 2025, leaderboard v3]"});
  }
  const double kv = kv_bytes(model_size(load_model(setup, "deepseek-v3")), 4989.0);
  r.push_back({"serving", "V3, KV of 4989 tokens through 50 GB/s", "ms", kv / 50e9 * 1e3, 7.01,
               1e-3, kClosed, "bytes over bandwidth"});
}

}  // namespace

std::vector<Reference> references(const core::ProcessSetup& setup) {
  std::vector<Reference> r;
  models(r, setup);
  steps(r, setup);
  return r;
}

}  // namespace steppe::load
