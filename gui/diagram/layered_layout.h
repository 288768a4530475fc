#pragma once
// Places boxes in ranks and routes the nets between them. Used for the one-line diagram (ranks run
// down from the grid, trunks are the bus bars) and for the cooling schematic (ranks run right from
// the racks). Pure geometry, deterministic.
//
// Ranks are distances from the roots, counted in nets; so every net lies between two neighbouring
// ranks, in the channel behind the first of them. A net is a trunk across its channel and a stub to
// each port.
#include <vector>

namespace steppe::gui {

struct LayoutBox {
  double along = 60.0;    ///< size in the direction of the ranks
  double across = 120.0;  ///< size within the rank
  std::vector<int> nets;  ///< per port; −1: not connected
  bool root = false;
  /// The part of a side that its ports spread over, from the near corner; all of it when 0.
  double port_begin = 0.0, port_width = 0.0;
  /// Where lines to it should come from: the middle of its ports.
  double middle() const { return port_width > 0.0 ? port_begin + 0.5 * port_width : 0.5 * across; }
};

struct LayoutGraph {
  std::vector<LayoutBox> boxes;
  int nets = 0;
};

struct LayoutOptions {
  double gap_across = 20.0;    ///< between boxes of a rank
  double channel_edge = 16.0;  ///< between a rank and the first trunk
  double track = 14.0;         ///< between trunks
};

struct PlacedBox {
  int rank = 0;
  double along = 0.0, across = 0.0;  ///< near corner
};

struct PlacedPort {
  int box = 0, port = 0;
  double along = 0.0, across = 0.0;  ///< where the stub meets the box
};

struct PlacedNet {
  bool used = false;
  double trunk = 0.0;             ///< along position of the trunk
  double begin = 0.0, end = 0.0;  ///< across extent of the trunk
  std::vector<PlacedPort> ports;
  bool straight() const { return end - begin < 0.5; }
};

struct LayeredLayout {
  std::vector<PlacedBox> boxes;
  std::vector<PlacedNet> nets;
  double along = 0.0, across = 0.0;  ///< size of the whole
  int crossings = 0;                 ///< of stubs with foreign trunks
};

LayeredLayout layered_layout(const LayoutGraph&, const LayoutOptions& = {});

}  // namespace steppe::gui
