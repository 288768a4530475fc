#include "models/economics/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

#include "sim/base/text_lines.h"
#include "sim/base/units.h"

namespace steppe::models {
namespace {

constexpr size_t kMaxErrors = 20, kMaxEntries = 40'000'000;

std::optional<double> number(std::string_view s, bool decimal_comma = false) {
  std::string swapped;
  if (decimal_comma && s.find(',') != std::string_view::npos) {
    swapped = s;
    swapped[swapped.find(',')] = '.';
    s = swapped;
  }
  if (s.starts_with('+')) s.remove_prefix(1);
  double v = 0.0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  if (error != std::errc() || end != s.data() + s.size() || !std::isfinite(v)) return {};
  return v;
}

bool missing(std::string_view s) {
  constexpr std::string_view kWords[] = {"", "NaN", "nan", "NA", "N/A", "n/a", "null", "NULL", "-"};
  return std::find(std::begin(kWords), std::end(kWords), s) != std::end(kWords);
}

struct Stamp {
  int64_t wall;                   ///< s of the epoch, as the clock shows
  std::optional<int64_t> offset;  ///< s, of the clock from UTC
};

/// Order of "3/4/2026": it is the file that tells.
enum class SlashDates { none, day_first, month_first };

/// "2026-01-15 06:30:00", "2026-01-15T06:30+08:00", "2026/1/5 6:30", "15.1.2026 6:30",
/// "2026-01-15", "1/15/2026 6:30 PM".
std::optional<Stamp> date(std::string_view s, SlashDates slash = SlashDates::none) {
  size_t at = 0;
  const auto digits = [&](size_t most, int& v) {
    size_t n = 0;
    v = 0;
    while (n < most && at < s.size() && std::isdigit(static_cast<unsigned char>(s[at])))
      v = 10 * v + (s[at++] - '0'), ++n;
    return n;
  };
  const auto sign = [&](std::string_view any) {
    if (at >= s.size() || any.find(s[at]) == std::string_view::npos) return '\0';
    return s[at++];
  };
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, sec = 0;
  const size_t first = digits(4, y);
  const char mark = sign("-/.");
  const bool slashed = mark == '/' && slash != SlashDates::none;
  if ((first != 4 && !((mark == '.' || slashed) && first > 0)) || !mark) return {};
  if (!digits(2, mo) || sign("-/.") != mark) return {};
  const size_t last = digits(first == 4 ? 2 : 4, d);
  if (!last || (first != 4 && last != 4)) return {};
  if (first != 4) std::swap(y, d);
  if (first != 4 && slashed && slash == SlashDates::month_first) std::swap(d, mo);
  Stamp out{0, {}};
  if (at < s.size()) {
    if (!sign(" T")) return {};
    while (at < s.size() && s[at] == ' ') ++at;
    if (!digits(2, h) || !sign(":") || digits(2, mi) != 2) return {};
    if (at < s.size() && s[at] == ':' && (++at, digits(2, sec) != 2)) return {};
    if (at < s.size() && s[at] == '.')
      for (++at; at < s.size() && std::isdigit(static_cast<unsigned char>(s[at]));) ++at;
    while (at < s.size() && s[at] == ' ') ++at;
    if (const auto half = s.substr(at, 2);
        half == "AM" || half == "PM" || half == "am" || half == "pm") {
      if (h < 1 || h > 12) return {};
      h = h % 12 + (half[0] == 'P' || half[0] == 'p' ? 12 : 0);
      at += 2;
      while (at < s.size() && s[at] == ' ') ++at;
    }
    if (at == s.size()) {
    } else if (s.substr(at) == "Z" || s.substr(at) == "UTC") {
      out.offset = 0;
    } else if (const char c = sign("+-")) {
      int oh = 0, om = 0;
      if (digits(2, oh) != 2) return {};
      sign(":");
      if (at < s.size() && digits(2, om) != 2) return {};
      if (at != s.size() || oh > 14 || om > 59) return {};
      out.offset = (c == '-' ? -1 : 1) * (oh * 3600 + om * 60);
    } else if (at != s.size()) {
      return {};
    }
  }
  using namespace std::chrono;
  const year_month_day day{year{y}, month{static_cast<unsigned>(mo)},
                           std::chrono::day{static_cast<unsigned>(d)}};
  if (!day.ok() || h > 24 || mi > 59 || sec > 59 || (h == 24 && mi + sec > 0)) return {};
  out.wall = sys_days{day}.time_since_epoch().count() * 86400LL + h * 3600 + mi * 60 + sec;
  return out;
}

/// A Sunday on which clocks change in Europe or North America, `t` within four hours of midnight.
bool clock_changes(int64_t t, bool forward) {
  using namespace std::chrono;
  if (((t % 86400) + 86400) % 86400 > 4 * 3600) return false;
  const sys_days day{days{(t - ((t % 86400) + 86400) % 86400) / 86400}};
  const year_month_day d{day};
  const auto is = [&](month m, auto which) { return sys_days{d.year() / m / which} == day; };
  return forward ? is(March, Sunday[last]) || is(March, Sunday[2])
                 : is(October, Sunday[last]) || is(November, Sunday[1]);
}

/// "power [kW]" or "power (kW)" into both.
std::pair<std::string, std::string> name_and_unit(std::string_view head) {
  const size_t open = head.find_last_of("[(");
  if (open == std::string_view::npos || open == 0 || (head.back() != ']' && head.back() != ')'))
    return {std::string(head), ""};
  size_t end = open;
  while (end > 0 && head[end - 1] == ' ') --end;
  return {std::string(head.substr(0, end)),
          std::string(head.substr(open + 1, head.size() - open - 2))};
}

/// The unit that a name without brackets ends in: "import_mwh", "kW".
std::string unit_in_name(const std::string& name) {
  constexpr std::string_view kUnits[] = {"W", "kW", "MW", "GW", "Wh", "kWh", "MWh", "GWh"};
  const size_t cut = name.find_last_of("_ ");
  std::string last = cut == std::string::npos ? name : name.substr(cut + 1);
  std::transform(last.begin(), last.end(), last.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto u : kUnits) {
    std::string lower(u);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (last == lower) return std::string(u);
  }
  return "";
}

class Reader {
 public:
  explicit Reader(const std::string& file) : lines_in_(file, "a CSV file is expected") {
    series_.source = lines_in_.source();
  }

