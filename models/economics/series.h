#pragma once
// Series of figures from a CSV file: a meter, prices, weather, load.
#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/error.h"

namespace steppe::models {

struct SeriesColumn {
  std::string name, unit;     ///< unit as in the header, "" when it has none
  std::vector<double> value;  ///< SI where the unit is known; NaN: missing
};

/// Values at equal steps. The first column of the file is time: "2026-01-15 06:30[:00]" (also with
/// T) or seconds from the first instant; the header names the others, with their units in brackets:
/// "power [kW]". Lines may be missing and cells empty; an instant off the grid, twice or out of
/// order, a cell that is no number and an unknown unit are located errors.
struct TimeSeries {
  SourceTextPtr source;
  int64_t start = 0;      ///< s of the epoch of the first entry, 0 when the file counts seconds
  bool dated = false;     ///< it has dates
  int64_t step = 0;       ///< s
  std::vector<int> line;  ///< of each entry, 0: not in the file
  std::vector<SeriesColumn> columns;

  size_t size() const { return line.size(); }
  int64_t time(size_t i) const { return start + step * static_cast<int64_t>(i); }
  SourceLoc where(size_t entry) const;
  /// The column of that name; the only one when `name` is "". UserError with the nearest name.
  const SeriesColumn& column(const std::string& name) const;
};

TimeSeries read_series(const std::string& file);

/// "2026-01-15 06:30" of seconds of the epoch.
std::string date_time(int64_t epoch_second);

/// A stretch without data.
struct SeriesGap {
  size_t first, last;  ///< entries, inclusive
};
std::vector<SeriesGap> gaps(const TimeSeries&, const SeriesColumn&);
/// Straight lines over the gaps. The number of filled entries.
int fill_gaps(SeriesColumn&);

/// Means of `column` over quarters of an hour [its unit], from the first whole quarter. A longer
/// step is held. UserError when the step neither divides nor is a multiple of a quarter.
struct Quarters {
  int64_t start = 0;
  std::vector<double> value;  ///< NaN where something is missing
};
Quarters quarters(const TimeSeries&, const SeriesColumn&);

}  // namespace steppe::models
