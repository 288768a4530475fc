#include "models/environment/epw.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <string_view>

#include "models/properties/moist_air.h"

namespace steppe::models {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kZeroC = 273.15;
constexpr size_t kMaxBytes = 256u << 20;
constexpr int kMaxErrors =
    20;  // the same mistake on 8760 lines is told once, different ones a few times
constexpr size_t kHeaderLines = 20;

// Humidity above 100 % is common in real files (ice and water are mixed up below 0 °C): up to 150 %
// it is accepted and, where it has to stand for the dew point, taken as saturation.
/// What is read of a record. `missing` is the format's code; `lo`…`hi` what a weather station can
/// measure.
struct Column {
  size_t field;  ///< from 0
  const char* name;
  const char* unit;
  std::array<double, 2> missing;
  double lo, hi;
  const char* hint;
  bool optional;  ///< a file without any value is used with a note
};
enum Quantity : size_t { kTemp, kDewPoint, kHumidity, kPressure, kGhi, kDni, kDhi, kWind, kCount };
constexpr std::array<Column, kCount> kColumns{{
    {6, "dry bulb", "°C", {99.9, 999.0}, -70.0, 70.0, "", false},
    {7, "dew point", "°C", {99.9, 999.0}, -90.0, 70.0, "", false},
    {8,
     "relative humidity",
     "%",
     {999.0, 999.0},
     0.0,
     150.0,
     "EPW gives relative humidity in percent",
     false},
    {9, "pressure", "Pa", {999999.0, 999999.0}, 31000.0, 120000.0, "", true},
    {13, "global horizontal radiation", "Wh/m2", {9999.0, 99999.0}, 0.0, 1600.0, "", true},
    {14, "direct normal radiation", "Wh/m2", {9999.0, 99999.0}, 0.0, 1600.0, "", true},
    {15, "diffuse horizontal radiation", "Wh/m2", {9999.0, 99999.0}, 0.0, 1600.0, "", true},
    {21, "wind speed", "m/s", {999.0, 999.0}, 0.0, 70.0, "EPW gives wind speed in m/s", true},
}};
constexpr size_t kFields = 22;

std::string_view trimmed(std::string_view s) {
  const auto ws = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!s.empty() && ws(s.front())) s.remove_prefix(1);
  while (!s.empty() && ws(s.back())) s.remove_suffix(1);
  return s;
}

template <class T>
bool to_number(std::string_view cell, T& value) {
  cell = trimmed(cell);
  if (!cell.empty() && cell.front() == '+') cell.remove_prefix(1);
  const auto [end, ec] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (ec != std::errc{} || end != cell.data() + cell.size() || cell.empty()) return false;
  if constexpr (std::is_floating_point_v<T>) return std::isfinite(value);
  return true;
}

std::string_view wrong_unit_hint(size_t q, double v) {
  if (q == kTemp || q == kDewPoint) {
    if (v > 180.0 && v < 340.0) return "looks like kelvin; EPW gives temperatures in °C";
    if (v > 70.0 && v < 180.0) return "looks like °F; EPW gives temperatures in °C";
  }
  if (q == kPressure) {
    if (v > 300.0 && v < 1200.0) return "looks like hPa; EPW gives pressure in Pa";
    if (v > 30.0 && v < 120.0) return "looks like kPa; EPW gives pressure in Pa";
  }
  return kColumns[q].hint;
}

/// Missing values of other tables that found their way into an EPW file.
bool is_foreign_code(double v) {
  const double a = std::abs(v);
  return a == 999.0 || a == 999.9 || a == 9999.0 || a == 99999.0 || a == 999999.0;
}

class Reader {
 public:
  Reader(const SourceTextPtr& source, const EpwOptions& options)
      : source_(source), options_(options), text_(source->text) {}

