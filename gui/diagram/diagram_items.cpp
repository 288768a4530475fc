#include "gui/diagram/diagram_items.h"

#include <QCursor>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "gui/diagram/symbols.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {

/// Narrower letters before an ellipsis.
void draw_fitted(QPainter& p, const QRectF& r, const QString& text, Qt::TextElideMode elide) {
  const QFont font = p.font();
  const double wanted = QFontMetricsF(font).horizontalAdvance(text);
  if (wanted > r.width()) {
    QFont narrow = font;
    narrow.setStretch(std::max(80, static_cast<int>(100 * r.width() / wanted) - 1));
    p.setFont(narrow);
  }
  p.drawText(r, Qt::AlignLeft | Qt::AlignVCenter,
             QFontMetricsF(p.font()).elidedText(text, elide, r.width() + 1));
  p.setFont(font);
}

/// +1: a fluid enters the box at this port, −1: it leaves; 0: the name does not say.
int sense_of(const QString& port) {
  if (port == "in" || port.endsWith("_in") || port == "cold" || port == "supply") return +1;
  if (port == "out" || port.endsWith("_out") || port == "hot" || port == "return") return -1;
  return 0;
}

}  // namespace

BoxItem::BoxItem(QString id, QString type, QString domain, QString help, int units)
    : id_(std::move(id)), type_(std::move(type)), domain_(std::move(domain)), units_(units) {
  setToolTip(QString("<p><b>%1</b> · %2<br>%3</p>")
                 .arg(id_.toHtmlEscaped(), type_.toHtmlEscaped(), help.toHtmlEscaped()) +
             (units_ > 1 ? "<p>" +
                               tr("%1 units; power and flow are those of all together")
                                   .arg(units_)
                                   .toHtmlEscaped() +
                               "</p>"
                         : QString()));
  setAcceptHoverEvents(true);
  setCursor(Qt::PointingHandCursor);
  setZValue(2);
}

QRectF BoxItem::boundingRect() const { return QRectF(-6, -6, kBoxWidth + 12, kBoxHeight + 12); }

void BoxItem::set_view(ComponentView view, bool known) {
  view_ = std::move(view);
  known_ = known;
  update();
}

void BoxItem::set_selected(bool on) {
  if (on == selected_) return;
  selected_ = on;
  update();
}

void BoxItem::paint(QPainter* p, const QStyleOptionGraphicsItem*, QWidget*) {
  const Theme& t = theme();
  p->setRenderHint(QPainter::Antialiasing);
  const QRectF r(0, 0, kBoxWidth, kBoxHeight);
  const bool tripped = known_ && view_.state == Health::tripped;
  const bool warned = known_ && view_.state == Health::warning;
  p->setPen(QPen(tripped ? t.error : warned ? t.warning : t.border, tripped || warned ? 2 : 1));
  p->setBrush(tripped ? t.error_ground : warned ? t.warning_ground : t.base);
  p->drawRoundedRect(r, 3, 3);
  SymbolState symbol;
  symbol.open = view_.mode == "open" || view_.mode == "tripped";
  symbol.charge = view_.soc;
  symbol.live = !known_ || (view_.state != Health::off && !tripped);
  draw_symbol(*p, QRectF(7, 17, 19, 19), type_, domain_, symbol);
  QFont font = p->font();
  font.setPixelSize(13);
  font.setBold(true);
  p->setFont(font);
  p->setPen(tripped ? t.error : warned ? t.warning_text : t.text);
  // The block's name is in the tool tip; the last part of an id tells boxes apart.
  QString name = id_;
  if (units_ > 1) name += QString(" ×%1").arg(units_);
  const double width = kBoxWidth - 12;
  if (QFontMetricsF(font).horizontalAdvance(name) > width && name.contains('.'))
    name = name.section('.', -1);
  draw_fitted(*p, QRectF(6, 1, width, 17), name, Qt::ElideMiddle);
  font.setBold(false);
  p->setFont(font);
  const double left = 32, room = kBoxWidth - left - 4;
  if (!known_) {
    p->setPen(t.disabled);
    draw_fitted(*p, QRectF(left, 18, room, 18), type_, Qt::ElideRight);
    return draw_selection(*p);
  }
  double x = left;
  if (!view_.mode.isEmpty()) {
    draw_state(*p, QRectF(left, 22, 10, 10), view_.state);
    x += 14;
  }
  p->setPen(tripped ? t.error : warned ? t.warning_text : t.text);
  // A state that is not the usual one says its name; a battery its charge.
  QString text = view_.main;
  if (view_.state > Health::normal && !view_.mode.isEmpty())
    text = view_.mode;
  else if (view_.soc)
    text = view_.second;
  draw_fitted(*p, QRectF(x, 18, kBoxWidth - x - 4, 18), text, Qt::ElideRight);
  draw_selection(*p);
}

