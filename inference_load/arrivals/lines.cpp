#include "inference_load/arrivals/lines.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "sim/base/units.h"

namespace steppe::load {
namespace {

constexpr size_t kMaxErrors = 20;

}  // namespace

LineReader::LineReader(const std::string& path)
    : path_(path), file_(gzopen(path.c_str(), "rb"), &gzclose), buffer_(1 << 20) {
  if (!file_) throw UserError(fmt::format("{}: cannot be opened", path));
}

bool LineReader::next(std::string& line) {
  line.clear();
  bool any = false;
  for (;;) {
    if (at_ == size_) {
      const int got = gzread(file_.get(), buffer_.data(), static_cast<unsigned>(buffer_.size()));
      int state = Z_OK;
      gzerror(file_.get(), &state);
      if (got < 0 || state == Z_BUF_ERROR)
        throw UserError({std::make_shared<SourceText>(SourceText{path_, ""}), 0, 0},
                        "the compressed file is cut short or damaged");
      size_ = static_cast<size_t>(got);
      at_ = 0;
      if (size_ == 0) break;
    }
    any = true;
    const char* begin = buffer_.data() + at_;
    const char* end = buffer_.data() + size_;
    const char* nl = std::find(begin, end, '\n');
    if (line.size() < kMaxLine) line.append(begin, nl);
    at_ += static_cast<size_t>(nl - begin);
    if (nl != end) {
      ++at_;
      break;
    }
  }
  if (!any) return false;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (++number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  return true;
}

void Problems::add(int line, const std::string& text, size_t column, size_t length,
                   std::string message, std::string hint) {
  items_.push_back(
      {line, text.substr(0, 4096), column, length, std::move(message), std::move(hint)});
  if (items_.size() >= kMaxErrors) raise();
}

void Problems::raise() const {
  auto source = std::make_shared<SourceText>();
  source->name = path_;
  int line = 1;
  for (const Item& i : items_) {
    if (i.line < line) continue;  // a second problem of the same line
    source->text.append(static_cast<size_t>(i.line - line), '\n');
    source->text += i.text + "\n";
    line = i.line + 1;
  }
  Diagnostics d;
  for (const Item& i : items_)
    d.error({source, i.line, static_cast<int>(i.column) + 1,
             static_cast<int>(std::max<size_t>(1, i.length))},
            i.message, i.hint);
  throw UserError(d);
}

void Problems::raise(std::string message, std::string hint) const {
  throw UserError({std::make_shared<SourceText>(SourceText{path_, ""}), 0, 0}, std::move(message),
                  std::move(hint));
}

std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t' || s.front() == '"'))
    s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '"')) s.remove_suffix(1);
  return s;
}

char separator(std::string_view header) {
  for (const char c : {',', ';', '\t'})
    if (header.find(c) != std::string_view::npos) return c;
  return ',';
}

void split(std::string_view line, std::vector<Field>& out, char by) {
  out.clear();
  size_t begin = 0;
  for (;;) {
    const size_t end = std::min(line.find(by, begin), line.size());
    const std::string_view text = trim(line.substr(begin, end - begin));
    out.push_back({text, text.empty() ? begin : static_cast<size_t>(text.data() - line.data())});
    if (end == line.size()) return;
    begin = end + 1;
  }
}

bool number(std::string_view s, double& v) {
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  return error == std::errc() && end == s.data() + s.size();
}

std::string_view unit_of(std::string_view name) {
  name = trim(name);
  const size_t open = name.find_last_of("[(");
  if (open == std::string_view::npos || open == 0 || (name.back() != ']' && name.back() != ')'))
    return {};
  return trim(name.substr(open + 1, name.size() - open - 2));
}

double header_scale(const Field& header, std::string_view unit, Problems& problems, int line,
                    const std::string& text) {
  const std::string_view given = unit_of(header.text);
  if (given.empty()) return 1.0;
  const auto found = parse_unit(given);
  if (found && found->dimension == parse_unit(unit)->dimension && found->offset == 0.0)
    return found->scale;
  problems.add(line, text, header, fmt::format("[{}] is no unit of what is expected here", given),
               fmt::format("a unit like {}, or none", unit));
  return 1.0;
}

std::string plain_name(std::string_view s) {
  if (!unit_of(s).empty()) s = s.substr(0, s.find_last_of("[("));
  std::string out;
  for (char c : s)
    if (c != ' ' && c != '_' && c != '-')
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace steppe::load
