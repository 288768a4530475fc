#include "sim/io/csv_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

namespace steppe::io {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 30;

std::string_view trimmed(std::string_view s) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  return s;
}

/// Next field of `row`; `row` moves behind its separator. `last` is set behind the last field.
std::string_view next_field(std::string_view& row, char separator, bool& last) {
  size_t end = 0;
  std::string_view lead = trimmed(row);
  if (!lead.empty() && lead.front() == '"') {
    end = static_cast<size_t>(lead.data() - row.data()) + 1;
    while (end < row.size() &&
           (row[end] != '"' || (end + 1 < row.size() && row[end + 1] == '"' && ++end)))
      ++end;
    end = row.find(separator, std::min(end, row.size()));
  } else {
    end = row.find(separator);
  }
  last = end == std::string_view::npos;
  std::string_view field = trimmed(row.substr(0, end));
  row = last ? std::string_view{} : row.substr(end + 1);
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
    field = trimmed(field.substr(1, field.size() - 2));
  return field;
}

std::string lower(std::string_view s) {
  std::string out(trimmed(s));
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

CsvTable CsvTable::read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  std::array<char, 1 << 16> buffer{};
  if (!in) throw IoError(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
    text.append(buffer.data(), static_cast<size_t>(in.gcount()));
    if (text.size() > kMaxBytes)
      throw UserError(fmt::format("{}: larger than {} MB", path, kMaxBytes >> 20));
  }
  if (in.bad()) throw IoError(fmt::format("{}: cannot be read", path));
  return parse(std::move(text), path);
}

CsvTable CsvTable::parse(std::string text, std::string name) {
  CsvTable t;
  auto source = std::make_shared<SourceText>();
  source->name = std::move(name);
  source->text = std::move(text);
  t.source_ = source;
  std::string_view rest = source->text;
  const SourceLoc whole{t.source_, 0, 0, 1};
  if (rest.find('\0') != std::string_view::npos)
    throw UserError(whole, "this is not a text file: it holds zero bytes (binary data or UTF-16)");
  if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  int line = 0;
  bool header = false;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view row = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++line;
    if (trimmed(row).empty() || (!header && trimmed(row).front() == '#')) continue;
    if (!header) {
      size_t best = 0;
      for (char c : {',', ';', '\t'}) {
        size_t n = 0;
        bool quoted = false;
        for (char x : row) {
          quoted = quoted != (x == '"');
          n += x == c && !quoted;
        }
        if (n > best) {
          best = n;
          t.separator_ = c;
        }
      }
    }
    if (header) {
      t.row_begin_.push_back(t.cells_.size());
      t.lines_.push_back(line);
    }
    for (bool last = false; !last;) {
      const std::string_view field = next_field(row, t.separator_, last);
      if (header)
        t.cells_.push_back(field);
      else
        t.names_.emplace_back(field);
    }
    header = true;
  }
  if (!header) throw UserError(whole, "the file is empty");
  if (t.names_.size() < 2)
    throw UserError(SourceLoc{t.source_, 1, 1, 1},
                    "the header has a single name; expected columns separated by comma, semicolon "
                    "or tab");
  if (t.lines_.empty()) throw UserError(whole, "no rows follow the header");
  t.row_begin_.push_back(t.cells_.size());
  return t;
}

int CsvTable::find(std::string_view name) const {
  for (size_t i = 0; i < names_.size(); ++i)
    if (names_[i] == name) return static_cast<int>(i);
  const std::string wanted = lower(name);
  for (size_t i = 0; i < names_.size(); ++i)
    if (lower(names_[i]) == wanted) return static_cast<int>(i);
  return -1;
}

std::string_view CsvTable::cell(size_t row, int column) const {
  const size_t at = row_begin_[row] + static_cast<size_t>(column);
  return at < row_begin_[row + 1] ? cells_[at] : std::string_view{};
}

double CsvTable::number(size_t row, int column, bool* unreadable) const {
  if (unreadable) *unreadable = false;
  std::string_view text = cell(row, column);
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  if (text.empty()) return kNaN;
  std::string point;
  if (separator_ != ',' && text.find(',') != std::string_view::npos &&
      text.find('.') == std::string_view::npos) {  // decimal comma
    point = std::string(text);
    std::replace(point.begin(), point.end(), ',', '.');
    text = point;
  }
  if (text.front() == '+') text.remove_prefix(1);
  double v = 0.0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (ec == std::errc{} && end == text.data() + text.size()) return std::isfinite(v) ? v : kNaN;
  const std::string word = lower(text);
  if (unreadable && word != "nan" && word != "na" && word != "n/a" && word != "null" && word != "-")
    *unreadable = true;
  return kNaN;
}

SourceLoc CsvTable::where(size_t row, int column) const {
  const std::string_view c = cell(row, column);
  if (c.data() == nullptr || c.empty()) return {source_, lines_[row], 1, 1};
  const char* begin = c.data();
  while (begin > source_->text.data() && begin[-1] != '\n') --begin;
  return {source_, lines_[row], static_cast<int>(c.data() - begin) + 1, static_cast<int>(c.size())};
}

}  // namespace steppe::io
