#pragma once
// One figure of a study against another, with the Pareto front, or the distribution of one figure.
#include <QWidget>
#include <memory>
#include <vector>

#include "sim/app/sweep.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QCustomPlot;

namespace steppe::gui {

/// Numbers of a column as they are shown, with the unit: energy in MWh, temperatures in °C.
struct StudyColumn {
  QString title, unit;
  std::vector<double> values;
};
StudyColumn study_column(const app::StudyTable&, size_t column);

class StudyPlot final : public QWidget {
  Q_OBJECT
 public:
  enum class Kind { scatter, pareto, histogram };
  explicit StudyPlot(QWidget* parent);
  void set_table(std::shared_ptr<const app::StudyTable>);
  void set_kind(Kind);
  /// Marks a run; −1: none.
  void select(int row);
  QComboBox* x() { return x_; }
  QComboBox* y() { return y_; }
  QCustomPlot* canvas() { return plot_; }
  /// Rows of the table that are on the front, as drawn.
  const std::vector<size_t>& front() const { return front_; }
  void redraw();
  QString export_to(const QString& file);

 Q_SIGNALS:
  void picked(int row);
  void opened(int row);

 protected:
  bool eventFilter(QObject*, QEvent*) override;

 private:
  void draw_points();
  void draw_histogram();
  void style();
  void place_legend();
  int row_at(const QPointF& pos) const;
  QString text_of(int row) const;

  std::shared_ptr<const app::StudyTable> table_;
  Kind kind_ = Kind::scatter;
  QComboBox *x_, *y_, *color_;
  QLabel *y_label_, *color_label_, *note_;
  QCheckBox *x_more_, *y_more_;
  QCustomPlot* plot_;
  std::vector<double> px_, py_;  // as drawn, by row
  std::vector<size_t> front_;
  int selected_ = -1;
};

}  // namespace steppe::gui
