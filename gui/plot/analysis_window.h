#pragma once
// Spectrum, duration curve or x–y plot of the visible range, in a window of its own.
#include <QDialog>

#include "gui/plot/series.h"

namespace steppe::gui {

struct AnalysisCurve {
  QString name;
  std::string unit;
  SeriesPtr series;
  QColor color;
};

enum class Analysis { spectrum, duration, xy };

/// Takes copies of the curves as they are; follows nothing afterwards.
QDialog* make_analysis_window(Analysis kind, const std::vector<AnalysisCurve>& curves, double t0,
                              double t1, QWidget* parent);

}  // namespace steppe::gui
