#pragma once
// Staged protection of an outdoor coil or tower against ice.
#include "sim/core/process.h"

namespace steppe::models {

core::ProcessType freeze_guard_process();

}  // namespace steppe::models
