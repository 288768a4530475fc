#pragma once
// Lines and comma-separated fields of a measured file, with places for messages.
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/error.h"

namespace steppe::models {

struct TextField {
  std::string_view text;  ///< without blanks and quotes around it
  int column = 1;
};

class TextLines {
 public:
  /// Reads the file; UserError when it cannot be read, is empty or is not text (`binary_hint`: what
  /// to say then).
  explicit TextLines(const std::string& path, const std::string& binary_hint = {});
  size_t size() const { return lines_.size(); }
  std::string_view line(size_t i) const { return lines_[i]; }
  /// Fields between `separator`s of line i, counted from 0.
  std::vector<TextField> fields(size_t i, char separator = ',') const;
  SourceLoc at(size_t i, int column = 1, size_t length = 1) const;
  [[noreturn]] void fail(size_t i, const TextField& f, const std::string& message,
                         const std::string& hint = {}) const;
  /// The number in a field; anything else is refused, `what` says what was expected.
  double number(size_t i, const TextField& f, const std::string& what) const;

 private:
  SourceTextPtr source_;
  std::vector<std::string_view> lines_;
};

/// A whole file as bytes; UserError when it cannot be read.
std::string read_bytes(const std::string& path);

}  // namespace steppe::models
