#pragma once
// Setpoint along a line of a measurement.
#include "sim/core/process.h"

namespace steppe::models {

core::ProcessType setpoint_reset_process();

}  // namespace steppe::models
