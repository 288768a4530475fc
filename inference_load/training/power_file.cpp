#include "inference_load/training/power_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "inference_load/arrivals/lines.h"
#include "sim/base/units.h"

namespace steppe::load {
namespace {

/// "site.power" of "site.power [MW]".
std::string bare_name(std::string_view text) {
  return std::string(unit_of(text).empty() ? text : trim(text.substr(0, text.find_last_of("[("))));
}

}  // namespace

PowerCurve read_power(const std::string& path, const std::string& column) {
  LineReader lines(path);
  Problems problems(path);
  std::string line;
  while (lines.next(line) && trim(line).empty()) {
  }
  if (trim(line).empty()) problems.raise("the file is empty", "a header and rows of numbers");
  std::vector<Field> f;
  const char by = separator(line);
  split(line, f, by);
  const size_t width = f.size(), none = width;
  size_t time = none, power = none;
  double scale = 1.0, time_scale = 1.0;
  std::string names;
  for (size_t i = 0; i < width; ++i) {
    const std::string name = bare_name(f[i].text), plain = plain_name(name);
    names += (names.empty() ? "" : ", ") + name;
    if (time == none &&
        (plain == "time" || plain == "t" || plain == "times" || plain == "relativetimes")) {
      time = i;
      time_scale = header_scale(f[i], "s", problems, lines.number(), line);
      continue;
    }
    const bool fits = column.empty() ? plain.starts_with("power") || f[i].text.ends_with("W]")
                                     : name == column || f[i].text == column;
    if (!fits) continue;
    if (power != none) problems.raise("several columns of power; name one of them", names);
    power = i;
    scale = header_scale(f[i], "W", problems, lines.number(), line);
  }
  if (time == none)
    problems.add(lines.number(), line, 0, line.size(), "no column of time", "time [s]");
  if (power == none)
    problems.add(lines.number(), line, 0, line.size(),
                 column.empty() ? "no column of power" : fmt::format("no column '{}'", column),
                 "there are: " + names);
  if (problems.any()) problems.raise();
  PowerCurve c;
  while (lines.next(line)) {
    if (trim(line).empty()) continue;
    split(line, f, by);
    double t = 0.0, p = 0.0;
    if (f.size() != width)
      problems.add(lines.number(), line, 0, line.size(),
                   fmt::format("{} fields where the header has {}", f.size(), width));
    else if (!number(f[time].text, t) || !std::isfinite(t))
      problems.add(lines.number(), line, f[time],
                   fmt::format("'{}' is no time in s", f[time].text));
    else if (!number(f[power].text, p) || !std::isfinite(p))
      problems.add(lines.number(), line, f[power], fmt::format("'{}' is no number", f[power].text));
    else if (!c.time.empty() && time_scale * t <= c.time.back())
      problems.add(lines.number(), line, f[time], "time does not advance");
    else {
      c.time.push_back(time_scale * t);
      c.power.push_back(scale * p);
    }
  }
  if (problems.any()) problems.raise();
  return c;
}

}  // namespace steppe::load
