#pragma once
// The section `availability` of a scenario.
#include "sim/app/availability.h"
#include "sim/io/yaml_source.h"

namespace steppe::app {

/// Problems go to `d`; the model is whole only when none were found. Expressions are expanded
/// already.
AvailabilityModel read_availability(const io::Node&, Diagnostics& d);

}  // namespace steppe::app
