#pragma once
// What lies over the curves: clock ticks, event marks, the cursor. Drawn by one item each, so their
// cost does not grow with what is off screen.
#include <string>
#include <vector>

#include "gui/plot/qcp.h"
#include "gui/style/icons.h"

namespace steppe::gui {

/// Ticks on round times of day; labels carry the date once steps are days.
class ClockTicker final : public QCPAxisTicker {
 public:
  std::string start = "2026-01-01 00:00:00";
  /// Instants and texts of the ticks in a range.
  std::vector<std::pair<double, QString>> labels(const QCPRange& range);

 protected:
  double getTickStep(const QCPRange& range) override;
  int getSubTickCount(double step) override;
  QString getTickLabel(double tick, const QLocale&, QChar, int) override;
  QVector<double> createTickVector(double step, const QCPRange& range) override;

 private:
  double step_ = 1.0;
};

/// Numbers with a real minus sign.
class NumberTicker final : public QCPAxisTicker {
 protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override;
  double getTickStep(const QCPRange& range) override;

 private:
  int decimals_ = 0;
};

struct EventMark {
  double t;
  Health state;
  QString text;
};

class EventMarks final : public QCPAbstractItem {
 public:
  explicit EventMarks(QCustomPlot* plot) : QCPAbstractItem(plot) { setSelectable(false); }
  double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }
  std::vector<EventMark> marks;  ///< ascending
  bool on_map = false;           ///< over a heat map: words need a ground of their own
  std::vector<double> places;    ///< where marks were drawn last [px]

 protected:
  void draw(QCPPainter*) override;
};

class CursorItem final : public QCPAbstractItem {
 public:
  explicit CursorItem(QCustomPlot* plot) : QCPAbstractItem(plot) {
    setSelectable(false);
    setClipToAxisRect(false);
  }
  double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }
  double t = 0.0;
  const EventMarks* events = nullptr;  ///< the line leaves their marks free
  QString flag;
  std::vector<std::pair<double, QString>> labels;  ///< of the time axis, as they are drawn
  struct Dot {
    double v;
    QCPAxis* axis;
    QColor color;
  };
  std::vector<Dot> dots;

 protected:
  void draw(QCPPainter*) override;
};

/// A plot as PNG, SVG or PDF; false as of export_picture.
bool export_plot(QCustomPlot& plot, const QString& file);

/// Health that an event leaves behind, from its words.
Health state_of_event(const QString& name, const QString& to);

}  // namespace steppe::gui
