#pragma once
// A stretch of weather at equal steps, from a file or made: a typical year, a week, a design day.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/environment/calendar.h"
#include "sim/base/error.h"

namespace steppe::models {

/// Entry k belongs to the interval (k, k + 1] · step counted from 00:00 of `start_day`:
/// temperature, humidity, pressure and wind are values at its end, radiation is the mean over it
/// (the convention of EPW, whose record h ends at h:00).
struct WeatherSeries {
  double step = 3600.0;               ///< s, divides an hour
  int start_day = 1;                  ///< day of the year, 1 = 1 January
  bool leap = false;                  ///< the year has a 29 February
  std::vector<double> temp;           ///< dry bulb [K]
  std::vector<double> dew_point;      ///< frost point below 0 °C [K]
  std::vector<double> rel_humidity;   ///< fraction, over ice below 0 °C
  std::vector<double> pressure;       ///< station pressure [Pa]
  std::vector<double> ghi, dni, dhi;  ///< global and diffuse horizontal, direct normal [W/m2]
  std::vector<double> wind;           ///< 10 m above ground [m/s]
  std::string site;
  double latitude = 0.0, longitude = 0.0;  ///< degrees north, east
  double time_zone = 0.0;                  ///< h ahead of UTC
  double elevation = 0.0;                  ///< m
  std::vector<std::string> notes;          ///< what was assumed, derived or filled; for people
  int filled = 0;                          ///< values (not records) filled by interpolation
  SourceLoc period;  ///< where a file states its dates; empty for a made series

  size_t size() const { return temp.size(); }
  int steps_per_day() const { return static_cast<int>(86400.0 / step + 0.5); }
  bool full_year() const {
    return size() == static_cast<size_t>(steps_per_day()) * static_cast<size_t>(days_in_year(leap));
  }
  /// "1/15 to 1/21".
  std::string dates() const;
};

/// Entry that ends at `node` steps after 1970-01-01 00:00 local standard time, by month and day:
/// the year wraps, and a 29 February that the series lacks repeats the 28th. nullopt outside a
/// series shorter than a year.
std::optional<size_t> entry_at(const WeatherSeries& s, int64_t node);

/// `days` days of a year from `first` (wraps at the new year), without the notes.
WeatherSeries slice(const WeatherSeries& year, MonthDay first, int days);

}  // namespace steppe::models
