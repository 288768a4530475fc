// The direction of dependencies, read from the #include lines.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

struct Rule {
  const char* folder;
  std::vector<std::string>
      forbidden;  ///< beginnings of what stands between the quotes or angle brackets
};

// Lowest first; nothing includes what stands above it.
const std::vector<Rule> kRules{
    {"sim/base",
     {"sim/core/", "sim/solve/", "sim/io/", "sim/app/", "sim/cli/", "models/", "inference_load/",
      "gui/"}},
    {"sim/core",
     {"sim/solve/", "sim/io/", "sim/app/", "sim/cli/", "models/", "inference_load/", "gui/"}},
    {"sim/solve", {"sim/io/", "sim/app/", "sim/cli/", "models/", "inference_load/", "gui/"}},
    {"sim/io", {"sim/solve/", "sim/app/", "sim/cli/", "models/", "inference_load/", "gui/"}},
    {"sim/app", {"sim/cli/", "models/", "gui/", "inference_load/registry.h"}},
    {"models",
     {"sim/solve/", "sim/io/", "sim/app/", "sim/cli/", "inference_load/", "gui/", "hdf5",
      "yaml-cpp", "Q"}},
    {"inference_load",
     {"sim/solve/", "sim/io/", "sim/app/", "sim/cli/", "models/", "gui/", "hdf5", "yaml-cpp", "Q"}},
    {"sim/cli", {"gui/"}},
    {"gui", {"sim/solve/sundials", "sim/cli/"}},
};

}  // namespace

TEST_CASE("includes follow the direction of the design") {
  int files = 0;
  for (const auto& rule : kRules) {
    const fs::path root = fs::path(STEPPE_SOURCE_DIR) / rule.folder;
    if (!fs::exists(root)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      ++files;
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("#include ") || line.size() < 11) continue;
        for (const auto& f : rule.forbidden)
          CHECK_MESSAGE(!line.substr(10).starts_with(f), entry.path().string() << ": " << line);
        const std::string file = entry.path().filename().string();
        if (line.find("yaml-cpp/") != std::string::npos)
          CHECK_MESSAGE(file.starts_with("yaml_"), entry.path().string());
        if (line.find("<hdf5") != std::string::npos)
          CHECK_MESSAGE(file.starts_with("hdf5_"), entry.path().string());
        if (line.find("<sundials/") != std::string::npos ||
            line.find("<idas/") != std::string::npos)
          CHECK_MESSAGE(file.starts_with("sundials_"), entry.path().string());
      }
    }
  }
  CHECK(files > 50);
}

TEST_CASE("the tests that a model names exist") {
  int named = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(STEPPE_SOURCE_DIR) / "models")) {
    if (entry.path().extension() != ".h") continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      const size_t begin = line.find("tests/unit/"), end = line.find(".cpp", begin);
      if (begin == std::string::npos || end == std::string::npos) continue;
      ++named;
      const std::string file = line.substr(begin, end + 4 - begin);
      CHECK_MESSAGE(fs::exists(fs::path(STEPPE_SOURCE_DIR) / file), entry.path().string()
                                                                        << ": " << file);
    }
  }
  CHECK(named > 20);
}
