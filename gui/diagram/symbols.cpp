#include "gui/diagram/symbols.h"

#include <QPainter>
#include <QPainterPath>
#include <cmath>
#include <utility>
#include <vector>

#include "gui/style/icons.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {

/// What every symbol is drawn with: `h` is half the side of the square, `c` its centre.
struct Pen {
  QPainter& p;
  QRectF r;
  QPointF c;
  double h;
  QColor ink;
  const Theme& t;
  const SymbolState& s;
  QString type;

  QPointF at(double x, double y) const { return c + QPointF(x * h, y * h); }
  void line(double x0, double y0, double x1, double y1) const {
    p.drawLine(at(x0, y0), at(x1, y1));
  }
  void ring(double x, double y, double radius) const {
    p.drawEllipse(at(x, y), radius * h, radius * h);
  }
  QRectF box(double w, double hh) const { return {at(-w, -hh), at(w, hh)}; }
  void text(const QString& word) const {
    QFont f = p.font();
    f.setPixelSize(static_cast<int>(1.1 * h));
    f.setBold(true);
    p.setFont(f);
    p.drawText(r, Qt::AlignCenter, word);
  }
};

void utility(const Pen& d) {
  d.p.drawRect(d.box(0.9, 0.9));
  d.line(-0.9, -0.9, 0.9, 0.9);
  d.line(0.9, -0.9, -0.9, 0.9);
}

void transformer(const Pen& d) {
  d.ring(0, -0.35, 0.6);
  d.ring(0, 0.35, 0.6);
  d.p.setBrush(Qt::NoBrush);
  d.ring(0, -0.35, 0.6);
}

void breaker(const Pen& d) {
  d.p.setBrush(d.s.open ? QBrush(d.t.ground) : QBrush(d.ink));
  d.p.drawRect(d.box(0.5, 0.5));
}

/// Two ways in, one out, the blade on one of them.
void transfer_switch(const Pen& d) {
  for (double x : {-0.6, 0.6}) {
    d.line(x, -1, x, -0.4);
    d.p.setBrush(d.ink);
    d.ring(x, -0.3, 0.12);
  }
  d.line(0, 0.5, d.s.open ? 0.0 : -0.6, -0.3);
  d.line(0, 0.5, 0, 1);
  d.ring(0, 0.5, 0.12);
}

void converter(const Pen& d) {
  d.p.drawRect(d.box(0.92, 0.78));
  d.line(-0.92, 0.78, 0.92, -0.78);
  auto equals = [&](double x, double y) {
    d.p.setPen(QPen(d.t.dc, 1.5));
    d.line(x, y, x + 0.55, y);
    d.line(x, y + 0.25, x + 0.55, y + 0.25);
  };
  auto wave = [&](double x, double y) {
    d.p.setPen(QPen(d.ink, 1.3));
    QPainterPath path(d.at(x, y));
    path.cubicTo(d.at(x + 0.2, y - 0.4), d.at(x + 0.35, y + 0.4), d.at(x + 0.55, y));
    d.p.drawPath(path);
  };
  const bool dc_in = d.type.contains("dcdc") || d.type.contains("inverter");
  const bool ac_out = d.type.contains("inverter") || d.type == "ups";
  dc_in ? equals(-0.75, -0.55) : wave(-0.75, -0.4);
  ac_out ? wave(0.2, 0.45) : equals(0.2, 0.3);
}

void battery(const Pen& d) {
  const QRectF body(d.at(-0.92, -0.5), d.at(0.7, 0.5));
  const double charge = d.s.charge ? std::min(1.0, std::max(0.0, *d.s.charge)) : 0.0;
  if (d.s.charge)
    d.p.fillRect(QRectF(body.topLeft(), QSizeF(body.width() * charge, body.height())), d.t.battery);
  d.p.setPen(QPen(d.t.battery, 1.5));
  d.p.drawRoundedRect(body, 2, 2);
  d.p.fillRect(QRectF(d.at(0.76, -0.2), d.at(0.98, 0.2)), d.t.battery);
}

void capacitor(const Pen& d) {
  d.p.setPen(QPen(d.t.battery, 1.6));
  d.line(-1, 0, -0.2, 0);
  d.line(0.2, 0, 1, 0);
  d.p.setPen(QPen(d.t.battery, 2.4));
  d.line(-0.2, -0.75, -0.2, 0.75);
  d.line(0.2, -0.75, 0.2, 0.75);
}

void genset(const Pen& d) {
  d.ring(0, 0, 0.9);
  d.text("G");
}

