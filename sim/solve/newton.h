#pragma once
#include <string>
#include <vector>

#include "sim/solve/integrator.h"

namespace steppe::solve {

/// Newton on the rows that are not `held`, damped by natural monotonicity [Deuflhard 2004, ch. 3]:
/// the next correction by the same factors must shrink. "" or why not; s.y is changed only on
/// success.
std::string damped_newton(core::System& s, double t, const std::vector<bool>& held, double rtol,
                          Statistics& stats);

}  // namespace steppe::solve
