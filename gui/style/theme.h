#pragma once
// Colours of the two themes as one table, and the palette made from it. Widgets ask theme() when
// they paint, so a change of theme is a repaint.
#include <QColor>
#include <QPen>
#include <vector>

class QApplication;

namespace steppe::gui {

struct Theme {
  bool dark;
  QColor window, base, alternate, header, border, grid, selection, selection_text;
  QColor text, secondary, disabled, accent, ground;
  QColor ac, dc, supply, back, no_flow;
  QColor normal, battery, warning, warning_ground, warning_text, error, error_ground, off, frozen;
  std::vector<QColor> series;
};

const Theme& theme();
/// Sets palette and fonts of the whole application.
void apply_theme(QApplication&, bool dark);

/// Pen of the n-th curve: colour first, then dash pattern.
QPen series_pen(int n);
QColor series_color(int n);

/// Inferno in 48 steps, 0 … 1.
QColor heat_color(double share);

}  // namespace steppe::gui