  TimeSeries read() {
    settle_slashes();
    for (size_t i = 0; i < lines_in_.size(); ++i) {
      line_ = static_cast<int>(i) + 1;
      if (lines_in_.blank(i) || lines_in_.line(i).starts_with('#')) continue;
      if (series_.columns.empty())
        header(lines_in_.line(i));
      else
        row(lines_in_.line(i));
    }
    if (series_.columns.empty())
      throw UserError(
          fmt::format("{}: is empty; the first line names the columns: "
                      "\"time,power [kW]\"",
                      series_.source->name));
    check_words();
    arrange();
    return std::move(series_);
  }

 private:
  SourceLoc at(int column, size_t length) const {
    return {series_.source, line_, column, static_cast<int>(std::max<size_t>(1, length))};
  }
  void error(int column, size_t length, std::string text, std::string hint = {},
             SourceLoc other = {}) {
    d_.error(at(column, length), std::move(text), std::move(hint), std::move(other));
    if (d_.items().size() >= kMaxErrors) d_.throw_if_errors();
  }

  void header(std::string_view line) {
    for (char c : {';', '\t'})
      if (line.find(c) != std::string_view::npos) separator_ = c;
    const auto fields = text_fields(line, separator_);
    if (date(fields[0].text, slash_) || number(fields[0].text))
      throw UserError(at(1, line.size()), "the first line must name the columns",
                      "for example \"time,power [kW]\"");
    if (fields.size() < 2)
      throw UserError(at(1, line.size()), "one column is not enough: time and a value are needed",
                      "for example \"time,power [kW]\", separated by commas");
    for (size_t i = 1; i < fields.size(); ++i) {
      auto [name, unit] = name_and_unit(fields[i].text);
      if (unit.empty()) unit = unit_in_name(name);
      const auto u = unit.empty() ? std::nullopt : parse_unit(unit);
      series_.columns.push_back({name, unit, {}});
      scale_.push_back({u ? u->scale : 1.0, u ? u->offset : 0.0});
      words_.emplace_back();
      numbers_.push_back(0);
    }
  }

