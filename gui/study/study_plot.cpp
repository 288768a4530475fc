#include "gui/study/study_plot.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <map>

#include "gui/document/display.h"
#include "gui/panels/run_differences.h"
#include "gui/plot/plot_items.h"
#include "gui/plot/qcp.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"
#include "gui/style/words.h"
#include "sim/app/statistics.h"

namespace steppe::gui {

namespace {

constexpr QCPScatterStyle::ScatterShape kShapes[] = {
    QCPScatterStyle::ssCircle,  QCPScatterStyle::ssTriangle, QCPScatterStyle::ssSquare,
    QCPScatterStyle::ssDiamond, QCPScatterStyle::ssCross,    QCPScatterStyle::ssPlus};
constexpr size_t kMostClasses = std::size(kShapes);

}  // namespace

StudyColumn study_column(const app::StudyTable& table, size_t column) {
  const auto& c = table.columns[column];
  StudyColumn out;
  out.title = c.input ? qs(c.name) : title_word(c.name);
  double most = 0.0;
  for (double v : c.values)
    if (!std::isnan(v)) most = std::max(most, std::abs(v));
  // Inputs are in the unit in which they were typed.
  DisplayUnit u = c.input ? DisplayUnit{c.unit, 1.0, 0.0} : display_unit(c.unit, most);
  if (!c.input && c.name.starts_with("hours_")) u = {"h", 3600.0, 0.0};
  out.unit = u.name == "1" ? QString() : qs(u.name);
  for (double v : c.values) out.values.push_back(u.shown(v));
  return out;
}

StudyPlot::StudyPlot(QWidget* parent)
    : QWidget(parent),
      x_(new QComboBox(this)),
      y_(new QComboBox(this)),
      color_(new QComboBox(this)),
      y_label_(new QLabel("y", this)),
      color_label_(new QLabel(tr("Shape and colour"), this)),
      note_(new QLabel(this)),
      x_more_(new QCheckBox(tr("more x is better"), this)),
      y_more_(new QCheckBox(tr("more y is better"), this)),
      plot_(new QCustomPlot(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(12, 8, 12, 8);
  row->setSpacing(8);
  auto add = [&](QLabel* label, QComboBox* box) {
    row->addWidget(label);
    // Names of figures are long; a narrow window shows their beginning.
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumWidth(70);
    label->setBuddy(box);
    box->setAccessibleName(label->text());
    row->addWidget(box, 1);
  };
  add(new QLabel("x", this), x_);
  row->addWidget(x_more_);
  add(y_label_, y_);
  row->addWidget(y_more_);
  add(color_label_, color_);
  row->addStretch();
  row->addWidget(note_);
  column->addLayout(row);
  column->addWidget(plot_, 1);
  plot_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
  plot_->installEventFilter(this);
  plot_->setMinimumSize(200, 150);
  auto default_direction = [this] {
    if (!table_) return;
    auto up = [&](const QComboBox* box) {
      const int i = box->currentData().toInt();
      const auto& c = table_->columns.at(static_cast<size_t>(i));
      return !c.input && better_direction(c.name) > 0;
    };
    x_more_->setChecked(up(x_));
    y_more_->setChecked(up(y_));
  };
  for (QComboBox* b : {x_, y_, color_})
    connect(b, &QComboBox::activated, this, [this, default_direction] {
      default_direction();
      redraw();
    });
  for (QCheckBox* b : {x_more_, y_more_}) connect(b, &QCheckBox::clicked, this, &StudyPlot::redraw);
}

void StudyPlot::set_table(std::shared_ptr<const app::StudyTable> table) {
  const QString x = x_->currentText(), y = y_->currentText(), color = color_->currentText();
  table_ = std::move(table);
  for (QComboBox* b : {x_, y_, color_}) b->clear();
  if (!table_) return redraw();
  color_->addItem(tr("one"), -1);
  for (size_t i = 0; i < table_->columns.size(); ++i) {
    const auto& c = table_->columns[i];
    const QString title = c.input ? qs(c.name) : title_word(c.name);
    for (QComboBox* b : {x_, y_}) b->addItem(title, static_cast<int>(i));
    if (c.input) color_->addItem(title, static_cast<int>(i));
  }
  auto wish = [](QComboBox* b, const QString& kept, std::initializer_list<const char*> names) {
    int at = kept.isEmpty() ? -1 : b->findText(kept);
    for (const char* n : names)
      if (at < 0) at = b->findText(title_word(n));
    b->setCurrentIndex(std::max(0, at));
  };
  size_t inputs = 0;
  for (const auto& c : table_->columns) inputs += c.input;
  wish(x_, x, {});
  wish(y_, y, {"cost_total", "pue", "energy_site"});
  if (inputs > 1 && color.isEmpty())
    color_->setCurrentIndex(2);
  else
    wish(color_, color, {});
  redraw();
}

void StudyPlot::set_kind(Kind k) {
  kind_ = k;
  const bool histogram = k == Kind::histogram;
  for (QWidget* w : std::initializer_list<QWidget*>{y_, y_label_, color_, color_label_})
    w->setVisible(!histogram);
  x_more_->setVisible(k == Kind::pareto);
  y_more_->setVisible(k == Kind::pareto);
  // A front between an input and a figure says little; between two figures it is a choice.
  if (k == Kind::pareto && table_ && x_->count() > 0 &&
      table_->columns.at(x_->currentData().toUInt()).input)
    for (const char* name : {"energy_site", "peak_site_power"})
      if (const int at = x_->findText(title_word(name)); at >= 0 && at != y_->currentIndex()) {
        x_->setCurrentIndex(at);
        break;
      }
  redraw();
}

void StudyPlot::select(int row) {
  if (row == selected_) return;
  selected_ = row;
  redraw();
}

void StudyPlot::style() {
  const Theme& t = theme();
  plot_->clearPlottables();
  plot_->clearItems();
  plot_->setBackground(QBrush(t.base));
  plot_->axisRect()->setBackground(QBrush(t.ground));
  QFont font = plot_->font();
  font.setPixelSize(12);
  for (QCPAxis* a : {plot_->xAxis, plot_->yAxis}) {
    a->setBasePen(QPen(t.border));
    a->setTickPen(QPen(t.border));
    a->setSubTickPen(Qt::NoPen);
    a->setTickLabelColor(t.secondary);
    a->setLabelColor(t.secondary);
    a->setTickLabelFont(font);
    a->setLabelFont(font);
    a->grid()->setPen(QPen(t.grid));
    a->grid()->setZeroLinePen(Qt::NoPen);
    a->setTicker(QSharedPointer<NumberTicker>(new NumberTicker));
  }
  plot_->legend->setBrush(QBrush(t.base));
  plot_->legend->setBorderPen(QPen(t.border));
  plot_->legend->setTextColor(t.text);
  plot_->legend->setFont(font);
  plot_->legend->setVisible(false);
}

void StudyPlot::redraw() {
  style();
  front_.clear();
  px_.clear();
  py_.clear();
  note_->clear();
  if (table_ && !table_->index.empty() && x_->count() > 0) {
    if (kind_ == Kind::histogram)
      draw_histogram();
    else
      draw_points();
  }
  plot_->replot();
}

void StudyPlot::draw_points() {
  const Theme& t = theme();
  const size_t ix = x_->currentData().toUInt(), iy = y_->currentData().toUInt();
  const StudyColumn x = study_column(*table_, ix), y = study_column(*table_, iy);
  px_ = x.values;
  py_ = y.values;
  auto label = [](const StudyColumn& c) {
    return c.unit.isEmpty() ? c.title : c.title + ", " + c.unit;
  };
  plot_->xAxis->setLabel(label(x));
  plot_->yAxis->setLabel(label(y));
  // Classes of the third column: its values where they are few, else a part of its range.
  const int ic = color_->currentData().toInt();
  std::map<double, std::vector<size_t>> classes;
  std::map<double, QString> names;
  if (ic >= 0) {
    const auto& c = table_->columns.at(static_cast<size_t>(ic));
    const StudyColumn shown = study_column(*table_, static_cast<size_t>(ic));
    std::vector<double> distinct;
    for (double v : shown.values)
      if (!std::isnan(v)) distinct.push_back(v);
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    const bool few = distinct.size() <= kMostClasses;
    const double lo = distinct.empty() ? 0.0 : distinct.front(),
                 step = distinct.empty() ? 1.0 : (distinct.back() - lo) / kMostClasses;
    for (size_t r = 0; r < px_.size(); ++r) {
      const double v = shown.values[r];
      if (std::isnan(v)) continue;
      const double key =
          few ? v : lo + step * std::min(std::floor((v - lo) / step), kMostClasses - 1.0);
      classes[key].push_back(r);
      const QString unit = shown.unit.isEmpty() ? QString() : " " + shown.unit;
      names[key] =
          !c.texts.empty()
              ? qs(c.texts.at(static_cast<size_t>(v)))
              : (few ? qs(number(v)) : qs(number(key, 3)) + " … " + qs(number(key + step, 3))) +
                    unit;
    }
  } else {
    for (size_t r = 0; r < px_.size(); ++r) classes[0.0].push_back(r);
  }
  if (kind_ == Kind::pareto) {
    front_ = app::pareto(px_, x_more_->isChecked(), py_, y_more_->isChecked());
    auto* line = new QCPCurve(plot_->xAxis, plot_->yAxis);
    QVector<double> fx, fy;
    for (size_t r : front_) {
      fx.append(px_[r]);
      fy.append(py_[r]);
    }
    line->setData(fx, fy);
    line->setPen(QPen(t.accent, 2));
    line->setName(tr("Pareto front"));
    note_->setText(tr("%1 of %2 runs are on the front").arg(front_.size()).arg(px_.size()));
  }
  int n = 0;
  for (const auto& [key, list] : classes) {
    auto* points = plot_->addGraph();
    QVector<double> vx, vy;
    for (size_t r : list) {
      vx.append(px_[r]);
      vy.append(py_[r]);
    }
    points->setData(vx, vy);
    points->setLineStyle(QCPGraph::lsNone);
    const QColor color = series_color(n);
    points->setScatterStyle(QCPScatterStyle(kShapes[static_cast<size_t>(n) % kMostClasses],
                                            QPen(color, 1.5), QBrush(Qt::NoBrush), 9));
    points->setName(ic >= 0 ? color_->currentText() + " = " + names[key] : QString());
    if (ic < 0) points->removeFromLegend();
    ++n;
  }
  auto mark = [&](size_t r, const QPen& pen, double size, const QBrush& brush) {
    if (r >= px_.size() || std::isnan(px_[r]) || std::isnan(py_[r])) return;
    auto* one = plot_->addGraph();
    one->setData({px_[r]}, {py_[r]});
    one->setLineStyle(QCPGraph::lsNone);
    one->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, pen, brush, size));
    one->removeFromLegend();
  };
  for (size_t r : front_) mark(r, Qt::NoPen, 6, t.accent);
  if (selected_ >= 0) mark(static_cast<size_t>(selected_), QPen(t.accent, 2), 17, Qt::NoBrush);
  plot_->legend->setVisible(plot_->legend->itemCount() > 0);
  plot_->rescaleAxes();
  plot_->xAxis->scaleRange(1.12);
  plot_->yAxis->scaleRange(1.12);
  place_legend();
}

