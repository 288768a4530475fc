#include "gui/diagram/diagram_items.h"

#include <QCursor>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "gui/diagram/symbols.h"
#include "gui/style/theme.h"

namespace steppe::gui {

BoxItem::BoxItem(QString id, QString type, QString domain, QString help, int units)
    : id_(std::move(id)), type_(std::move(type)), domain_(std::move(domain)), units_(units) {
  setToolTip(QString("<p><b>%1</b> · %2<br>%3</p>")
                 .arg(id_.toHtmlEscaped(), type_.toHtmlEscaped(), help.toHtmlEscaped()));
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
  draw_symbol(*p, QRectF(6, 8, 24, 24), type_, domain_, symbol);
  QFont font = p->font();
  font.setPixelSize(13);
  font.setBold(true);
  p->setFont(font);
  p->setPen(tripped ? t.error : warned ? t.warning_text : t.text);
  const double left = 36, width = kBoxWidth - left - 3;
  // The block's name is in the tool tip; the last part of an id tells boxes apart.
  QString name = id_;
  if (units_ > 1) name += QString(" ×%1").arg(units_);
  const QFontMetricsF metrics(font);
  if (metrics.horizontalAdvance(name) > width && name.contains('.')) name = name.section('.', -1);
  p->drawText(QRectF(left, 2, width, 18), Qt::AlignLeft | Qt::AlignVCenter,
              metrics.elidedText(name, Qt::ElideMiddle, width));
  font.setBold(false);
  p->setFont(font);
  if (!known_) {
    p->setPen(t.disabled);
    p->drawText(QRectF(left, 20, width, 18), Qt::AlignLeft | Qt::AlignVCenter,
                QFontMetricsF(font).elidedText(type_, Qt::ElideRight, width));
    return;
  }
  double x = left;
  if (!view_.mode.isEmpty()) {
    draw_state(*p, QRectF(left, 24, 10, 10), view_.state);
    x += 14;
  }
  p->setPen(tripped ? t.error : warned ? t.warning_text : t.text);
  // A state that is not the usual one says its name; a battery its charge.
  QString text = view_.main;
  if (view_.state > Health::normal && !view_.mode.isEmpty())
    text = view_.mode;
  else if (view_.soc)
    text = view_.second + "  " + view_.main;
  const double room = kBoxWidth - x - 3;
  p->drawText(QRectF(x, 20, room, 18), Qt::AlignLeft | Qt::AlignVCenter,
              QFontMetricsF(font).elidedText(text, Qt::ElideRight, room));
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
  bounds_ = b.adjusted(-10, -22, 90, 22);
  setZValue(1);
}

double NetItem::flow_of(const Stub& s) const {
  const ComponentView& v = s.owner->view();
  if (kind_ == core::PortKind::fluid) return v.mass_flow.value_or(0.0);
  const double p = v.flow.value_or(0.0);
  // Storage counts its discharge positive: out of the box.
  const bool source = s.owner->domain() == "battery" || s.owner->model().contains("pcs") ||
                      s.owner->model().contains("dcdc") || s.owner->domain() == "grid";
  return source == s.into_box_is_forward ? -p : p;
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
  for (const auto& s : stubs_) {
    const double flow = flow_of(s), size = std::abs(flow);
    const bool known = px_ > 0.0;
    // A cooling part without a flow of its own (a room, a vessel) takes no width.
    const bool dead = known && size < least_;
    const double width = known && !dead ? std::clamp(1.5 + size * px_, 1.5, 8.0) : 1.5;
    most = std::max(most, width);
    QPen pen(dead && !fluid ? t.no_flow : color, width, Qt::SolidLine, Qt::FlatCap);
    if (dead && !fluid) pen.setDashPattern({4, 3});
    p->setPen(pen);
    p->drawLine(s.box, s.trunk);
    if (!known || dead || fluid) continue;
    if (straight && &s != &stubs_.front()) continue;  // one arrow for one line
    const QPointF along = (s.into_box_is_forward ? s.box - s.trunk : s.trunk - s.box);
    const double length = std::hypot(along.x(), along.y());
    if (length < 12) continue;
    const QPointF d = along / length * (flow >= 0 ? 1.0 : -1.0);
    const QPointF c = 0.5 * (s.box + s.trunk), n(-d.y(), d.x());
    p->setPen(Qt::NoPen);
    p->setBrush(color);
    const double h = 3.0 + 0.5 * width;
    p->drawPolygon(QPolygonF{c + d * h, c - d * h + n * h, c - d * h - n * h});
  }
  const double trunk_length = std::hypot(end_.x() - begin_.x(), end_.y() - begin_.y());
  const bool bus = !fluid && stubs_.size() > 2;
  p->setPen(QPen(color,
                 bus     ? 5.0
                 : fluid ? std::max(2.0, most)
                         : most,
                 Qt::SolidLine, Qt::SquareCap));
  if (trunk_length > 0.5) p->drawLine(begin_, end_);
  if (label_.isEmpty()) return;
  QFont font = p->font();
  font.setPixelSize(13);
  p->setFont(font);
  const QFontMetricsF m(font);
  const double w = m.horizontalAdvance(label_);
  const bool upright = std::abs(end_.y() - begin_.y()) > std::abs(end_.x() - begin_.x());
  const QPointF at = upright ? QPointF(begin_.x() + 6, std::min(begin_.y(), end_.y()) - 6)
                             : QPointF(std::min(begin_.x(), end_.x()), begin_.y() - 7);
  QColor ground = t.ground;
  ground.setAlpha(220);
  p->fillRect(QRectF(at.x() - 2, at.y() - 12, w + 4, 16), ground);
  p->setPen(t.secondary);
  p->drawText(at, label_);
}

}  // namespace steppe::gui
