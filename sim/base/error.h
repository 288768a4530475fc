#pragma once
// Errors as the user meets them: where, what, what was expected. One list collects many, one
// exception stops once.
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace steppe {

/// Text of one input (a file, or the value of a --set), kept so that messages can show the line.
struct SourceText {
  std::string name;  ///< path as the user typed it, or e.g. "--set"
  std::string text;
};
using SourceTextPtr = std::shared_ptr<const SourceText>;

/// A place in an input. Lines and columns count from 1; line 0 means "the whole source".
struct SourceLoc {
  SourceTextPtr source;
  int line = 0;
  int column = 0;
  int length = 1;           ///< characters to underline
  std::string str() const;  ///< "file:line:column", "file" or ""
};

struct Diagnostic {
  enum class Severity { error, warning };
  Severity severity = Severity::error;
  SourceLoc where;
  std::string message;
  std::string hint;  ///< printed after the carets: "did you mean 'fan_power' [W]?"
  SourceLoc other;   ///< second place when two entries conflict
};

/// Collects problems of one input; rendering shows file:line:column, the line and a caret.
class Diagnostics {
 public:
  void error(SourceLoc where, std::string message, std::string hint = {}, SourceLoc other = {});
  void warning(SourceLoc where, std::string message, std::string hint = {});
  void add(const Diagnostics& more);
  bool ok() const { return errors_ == 0; }
  int errors() const { return errors_; }
  const std::vector<Diagnostic>& items() const { return items_; }
  /// All items, then "2 errors." At most `max_items` are shown in full.
  std::string render(size_t max_items = 30) const;
  /// Throws UserError when there are errors.
  void throw_if_errors() const;

 private:
  std::vector<Diagnostic> items_;
  int errors_ = 0;
};

/// Base of everything steppe throws; `exit_code` is the command's exit status.
class Error : public std::runtime_error {
 public:
  Error(const std::string& what, int exit_code) : std::runtime_error(what), exit_code_(exit_code) {}
  int exit_code() const { return exit_code_; }

 private:
  int exit_code_;
};

/// Bad input (exit 2).
class UserError : public Error {
 public:
  explicit UserError(const std::string& message) : Error(message, 2) {
    diagnostics_.error({}, message);
  }
  UserError(SourceLoc where, const std::string& message, const std::string& hint = {});
  explicit UserError(const Diagnostics& d) : Error(d.render(), 2), diagnostics_(d) {}
  const Diagnostics& diagnostics() const { return diagnostics_; }

 private:
  Diagnostics diagnostics_;
};

/// The solver failed (exit 3); the text is the diagnosis.
class SolveError : public Error {
 public:
  explicit SolveError(const std::string& what) : Error(what, 3) {}
};

/// Reading or writing failed (exit 5).
class IoError : public Error {
 public:
  explicit IoError(const std::string& what) : Error(what, 5) {}
};

/// A defect of steppe itself (exit 70).
class InternalError : public Error {
 public:
  explicit InternalError(const std::string& what) : Error("internal error: " + what, 70) {}
};

[[noreturn]] void check_failed(const char* expression, const char* file, int line);
/// Always on; a failure is a bug of ours, never of the input.
#define STEPPE_CHECK(x) ((x) ? (void)0 : ::steppe::check_failed(#x, __FILE__, __LINE__))

/// The candidate nearest to `word` by edit distance, or "" when none is near (distance > 40 % of
/// the length).
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace steppe
