#pragma once
// Days of the year and months, as weather files count them. No time zones: everything is local
// standard time.
#include <chrono>
#include <cstdint>

namespace steppe::models {

struct MonthDay {
  int month = 1, day = 1;
  bool operator==(const MonthDay&) const = default;
};

inline constexpr int kMonthDays[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

constexpr int days_in_month(int month, bool leap) {
  return kMonthDays[month - 1] + (leap && month == 2 ? 1 : 0);
}
constexpr int days_in_year(bool leap) { return leap ? 366 : 365; }

/// 1 for 1 January.
constexpr int day_of_year(MonthDay d, bool leap) {
  int n = d.day;
  for (int m = 1; m < d.month; ++m) n += days_in_month(m, leap);
  return n;
}
/// `day` 1…365 (366).
constexpr MonthDay date_of(int day, bool leap) {
  int m = 1;
  while (day > days_in_month(m, leap)) day -= days_in_month(m++, leap);
  return {m, day};
}
/// Date of a day counted from 1970-01-01.
inline MonthDay date_of_epoch_day(int64_t day) {
  const std::chrono::year_month_day d{std::chrono::sys_days{std::chrono::days{day}}};
  return {static_cast<int>(static_cast<unsigned>(d.month())),
          static_cast<int>(static_cast<unsigned>(d.day()))};
}

}  // namespace steppe::models
