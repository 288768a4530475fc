#include "sim/core/layout.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/base/error.h"
#include "sim/base/units.h"

namespace steppe::core {

void Layout::check_order(int id, size_t expected, const std::string& name) {
  if (id != static_cast<int>(expected))
    throw InternalError(
        fmt::format("layout: '{}' is declared with id {} at place {}", name, id, expected));
}

std::string InputInfo::doubt(double v) const {
  const double slack = 1e-9 * (std::abs(lo) + std::abs(hi));  // of converted units
  if (v >= lo - slack && v <= hi + slack) return "";
  return fmt::format("'{}' = {} is outside of what is plausible, {} to {}", name,
                     format_quantity(v, unit), format_quantity(lo, unit),
                     format_quantity(hi, unit));
}

}  // namespace steppe::core
