#include "gui/diagram/diagram_view.h"

#include <QGraphicsSimpleTextItem>
#include <QKeyEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "gui/diagram/diagram_items.h"
#include "gui/diagram/heat_item.h"
#include "gui/diagram/label_places.h"
#include "gui/diagram/layered_layout.h"
#include "gui/diagram/legend.h"
#include "gui/session.h"
#include "gui/style/export.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {

constexpr int kMostExpanded = 12;
constexpr double kTitle = 26.0, kPartGap = 18.0;

bool belongs(core::PortKind k, bool electrical) {
  return electrical ? k == core::PortKind::ac || k == core::PortKind::dc
                    : k == core::PortKind::fluid;
}

}  // namespace

DiagramView::DiagramView(Session& session, QWidget* parent)
    : QGraphicsView(parent), session_(session) {
  setObjectName("diagram");
  setScene(new QGraphicsScene(this));
  setRenderHint(QPainter::Antialiasing);
  setFrameShape(QFrame::NoFrame);
  setTransformationAnchor(QGraphicsView::AnchorUnderMouse);
  setDragMode(QGraphicsView::ScrollHandDrag);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setMinimumSize(200, 150);
  legend_ = new Legend(this);
  setViewportMargins(0, 0, 0, Legend::kHeight);
  setAccessibleName(tr("Diagram of the site"));
  // Values come in one by one while they are read; one repaint serves them all.
  later_.setSingleShot(true);
  later_.setInterval(30);
  connect(&later_, &QTimer::timeout, this, &DiagramView::update_values);
  auto soon = [this] {
    if (!later_.isActive()) later_.start();
  };
  connect(&session_, &Session::checked, this, &DiagramView::rebuild);
  connect(&session_, &Session::current_changed, this, &DiagramView::rebuild);
  connect(&session_, &Session::theme_changed, this, [this] {
    plan_source_.clear();
    rebuild();
  });
  connect(&session_, &Session::run_changed, this, [this, soon] {
    if (RunData* r = session_.run()) {
      connect(r, &RunData::loaded, &later_, QOverload<>::of(&QTimer::start), Qt::UniqueConnection);
    }
    rebuild();
  });
  connect(&session_, &Session::cursor_changed, this, soon);
  connect(&session_, &Session::selection_changed, this, [this](const QString& id) {
    for (auto* b : boxes_)
      b->set_selected(b->id() == id || RunData::split_key(b->id()).first == id);
  });
}

void DiagramView::set_expanded(bool on) {
  expanded_ = on;
  plan_source_.clear();
  rebuild();
}

void DiagramView::set_part(Part p) {
  part_ = p;
  plan_source_.clear();
  rebuild();
}

