#pragma once
// The two kinds of things in a diagram: a component's box, and a connection with its trunk and
// stubs.
#include <QGraphicsObject>
#include <vector>

#include "gui/diagram/box_shape.h"
#include "gui/diagram/component_values.h"
#include "gui/diagram/symbols.h"
#include "sim/core/layout.h"

namespace steppe::gui {

class BoxItem final : public QGraphicsObject {
  Q_OBJECT
 public:
  BoxItem(QString id, QString type, QString domain, QString help, int units, BoxShape shape);
  QRectF boundingRect() const override;
  void paint(QPainter*, const QStyleOptionGraphicsItem*, QWidget*) override;
  QRectF area() const { return {pos(), shape_.size}; }
  const QString& id() const { return id_; }
  const QString& model() const { return type_; }
  const QString& domain() const { return domain_; }
  const ComponentView& view() const { return view_; }
  void set_view(ComponentView view, bool known);
  void set_selected(bool on);

 private:
  bool tripped() const { return known_ && view_.state == Health::tripped; }
  bool warned() const { return known_ && view_.state == Health::warning; }
  QColor ink() const;
  QString name(double width, const QFont&) const;
  /// What stands under the name: the value, a state that is not the usual one, or a charge.
  QString figure() const;
  void draw_frame(QPainter&) const;
  void draw_name(QPainter&, const QRectF&, Qt::Alignment) const;
  void draw_figure(QPainter&, const QRectF&, Qt::Alignment) const;
  void draw_card(QPainter&) const;
  void draw_on_line(QPainter&) const;
  void draw_hall(QPainter&) const;
  void draw_fans(QPainter&) const;
  /// Which of `cells` squares or fans have which state: every unit, or the worst of several.
  Health state_of_cell(int cell, int cells) const;
  SymbolState symbol_state() const;
  void draw_selection(QPainter&) const;
  QString id_, type_, domain_;
  int units_;
  BoxShape shape_;
  ComponentView view_;
  bool known_ = false, selected_ = false;
};

class NetItem final : public QGraphicsItem {
 public:
  struct Stub {
    QPointF box, trunk;
    BoxItem* owner;
    bool into_box_is_forward;  ///< the box lies behind the trunk, seen from the roots
    QString port;              ///< of the owner: says which of its flows, and which way
    bool through;              ///< the owner passes on what it takes
  };
  NetItem(core::PortKind kind, QString name, QString signal)
      : kind_(kind), name_(std::move(name)), signal_(std::move(signal)) {}
  QRectF boundingRect() const override { return bounds_; }
  void paint(QPainter*, const QStyleOptionGraphicsItem*, QWidget*) override;
  void set_geometry(QPointF begin, QPointF end, std::vector<Stub> stubs);
  /// `width_per_unit` px per W or kg/s; `rating` for "no flow".
  void set_flow_scale(double px, double least) {
    px_ = px;
    least_ = least;
    update();
  }
  core::PortKind kind() const { return kind_; }
  const QString& name() const { return name_; }
  const QString& signal_name() const { return signal_; }
  const std::vector<Stub>& stubs() const { return stubs_; }
  void set_label(const QString& s) { label_ = s; }
  const QString& label() const { return label_; }
  QPointF begin() const { return begin_; }
  QPointF end() const { return end_; }
  /// The line of the trunk and those of the stubs, as thin areas.
  std::vector<QRectF> lines() const;
  /// Moves the arrows of all nets; `turns` of an arrow at rated flow along its stub.
  static void set_phase(double turns) { phase_ = turns; }
  enum class Side { unknown, supply, back };
  void set_side(Side s) { side_ = s; }

 private:
  /// Whether the result holds the flow at this end.
  bool says_flow(const Stub& s) const;
  /// Towards the box when it lies forward of the trunk: positive along the drawing.
  double flow_of(const Stub&) const;
  void draw_arrow(QPainter&, const Stub&, double flow, double width, const QColor&) const;
  inline static double phase_ = 0.0;
  core::PortKind kind_;
  QString name_, signal_, label_;
  QPointF begin_, end_;
  std::vector<Stub> stubs_;
  QRectF bounds_;
  double px_ = 0.0, least_ = 0.0;
  Side side_ = Side::unknown;
};

/// What a net says about itself, over everything else.
class LabelItem final : public QGraphicsItem {
 public:
  static constexpr double kHeight = 17.0;
  explicit LabelItem(NetItem* of) : of_(of) { setZValue(3); }
  QRectF boundingRect() const override { return {-90, -0.5 * kHeight - 1, 180, kHeight + 2}; }
  void paint(QPainter*, const QStyleOptionGraphicsItem*, QWidget*) override;
  /// Room that a label of this net takes, whatever its value is.
  static double width_of(const NetItem&);

 private:
  NetItem* of_;
};

}  // namespace steppe::gui
