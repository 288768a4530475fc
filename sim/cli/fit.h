#pragma once
// steppe fit: parameters of a model from a table of measurements.
#include <map>
#include <string>

#include "sim/cli/commands.h"
#include "sim/core/fit.h"

namespace steppe::cli {

/// `fitters`: by component type; must live as long as the app.
void add_fit(CLI::App&, Program&, const std::map<std::string, core::Fitter>& fitters);

}  // namespace steppe::cli
