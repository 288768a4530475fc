#include "tests/cli/support.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace steppe::test {
namespace {

namespace fs = std::filesystem;

/// Removed at the end of the program.
struct TempDir {
  std::string path;
  TempDir() {
    std::string pattern = (fs::temp_directory_path() / "steppe-cli-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~TempDir() {
    std::error_code ec;
    fs::remove_all(path, ec);
  }
};

}  // namespace

std::string temp_dir() {
  static const TempDir dir;
  return dir.path;
}

std::string fixture(const std::string& name) { return "tests/cli/fixtures/" + name; }

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

Child::Child(const Arguments& arguments, const std::function<void()>& in_child) {
  static int number = 0;
  const std::string stem = temp_dir() + "/" + std::to_string(number++);
  out_file_ = stem + ".out";
  err_file_ = stem + ".err";
  std::vector<std::string> words{STEPPE_BINARY};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  pid_ = fork();
  REQUIRE(pid_ >= 0);
  if (pid_ != 0) return;
  const int in = open("/dev/null", O_RDONLY);
  const int out = open(out_file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err = open(err_file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(in, 0);
  dup2(out, 1);
  dup2(err, 2);
  if (chdir(STEPPE_SOURCE_DIR) != 0) _exit(126);
  setenv("STEPPE_HOME", STEPPE_SOURCE_DIR, 1);
  if (in_child) in_child();
  execv(argv[0], argv.data());
  _exit(127);
}

Child::~Child() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

Outcome Child::wait(double timeout) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  Outcome o;
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    o.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    if (o.seconds > timeout) {
      o.timed_out = true;
      kill(pid_, SIGKILL);
      waitpid(pid_, &status, 0);
      break;
    }
    usleep(2000);
  }
  pid_ = -1;
  o.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (WIFEXITED(status)) o.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) o.signal = WTERMSIG(status);
  o.out = read_file(out_file_);
  o.err = read_file(err_file_);
  return o;
}

Outcome steppe(const Arguments& arguments, double timeout) {
  return Child(arguments).wait(timeout);
}

nlohmann::json steppe_json(const Arguments& arguments) {
  const Outcome o = steppe(arguments);
  INFO(o.err);
  REQUIRE(o.exit_code == 0);
  return nlohmann::json::parse(o.out);
}

}  // namespace steppe::test
