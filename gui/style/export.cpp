#include "gui/style/export.h"

#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <QWidget>

namespace steppe::gui {

bool export_picture(const QString& file, const QSize& size, QPainter& painter,
                    const std::function<void()>& paint) {
  const auto draw = [&](QPaintDevice& device, double scale) {
    if (!painter.begin(&device)) return false;
    painter.scale(scale, scale);
    paint();
    return painter.end();
  };
  if (file.endsWith(".png", Qt::CaseInsensitive)) {
    QImage image(size * 2, QImage::Format_ARGB32);
    image.setDevicePixelRatio(2);
    image.fill(Qt::transparent);
    return draw(image, 1.0) && image.save(file);
  }
  if (file.endsWith(".svg", Qt::CaseInsensitive)) {
    QSvgGenerator svg;
    svg.setFileName(file);
    svg.setSize(size);
    svg.setViewBox(QRect({0, 0}, size));
    return draw(svg, 1.0);
  }
  if (file.endsWith(".pdf", Qt::CaseInsensitive)) {
    QPdfWriter pdf(file);
    pdf.setPageSize(QPageSize(QSizeF(size) * 0.75, QPageSize::Point));
    pdf.setPageMargins(QMarginsF(0, 0, 0, 0));
    return draw(pdf, static_cast<double>(pdf.width()) / size.width());
  }
  return false;
}

bool export_widget(QWidget& widget, const QString& file) {
  QPainter p;
  return export_picture(file, widget.size(), p,
                        [&] { widget.render(&p, {}, {}, QWidget::DrawWindowBackground); });
}

}  // namespace steppe::gui