  WeatherSeries read() {
    refuse_other_formats();
    read_header();
    read_records();
    errors_.throw_if_errors();
    place_records();
    errors_.throw_if_errors();
    report_ranges();
    errors_.throw_if_errors();
    derive_and_fill();
    errors_.throw_if_errors();
    convert();
    errors_.throw_if_errors();
    return std::move(out_);
  }

  /// Of the header alone.
  double elevation() {
    refuse_other_formats();
    read_header();
    return out_.elevation;
  }

 private:
  struct Record {
    int month, day, hour, minute, line;
    std::array<double, kCount> value;
  };

  SourceLoc at(int line, int column = 1, int length = 1) const {
    return {source_, line, column, std::max(1, length)};
  }
  SourceLoc at(int line, std::string_view row, std::string_view cell) const {
    const auto t = trimmed(cell);
    const auto& c = t.empty() ? cell : t;
    return at(line, static_cast<int>(c.data() - row.data()) + 1, static_cast<int>(c.size()));
  }
  bool full() const { return errors_.errors() >= kMaxErrors; }

  /// Next line without its end; false at the end of the text.
  bool next_line(std::string_view& row) {
    if (offset_ >= text_.size()) return false;
    const size_t end = std::min(text_.find(line_end_, offset_), text_.size());
    row = text_.substr(offset_, end - offset_);
    offset_ = end + 1;
    ++line_;
    if (!row.empty() && row.back() == '\r') row.remove_suffix(1);
    return true;
  }
  static void split(std::string_view row, std::vector<std::string_view>& cells, size_t limit) {
    cells.clear();
    while (cells.size() < limit) {
      const size_t comma = row.find(',');
      cells.push_back(row.substr(0, comma));
      if (comma == std::string_view::npos) return;
      row.remove_prefix(comma + 1);
    }
  }

  void refuse_other_formats() {
    const SourceLoc whole{source_, 0, 0, 1};
    if (trimmed(text_).empty() || text_.find_first_not_of(" \t\r\n") == std::string_view::npos)
      throw UserError(whole, "the weather file is empty");
    if (text_.starts_with("\xef\xbb\xbf")) offset_ = 3;  // byte order mark
    if (text_.find('\0') != std::string_view::npos)
      throw UserError(whole,
                      "this is not a text file: it holds zero bytes (binary data or UTF-16); an "
                      "EPW weather file is plain text");
    if (!is_key(text_.substr(offset_, 8), "LOCATION"))
      throw UserError(
          whole, "this is not an EPW weather file: its first line must begin with 'LOCATION,'");
    const char separator = text_.size() > offset_ + 8 ? text_[offset_ + 8] : ',';
    if (separator == ';' || separator == '\t')
      throw UserError(at(1, 9), "the fields of an EPW weather file are separated by commas",
                      "this one was written with semicolons or tabs, perhaps by a spreadsheet");
    if (text_.find('\n') == std::string_view::npos) line_end_ = '\r';
  }
  static bool is_key(std::string_view cell, std::string_view key) {
    return cell.size() == key.size() &&
           std::equal(cell.begin(), cell.end(), key.begin(), [](char a, char b) {
             return std::toupper(static_cast<unsigned char>(a)) == b;
           });
  }

  void read_header() {
    std::vector<std::string_view> cells;
    std::string_view row;
    bool periods = false;
    for (size_t i = 0; i < kHeaderLines && !periods && next_line(row); ++i) {
      split(row, cells, 16);
      const std::string_view key = trimmed(cells[0]);
      if (is_key(key, "LOCATION")) read_location(row, cells);
      if (is_key(key, "DATA PERIODS")) {
        read_period(row, cells);
        periods = true;
      }
    }
    if (!periods)
      throw UserError(at(line_), "the header has no 'DATA PERIODS' line",
                      "it says which days follow: DATA PERIODS,1,1,Data,Sunday,1/1,12/31");
  }

