#include "gui/plot/plot_cell.h"

#include <QClipboard>
#include <QDragEnterEvent>
#include <QFile>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QMimeData>
#include <QRubberBand>
#include <QSvgGenerator>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <map>

#include "gui/diagram/component_values.h"
#include "gui/plot/hall_map.h"
#include "gui/session.h"
#include "gui/style/export.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {

constexpr int kMargin = 58;  // fixed, so that the time axes of a column stand in line

}  // namespace

PlotCell::PlotCell(Session& session, QWidget* parent)
    : QWidget(parent), session_(session), clock_(new ClockTicker) {
  setAcceptDrops(true);
  build();
  restyle();
  connect(&session_, &Session::range_changed, this, &PlotCell::refresh);
  connect(&session_, &Session::cursor_changed, this, [this] { move_cursor(); });
  connect(&session_, &Session::theme_changed, this, [this] {
    shown_map_.reset();  // its scale has colours of the theme
    restyle();
    refresh();
  });
  auto follow = [this] {
    for (auto& c : curves_)
      if (RunData* r = run_of(c))
        connect(r, &RunData::loaded, this, &PlotCell::refresh, Qt::UniqueConnection);
    if (RunData* r = session_.run())
      connect(r, &RunData::loaded, this, &PlotCell::refresh, Qt::UniqueConnection);
    shown_map_.reset();
    update_events();
    refresh();
  };
  connect(&session_, &Session::run_changed, this, follow);
  connect(&session_, &Session::run_progressed, this, [this](RunData* r) {
    if (!isVisible() || !r->live()) return;
    for (const auto& c : curves_)
      if (run_of(c) == r) {
        refresh();
        break;
      }
  });
  follow();
}

void PlotCell::build() {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* header = header_ = new QWidget(this);
  header->setAutoFillBackground(true);
  header->setBackgroundRole(QPalette::Midlight);
  header->setFixedHeight(24);
  auto* row = new QHBoxLayout(header);
  row->setContentsMargins(8, 0, 4, 0);
  row->setSpacing(2);
  title_ = new QLabel(header);
  title_->setTextFormat(Qt::PlainText);
  title_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  QFont bold = title_->font();
  bold.setPixelSize(12);
  bold.setBold(true);
  title_->setFont(bold);
  row->addWidget(title_, 1);
  hall_button_ = new QToolButton(header);
  hall_button_->setObjectName("hall");
  hall_button_->setCheckable(true);
  hall_button_->setToolTip(tr("The units at the cursor, as they stand in the hall"));
  hall_button_->setAccessibleName(hall_button_->toolTip());
  hall_button_->setIcon(icon("template"));
  hall_button_->setIconSize({14, 14});
  hall_button_->setAutoRaise(true);
  hall_button_->setFixedSize(20, 20);
  hall_button_->hide();
  connect(hall_button_, &QToolButton::clicked, this, &PlotCell::set_hall);
  row->addWidget(hall_button_);
  for (const auto& [name, tip, signal] :
       {std::tuple{"fit", tr("This plot alone, and back"), &PlotCell::maximise_wanted},
        std::tuple{"close", tr("Close this plot"), &PlotCell::close_wanted}}) {
    auto* b = new QToolButton(header);
    b->setObjectName(name);
    b->setIcon(icon(name));
    b->setIconSize({14, 14});
    b->setAutoRaise(true);
    b->setToolTip(tip);
    b->setAccessibleName(tip);
    b->setFixedSize(20, 20);
    connect(b, &QToolButton::clicked, this, signal);
    row->addWidget(b);
  }
  column->addWidget(header);
  legend_ = new QLabel(this);
  legend_->setTextFormat(Qt::RichText);
  legend_->setContentsMargins(8, 3, 8, 0);
  legend_->setWordWrap(true);
  QFont small = legend_->font();
  small.setPixelSize(12);
  legend_->setFont(small);
  legend_->setAutoFillBackground(true);
  legend_->setBackgroundRole(QPalette::Base);
  column->addWidget(legend_);
  plot_ = new QCustomPlot(this);
  plot_->setMinimumSize(120, 80);
  plot_->setFocusPolicy(Qt::StrongFocus);
  plot_->setNoAntialiasingOnDrag(true);
  // Long polylines without antialiasing: the raster engine draws them several times faster.
  plot_->setNotAntialiasedElement(QCP::aePlottables);
  plot_->setNotAntialiasedElement(QCP::aeFills);
  plot_->setPlottingHint(QCP::phFastPolylines);
  plot_->installEventFilter(this);
  column->addWidget(plot_, 1);
  hall_ = new HallMap(this);
  hall_->hide();
  column->addWidget(hall_, 1);
  connect(hall_, &HallMap::picked, this,
          [this](int unit) { Q_EMIT session_.plot_wanted(RunData::make_key(heat_, unit)); });
  plot_->axisRect()->setAutoMargins(QCP::msTop | QCP::msBottom);
  plot_->axisRect()->setMargins(QMargins(kMargin, 6, kMargin, 24));
  plot_->axisRect()->setAutoMargins(QCP::msNone);
  plot_->axisRect()->setupFullAxesBox(false);
  plot_->xAxis2->setVisible(true);
  plot_->xAxis2->setTicks(false);
  plot_->xAxis2->setTickLabels(false);
  plot_->yAxis2->setVisible(true);
  plot_->xAxis->setTicker(clock_);
  plot_->yAxis->setTicker(QSharedPointer<NumberTicker>(new NumberTicker));
  plot_->yAxis2->setTicker(QSharedPointer<NumberTicker>(new NumberTicker));
  plot_->addLayer("marks", plot_->layer("main"), QCustomPlot::limAbove);
  marks_ = new EventMarks(plot_);
  marks_->setLayer("marks");
  // The cursor has a buffer of its own: moving it does not draw the curves again.
  plot_->addLayer("cursor", plot_->layer("overlay"), QCustomPlot::limAbove);
  plot_->layer("cursor")->setMode(QCPLayer::lmBuffered);
  cursor_ = new CursorItem(plot_);
  cursor_->setLayer("cursor");
  band_ = new QRubberBand(QRubberBand::Rectangle, plot_);
}

