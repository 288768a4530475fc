#pragma once
#include <algorithm>
#include <limits>

namespace steppe::models {

/// The last word on every order for a site battery: its own controller, which knows no latency and
/// no plan. Powers in W, energy in J, period in s, discharge positive.
///
/// No model of a battery is exact: what stands by draws from the cells, and efficiency falls with
/// power and cold. So the floor lies 0.1 % of the energy above the reserve, a period takes at most
/// 90 % of what lies above the floor, and below it the battery is filled again at once, at half its
/// rating at most, as far as the grid has `headroom`. Source: engineering.
struct BatteryGuard {
  double rating = 0, energy = 0, efficiency_in = 1, efficiency_out = 1;
  double soc_reserve = 0, soc_max = 1;

  static constexpr double kMargin = 0.001, kShare = 0.9;
  double floor() const { return std::min(soc_reserve + kMargin, soc_max); }

  double apply(double order, double soc, double period,
               double headroom = std::numeric_limits<double>::infinity()) const {
    const double missing = (floor() - soc) * energy / efficiency_in;
    if (missing > 0.0)
      order = std::min(order, -std::clamp(missing / period, 0.0,
                                          std::max(0.0, std::min(0.5 * rating, headroom))));
    const double room = std::max(0.0, soc_max - soc) * energy / efficiency_in;
    const double above = std::max(0.0, soc - floor()) * energy * efficiency_out;
    order = std::max(order, -std::min(rating, room / period));
    return std::min(order, std::min(rating, kShare * above / period));
  }
};

}  // namespace steppe::models
