#pragma once
// Where the heat goes at the cursor: one bar of its parts with their powers, in the title row of
// the cooling schematic.
#include <QGraphicsItem>
#include <vector>

#include "gui/panels/balance_view.h"

namespace steppe::gui {

class HeatItem final : public QGraphicsItem {
 public:
  static constexpr double kHeight = 18.0;
  HeatItem() { setZValue(3); }
  QRectF boundingRect() const override { return {0, 0, width_, kHeight}; }
  void paint(QPainter*, const QStyleOptionGraphicsItem*, QWidget*) override;
  /// Powers by account [W]; nothing is drawn without any.
  void set(std::vector<BalanceFlow> sinks);

 private:
  std::vector<std::pair<QString, double>> parts_;
  double width_ = 0.0;
};

}  // namespace steppe::gui
