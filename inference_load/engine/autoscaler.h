#pragma once
// How many replicas of a pool take requests: enough for a target utilisation, later by a warm-up.
#include <cmath>
#include <limits>

namespace steppe::load {

struct AutoscaleConfig {
  bool on = false;
  double target = 0.8;     ///< utilisation aimed at
  double least = 0.1;      ///< share of the replicas that always takes requests
  double period = 60.0;    ///< s between decisions
  double warm_up = 120.0;  ///< s from the decision to the first request: weights are loaded
  double parked = 1.0;     ///< share of the idle power that a parked replica draws
  double hold = 300.0;     ///< s that fewer must be enough before any is parked
  double prefill = 0.8;    ///< utilisation aimed at in a pool that computes prompts only
};

/// Proportional rule: active·utilisation/target, in whole units (the accelerators that share their
/// experts start and stop together). Up after the warm-up; down to the largest number wanted in the
/// last `hold` seconds, as the stabilisation window of Kubernetes' autoscaler does [Kubernetes
/// HPA]: what runs is finished.
class Autoscaler {
 public:
  Autoscaler() = default;
  Autoscaler(const AutoscaleConfig& config, double replicas, double unit)
      : config_(config), replicas_(replicas), unit_(unit), active_(replicas), wanted_(replicas) {}
  /// Replicas that take requests from now [s] on. `utilisation`: 0 … 1 of the active ones, above 1
  /// when work waits.
  double decide(double now, double utilisation) {
    if (!config_.on) return active_;
    if (now >= ready_) {
      active_ = wanted_;
      ready_ = std::numeric_limits<double>::infinity();
      sum_ = count_ = 0.0;  // what was seen while the new ones were missing
    }
    sum_ += utilisation;
    ++count_;
    if (now < next_ || wanted_ > active_) return active_;
    const double mean = sum_ / count_,
                 units = std::ceil(active_ * mean / config_.target / unit_ - 1e-9);
    sum_ = count_ = 0.0;
    next_ = now + config_.period;
    const double floor = std::ceil(config_.least * replicas_ / unit_ - 1e-9);
    const double wanted = std::fmin(replicas_, unit_ * std::fmax(std::fmax(1.0, floor), units));
    if (wanted >= active_) {
      low_since_ = std::numeric_limits<double>::infinity();
      wanted_ = wanted;
      if (wanted > active_) ready_ = now + config_.warm_up;
      return active_;
    }
    if (std::isinf(low_since_)) {
      low_since_ = now;
      low_most_ = 0.0;
    }
    low_most_ = std::fmax(low_most_, wanted);
    if (now - low_since_ < config_.hold) return active_;
    active_ = wanted_ = low_most_;
    low_since_ = std::numeric_limits<double>::infinity();
    return active_;
  }
  double active() const { return active_; }
  /// With those that warm up.
  double powered() const { return std::fmax(active_, wanted_); }
  double parked_power() const { return config_.on ? config_.parked : 1.0; }
  bool on() const { return config_.on; }

 private:
  AutoscaleConfig config_;
  double replicas_ = 0.0, unit_ = 1.0, active_ = 0.0, wanted_ = 0.0;
  double next_ = 0.0, ready_ = std::numeric_limits<double>::infinity();
  double low_since_ = std::numeric_limits<double>::infinity();  ///< fewer have been enough since
  double low_most_ = 0.0;                                       ///< the most of these
  double sum_ = 0.0, count_ = 0.0;  ///< of the utilisation since the last decision
};

}  // namespace steppe::load
