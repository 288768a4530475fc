#pragma once
// One served model: its traffic, and its fleet at the event or the fluid level.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "inference_load/adapters/inference_params.h"
#include "inference_load/fluid/fluid.h"
#include "sim/core/process.h"

namespace steppe::load {

/// What was served, since the start. Latencies in s.
struct Served {
  double arrived = 0.0, completed = 0.0, rejected = 0.0, good = 0.0;  ///< requests
  double too_long = 0.0;       ///< of the rejected: longer than the cache or the model's context
  double in = 0.0, out = 0.0;  ///< tokens
  double prompts = 0.0, found = 0.0;  ///< tokens of prompts taken in; of those, in a prefix cache
  double residual = 0.0;    ///< tokens asked for and neither delivered nor in flight, relative
  double gpu_energy = 0.0;  ///< J
  double node_time = 0.0;   ///< s of nodes in use
  Histogram ttft, tpot;
  void add(const Served& other);
  /// Figures of a run of `time` [s]; names begin with `prefix`.
  void kpis(double time, const std::string& prefix, std::vector<core::ProcessKpi>& out) const;
};

class Service {
 public:
  /// `stream`: names its random numbers. UserError for what cannot be served so.
  Service(const InferenceParams& params, const core::ProcessSetup& setup, int groups,
          std::string stream);

  /// Tells the log what of the descriptors is estimated or doubtful, what was measured, and what a
  /// trace holds; texts begin with `of` ("MODEL: " where there are several).
  void report(core::ProcessContext& context, const std::string& of) const;
  /// Called once, with the length of the run [s].
  void choose_level(double length);
  bool fluid() const { return fluid_ != nullptr; }
  const Fleet& fleet() const { return *fleet_; }
  const FleetOutput& window(double from, double to, const std::vector<GroupInput>& in);
  Served served() const;
  void set_row_sink(std::function<void(const RequestRow&)> sink) {
    fleet_->stats().sink = std::move(sink);
  }
  void save(core::StateWriter& w) const;
  void load(core::StateReader& r);

 private:
  void make_fluid();
  uint64_t content() const;

  InferenceParams params_;
  uint64_t seed_;
  ModelDesc model_;
  Accelerator accelerator_;
  FleetConfig config_;
  SyntheticConfig traffic_;
  std::unique_ptr<ArrivalSource> arrivals_;
  std::unique_ptr<Fleet> fleet_;
  std::unique_ptr<FluidFleet> fluid_;
  double gpu_energy_ = 0.0, node_time_ = 0.0;  ///< J; s of nodes in use
};

}  // namespace steppe::load
