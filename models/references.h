#pragma once
#include <vector>

#include "sim/base/reference.h"

namespace steppe::models {

/// Published and closed-form numbers beside what the models of this folder give; `steppe validate`
/// prints them and a test holds them. Takes milliseconds, needs no file.
std::vector<Reference> references();

}  // namespace steppe::models
