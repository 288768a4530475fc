#include "gui/document/display.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace steppe::gui {

namespace {

constexpr const char* kMinus = "\u2212";

}  // namespace

std::string number(double value, int digits) {
  if (std::isnan(value)) return "–";
  if (std::isinf(value)) return value > 0 ? "∞" : std::string(kMinus) + "∞";
  const double a = std::abs(value);
  std::string out;
  if (a != 0.0 && (a < 1e-4 || a >= 1e7)) {
    out = fmt::format("{:.{}e}", a, std::max(0, digits - 2));
  } else {
    const int whole = a == 0.0 ? 1 : static_cast<int>(std::floor(std::log10(a))) + 1;
    out = fmt::format("{:.{}f}", a, std::clamp(digits - whole, 0, 6));
  }
  // A value that rounds to zero has no sign.
  const bool zero = out.find_first_of("123456789") == std::string::npos;
  return value < 0 && !zero ? kMinus + out : out;
}

std::string quantity(double si, std::string_view unit, int digits) {
  // What is left of a balance of large numbers is no quantity.
  const double noise = unit == "W" ? 1e-3 : unit == "kg/s" || unit == "m3/s" ? 1e-6 : 1e-9;
  if (std::abs(si) < noise) si = 0.0;
  const DisplayUnit u = display_unit(unit, si);
  return u.name.empty() ? number(u.shown(si), digits) : number(u.shown(si), digits) + " " + u.name;
}

namespace {

struct Clock {
  int year, weekday, day, month, hour, minute;
  double second;
};
Clock clock_at(std::string_view start, double t) {
  using namespace std::chrono;
  // Whole milliseconds: a cursor between two samples must not read 14:02:59.9999.
  const auto ms = static_cast<int64_t>(std::llround((epoch_of(start) + t) * 1e3));
  const auto day = floor<days>(sys_time<milliseconds>(milliseconds(ms)));
  const year_month_day date(day);
  const int64_t in_day = ms - duration_cast<milliseconds>(day.time_since_epoch()).count();
  return {int(date.year()),
          int(weekday(day).c_encoding()),
          int(unsigned(date.day())),
          int(unsigned(date.month())),
          int(in_day / 3'600'000),
          int(in_day / 60'000 % 60),
          static_cast<double>(in_day % 60'000) / 1e3};
}
std::string hms(const Clock& c) {
  const bool whole = c.second == std::floor(c.second);
  return whole ? fmt::format("{:02}:{:02}:{:02.0f}", c.hour, c.minute, c.second)
               : fmt::format("{:02}:{:02}:{:06.3f}", c.hour, c.minute, c.second);
}

}  // namespace

double epoch_of(std::string_view start) {
  int y = 0, m = 0, d = 0, h = 0, min = 0, s = 0;
  if (std::sscanf(std::string(start).c_str(), "%d-%d-%d%*c%d:%d:%d", &y, &m, &d, &h, &min, &s) < 3)
    return 0.0;
  using namespace std::chrono;
  const year_month_day date{year(y), month(static_cast<unsigned>(m)),
                            day(static_cast<unsigned>(d))};
  if (!date.ok()) return 0.0;
  return static_cast<double>(sys_days(date).time_since_epoch().count()) * 86400.0 + h * 3600.0 +
         min * 60.0 + s;
}

std::string clock_long(std::string_view start, double t) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Clock c = clock_at(start, t);
  return fmt::format("{} {} {} {} {}", kDays[c.weekday], c.day, kMonths[c.month - 1], c.year,
                     hms(c));
}

std::string clock_short(std::string_view start, double t) { return hms(clock_at(start, t)); }

std::string told_unit(std::string_view signal, std::string_view unit) {
  const std::string_view member = signal.substr(signal.rfind('.') + 1);
  const bool share = member == "soc" || member == "state_of_charge" || member == "soh";
  return std::string(unit == "1" && share ? "%" : unit);
}

std::string title_of(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '_', ' ');
  for (const char* word : {"pue", "wue", "cue", "erf", "slo", "gpu", "ups"}) {
    const size_t n = 3;
    for (size_t at = out.find(word); at != std::string::npos; at = out.find(word, at + n))
      if ((at == 0 || out[at - 1] == ' ') && (at + n == out.size() || out[at + n] == ' '))
        for (size_t i = at; i < at + n; ++i) out[i] = static_cast<char>(std::toupper(out[i]));
  }
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"15min", "15 min"},
                                 {"mdot", "mass flow"},
                                 {"ttft", "TTFT"},
                                 {"tpot", "TPOT"},
                                 {" it ", " IT "},
                                 {"energy it", "energy IT"}})
    if (const size_t at = out.find(from); at != std::string::npos) out.replace(at, from.size(), to);
  if (!out.empty()) out[0] = static_cast<char>(std::toupper(out[0]));
  return out;
}

}  // namespace steppe::gui
