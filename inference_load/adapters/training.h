#pragma once
// Training jobs as a process of the simulation: window means, minima and maxima of their power.
#include <memory>
#include <vector>

#include "inference_load/training/job.h"
#include "sim/core/process.h"

namespace steppe::load {

struct TrainingParams {
  std::string accelerator;
  double nodes;
  int64_t jobs;
  double iteration, compute_fraction, high, low, edge, jitter, start_ramp, checkpoint_interval,
      checkpoint_time, checkpoint_power, mtbf, restart_time, start;
  double floor, stop_delay, ramp_up, ramp_down, storage, storage_time;
  double step;
};
const core::ParamTable<TrainingParams>& training_table();
core::ProcessType training_type();

/// The nodes are split evenly over the jobs, and each job over all rack groups. Limits act on a job
/// through its slowest group: the accelerators of a job step together.
class TrainingLoad : public core::Process {
 public:
  enum Input { kCapacity, kThrottle, kPowerCap };
  enum Output { kPower, kPowerMin, kPowerPeak, kEffective };
  TrainingLoad(const TrainingParams& params, const core::ProcessSetup& setup);
  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& context) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  std::vector<core::ProcessKpi> kpis() const override;

 private:
  core::ProcessSetup setup_;
  Accelerator accelerator_;
  TrainingParams params_;
  int groups_;
  double per_job_;  ///< accelerators
  std::vector<TrainingJob> jobs_;
  std::vector<Smoothing> smoothing_;
  core::Nanoseconds next_ = 0;
  double gpu_energy_ = 0.0;
};

}  // namespace steppe::load
