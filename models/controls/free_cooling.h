#pragma once
// Supervisor of free, partial and mechanical cooling.
#include "sim/core/process.h"

namespace steppe::models {

core::ProcessType free_cooling_process();

}  // namespace steppe::models