  /// The order of day and month in dates with slashes, from all of them: one that is above 12 is no
  /// month.
  void settle_slashes() {
    int first = 0, second = 0;
    size_t line = 0;
    for (size_t i = 0; i < lines_in_.size(); ++i) {
      int a = 0, b = 0, y = 0;
      const std::string text(lines_in_.line(i).substr(0, 16));
      const char* begin = text.c_str() + (text.starts_with('"') ? 1 : 0);
      if (std::sscanf(begin, "%2d/%2d/%4d", &a, &b, &y) != 3 || y < 1000) continue;
      if (line == 0) line = i + 1;
      first = std::max(first, a);
      second = std::max(second, b);
    }
    if (line == 0) return;
    line_ = static_cast<int>(line);
    if (first <= 12 && second <= 12)
      throw UserError(at(1, 10), "no date of the file tells which is the month and which the day",
                      "write 2026-01-31, or 31.1.2026");
    slash_ = first > 12 ? SlashDates::day_first : SlashDates::month_first;
  }

  void row(std::string_view line) {
    auto fields = text_fields(line, separator_);
    if (fields.size() != series_.columns.size() + 1 + (split_ ? 1 : 0))
      return error(
          1, line.size(),
          fmt::format("{} cells instead of {}", fields.size(), series_.columns.size() + 1));
    const auto plain = number(fields[0].text, separator_ == ';');
    // The day in one cell and the time in the next.
    std::string joined;
    const auto both = [&] { return fmt::format("{} {}", fields[0].text, fields[1].text); };
    if (times_.empty() && !plain && fields.size() > 2 && date(fields[0].text, slash_) &&
        fields[1].text.find(':') != std::string_view::npos && date(both(), slash_)) {
      split_ = true;
      series_.columns.erase(series_.columns.begin());
      scale_.erase(scale_.begin());
      words_.erase(words_.begin());
      numbers_.erase(numbers_.begin());
    }
    if (split_) {
      joined = both();
      fields.erase(fields.begin() + 1);
      fields[0].text = joined;
    }
    const auto dated = plain ? std::optional<Stamp>{} : date(fields[0].text, slash_);
    if (!plain && !dated)
      return error(fields[0].column, fields[0].text.size(),
                   fmt::format("'{}' is not a time", fields[0].text),
                   "\"2026-01-15 06:30\", \"15.1.2026 6:30\" or seconds");
    if (plain && *plain != std::floor(*plain))
      return error(fields[0].column, fields[0].text.size(), "time must be in whole seconds");
    int64_t t = dated ? dated->wall : static_cast<int64_t>(*plain);
    if (dated && dated->offset) {
      if (!offset_) offset_ = dated->offset;
      t += *offset_ - *dated->offset;
    } else if (dated && !times_.empty()) {
      change(t);
    }
    if (!times_.empty() && t <= times_.back())
      return error(fields[0].column, fields[0].text.size(),
                   t == times_.back() ? "this time stands twice" : "time goes back",
                   "clocks that change: write times with their offset, \"…T02:00+02:00\"",
                   SourceLoc{series_.source, lines_.back(), 1, 1});
    series_.dated = dated.has_value();
    times_.push_back(t);
    lines_.push_back(line_);
    for (size_t i = 1; i < fields.size(); ++i) {
      const auto v = number(fields[i].text, separator_ == ';');
      if (v)
        ++numbers_[i - 1];
      else if (!missing(fields[i].text) && words_[i - 1].size() < kMaxErrors)
        words_[i - 1].push_back(
            {at(fields[i].column, fields[i].text.size()), std::string(fields[i].text)});
      const auto& [scale, offset] = scale_[i - 1];
      series_.columns[i - 1].value.push_back(v ? *v * scale + offset : std::nan(""));
    }
  }