void DiagramView::rebuild() {
  const Case* c = session_.current();
  const RunData* r = session_.run();
  std::string source;
  if (r && !r->resolved.empty())
    source = r->resolved;
  else if (c && c->check)
    source = c->check->resolved;
  // After an error in the text the last picture stays.
  if (source.empty() && c && !plan_source_.empty() && c->check && !c->check->plan.empty()) return;
  if (source == plan_source_ && !source.empty()) return update_values();
  plan_source_ = source;
  plan_ = source.empty()
              ? SitePlan{}
              : read_site_plan(source, session_.registry(), expanded_ ? kMostExpanded : 1);
  scene()->clear();
  boxes_.clear();
  nets_.clear();
  cooling_title_ = nullptr;
  heat_ = nullptr;
  legend_->set_parts(part_ != Part::cooling, part_ != Part::electrical);
  // The arrangement whose picture comes out largest in the window as it is.
  const bool want_e = part_ != Part::cooling, want_c = part_ != Part::electrical;
  const double w = std::max(300, viewport()->width()), h = std::max(200, viewport()->height());
  double best = -1.0;
  bool best_es = false, best_cs = true, best_beside = false;
  for (const bool es : {false, true})
    for (const bool cs : {true, false}) {
      const QSizeF e = want_e ? add_part(true, es, {}, false) : QSizeF();
      const QSizeF f = want_c ? add_part(false, cs, {}, false) : QSizeF();
      for (const bool beside : {false, true}) {
        const bool both = !e.isEmpty() && !f.isEmpty();
        const double width =
            beside ? e.width() + f.width() + kPartGap * both : std::max(e.width(), f.width());
        const double height =
            beside ? std::max(e.height(), f.height()) : e.height() + f.height() + kPartGap * both;
        const double scale = std::min(w / std::max(1.0, width), h / std::max(1.0, height));
        if (scale > best * 1.02) {
          best = scale;
          best_es = es;
          best_cs = cs;
          best_beside = beside;
        }
      }
    }
  QSizeF e;
  if (want_e) e = add_part(true, best_es, {0, 0}, true);
  if (want_c)
    add_part(false, best_cs,
             e.isEmpty()   ? QPointF(0, 0)
             : best_beside ? QPointF(e.width() + kPartGap, 0)
                           : QPointF(0, e.height() + kPartGap),
             true);
  if (boxes_.empty()) {
    auto* text = scene()->addSimpleText(c ? tr("The diagram appears once the scenario can be read")
                                          : tr("Open a scenario to see its diagram"));
    text->setBrush(theme().secondary);
  }
  scene()->setSceneRect(scene()->itemsBoundingRect().adjusted(-12, -8, 0, 0));
  user_zoomed_ = false;
  fit();
  for (auto* b : boxes_) b->set_selected(b->id() == session_.selection());
  update_values();
}

QSizeF DiagramView::add_part(bool electrical, bool sideways, const QPointF& at, bool draw) {
  LayoutGraph g;
  std::vector<size_t> items;
  std::vector<std::vector<const PlanPort*>> ports;
  std::vector<int> net_of(plan_.nodes.size(), -1);
  std::vector<int> node_of;
  for (size_t i = 0; i < plan_.items.size(); ++i) {
    LayoutBox box;
    const BoxShape shape = box_shape(qs(plan_.items[i].type), sideways, electrical);
    box.along = sideways ? shape.size.width() : shape.size.height();
    box.across = sideways ? shape.size.height() : shape.size.width();
    box.port_begin = shape.port_begin;
    box.port_width = shape.port_width;
    std::vector<const PlanPort*> mine;
    bool source = false;
    for (const auto& p : plan_.items[i].ports) {
      if (!belongs(p.kind, electrical) || p.node < 0) continue;
      auto& net = net_of[static_cast<size_t>(p.node)];
      if (net < 0) {
        net = g.nets++;
        node_of.push_back(p.node);
      }
      box.nets.push_back(net);
      mine.push_back(&p);
      source = source || p.source;
    }
    if (mine.empty()) continue;
    const auto& item = plan_.items[i];
    box.root =
        electrical ? source && item.domain == "grid" : item.type == "rack" || item.type == "room";
    g.boxes.push_back(box);
    items.push_back(i);
    ports.push_back(std::move(mine));
  }
  if (g.boxes.empty()) return {};
  if (std::none_of(g.boxes.begin(), g.boxes.end(), [](const LayoutBox& b) { return b.root; })) {
    for (size_t b = 0; b < g.boxes.size(); ++b)
      for (const auto* p : ports[b]) g.boxes[b].root = g.boxes[b].root || p->source;
  }
  LayoutOptions o;
  // Between ranks stand the labels of the pipes.
  o.gap_across = sideways ? 7 : 14;
  o.channel_edge = sideways ? (electrical ? 14 : 26) : (electrical ? 16 : 18);
  o.track = 10;
  const LayeredLayout l = layered_layout(g, o);
  const QSizeF size =
      sideways ? QSizeF(l.along, l.across + kTitle) : QSizeF(l.across, l.along + kTitle);
  if (!draw) return size;
  auto* title =
      scene()->addSimpleText(electrical ? tr("Electrical, one-line") : tr("Cooling, schematic"));
  QFont font = this->font();
  font.setPixelSize(15);
  font.setBold(true);
  title->setFont(font);
  title->setBrush(theme().text);
  title->setPos(at);
  if (!electrical) {
    cooling_title_ = title;
    heat_ = new HeatItem;
    scene()->addItem(heat_);
  }
  auto map = [&](double along, double across) {
    return at + (sideways ? QPointF(along, across) : QPointF(across, along)) + QPointF(0, kTitle);
  };
  const size_t first = boxes_.size();
  for (size_t b = 0; b < g.boxes.size(); ++b) {
    const auto& item = plan_.items[items[b]];
    auto* box =
        new BoxItem(qs(item.id), qs(item.type), qs(item.domain), qs(item.help),
                    item.units * item.count, box_shape(qs(item.type), sideways, electrical));
    box->setPos(map(l.boxes[b].along, l.boxes[b].across));
    scene()->addItem(box);
    boxes_.push_back(box);
  }
  for (size_t n = 0; n < l.nets.size(); ++n) {
    const auto& net = l.nets[n];
    const auto& node = plan_.nodes[static_cast<size_t>(node_of[n])];
    auto* wire = new NetItem(node.kind, qs(node.name), qs(node.signal));
    std::vector<NetItem::Stub> stubs;
    for (const auto& p : net.ports) {
      const bool far = p.along < net.trunk;
      const BoxShape shape =
          box_shape(qs(plan_.items[items[static_cast<size_t>(p.box)]].type), sideways, electrical);
      stubs.push_back({map(p.along + (far ? -shape.far_inset : shape.inset), p.across),
                       map(net.trunk, p.across), boxes_[first + static_cast<size_t>(p.box)],
                       p.along > net.trunk,
                       qs(ports[static_cast<size_t>(p.box)][static_cast<size_t>(p.port)]->name),
                       ports[static_cast<size_t>(p.box)].size() > 1});
    }
    wire->set_geometry(map(net.trunk, net.begin), map(net.trunk, net.end), std::move(stubs));
    scene()->addItem(wire);
    nets_.push_back(wire);
  }
  add_labels(first, nets_.size() - l.nets.size(), QRectF(at, QSizeF(size.width(), kTitle - 4)));
  return size;
}

