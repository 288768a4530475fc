#pragma once
// What the availability of a site means in the numbers of a run.
#include <vector>

#include "sim/app/scenario.h"
#include "sim/app/simulation.h"

namespace steppe::app {

/// KPIs of the scenario's section `availability`, from its seed; none when it has no such section.
/// `tokens_per_second`: what the run generated on average; < 0: nothing.
std::vector<Kpi> availability_kpis(const Scenario&, double tokens_per_second);

}  // namespace steppe::app
