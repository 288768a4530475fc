#include "models/battery/soc_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>

#include "sim/base/text_lines.h"

namespace steppe::models {
namespace {

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}
bool ends(const std::string& name, const std::string& unit) {
  for (const char* form : {"_{}", "[{}]", "({})"})
    if (name.ends_with(fmt::format(fmt::runtime(form), unit))) return true;
  return false;
}

}  // namespace

BatteryRecord read_battery_record(const std::string& path) {
  const TextLines in(path, "a CSV file is expected");
  size_t row = 0;
  while (row < in.size() && in.blank(row)) ++row;
  if (row == in.size()) throw UserError(fmt::format("{}: the file is empty", path));
  const size_t head = row;
  const auto header = in.fields(head);
  size_t time = header.size(), soc = time, temp = time, power = time;
  double time_scale = 1.0, soc_scale = 1.0, temp_shift = 273.15, power_scale = 0.0;
  for (size_t i = header.size(); i-- > 0;) {
    const std::string name = lower(header[i].text);
    if (name.starts_with("time") || name == "t") {
      time = i;
      time_scale = ends(name, "h") ? 3600.0 : 1.0;
    } else if (name.starts_with("soc") || name.starts_with("state_of_charge")) {
      soc = i;
      soc_scale =
          name.find('%') != std::string::npos || name.find("pct") != std::string::npos ? 0.01 : 1.0;
    } else if (name.starts_with("temp")) {
      temp = i;
      temp_shift = ends(name, "k") ? 0.0 : 273.15;
    } else if (name.starts_with("p_") || name.starts_with("power")) {
      power = i;
      power_scale = ends(name, "mw") ? 1e6 : ends(name, "kw") ? 1e3 : ends(name, "w") ? 1.0 : 0.0;
    }
  }
  const size_t none = header.size();
  const auto missing = [&](const char* what) {
    in.fail(
        head, header[0], fmt::format("no column '{}' in the header", what),
        "expected: time_s,soc,temperature_c (the last one may be left out), or time_s,power_kW");
  };
  if (time == none) missing("time_s");
  if (soc == none && power == none) missing("soc");
  if (soc == none && power_scale == 0.0)
    in.fail(head, header[power], fmt::format("the unit of '{}' is unknown", header[power].text),
            "expected a name that ends on _W, _kW or _MW");
  BatteryRecord r;
  for (++row; row < in.size(); ++row) {
    if (in.blank(row)) continue;
    const auto f = in.fields(row);
    if (f.size() < header.size())
      in.fail(row, {in.line(row).substr(0, 1), 1},
              fmt::format("{} fields, the header has {}", f.size(), header.size()));
    const double t = in.number(row, f[time], "a time") * time_scale;
    if (!r.time.empty() && t <= r.time.back()) in.fail(row, f[time], "the time does not rise");
    r.time.push_back(t);
    if (soc == none) {
      const double p = in.number(row, f[power], "a power") * power_scale;
      if (!std::isfinite(p)) in.fail(row, f[power], "the power is not finite");
      r.power.push_back(p);
      continue;
    }
    const double s = in.number(row, f[soc], "a state of charge") * soc_scale;
    // What a file rounds may lie a little outside.
    if (s < -1e-6 || s > 1.0 + 1e-6)
      in.fail(row, f[soc],
              fmt::format("a state of charge of {} is outside 0 to {}", f[soc].text,
                          soc_scale < 1.0 ? "100 %" : "1"),
              soc_scale == 1.0 && s > 1.5 ? "in per cent? Name the column 'soc_pct'" : "");
    r.soc.push_back(std::clamp(s, 0.0, 1.0));
    if (temp == header.size()) continue;
    const double k = in.number(row, f[temp], "a temperature") + temp_shift;
    if (k < 213.15 || k > 373.15)
      in.fail(row, f[temp],
              fmt::format("a temperature of {} is outside -60 to 100 degC", f[temp].text),
              temp_shift > 0.0 && k > 373.15 ? "in kelvin? Name the column 'temperature_K'" : "");
    r.temp.push_back(k);
  }
  if (r.time.size() < 2) throw UserError(fmt::format("{}: at least two samples are needed", path));
  return r;
}

double BatteryRecord::length() const {
  const size_t n = time.size();
  return time[n - 1] - time[0] + time[n - 1] - time[n - 2];
}

std::vector<double> mean_power(const BatteryRecord& r, double dt) {
  const auto n = static_cast<size_t>(std::max(1.0, std::round(r.length() / dt)));
  std::vector<double> mean(n, 0.0);
  for (size_t i = 0; i < r.time.size(); ++i) {
    const double from = r.time[i] - r.time[0],
                 to = i + 1 < r.time.size() ? r.time[i + 1] - r.time[0] : r.length();
    for (double t = from; t < to;) {
      const auto k = static_cast<size_t>(t / dt + 1e-9);
      if (k >= n) break;
      const double end = std::min(to, static_cast<double>(k + 1) * dt);
      mean[k] += r.power[i] * (end - t) / dt;
      t = end;
    }
  }
  return mean;
}

}  // namespace steppe::models
