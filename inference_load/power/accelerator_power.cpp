#include "inference_load/power/accelerator_power.h"

#include <algorithm>
#include <cmath>

namespace steppe::load {

double AcceleratorPower::active(double utilisation) const {
  const double rise = 1.0 - std::exp(-utilisation / a_.power_knee);
  return a_.tdp * std::min(a_.power_ceiling, a_.power_floor + a_.power_compute * rise);
}

double AcceleratorPower::frequency(double full, const Limits& limits) const {
  double f = std::min(1.0, limits.frequency);
  if (full > limits.power_cap) {
    const double room = std::max(0.0, limits.power_cap - a_.power_idle) / (full - a_.power_idle);
    f = std::min(f, std::pow(room, 1.0 / a_.frequency_exponent));
  }
  return std::max(f, a_.frequency_min);
}

double AcceleratorPower::at_frequency(double full, double f) const {
  return a_.power_idle + (full - a_.power_idle) * std::pow(f, a_.frequency_exponent);
}

}  // namespace steppe::load
