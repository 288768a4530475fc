#pragma once
#include <string>

#include "sim/app/scenario.h"

namespace steppe::app {

/// A scenario as YAML after templates, defaults and overrides: what a result keeps of its inputs,
/// what `compare` compares and what a run's hash is made of.
std::string resolved_yaml(const Scenario&);

}  // namespace steppe::app
