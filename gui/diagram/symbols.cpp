#include "gui/diagram/symbols.h"

#include <QPainter>
#include <QPainterPath>
#include <cmath>

#include "gui/style/icons.h"
#include "gui/style/theme.h"

namespace steppe::gui {

void draw_symbol(QPainter& p, const QRectF& r, const QString& type, const QString& domain,
                 const SymbolState& s) {
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  const Theme& t = theme();
  const QColor ink = s.live ? t.ac : t.no_flow;
  p.setPen(QPen(ink, 1.5));
  p.setBrush(Qt::NoBrush);
  const QPointF c = r.center();
  const double h = 0.5 * r.width();
  auto is = [&](std::initializer_list<const char*> names) {
    for (const char* n : names)
      if (type == n || type.contains(n)) return true;
    return false;
  };
  if (is({"utility"})) {
    p.drawRect(r);
    p.drawLine(r.topLeft(), r.bottomRight());
    p.drawLine(r.topRight(), r.bottomLeft());
  } else if (is({"transformer"})) {
    p.drawEllipse(QPointF(c.x(), c.y() - 0.35 * h), 0.62 * h, 0.62 * h);
    p.drawEllipse(QPointF(c.x(), c.y() + 0.35 * h), 0.62 * h, 0.62 * h);
  } else if (is({"breaker", "switch", "ats"})) {
    const QRectF box(c.x() - 0.5 * h, c.y() - 0.5 * h, h, h);
    p.drawLine(QPointF(c.x(), r.top()), QPointF(c.x(), box.top()));
    p.drawLine(QPointF(c.x(), box.bottom()), QPointF(c.x(), r.bottom()));
    p.setBrush(s.open ? QBrush(t.ground) : QBrush(ink));
    p.drawRect(box);
  } else if (is({"rectifier", "inverter", "pcs", "dcdc", "converter", "ups"})) {
    p.drawRect(r.adjusted(1, 3, -1, -3));
    p.drawLine(r.bottomLeft() + QPointF(1, -3), r.topRight() + QPointF(-1, 3));
    QPainterPath wave;
    wave.moveTo(r.left() + 0.3 * h, r.top() + 0.6 * h);
    wave.cubicTo(r.left() + 0.5 * h, r.top() + 0.2 * h, r.left() + 0.7 * h, r.top() + 1.0 * h,
                 r.left() + 0.95 * h, r.top() + 0.5 * h);
    auto equals = [&](const QPointF& at) {
      p.setPen(QPen(t.dc, 1.5));
      p.drawLine(at, at + QPointF(0.6 * h, 0));
      p.drawLine(at + QPointF(0, 0.25 * h), at + QPointF(0.6 * h, 0.25 * h));
    };
    if (is({"dcdc"}))
      equals(r.topLeft() + QPointF(0.25 * h, 0.45 * h));
    else
      p.drawPath(wave);
    equals(r.bottomRight() - QPointF(0.85 * h, 0.6 * h));
  } else if (domain == "battery" || is({"battery"})) {
    const QRectF body(r.left() + 1, c.y() - 0.5 * h, r.width() - 6, h);
    const double charge = s.charge ? std::min(1.0, std::max(0.0, *s.charge)) : 0.0;
    p.fillRect(QRectF(body.left(), body.top(), body.width() * charge, body.height()),
               s.charge ? t.battery : QColor(Qt::transparent));
    p.setPen(QPen(t.battery, 1.5));
    p.drawRoundedRect(body, 2, 2);
    p.fillRect(QRectF(body.right() + 1, c.y() - 0.2 * h, 3, 0.4 * h), t.battery);
  } else if (is({"genset", "generator"})) {
    p.drawEllipse(c, 0.9 * h, 0.9 * h);
    p.drawText(r, Qt::AlignCenter, "G");
  } else if (is({"pump"})) {
    p.drawEllipse(c, 0.85 * h, 0.85 * h);
    p.setBrush(ink);
    p.drawPolygon(QPolygonF{{c.x() - 0.35 * h, c.y() - 0.5 * h},
                            {c.x() + 0.6 * h, c.y()},
                            {c.x() - 0.35 * h, c.y() + 0.5 * h}});
  } else if (is({"exchanger"})) {
    p.drawRect(r.adjusted(3, 0, -3, 0));
    for (int i = 0; i < 4; ++i) {
      p.setPen(QPen(i % 2 ? t.supply : t.back, 2));
      const double x = r.left() + 3 + (r.width() - 6) * (i + 1) / 5.0;
      p.drawLine(QPointF(x, r.top() + 4), QPointF(x, r.bottom() - 4));
    }
  } else if (is({"tank", "store", "vessel"})) {
    const QRectF body(c.x() - 0.55 * h, r.top() + 1, 1.1 * h, r.height() - 2);
    p.setPen(Qt::NoPen);
    QColor warm = t.back, cold = t.supply;
    warm.setAlpha(90);
    cold.setAlpha(90);
    p.fillRect(QRectF(body.left(), body.top() + 3, body.width(), 0.35 * body.height()), warm);
    p.fillRect(QRectF(body.left(), body.top() + 3 + 0.35 * body.height(), body.width(),
                      0.65 * body.height() - 6),
               cold);
    p.setPen(QPen(ink, 1.5));
    p.drawRoundedRect(body, 4, 4);
  } else if (is({"valve"})) {
    p.drawPolygon(QPolygonF{{r.left() + 2, c.y() - 0.45 * h},
                            {r.left() + 2, c.y() + 0.45 * h},
                            {r.right() - 2, c.y() - 0.45 * h},
                            {r.right() - 2, c.y() + 0.45 * h}});
  } else if (is({"dry_cooler", "tower", "crah", "crac", "fan"})) {
    p.drawEllipse(c, 0.9 * h, 0.9 * h);
    for (int i = 0; i < 4; ++i) {
      p.save();
      p.translate(c);
      p.rotate(90.0 * i + 20);
      QPainterPath blade;
      blade.moveTo(0, 0);
      blade.quadTo(0.5 * h, -0.35 * h, 0.8 * h, 0);
      blade.quadTo(0.4 * h, 0.05 * h, 0, 0);
      p.drawPath(blade);
      p.restore();
    }
  } else if (is({"chiller", "heat_pump"})) {
    p.drawRect(r.adjusted(1, 3, -1, -3));
    for (int i = 0; i < 3; ++i) {
      const double a = M_PI * i / 3.0;
      p.drawLine(c - QPointF(0.55 * h * std::cos(a), 0.55 * h * std::sin(a)),
                 c + QPointF(0.55 * h * std::cos(a), 0.55 * h * std::sin(a)));
    }
  } else if (is({"rack", "server"})) {
    QColor fill = t.normal;
    fill.setAlpha(60);
    for (int y = 0; y < 2; ++y)
      for (int x = 0; x < 4; ++x) {
        const QRectF one(r.left() + x * r.width() / 4 + 1, r.top() + y * r.height() / 2 + 1,
                         r.width() / 4 - 2, r.height() / 2 - 3);
        p.setPen(QPen(s.live ? t.normal : t.no_flow, 1));
        p.setBrush(fill);
        p.drawRect(one);
      }
  } else if (is({"pipe", "cable", "busway", "pdu"})) {
    p.drawRoundedRect(QRectF(r.left(), c.y() - 0.3 * h, r.width(), 0.6 * h), 3, 3);
    p.drawLine(QPointF(r.left(), c.y()), QPointF(r.right(), c.y()));
  } else {
    const QString name = domain == "grid" ? "power" : domain;
    QIcon shape = icon(name, ink);
    if (shape.isNull()) shape = icon(type.contains("load") ? "power" : "site", ink);
    shape.paint(&p, r.adjusted(1, 1, -1, -1).toRect());
  }
  p.restore();
}

}  // namespace steppe::gui