void pump(const Pen& d) {
  d.ring(0, 0, 0.88);
  d.p.setBrush(d.ink);
  d.p.drawPolygon(QPolygonF{d.at(-0.35, -0.5), d.at(0.6, 0), d.at(-0.35, 0.5)});
}

void exchanger(const Pen& d) {
  d.p.drawRect(d.box(0.75, 0.95));
  for (int i = 0; i < 4; ++i) {
    d.p.setPen(QPen(i % 2 ? d.t.supply : d.t.back, 2));
    const double x = -0.45 + 0.3 * i;
    d.line(x, -0.65, x, 0.65);
  }
}

void tank(const Pen& d) {
  const QRectF body = d.box(0.58, 0.92);
  QColor warm = d.t.back, cold = d.t.supply;
  warm.setAlpha(90);
  cold.setAlpha(90);
  QPainterPath shape;
  shape.addRoundedRect(body, 4, 4);
  d.p.save();
  d.p.setClipPath(shape, Qt::IntersectClip);
  d.p.fillRect(QRectF(d.at(-0.58, -0.92), d.at(0.58, -0.25)), warm);
  d.p.fillRect(QRectF(d.at(-0.58, -0.25), d.at(0.58, 0.92)), cold);
  d.p.restore();
  d.p.drawRoundedRect(body, 4, 4);
}

/// A closed vessel: its membrane between water and gas.
void vessel(const Pen& d) {
  d.ring(0, -0.1, 0.75);
  QPainterPath membrane(d.at(-0.75, -0.1));
  membrane.quadTo(d.at(0, 0.45), d.at(0.75, -0.1));
  d.p.drawPath(membrane);
  d.line(0, 0.65, 0, 1);
}

void valve(const Pen& d) {
  d.p.drawPolygon(
      QPolygonF{d.at(-0.85, -0.45), d.at(-0.85, 0.45), d.at(0.85, -0.45), d.at(0.85, 0.45)});
  if (d.type.startsWith("check")) {
    d.p.setBrush(d.ink);
    d.p.drawPolygon(QPolygonF{d.at(-0.85, -0.45), d.at(-0.85, 0.45), d.at(0, 0)});
  } else {
    d.line(0, 0, 0, -0.7);
    d.line(-0.3, -0.7, 0.3, -0.7);
  }
}

void blades(const Pen& d, double y, double size) {
  for (int i = 0; i < 4; ++i) {
    d.p.save();
    d.p.translate(d.at(0, y));
    d.p.rotate(90.0 * i + 20);
    const double u = d.h * size;
    QPainterPath blade;
    blade.quadTo(0.55 * u, -0.4 * u, 0.88 * u, 0);
    blade.quadTo(0.44 * u, 0.05 * u, 0, 0);
    d.p.drawPath(blade);
    d.p.restore();
  }
}

void fan(const Pen& d) {
  d.ring(0, 0, 0.9);
  blades(d, 0, 0.9);
}

/// The hyperbola of a tower with its fan on top; a closed one has a coil inside.
void tower(const Pen& d) {
  QPainterPath shell(d.at(-0.85, 0.95));
  shell.cubicTo(d.at(-0.4, 0.3), d.at(-0.4, -0.2), d.at(-0.6, -0.6));
  shell.lineTo(d.at(0.6, -0.6));
  shell.cubicTo(d.at(0.4, -0.2), d.at(0.4, 0.3), d.at(0.85, 0.95));
  shell.closeSubpath();
  d.p.drawPath(shell);
  d.line(-0.5, -0.9, 0.5, -0.9);
  d.line(0, -0.9, 0, -0.6);
  if (!d.type.startsWith("closed")) {
    d.p.setPen(QPen(d.t.supply, 1.3));
    for (double x : {-0.25, 0.0, 0.25}) d.line(x, -0.2, x, 0.6);
    return;
  }
  d.p.setPen(QPen(d.t.back, 1.3));
  d.p.drawPolyline(QPolygonF{d.at(-0.4, 0), d.at(0.4, 0), d.at(-0.4, 0.3), d.at(0.4, 0.3),
                             d.at(-0.4, 0.6), d.at(0.4, 0.6)});
}

