#pragma once
#include <vector>

#include "sim/core/process.h"

namespace steppe::load {

/// The processes of this folder: `inference` and `training`.
std::vector<core::ProcessType> process_types();

}  // namespace steppe::load
