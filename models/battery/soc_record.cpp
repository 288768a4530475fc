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

SocRecord read_soc_record(const std::string& path) {
  const TextLines in(path, "a CSV file is expected");
  size_t row = 0;
  while (row < in.size() && in.blank(row)) ++row;
  if (row == in.size()) throw UserError(fmt::format("{}: the file is empty", path));
  const size_t head = row;
  const auto header = in.fields(head);
  size_t time = header.size(), soc = time, temp = time;
  double time_scale = 1.0, soc_scale = 1.0, temp_shift = 273.15;
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
    }
  }
  for (const auto& [at, what] : {std::pair{time, "time_s"}, std::pair{soc, "soc"}})
    if (at == header.size())
      in.fail(head, header[0], fmt::format("no column '{}' in the header", what),
              "expected: time_s,soc,temperature_c (the last one may be left out)");
  SocRecord r;
  for (++row; row < in.size(); ++row) {
    if (in.blank(row)) continue;
    const auto f = in.fields(row);
    if (f.size() < header.size())
      in.fail(row, {in.line(row).substr(0, 1), 1},
              fmt::format("{} fields, the header has {}", f.size(), header.size()));
    const double t = in.number(row, f[time], "a time") * time_scale;
    if (!r.time.empty() && t <= r.time.back()) in.fail(row, f[time], "the time does not rise");
    const double s = in.number(row, f[soc], "a state of charge") * soc_scale;
    // What a file rounds may lie a little outside.
    if (s < -1e-6 || s > 1.0 + 1e-6)
      in.fail(row, f[soc],
              fmt::format("a state of charge of {} is outside 0 to {}", f[soc].text,
                          soc_scale < 1.0 ? "100 %" : "1"),
              soc_scale == 1.0 && s > 1.5 ? "in per cent? Name the column 'soc_pct'" : "");
    r.time.push_back(t);
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

}  // namespace steppe::models
