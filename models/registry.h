#pragma once
// Every model that a scenario can name.
#include "sim/core/registry.h"

namespace steppe::models {

core::Registry registry();

}  // namespace steppe::models
