#pragma once
// The two kinds of things in a diagram: a component's box, and a connection with its trunk and
// stubs.
#include <QGraphicsObject>
#include <vector>

#include "gui/diagram/component_values.h"
#include "sim/core/layout.h"

namespace steppe::gui {

inline constexpr double kBoxWidth = 128.0, kBoxHeight = 40.0;

class BoxItem final : public QGraphicsObject {
  Q_OBJECT
 public:
  BoxItem(QString id, QString type, QString domain, QString help, int units);
  QRectF boundingRect() const override;
  void paint(QPainter*, const QStyleOptionGraphicsItem*, QWidget*) override;
  const QString& id() const { return id_; }
  const QString& model() const { return type_; }
  const QString& domain() const { return domain_; }
  const ComponentView& view() const { return view_; }
  void set_view(ComponentView view, bool known);
  void set_selected(bool on);

 private:
  QString id_, type_, domain_;
  int units_;
  ComponentView view_;
  bool known_ = false, selected_ = false;
};

class NetItem final : public QGraphicsItem {
 public:
  struct Stub {
    QPointF box, trunk;
    BoxItem* owner;
    bool into_box_is_forward;  ///< the box lies behind the trunk, seen from the roots
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
  void set_label(const QString& s) {
    label_ = s;
    update();
  }
  enum class Side { unknown, supply, back };
  void set_side(Side s) { side_ = s; }

 private:
  double flow_of(const Stub&) const;
  core::PortKind kind_;
  QString name_, signal_, label_;
  QPointF begin_, end_;
  std::vector<Stub> stubs_;
  QRectF bounds_;
  double px_ = 0.0, least_ = 0.0;
  Side side_ = Side::unknown;
};

}  // namespace steppe::gui
