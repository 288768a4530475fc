#pragma once
// Lines and comma-separated fields of a measured file, with places for messages. The file is kept
// whole; what is too large for that (traces of requests) has a reader of its own.
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/error.h"

namespace steppe {

struct TextField {
  std::string_view text;  ///< without blanks and quotes around it
  int column = 1;
};

/// Fields between `separator`s. A separator inside quotes is none of this format's.
std::vector<TextField> text_fields(std::string_view line, char separator = ',');

class TextLines {
 public:
  /// Reads the file; UserError when it cannot be read, is empty or is not text (`binary_hint`: what
  /// to say then).
  explicit TextLines(const std::string& path, const std::string& binary_hint = {});
  /// The same of a text that is at hand.
  TextLines(const std::string& name, std::string text, const std::string& binary_hint);
  size_t size() const { return lines_.size(); }
  std::string_view line(size_t i) const { return lines_[i]; }
  /// Fields between `separator`s of line i, counted from 0.
  std::vector<TextField> fields(size_t i, char separator = ',') const {
    return text_fields(lines_[i], separator);
  }
  /// A line of nothing but blanks.
  bool blank(size_t i) const {
    return lines_[i].find_first_not_of(" \t") == std::string_view::npos;
  }
  const SourceTextPtr& source() const { return source_; }
  SourceLoc at(size_t i, int column = 1, size_t length = 1) const;
  [[noreturn]] void fail(size_t i, const TextField& f, const std::string& message,
                         const std::string& hint = {}) const;
  /// The number in a field; anything else is refused, `what` says what was expected.
  double number(size_t i, const TextField& f, const std::string& what) const;

 private:
  SourceTextPtr source_;
  std::vector<std::string_view> lines_;
};

/// "PATH: no such file", with the name in that folder that was probably meant.
std::string no_such_file(const std::string& path);

/// True for a text that is a data file of the user's (YAML; JSON for a model's config.json), not
/// the name of a shipped one.
inline bool names_data_file(std::string_view text) {
  return text.ends_with(".yaml") || text.ends_with(".yml") || text.ends_with(".json");
}

/// A whole file as bytes; UserError when it cannot be read.
std::string read_bytes(const std::string& path);

}  // namespace steppe
