#pragma once
// Spectrum, duration curve, percentiles or x–y plot of the visible range, in a window of its own.
#include <QDialog>

#include "gui/plot/series.h"

namespace steppe::gui {

struct AnalysisCurve {
  QString name;
  std::string unit;
  SeriesPtr series;
  QColor color;
};

enum class Analysis { spectrum, duration, percentiles, xy };

/// Takes copies of the curves as they are; follows nothing afterwards. `start`: of the run's clock.
QDialog* make_analysis_window(Analysis kind, const std::vector<AnalysisCurve>& curves, double t0,
                              double t1, const std::string& start, QWidget* parent);

}  // namespace steppe::gui
