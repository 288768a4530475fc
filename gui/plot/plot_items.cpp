#include "gui/plot/plot_items.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "gui/document/display.h"
#include "gui/style/export.h"
#include "gui/style/theme.h"
#include "gui/style/words.h"

namespace steppe::gui {

bool export_plot(QCustomPlot& plot, const QString& file) {
  QCPPainter p;
  return export_picture(file, plot.size(), p, [&] {
    p.setMode(QCPPainter::pmVectorized);
    plot.toPainter(&p, plot.width(), plot.height());
  });
}

namespace {
constexpr double kSize = 12.0;  // of a mark [px]
}

double ClockTicker::getTickStep(const QCPRange& range) {
  static constexpr std::array kSteps{
      1e-3,         2e-3,         5e-3,          0.01,         0.02,        0.05,
      0.1,          0.2,          0.5,           1.0,          2.0,         5.0,
      10.0,         15.0,         30.0,          60.0,         120.0,       300.0,
      600.0,        900.0,        1800.0,        3600.0,       7200.0,      10800.0,
      21600.0,      43200.0,      86400.0,       2 * 86400.0,  5 * 86400.0, 10 * 86400.0,
      30 * 86400.0, 60 * 86400.0, 120 * 86400.0, 365 * 86400.0};
  const double wanted = range.size() / std::max(2, tickCount());
  step_ = kSteps.back();
  for (double s : kSteps)
    if (s >= wanted) {
      step_ = s;
      break;
    }
  return step_;
}

std::vector<std::pair<double, QString>> ClockTicker::labels(const QCPRange& range) {
  QVector<double> ticks;
  QVector<QString> texts;
  generate(range, QLocale::c(), 'g', 6, ticks, nullptr, &texts);
  std::vector<std::pair<double, QString>> out;
  for (qsizetype i = 0; i < ticks.size() && i < texts.size(); ++i)
    out.emplace_back(ticks[i], texts[i]);
  return out;
}

int ClockTicker::getSubTickCount(double) { return 0; }

QVector<double> ClockTicker::createTickVector(double step, const QCPRange& range) {
  // Steps count from midnight, not from the start of the run.
  const double offset = std::fmod(epoch_of(start), 86400.0);
  QVector<double> ticks;
  const double first = std::floor((range.lower + offset) / step) * step - offset;
  for (int i = 0; first + i * step <= range.upper + step && i < 1000; ++i)
    ticks.append(first + i * step);
  return ticks;
}

QString ClockTicker::getTickLabel(double tick, const QLocale&, QChar, int) {
  const QString time = QString::fromStdString(clock_short(start, tick));
  if (step_ >= 86400.0) return short_date(start, tick);
  if (step_ < 60.0) return time;
  return time == "00:00:00" ? short_date(start, tick) : time.left(5);
}

double NumberTicker::getTickStep(const QCPRange& range) {
  const double step = QCPAxisTicker::getTickStep(range);
  decimals_ = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 8);
  // 2.5 and 0.25 need one more place.
  const double scaled = step * std::pow(10.0, decimals_);
  if (std::abs(scaled - std::round(scaled)) > 1e-6 && decimals_ < 8) ++decimals_;
  return step;
}

QString NumberTicker::getTickLabel(double tick, const QLocale&, QChar, int) {
  if (std::abs(tick) >= 1e6) return QString::fromStdString(number(tick, 4));
  QString text = QString::number(std::abs(tick), 'f', decimals_);
  const bool zero = text.toDouble() == 0.0;
  return tick < 0 && !zero ? QString(QChar(0x2212)) + text : text;
}