/// Into the corner with the fewest points.
void StudyPlot::place_legend() {
  constexpr double kWide = 0.3, kHigh = 0.4;  // of the plot, more than the legend takes
  const QCPRange x = plot_->xAxis->range(), y = plot_->yAxis->range();
  Qt::Alignment best = Qt::AlignRight | Qt::AlignTop;
  std::ptrdiff_t fewest = -1;
  for (const bool right : {true, false})
    for (const bool top : {true, false}) {
      std::ptrdiff_t count = 0;
      for (size_t r = 0; r < px_.size(); ++r) {
        const double u = (px_[r] - x.lower) / x.size(), v = (py_[r] - y.lower) / y.size();
        count += (right ? u > 1.0 - kWide : u < kWide) && (top ? v > 1.0 - kHigh : v < kHigh);
      }
      if (fewest >= 0 && count >= fewest) continue;
      fewest = count;
      best = (right ? Qt::AlignRight : Qt::AlignLeft) | (top ? Qt::AlignTop : Qt::AlignBottom);
    }
  plot_->axisRect()->insetLayout()->setInsetAlignment(0, best);
}

void StudyPlot::draw_histogram() {
  const Theme& t = theme();
  const size_t ix = x_->currentData().toUInt();
  const StudyColumn x = study_column(*table_, ix);
  const auto& source = table_->columns[ix];
  std::vector<double> v;
  for (double value : x.values)
    if (!std::isnan(value)) v.push_back(value);
  if (v.empty()) return;
  std::sort(v.begin(), v.end());
  const double lo = v.front(), hi = v.back();
  const bool words = !source.texts.empty();
  const int bins =
      words ? static_cast<int>(source.texts.size())
            : std::clamp(static_cast<int>(std::lround(std::sqrt(static_cast<double>(v.size())))), 5,
                         30);
  const double width = words     ? 1.0
                       : hi > lo ? (hi - lo) / bins
                                 : std::max(1e-9, std::abs(lo) * 0.02);
  const double first = words ? -0.5 : hi > lo ? lo : lo - 0.5 * bins * width;
  QVector<double> at(bins), count(bins);
  for (int b = 0; b < bins; ++b) at[b] = first + (b + 0.5) * width;
  for (double value : v)
    count[std::clamp(static_cast<int>((value - first) / width), 0, bins - 1)] += 1.0;
  auto* bars = new QCPBars(plot_->xAxis, plot_->yAxis);
  bars->setData(at, count);
  bars->setWidth(0.94 * width);
  bars->setPen(Qt::NoPen);
  bars->setBrush(series_color(0));
  if (words) {
    QSharedPointer<QCPAxisTickerText> ticks(new QCPAxisTickerText);
    for (int b = 0; b < bins; ++b) ticks->addTick(b, qs(source.texts[static_cast<size_t>(b)]));
    plot_->xAxis->setTicker(ticks);
  } else {
    double sum = 0.0;
    for (double value : v) sum += value;
    const double mean = sum / static_cast<double>(v.size());
    note_->setText(tr("mean %1   p5 %2   median %3   p95 %4   %5 runs")
                       .arg(qs(number(mean)), qs(number(app::quantile(v, 0.05))),
                            qs(number(app::quantile(v, 0.5))), qs(number(app::quantile(v, 0.95))))
                       .arg(v.size()));
    auto line = [&](double value, Qt::PenStyle pen) {
      auto* l = new QCPItemStraightLine(plot_);
      l->point1->setCoords(value, 0);
      l->point2->setCoords(value, 1);
      l->setPen(QPen(t.text, 1.5, pen));
    };
    line(mean, Qt::SolidLine);
    line(app::quantile(v, 0.05), Qt::DotLine);
    line(app::quantile(v, 0.95), Qt::DotLine);
  }
  plot_->xAxis->setLabel(x.unit.isEmpty() ? x.title : x.title + ", " + x.unit);
  plot_->yAxis->setLabel(tr("Runs"));
  QSharedPointer<QCPAxisTickerFixed> whole(new QCPAxisTickerFixed);
  whole->setTickStep(1.0);
  whole->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
  plot_->yAxis->setTicker(whole);
  plot_->xAxis->setRange(first - 0.5 * width, first + (bins + 0.5) * width);
  plot_->yAxis->setRange(0, 1.1 * *std::max_element(count.begin(), count.end()));
}

