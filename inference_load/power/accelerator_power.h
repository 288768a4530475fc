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

/// P/TDP = min(ceiling, floor + compute·(1 − e^(−u/knee))): an active floor as soon as kernels
/// stream (memory or network bound), saturating with the share u of the arithmetic peak. An affine
/// model in FLOP/s and bytes/s does not fit measurements [MLE]; this form is calibrated on H100 and
/// scaled by TDP elsewhere (see README.md).
class AcceleratorPower {
 public:
  explicit AcceleratorPower(const Accelerator& a) : a_(a) { a.need(&Accelerator::tdp, "tdp"); }
  double idle() const { return a_.power_idle; }
  /// W at full frequency; `utilisation` = achieved FLOP/s over the dense peak, 0 … 1.
  double active(double utilisation) const;
  /// Frequency (over nominal) at which a load that draws `full` W unlimited meets the limits:
  /// (P − P_idle) ∝ f^exponent.
  double frequency(double full, const Limits& limits) const;
  /// W at frequency f of a load that draws `full` W at f = 1.
  double at_frequency(double full, double f) const;

 private:
  Accelerator a_;
};

}  // namespace steppe::load