void EventMarks::draw(QCPPainter* p) {
  QCPAxis* x = mParentPlot->xAxis;
  const QRect area = mParentPlot->axisRect()->rect();
  const auto begin = std::lower_bound(marks.begin(), marks.end(), x->range().lower,
                                      [](const EventMark& m, double t) { return m.t < t; });
  const auto end = std::upper_bound(begin, marks.end(), x->range().upper,
                                    [](double t, const EventMark& m) { return t < m.t; });
  places.clear();
  p->save();
  p->setClipRect(area);
  for (auto it = begin; it != end;) {
    // Marks that fall together become one: the worst on top, the count beside it.
    const double at = x->coordToPixel(it->t);
    Health worst = it->state;
    const QString text = it->text;
    int count = 0;
    for (; it != end && x->coordToPixel(it->t) - at < kSize + 2; ++it, ++count)
      worst = std::max(worst, it->state);
    p->setAntialiasing(false);
    p->setPen(QPen(theme().secondary, 1, Qt::DotLine));
    p->drawLine(QPointF(at, area.top() + kSize + 2), QPointF(at, area.bottom()));
    p->setAntialiasing(true);
    const double mark = std::clamp(at, area.left() + kSize / 2, area.right() - kSize / 2);
    places.push_back(mark);
    QFont font = p->font();
    font.setPixelSize(12);
    p->setFont(font);
    p->setPen(theme().text);
    const double room = (it == end ? area.right() : x->coordToPixel(it->t)) - at - kSize;
    const QString label = count > 1 ? QString::number(count) : text;
    const int wide = QFontMetrics(font).horizontalAdvance(label);
    const bool fits = wide < room - 6;
    if (on_map)
      p->fillRect(QRectF(mark - kSize / 2 - 2, area.top(), kSize + (fits ? wide + 9 : 4), 16),
                  theme().base);
    draw_state(*p, QRectF(mark - kSize / 2, area.top() + 2, kSize, kSize), worst);
    if (fits) p->drawText(QPointF(mark + kSize / 2 + 3, area.top() + 13), label);
  }
  p->restore();
}

void CursorItem::draw(QCPPainter* p) {
  QCPAxis* x = mParentPlot->xAxis;
  if (!x->range().contains(t)) return;
  const QRect area = mParentPlot->axisRect()->rect();
  const double at = std::round(x->coordToPixel(t));
  p->save();
  p->setAntialiasing(false);
  p->setPen(QPen(theme().dark ? QColor("#FFFFFF") : theme().text, 1.5));
  const bool at_mark = events && events->visible() &&
                       std::any_of(events->places.begin(), events->places.end(), [&](double mark) {
                         return std::abs(mark - at) < kSize / 2 + 2;
                       });
  p->drawLine(QPointF(at, area.top() + (at_mark ? kSize + 4 : 0)), QPointF(at, area.bottom()));
  p->setAntialiasing(true);
  for (const auto& d : dots) {
    const double y = d.axis->coordToPixel(d.v);
    if (y < area.top() || y > area.bottom()) continue;
    p->setPen(QPen(theme().ground, 1.5));
    p->setBrush(d.color);
    p->drawEllipse(QPointF(at, y), 4, 4);
  }
  QFont font = p->font();
  font.setPixelSize(12);
  font.setBold(true);
  p->setFont(font);
  const double width = QFontMetrics(font).horizontalAdvance(flag) + 12;
  const double left =
      std::clamp(at - width / 2, 0.0, static_cast<double>(mParentPlot->width()) - width);
  const QRectF box(left, area.bottom() + 3, width, 18);
  p->setPen(Qt::NoPen);
  // The clock times that the flag would cut in two go as a whole.
  const QFontMetricsF ticks(x->tickLabelFont());
  p->setBrush(theme().base);
  for (const auto& [time, text] : labels) {
    const double w = ticks.horizontalAdvance(text) + 4;
    const QRectF label(x->coordToPixel(time) - w / 2, area.bottom() + 3, w, 20);
    if (label.intersects(box)) p->drawRect(label);
  }
  p->setBrush(theme().accent);
  p->drawRoundedRect(box, 3, 3);
  p->setPen(theme().dark ? QColor("#0B1620") : QColor("#FFFFFF"));
  p->drawText(box, Qt::AlignCenter, flag);
  p->restore();
}

Health state_of_event(const QString& name, const QString& to) {
  const QString words = (name + " " + to).toLower();
  auto has = [&](std::initializer_list<const char*> list) {
    return std::any_of(list.begin(), list.end(), [&](const char* w) { return words.contains(w); });
  };
  if (has({"trip", "fail", "lost", "fault", "outage", "black"})) return Health::tripped;
  if (has({"alarm", "overload", "throttl", "limit", "dip", "high", "low", "warn", "derat"}))
    return Health::warning;
  if (has({"battery", "discharg", "bypass"})) return Health::battery;
  if (has({"off", "standby", "stop", "open"})) return Health::off;
  return Health::normal;
}

}  // namespace steppe::gui
