#pragma once
#include "sim/base/error.h"

namespace steppe::core {

class System;

/// Fills in the sparse pattern of a numbered system and tells every batch where its derivatives go.
/// Reports equations that cannot determine all unknowns, by name.
void find_structure(System&, Diagnostics&);

}  // namespace steppe::core