  void read_location(std::string_view row, const std::vector<std::string_view>& cells) {
    if (cells.size() < 10)
      throw UserError(at(line_, 1, static_cast<int>(row.size())),
                      fmt::format("LOCATION has {} fields, expected 10", cells.size()),
                      "LOCATION,city,region,country,source,WMO,latitude,longitude,time zone,"
                      "elevation");
    struct Number {
      const char* name;
      double lo, hi;
      double* value;
    };
    const std::array<Number, 4> numbers{{{"latitude", -90, 90, &out_.latitude},
                                         {"longitude", -180, 180, &out_.longitude},
                                         {"time zone", -12, 14, &out_.time_zone},
                                         {"elevation", -1000, 9999.9, &out_.elevation}}};
    const auto holds = [&](size_t field, const Number& n) {
      return to_number(cells[field], *n.value) && *n.value >= n.lo && *n.value <= n.hi;
    };
    // The names before the numbers may hold commas of their own.
    size_t more = 0;
    for (size_t k = 0; k + 10 <= cells.size(); ++k)
      if (holds(6 + k, numbers[0]) && holds(7 + k, numbers[1]) && holds(8 + k, numbers[2]) &&
          holds(9 + k, numbers[3])) {
        more = k;
        break;
      }
    const auto begin = cells[1].data() - row.data();
    out_.site = trimmed(row.substr(
        static_cast<size_t>(begin),
        static_cast<size_t>(cells[1 + more].data() + cells[1 + more].size() - cells[1].data())));
    std::erase(out_.site, '"');
    for (size_t i = 0; i < numbers.size(); ++i) {
      const auto& cell = cells[6 + more + i];
      if (!holds(6 + more + i, numbers[i]))
        errors_.error(at(line_, row, cell),
                      fmt::format("{} '{}' is not a number from {} to {}", numbers[i].name,
                                  trimmed(cell), numbers[i].lo, numbers[i].hi));
    }
    errors_.throw_if_errors();
  }

  void read_period(std::string_view row, const std::vector<std::string_view>& cells) {
    period_loc_ = at(line_, 1, static_cast<int>(row.size()));
    if (cells.size() < 7)
      throw UserError(period_loc_,
                      fmt::format("DATA PERIODS has {} fields, expected 7", cells.size()),
                      "DATA PERIODS,1,records per hour,name,weekday,first day,last day");
    int periods = 0;
    if (!to_number(cells[1], periods) || periods != 1)
      throw UserError(at(line_, row, cells[1]),
                      fmt::format("steppe reads files with one data period, this one states '{}'",
                                  trimmed(cells[1])));
    if (!to_number(cells[2], per_hour_) || per_hour_ < 1 || per_hour_ > 60 || 60 % per_hour_ != 0)
      throw UserError(at(line_, row, cells[2]),
                      fmt::format("records per hour '{}' must divide 60", trimmed(cells[2])));
    first_ = read_date(row, cells[5]);
    last_ = read_date(row, cells[6]);
    out_.period = period_loc_;
    out_.step = 3600.0 / per_hour_;
  }

  MonthDay read_date(std::string_view row, std::string_view cell) const {
    MonthDay d{0, 0};
    const size_t slash = cell.find('/');
    std::string_view day = slash == std::string_view::npos ? "" : cell.substr(slash + 1);
    day = day.substr(0, day.find('/'));  // m/d/year is allowed, the year is of no use
    if (slash == std::string_view::npos || !to_number(cell.substr(0, slash), d.month) ||
        !to_number(day, d.day) || d.month < 1 || d.month > 12 || d.day < 1 ||
        d.day > days_in_month(d.month, true))
      throw UserError(at(line_, row, cell), fmt::format("'{}' is not a date", trimmed(cell)),
                      "expected month/day");
    return d;
  }

