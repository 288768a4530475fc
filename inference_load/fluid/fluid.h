#pragma once
// The fluid level: what the fleet does at a constant rate, tabulated from the event level and
// interpolated. For runs of months, where single requests do not matter.
#include <array>
#include <map>
#include <vector>

#include "inference_load/arrivals/synthetic.h"
#include "inference_load/engine/fleet.h"

namespace steppe::load {

/// The whole fleet, with all its power, at one constant rate.
struct FluidPoint {
  double rate = 0.0;                                  ///< offered, requests/s
  double power = 0.0, accelerator = 0.0, peak = 0.0;  ///< W
  double served = 0.0;                                ///< requests/s
  double tokens_per_s = 0.0, waiting = 0.0, running = 0.0, nodes = 0.0;
  double ttft = 0.0, tpot = 0.0, good = 0.0;  ///< s, s, share of requests within both objectives
  Histogram ttft_histogram, tpot_histogram;
  /// Everything that is interpolated.
  static constexpr std::array<double FluidPoint::*, 12> kNumbers = {
      &FluidPoint::rate,    &FluidPoint::power,   &FluidPoint::accelerator,
      &FluidPoint::peak,    &FluidPoint::served,  &FluidPoint::tokens_per_s,
      &FluidPoint::waiting, &FluidPoint::running, &FluidPoint::nodes,
      &FluidPoint::ttft,    &FluidPoint::tpot,    &FluidPoint::good};
  double visits = 0.0;  ///< requests that the run has served near this point
};

class FluidFleet {
 public:
  /// `content`: hash of model, accelerator, parameters and seed; tables are kept on disk by it.
  FluidFleet(const ModelDesc& model, const Accelerator& accelerator, const FleetConfig& config,
             const SyntheticConfig& traffic, uint64_t seed, uint64_t content = 0);

  /// Means over [from, to) with the rate's mean in that time.
  const FleetOutput& window(double from, double to, const std::vector<GroupInput>& in);

  double arrived() const { return arrived_; }
  double served() const { return arrived_ - backlog_; }
  double good() const { return good_; }
  double backlog() const { return backlog_; }
  double mean_input() const { return traffic_.input.mean(); }
  double mean_output() const { return traffic_.output.mean(); }
  /// TTFT and TPOT of everything served: mixtures of the tabulated distributions.
  void latencies(Histogram& ttft, Histogram& tpot) const;
  /// Points at these limits (built on first use).
  const std::vector<FluidPoint>& table(const Limits& limits);

  void save(core::StateWriter& w) const;
  void load(core::StateReader& r);

 private:
  struct Key {
    int frequency, cap;  ///< quantised limits
    auto operator<=>(const Key&) const = default;
  };
  Key key_of(const Limits& limits) const;
  std::vector<FluidPoint>& table(const Key& key);
  std::vector<FluidPoint> build(const Limits& limits) const;
  FluidPoint measure(double rate, const Limits& limits) const;
  double capacity_estimate(const Limits& limits) const;
  void visit(std::vector<FluidPoint>& points, double rate, double requests);

  ModelDesc model_;
  Accelerator accelerator_;
  FleetConfig config_;
  SyntheticConfig traffic_;
  uint64_t seed_;
  uint64_t content_;  ///< hash of what the tables depend on besides the limits; 0: not cached
  std::map<Key, std::vector<FluidPoint>> tables_;
  FleetOutput out_;
  double arrived_ = 0.0, good_ = 0.0, backlog_ = 0.0;
};

}  // namespace steppe::load
