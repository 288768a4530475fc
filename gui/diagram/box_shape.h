#pragma once
// How a component stands in a diagram and how much room it takes: a symbol on the line with its
// words beside it, a hall with its racks, a row of fans, or a card. Pure geometry.
#include <QRectF>
#include <QString>

namespace steppe::gui {

enum class Look { card, symbol, hall, fans };

struct BoxShape {
  Look look = Look::card;
  QSizeF size;
  QRectF symbol;       ///< within the box
  QRectF text;         ///< of a symbol: where its words stand
  bool below = false;  ///< the words stand under the symbol, not beside it
  /// The part of a side that ports spread over, from the near corner, across the ranks.
  double port_begin = 0.0, port_width = 0.0;
  /// From the sides of the box to where a line ends, along the ranks.
  double inset = 0.0, far_inset = 0.0;
};

/// `sideways`: ranks run to the right, lines meet the box from left and right.
BoxShape box_shape(const QString& type, bool sideways, bool electrical);

/// Expansion vessels and references carry no flow worth a figure.
bool has_figure(const QString& type);

}  // namespace steppe::gui