  void read_records() {
    std::vector<std::string_view> cells;
    std::string_view row;
    while (!full() && next_line(row)) {
      if (trimmed(row).empty()) continue;
      split(row, cells, kFields);
      if (cells.size() < kFields) {
        errors_.error(
            at(line_, 1, static_cast<int>(row.size())),
            fmt::format("this record has {} fields, expected at least {}{}", cells.size(), kFields,
                        offset_ >= text_.size() ? "; is the file cut short?" : ""));
        continue;
      }
      read_record(row, cells);
    }
    if (records_.empty() && errors_.ok())
      throw UserError(period_loc_, "no weather records follow the header; is the file cut short?");
  }

  void read_record(std::string_view row, const std::vector<std::string_view>& cells) {
    Record r{};
    r.line = line_;
    const auto integer = [&](size_t i, const char* name, int lo, int hi, int& v) {
      double x = 0.0;
      const bool ok = to_number(cells[i], x) && x == std::floor(x) && x >= lo && x <= hi;
      v = ok ? static_cast<int>(x) : lo;
      if (!ok)
        errors_.error(at(line_, row, cells[i]),
                      fmt::format("{} '{}' is not a whole number from {} to {}", name,
                                  trimmed(cells[i]), lo, hi),
                      i == 3 ? "hour h is the one that ends at h:00" : "");
      return ok;
    };
    if (!integer(1, "month", 1, 12, r.month) ||
        !integer(2, "day", 1, days_in_month(r.month, true), r.day) ||
        !integer(3, "hour", 1, 24, r.hour) || !integer(4, "minute", 0, 60, r.minute))
      return;
    for (size_t q = 0; q < kCount; ++q) {
      const Column& c = kColumns[q];
      double& v = r.value[q];
      if (trimmed(cells[c.field]).empty()) {
        v = kNaN;
      } else if (!to_number(cells[c.field], v)) {
        errors_.error(at(line_, row, cells[c.field]),
                      fmt::format("{} '{}' is not a number", c.name, trimmed(cells[c.field])));
        return;
      } else if (v == c.missing[0] || v == c.missing[1]) {
        v = kNaN;
      } else if ((v < c.lo || v > c.hi) && is_foreign_code(v)) {
        v = kNaN;
        ++foreign_[q];
      } else if (v < c.lo || v > c.hi) {
        if (out_of_range_[q]++ == 0) {
          range_loc_[q] = at(line_, row, cells[c.field]);
          range_value_[q] = v;
        }
      }
    }
    records_.push_back(r);
  }

  void report_ranges() {
    for (size_t q = 0; q < kCount; ++q) {
      if (foreign_[q] > 0)
        out_.notes.push_back(fmt::format("{}: {} value{} such as 9999 taken for missing",
                                         kColumns[q].name, foreign_[q],
                                         foreign_[q] == 1 ? "" : "s"));
      if (out_of_range_[q] == 0) continue;
      const Column& c = kColumns[q];
      errors_.error(range_loc_[q],
                    fmt::format("{} {:g} {} is outside {:g} … {:g} {}{}", c.name, range_value_[q],
                                c.unit, c.lo, c.hi, c.unit,
                                out_of_range_[q] > 1
                                    ? fmt::format(" ({} such values in the file)", out_of_range_[q])
                                    : ""),
                    std::string(wrong_unit_hint(q, range_value_[q])));
    }
  }

  /// Slot of a record counted from the first of the period.
  int64_t slot_of(const Record& r) const {
    int days = day_of_year({r.month, r.day}, out_.leap) - out_.start_day;
    if (days < 0) days += days_in_year(out_.leap);
    int minute_index = 0;
    if (per_hour_ > 1) {
      const int width = 60 / per_hour_;
      // Both customs exist: minutes at the end of the interval (15, 30, 45, 60) and at its begin
      // (0, 15, 30, 45).
      minute_index = ends_ ? (r.minute == 0 ? per_hour_ - 1 : (r.minute - 1) / width)
                           : std::min(r.minute / width, per_hour_ - 1);
    }
    return (static_cast<int64_t>(days) * 24 + r.hour - 1) * per_hour_ + minute_index;
  }

