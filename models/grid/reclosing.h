#pragma once
#include "sim/core/process.h"

namespace steppe::models {

/// Faults on the grid, each with its residual voltage and duration, as reclosing makes them: a
/// fault, a pause, the next attempt. Outputs `voltage_pu` for a utility's voltage and `line` for
/// its line.
///
///   shot k:  voltage_pu = residual_k for duration_k, then 1; the next shot interval_k after its
///   start own_line: between the shots the site's own line is open (line = 0) for dead_time_k;
///   after the last shot: `restored`, or `outage` (line = 0) until outage_time later
/// Lists are continued with their last entry. Source: sequences as in [NERC 2025].
core::ProcessType reclosing_process();

}  // namespace steppe::models
