#pragma once
// Series of figures from a CSV file: a meter, prices, weather, load.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/base/error.h"

namespace steppe::models {

struct SeriesColumn {
  std::string name, unit;     ///< unit as in the header, "" when it has none
  std::vector<double> value;  ///< SI where the unit is known; NaN: missing
};

/// Values at equal steps. The first column of the file is time: "2026-01-15 06:30[:00]" (also with
/// T, slashes, single digits; "15.1.2026 6:30"; "1/31/2026 6:30 PM" or "31/1/2026 18:30" when any
/// date of the file tells which is the month; an offset "+08:00" or Z; the time of day may have a
/// column of its own) or seconds from the first instant; the header names the others, with their
/// units in brackets: "power [kW]", or as a name that ends in one: "import_kwh". Separators are
/// commas, semicolons (then 1,5 is a number) or tabs. Lines may be missing and cells empty; an
/// instant off the grid, twice or out of order and a cell that is no number are located errors. A
/// column of words is left out; a unit that steppe does not know is kept as text.
///
/// Times with offsets are all taken in the offset of the first line. Without offsets, an hour that
/// is left out or comes twice at a change of the clocks of Europe (01:00 to 03:00 of the last
/// Sunday of March and October) or North America (second Sunday of March, first of November) is
/// taken as that, and times are in standard time; `wall` gives back the clock's.
struct TimeSeries {
  SourceTextPtr source;
  int64_t start = 0;      ///< s of the epoch of the first entry, 0 when the file counts seconds
  bool dated = false;     ///< it has dates
  int64_t step = 0;       ///< s
  std::vector<int> line;  ///< of each entry, 0: not in the file
  std::vector<SeriesColumn> columns;
  std::vector<std::pair<int64_t, int64_t>> summer;  ///< [from, to) of summer time, standard time

  size_t size() const { return line.size(); }
  int64_t time(size_t i) const { return start + step * static_cast<int64_t>(i); }
  /// What the clock on the wall showed at time t.
  int64_t wall(int64_t t) const {
    for (const auto& [from, to] : summer)
      if (t >= from && t < to) return t + 3600;
    return t;
  }
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
