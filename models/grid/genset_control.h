#pragma once
#include "sim/core/process.h"

namespace steppe::models {

/// Emergency power control: starts the gensets when the mains are gone, lets the load come back in
/// blocks, stops them when the mains have been good for long enough.
///
///   mains outside [low, high] for `detect` → start = 1, all blocks held (enable = 0)
///   genset within [low, high] for `settle` → block k enabled, one every `block_interval`
///   mains good for `return_delay`          → all blocks enabled; start = 0 after `cool_down`
///
/// `enable` is as wide as what it drives, one block per unit. Sets that do not start: see the
/// genset's own attempts. Source: sequence [ISO 8528-5 2022].
core::ProcessType genset_control_process();

}  // namespace steppe::models
