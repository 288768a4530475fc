#pragma once
#include "models/economics/series.h"
#include "sim/core/process.h"

namespace steppe::models {

/// Spot prices of quarters of an hour; may be negative.
///
/// From a CSV file (dated, its year need not be that of the run: the series is laid on the calendar
/// by month, day and time), or made: a synthetic year with the shape of a grid rich in wind and
/// sun.
///   price = base · (1 + 0.35·cos(2π(h − 19)/24) + 0.25·cos(4π(h − 19.5)/24))
///           − sun · sin(π(h − 6)/12)₊ · clear_day − wind · w,   w an AR(1) of 15 min
/// The synthetic prices are no forecast and no record; they serve scenarios that must run anywhere.
/// Source: engineering; the shape of western Inner Mongolia 2025 (a valley to zero at noon, a peak
/// at 19:00). Checked by: tests/unit/economics/spot_test.cpp
class SpotPrices {
 public:
  /// Synthetic, for the seed.
  explicit SpotPrices(uint64_t seed);
  /// Column `name` of a file ("" : the only one). A header without a unit needs `unit`. UserErrors:
  /// a unit that is no price, a price beyond ±20 CNY/kWh (the wrong unit, most likely), gaps longer
  /// than `longest_gap` steps. Shorter ones are filled and counted.
  SpotPrices(const std::string& file, const std::string& name, const std::string& unit,
             double scale, size_t longest_gap = 8);

  /// CNY/J at `epoch_second`; UserError outside the file's dates.
  double price(int64_t epoch_second) const;
  int filled() const { return filled_; }

 private:
  int64_t entry(int64_t epoch_second) const;
  std::vector<double> price_;  ///< CNY/J by quarter
  int64_t start_ = 0;
  int year_ = 0;  ///< of the file; 0: synthetic
  int filled_ = 0;
  std::string file_;
};

/// Rows of a process that takes spot prices.
template <class P>
void add_spot_rows(core::ParamTable<P>& t, std::string P::*file, std::string P::*column,
                   std::string P::*unit, double P::*scale) {
  t.group("spot price")
      .text("spot_file", file, "",
            "Prices of quarters of an hour (.csv: time, price [CNY/MWh]); empty: synthetic",
            core::ParamKind::file)
      .text("spot_column", column, "", "Name of the column; empty: the only one")
      .text("spot_unit", unit, "", "Unit of a column whose header has none, e.g. CNY/MWh")
      .real("spot_scale", scale, "1", 1.0, {1e-6, 1e6}, "Factor on the prices of the file");
}

}  // namespace steppe::models