int StudyPlot::row_at(const QPointF& pos) const {
  constexpr double kReach = 14.0;
  int best = -1;
  double least = kReach;
  for (size_t r = 0; r < px_.size() && r < py_.size(); ++r) {
    if (std::isnan(px_[r]) || std::isnan(py_[r])) continue;
    const double d = std::hypot(plot_->xAxis->coordToPixel(px_[r]) - pos.x(),
                                plot_->yAxis->coordToPixel(py_[r]) - pos.y());
    if (d < least) {
      least = d;
      best = static_cast<int>(r);
    }
  }
  return best;
}

QString StudyPlot::text_of(int row) const {
  const auto r = static_cast<size_t>(row);
  QString html = "<b>" + tr("Run %1").arg(table_->index[r]) + "</b><table>";
  for (size_t i = 0; i < table_->columns.size(); ++i) {
    const auto& c = table_->columns[i];
    const bool drawn = static_cast<int>(i) == x_->currentData().toInt() ||
                       static_cast<int>(i) == y_->currentData().toInt();
    if (!c.input && !drawn) continue;
    const StudyColumn shown = study_column(*table_, i);
    const QString value = !c.texts.empty() && !std::isnan(c.values[r])
                              ? qs(c.texts.at(static_cast<size_t>(c.values[r])))
                              : qs(number(shown.values[r])) + " " + shown.unit;
    html += "<tr><td>" + shown.title.toHtmlEscaped() + "&nbsp;&nbsp;</td><td align='right'>" +
            value.toHtmlEscaped() + "</td></tr>";
  }
  return html + "</table>";
}

bool StudyPlot::eventFilter(QObject* watched, QEvent* event) {
  const auto type = event->type();
  const bool points = kind_ != Kind::histogram && table_;
  if (type == QEvent::MouseMove && points) {
    auto* e = static_cast<QMouseEvent*>(event);
    if (e->buttons() == Qt::NoButton) {
      const int r = row_at(e->position());
      plot_->setCursor(r >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
      if (r >= 0)
        QToolTip::showText(e->globalPosition().toPoint(), text_of(r), plot_);
      else
        QToolTip::hideText();
    }
  } else if (type == QEvent::MouseButtonPress && points) {
    if (const int r = row_at(static_cast<QMouseEvent*>(event)->position()); r >= 0)
      Q_EMIT picked(r);
  } else if (type == QEvent::MouseButtonDblClick) {
    const int r = points ? row_at(static_cast<QMouseEvent*>(event)->position()) : -1;
    if (r >= 0)
      Q_EMIT opened(r);
    else
      redraw();  // fits all
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

QString StudyPlot::export_to(const QString& file) {
  return export_plot(*plot_, file) ? QString() : tr("Cannot write %1").arg(file);
}

}  // namespace steppe::gui
