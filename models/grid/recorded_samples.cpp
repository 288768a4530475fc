#include "models/grid/recorded_samples.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "models/grid/comtrade.h"
#include "sim/base/text_lines.h"

namespace steppe::models {
namespace {

namespace fs = std::filesystem;

struct Column {
  std::string name, unit, phase;  ///< unit and phase in lower case
};

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_frequency(const Column& c) {
  const std::string n = lower(c.name);
  return c.unit == "hz" || c.unit == "mhz" ||
         ((c.unit.empty() || c.unit == "pu" || c.unit == "p.u.") &&
          (n[0] == 'f' || n.find("freq") != std::string::npos));
}
bool is_voltage(const Column& c) {
  if (is_frequency(c)) return false;
  for (const char* unit : {"v", "kv", "mv", "pu", "p.u.", "%"})
    if (c.unit == unit) return true;
  const std::string n = lower(c.name);
  return c.unit.empty() && (n[0] == 'u' || n[0] == 'v');
}
/// a, b or c, by its own field or by its name: A, UA, Va-n, UAB, UL1, U1, UR.
char phase_of(const Column& c) {
  std::string s = lower(c.phase.empty() ? c.name : c.phase);
  while (s.size() > 1 && (s.back() == 'n' || s.back() == '-' || s.back() == '_' || s.back() == ' '))
    s.pop_back();
  if (s.empty()) return ' ';
  const auto phase = [](char x) { return x >= 'a' && x <= 'c'; };
  const char last = s.back(), before = s.size() > 1 ? s[s.size() - 2] : ' ';
  if (phase(last)) return phase(before) ? before : last;
  if (last >= '1' && last <= '3' && (before == 'l' || s.size() <= 2))
    return static_cast<char>('a' + (last - '1'));
  if (last >= 'r' && last <= 't') return static_cast<char>('a' + (last - 'r'));
  return last;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find(',', begin), text.size());
    std::string part = text.substr(begin, end - begin);
    part.erase(0, part.find_first_not_of(" \t"));
    part.erase(part.find_last_not_of(" \t") + 1);
    if (!part.empty()) out.push_back(part);
    begin = end + 1;
  }
  return out;
}

/// Indices of the wanted columns.
std::vector<size_t> choose(const std::vector<Column>& columns, const std::string& channels,
                           const std::string& path, const std::string& id) {
  std::vector<std::string> names;
  for (const auto& c : columns) names.push_back(c.name);
  const auto refuse = [&](const std::string& why, const std::string& word) {
    std::vector<std::string> shown(
        names.begin(), names.begin() + static_cast<long>(std::min<size_t>(names.size(), 12)));
    const std::string near = word.empty() ? "" : nearest(word, names);
    throw UserError(
        fmt::format("recording '{}': {}\n  {} has {}: {}{}{}", id, why, path,
                    names.size() == 1 ? "one channel" : fmt::format("{} channels", names.size()),
                    fmt::join(shown, ", "), names.size() > shown.size() ? " …" : "",
                    near.empty() ? "" : fmt::format("\n  did you mean '{}'?", near)));
  };
  std::vector<size_t> out;
  for (const std::string& word : split(channels)) {
    const bool number =
        std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    std::optional<size_t> found;
    if (number) {
      const unsigned long k = word.size() < 7 ? std::stoul(word) : 0;
      if (k >= 1 && k <= columns.size()) found = k - 1;
    }
    for (size_t k = 0; k < columns.size() && !found; ++k)
      if (columns[k].name == word) found = k;
    if (!found) refuse(fmt::format("there is no channel '{}'", word), word);
    out.push_back(*found);
  }
  if (!out.empty()) {
    if (out.size() != 1 && out.size() != 3)
      refuse(
          fmt::format("{} channels are given; one, or the three phases, are expected", out.size()),
          "");
    return out;
  }
  // Three neighbours in any order first, then the first of each phase wherever it stands.
  const auto of_phase = [&](char phase, size_t from, size_t to) {
    size_t k = from;
    while (k < to && (!is_voltage(columns[k]) || phase_of(columns[k]) != phase)) ++k;
    return k;
  };
  for (size_t length : {size_t{3}, columns.size()})
    for (size_t from = 0; from + length <= columns.size() && length >= 3; ++from) {
      const size_t to = from + length, a = of_phase('a', from, to), b = of_phase('b', from, to),
                   c = of_phase('c', from, to);
      if (a < to && b < to && c < to) return {a, b, c};
    }
  for (const auto& wanted : {is_voltage, is_frequency})
    for (size_t k = 0; k < columns.size(); ++k)
      if (wanted(columns[k])) return {k};
  refuse("no channel looks like a voltage or a frequency; name one with 'channels'", "");
  return out;
}

