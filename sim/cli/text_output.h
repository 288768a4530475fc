#pragma once
// A text file that appears whole or not at all; "-" is the standard output. Lines of CSV as RFC
// 4180 wants them.
#include <cstdio>
#include <string>
#include <string_view>

namespace steppe::cli {

class TextOutput {
 public:
  /// Throws IoError when the file cannot be made.
  explicit TextOutput(std::string path);
  ~TextOutput();
  TextOutput(const TextOutput&) = delete;
  TextOutput& operator=(const TextOutput&) = delete;

  void write(std::string_view text);
  /// Puts the file in its place; throws IoError when not all could be written.
  void finish();

 private:
  [[noreturn]] void fail();
  std::string path_, temporary_;  ///< temporary_ "": written in place (a pipe, a device)
  std::FILE* file_ = nullptr;
};

/// A field of CSV: in quotes where it has to be.
std::string csv_field(std::string_view text);
/// Number with the fewest digits that read back to the same value; empty for NaN.
std::string csv_number(double value, bool single_precision = false);

/// "2026-01-15T06:30:00.250" from seconds since 1970-01-01; milliseconds only where there are any.
std::string iso_time(double epoch);

}  // namespace steppe::cli