  static std::string stamp(int month, int day, int hour) {
    return fmt::format("{}/{} hour {}", month, day, hour);
  }
  std::string stamp_of_slot(int64_t slot) const {
    const auto hours = slot / per_hour_;
    const int year = days_in_year(out_.leap);
    const MonthDay d =
        date_of((out_.start_day - 1 + static_cast<int>(hours / 24)) % year + 1, out_.leap);
    return stamp(d.month, d.day, static_cast<int>(hours % 24) + 1);
  }

  /// Puts every record into its slot of the period; complains about order, gaps and a short file.
  void place_records() {
    const MonthDay feb29{2, 29};
    out_.leap = first_ == feb29 || last_ == feb29 ||
                std::any_of(records_.begin(), records_.end(),
                            [](const Record& r) { return r.month == 2 && r.day == 29; });
    out_.start_day = day_of_year(first_, out_.leap);
    ends_ = std::any_of(records_.begin(), records_.end(),
                        [](const Record& r) { return r.minute == 60; }) ||
            records_.front().minute != 0;
    int days = day_of_year(last_, out_.leap) - out_.start_day;
    if (days < 0) days += days_in_year(out_.leap);
    const int64_t total = static_cast<int64_t>(days + 1) * 24 * per_hour_;
    for (auto& v : value_) v.assign(static_cast<size_t>(total), kNaN);
    lines_.assign(static_cast<size_t>(total), 0);

    if (runs_backwards()) return;
    int64_t expected = 0;
    for (const Record& r : records_) {
      if (full()) return;
      if (r.day > days_in_month(r.month, out_.leap)) continue;
      const int64_t slot = slot_of(r);
      const SourceLoc here = at(r.line, 1, 12);
      if (slot >= total) {
        errors_.error(here,
                      fmt::format("record {} lies outside the data period {}/{} to {}/{}",
                                  stamp(r.month, r.day, r.hour), first_.month, first_.day,
                                  last_.month, last_.day),
                      "", period_loc_);
        return;
      }
      if (slot < expected) {
        errors_.error(here,
                      slot == expected - 1
                          ? fmt::format("record {} comes twice", stamp(r.month, r.day, r.hour))
                          : fmt::format("time runs backwards: {} comes after {}",
                                        stamp(r.month, r.day, r.hour), stamp_of_slot(expected - 1)),
                      "records must be in the order of time");
        continue;
      }
      if (slot > expected) gap(here, expected, slot);
      for (size_t q = 0; q < kCount; ++q) value_[q][static_cast<size_t>(slot)] = r.value[q];
      lines_[static_cast<size_t>(slot)] = r.line;
      expected = slot + 1;
    }
    if (expected < total && errors_.ok())
      errors_.error(
          at(records_.back().line, 1, 12),
          fmt::format("the file is cut short: it ends with {}, but its header promises "
                      "data to {}/{} ({} of {} records are missing)",
                      stamp_of_slot(expected - 1), last_.month, last_.day, total - expected, total),
          "", period_loc_);
  }

  /// One complaint for a file in reverse order.
  bool runs_backwards() {
    size_t back = 0;
    for (size_t i = 1; i < records_.size(); ++i)
      back += slot_of(records_[i]) < slot_of(records_[i - 1]) ? 1 : 0;
    if (2 * back <= records_.size()) return false;
    const Record &a = records_[0], &b = records_[1];
    errors_.error(at(b.line, 1, 12),
                  fmt::format("time runs backwards: {} comes after {}, and so on through the file",
                              stamp(b.month, b.day, b.hour), stamp(a.month, a.day, a.hour)),
                  "records must be in the order of time");
    return true;
  }