void BoxItem::draw_selection(QPainter& painter) const {
  QPainter* p = &painter;
  const Theme& t = theme();
  const QRectF r(0, 0, kBoxWidth, kBoxHeight);
  if (!selected_) return;
  p->setBrush(Qt::NoBrush);
  p->setPen(QPen(t.accent, 1.5, Qt::DashLine));
  const QRectF frame = r.adjusted(-4, -4, 4, 4);
  p->drawRect(frame);
  p->setPen(Qt::NoPen);
  p->setBrush(t.accent);
  for (const QPointF& c :
       {frame.topLeft(), frame.topRight(), frame.bottomLeft(), frame.bottomRight()})
    p->drawRect(QRectF(c.x() - 2.5, c.y() - 2.5, 5, 5));
}

void NetItem::set_geometry(QPointF begin, QPointF end, std::vector<Stub> stubs) {
  prepareGeometryChange();
  begin_ = begin;
  end_ = end;
  stubs_ = std::move(stubs);
  QRectF b(begin, end);
  b = b.normalized();
  for (const auto& s : stubs_) b |= QRectF(s.box, s.trunk).normalized();
  bounds_ = b.adjusted(-10, -10, 10, 10);
  setZValue(1);
}

std::vector<QRectF> NetItem::lines() const {
  std::vector<QRectF> out{QRectF(begin_, end_).normalized()};
  for (const auto& s : stubs_) out.push_back(QRectF(s.box, s.trunk).normalized());
  for (auto& r : out) r.adjust(-2, -2, 2, 2);
  return out;
}

bool NetItem::says_flow(const Stub& s) const {
  const ComponentView& v = s.owner->view();
  return kind_ == core::PortKind::fluid ? v.mass_flow || !v.flows.empty() : v.flow.has_value();
}

double NetItem::flow_of(const Stub& s) const {
  const ComponentView& v = s.owner->view();
  if (kind_ == core::PortKind::fluid) {
    // Of several circuits the one that the port belongs to: coolant_in – mdot, air_in – mdot_air.
    const QString circuit = s.port.section('_', 0, 0);
    double flow = v.mass_flow.value_or(0.0);
    for (const auto& [name, value] : v.flows)
      if (name.endsWith("_" + circuit)) flow = value;
    const int sense = sense_of(s.port);
    return (s.into_box_is_forward ? 1 : -1) * (sense == 0 ? 1 : sense) * flow;
  }
  const double p = v.flow.value_or(0.0);
  // Storage counts its discharge positive: out of the box.
  const bool source = s.owner->domain() == "battery" || s.owner->model().contains("pcs") ||
                      s.owner->model().contains("dcdc") || s.owner->domain() == "grid";
  if (s.through) return source ? -p : p;
  return source == s.into_box_is_forward ? -p : p;
}

void NetItem::draw_arrow(QPainter& p, const Stub& s, double flow, double width,
                         const QColor& color) const {
  const QPointF along = s.into_box_is_forward ? s.box - s.trunk : s.trunk - s.box;
  const double length = std::hypot(along.x(), along.y());
  if (length < 12) return;
  const QPointF d = along / length * (flow >= 0 ? 1.0 : -1.0), n(-d.y(), d.x());
  const double h = 3.0 + 0.5 * width;
  // At rest in the middle; otherwise faster the more flows, never over the ends.
  const double rate = std::clamp(std::abs(flow) * px_ / 6.5, 0.1, 1.0);
  const double share = std::fmod(0.5 + phase_ * rate, 1.0);
  const double free = std::max(0.0, length - 2 * h);
  const QPointF c = 0.5 * (s.box + s.trunk) + d * ((share - 0.5) * free);
  p.setPen(Qt::NoPen);
  p.setBrush(width > 5.0 ? theme().ground : color);
  const double size = width > 5.0 ? 0.36 * width : h;
  p.drawPolygon(QPolygonF{c + d * size, c - d * size + n * size, c - d * size - n * size});
}