RecordedSamples from_comtrade(const std::string& path, const std::string& channels,
                              const std::string& id) {
  std::vector<Column> columns;
  for (const auto& c : read_comtrade_config(path).analog)
    columns.push_back({c.name, lower(c.unit), lower(c.phase)});
  if (columns.empty())
    throw UserError(fmt::format("recording '{}': {} has no analog channel", id, path));
  const auto wanted = choose(columns, channels, path, id);
  Comtrade r = read_comtrade(path, wanted);
  RecordedSamples out;
  for (size_t k : wanted) {
    out.names.push_back(columns[k].name);
    out.units.push_back(columns[k].unit);
    out.skew.push_back(r.analog[k].skew);
  }
  out.time = std::move(r.time);
  out.values = std::move(r.values);
  out.frequency = r.frequency;
  out.title = r.station;
  out.where = [path](size_t sample) {
    auto source = std::make_shared<SourceText>();
    source->name = fmt::format("{}, sample {}", path, sample + 1);
    return SourceLoc{source, 0, 0, 1};
  };
  return out;
}

/// "Ua_kV", "f [Hz]", "t (ms)": name and unit.
Column header(std::string_view text) {
  Column c;
  std::string s(text);
  const size_t bracket = s.find_first_of("[(");
  if (bracket != std::string::npos) {
    c.unit = lower(s.substr(bracket + 1, s.find_first_of("])", bracket) - bracket - 1));
    s.erase(bracket);
    s.erase(s.find_last_not_of(" \t_") + 1);
    c.name = s;
    return c;
  }
  c.name = s;
  const size_t score = s.rfind('_');
  static const std::vector<std::string> units{"v", "kv", "pu", "hz", "mhz", "a", "ka",
                                              "s", "ms", "us", "ns", "min", "h", "%"};
  if (std::find(units.begin(), units.end(), lower(s)) != units.end()) c.unit = lower(s);  // "Hz"
  if (score != std::string::npos &&
      std::find(units.begin(), units.end(), lower(s.substr(score + 1))) != units.end())
    c.unit = lower(s.substr(score + 1));
  return c;
}

/// Seconds of "2023-05-12 19:45:25.603", "2023/05/12T19:45:25Z", "12.05.2023 19:45",
/// "2023-05-12T19:45:25+08:00"; nothing else.
std::optional<double> date(std::string_view text) {
  std::string t(text);
  std::replace(t.begin(), t.end(), ',', '.');
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, used = 0;
  double s = 0.0, offset = 0.0;
  if (std::sscanf(t.c_str(), "%4d%*1[-/]%2d%*1[-/]%2d%n", &y, &mo, &d, &used) != 3) {
    used = 0;
    if (std::sscanf(t.c_str(), "%2d.%2d.%4d%n", &d, &mo, &y, &used) != 3) return std::nullopt;
  }
  const char* rest = t.c_str() + used;
  const auto read = [&](const char* format, auto*... to) {
    int n = 0;
    const bool all = std::sscanf(rest, format, to..., &n) == static_cast<int>(sizeof...(to));
    if (all) rest += n;
    return all;
  };
  if (*rest == ' ' || *rest == 'T') {
    ++rest;
    if (!read("%2d:%2d%n", &h, &mi)) return std::nullopt;
    if (*rest == ':' && !read(":%lf%n", &s)) return std::nullopt;
  }
  if (*rest == 'Z') {
    ++rest;
  } else if (*rest == '+' || *rest == '-') {
    const double sign = *rest++ == '+' ? 1.0 : -1.0;
    int hours = 0, minutes = 0;
    if (!read("%2d:%2d%n", &hours, &minutes) && !read("%2d%2d%n", &hours, &minutes) &&
        !read("%2d%n", &hours))
      return std::nullopt;
    offset = sign * (3600.0 * hours + 60.0 * minutes);
  }
  if (*rest != '\0') return std::nullopt;
  if (mo < 1 || mo > 12 || d < 1 || d > 31 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 ||
      s >= 61)
    return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year{y},
                                        std::chrono::month(static_cast<unsigned>(mo)),
                                        std::chrono::day(static_cast<unsigned>(d))};
  if (!day.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days{day}.time_since_epoch().count();
  return 86400.0 * static_cast<double>(days) + 3600.0 * h + 60.0 * mi + s - offset;
}

bool numeric(std::string_view s) {
  return !s.empty() && s.find_first_not_of("0123456789+-.,eE") == std::string_view::npos;
}