void PlotCell::restyle() {
  const Theme& t = theme();
  plot_->setBackground(QBrush(t.base));
  plot_->axisRect()->setBackground(QBrush(t.ground));
  QFont font = plot_->font();
  font.setPixelSize(12);
  for (QCPAxis* a : {plot_->xAxis, plot_->yAxis, plot_->xAxis2, plot_->yAxis2}) {
    a->setBasePen(QPen(t.border));
    a->setTickPen(QPen(t.border));
    a->setSubTickPen(Qt::NoPen);
    a->setTickLabelColor(t.secondary);
    a->setLabelColor(t.secondary);
    a->setTickLabelFont(font);
    a->setLabelFont(font);
    a->setLabelPadding(2);
    a->grid()->setPen(QPen(t.grid));
    a->grid()->setZeroLinePen(QPen(t.border));
    a->grid()->setSubGridVisible(false);
  }
  for (auto& c : curves_) {
    c.graph->setPen(series_pen(c.pen));
    if (c.low) {
      QColor fill = series_color(c.pen);
      fill.setAlpha(t.dark ? 90 : 60);
      c.low->setBrush(fill);
    }
  }
  hall_button_->setIcon(icon("template"));
  for (const char* name : {"fit", "close"})
    if (auto* b = findChild<QToolButton*>(name)) b->setIcon(icon(name));
}

int PlotCell::pen_of(const QString& key) {
  // The same signal has the same colour in every plot.
  static std::map<QString, int> known;
  return known.try_emplace(key, static_cast<int>(known.size())).first->second;
}

RunData* PlotCell::run_of(const Curve& c) const { return c.run ? c.run.data() : session_.run(); }

