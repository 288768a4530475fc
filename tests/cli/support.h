#pragma once
// Runs the built command as a child process.
#include <sys/types.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace steppe::test {

struct Outcome {
  int exit_code = -1;  ///< −1: it did not end by itself
  int signal = 0;      ///< that ended it
  bool timed_out = false;
  std::string out, err;
  double seconds = 0.0;
};

using Arguments = std::vector<std::string>;

/// The command in the repository's root. `in_child` runs between fork and exec (limits, say).
class Child {
 public:
  explicit Child(const Arguments& arguments, const std::function<void()>& in_child = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  pid_t pid() const { return pid_; }
  /// Waits for the end; kills it after `timeout` seconds.
  Outcome wait(double timeout = 60.0);

 private:
  pid_t pid_ = -1;
  std::string out_file_, err_file_;
};

Outcome steppe(const Arguments& arguments, double timeout = 60.0);
/// Same, and parses what it printed.
nlohmann::json steppe_json(const Arguments& arguments);

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);
/// A folder that is gone with the program.
std::string temp_dir();
std::string fixture(const std::string& name);  ///< tests/cli/fixtures/NAME

}  // namespace steppe::test
