#pragma once
// Watches a hall against the ASHRAE envelopes and tells the worst hour of its PUE.
#include "sim/core/process.h"

namespace steppe::models {

/// Highest dry bulb [K] that ASHRAE allows class 0…4 (A1, A2, A3, A4, H1) at an altitude [m]:
/// 32/35/40/45/25 °C, less 1 K per 300/300/175/125/500 m above 900 m. [ASHRAE TC9.9 2021]
double ashrae_allowable(int equipment_class, double altitude);

core::ProcessType hall_monitor_process();

}  // namespace steppe::models
