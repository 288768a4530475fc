// How a plot is drawn: curves, heat map, hall, cursor, legend and events.
#include <algorithm>
#include <cmath>

#include "gui/diagram/component_values.h"
#include "gui/plot/hall_map.h"
#include "gui/plot/plot_cell.h"
#include "gui/session.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"

namespace steppe::gui {

void PlotCell::draw_curves() {
  const auto [t0, t1] = session_.range();
  const int columns = std::max(50, plot_->axisRect()->width());
  struct Side {
    Extremes<double> all;
    std::string unit;
    bool used = false, difference = false;
  } sides[2];
  std::vector<SeriesPtr> series(curves_.size()), low(curves_.size()), high(curves_.size());
  for (size_t i = 0; i < curves_.size(); ++i) {
    RunData* r = run_of(curves_[i]);
    if (!r) continue;
    series[i] = curves_[i].minus ? series_of(curves_[i]) : r->series_so_far(curves_[i].key);
    if (curves_[i].low && !curves_[i].minus) {
      low[i] = r->series_so_far(curves_[i].key + "_min");
      high[i] = r->series_so_far(curves_[i].key + "_max");
    }
    auto& side = sides[curves_[i].right];
    side.used = true;
    if (const auto* info = r->info(RunData::split_key(curves_[i].key).first))
      side.unit = info->unit.toStdString();
    side.difference = curves_[i].minus != nullptr;
    for (const auto& s : {series[i], low[i], high[i]})
      if (s) {
        const auto [a, b] = s->visible(t0, t1);
        side.all.add(s->extremes(a, b));
      }
  }
  for (int k = 0; k < 2; ++k) {
    auto& e = sides[k].all;
    DisplayUnit u = display_unit(sides[k].unit, e.lo, e.hi);
    if (sides[k].difference && u.offset != 0.0) u = {"K", 1.0, 0.0};
    (k ? right_ : left_) = u;
    QCPAxis* axis = k ? plot_->yAxis2 : plot_->yAxis;
    axis->setTickLabels(k == 0 || sides[1].used);
    axis->setTicks(k == 0 || sides[1].used);
    axis->setLabel(sides[k].used ? qs(u.name) : QString());
    axis->setTickLabelPadding(4);
    if (k ? fixed_y2_ : fixed_y_) continue;
    double lo = e.valid() ? u.shown(e.lo) : 0.0, hi = e.valid() ? u.shown(e.hi) : 1.0;
    // A constant gets room, and rounding noise is not blown up to fill the plot.
    const double least = std::max(1e-6 * std::max(std::abs(lo), std::abs(hi)), 1e-9);
    if (hi - lo < least) {
      const double room =
          std::max(0.05 * std::abs(hi), 0.5 * (hi == 0.0 ? 1.0 : 0.02 * std::abs(hi)));
      lo -= room;
      hi += room;
    } else {
      const double room = 0.06 * (hi - lo);
      lo -= room;
      hi += room;
    }
    axis->setRange(lo, hi);
  }
  auto fill = [&](QCPGraph* g, const SeriesPtr& s, const DisplayUnit& u) {
    data_.clear();
    line_.clear();
    if (s) {
      s->polyline(t0, t1, columns, line_);
      data_.reserve(static_cast<qsizetype>(line_.size()));
      for (const auto& p : line_) data_.append(QCPGraphData(p.t, u.shown(p.v)));
    }
    g->data()->set(data_, true);
  };
  for (size_t i = 0; i < curves_.size(); ++i) {
    const DisplayUnit& u = curves_[i].right ? right_ : left_;
    fill(curves_[i].graph, series[i], u);
    // Few points are drawn well, many are drawn fast.
    const bool few = line_.size() <= 2 * static_cast<size_t>(columns);
    curves_[i].graph->setAntialiased(few);
    QPen pen = series_pen(curves_[i].pen);
    pen.setWidthF(few ? 1.6 : 1.0);
    curves_[i].graph->setPen(pen);
    if (curves_[i].low) {
      fill(curves_[i].low, low[i], u);
      fill(curves_[i].high, high[i], u);
    }
  }
}

void PlotCell::draw_heat() {
  RunData* r = session_.run();
  if (!r) return;
  const auto [t0, t1] = session_.range();
  const auto m = r->heat_map(heat_, t0, t1);
  if (!m || m == shown_map_) return;
  const auto whole = r->heat_map(heat_);  // its colours hold at every zoom
  shown_map_ = m;
  const SignalInfo* info = r->info(heat_);
  left_ = display_unit(info ? info->unit.toStdString() : "1", whole->lo, whole->hi);
  if (!map_) {
    map_ = new QCPColorMap(plot_->xAxis, plot_->yAxis);
    marks_->on_map = true;
    scale_ = new QCPColorScale(plot_);
    plot_->plotLayout()->addElement(0, 1, scale_);
    scale_->setType(QCPAxis::atRight);
    scale_->setBarWidth(12);
    // Where other plots have their second axis, so that the time axes of a column stand in line.
    scale_->setAutoMargins(QCP::msNone);
    scale_->setMargins(QMargins(2, 6, 14, 24));
    plot_->plotLayout()->setColumnSpacing(0);
    plot_->axisRect()->setMargins(QMargins(kMargin, 6, 2, 24));
    map_->setColorScale(scale_);
    QCPColorGradient g;
    g.setLevelCount(48);
    QMap<double, QColor> stops;
    for (int i = 0; i <= 16; ++i) stops[i / 16.0] = heat_color(i / 16.0);
    g.setColorStops(stops);
    map_->setGradient(g);
    map_->setInterpolate(false);
    scale_->axis()->setTicker(QSharedPointer<NumberTicker>(new NumberTicker));
  }
  QFont font = plot_->font();
  font.setPixelSize(12);
  scale_->axis()->setTickLabelColor(theme().secondary);
  scale_->axis()->setLabelColor(theme().secondary);
  scale_->axis()->setTickLabelFont(font);
  scale_->axis()->setLabelFont(font);
  scale_->axis()->setLabel(qs(left_.name));
  map_->data()->setSize(m->columns, m->units);
  map_->data()->setRange(QCPRange(m->t0, m->t1), QCPRange(0, m->units - 1));
  for (int u = 0; u < m->units; ++u)
    for (int c = 0; c < m->columns; ++c)
      map_->data()->setCell(
          c, u,
          left_.shown(static_cast<double>(m->values[static_cast<size_t>(u * m->columns + c)])));
  double lo = left_.shown(whole->lo), hi = left_.shown(std::max(whole->hi, m->hi));
  if (hi - lo < 1e-6 * std::max(1.0, std::abs(hi))) hi = lo + std::max(1e-3, 1e-3 * std::abs(lo));
  map_->setDataRange(QCPRange(lo, hi));
  plot_->yAxis->setRange(-0.5, m->units - 0.5);
  plot_->yAxis->setLabel(tr("unit"));
  plot_->yAxis2->setTicks(false);
  plot_->yAxis2->setTickLabels(false);
}

std::shared_ptr<const HeatMap> PlotCell::map_at_cursor() const {
  const double t = session_.cursor();
  if (!shown_map_ || (t >= shown_map_->t0 && t <= shown_map_->t1)) return shown_map_;
  return session_.run() ? session_.run()->heat_map(heat_) : nullptr;
}

void PlotCell::draw_hall() {
  const auto m = map_at_cursor();
  if (!hall_on_ || !m) return;
  const double share = (session_.cursor() - m->t0) / std::max(1e-9, m->t1 - m->t0);
  const int c = std::clamp(static_cast<int>(share * m->columns), 0, m->columns - 1);
  std::vector<double> values;
  for (int u = 0; u < m->units; ++u)
    values.push_back(
        left_.shown(static_cast<double>(m->values[static_cast<size_t>(u * m->columns + c)])));
  hall_->set(std::move(values), left_.shown(m->lo), left_.shown(m->hi), qs(left_.name));
}

void PlotCell::move_cursor() {
  draw_hall();
  cursor_->t = session_.cursor();
  cursor_->labels = clock_->labels(plot_->xAxis->range());
  cursor_->flag = qs(clock_short(session_.start(), session_.cursor()));
  cursor_->dots.clear();
  for (auto& c : curves_)
    if (run_of(c))
      if (const auto s = series_of(c))
        if (const auto v = s->at(session_.cursor()))
          cursor_->dots.push_back({(c.right ? right_ : left_).shown(*v),
                                   c.right ? plot_->yAxis2 : plot_->yAxis, series_color(c.pen)});
  update_legend();
  if (!dirty_) plot_->layer("cursor")->replot();
}

void PlotCell::update_legend() {
  QString html;
  auto span = [](const QColor& c, const QString& s) {
    return QString("<span style='color:%1'>%2</span>").arg(c.name(), s.toHtmlEscaped());
  };
  for (auto& c : curves_) {
    RunData* r = run_of(c);
    const auto s = series_of(c);
    const auto v = s ? s->at(session_.cursor()) : std::nullopt;
    const auto* info = r ? r->info(RunData::split_key(c.key).first) : nullptr;
    const int dash = c.pen / static_cast<int>(theme().series.size()) % 4;
    static const char* kLines[] = {"\u2501\u2501", "\u2505\u2505", "\u2501\u2009\u00b7",
                                   "\u2508\u2508"};
    const QString name = c.minus ? QString("#%1 − #%2").arg(c.run->number).arg(c.minus->number)
                         : c.run ? QString("#%1 %2").arg(c.run->number).arg(c.key)
                                 : c.key;
    // A difference of temperatures has no zero point.
    const bool kelvin = c.minus && info && info->unit == "K";
    const QString value = !info    ? QString("–")
                          : kelvin ? (v ? qs(number(*v)) + " K" : QString("–"))
                          : !s && r->series_so_far(c.key) ? tr("reading …")
                                                          : value_text(*info, v);
    html += QString("<nobr>%1 %2 <b>%3</b>%4</nobr> &nbsp; ")
                .arg(span(series_color(c.pen), kLines[dash]), span(theme().secondary, name),
                     value.toHtmlEscaped(),
                     c.right ? span(theme().disabled, " " + tr("right axis")) : QString());
  }
  if (const auto m = map_at_cursor()) {
    const double share = (session_.cursor() - m->t0) / std::max(1e-9, m->t1 - m->t0);
    const int c = std::clamp(static_cast<int>(share * m->columns), 0, m->columns - 1);
    int hottest = 0;
    double sum = 0.0;
    auto at = [&](int u) {
      return static_cast<double>(m->values[static_cast<size_t>(u * m->columns + c)]);
    };
    for (int u = 0; u < m->units; ++u) {
      sum += at(u);
      if (at(u) > at(hottest)) hottest = u;
    }
    const auto* info = session_.run() ? session_.run()->info(heat_) : nullptr;
    const std::string unit = info ? info->unit.toStdString() : "1";
    html = QString("%1 <b>%2</b> %3 &nbsp; %4 <b>%5</b>")
               .arg(tr("max"), qs(quantity(at(hottest), unit)), tr("unit %1").arg(hottest),
                    tr("mean"), qs(quantity(sum / m->units, unit)));
  }
  if (legend_->text() != html) legend_->setText(html);
  legend_->setVisible(!html.isEmpty());
}

void PlotCell::update_events() {
  marks_->marks.clear();
  const RunData* r = session_.run();
  if (!r) return;
  for (const auto& e : r->events)
    marks_->marks.push_back({e.time, state_of_event(e.name, e.to), e.title()});
  std::stable_sort(marks_->marks.begin(), marks_->marks.end(),
                   [](const EventMark& a, const EventMark& b) { return a.t < b.t; });
}

}  // namespace steppe::gui