/// An air handler: filter, fan, in one housing.
void air_handler(const Pen& d) {
  d.p.drawRect(d.box(0.95, 0.7));
  d.p.drawPolyline(QPolygonF{d.at(-0.6, -0.7), d.at(-0.8, -0.35), d.at(-0.4, 0), d.at(-0.8, 0.35),
                             d.at(-0.6, 0.7)});
  d.ring(0.3, 0, 0.48);
  d.p.setBrush(d.ink);
  d.p.drawPolygon(QPolygonF{d.at(0.12, -0.28), d.at(0.66, 0), d.at(0.12, 0.28)});
}

void chiller(const Pen& d) {
  d.p.drawRect(d.box(0.92, 0.8));
  for (int i = 0; i < 3; ++i) {
    const double x = 0.55 * std::cos(M_PI * i / 3.0), y = 0.55 * std::sin(M_PI * i / 3.0);
    d.line(-x, -y, x, y);
  }
}

void heat_pump(const Pen& d) {
  d.p.drawRect(d.box(0.92, 0.8));
  d.p.setPen(QPen(d.t.back, 2));
  d.line(0, 0.5, 0, -0.45);
  d.p.drawPolyline(QPolygonF{d.at(-0.35, -0.1), d.at(0, -0.5), d.at(0.35, -0.1)});
}

void house(const Pen& d) {
  d.p.drawPolygon(QPolygonF{d.at(-0.8, 0.85), d.at(-0.8, -0.1), d.at(0, -0.85), d.at(0.8, -0.1),
                            d.at(0.8, 0.85)});
  d.p.setPen(QPen(d.t.back, 1.5));
  for (double x : {-0.3, 0.0, 0.3}) d.line(x, 0.1, x, 0.6);
}

void racks(const Pen& d) {
  const QColor color = d.s.live ? d.t.normal : d.t.no_flow;
  QColor fill = color;
  fill.setAlpha(60);
  d.p.setPen(QPen(color, 1));
  d.p.setBrush(fill);
  const double w = d.r.width() / 4, high = d.r.height() / 2;
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 4; ++x)
      d.p.drawRect(QRectF(d.r.left() + x * w + 1, d.r.top() + y * high + 1, w - 2, high - 3));
}

void room(const Pen& d) {
  d.p.drawRect(d.box(0.95, 0.75));
  for (double x : {-0.6, -0.15, 0.3}) d.p.drawRect(QRectF(d.at(x, -0.35), d.at(x + 0.3, 0.75)));
}

void tube(const Pen& d) {
  d.p.drawRoundedRect(d.box(1.0, 0.3), 3, 3);
  d.line(-1, 0, 1, 0);
}

/// By a part of the type's name; the first that fits.
const std::vector<std::pair<const char*, void (*)(const Pen&)>>& table() {
  static const std::vector<std::pair<const char*, void (*)(const Pen&)>> all{
      {"utility", utility},
      {"transformer", transformer},
      {"transfer", transfer_switch},
      {"breaker", breaker},
      {"capacitor", capacitor},
      {"rectifier", converter},
      {"inverter", converter},
      {"pcs", converter},
      {"dcdc", converter},
      {"ups", converter},
      {"battery", battery},
      {"genset", genset},
      {"heat_pump", heat_pump},
      {"heat_user", house},
      {"pump", pump},
      {"exchanger", exchanger},
      {"rear_door", exchanger},
      {"tank", tank},
      {"vessel", vessel},
      {"valve", valve},
      {"tower", tower},
      {"ahu", air_handler},
      {"economiser", air_handler},
      {"dry_cooler", fan},
      {"crah", fan},
      {"chiller", chiller},
      {"rack", racks},
      {"server", racks},
      {"room", room},
      {"pipe", tube},
      {"cable", tube},
      {"line", tube},
      {"pdu", tube},
  };
  return all;
}

}  // namespace

void draw_symbol(QPainter& p, const QRectF& r, const QString& type, const QString& domain,
                 const SymbolState& s) {
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  const Theme& t = theme();
  const QColor ink = s.live ? t.ac : t.no_flow;
  p.setPen(QPen(ink, 1.5));
  p.setBrush(s.ground.isValid() ? QBrush(s.ground) : QBrush(Qt::NoBrush));
  const Pen pen{p, r, r.center(), 0.5 * r.width(), ink, t, s, type};
  for (const auto& [part, draw] : table())
    if (type.contains(part)) {
      draw(pen);
      p.restore();
      return;
    }
  QIcon shape = icon(domain == "grid" ? "power" : domain, ink);
  if (shape.isNull() || type.contains("load")) shape = icon("power", ink);
  shape.paint(&p, r.adjusted(1, 1, -1, -1).toRect());
  p.restore();
}

}  // namespace steppe::gui
