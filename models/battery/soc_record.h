#pragma once
#include <string>
#include <vector>

namespace steppe::models {

/// A recorded course of a battery, from a CSV file: time [s], and either the state of charge
/// [0 … 1] with, where there is such a column, temperature [K], or the power [W].
struct BatteryRecord {
  std::vector<double> time, soc, temp, power;
  /// The samples repeat after this [s]: the last one takes as long as the one before.
  double length() const;
};

/// Header: a column that begins with "time" (s; h where its name ends on _h, [h] or (h)); one that
/// begins with "soc" (share; per cent where its name holds % or pct), or else one that begins with
/// "p_" or "power" and ends on its unit (_W, _kW, _MW, also in brackets; positive = discharge); one
/// that begins with "temp" (°C; K where its name ends on _K, [K] or (K)), beside a state of charge.
/// Case does not count, others are skipped. UserError with file, line and column: a missing column,
/// text for a number, a state of charge outside 0 to 1, times that do not rise, temperatures
/// outside −60 to 100 °C, a power without a unit.
BatteryRecord read_battery_record(const std::string& path);

/// Mean power [W] of a record in steps of `dt` s: each sample holds until the next.
std::vector<double> mean_power(const BatteryRecord& r, double dt);

}  // namespace steppe::models