  bool may_fill(int64_t n) const {
    return options_.fill_gaps && static_cast<double>(n) * out_.step <= options_.max_gap + 1e-6;
  }
  /// What can be done about a gap of `n` records.
  std::string fill_hint(int64_t n) const {
    const double hours = static_cast<double>(n) / per_hour_;
    if (3600.0 * hours > options_.max_gap)
      return fmt::format(
          "this gap of {:g} h is too long to be filled (up to {:g} h are, on request): complete "
          "the "
          "file or take another",
          hours, options_.max_gap / 3600.0);
    return "parameter 'fill_gaps: true' of the weather (--set weather.fill_gaps=true) fills it "
           "linearly";
  }

  void gap(const SourceLoc& here, int64_t expected, int64_t slot) {
    const int64_t n = slot - expected;
    if (may_fill(n) && expected > 0) {
      out_.notes.push_back(fmt::format("{}: {} missing record{} before this line filled linearly",
                                       here.str(), n, n == 1 ? "" : "s"));
      return;
    }
    errors_.error(
        here,
        fmt::format("{} record{} missing before this line: expected {}, found {}", n,
                    n == 1 ? " is" : "s are", stamp_of_slot(expected), stamp_of_slot(slot)),
        expected > 0 ? fill_hint(n) : "the data period begins earlier");
  }

  void derive_and_fill() {
    derive_humidity();
    for (size_t q : {kTemp, kDewPoint, kPressure, kGhi, kDni, kDhi, kWind}) {
      const auto& v = value_[q];
      if (std::all_of(v.begin(), v.end(), [](double x) { return std::isnan(x); })) {
        fill_absent(q);
        continue;
      }
      fill_column(q);
    }
  }

  /// One of dew point and relative humidity suffices: the other follows from it.
  void derive_humidity() {
    auto &temp = value_[kTemp], &dew = value_[kDewPoint], &rh = value_[kHumidity];
    int from_rh = 0, clamped = 0, compared = 0;
    double difference = 0.0, worst = 0.0;
    size_t worst_at = 0;
    for (size_t i = 0; i < temp.size(); ++i) {
      if (std::isnan(temp[i])) continue;
      const double t = temp[i] + kZeroC;
      if (std::isnan(dew[i])) {
        if (std::isnan(rh[i])) continue;
        dew[i] = moist_air::dew_point_from_rh(t, std::clamp(rh[i], 0.1, 100.0) / 100.0) - kZeroC;
        ++from_rh;
        continue;
      }
      if (!std::isnan(rh[i])) {
        difference += std::abs(100.0 * moist_air::saturation_pressure(dew[i] + kZeroC) /
                                   moist_air::saturation_pressure(t) -
                               rh[i]);
        ++compared;
      }
      if (dew[i] - temp[i] > worst) {
        worst = dew[i] - temp[i];
        worst_at = i;
      }
      if (dew[i] > temp[i]) {
        dew[i] = temp[i];
        ++clamped;
      }
    }
    if (worst > 5.0)
      errors_.error(at(lines_[worst_at]),
                    fmt::format("dew point lies {:.1f} K above dry bulb", worst),
                    "are the columns swapped, or their units different?");
    if (clamped > 0)
      out_.notes.push_back(fmt::format(
          "{} dew points above dry bulb (by up to {:.1f} K) were lowered to it", clamped, worst));
    if (from_rh > 0)
      out_.notes.push_back(
          fmt::format("{} missing dew points were computed from relative humidity", from_rh));
    if (compared > 0 && difference / compared > 10.0)
      out_.notes.push_back(fmt::format(
          "relative humidity and dew point disagree by {:.0f} points on average; dew point is used "
          "(are temperatures in °C?)",
          difference / compared));
  }

  void fill_absent(size_t q) {
    const Column& c = kColumns[q];
    if (!c.optional) {
      errors_.error(period_loc_, fmt::format("the file has no {} at all", c.name));
      return;
    }
    const double v = q == kPressure ? moist_air::pressure(out_.elevation) : 0.0;
    std::fill(value_[q].begin(), value_[q].end(), v);
    out_.notes.push_back(
        fmt::format("the file has no {}: {:g} {} is used{}", c.name, v, c.unit,
                    q == kPressure ? " (standard pressure at its elevation)" : ""));
  }

