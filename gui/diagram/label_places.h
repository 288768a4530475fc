#pragma once
// Where labels stand in a diagram, so that none hides a box or another label. Pure geometry.
#include <vector>

namespace steppe::gui {

struct Area {
  double x = 0.0, y = 0.0, w = 0.0, h = 0.0;
  bool meets(const Area& o) const {
    return x < o.x + o.w && o.x < x + w && y < o.y + o.h && o.y < y + h;
  }
};

struct LabelWish {
  double w = 0.0, h = 0.0;
  struct Point {
    double x, y;
  };
  std::vector<Point> centres;  ///< in order of preference
};

/// For every wish the index of its centre, or −1 when each of them would meet something in `solid`
/// or a label that is already placed. Of those that do not, the one that meets the fewest of
/// `soft` (lines); the earlier of equals.
std::vector<int> place_labels(std::vector<Area> solid, const std::vector<Area>& soft,
                              const std::vector<LabelWish>&);

}  // namespace steppe::gui