  /// Takes a wall clock's time into standard time, where its clocks change.
  void change(int64_t& t) {
    const int64_t wall = t;
    if (summer_) t -= 3600;
    const int64_t step = times_.size() > 1 ? times_[1] - times_[0] : 0;
    const int64_t jump = t - times_.back();
    if (!summer_ && step > 0 && jump == step + 3600 && clock_changes(wall, true)) {
      summer_ = true;
      t -= 3600;
      series_.summer.push_back({t, std::numeric_limits<int64_t>::max()});
    } else if (step > 0 && step <= 3600 && clock_changes(wall, false) &&
               wall - last_wall_ == step - 3600) {
      // A file that begins in summer shows it here only.
      if (!summer_) {
        for (int64_t& past : times_) past -= 3600;
        series_.summer.push_back({std::numeric_limits<int64_t>::min(), wall});
      } else {
        series_.summer.back().second = wall;
      }
      summer_ = false;
      t = wall;
    }
    last_wall_ = wall;
  }

  /// Columns of words are left out; a word among numbers is an error.
  void check_words() {
    bool any = false;
    for (size_t c = 0; c < words_.size(); ++c) any = any || numbers_[c] > 0 || words_[c].empty();
    std::vector<SeriesColumn> kept;
    for (size_t c = 0; c < words_.size(); ++c) {
      if (any && numbers_[c] == 0 && !words_[c].empty()) continue;
      for (const auto& [loc, text] : words_[c])
        d_.error(loc, fmt::format("'{}' is not a number", text),
                 text.find_first_not_of("+-0123456789.,") == std::string::npos
                     ? separator_ == ';'
                           ? "write 6355,72 or 6355.72, without marks of thousands"
                           : "write 6355.72; with semicolons between the cells 6355,72"
                     : "");
      kept.push_back(std::move(series_.columns[c]));
    }
    series_.columns = std::move(kept);
    d_.throw_if_errors();
  }

  /// Onto equal steps: the most frequent distance.
  void arrange() {
    if (times_.size() < 2)
      throw UserError(fmt::format("{}: {} data line{}; a series needs two", series_.source->name,
                                  times_.size(), times_.size() == 1 ? "" : "s"));
    std::map<int64_t, size_t> distance;
    for (size_t i = 1; i < times_.size(); ++i) ++distance[times_[i] - times_[i - 1]];
    series_.step =
        std::max_element(distance.begin(), distance.end(), [](const auto& a, const auto& b) {
          return a.second < b.second;
        })->first;
    series_.start = times_.front();
    const int64_t n = (times_.back() - times_.front()) / series_.step + 1;
    if (n > static_cast<int64_t>(kMaxEntries))
      throw UserError(
          fmt::format("{}: {} steps of {} s are too many", series_.source->name, n, series_.step));
    const auto size = static_cast<size_t>(n);
    series_.line.assign(size, 0);
    std::vector<std::vector<double>> value(series_.columns.size(),
                                           std::vector<double>(size, std::nan("")));
    for (size_t i = 0; i < times_.size(); ++i) {
      const int64_t offset = times_[i] - series_.start;
      line_ = lines_[i];
      if (offset % series_.step != 0) {
        error(1, 1, fmt::format("this time is off the grid of {} s", series_.step),
              "leave lines out, but do not shift them");
        continue;
      }
      const auto k = static_cast<size_t>(offset / series_.step);
      series_.line[k] = lines_[i];
      for (size_t c = 0; c < value.size(); ++c) value[c][k] = series_.columns[c].value[i];
    }
    d_.throw_if_errors();
    for (size_t c = 0; c < value.size(); ++c) series_.columns[c].value = std::move(value[c]);
  }

