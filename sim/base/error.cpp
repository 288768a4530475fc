#include "sim/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace steppe {
namespace {

/// Line `line` (from 1) of the text without its newline; tabs become one space so that carets line
/// up.
std::string line_of(const std::string& text, int line) {
  size_t begin = 0;
  for (int i = 1; i < line; ++i) {
    const size_t nl = text.find('\n', begin);
    if (nl == std::string::npos) return {};
    begin = nl + 1;
  }
  const size_t end = std::min(text.find('\n', begin), text.size());
  std::string out = text.substr(begin, end - begin);
  for (size_t i = 0; i < out.size();) {
    const auto lead = static_cast<unsigned char>(out[i]);
    size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    for (size_t k = 1; k < length; ++k)
      if (i + k >= out.size() || (static_cast<unsigned char>(out[i + k]) & 0xC0) != 0x80)
        length = 0;
    // What is no UTF-8 would garble a terminal.
    if (length == 0) out[i] = '?';
    if (lead < 0x20 || lead == 0x7f) out[i] = ' ';
    i += std::max<size_t>(length, 1);
  }
  return out;
}

void show_place(std::string& out, const SourceLoc& loc, const std::string& hint) {
  if (!loc.source || loc.line <= 0) {
    if (!hint.empty()) out += "    " + hint + "\n";
    return;
  }
  // A window of 160 characters around the column keeps machine-made one-line files readable.
  constexpr size_t kBefore = 60, kWidth = 160;
  auto excerpt = [&](int line) {
    std::string s = line_of(loc.source->text, line);
    const size_t column = loc.column > 0 ? static_cast<size_t>(loc.column) - 1 : 0;
    const size_t skip = s.size() > kWidth && column > kBefore ? column - kBefore : 0;
    return std::pair{skip < s.size() ? s.substr(skip, kWidth) : std::string{}, skip};
  };
  if (loc.line > 1) {
    auto before = excerpt(loc.line - 1).first;
    if (before.find_first_not_of(' ') != std::string::npos)
      out += fmt::format("  {:>5} | {}\n", loc.line - 1, before);
  }
  const auto [text, skip] = excerpt(loc.line);
  out += fmt::format("> {:>5} | {}\n", loc.line, text);
  const size_t column = loc.column > 0 ? static_cast<size_t>(loc.column) - 1 - skip : 0;
  const size_t width = static_cast<size_t>(std::max(1, loc.length));
  out += fmt::format("  {:>5} | {}{}{}\n", "", std::string(std::min(column, kWidth), ' '),
                     std::string(std::min(width, kWidth), '^'), hint.empty() ? "" : " " + hint);
}

}  // namespace

std::string SourceLoc::str() const {
  if (!source) return {};
  if (line <= 0) return source->name;
  return fmt::format("{}:{}:{}", source->name, line, column);
}

void Diagnostics::error(SourceLoc where, std::string message, std::string hint, SourceLoc other) {
  items_.push_back({Diagnostic::Severity::error, std::move(where), std::move(message),
                    std::move(hint), std::move(other)});
  ++errors_;
}

void Diagnostics::warning(SourceLoc where, std::string message, std::string hint) {
  items_.push_back(
      {Diagnostic::Severity::warning, std::move(where), std::move(message), std::move(hint), {}});
}

void Diagnostics::add(const Diagnostics& more) {
  items_.insert(items_.end(), more.items_.begin(), more.items_.end());
  errors_ += more.errors_;
}

std::string Diagnostics::render(size_t max_items) const {
  std::string out;
  size_t shown = 0;
  for (const auto& d : items_) {
    if (shown++ == max_items) {
      out += fmt::format("… and {} more\n", items_.size() - max_items);
      break;
    }
    const std::string place = d.where.str();
    out +=
        fmt::format("{}: {}{}{}\n", d.severity == Diagnostic::Severity::error ? "error" : "warning",
                    place, place.empty() ? "" : ": ", d.message);
    show_place(out, d.where, d.hint);
    if (d.other.source) {
      out += fmt::format("  see also {}\n", d.other.str());
      show_place(out, d.other, {});
    }
  }
  if (errors_ > 0) out += fmt::format("{} error{}.", errors_, errors_ == 1 ? "" : "s");
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

void Diagnostics::throw_if_errors() const {
  if (!ok()) throw UserError(*this);
}

UserError::UserError(SourceLoc where, const std::string& message, const std::string& hint)
    : Error(
          [&] {
            Diagnostics d;
            d.error(where, message, hint);
            return d.render();
          }(),
          2) {
  diagnostics_.error(std::move(where), message, hint);
}

void check_failed(const char* expression, const char* file, int line) {
  throw InternalError(fmt::format("check '{}' failed at {}:{}", expression, file, line));
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = std::max<size_t>(1, word.size() * 2 / 5) + 1;
  std::vector<size_t> row, last,
      before;  // of this letter of the word, the last one, the one before
  for (const auto& c : candidates) {
    row.resize(c.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= word.size(); ++i) {
      before.swap(last);
      last.swap(row);
      row.resize(c.size() + 1);
      row[0] = i;
      for (size_t j = 1; j <= c.size(); ++j) {
        const size_t change = last[j - 1] + (word[i - 1] == c[j - 1] ? 0 : 1);
        row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
        // Two letters in the wrong order are one slip of the fingers.
        if (i > 1 && j > 1 && word[i - 1] == c[j - 2] && word[i - 2] == c[j - 1])
          row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    if (row[c.size()] < best_distance) {
      best_distance = row[c.size()];
      best = c;
    }
  }
  return best;
}

}  // namespace steppe