bool PlotCell::contains(const QString& key) const {
  return heat_ == key ||
         std::any_of(curves_.begin(), curves_.end(), [&](const Curve& c) { return c.key == key; });
}

void PlotCell::add(const QString& key, RunData* run, bool right) {
  const RunData* r = run ? run : session_.run();
  const auto [name, unit] = RunData::split_key(key);
  const SignalInfo* info = r ? r->info(name) : nullptr;
  if (info && info->width > 1 && unit < 0) {
    if (empty()) {
      heat_ = key;
      shown_map_.reset();
      refresh();
      Q_EMIT content_changed();
      return;
    }
    return add(RunData::make_key(name, 0), run, right);
  }
  if (!heat_.isEmpty()) clear();
  for (const auto& c : curves_)
    if (c.key == key && c.run == run) return;
  Curve c;
  c.run = run;
  c.key = key;
  c.pen = run ? run->color : pen_of(key);
  c.right = right;
  // A second unit goes to the second axis by itself.
  if (info && !right && !curves_.empty())
    for (const auto& other : curves_)
      if (const RunData* o = run_of(other))
        if (const auto* i = o->info(RunData::split_key(other.key).first);
            i && !other.right && i->unit != info->unit)
          c.right = true;
  QCPAxis* y = c.right ? plot_->yAxis2 : plot_->yAxis;
  if (info && info->has_range && unit < 0) {
    c.low = plot_->addGraph(plot_->xAxis, y);
    c.high = plot_->addGraph(plot_->xAxis, y);
    for (QCPGraph* g : {c.low, c.high}) {
      g->setPen(Qt::NoPen);
      g->setAdaptiveSampling(false);
    }
    c.low->setChannelFillGraph(c.high);
  }
  c.graph = plot_->addGraph(plot_->xAxis, y);
  c.graph->setAdaptiveSampling(false);  // polyline() has already done it
  if (info && info->held) c.graph->setLineStyle(QCPGraph::lsStepLeft);
  curves_.push_back(c);
  if (run) connect(run, &RunData::loaded, this, &PlotCell::refresh, Qt::UniqueConnection);
  restyle();
  refresh();
  Q_EMIT content_changed();
}

