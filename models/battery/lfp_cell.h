#pragma once
// Curves of an LFP/graphite cell, per cell and at 25 °C where nothing else is said. Points from
// [Möller 2022] (Sony/Murata US26650FTC1 as measured by Naumann), thinned; the shape carries over
// to large prismatic cells of the same chemistry, the resistance is scaled by its own parameter.
#include "models/battery/curve.h"

namespace steppe::models::lfp {

/// Open-circuit voltage [V] over the state of charge. The last point is the rest voltage of a full
/// cell; beyond both ends the curve goes on steeply, so that voltage limits act.
const Curve& ocv();
/// Half the width of the hysteresis loop [V].
const Curve& hysteresis();
/// Entropy coefficient dU/dT [V/K].
const Curve& entropy();
/// Resistance over its value at 50 % state of charge (mean of charge and discharge).
const Curve& resistance_shape();
/// Allowed current over its value at 25 °C as a function of temperature [K]: exactly 0 at and below
/// 0 °C for charge (lithium plating) and below −30 °C for discharge; 0 above 55 °C.
const Curve& charge_derating();
const Curve& discharge_derating();

}  // namespace steppe::models::lfp
