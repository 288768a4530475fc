#pragma once
// A folder of its own with a study over the smallest site.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "inference_load/registry.h"
#include "models/registry.h"
#include "sim/app/study.h"

namespace steppe::test {

inline const core::Registry& registry() {
  static const core::Registry all = [] {
    core::Registry r = models::registry();
    for (auto& t : load::process_types()) r.add(std::move(t));
    return r;
  }();
  return all;
}

class Folder {
 public:
  Folder() {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("steppe-sweep-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(path_);
    std::filesystem::copy_file(STEPPE_SOURCE_DIR "/tests/sweep/fixtures/site.yaml", scenario());
  }
  ~Folder() {
    std::error_code ec;
    std::filesystem::remove_all(path_, ec);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string scenario() const { return path_ / "site.yaml"; }
  std::string operator/(const std::string& name) const { return path_ / name; }
  /// Writes study.yaml with three lines before `body`.
  std::string study(const std::string& body) const {
    const std::string file = path_ / "study.yaml";
    std::ofstream(file) << "steppe: 1\nstudy: test\nscenario: site.yaml\n" << body;
    return file;
  }

 private:
  std::filesystem::path path_;
};

inline app::Study read(const std::string& file) {
  Diagnostics d;
  auto study = app::load_study(file, d);
  REQUIRE_MESSAGE(d.ok(), d.render());
  return study;
}

}  // namespace steppe::test