void PlotCell::remove(const QString& key) {
  if (heat_ == key) clear();
  for (size_t i = 0; i < curves_.size();)
    if (curves_[i].key == key) {
      for (QCPGraph* g : {curves_[i].graph, curves_[i].low, curves_[i].high})
        if (g) plot_->removeGraph(g);
      curves_.erase(curves_.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  refresh();
  Q_EMIT content_changed();
}

void PlotCell::clear() {
  curves_.clear();
  plot_->clearGraphs();
  heat_.clear();
  hall_on_ = false;
  shown_map_.reset();
  if (map_) plot_->removePlottable(map_);
  if (scale_) plot_->plotLayout()->remove(scale_);
  map_ = nullptr;
  scale_ = nullptr;
  plot_->plotLayout()->simplify();
  fixed_y_ = fixed_y2_ = false;
  refresh();
  Q_EMIT content_changed();
}

void PlotCell::set_hall(bool on) {
  if (on == hall_on_ || heat_.isEmpty()) return;
  hall_on_ = on;
  refresh();
  Q_EMIT content_changed();
}

QString PlotCell::title() const {
  const QString key = !heat_.isEmpty() ? heat_ : curves_.empty() ? QString() : curves_[0].key;
  if (key.isEmpty()) return tr("Empty plot: drag a signal here");
  if (const RunData* r = curves_.empty() ? session_.run() : run_of(curves_[0]))
    if (const auto* i = r->info(RunData::split_key(key).first); i && curves_.size() < 2)
      if (!i->help.isEmpty() && i->help != i->name && i->help.size() < 60)
        return i->help + "  ·  " + key;
  QStringList keys;
  for (const auto& c : curves_) keys << c.key;
  keys.removeDuplicates();
  return keys.isEmpty() ? key : keys.join(", ");
}

void PlotCell::refresh() {
  if (dirty_) return;
  dirty_ = true;
  QTimer::singleShot(0, this, [this] {
    if (dirty_) refresh_now();
  });
}

void PlotCell::refresh_now() {
  dirty_ = false;
  clock_->start = session_.start();
  const auto [t0, t1] = session_.range();
  plot_->xAxis->setRange(t0, t1);
  clock_->setTickCount(std::max(2, plot_->axisRect()->width() / 80));
  title_->setText(title());
  title_->setToolTip(title());
  hall_button_->setVisible(!heat_.isEmpty());
  hall_button_->setChecked(hall_on_);
  hall_->setVisible(hall_on_);
  plot_->setVisible(!hall_on_);
  if (!heat_.isEmpty())
    draw_heat();
  else
    draw_curves();
  move_cursor();
  plot_->replot(QCustomPlot::rpImmediateRefresh);
}

void PlotCell::draw_curves() {
  const auto [t0, t1] = session_.range();
  const int columns = std::max(50, plot_->axisRect()->width());
  struct Side {
    Extremes<double> all;
    std::string unit;
    bool used = false;
  } sides[2];
  std::vector<SeriesPtr> series(curves_.size()), low(curves_.size()), high(curves_.size());
  for (size_t i = 0; i < curves_.size(); ++i) {
    RunData* r = run_of(curves_[i]);
    if (!r) continue;
    series[i] = r->series(curves_[i].key);
    if (curves_[i].low) {
      low[i] = r->series(curves_[i].key + "_min");
      high[i] = r->series(curves_[i].key + "_max");
    }
    auto& side = sides[curves_[i].right];
    side.used = true;
    if (const auto* info = r->info(RunData::split_key(curves_[i].key).first))
      side.unit = info->unit.toStdString();
    for (const auto& s : {series[i], low[i], high[i]})
      if (s) {
        const auto [a, b] = s->visible(t0, t1);
        side.all.add(s->extremes(a, b));
      }
  }
  for (int k = 0; k < 2; ++k) {
    auto& e = sides[k].all;
    const DisplayUnit u =
        display_unit(sides[k].unit, e.valid() ? std::max(std::abs(e.lo), std::abs(e.hi)) : 1.0);
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
    if (curves_[i].low) {
      fill(curves_[i].low, low[i], u);
      fill(curves_[i].high, high[i], u);
    }
  }
}

void PlotCell::draw_heat() {
  RunData* r = session_.run();
  if (!r) return;
  const auto m = r->heat_map(heat_);
  if (!m || m == shown_map_) return;
  shown_map_ = m;
  const SignalInfo* info = r->info(heat_);
  left_ = display_unit(info ? info->unit.toStdString() : "1",
                       std::max(std::abs(m->lo), std::abs(m->hi)));
  if (!map_) {
    map_ = new QCPColorMap(plot_->xAxis, plot_->yAxis);
    scale_ = new QCPColorScale(plot_);
    plot_->plotLayout()->addElement(0, 1, scale_);
    scale_->setType(QCPAxis::atRight);
    scale_->setBarWidth(12);
    scale_->setMargins(QMargins(0, 6, 8, 24));
    scale_->setAutoMargins(QCP::msRight | QCP::msLeft);
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
  double lo = left_.shown(m->lo), hi = left_.shown(m->hi);
  if (hi - lo < 1e-6 * std::max(1.0, std::abs(hi))) hi = lo + std::max(1e-3, 1e-3 * std::abs(lo));
  map_->setDataRange(QCPRange(lo, hi));
  plot_->yAxis->setRange(-0.5, m->units - 0.5);
  plot_->yAxis->setLabel(tr("unit"));
  plot_->yAxis2->setTicks(false);
  plot_->yAxis2->setTickLabels(false);
}

void PlotCell::draw_hall() {
  const auto* m = shown_map_.get();
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
  cursor_->flag = qs(clock_short(session_.start(), session_.cursor()));
  cursor_->dots.clear();
  for (const auto& c : curves_)
    if (RunData* r = run_of(c))
      if (const auto s = r->series(c.key))
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
  for (const auto& c : curves_) {
    RunData* r = run_of(c);
    const auto s = r ? r->series(c.key) : nullptr;
    const auto v = s ? s->at(session_.cursor()) : std::nullopt;
    const auto* info = r ? r->info(RunData::split_key(c.key).first) : nullptr;
    const int dash = c.pen / static_cast<int>(theme().series.size()) % 4;
    static const char* kLines[] = {"\u2501\u2501", "\u2505\u2505", "\u2501\u2009\u00b7",
                                   "\u2508\u2508"};
    const QString name = c.run ? QString("#%1 %2").arg(c.run->number).arg(c.key) : c.key;
    const QString value = info ? value_text(*info, v) : QString("–");
    html += QString("<nobr>%1 %2 <b>%3</b>%4</nobr> &nbsp; ")
                .arg(span(series_color(c.pen), kLines[dash]), span(theme().secondary, name),
                     value.toHtmlEscaped(),
                     c.right ? span(theme().disabled, " " + tr("right axis")) : QString());
  }
  if (!heat_.isEmpty() && shown_map_) {
    const auto* m = shown_map_.get();
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

void PlotCell::fit() {
  fixed_y_ = fixed_y2_ = false;
  session_.reset_range();
  refresh();
}

// --- mouse

double PlotCell::t_at(const QPointF& pos) const { return plot_->xAxis->pixelToCoord(pos.x()); }

bool PlotCell::eventFilter(QObject* watched, QEvent* event) {
  if (watched != plot_) return QWidget::eventFilter(watched, event);
  switch (event->type()) {
    case QEvent::MouseButtonPress:
      press(static_cast<QMouseEvent*>(event));
      break;
    case QEvent::MouseMove:
      move(static_cast<QMouseEvent*>(event));
      break;
    case QEvent::MouseButtonRelease:
      release(static_cast<QMouseEvent*>(event));
      break;
    case QEvent::MouseButtonDblClick:
      if (static_cast<QMouseEvent*>(event)->button() == Qt::LeftButton) fit();
      return true;
    case QEvent::Wheel:
      wheel(static_cast<QWheelEvent*>(event));
      return true;
    case QEvent::Resize:
      refresh();
      break;
    default:
      break;
  }
  return QWidget::eventFilter(watched, event);
}

void PlotCell::press(QMouseEvent* e) {
  from_ = e->position();
  from_range_ = session_.range();
  const bool left = e->button() == Qt::LeftButton;
  if (e->button() == Qt::MiddleButton || (left && (e->modifiers() & Qt::ControlModifier)))
    drag_ = Drag::pan;
  else if (left && (e->modifiers() & Qt::ShiftModifier))
    drag_ = Drag::cursor;
  else if (left)
    drag_ = Drag::band;
  else
    drag_ = Drag::none;
  if (drag_ == Drag::cursor) session_.set_cursor(t_at(from_));
}

void PlotCell::move(QMouseEvent* e) {
  const QPointF d = e->position() - from_;
  const double per_pixel =
      (from_range_.second - from_range_.first) / std::max(1, plot_->axisRect()->width());
  switch (drag_) {
    case Drag::pan:
      session_.set_range(from_range_.first - d.x() * per_pixel,
                         from_range_.second - d.x() * per_pixel);
      break;
    case Drag::cursor:
      session_.set_cursor(t_at(e->position()));
      break;
    case Drag::band:
      if (d.manhattanLength() > 6) {
        band_->setGeometry(QRect(from_.toPoint(), e->position().toPoint()).normalized() &
                           plot_->axisRect()->rect());
        band_->show();
      }
      break;
    case Drag::none:
      break;
  }
}

void PlotCell::release(QMouseEvent* e) {
  if (drag_ == Drag::band) {
    const QRect r = band_->geometry();
    if (band_->isVisible() && r.width() > 4) {
      if (r.height() > 24 && heat_.isEmpty()) {
        // The left axis takes the band; a second axis is zoomed with the wheel.
        const double y0 = plot_->yAxis->pixelToCoord(r.bottom()),
                     y1 = plot_->yAxis->pixelToCoord(r.top());
        fixed_y_ = true;
        plot_->yAxis->setRange(y0, y1);
      }
      session_.set_range(t_at(r.topLeft()), t_at(r.topRight()));
    } else if ((e->position() - from_).manhattanLength() <= 6) {
      session_.set_cursor(t_at(e->position()));
    }
    band_->hide();
  }
  drag_ = Drag::none;
}

void PlotCell::wheel(QWheelEvent* e) {
  const double factor = std::pow(0.85, e->angleDelta().y() / 120.0);
  const QRect area = plot_->axisRect()->rect();
  const QPointF at = e->position();
  if (at.x() < area.left() && heat_.isEmpty()) {
    plot_->yAxis->scaleRange(factor, plot_->yAxis->pixelToCoord(at.y()));
    fixed_y_ = true;
    refresh();
  } else if (at.x() > area.right() && heat_.isEmpty()) {
    plot_->yAxis2->scaleRange(factor, plot_->yAxis2->pixelToCoord(at.y()));
    fixed_y2_ = true;
    refresh();
  } else {
    const auto [t0, t1] = session_.range();
    const double pivot = t_at(at), width = (t1 - t0) * factor;
    const auto [full0, full1] = session_.full_range();
    if (width < 1e-3 || width > 20 * (full1 - full0)) return;
    session_.set_range(pivot - (pivot - t0) * factor, pivot + (t1 - pivot) * factor);
  }
}

void PlotCell::dragEnterEvent(QDragEnterEvent* e) {
  if (e->mimeData()->hasFormat("application/x-steppe-signal")) e->acceptProposedAction();
}

void PlotCell::dropEvent(QDropEvent* e) {
  const bool right = e->position().x() > width() - kMargin;
  for (const auto& key : QString::fromUtf8(e->mimeData()->data("application/x-steppe-signal"))
                             .split('\n', Qt::SkipEmptyParts))
    add(key, nullptr, right);
  e->acceptProposedAction();
}

void PlotCell::contextMenuEvent(QContextMenuEvent* e) {
  QMenu menu(this);
  menu.addAction(tr("Fit all"), this, &PlotCell::fit);
  if (!heat_.isEmpty()) {
    auto* over_time = menu.addAction(tr("Over time"), this, [this] { set_hall(false); });
    auto* as_hall = menu.addAction(tr("Hall at the cursor"), this, [this] { set_hall(true); });
    over_time->setEnabled(hall_on_);
    as_hall->setEnabled(!hall_on_);
  }
  for (const auto& c : curves_)
    menu.addAction(tr("Remove %1").arg(c.key), this, [this, key = c.key] { remove(key); });
  if (!empty()) menu.addAction(tr("Clear"), this, &PlotCell::clear);
  menu.addAction(tr("Copy picture and values"), this, &PlotCell::copy);
  if (!curves_.empty()) {
    menu.addSeparator();
    menu.addAction(tr("Spectrum"), this, [this] { analyse(Analysis::spectrum); });
    menu.addAction(tr("Duration curve"), this, [this] { analyse(Analysis::duration); });
    menu.addAction(tr("Percentiles"), this, [this] { analyse(Analysis::percentiles); });
    menu.addAction(tr("x–y plot of the first two"), this, [this] { analyse(Analysis::xy); })
        ->setEnabled(curves_.size() > 1);
  }
  menu.exec(e->globalPos());
}

QDialog* PlotCell::analyse(Analysis kind) {
  std::vector<AnalysisCurve> list;
  for (const auto& c : curves_)
    if (RunData* r = run_of(c))
      if (auto curve = r->series(c.key)) {
        const auto* info = r->info(RunData::split_key(c.key).first);
        list.push_back(
            {c.key, info ? info->unit.toStdString() : "1", std::move(curve), series_color(c.pen)});
      }
  const auto [t0, t1] = session_.range();
  QDialog* dialog = make_analysis_window(kind, list, t0, t1, session_.start(), this);
  dialog->show();
  return dialog;
}

void PlotCell::copy() {
  auto* copied = new QMimeData;
  copied->setText(visible_csv());
  copied->setImageData(plot_->toPixmap().toImage());
  QGuiApplication::clipboard()->setMimeData(copied);
}

QString PlotCell::visible_csv() const {
  if (!heat_.isEmpty()) return heat_csv();
  QString out = "time_s";
  std::vector<SeriesPtr> series;
  for (const auto& c : curves_)
    if (RunData* r = run_of(c))
      if (auto s = r->series(c.key)) {
        const auto* info = r->info(RunData::split_key(c.key).first);
        out += QString(",%1 [%2]")
                   .arg(c.run ? QString("#%1 ").arg(c.run->number) + c.key : c.key,
                        info ? info->unit : QString());
        series.push_back(std::move(s));
      }
  out += "\n";
  if (series.empty()) return out;
  const auto [t0, t1] = session_.range();
  // The instants of the first curve; others are read at them.
  const auto [first, last] = series[0]->visible(t0, t1);
  for (size_t i = first; i < last; ++i) {
    const double t = series[0]->t(i);
    if (t < t0 || t > t1) continue;
    out += QString::number(t, 'g', 15);
    for (const auto& s : series) {
      const auto v = s->at(t);
      out += v ? "," + QString::number(*v, 'g', 9) : QString(",");
    }
    out += "\n";
  }
  return out;
}

QString PlotCell::heat_csv() const {
  const auto* m = shown_map_.get();
  if (!m) return {};
  const SignalInfo* info = session_.run() ? session_.run()->info(heat_) : nullptr;
  QString out = "time_s";
  for (int u = 0; u < m->units; ++u)
    out += QString(",%1 [%2]").arg(RunData::make_key(heat_, u), info ? info->unit : QString());
  out += "\n";
  const auto [t0, t1] = session_.range();
  for (int c = 0; c < m->columns; ++c) {
    const double t = m->t0 + (c + 0.5) / m->columns * (m->t1 - m->t0);
    if (t < t0 || t > t1) continue;
    out += QString::number(t, 'g', 15);
    for (int u = 0; u < m->units; ++u) {
      const float v = m->values[static_cast<size_t>(u * m->columns + c)];
      out += std::isnan(v) ? QString(",") : "," + QString::number(static_cast<double>(v), 'g', 9);
    }
    out += "\n";
  }
  return out;
}

QString PlotCell::export_to(const QString& file) {
  refresh_now();
  bool ok = false;
  if (hall_on_ && !file.endsWith(".csv", Qt::CaseInsensitive))
    return export_widget(*hall_, file) ? QString() : tr("Cannot write %1").arg(file);
  if (file.endsWith(".png", Qt::CaseInsensitive)) {
    ok = plot_->savePng(file, 0, 0, 2.0);
  } else if (file.endsWith(".pdf", Qt::CaseInsensitive)) {
    ok = plot_->savePdf(file);
  } else if (file.endsWith(".svg", Qt::CaseInsensitive)) {
    QSvgGenerator svg;
    svg.setFileName(file);
    svg.setSize(plot_->size());
    svg.setViewBox(plot_->rect());
    QCPPainter painter;
    ok = painter.begin(&svg);
    if (ok) {
      painter.setMode(QCPPainter::pmVectorized);
      plot_->toPainter(&painter, plot_->width(), plot_->height());
      painter.end();
    }
  } else if (file.endsWith(".csv", Qt::CaseInsensitive)) {
    QFile f(file);
    ok = f.open(QIODevice::WriteOnly | QIODevice::Text) && f.write(visible_csv().toUtf8()) > 0;
  } else {
    return tr("Write the file as .png, .svg, .pdf or .csv");
  }
  return ok ? QString() : tr("Cannot write %1").arg(file);
}

}  // namespace steppe::gui
