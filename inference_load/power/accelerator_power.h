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

/// P/TDP = min(peak, floor + memory·m + compute·(1 − e^(−u/knee)) + dynamic·u), with m the share of
/// the memory bandwidth and u that of the arithmetic peak: what runs at all, what moves data, what
/// switches the arithmetic units on, and what they do. Calibrated on ML.ENERGY's H100 and B200
/// servers, scaled by TDP elsewhere (README.md).
class AcceleratorPower {
 public:
  explicit AcceleratorPower(const Accelerator& a);
  double idle() const { return a_.power_idle; }
  /// W at full frequency for shorter than the power limit's second: FLOP/s over the dense peak and
  /// bytes/s over the bandwidth, 0 … 1.
  double active(double utilisation, double bandwidth) const;
  /// W that the device holds in the mean of a second; its measured efficiencies include the lower
  /// clock that this takes.
  double sustained() const { return a_.power_ceiling * a_.tdp; }
  /// W, never exceeded.
  double peak() const { return peak_; }
  /// Frequency (over nominal) at which a load that draws `full` W unlimited meets the limits:
  /// (P − P_idle) ∝ f^exponent.
  double frequency(double full, const Limits& limits) const;
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
