#pragma once
// The engine reads scenarios from files and resolves paths relative to them. Text that is not saved
// is handed over as a short-lived hidden file in the same folder, so that relative paths hold.
#include <string>

namespace steppe::gui {

class SnapshotFile {
 public:
  /// Uses `path` itself when it holds exactly `text`.
  SnapshotFile(const std::string& text, const std::string& path);
  ~SnapshotFile();
  SnapshotFile(const SnapshotFile&) = delete;
  SnapshotFile& operator=(const SnapshotFile&) = delete;
  const std::string& path() const { return file_; }

 private:
  std::string file_;
  bool temporary_ = false;
};

}  // namespace steppe::gui