  void fill_column(size_t q) {
    auto& v = value_[q];
    const Column& c = kColumns[q];
    int told = 0, runs = 0;
    for (size_t i = 0; i < v.size();) {
      if (!std::isnan(v[i])) {
        ++i;
        continue;
      }
      size_t end = i;
      while (end < v.size() && std::isnan(v[end])) ++end;
      const auto n = static_cast<int64_t>(end - i);
      const bool open = i == 0 || end == v.size();
      if (may_fill(n) && !open) {
        for (size_t k = i; k < end; ++k)
          v[k] = v[i - 1] +
                 (v[end] - v[i - 1]) * static_cast<double>(k - i + 1) / static_cast<double>(n + 1);
        out_.filled += static_cast<int>(n);
        ++runs;
      } else if (++told <= 5 && !full()) {
        const std::string_view row = line_text(lines_[i]);
        std::vector<std::string_view> cells;
        split(row, cells, kFields);
        errors_.error(cells.size() == kFields ? at(lines_[i], row, cells[c.field]) : at(lines_[i]),
                      fmt::format("{} is missing for {} record{} from {}", c.name, n,
                                  n == 1 ? "" : "s", stamp_of_slot(static_cast<int64_t>(i))),
                      options_.fill_gaps && open
                          ? "a gap at the begin or end of the file cannot be filled"
                          : fill_hint(n));
      }
      i = end;
    }
    if (told > 5) errors_.error(period_loc_, fmt::format("{} has {} more gaps", c.name, told - 5));
    if (runs > 0)
      out_.notes.push_back(
          fmt::format("{}: {} gap{} filled linearly", c.name, runs, runs == 1 ? "" : "s"));
  }

  std::string_view line_text(int line) const {
    size_t begin = 0;
    for (int i = 1; i < line; ++i) begin = text_.find(line_end_, begin) + 1;
    return text_.substr(begin, text_.find(line_end_, begin) - begin);
  }

  void convert() {
    const size_t n = value_[kTemp].size();
    out_.temp.resize(n);
    out_.dew_point.resize(n);
    out_.rel_humidity.resize(n);
    for (size_t i = 0; i < n; ++i) {
      out_.temp[i] = value_[kTemp][i] + kZeroC;
      out_.dew_point[i] = std::min(value_[kDewPoint][i], value_[kTemp][i]) + kZeroC;
      out_.rel_humidity[i] = moist_air::saturation_pressure(out_.dew_point[i]) /
                             moist_air::saturation_pressure(out_.temp[i]);
    }
    out_.pressure = std::move(value_[kPressure]);
    out_.ghi = std::move(value_[kGhi]);
    out_.dni = std::move(value_[kDni]);
    out_.dhi = std::move(value_[kDhi]);
    out_.wind = std::move(value_[kWind]);
    for (auto* v : {&out_.ghi, &out_.dni, &out_.dhi})
      for (double& x : *v) x *= per_hour_;  // Wh/m2 of one record -> W/m2

    double mean = 0.0;
    for (double p : out_.pressure) mean += p / static_cast<double>(n);
    const double standard = moist_air::pressure(out_.elevation);
    if (std::abs(mean / standard - 1.0) > 0.04)
      out_.notes.push_back(fmt::format(
          "mean pressure {:.0f} Pa does not fit the elevation {:.0f} m ({:.0f} Pa); is it reduced "
          "to sea level?",
          mean, out_.elevation, standard));
  }

