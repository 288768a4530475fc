#pragma once
// Pictures as files.
#include <QSize>
#include <QString>
#include <functional>

class QPainter;
class QWidget;

namespace steppe::gui {

/// PNG (twice the size), SVG or PDF (one page, 96 dots per inch) by the suffix: `paint` draws
/// `size` pixels with `painter`, which comes from the caller because a plot wants one of its own
/// kind. False: another suffix, or it cannot be written.
bool export_picture(const QString& file, const QSize& size, QPainter& painter,
                    const std::function<void()>& paint);

/// What a widget paints, without its children (choices stay out of the picture).
bool export_widget(QWidget& widget, const QString& file);

}  // namespace steppe::gui
