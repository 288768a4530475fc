#pragma once
// The serving load as a process of the simulation: power, queue and latency out; lost capacity,
// throttle and power cap in.
#include <functional>
#include <memory>
#include <string>

#include "inference_load/arrivals/synthetic.h"
#include "inference_load/engine/fleet.h"
#include "inference_load/fluid/fluid.h"
#include "sim/core/process.h"

namespace steppe::load {

enum class Level { automatic, event, fluid };

struct InferenceParams {
  // Fleet
  std::string model, accelerator, measured;
  double nodes, prefill_share;
  Serving serving;
  Routing routing;
  double tensor_parallel, expert_parallel, redundant_experts, microbatches;
  double prefill_tensor_parallel, prefill_expert_parallel, prefill_redundant_experts;
  double draft_tokens, acceptance;
  double max_sequences, batch_tokens, prefill_batch_tokens, max_queue, kv_block, prefix_cache;
  bool autoscale;
  double autoscale_target, autoscale_min, autoscale_period, warm_up, parked_power;
  // Traffic
  std::string trace;
  double trace_speed, trace_keep;
  bool trace_loop;
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
core::ProcessType inference_type();

class InferenceLoad : public core::Process {
 public:
  enum Input { kCapacity, kThrottle, kPowerCap };
  enum Output { kPower, kPowerPeak, kTokens, kQueue, kRunning, kTtft, kTpot, kNodes };

  InferenceLoad(const InferenceParams& params, const core::ProcessSetup& setup);

  core::Nanoseconds next_time() const override { return next_; }
  /// Simulates [now, end of the exchange window) with the inputs of now and holds its means.
  void update(core::ProcessContext& context) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  std::vector<core::ProcessKpi> kpis() const override;

  /// Called once for every finished or refused request (event level). Set before the run.
  void set_row_sink(std::function<void(const RequestRow&)> sink) {
    fleet_->stats().sink = std::move(sink);
  }
  bool fluid() const { return fluid_ != nullptr; }
  const Fleet& fleet() const { return *fleet_; }

 private:
  uint64_t content() const;
  void choose_level(core::Nanoseconds length);
  void read_inputs(const core::ProcessContext& context);
  void write_outputs(core::ProcessContext& context, const FleetOutput& o, double span);

  InferenceParams params_;
  core::ProcessSetup setup_;
  ModelDesc model_;
  Accelerator accelerator_;
  FleetConfig config_;
  SyntheticConfig traffic_;
  std::unique_ptr<ArrivalSource> arrivals_;
  std::unique_ptr<Fleet> fleet_;
  std::unique_ptr<FluidFleet> fluid_;
  std::vector<GroupInput> inputs_;
  core::Nanoseconds next_ = 0;
  bool started_ = false;
  double gpu_energy_ = 0.0;              ///< J
  double node_time_ = 0.0, time_ = 0.0;  ///< s of nodes in use; s
  std::vector<double> regulator_;        ///< W behind the voltage regulators, per group
};

}  // namespace steppe::load
