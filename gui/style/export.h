#pragma once
// What a widget paints, as a file.
#include <QString>

class QWidget;

namespace steppe::gui {

/// PNG (twice the size), SVG or PDF by the suffix. False: another suffix, or it cannot be written.
bool export_widget(QWidget& widget, const QString& file);

}  // namespace steppe::gui
