#include "gui/diagram/label_places.h"

#include <algorithm>

namespace steppe::gui {

std::vector<int> place_labels(std::vector<Area> solid, const std::vector<Area>& soft,
                              const std::vector<LabelWish>& wishes) {
  std::vector<int> out;
  for (const auto& wish : wishes) {
    int best = -1;
    std::ptrdiff_t fewest = 0;
    for (size_t i = 0; i < wish.centres.size(); ++i) {
      const auto& c = wish.centres[i];
      const Area label{c.x - 0.5 * wish.w, c.y - 0.5 * wish.h, wish.w, wish.h};
      auto met = [&](const Area& a) { return a.meets(label); };
      if (std::any_of(solid.begin(), solid.end(), met)) continue;
      const auto lines = std::count_if(soft.begin(), soft.end(), met);
      if (best >= 0 && lines >= fewest) continue;
      best = static_cast<int>(i);
      fewest = lines;
    }
    out.push_back(best);
    if (best < 0) continue;
    const auto& c = wish.centres[static_cast<size_t>(best)];
    solid.push_back({c.x - 0.5 * wish.w, c.y - 0.5 * wish.h, wish.w, wish.h});
  }
  return out;
}

}  // namespace steppe::gui
