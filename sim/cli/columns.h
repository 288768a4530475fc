#pragma once
// Which columns of a result a pattern means: "rack.inlet_temp", "rack[3].*", "*.p_in".
#include <string>
#include <vector>

#include "sim/io/result_file.h"

namespace steppe::cli {

/// "2026-01-15T06:30:00.250" from seconds since 1970-01-01; milliseconds only where there are any.
std::string iso_time(double epoch);

/// One unit of one signal.
struct Column {
  const io::ResultSignal* signal;
  int unit = 0;
  std::string name;  ///< "rack[3].inlet_temp", or the signal's own name when it has one unit
};

/// Columns in the order of the file; no pattern: all. A pattern meets the name of a signal (all its
/// units) or of a single column. Throws UserError with the nearest name for one that meets nothing.
std::vector<Column> select_columns(const io::ResultFile&, const std::vector<std::string>& patterns);

}  // namespace steppe::cli
