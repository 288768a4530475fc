#pragma once
// Power of an accelerator from what it computes, and what a frequency limit or a power cap does to
// it.
#include "inference_load/engine/descriptors.h"

namespace steppe::load {

/// Limits that act on the accelerators of one rack group.
struct Limits {
  double frequency = 1.0;   ///< highest frequency over the nominal one, 0 … 1 (thermal throttle)
  double power_cap = 1e30;  ///< W per accelerator
  bool operator==(const Limits&) const = default;
};

/// What an accelerator does while it works, averaged over a step.
struct Activity {
  double arithmetic = 0.0;     ///< share of the time in which matrix units compute, 0 … 1
  double weights = 0.0;        ///< bytes/s of weights over the memory bandwidth, 0 … 1
  double cache = 0.0;          ///< the same of the KV cache
  double communication = 0.0;  ///< share of the time in which it waits for others, 0 … 1
};

/// P/TDP = min(peak, floor + memory·m_w + cache·m_kv + dynamic·a^exponent − wait·x): what runs at
/// all, what reading weights and KV cache adds, what arithmetic adds (with the time that it takes,
/// not with what it gets done: small matrices of experts keep the units as busy as large ones; less
/// than in proportion: the clock gives way), and what is saved while accelerators wait for each
/// other. Never below idle. Calibrated on ML.ENERGY's H100 and B200 servers, scaled by TDP
/// elsewhere (README.md).
class AcceleratorPower {
 public:
  explicit AcceleratorPower(const Accelerator& a);
  double idle() const { return a_.power_idle; }
  /// W at full frequency for shorter than the power limit's second.
  double active(const Activity& a) const;
  /// W that the device holds in the mean of a second; its measured efficiencies include the lower
  /// clock that this takes.
  double sustained() const { return a_.power_ceiling * a_.tdp; }
  /// W, never exceeded.
  double peak() const { return peak_; }
  /// Frequency (over nominal) at which a load that draws `full` W unlimited meets the limits:
  /// (P − P_idle) ∝ f^exponent.
  double frequency(double full, const Limits& limits) const;
  /// Speed over the wanted one (1: as wanted) of what draws `wanted` W at that speed when `given` W
  /// is all it gets: the same law, without an end.
  double pace(double wanted, double given) const;
  /// W at frequency f of a load that draws `full` W at f = 1.
  double at_frequency(double full, double f) const;

 private:
  Accelerator a_;
  double peak_;
};

/// Mean over `span` [s] of a first-order answer (time constant `tau` [s]) to a constant `in`;
/// `state`: the answer at its start, then at its end. Exact; tau = 0: `in`.
double lag_mean(double& state, double in, double span, double tau);

}  // namespace steppe::load
