#include "gui/style/icons.h"

#include <QPainter>
#include <QPainterPath>
#include <QPixmap>
#include <QSvgRenderer>
#include <map>

#include "gui/style/theme.h"

namespace steppe::gui {

namespace {

const std::map<QString, QString>& shapes() {
  // 24 × 24, strokes of 2; "f:" fills instead.
  static const std::map<QString, QString> table{
      {"open", "M3 19V5h6l2 3h8v3M3 19l3-8h16l-3 8z"},
      {"new", "M6 3h8l5 5v13H6zM14 3v5h5"},
      {"save", "M4 4h13l3 3v13H4zM8 4v5h8V4M8 20v-7h8v7"},
      {"undo", "M9 5L4 10l5 5M4 10h10a6 6 0 0 1 0 12h-3"},
      {"redo", "M15 5l5 5-5 5M20 10H10a6 6 0 0 0 0 12h3"},
      {"run", "f:M6 4l14 8-14 8z"},
      {"stop", "f:M5 5h14v14H5z"},
      {"pause", "f:M6 4h4v16H6zM14 4h4v16h-4z"},
      {"check", "M4 13l5 5L20 6"},
      {"previous", "f:M5 4h3v16H5zM20 4v16L9 12z"},
      {"next", "f:M16 4h3v16h-3zM4 4v16l11-8z"},
      {"plus", "M12 4v16M4 12h16"},
      {"close", "M5 5l14 14M19 5L5 19"},
      {"float", "M4 8h12v12H4zM8 8V4h12v12h-4"},
      {"fit", "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"},
      {"export", "M12 15V3M7 8l5-5 5 5M4 14v6h16v-6"},
      {"search", "M10 4a6 6 0 1 0 0 12a6 6 0 0 0 0-12M15 15l6 6"},
      {"diagram", "M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4"},
      {"plots", "M4 4v16h16M7 15l4-5 3 3 5-7"},
      {"compare", "M4 20V10h4v10zM10 20V4h4v16zM16 20v-7h4v7z"},
      {"yaml", "M5 3h14v18H5zM8 8h8M8 12h8M8 16h5"},
      {"balance", "M3 6h7c4 0 4 4 8 4h3M3 10h6c4 0 4 8 8 8h4"},
      {"site", "M3 21V10l9-6 9 6v11zM9 21v-7h6v7"},
      {"power", "f:M13 2L5 14h6l-1 8 9-13h-6z"},
      {"battery", "M3 8h16v8H3zM21 11v2M6 11v2M10 11v2"},
      {"cooling", "M12 2v20M3 7l18 10M21 7L3 17"},
      {"thermal", "M5 3h14v18H5zM5 9h14M5 15h14M9 6h1M9 12h1M9 18h1"},
      {"load", "M7 7h10v10H7zM4 10h3M4 14h3M17 10h3M17 14h3M10 4v3M14 4v3M10 17v3M14 17v3"},
      {"controls", "M5 4v16M12 4v16M19 4v16M3 9h4M10 15h4M17 7h4"},
      {"environment", "M12 7a5 5 0 1 0 0 10a5 5 0 0 0 0-10M12 1v3M12 20v3M1 12h3M20 12h3"},
      {"template", "M3 3h8v8H3zM13 3h8v8h-8zM3 13h8v8H3zM13 13h8v8h-8z"},
      {"event", "M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7v6l4 2"},
      {"result", "M4 20V4M4 20h16M8 16v-5M12 16V7M16 16v-8"},
      {"drop", "M12 4v14M6 12l6 6 6-6"},
  };
  return table;
}

QPixmap render(const QString& shape, const QColor& color, int size) {
  const bool fill = shape.startsWith("f:");
  const QString svg =
      QString("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'><path d='%1' %2/></svg>")
          .arg(fill ? shape.mid(2) : shape,
               fill ? QString("fill='%1'").arg(color.name())
                    : QString("fill='none' stroke='%1' stroke-width='1.8' stroke-linecap='round' "
                              "stroke-linejoin='round'")
                          .arg(color.name()));
  QSvgRenderer renderer(svg.toUtf8());
  QPixmap pixmap(size, size);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  renderer.render(&painter);
  return pixmap;
}

}  // namespace

QIcon icon(const QString& name, const QColor& color) {
  const auto it = shapes().find(name);
  if (it == shapes().end()) return {};
  QIcon out;
  const QColor normal = color.isValid() ? color : theme().text;
  for (int size : {16, 20, 24, 32, 48}) {
    out.addPixmap(render(it->second, normal, size), QIcon::Normal);
    out.addPixmap(render(it->second, theme().disabled, size), QIcon::Disabled);
  }
  return out;
}

QColor state_color(Health s) {
  const Theme& t = theme();
  switch (s) {
    case Health::normal:
      return t.normal;
    case Health::off:
      return t.off;
    case Health::battery:
      return t.battery;
    case Health::frozen:
      return t.frozen;
    case Health::warning:
      return t.warning;
    case Health::tripped:
      return t.error;
  }
  return t.text;
}

void draw_state(QPainter& p, const QRectF& r, Health s) {
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  const QColor color = state_color(s);
  const QPointF c = r.center();
  const double h = 0.5 * std::min(r.width(), r.height());
  p.setPen(Qt::NoPen);
  p.setBrush(color);
  switch (s) {
    case Health::normal:
      p.drawEllipse(c, 0.8 * h, 0.8 * h);
      break;
    case Health::off:
      p.setBrush(Qt::NoBrush);
      p.setPen(QPen(color, 0.3 * h));
      p.drawEllipse(c, 0.7 * h, 0.7 * h);
      break;
    case Health::battery:
      p.drawPolygon(QPolygonF{
          {c.x(), c.y() - h}, {c.x() + h, c.y()}, {c.x(), c.y() + h}, {c.x() - h, c.y()}});
      break;
    case Health::frozen:
      p.drawPolygon(QPolygonF{{c.x() - h, c.y()},
                              {c.x() - 0.5 * h, c.y() - 0.87 * h},
                              {c.x() + 0.5 * h, c.y() - 0.87 * h},
                              {c.x() + h, c.y()},
                              {c.x() + 0.5 * h, c.y() + 0.87 * h},
                              {c.x() - 0.5 * h, c.y() + 0.87 * h}});
      break;
    case Health::warning: {
      p.drawPolygon(QPolygonF{
          {c.x(), c.y() - h}, {c.x() + h, c.y() + 0.85 * h}, {c.x() - h, c.y() + 0.85 * h}});
      const QColor mark(theme().dark ? "#20252C" : "#1B2430");
      p.setPen(QPen(mark, 0.26 * h, Qt::SolidLine, Qt::RoundCap));
      p.drawLine(QPointF(c.x(), c.y() - 0.3 * h), QPointF(c.x(), c.y() + 0.25 * h));
      p.drawPoint(QPointF(c.x(), c.y() + 0.6 * h));
      break;
    }
    case Health::tripped:
      p.drawRoundedRect(QRectF(c.x() - 0.9 * h, c.y() - 0.9 * h, 1.8 * h, 1.8 * h), 2, 2);
      p.setPen(QPen(theme().dark ? QColor("#431C20") : QColor("#FFFFFF"), 0.28 * h, Qt::SolidLine,
                    Qt::RoundCap));
      p.drawLine(c - QPointF(0.42 * h, 0.42 * h), c + QPointF(0.42 * h, 0.42 * h));
      p.drawLine(c - QPointF(0.42 * h, -0.42 * h), c + QPointF(0.42 * h, -0.42 * h));
      break;
  }
  p.restore();
}

QIcon state_icon(Health s) {
  QPixmap pixmap(32, 32);
  pixmap.fill(Qt::transparent);
  QPainter p(&pixmap);
  draw_state(p, QRectF(5, 5, 22, 22), s);
  return QIcon(pixmap);
}

}  // namespace steppe::gui
