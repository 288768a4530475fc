#include "sim/base/date.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdio>

namespace steppe {

std::optional<double> parse_date(const std::string& text) {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, used = 0;
  const int n = std::sscanf(text.c_str(), "%4d-%2d-%2d%n %2d:%2d%n:%2d%n", &y, &mo, &d, &used, &h,
                            &mi, &used, &s, &used);
  if ((n != 3 && n != 5 && n != 6) || static_cast<size_t>(used) != text.size()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{y},
                                         std::chrono::month{static_cast<unsigned>(mo)},
                                         std::chrono::day{static_cast<unsigned>(d)}};
  if (!date.ok() || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 59) return std::nullopt;
  return 86400.0 * static_cast<double>(std::chrono::sys_days{date}.time_since_epoch().count()) +
         3600.0 * h + 60.0 * mi + s;
}

std::string format_date(double epoch) {
  const auto days =
      std::chrono::sys_days{std::chrono::days{static_cast<int>(std::floor(epoch / 86400.0))}};
  const std::chrono::year_month_day date{days};
  const int s = static_cast<int>(
      std::lround(epoch - 86400.0 * static_cast<double>(days.time_since_epoch().count())));
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     s / 3600, s / 60 % 60, s % 60);
}

}  // namespace steppe
