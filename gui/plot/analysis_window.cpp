#include "gui/plot/analysis_window.h"

#include <QCoreApplication>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "gui/document/display.h"
#include "gui/plot/analysis.h"
#include "gui/plot/plot_items.h"
#include "gui/plot/qcp.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {

struct AnalysisWindow {
  Q_DECLARE_TR_FUNCTIONS(AnalysisWindow)
};

void style(QCustomPlot& plot) {
  const Theme& t = theme();
  plot.setBackground(QBrush(t.base));
  plot.axisRect()->setBackground(QBrush(t.ground));
  QFont font = plot.font();
  font.setPixelSize(12);
  for (QCPAxis* a : {plot.xAxis, plot.yAxis}) {
    a->setBasePen(QPen(t.border));
    a->setTickPen(QPen(t.border));
    a->setSubTickPen(Qt::NoPen);
    a->setTickLabelColor(t.secondary);
    a->setLabelColor(t.secondary);
    a->setTickLabelFont(font);
    a->setLabelFont(font);
    a->grid()->setPen(QPen(t.grid));
  }
  plot.legend->setVisible(true);
  plot.legend->setBrush(QBrush(t.base));
  plot.legend->setBorderPen(QPen(t.border));
  plot.legend->setTextColor(t.text);
  plot.legend->setFont(font);
  plot.setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
}

}  // namespace

QDialog* make_analysis_window(Analysis kind, const std::vector<AnalysisCurve>& curves, double t0,
                              double t1, const std::string& start, QWidget* parent) {
  auto* window = new QDialog(parent);
  window->setAttribute(Qt::WA_DeleteOnClose);
  window->resize(760, 480);
  window->setWindowTitle(
      kind == Analysis::spectrum   ? AnalysisWindow::tr("Spectrum of the visible range")
      : kind == Analysis::duration ? AnalysisWindow::tr("Duration curve of the visible range")
      : kind == Analysis::percentiles
          ? AnalysisWindow::tr("Percentiles of the recorded values over time")
          : AnalysisWindow::tr("x–y plot of the visible range"));
  auto* column = new QVBoxLayout(window);
  column->setContentsMargins(0, 0, 0, 0);
  auto* plot = new QCustomPlot(window);
  column->addWidget(plot);
  style(*plot);
  auto shown_in = [](const AnalysisCurve& c) {
    const auto e = c.series->extremes(0, c.series->size());
    return display_unit(c.unit, e.lo, e.hi);
  };
  if (kind == Analysis::xy && curves.size() >= 2) {
    const DisplayUnit ux = shown_in(curves[0]), uy = shown_in(curves[1]);
    auto* curve = new QCPCurve(plot->xAxis, plot->yAxis);
    QVector<double> x, y;
    for (const auto& p : xy_curve(*curves[0].series, *curves[1].series, t0, t1)) {
      x.append(ux.shown(p.t));
      y.append(uy.shown(p.v));
    }
    curve->setData(x, y);
    curve->setPen(QPen(curves[0].color));
    curve->setName(curves[1].name + " / " + curves[0].name);
    plot->xAxis->setLabel(curves[0].name + "  " + QString::fromStdString(ux.name));
    plot->yAxis->setLabel(curves[1].name + "  " + QString::fromStdString(uy.name));
  } else if (kind == Analysis::percentiles) {
    const std::vector<double> shares{0.5, 0.9, 0.99};
    const Qt::PenStyle styles[] = {Qt::SolidLine, Qt::DashLine, Qt::DotLine};
    QSharedPointer<ClockTicker> clock(new ClockTicker);
    clock->start = start;
    plot->xAxis->setTicker(clock);
    plot->yAxis->setTicker(QSharedPointer<NumberTicker>(new NumberTicker));
    for (const auto& c : curves) {
      const DisplayUnit u = shown_in(c);
      const auto lines = percentile_lines(*c.series, t0, t1, shares);
      for (size_t k = 0; k < lines.size(); ++k) {
        auto* graph = plot->addGraph();
        QVector<double> x, y;
        for (const auto& p : lines[k]) {
          x.append(p.t);
          y.append(u.shown(p.v));
        }
        graph->setData(x, y, true);
        graph->setPen(QPen(c.color, 1.5, styles[k]));
        graph->setName(QString("%1  p%2  [%3]")
                           .arg(c.name)
                           .arg(100 * shares[k])
                           .arg(QString::fromStdString(u.name)));
      }
    }
  } else {
    for (const auto& c : curves) {
      const DisplayUnit u = shown_in(c);
      auto* graph = plot->addGraph();
      QVector<double> x, y;
      if (kind == Analysis::spectrum) {
        for (const auto& p : spectrum(*c.series, t0, t1)) {
          x.append(p.t);
          y.append(p.v / u.scale);
        }
      } else {
        for (const auto& p : duration_curve(*c.series, t0, t1)) {
          x.append(100.0 * p.t);
          y.append(u.shown(p.v));
        }
      }
      graph->setData(x, y, true);
      graph->setPen(QPen(c.color));
      graph->setName(c.name + "  [" + QString::fromStdString(u.name) + "]");
    }
    if (kind == Analysis::spectrum) {
      plot->xAxis->setScaleType(QCPAxis::stLogarithmic);
      plot->xAxis->setTicker(QSharedPointer<QCPAxisTickerLog>(new QCPAxisTickerLog));
      plot->xAxis->setNumberFormat("eb");
      plot->xAxis->setNumberPrecision(0);
      plot->xAxis->setLabel(AnalysisWindow::tr("Frequency, Hz"));
      plot->yAxis->setLabel(AnalysisWindow::tr("Amplitude"));
    } else {
      plot->xAxis->setLabel(AnalysisWindow::tr("Share of time at or above, %"));
      plot->yAxis->setTicker(QSharedPointer<NumberTicker>(new NumberTicker));
    }
  }
  plot->rescaleAxes();
  plot->yAxis->scaleRange(1.06);
  plot->replot();
  return window;
}

}  // namespace steppe::gui
