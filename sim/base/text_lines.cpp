#include "sim/base/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace steppe {

std::string no_such_file(const std::string& path) {
  namespace fs = std::filesystem;
  const fs::path p(path);
  std::vector<std::string> names;
  std::error_code ec;
  for (fs::directory_iterator it(p.has_parent_path() ? p.parent_path() : ".", ec), end;
       !ec && it != end; it.increment(ec))
    names.push_back(it->path().filename().string());
  std::sort(names.begin(), names.end());
  const auto near = nearest(p.filename().string(), names);
  return fmt::format("{}: no such file{}", path,
                     near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
}

std::string read_bytes(const std::string& path) {
  std::error_code ec;
  if (std::filesystem::is_directory(path, ec))
    throw UserError(fmt::format("{}: is a folder, a file is expected", path));
  if (!std::filesystem::exists(path, ec)) throw UserError(no_such_file(path));
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UserError(fmt::format("{}: cannot be opened", path));
  return {std::istreambuf_iterator<char>(in), {}};
}

TextLines::TextLines(const std::string& path, const std::string& binary_hint)
    : TextLines(path, read_bytes(path), binary_hint) {}

TextLines::TextLines(const std::string& name, std::string text, const std::string& binary_hint) {
  auto source = std::make_shared<SourceText>();
  source->name = name;
  source->text = std::move(text);
  std::string& t = source->text;
  if (t.empty()) throw UserError(fmt::format("{}: the file is empty", name));
  if (t.find('\0') != std::string::npos)
    throw UserError(fmt::format("{}: is not a text file{}{}", name, binary_hint.empty() ? "" : "; ",
                                binary_hint));
  // Lines that end with a carriage return alone.
  if (t.find('\n') == std::string::npos) std::replace(t.begin(), t.end(), '\r', '\n');
  source_ = source;
  size_t begin = t.compare(0, 3, "\xef\xbb\xbf") == 0 ? 3 : 0;
  while (begin < t.size()) {
    const size_t end = std::min(t.find('\n', begin), t.size());
    std::string_view line(t.data() + begin, end - begin);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    lines_.push_back(line);
    begin = end + 1;
  }
}

std::vector<TextField> text_fields(std::string_view line, char separator) {
  std::vector<TextField> out;
  size_t begin = 0;
  for (;;) {
    const size_t end = std::min(line.find(separator, begin), line.size());
    size_t a = begin, b = end;
    const auto blank = [&](size_t k) {
      return line[k] == ' ' || line[k] == '\t' || line[k] == '"';
    };
    while (a < b && blank(a)) ++a;
    while (b > a && blank(b - 1)) --b;
    out.push_back({line.substr(a, b - a), static_cast<int>(a) + 1});
    if (end == line.size()) return out;
    begin = end + 1;
  }
}

SourceLoc TextLines::at(size_t i, int column, size_t length) const {
  return {source_, static_cast<int>(i) + 1, column, static_cast<int>(std::max<size_t>(1, length))};
}

void TextLines::fail(size_t i, const TextField& f, const std::string& message,
                     const std::string& hint) const {
  throw UserError(at(i, f.column, f.text.size()), message, hint);
}

double TextLines::number(size_t i, const TextField& f, const std::string& what) const {
  double v = 0.0;
  const char* first = f.text.data();
  const char* const last = first + f.text.size();
  if (first != last && *first == '+') ++first;
  const auto [end, error] = std::from_chars(first, last, v);
  if (error != std::errc() || end != last || first == last || !std::isfinite(v))
    fail(i, f,
         f.text.empty() ? fmt::format("{} is missing", what)
                        : fmt::format("'{}' is not a number; expected {}", f.text, what));
  return v;
}

}  // namespace steppe
