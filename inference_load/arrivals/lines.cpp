#include "inference_load/arrivals/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace steppe::load {
namespace {

constexpr size_t kMaxErrors = 20;

}  // namespace

LineReader::LineReader(const std::string& path)
    : file_(std::fopen(path.c_str(), "rb"), &std::fclose), buffer_(1 << 20) {
  if (!file_) throw UserError(fmt::format("{}: cannot be opened", path));
}

bool LineReader::next(std::string& line) {
  line.clear();
  bool any = false;
  for (;;) {
    if (at_ == size_) {
      size_ = std::fread(buffer_.data(), 1, buffer_.size(), file_.get());
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

void split(std::string_view line, std::vector<Field>& out) {
  out.clear();
  size_t begin = 0;
  for (;;) {
    const size_t end = std::min(line.find(',', begin), line.size());
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

std::string plain_name(std::string_view s) {
  std::string out;
  for (char c : s)
    if (c != ' ' && c != '_' && c != '-')
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace steppe::load
