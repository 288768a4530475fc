#pragma once
// A power curve from a CSV file of somebody else.
#include <string>
#include <vector>

namespace steppe::load {

struct PowerCurve {
  std::vector<double> time;   ///< s, ascending
  std::vector<double> power;  ///< W
};

/// Columns by the header: time in `time`, `t`, `time_s`, `relative_time_s` or `time [s]`; power in
/// `column`, or, when that is empty, in the only column whose name starts with "power" or ends in
/// "[W]". A unit in brackets scales it ("[MW]"). UserError with file, line and column.
PowerCurve read_power(const std::string& path, const std::string& column);

}  // namespace steppe::load
