#pragma once
// `steppe fit chiller_water_cooled`: columns, options and report of fit_chiller.
#include "sim/core/fit.h"

namespace steppe::models {

core::Fitter chiller_fitter();

}  // namespace steppe::models
