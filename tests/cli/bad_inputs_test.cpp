// Every bad input of tests/bad: the right exit code and message, in time, and no result left
// behind.
//
// NAME.expected says what must be printed to the standard error, one part a line. Lines of another
// kind:
//   # a remark
//   args: …      further arguments of `run FILE -o RESULT`; a word {} stands for the file
//   command: …   the whole command instead
//   exit: N      instead of 2
//   not: …       must not be printed
// In all of them {} is the path of the input: NAME.yaml is run as it is, NAME.csv as the trace of
// base/trace.yaml and NAME.epw as the weather of base/site.yaml.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/cli/support.h"

namespace steppe::test {
namespace {

namespace fs = std::filesystem;
constexpr double kTimeout = 10.0;  // s

struct Expected {
  Arguments command;
  std::vector<std::string> parts, absent;
  int exit_code = 2;
};

std::string filled(std::string text, const std::string& file) {
  for (size_t at = text.find("{}"); at != std::string::npos; at = text.find("{}", at + file.size()))
    text.replace(at, 2, file);
  return text;
}
Arguments words(const std::string& text) {
  std::istringstream in(text);
  Arguments out;
  for (std::string w; in >> std::quoted(w);) out.push_back(w);
  return out;
}

Expected read_expected(const std::string& path, const std::string& input) {
  Expected e;
  std::string more, whole;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    line = filled(line, input);
    auto value = [&](std::string_view key) -> std::optional<std::string> {
      if (!line.starts_with(key)) return std::nullopt;
      return line.substr(key.size());
    };
    if (line.empty() || line[0] == '#') continue;
    if (const auto v = value("args: "))
      more = *v;
    else if (const auto v2 = value("command: "))
      whole = *v2;
    else if (const auto v3 = value("exit: "))
      e.exit_code = std::stoi(*v3);
    else if (const auto v4 = value("not: "))
      e.absent.push_back(*v4);
    else
      e.parts.push_back(line);
  }
  if (!whole.empty()) {
    e.command = words(whole);
    return e;
  }
  const std::string kind = fs::path(input).extension().string();
  if (kind == ".csv")
    e.command = {"run", "tests/bad/base/trace.yaml", "--set", "load.trace=" + input};
  else if (kind == ".epw")
    e.command = {"run", "tests/bad/base/site.yaml", "--set", "site.weather=" + input};
  else
    e.command = {"run", input};
  for (auto& w : words(more)) e.command.push_back(w);
  return e;
}

/// "" or what is wrong.
std::string problem(const Expected& e, const std::string& name) {
  const std::string result = temp_dir() + "/" + name + ".h5";
  Arguments command = e.command;
  if (command[0] == "run" || command[0] == "load") command.insert(command.end(), {"-o", result});
  const Outcome o = steppe(command, kTimeout);
  std::string bad;
  if (o.timed_out) bad += fmt::format("  took more than {} s\n", kTimeout);
  if (o.signal) bad += fmt::format("  ended by signal {}\n", o.signal);
  if (o.exit_code != e.exit_code)
    bad += fmt::format("  exit code {}, expected {}\n", o.exit_code, e.exit_code);
  if (e.parts.empty()) bad += "  nothing is expected\n";
  for (const auto& p : e.parts)
    if (o.err.find(p) == std::string::npos) bad += fmt::format("  not printed: {}\n", p);
  for (const auto& p : e.absent)
    if (o.err.find(p) != std::string::npos) bad += fmt::format("  printed: {}\n", p);
  if (fs::exists(result)) bad += "  a result was left behind\n";
  if (o.err.size() > 20000) bad += fmt::format("  {} bytes of message\n", o.err.size());
  if (!bad.empty()) bad += "  --- it printed:\n" + o.err.substr(0, 3000) + "\n";
  return bad;
}

/// Inputs too large or too odd to keep as files.
std::string generate(const std::string& name) {
  const std::string path = temp_dir() + "/" + name + ".yaml";
  if (name == "nested-brackets") {
    write_file(path, "steppe: 1\ncomponents: " + std::string(10 << 20, '['));
  } else if (name == "nested-maps") {
    std::string text = "steppe: 1\n";
    for (int i = 0; i < 3000; ++i) text += std::string(static_cast<size_t>(i), ' ') + "a:\n";
    write_file(path, text);
  } else if (name == "long-line") {
    write_file(path, "steppe: 1\nname: bad\ncomponents: [" + std::string(5 << 20, 'x') + "\n");
  } else if (name == "binary") {
    std::string text;
    for (unsigned i = 0, x = 1; i < 100000; ++i)
      text += static_cast<char>((x = x * 1664525u + 1013904223u) >> 24);
    write_file(path, text);
  } else if (name == "many-errors") {
    std::string text = "steppe: 1\ncomponents:\n";
    for (int i = 0; i < 20000; ++i)
      text += fmt::format("  - {{id: c{}, type: nonsense{}}}\n", i, i);
    write_file(path, text);
  }
  return path;
}

// Reported, not yet binding: most inputs of the folder still lack their expected message.
TEST_CASE("bad inputs end with a plain message and leave nothing behind") {
  const std::string folder = std::string(STEPPE_SOURCE_DIR) + "/tests/bad";
  std::vector<std::string> names;
  for (const auto& f : fs::directory_iterator(folder))
    if (f.path().extension() == ".expected") names.push_back(f.path().stem().string());
  std::sort(names.begin(), names.end());
  int passed = 0, failed = 0;
  for (const auto& name : names) {
    std::string input;
    for (const char* ending : {".yaml", ".csv", ".epw"})
      if (fs::exists(folder + "/" + name + ending)) input = "tests/bad/" + name + ending;
    if (input.empty()) input = generate(name);
    const std::string bad = problem(read_expected(folder + "/" + name + ".expected", input), name);
    bad.empty() ? ++passed : ++failed;
    if (!bad.empty()) fmt::print("{}:\n{}", name, bad);
    CHECK_MESSAGE(bad.empty(), name);
  }
  // A file that nobody expects anything of is forgotten, not tested.
  for (const auto& f : fs::directory_iterator(folder)) {
    const std::string stem = f.path().stem().string();
    if (f.is_regular_file() && f.path().extension() != ".md")
      CHECK_MESSAGE(std::find(names.begin(), names.end(), stem) != names.end(), f.path().string());
  }
  fmt::print("bad inputs: {} passed, {} failed\n", passed, failed);
  CHECK(passed >= 45);
}

}  // namespace
}  // namespace steppe::test
