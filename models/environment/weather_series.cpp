#include "models/environment/weather_series.h"

#include <fmt/format.h>

namespace steppe::models {

std::string WeatherSeries::dates() const {
  const int days = static_cast<int>(size()) / steps_per_day();
  const MonthDay a = date_of(start_day, leap);
  const MonthDay b = date_of((start_day + days - 2) % days_in_year(leap) + 1, leap);
  return fmt::format("{}/{} to {}/{}", a.month, a.day, b.month, b.day);
}

std::optional<size_t> entry_at(const WeatherSeries& s, int64_t node) {
  const int64_t per_day = s.steps_per_day();
  // The interval that ends at midnight belongs to the day before.
  const int64_t interval = node - 1;
  int64_t day = interval / per_day, in_day = interval % per_day;
  if (in_day < 0) {
    in_day += per_day;
    --day;
  }
  MonthDay date = date_of_epoch_day(day);
  if (!s.leap && date == MonthDay{2, 29}) date.day = 28;
  int64_t days_in = day_of_year(date, s.leap) - s.start_day;
  if (days_in < 0) days_in += days_in_year(s.leap);
  const auto entry = static_cast<size_t>(days_in * per_day + in_day);
  if (entry >= s.size()) return std::nullopt;
  return entry;
}

WeatherSeries slice(const WeatherSeries& year, MonthDay first, int days) {
  STEPPE_CHECK(year.full_year() && days >= 1 && days <= days_in_year(year.leap));
  const auto per_day = static_cast<size_t>(year.steps_per_day());
  const auto begin = static_cast<size_t>(day_of_year(first, year.leap) - year.start_day +
                                         days_in_year(year.leap)) *
                     per_day;
  WeatherSeries s = year;
  s.notes.clear();
  s.start_day = day_of_year(first, year.leap);
  const auto cut = [&](std::vector<double>& out, const std::vector<double>& in) {
    out.resize(static_cast<size_t>(days) * per_day);
    for (size_t i = 0; i < out.size(); ++i) out[i] = in[(begin + i) % in.size()];
  };
  cut(s.temp, year.temp);
  cut(s.dew_point, year.dew_point);
  cut(s.rel_humidity, year.rel_humidity);
  cut(s.pressure, year.pressure);
  cut(s.ghi, year.ghi);
  cut(s.dni, year.dni);
  cut(s.dhi, year.dhi);
  cut(s.wind, year.wind);
  return s;
}

}  // namespace steppe::models
