#pragma once
// Comma-separated output for spreadsheets and scripts. Reading traces is the business of
// inference_load.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::io {

/// Writes rows of numbers that read back as the same doubles, as RFC 4180 wants them. Every failure
/// (folder missing, disk full) is an IoError.
class CsvWriter {
 public:
  /// `path` "-" is standard output. A file appears under its name only when close() succeeded.
  explicit CsvWriter(std::string path);
  /// Dropped without close(): nothing is left behind.
  ~CsvWriter();
  CsvWriter(const CsvWriter&) = delete;
  CsvWriter& operator=(const CsvWriter&) = delete;

  /// A row of texts, quoted where needed.
  void texts(const std::vector<std::string>& names);
  /// A row of numbers, NaN as an empty field; `first` stands in front when it is not empty (a date,
  /// a name). Numbers that came from floats need fewer digits: `from_float` says which ones.
  void row(const std::vector<double>& values, std::string_view first = {},
           const std::vector<bool>& from_float = {});
  void close();

 private:
  void put(std::string_view text);
  [[noreturn]] void fail();

  std::string path_, temporary_;
  FILE* file_ = nullptr;
  std::string line_;
};

}  // namespace steppe::io