void DiagramView::add_labels(size_t first_box, size_t first_net, const QRectF& title) {
  auto area = [](const QRectF& r) { return Area{r.x(), r.y(), r.width(), r.height()}; };
  std::vector<Area> solid{area(title)}, soft;
  for (size_t b = first_box; b < boxes_.size(); ++b)
    solid.push_back(area(boxes_[b]->area().adjusted(-2, -1, 2, 1)));
  for (size_t n = first_net; n < nets_.size(); ++n)
    for (const auto& r : nets_[n]->lines()) soft.push_back(area(r));
  std::vector<LabelWish> wishes;
  std::vector<NetItem*> asked;
  for (size_t n = first_net; n < nets_.size(); ++n) {
    NetItem* net = nets_[n];
    if (net->name().isEmpty() && net->stubs().size() < 3) continue;
    LabelWish w{LabelItem::width_of(*net) + 4, LabelItem::kHeight + 2, {}};
    const QPointF a = net->begin(), b = net->end(), d = b - a;
    const double length = std::hypot(d.x(), d.y());
    const bool upright = std::abs(d.y()) > std::abs(d.x()) || length < 1.0;
    // Beyond the ends first, then along the trunk, on it and on both sides of it.
    const QPointF unit = length < 1.0 ? QPointF(0, 1) : d / length;
    const double beyond = upright ? 14.0 : 0.5 * w.w + 8;
    for (double more : {0.0, 9.0, 18.0, 27.0})
      for (const QPointF& p : {a - unit * (beyond + more), b + unit * (beyond + more)})
        w.centres.push_back({p.x(), p.y()});
    const QPointF side = upright ? QPointF(0.5 * w.w + 4, 0) : QPointF(0, 0.5 * w.h + 4);
    for (double at = 0.0; at <= length; at += 4.0)
      for (double off : {0.0, 1.0, -1.0}) {
        const QPointF p = a + unit * at + side * off;
        w.centres.push_back({p.x(), p.y()});
      }
    wishes.push_back(std::move(w));
    asked.push_back(net);
  }
  const auto places = place_labels(std::move(solid), soft, wishes);
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i] < 0) continue;
    const auto& c = wishes[i].centres[static_cast<size_t>(places[i])];
    auto* label = new LabelItem(asked[i]);
    label->setPos(c.x, c.y);
    scene()->addItem(label);
  }
}

