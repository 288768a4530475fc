#pragma once
// What a user says about one served model: fleet, traffic, fidelity.
#include <string>

#include "inference_load/arrivals/synthetic.h"
#include "inference_load/engine/fleet.h"

namespace steppe::load {

enum class Level { automatic, event, fluid };

struct InferenceParams {
  // Fleet
  std::string model, accelerator, measured, also;
  double nodes, prefill_share;
  Serving serving;
  Routing routing;
  double tensor_parallel, expert_parallel, redundant_experts, microbatches;
  double prefill_tensor_parallel, prefill_expert_parallel, prefill_redundant_experts;
  double draft_tokens, acceptance;
  double max_sequences, batch_tokens, prefill_batch_tokens, max_queue, kv_block, prefix_cache;
  bool autoscale;
  double autoscale_target, prefill_target, autoscale_min, autoscale_period, warm_up, parked_power,
      autoscale_hold;
  // Traffic
  std::string trace;
  double trace_speed, trace_keep;
  bool trace_loop;
  GapLaw burst_law;
  double rate, daily, half_daily, peak_hour, weekend, burst_cv, burst_factor, burst_share,
      burst_length;
  double input_mean, input_cv, output_mean, output_cv, hit_rate;
  double slo_ttft, slo_tpot;
  // Fidelity
  Level level;
  int64_t sample;
  double vrm_time;
};
const core::ParamTable<InferenceParams>& inference_table();

/// Without the measurement, which needs the data files.
FleetConfig fleet_config(const InferenceParams& p, int groups);

}  // namespace steppe::load
