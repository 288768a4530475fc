#pragma once
// All units of a signal at one instant as squares in rows, as racks stand in a hall.
#include <QWidget>
#include <vector>

namespace steppe::gui {

class HallMap final : public QWidget {
  Q_OBJECT
 public:
  explicit HallMap(QWidget* parent) : QWidget(parent) { setMouseTracking(true); }
  /// Values in `unit` as shown; colours span lo … hi.
  void set(std::vector<double> values, double lo, double hi, const QString& unit);
  QSize sizeHint() const override { return {300, 200}; }

 Q_SIGNALS:
  void picked(int unit);

 protected:
  void paintEvent(QPaintEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;
  void mouseReleaseEvent(QMouseEvent*) override;

 private:
  struct Grid {
    int columns = 1, rows = 1;
    double size = 1.0;  ///< of a square with its gap
    QPointF origin;
  };
  Grid grid() const;
  int unit_at(const QPointF& pos) const;
  QString text_of(int unit) const;
  std::vector<double> values_;
  double lo_ = 0.0, hi_ = 1.0;
  QString unit_;
};

}  // namespace steppe::gui