  SourceTextPtr source_;
  EpwOptions options_;
  std::string_view text_;
  size_t offset_ = 0;
  char line_end_ = '\n';
  int line_ = 0;
  Diagnostics errors_;
  WeatherSeries out_;
  SourceLoc period_loc_;
  int per_hour_ = 1;
  bool ends_ = true;  ///< minutes name the end of a record
  MonthDay first_, last_;
  std::vector<Record> records_;
  std::array<std::vector<double>, kCount> value_;
  std::vector<int> lines_;  ///< of each slot; 0 where no record is
  std::array<int, kCount> out_of_range_{}, foreign_{};
  std::array<SourceLoc, kCount> range_loc_;
  std::array<double, kCount> range_value_{};
};

}  // namespace

WeatherSeries parse_epw(const SourceTextPtr& source, const EpwOptions& options) {
  return Reader(source, options).read();
}

namespace {

SourceTextPtr read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw IoError(fmt::format("cannot open weather file '{}'", path));
  auto source = std::make_shared<SourceText>();
  source->name = path;
  std::array<char, 1 << 16> buffer{};
  while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
    source->text.append(buffer.data(), static_cast<size_t>(in.gcount()));
    if (source->text.size() > kMaxBytes)
      throw UserError(fmt::format("weather file '{}' is larger than {} MB", path, kMaxBytes >> 20));
  }
  if (in.bad()) throw IoError(fmt::format("cannot read weather file '{}'", path));
  return source;
}

}  // namespace

WeatherSeries read_epw(const std::string& path, const EpwOptions& options) {
  return parse_epw(read_text(path), options);
}

std::optional<double> epw_elevation(const std::string& path) {
  try {
    return Reader(read_text(path), {}).elevation();
  } catch (const std::exception&) {
    return {};
  }
}

void write_epw(const WeatherSeries& s, std::ostream& out, const std::string& comment) {
  const int per_hour = static_cast<int>(3600.0 / s.step + 0.5);
  const int year = days_in_year(s.leap);
  const int days = static_cast<int>(s.size()) / s.steps_per_day();
  const MonthDay first = date_of(s.start_day, s.leap);
  const MonthDay last = date_of((s.start_day + days - 2) % year + 1, s.leap);
  fmt::print(out, "LOCATION,{},,,steppe,,{:.2f},{:.2f},{:.1f},{:.1f}\n", s.site, s.latitude,
             s.longitude, s.time_zone, s.elevation);
  fmt::print(out, "DESIGN CONDITIONS,0\nTYPICAL/EXTREME PERIODS,0\nGROUND TEMPERATURES,0\n");
  fmt::print(out, "HOLIDAYS/DAYLIGHT SAVINGS,{},0,0,0\n", s.leap ? "Yes" : "No");
  fmt::print(out, "COMMENTS 1,{}\nCOMMENTS 2,\n", comment);
  fmt::print(out, "DATA PERIODS,1,{},Data,Sunday,{}/{},{}/{}\n", per_hour, first.month, first.day,
             last.month, last.day);
  for (size_t i = 0; i < s.size(); ++i) {
    const int k = static_cast<int>(i);
    const MonthDay d = date_of((s.start_day - 1 + k / s.steps_per_day()) % year + 1, s.leap);
    const int in_day = k % s.steps_per_day();
    const auto energy = [&](double w) { return std::lround(w / per_hour); };
    fmt::print(
        out,
        "2001,{},{},{},{},,{:.1f},{:.1f},{:.0f},{:.0f},9999,9999,9999,{},{},{},999999,999999,"
        "999999,9999,999,{:.1f},99,99,9999,99999,9,999999999,999,.999,999,99,999,999,99\n",
        d.month, d.day, in_day / per_hour + 1, 60 / per_hour * (in_day % per_hour + 1),
        s.temp[i] - kZeroC, s.dew_point[i] - kZeroC, 100.0 * s.rel_humidity[i], s.pressure[i],
        energy(s.ghi[i]), energy(s.dni[i]), energy(s.dhi[i]), s.wind[i]);
  }
}

}  // namespace steppe::models
