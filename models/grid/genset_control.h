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
/// `start` and `enable` are as wide as what they drive: one set, one block per unit. A set fails an
/// order with the probability `start_failure`; failed attempts that delay it: see the genset's own.
/// KPIs: genset_starts, genset_failed_starts. Source: sequence [ISO 8528-5 2022].
core::ProcessType genset_control_process();

}  // namespace steppe::models
