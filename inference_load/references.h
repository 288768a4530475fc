#pragma once
#include <vector>

#include "sim/base/reference.h"
#include "sim/core/process.h"

namespace steppe::load {

/// Published and measured points of serving beside what the descriptors and the step model give.
/// `setup` finds the data files; UserError when one is missing.
std::vector<Reference> references(const core::ProcessSetup& setup);

}  // namespace steppe::load
