#include "inference_load/power/accelerator_power.h"

#include <algorithm>
#include <cmath>

namespace steppe::load {

AcceleratorPower::AcceleratorPower(const Accelerator& a) : a_(a) {
  const double most = std::isnan(a.power_peak) ? a.power_ceiling : a.power_peak;
  peak_ = a.need(&Accelerator::tdp, "tdp") * std::max(most, a.power_ceiling);
}

double AcceleratorPower::active(const Activity& x) const {
  const double power =
      a_.tdp * (a_.power_floor + a_.power_memory * x.weights + a_.power_cache * x.cache +
                a_.power_dynamic * std::pow(x.arithmetic, a_.power_exponent) -
                a_.power_wait * x.communication);
  return std::clamp(power, std::min(a_.power_idle, peak_), peak_);
}

double lag_mean(double& state, double in, double span, double tau) {
  const double keep = tau > 0 ? std::exp(-span / tau) : 0.0, lag = state - in;
  state = in + lag * keep;
  return in + lag * (1.0 - keep) * tau / span;
}

double AcceleratorPower::frequency(double full, const Limits& limits) const {
  double f = std::min(1.0, limits.frequency);
  if (full > limits.power_cap) {
    const double room = std::max(0.0, limits.power_cap - a_.power_idle) / (full - a_.power_idle);
    f = std::min(f, std::pow(room, 1.0 / a_.frequency_exponent));
  }
  return std::max(f, a_.frequency_min);
}

double AcceleratorPower::pace(double wanted, double given) const {
  if (given >= wanted) return 1.0;
  const double room = std::max(0.0, given - a_.power_idle) / (wanted - a_.power_idle);
  return std::pow(std::min(1.0, room), 1.0 / a_.frequency_exponent);
}

double AcceleratorPower::at_frequency(double full, double f) const {
  return a_.power_idle + (full - a_.power_idle) * std::pow(f, a_.frequency_exponent);
}

}  // namespace steppe::load
