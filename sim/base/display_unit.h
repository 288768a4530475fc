#pragma once
// The unit in which people read values of a quantity: of an axis, of a column of a table.
#include <string>
#include <string_view>

namespace steppe {

/// shown = (si − offset) / scale.
struct DisplayUnit {
  std::string name;
  double scale = 1.0, offset = 0.0;
  double shown(double si) const { return (si - offset) / scale; }
};

/// Unit for values of `unit` (SI) between `low` and `high`: W at 1e7 -> MW, J -> kWh or MWh, m3/s
/// -> L/s, s -> h; any other unit stays. K is °C where `low` can only be a temperature of a site
/// (above 150 K), else a difference in K. An empty range (low > high) has the smallest unit.
DisplayUnit display_unit(std::string_view unit, double low, double high);

/// The same for one value.
inline DisplayUnit display_unit(std::string_view unit, double si) {
  return display_unit(unit, si, si);
}

}  // namespace steppe
