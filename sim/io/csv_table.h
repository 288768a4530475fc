#pragma once
// A table of measurements as other programs export it: a header line, then one row per line.
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/error.h"

namespace steppe::io {

/// Separator (comma, semicolon or tab), quotes, byte order mark, line ends and a decimal comma
/// (where the separator is no comma) are found by looking at the file. Rows keep their line, so
/// that whoever reads a value can say where it stood.
class CsvTable {
 public:
  /// Throws IoError when the file cannot be opened, UserError when it is empty, binary, has no
  /// header of at least two names, or no rows.
  static CsvTable read(const std::string& path);
  static CsvTable parse(std::string text, std::string name);

  const std::vector<std::string>& names() const { return names_; }
  size_t rows() const { return row_begin_.size() - 1; }
  /// Column by its name: exact, then without regard to case and surrounding blanks. −1: none.
  int find(std::string_view name) const;
  /// Text of a cell without quotes; "" where a row is too short.
  std::string_view cell(size_t row, int column) const;
  /// Number of a cell; NaN for an empty or unreadable one. `text`: whether something unreadable
  /// stood there.
  double number(size_t row, int column, bool* unreadable = nullptr) const;
  int line(size_t row) const { return lines_[row]; }
  /// Place of a cell, or of its row where it is missing.
  SourceLoc where(size_t row, int column) const;
  const std::string& path() const { return source_->name; }

 private:
  SourceTextPtr source_;
  char separator_ = ',';
  std::vector<std::string> names_;
  std::vector<std::string_view> cells_;  ///< all rows, one after the other
  std::vector<size_t> row_begin_;        ///< into cells_; one more than rows
  std::vector<int> lines_;
};

}  // namespace steppe::io
