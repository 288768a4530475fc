#pragma once
#include <string>
#include <vector>

namespace steppe::models {

/// A recorded course of the state of charge: time [s], state of charge [0 … 1] and temperature [K]
/// (empty without such a column) of a CSV file.
struct SocRecord {
  std::vector<double> time, soc, temp;
};

/// Header: a column that begins with "time" (s; h where its name ends on _h, [h] or (h)), one that
/// begins with "soc" (share; per cent where its name holds % or pct), one that begins with "temp"
/// (°C; K where its name ends on _K, [K] or (K)); case does not count, others are skipped.
/// UserError with file, line and column: a missing column, text for a number, a state of charge
/// outside 0 to 1, times that do not rise, temperatures outside −60 to 100 °C.
SocRecord read_soc_record(const std::string& path);

}  // namespace steppe::models