  TextLines lines_in_;
  TimeSeries series_;
  Diagnostics d_;
  char separator_ = ',';
  std::optional<int64_t> offset_;
  SlashDates slash_ = SlashDates::none;
  bool split_ = false;  ///< the time of day has a column of its own
  bool summer_ = false;
  int64_t last_wall_ = 0;
  std::vector<std::vector<std::pair<SourceLoc, std::string>>> words_;  ///< by column
  std::vector<size_t> numbers_;                                        ///< by column
  std::vector<std::pair<double, double>> scale_;
  std::vector<int64_t> times_;
  std::vector<int> lines_;
  int line_ = 0;
};

}  // namespace

SourceLoc TimeSeries::where(size_t entry) const {
  size_t i = std::min(entry, line.size() - 1);
  while (i > 0 && line[i] == 0) --i;
  return {source, line[i], 1, 1};
}

const SeriesColumn& TimeSeries::column(const std::string& name) const {
  std::vector<std::string> names;
  for (const auto& c : columns) {
    if (c.name == name) return c;
    names.push_back(c.name);
  }
  if (name.empty() && columns.size() == 1) return columns.front();
  std::string all;
  for (const auto& n : names) all += (all.empty() ? "" : ", ") + n;
  const auto near = nearest(name, names);
  throw UserError({source, 1, 1, 1},
                  name.empty() ? fmt::format("several columns: {}; name one", all)
                               : fmt::format("there is no column '{}'; there are {}", name, all),
                  near.empty() ? "" : fmt::format("did you mean '{}'?", near));
}

TimeSeries read_series(const std::string& file) { return Reader(file).read(); }

std::string date_time(int64_t epoch_second) {
  using namespace std::chrono;
  const int64_t day = epoch_second >= 0 ? epoch_second / 86400 : (epoch_second - 86399) / 86400;
  const year_month_day d{sys_days{days{day}}};
  const int64_t s = epoch_second - day * 86400;
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}", static_cast<int>(d.year()),
                     static_cast<unsigned>(d.month()), static_cast<unsigned>(d.day()), s / 3600,
                     s / 60 % 60);
}

std::vector<SeriesGap> gaps(const TimeSeries& s, const SeriesColumn& c) {
  std::vector<SeriesGap> out;
  for (size_t i = 0; i < s.size(); ++i) {
    if (!std::isnan(c.value[i])) continue;
    if (!out.empty() && out.back().last + 1 == i)
      out.back().last = i;
    else
      out.push_back({i, i});
  }
  return out;
}

int fill_gaps(SeriesColumn& c) {
  int filled = 0;
  auto& v = c.value;
  size_t last = v.size();
  for (size_t i = 0; i < v.size(); ++i) {
    if (std::isnan(v[i])) continue;
    const size_t from = last == v.size() ? 0 : last + 1;
    for (size_t k = from; k < i; ++k, ++filled)
      v[k] = last == v.size() ? v[i]
                              : v[last] + (v[i] - v[last]) * static_cast<double>(k - last) /
                                              static_cast<double>(i - last);
    last = i;
  }
  if (last == v.size()) return filled;
  for (size_t k = last + 1; k < v.size(); ++k, ++filled) v[k] = v[last];
  return filled;
}

Quarters quarters(const TimeSeries& s, const SeriesColumn& c) {
  constexpr int64_t kQuarter = 900;
  if (kQuarter % s.step != 0 && s.step % kQuarter != 0)
    throw UserError(s.where(1),
                    fmt::format("a step of {} s neither divides a quarter of an hour nor is a "
                                "multiple of one",
                                s.step));
  Quarters out;
  if (s.step >= kQuarter) {
    out.start = s.start;
    const auto times = static_cast<size_t>(s.step / kQuarter);
    for (double v : c.value) out.value.insert(out.value.end(), times, v);
  } else {
    const auto per = static_cast<size_t>(kQuarter / s.step);
    const int64_t late = ((s.start % kQuarter) + kQuarter) % kQuarter;
    const auto skip = static_cast<size_t>(late == 0 ? 0 : (kQuarter - late) / s.step);
    out.start = s.time(skip);
    for (size_t i = skip; i + per <= s.size(); i += per) {
      double sum = 0.0;
      for (size_t k = 0; k < per; ++k) sum += c.value[i + k];
      out.value.push_back(sum / static_cast<double>(per));
    }
  }
  if (out.start % kQuarter != 0)
    throw UserError(s.where(0), "the series does not begin on a quarter of an hour");
  return out;
}

}  // namespace steppe::models