void NetItem::paint(QPainter* p, const QStyleOptionGraphicsItem*, QWidget*) {
  const Theme& t = theme();
  p->setRenderHint(QPainter::Antialiasing);
  const bool fluid = kind_ == core::PortKind::fluid;
  const QColor color = fluid                         ? (side_ == Side::supply ? t.supply
                                                        : side_ == Side::back ? t.back
                                                                              : t.ac)
                       : kind_ == core::PortKind::dc ? t.dc
                                                     : t.ac;
  double most = 1.5;
  const bool straight =
      stubs_.size() == 2 && std::hypot(end_.x() - begin_.x(), end_.y() - begin_.y()) < 0.5;
  const bool known = px_ > 0.0;
  struct Arrow {
    const Stub* stub;
    double flow, width;
  };
  std::vector<Arrow> arrows;
  for (const auto& s : stubs_) {
    // Of a line between two boxes the flow of either will do. What no result says is unknown, and
    // that is not "no flow".
    const Stub* source = &s;
    if (!says_flow(s) && stubs_.size() == 2) source = &stubs_[&s == &stubs_[0] ? 1 : 0];
    const bool said = known && says_flow(*source);
    const double flow = flow_of(*source), size = std::abs(flow);
    const bool dead = said && size < least_;
    const double width = said && !dead ? std::clamp(1.5 + size * px_, 1.5, 8.0) : 1.5;
    most = std::max(most, width);
    QPen pen(dead ? t.no_flow : color, width, Qt::SolidLine, Qt::FlatCap);
    if (dead) pen.setDashPattern({4, 3});
    p->setPen(pen);
    p->drawLine(s.box, s.trunk);
    if (said && !dead && source == &s && !(fluid && sense_of(s.port) == 0))
      arrows.push_back({&s, flow, width});
  }
  const double trunk_length = std::hypot(end_.x() - begin_.x(), end_.y() - begin_.y());
  const bool bus = !fluid && stubs_.size() > 2;
  p->setPen(QPen(color,
                 bus     ? 5.0
                 : fluid ? std::max(2.0, most)
                         : most,
                 Qt::SolidLine, Qt::SquareCap));
  if (trunk_length > 0.5) p->drawLine(begin_, end_);
  // One arrow for one straight line.
  for (size_t i = 0; i < arrows.size() && !(straight && i > 0); ++i)
    draw_arrow(*p, *arrows[i].stub, arrows[i].flow, arrows[i].width, color);
}

double LabelItem::width_of(const NetItem& n) {
  QFont font;
  font.setPixelSize(12);
  const QFontMetricsF m(font);
  const QString widest = n.kind() == core::PortKind::fluid
                             ? QString("−88.8 °C")
                             : n.name() + (n.name().isEmpty() ? "" : "  ") + "88.88 kV";
  return m.horizontalAdvance(widest) + 8;
}

void LabelItem::paint(QPainter* p, const QStyleOptionGraphicsItem*, QWidget*) {
  if (of_->label().isEmpty()) return;
  const Theme& t = theme();
  QFont font = p->font();
  font.setPixelSize(12);
  p->setFont(font);
  const double w = QFontMetricsF(font).horizontalAdvance(of_->label()) + 8;
  const QRectF r(-0.5 * w, -0.5 * kHeight, w, kHeight);
  p->setRenderHint(QPainter::Antialiasing);
  p->setPen(QPen(t.border, 1));
  p->setBrush(t.base);
  p->drawRoundedRect(r, 3, 3);
  p->setPen(t.text);
  p->drawText(r, Qt::AlignCenter, of_->label());
}

}  // namespace steppe::gui
