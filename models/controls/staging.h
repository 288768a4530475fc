#pragma once
// Number of units in service.
#include "sim/core/process.h"

namespace steppe::models {

core::ProcessType staging_process();

}  // namespace steppe::models
