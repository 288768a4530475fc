#pragma once
// Time-of-use tariff of a place: price of energy by month and quarter of an hour, demand charge,
// feed-in, carbon.
//
// Clock: local standard time in seconds since 1970-01-01 00:00, as everywhere in steppe. The meter
// counts in quarters of an hour; windows begin and end on them.
//
// Money is exact: energy is counted in whole joules per quarter, prices in whole nano-yuan per kWh,
// their product in 128-bit integers; a line of a bill is rounded to the fen once, half away from
// zero. So a bill does not depend on the order of summation, the compiler or the machine.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/process.h"

namespace steppe::models {

inline constexpr int64_t kQuarter = 900;  ///< s
inline constexpr int kQuartersPerDay = 96;

/// Kind of a price window, cheapest first; the numbers stand in the data files.
enum class PeriodKind : int { deep_valley = 1, valley, flat, peak, critical_peak };
inline constexpr int kPeriodKinds = 5;
const char* period_name(PeriodKind kind);

/// Days on which a window holds; the numbers stand in the data files.
enum class DayKind : int { every = 1, working, weekend };

/// What the demand charge counts.
enum class DemandBasis : int {
  measured,    ///< highest 15-min mean of the month
  contracted,  ///< the contracted demand; what lies beyond a tolerance costs a multiple
  capacity     ///< the capacity of the transformers
};

/// A data file, as written: parallel lists, one entry per window; months point to seasons.
struct TariffData {
  std::string name, place, date, source;
  double base_price = 0;                        ///< CNY/J of the flat period
  double adder = 0;                             ///< CNY/J at all hours
  std::vector<double> season_of_month;          ///< 12 numbers, 1…
  std::vector<double> holidays;                 ///< 100·month + day: prices of a weekend
  std::vector<double> window_season;            ///< season of each window
  std::vector<double> window_days;              ///< DayKind of each window; empty: every day
  std::vector<double> window_start;             ///< s after midnight
  std::vector<double> window_end;               ///< s after midnight
  std::vector<double> window_kind;              ///< PeriodKind
  std::vector<double> window_multiplier;        ///< of base_price
  double demand_price = 0, capacity_price = 0;  ///< CNY/W and month
  double excess_tolerance = 1, excess_multiplier = 1;
  double feed_in_price = 0;  ///< CNY/J
  double carbon_factor = 0;  ///< kg/J
  double carbon_price = 0;   ///< CNY/kg
};
const core::ParamTable<TariffData>& tariff_table();

/// Month of a calendar year, 0 for January 1970.
int month_of(int64_t epoch_second);
/// Begin of that month, in epoch seconds.
int64_t month_begin(int month);
/// Saturday or Sunday.
bool weekend(int64_t epoch_second);

/// A checked tariff. Construction throws a UserError that names the file, line and column of what
/// is wrong: a gap or an overlap of windows, a month without a season, lists of unequal length, a
/// window off the quarter of an hour, an unknown kind.
class Tariff {
 public:
  /// `file` is where `data` came from; "" when it was made by a program.
  explicit Tariff(TariffData data, const std::string& file = {});

  const TariffData& data() const { return data_; }
  PeriodKind kind(int64_t epoch_second) const { return slot(epoch_second).kind; }
  /// CNY/J, without demand charge.
  double price(int64_t epoch_second) const;
  /// The same as it enters bills, nano-yuan per kWh.
  int64_t nano_price(int64_t epoch_second) const { return slot(epoch_second).nano; }
  /// Mean of the multipliers over a week without holidays of `month` 1…12: the mean price of a flat
  /// load.
  double mean_multiplier(int month) const;
  /// Lowest and highest price [CNY/J] of the day that holds `epoch_second`.
  std::array<double, 2> price_range(int64_t epoch_second) const;
  /// Seconds until the price window in force ends.
  int64_t window_left(int64_t epoch_second) const;

 private:
  struct Slot {
    PeriodKind kind = PeriodKind::flat;
    double multiplier = 0.0;
    int64_t nano = 0;
    int window = -1;
  };
  using Day = std::array<Slot, kQuartersPerDay>;
  const Day& day(int64_t epoch_second) const;
  const Slot& slot(int64_t epoch_second) const;

  TariffData data_;
  std::vector<std::array<Day, 2>> seasons_;  ///< working days; weekends and holidays
  std::array<int, 12> season_{};
};

/// Nano-yuan per kWh of a price in CNY/J.
int64_t nano_price(double cny_per_joule);

/// Reads data_dir/tariffs/NAME.yaml, or `file` when it is not empty.
Tariff load_tariff(const core::ProcessSetup& setup, const std::string& name,
                   const std::string& file);

}  // namespace steppe::models