RecordedSamples from_csv(const std::string& path, const std::string& channels,
                         const std::string& id) {
  const auto t =
      std::make_shared<TextLines>(path, "a recording is CSV, or a COMTRADE pair of .cfg and .dat");
  const auto skip = [&](size_t i) { return t->line(i).empty() || t->line(i)[0] == '#'; };
  size_t i = 0;
  while (i < t->size() && skip(i)) ++i;
  if (i == t->size()) throw UserError(fmt::format("{}: holds no samples", path));
  char separator = ',';
  for (char c : {';', '\t'})
    if (t->line(i).find(',') == std::string_view::npos &&
        t->line(i).find(c) != std::string_view::npos)
      separator = c;
  const auto head = t->fields(i, separator);
  if (head.size() < 2)
    t->fail(i, head[0], "expected at least two columns: time, and a voltage or frequency");
  std::vector<Column> columns;
  double time_unit = 1.0;
  const auto date_alone = [](const TextField& f) {
    return date(f.text) && f.text.find(':') == std::string_view::npos;
  };
  // Without a header the first line is a sample: a number or a date, then numbers.
  const bool has_header = !numeric(head[0].text) && !date(head[0].text);
  // Date and time of day may have a column each.
  const size_t second = i + (has_header ? 1 : 0);
  const auto row = second < t->size() ? t->fields(second, separator) : head;
  const size_t first_value =
      row.size() > 2 && date_alone(row[0]) && row[1].text.find(':') != std::string_view::npos ? 2
                                                                                              : 1;
  for (size_t k = 0; k < head.size(); ++k) {
    Column c = has_header ? header(head[k].text) : Column{fmt::format("{}", k), "", ""};
    if (k > 0 && k < first_value) continue;
    if (k > 0) {
      if (c.name.empty()) t->fail(i, head[k], "this column has no name");
      columns.push_back(c);
    } else if (c.unit == "ms") {
      time_unit = 1e-3;
    } else if (c.unit == "us") {
      time_unit = 1e-6;
    } else if (c.unit == "ns") {
      time_unit = 1e-9;
    } else if (c.unit == "min") {
      time_unit = 60.0;
    } else if (c.unit == "h") {
      time_unit = 3600.0;
    } else if (!c.unit.empty() && c.unit != "s") {
      t->fail(i, head[k],
              fmt::format("the first column is the time; '{}' is no unit of time", c.unit));
    }
  }
  // Without a header there is nothing to choose by: the first columns, as voltages.
  if (!has_header)
    for (auto& c : columns) c.name = fmt::format("{}", &c - columns.data() + 1);
  const std::string wanted_names =
      !has_header && channels.empty() ? (columns.size() >= 3 ? "1,2,3" : "1") : channels;
  // A name may be given without its unit.
  auto named = columns;
  const auto words = split(wanted_names);
  for (auto& c : named)
    for (const auto& w : words)
      if (c.name != w && !c.unit.empty() && lower(c.name) == lower(w) + "_" + c.unit) c.name = w;
  const auto wanted = choose(named, wanted_names, path, id);

  RecordedSamples out;
  for (size_t k : wanted) {
    out.names.push_back(columns[k].name);
    out.units.push_back(columns[k].unit);
  }
  out.values.resize(wanted.size());
  auto lines = std::make_shared<std::vector<size_t>>();
  double first = 0.0;
  // A decimal comma is one where commas do not divide the fields.
  const auto number = [&](size_t l, TextField f, const std::string& what) {
    std::string point(f.text);
    if (separator != ',' && point.find('.') == std::string::npos)
      std::replace(point.begin(), point.end(), ',', '.');
    f.text = point;
    return t->number(l, f, what);
  };
  for (size_t l = i + (has_header ? 1 : 0); l < t->size(); ++l) {
    if (skip(l)) continue;
    const auto f = t->fields(l, separator);
    if (f.size() != head.size())
      t->fail(l, f.back(),
              fmt::format("{} fields where the {} has {}", f.size(),
                          has_header ? "header" : "first line", head.size()),
              l + 1 == t->size() ? "the line is cut short" : "");
    double time = 0.0;
    const std::string stamp =
        first_value == 2 ? fmt::format("{} {}", f[0].text, f[1].text) : std::string(f[0].text);
    if (const auto d = date(stamp)) {
      time = *d;
    } else {
      time =
          number(l, f[0], "a time in seconds, or a date like 2026-01-15 06:30:00.25") * time_unit;
    }
    if (out.time.empty()) first = time;
    time -= first;
    if (!out.time.empty() && time <= out.time.back())
      t->fail(l, f[0], fmt::format("time does not rise: {} s after {} s", time, out.time.back()));
    out.time.push_back(time);
    lines->push_back(l);
    for (size_t w = 0; w < wanted.size(); ++w) {
      const TextField& field = f[first_value + wanted[w]];
      const std::string word = lower(field.text);
      const bool missing = word.empty() || word == "nan" || word == "na" || word == "null";
      out.values[w].push_back(missing ? std::nan("")
                                      : number(l, field, "a sample of " + columns[wanted[w]].name));
    }
  }
  if (out.time.size() < 2) throw UserError(t->at(i), "expected at least two samples");
  out.title = fs::path(path).filename().string();
  out.where = [t, lines](size_t sample) { return t->at((*lines)[sample]); };
  return out;
}

}  // namespace

bool holds_frequency(const RecordedSamples& s, size_t channel) {
  return is_frequency({s.names[channel], s.units[channel], ""});
}

RecordedSamples read_samples(const std::string& path, const std::string& channels,
                             const std::string& id) {
  const std::string ending = lower(fs::path(path).extension().string());
  const bool comtrade = ending == ".cfg" || ending == ".dat" || ending == ".cff";
  RecordedSamples s = comtrade ? from_comtrade(path, channels, id) : from_csv(path, channels, id);
  if (s.time.size() < 2)
    throw UserError(
        fmt::format("{}: holds {} sample; a curve needs at least two", path, s.time.size()));
  return s;
}

}  // namespace steppe::models
