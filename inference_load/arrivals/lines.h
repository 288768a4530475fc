#pragma once
// Text files line by line, with problems that name file, line and column.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/error.h"

struct gzFile_s;

namespace steppe::load {

/// A line longer than this is cut: no data file has one.
inline constexpr size_t kMaxLine = 1 << 20;

/// Reads lines without keeping the file: at most one megabyte is in memory. A byte-order mark and
/// carriage returns are dropped; a file compressed with gzip is read as what it holds.
class LineReader {
 public:
  /// UserError when it cannot be opened.
  explicit LineReader(const std::string& path);
  /// UserError when a compressed file is cut short or damaged.
  bool next(std::string& line);
  int number() const { return number_; }

 private:
  std::string path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile_s*)> file_;
  std::vector<char> buffer_;
  size_t at_ = 0, size_ = 0;
  int number_ = 0;
};

struct Field {
  std::string_view text;
  size_t column;  ///< of its first character in the line
};

/// Problems of one file. Messages show the lines concerned, so these are kept, and no others.
class Problems {
 public:
  explicit Problems(std::string path) : path_(std::move(path)) {}
  /// Raises all when there are many.
  void add(int line, const std::string& text, size_t column, size_t length, std::string message,
           std::string hint = {});
  void add(int line, const std::string& text, const Field& f, std::string message,
           std::string hint = {}) {
    add(line, text, f.column, f.text.size(), std::move(message), std::move(hint));
  }
  bool any() const { return !items_.empty(); }
  [[noreturn]] void raise() const;
  /// A problem of the file as a whole, now.
  [[noreturn]] void raise(std::string message, std::string hint = {}) const;

 private:
  struct Item {
    int line;
    std::string text;
    size_t column, length;
    std::string message, hint;
  };
  std::string path_;
  std::vector<Item> items_;
};

/// Without blanks and quotes at the ends.
std::string_view trim(std::string_view s);
/// What separates the columns of a file with this header: a comma, or a semicolon or tabulator
/// where it has no comma.
char separator(std::string_view header);
void split(std::string_view line, std::vector<Field>& out, char by = ',');
/// The whole text as a number; false when it is none.
bool number(std::string_view s, double& v);
/// Lower case without blanks, '_', '-' and a unit in brackets: how names of columns are compared.
std::string plain_name(std::string_view s);
/// The unit in brackets at the end of a column's name, "s" of "time [s]" and "time (s)"; else "".
std::string_view unit_of(std::string_view name);
/// What numbers below this header are multiplied with to be SI of the kind of `unit`: 1 where it
/// names none. Another kind of unit, or none that is known, is a problem.
double header_scale(const Field& header, std::string_view unit, Problems& problems, int line,
                    const std::string& text);

}  // namespace steppe::load
