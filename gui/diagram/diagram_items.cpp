#include "gui/diagram/diagram_items.h"

#include <QCursor>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "gui/diagram/symbols.h"
#include "gui/style/theme.h"
#include "gui/style/words.h"

namespace steppe::gui {

namespace {

/// Narrower letters before an ellipsis.
void draw_fitted(QPainter& p, const QRectF& r, const QString& text, Qt::TextElideMode elide,
                 Qt::Alignment side = Qt::AlignLeft) {
  const QFont font = p.font();
  const double wanted = QFontMetricsF(font).horizontalAdvance(text);
  if (wanted > r.width()) {
    QFont narrow = font;
    narrow.setStretch(std::max(80, static_cast<int>(100 * r.width() / wanted) - 3));
    p.setFont(narrow);
  }
  p.drawText(r, side | Qt::AlignVCenter,
             QFontMetricsF(p.font()).elidedText(text, elide, r.width() + 1));
  p.setFont(font);
}

QFont words(bool bold) {
  QFont font;
  font.setPixelSize(12);
  font.setBold(bold);
  return font;
}

constexpr double kStateSide = 10.0, kStateGap = 4.0;

/// +1: a fluid enters the box at this port, −1: it leaves; 0: the name does not say.
int sense_of(const QString& port) {
  if (port == "in" || port.endsWith("_in") || port == "cold" || port == "supply") return +1;
  if (port == "out" || port.endsWith("_out") || port == "hot" || port == "return") return -1;
  return 0;
}

}  // namespace

BoxItem::BoxItem(QString id, QString type, QString domain, QString help, int units, BoxShape shape)
    : id_(std::move(id)),
      type_(std::move(type)),
      domain_(std::move(domain)),
      units_(units),
      shape_(std::move(shape)) {
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

QRectF BoxItem::boundingRect() const { return QRectF({0, 0}, shape_.size).adjusted(-6, -6, 6, 6); }

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
  p->setRenderHint(QPainter::Antialiasing);
  switch (shape_.look) {
    case Look::card:
      draw_card(*p);
      break;
    case Look::symbol:
      draw_on_line(*p);
      break;
    case Look::hall:
      draw_hall(*p);
      break;
    case Look::fans:
      draw_fans(*p);
      break;
  }
  draw_selection(*p);
}

QColor BoxItem::ink() const {
  const Theme& t = theme();
  return tripped() ? t.error : warned() ? t.warning_text : t.text;
}

QString BoxItem::name(double width, const QFont& font) const {
  // The block's name is in the tool tip; the last part of an id tells boxes apart.
  QString out = id_;
  if (units_ > 1) out += QString(" ×%1").arg(units_);
  if (QFontMetricsF(font).horizontalAdvance(out) > width && out.contains('.'))
    out = out.section('.', -1);
  return out;
}

QString BoxItem::figure() const {
  if (!known_) return shape_.look == Look::symbol ? QString() : type_;
  if (view_.state > Health::normal && !view_.mode.isEmpty()) return mode_word(view_.mode);
  return view_.soc ? view_.second : view_.main;
}

SymbolState BoxItem::symbol_state() const {
  SymbolState s;
  s.open = view_.mode == "open" || view_.mode == "tripped";
  s.charge = view_.soc;
  s.live = !known_ || (view_.state != Health::off && !tripped());
  return s;
}

Health BoxItem::state_of_cell(int cell, int cells) const {
  if (view_.units.empty()) return Health::normal;
  // As many units as squares, or more, or fewer (equal ones behind each).
  const auto n = static_cast<int>(view_.units.size());
  const int first = cell * n / cells, last = std::max(first + 1, (cell + 1) * n / cells);
  return *std::max_element(view_.units.begin() + first, view_.units.begin() + std::min(last, n));
}

void BoxItem::draw_frame(QPainter& p) const {
  const Theme& t = theme();
  p.setPen(QPen(tripped()  ? t.error
                : warned() ? t.warning
                           : t.border,
                tripped() || warned() ? 2 : 1));
  p.setBrush(tripped() ? t.error_ground : warned() ? t.warning_ground : t.base);
  p.drawRoundedRect(QRectF({0, 0}, shape_.size), 3, 3);
}

void BoxItem::draw_name(QPainter& p, const QRectF& r, Qt::Alignment side) const {
  p.setFont(words(true));
  p.setPen(ink());
  draw_fitted(p, r, name(r.width(), p.font()), Qt::ElideMiddle, side);
}

void BoxItem::draw_figure(QPainter& p, const QRectF& r, Qt::Alignment side) const {
  p.setFont(words(false));
  const QString text = figure();
  const bool shape = known_ && !view_.mode.isEmpty();
  const double sign = shape ? kStateSide + kStateGap : 0.0;
  const double wide = std::min(r.width() - sign, QFontMetricsF(p.font()).horizontalAdvance(text));
  const double left = side & Qt::AlignHCenter ? r.center().x() - 0.5 * (wide + sign) : r.left();
  if (shape)
    draw_state(p, QRectF(left, r.center().y() - 0.5 * kStateSide, kStateSide, kStateSide),
               view_.state);
  p.setPen(known_ ? ink() : theme().disabled);
  draw_fitted(p, QRectF(left + sign, r.top(), r.right() - left - sign, r.height()), text,
              Qt::ElideRight);
}

void BoxItem::draw_card(QPainter& p) const {
  draw_frame(p);
  draw_symbol(p, shape_.symbol, type_, domain_, symbol_state());
  const double width = shape_.size.width();
  draw_name(p, QRectF(6, 2, width - 12, 16), Qt::AlignLeft);
  draw_figure(p, QRectF(32, 18, width - 36, 18), Qt::AlignLeft);
}

void BoxItem::draw_on_line(QPainter& p) const {
  const Theme& t = theme();
  if (tripped() || warned()) {
    p.setPen(QPen(tripped() ? t.error : t.warning, 1));
    p.setBrush(tripped() ? t.error_ground : t.warning_ground);
    p.drawRoundedRect(shape_.text.adjusted(-2, 0, 2, 0), 3, 3);
  }
  SymbolState s = symbol_state();
  s.ground = t.ground;
  draw_symbol(p, shape_.symbol, type_, domain_, s);
  const auto side = shape_.below ? Qt::AlignHCenter : Qt::AlignLeft;
  QRectF line = shape_.text;
  line.setHeight(15);
  draw_name(p, line, side);
  line.moveBottom(shape_.text.bottom());
  if (has_figure(type_)) draw_figure(p, line, side);
}

void BoxItem::draw_hall(QPainter& p) const {
  const Theme& t = theme();
  draw_frame(p);
  const double width = shape_.size.width();
  draw_name(p, QRectF(8, 3, width - 16, 16), Qt::AlignLeft);
  constexpr int kAcross = 8, kMostCells = 16;
  // One unit stands for a hall of racks.
  const int cells = units_ > 1 ? std::min(units_, kMostCells) : kMostCells;
  const int across = std::min(cells, kAcross), down = (cells + across - 1) / across;
  const QRectF grid = shape_.symbol;
  const double w = grid.width() / across, h = grid.height() / down;
  for (int i = 0; i < cells; ++i) {
    const Health state = known_ ? state_of_cell(i, cells) : Health::off;
    QColor color = state_color(state), fill = color;
    fill.setAlpha(state == Health::warning || state == Health::tripped ? 230 : 70);
    p.setPen(QPen(color, 1));
    p.setBrush(fill);
    p.drawRect(
        QRectF(grid.left() + i % across * w + 1, grid.top() + i / across * h + 1, w - 2, h - 2));
  }
  draw_figure(p, QRectF(8, 44, width - 16, 16), Qt::AlignLeft);
  p.setPen(t.secondary);
  if (known_ && (view_.second.endsWith("°C") || view_.second.endsWith("%")))
    draw_fitted(p, QRectF(8, 60, width - 16, 15),
                view_.state > Health::normal ? view_.main + "  ·  " + view_.second : view_.second,
                Qt::ElideRight);
}

void BoxItem::draw_fans(QPainter& p) const {
  draw_frame(p);
  const double width = shape_.size.width();
  draw_name(p, QRectF(8, 3, width - 16, 16), Qt::AlignLeft);
  constexpr int kMostFans = 6;
  const int fans = std::clamp(units_, 1, kMostFans);
  const double side = shape_.symbol.height();
  for (int i = 0; i < fans; ++i) {
    SymbolState s = symbol_state();
    s.live = !known_ || state_of_cell(i, fans) == Health::normal;
    draw_symbol(p, QRectF(shape_.symbol.left() + i * (side + 1), shape_.symbol.top(), side, side),
                type_, domain_, s);
  }
  draw_figure(p, QRectF(8, 43, width - 16, 16), Qt::AlignLeft);
}

void BoxItem::draw_selection(QPainter& painter) const {
  QPainter* p = &painter;
  const Theme& t = theme();
  if (!selected_) return;
  const QRectF r({0, 0}, shape_.size);
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
