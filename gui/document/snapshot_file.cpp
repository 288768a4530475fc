#include "gui/document/snapshot_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/base/error.h"

namespace steppe::gui {

namespace fs = std::filesystem;

SnapshotFile::SnapshotFile(const std::string& text, const std::string& path) {
  if (!path.empty()) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream there;
    there << in.rdbuf();
    if (in && there.str() == text) {
      file_ = path;
      return;
    }
  }
  static std::atomic<int> counter{0};
  const fs::path base(path);
  const std::string name = fmt::format(
      ".{}.{}-{}.yaml", path.empty() ? "scenario" : base.stem().string(), ::getpid(), counter++);
  std::error_code ec;
  // A folder that cannot be written to (a shipped scenario) leaves the temporary folder: paths
  // inside the scenario must then be absolute, and the check says so.
  for (const fs::path& folder :
       {path.empty() ? fs::path() : base.parent_path(), fs::temp_directory_path(ec)}) {
    if (folder.empty()) continue;
    const fs::path file = folder / name;
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    out.flush();
    if (!out) continue;
    file_ = file.string();
    temporary_ = true;
    return;
  }
  throw IoError("no folder to put a copy of the scenario in");
}

SnapshotFile::~SnapshotFile() {
  std::error_code ec;
  if (temporary_) fs::remove(file_, ec);
}

}  // namespace steppe::gui
