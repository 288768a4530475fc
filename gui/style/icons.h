#pragma once
// Icons as one-line SVG paths, drawn in the colour of the theme at any resolution; and the shapes
// of states.
#include <QIcon>
#include <QRectF>
#include <QString>

class QPainter;

namespace steppe::gui {

/// An icon by name ("open", "run" …); drawn in the text colour unless `color` is valid.
QIcon icon(const QString& name, const QColor& color = {});

/// Health of a component; never shown by colour alone.
enum class Health { normal, off, battery, frozen, warning, tripped };
QColor state_color(Health);
/// Shape of a state, centred in `r`.
void draw_state(QPainter&, const QRectF& r, Health);
QIcon state_icon(Health);

}  // namespace steppe::gui