void DiagramView::fit() {
  fitInView(scene()->sceneRect(), Qt::KeepAspectRatio);
  // Below this nobody can read it: then the upper left part is shown, to be dragged.
  constexpr double kReadable = 0.62;
  if (transform().m11() < kReadable) {
    resetTransform();
    scale(kReadable, kReadable);
    const QRectF all = scene()->sceneRect();
    centerOn(all.left() + 0.5 * viewport()->width() / kReadable,
             all.top() + 0.5 * viewport()->height() / kReadable);
  }
  // A site of three boxes need not fill the screen.
  constexpr double kLargest = 1.2;
  if (transform().m11() > kLargest) {
    resetTransform();
    scale(kLargest, kLargest);
    centerOn(scene()->sceneRect().center());
  }
  user_zoomed_ = false;
  Q_EMIT zoomed(transform().m11());
}

void DiagramView::zoom(double factor) {
  const double now = transform().m11();
  factor = std::clamp(factor, 0.1 / now, 6.0 / now);
  scale(factor, factor);
  user_zoomed_ = true;
  Q_EMIT zoomed(transform().m11());
}

void DiagramView::wheelEvent(QWheelEvent* e) { zoom(std::pow(1.2, e->angleDelta().y() / 120.0)); }

void DiagramView::mousePressEvent(QMouseEvent* e) {
  pressed_ = e->pos();
  QGraphicsView::mousePressEvent(e);
}

void DiagramView::mouseReleaseEvent(QMouseEvent* e) {
  if ((e->pos() - pressed_).manhattanLength() < 5 && e->button() == Qt::LeftButton) {
    QString id;
    if (auto* box = dynamic_cast<BoxItem*>(itemAt(e->pos())))
      id = RunData::split_key(box->id()).first;
    session_.select(id);
  }
  QGraphicsView::mouseReleaseEvent(e);
}

void DiagramView::keyPressEvent(QKeyEvent* e) {
  switch (e->key()) {
    case Qt::Key_Plus:
      return zoom(1.2);
    case Qt::Key_Minus:
      return zoom(1 / 1.2);
    case Qt::Key_Home:
      return fit();
    default:
      e->ignore();
  }
}

void DiagramView::resizeEvent(QResizeEvent* e) {
  QGraphicsView::resizeEvent(e);
  legend_->setGeometry(0, height() - Legend::kHeight, width(), Legend::kHeight);
  if (!user_zoomed_) {
    plan_source_.clear();  // another shape of window, another best arrangement
    QTimer::singleShot(0, this, [this] { rebuild(); });
  }
}

void DiagramView::showEvent(QShowEvent* e) {
  QGraphicsView::showEvent(e);
  update_values();
}

void DiagramView::drawBackground(QPainter* p, const QRectF& r) { p->fillRect(r, theme().ground); }

QString DiagramView::export_to(const QString& file) {
  const QRectF area = scene()->sceneRect();
  const QSize size = area.size().toSize();
  QPainter p;
  const bool ok = export_picture(file, size, p, [&] {
    const QRectF target({0, 0}, QSizeF(size));
    p.setRenderHint(QPainter::Antialiasing);
    p.fillRect(target, theme().ground);
    scene()->render(&p, target, area);
  });
  return ok ? QString() : tr("Cannot write %1").arg(file);
}

}  // namespace steppe::gui
