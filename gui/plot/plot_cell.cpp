#include "gui/plot/plot_cell.h"

#include <QHBoxLayout>
#include <QRubberBand>
#include <QVBoxLayout>
#include <algorithm>
#include <map>

#include "gui/plot/analysis.h"
#include "gui/plot/hall_map.h"
#include "gui/session.h"
#include "gui/style/theme.h"

namespace steppe::gui {

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
  auto follow_all = [this] {
    for (auto& c : curves_) follow(run_of(c));
    follow(session_.run());
    shown_map_.reset();
    update_events();
    refresh();
  };
  connect(&session_, &Session::run_changed, this, follow_all);
  connect(&session_, &Session::run_progressed, this, [this](RunData* r) {
    if (!isVisible() || !r->live()) return;
    for (const auto& c : curves_)
      if (run_of(c) == r) {
        refresh();
        break;
      }
  });
  follow_all();
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
  // Long polylines are not antialiased (draw_curves): the raster engine is several times faster.
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
  cursor_->events = marks_;
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
  if (info && info->width > 1 && unit == -1) {
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
  if (info && info->has_range && unit == -1) {
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
  follow(run);
  restyle();
  refresh();
  Q_EMIT content_changed();
}

void PlotCell::add_difference(const QString& key, RunData* run, RunData* reference) {
  const size_t before = curves_.size();
  add(key, run);
  if (curves_.size() == before) return;
  curves_.back().minus = reference;
  marks_->setVisible(false);  // they stand over the curves of the runs
  follow(reference);
}

void PlotCell::follow(RunData* run) {
  if (!run) return;
  connect(run, &RunData::loaded, this, &PlotCell::refresh, Qt::UniqueConnection);
  connect(run, &RunData::grew, this, &PlotCell::refresh_soon, Qt::UniqueConnection);
}

/// Blocks come in faster than pictures.
void PlotCell::refresh_soon(const QString& key) {
  constexpr int kPictureEvery = 40;  // ms
  if (waits_ || !isVisible() ||
      std::none_of(curves_.begin(), curves_.end(), [&](const Curve& c) { return c.key == key; }))
    return;
  waits_ = true;
  QTimer::singleShot(kPictureEvery, this, [this] {
    waits_ = false;
    refresh();
  });
}

SeriesPtr PlotCell::series_of(Curve& c) {
  RunData* r = run_of(c);
  SeriesPtr s = r ? r->series(c.key) : nullptr;
  if (!c.minus) return s;
  SeriesPtr reference = c.minus->series(c.key);
  if (!s || !reference) return nullptr;
  if (c.of[0] != s || c.of[1] != reference) {
    c.difference = difference_of(*s, *reference);
    c.of[0] = std::move(s);
    c.of[1] = std::move(reference);
  }
  return c.difference;
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
  plot_->axisRect()->setMargins(QMargins(kMargin, 6, kMargin, 24));
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

void PlotCell::fit() {
  fixed_y_ = fixed_y2_ = false;
  session_.reset_range();
  refresh();
}

QDialog* PlotCell::analyse(Analysis kind) {
  std::vector<AnalysisCurve> list;
  for (auto& c : curves_)
    if (RunData* r = run_of(c))
      if (auto curve = series_of(c)) {
        const auto* info = r->info(RunData::split_key(c.key).first);
        list.push_back(
            {c.key, info ? info->unit.toStdString() : "1", std::move(curve), series_color(c.pen)});
      }
  const auto [t0, t1] = session_.range();
  QDialog* dialog = make_analysis_window(kind, list, t0, t1, session_.start(), this);
  dialog->show();
  return dialog;
}

}  // namespace steppe::gui
