#pragma once
// What is open and how it is looked at, as a small YAML file that can be mailed and versioned.
// Files are relative to it where they lie below its folder. No Qt here.
#include <string>
#include <vector>

#include "sim/base/error.h"

namespace steppe::gui {

struct Workspace {
  std::vector<std::string> files;  ///< scenarios and results, absolute
  std::string current;             ///< of these the one that is looked at
  std::string plots;               ///< arrangement, as PlotGrid::layout_text()
  std::string docks;               ///< Base64 of the window's docks in this tab
  int tab = 0;
  double cursor = 0.0, range0 = 0.0, range1 = 0.0;  ///< s since the start of the run

  std::string to_yaml(const std::string& folder) const;
  /// Throws UserError when the text is no workspace.
  static Workspace from_yaml(const std::string& text, const std::string& folder);
  /// Whether a text says that it is one.
  static bool is_one(const std::string& text);
};

}  // namespace steppe::gui
