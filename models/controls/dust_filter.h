#pragma once
// Filters that load with dust: ordinary days, dust season, a sandstorm.
#include "sim/core/process.h"

namespace steppe::models {

core::ProcessType dust_filter_process();

}  // namespace steppe::models
