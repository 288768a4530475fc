#pragma once
// How runs differ: in their inputs, in their key figures, and what a difference is made of.
#include <QString>
#include <optional>
#include <string>
#include <vector>

#include "sim/io/result_file.h"

namespace steppe::gui {

/// Direction that is better for a KPI: −1 lower, +1 higher, 0 neither.
int better_direction(const std::string& kpi);

/// Leaves of YAML texts that differ.
struct InputDifference {
  QString path;
  std::vector<QString> values;  ///< per run; "" : not given
};
std::vector<InputDifference> input_differences(const std::vector<std::string>& texts);

/// Why one run costs or uses more than another: the difference of a headline figure and of the
/// figures that add up to it, largest first.
struct FigureDifference {
  std::string name, unit;
  double delta = 0.0;
  std::vector<std::pair<std::string, double>> parts;
};
/// Of the bill where both runs have one, else of the energy used on the site; nullopt without
/// either. What the known parts leave over stands as "other".
std::optional<FigureDifference> explain_difference(const std::vector<io::ResultNumber>& a,
                                                   const std::vector<io::ResultNumber>& b);

}  // namespace steppe::gui
