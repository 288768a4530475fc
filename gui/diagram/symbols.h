#pragma once
// Symbols of components, drawn to fit a square.
#include <QColor>
#include <QRectF>
#include <QString>
#include <optional>

class QPainter;

namespace steppe::gui {

struct SymbolState {
  bool open = false;             ///< breaker
  std::optional<double> charge;  ///< battery, 0 … 1
  bool live = true;              ///< energised or flowing
  QColor ground;                 ///< hides the line that the symbol stands on
};
void draw_symbol(QPainter&, const QRectF&, const QString& type, const QString& domain,
                 const SymbolState&);

}  // namespace steppe::gui
