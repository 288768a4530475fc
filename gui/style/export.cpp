#include "gui/style/export.h"

#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <QWidget>

namespace steppe::gui {

bool export_widget(QWidget& widget, const QString& file) {
  const QSize size = widget.size();
  const auto flags = QWidget::DrawWindowBackground;  // children (choices) stay out of the picture
  if (file.endsWith(".png", Qt::CaseInsensitive)) {
    QImage image(size * 2, QImage::Format_ARGB32);
    image.setDevicePixelRatio(2);
    image.fill(Qt::transparent);
    QPainter p(&image);
    widget.render(&p, {}, {}, flags);
    p.end();
    return image.save(file);
  }
  if (file.endsWith(".svg", Qt::CaseInsensitive)) {
    QSvgGenerator svg;
    svg.setFileName(file);
    svg.setSize(size);
    svg.setViewBox(QRect({0, 0}, size));
    QPainter p;
    if (!p.begin(&svg)) return false;
    widget.render(&p, {}, {}, flags);
    return p.end();
  }
  if (file.endsWith(".pdf", Qt::CaseInsensitive)) {
    QPdfWriter pdf(file);
    pdf.setPageSize(QPageSize(QSizeF(size) * 0.75, QPageSize::Point));
    pdf.setPageMargins(QMarginsF(0, 0, 0, 0));
    QPainter p;
    if (!p.begin(&pdf)) return false;
    p.scale(static_cast<double>(pdf.width()) / size.width(),
            static_cast<double>(pdf.height()) / size.height());
    widget.render(&p, {}, {}, flags);
    return p.end();
  }
  return false;
}

}  // namespace steppe::gui
