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

/// Linear in between, at a fixed step. UserError when that were more than 20 million values.
std::vector<double> at_fixed_step(const PowerCurve& curve, double step);

/// The shortest step of the curve [s]; UserError with fewer than two instants.
double shortest_step(const PowerCurve& curve);

}  // namespace steppe::load
