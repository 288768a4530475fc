#pragma once
// The serving load as a process of the simulation: power, queue and latency out; lost capacity,
// throttle and power cap in. Several models may be served beside each other.
#include <functional>
#include <string>
#include <vector>

#include "inference_load/adapters/service.h"

namespace steppe::load {

core::ProcessType inference_type();

class InferenceLoad : public core::Process {
 public:
  enum Input { kCapacity, kThrottle, kPowerCap };
  enum Output { kPower, kPowerPeak, kTokens, kQueue, kRunning, kTtft, kTpot, kNodes, kHits };
  /// Where there are several models, each has outputs of its own after these: its power in all rack
  /// groups, then kTokens … kHits.
  static constexpr int kFirstOwn = kHits + 1, kOwn = kHits - kTokens + 2;

  /// `params.also` names further models. UserError for what cannot be served.
  InferenceLoad(const InferenceParams& params, const core::ProcessSetup& setup);

  core::Nanoseconds next_time() const override { return next_; }
  /// Simulates [now, end of the exchange window) with the inputs of now and holds its means.
  void update(core::ProcessContext& context) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  /// Figures of everything; of each model as well ("MODEL.name") when there are several.
  std::vector<core::ProcessKpi> kpis() const override;

  /// Called once for every finished or refused request (event level), with the model's name, or ""
  /// where only one is served. Set before the run.
  void set_row_sink(const std::function<void(const std::string&, const RequestRow&)>& sink);
  bool fluid() const { return services_.front().fluid(); }
  const Fleet& fleet(size_t service = 0) const { return services_.at(service).fleet(); }

 private:
  void start(core::ProcessContext& context);
  void read_inputs(const core::ProcessContext& context);
  void add(const FleetOutput& o);
  void write_outputs(core::ProcessContext& context, double span);
  void write_own(core::ProcessContext& context, size_t service, const FleetOutput& o, double span);

  core::ProcessSetup setup_;
  double vrm_time_;  ///< s
  std::vector<Service> services_;
  std::vector<std::string> names_;  ///< of the models, where there are several
  std::vector<GroupInput> inputs_;
  FleetOutput sum_;  ///< of the services in a window; `peak` holds squares of what exceeds the mean
  core::Nanoseconds next_ = 0;
  bool started_ = false;
  double time_ = 0.0;              ///< s simulated
  std::vector<double> regulator_;  ///< W behind the voltage regulators, per group; then per model
};

}  // namespace steppe::load
