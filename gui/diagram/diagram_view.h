#pragma once
// One-line diagram and cooling schematic, made from the connections, with the values at the cursor.
// A view only: nothing is edited here; a click selects.
#include <QElapsedTimer>
#include <QGraphicsView>
#include <QTimer>
#include <map>
#include <vector>

#include "gui/diagram/component_values.h"
#include "gui/diagram/site_plan.h"

class QGraphicsSimpleTextItem;

namespace steppe::gui {

class Session;
class BoxItem;
class HeatItem;
class Legend;
class NetItem;

class DiagramView final : public QGraphicsView {
  Q_OBJECT
 public:
  DiagramView(Session& session, QWidget* parent);

  void fit();
  void zoom(double factor);
  /// Equal units each on their own (up to 12) or together.
  void set_expanded(bool on);
  bool expanded() const { return expanded_; }
  enum class Part { both, electrical, cooling };
  void set_part(Part);
  /// PNG, SVG or PDF by the suffix; "" or why not.
  QString export_to(const QString& file);
  const std::vector<BoxItem*>& boxes() const { return boxes_; }

 Q_SIGNALS:
  void zoomed(double factor);

 protected:
  void wheelEvent(QWheelEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseReleaseEvent(QMouseEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  void resizeEvent(QResizeEvent*) override;
  void showEvent(QShowEvent*) override;
  void drawBackground(QPainter*, const QRectF&) override;

 private:
  void rebuild();
  void update_values();
  void find_sides(const std::map<NetItem*, double>& temps);
  void show_outside();
  void advance_arrows();
  /// Adds one diagram at `at`; returns its size.
  QSizeF add_part(bool electrical, bool sideways, const QPointF& at, bool draw);
  /// Labels of the nets from `first_net` on, clear of the boxes from `first_box` on.
  void add_labels(size_t first_box, size_t first_net, const QRectF& title);
  Session& session_;
  SitePlan plan_;
  std::string plan_source_;
  bool expanded_ = false, user_zoomed_ = false, plan_expanded_ = false;
  Part part_ = Part::both;
  std::vector<BoxItem*> boxes_;
  std::vector<NetItem*> nets_;
  Legend* legend_ = nullptr;
  QGraphicsSimpleTextItem* cooling_title_ = nullptr;
  HeatItem* heat_ = nullptr;
  QTimer later_;
  QPoint pressed_;
  QElapsedTimer arrow_clock_;
  double phase_ = 0.0, arrows_at_ = -1.0;
};

}  // namespace steppe::gui
