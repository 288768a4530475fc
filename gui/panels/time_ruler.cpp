#include "gui/panels/time_ruler.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "gui/document/display.h"
#include "gui/plot/plot_items.h"
#include "gui/session.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {
constexpr double kPad = 34.0;  // room for the cursor's flag at the ends
}

RulerStrip::RulerStrip(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
  setFixedHeight(42);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAccessibleName(tr("Time"));
  auto repaint_it = [this] { update(); };
  connect(&session_, &Session::cursor_changed, this, repaint_it);
  connect(&session_, &Session::range_changed, this, repaint_it);
  connect(&session_, &Session::run_changed, this, repaint_it);
  connect(&session_, &Session::checked, this, repaint_it);
  connect(&session_, &Session::theme_changed, this, repaint_it);
}

double RulerStrip::x_of(double t) const {
  const auto [a, b] = session_.full_range();
  return kPad + (t - a) / std::max(1e-9, b - a) * (width() - 2 * kPad);
}

double RulerStrip::t_of(double x) const {
  const auto [a, b] = session_.full_range();
  return a + (x - kPad) / std::max(1.0, width() - 2 * kPad) * (b - a);
}

void RulerStrip::paintEvent(QPaintEvent*) {
  const Theme& t = theme();
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  const auto [t0, t1] = session_.full_range();
  const QRectF strip(kPad, 3, width() - 2 * kPad, 34);
  p.setPen(t.border);
  p.setBrush(t.base);
  p.drawRect(strip);
  const auto [r0, r1] = session_.range();
  QColor band = t.accent;
  band.setAlpha(35);
  const double b0 = std::max(strip.left(), x_of(r0)), b1 = std::min(strip.right(), x_of(r1));
  if (b1 > b0) p.fillRect(QRectF(b0, strip.top() + 1, b1 - b0, strip.height() - 1), band);
  // Ticks
  QFont font = this->font();
  font.setPixelSize(12);
  p.setFont(font);
  ClockTicker ticker;
  ticker.start = session_.start();
  ticker.setTickCount(std::max(2, static_cast<int>(strip.width() / 130)));
  // The flag of the cursor takes the place of the times that it would cut in two.
  const double x = x_of(session_.cursor());
  QFont bold = font;
  bold.setBold(true);
  const QString flag = QString::fromStdString(clock_short(session_.start(), session_.cursor()));
  const double w = QFontMetricsF(bold).horizontalAdvance(flag) + 12;
  const QRectF box(std::clamp(x - w / 2, 0.0, width() - w), height() - 20, w, 18);
  p.setPen(t.secondary);
  for (const auto& [time, text] : ticker.labels(QCPRange(t0, t1))) {
    const double at = x_of(time);
    if (at < strip.left() - 0.5 || at > strip.right()) continue;
    p.drawLine(QPointF(at, strip.bottom() - 14), QPointF(at, strip.bottom()));
    const QRectF label(at + 4, box.top(), QFontMetricsF(font).horizontalAdvance(text), 18);
    if (label.right() < strip.right() && !label.intersects(box))
      p.drawText(QPointF(label.left(), strip.bottom() - 4), text);
  }
  // The line of the cursor, behind the marks
  p.setPen(QPen(t.accent, 2));
  p.drawLine(QPointF(x, 1), QPointF(x, strip.bottom()));
  // Events: what falls together becomes one, the worst on top.
  if (const RunData* r = session_.run()) {
    double last = -1e9;
    Health worst = Health::normal;
    int count = 0;
    auto flush = [&] {
      if (count == 0) return;
      draw_state(p, QRectF(last - 6, strip.top() + 3, 12, 12), worst);
      if (count > 1) {
        p.setPen(t.text);
        p.drawText(QPointF(last + 9, strip.top() + 13), QString::number(count));
      }
      count = 0;
      worst = Health::normal;
    };
    for (const auto& e : r->events) {
      const double at = x_of(e.time);
      if (at - last > 24) {
        flush();
        last = at;
      }
      ++count;
      worst = std::max(worst, state_of_event(e.name, e.to));
    }
    flush();
  }
  p.setFont(bold);
  p.setPen(Qt::NoPen);
  p.setBrush(t.accent);
  p.drawRoundedRect(box, 3, 3);
  p.setPen(t.dark ? QColor("#0B1620") : QColor("#FFFFFF"));
  p.drawText(box, Qt::AlignCenter, flag);
}

void RulerStrip::mousePressEvent(QMouseEvent* e) {
  if (e->button() == Qt::LeftButton) session_.set_cursor(t_of(e->position().x()));
}

void RulerStrip::mouseMoveEvent(QMouseEvent* e) {
  if (e->buttons() & Qt::LeftButton) session_.set_cursor(t_of(e->position().x()));
}

TimeRuler::TimeRuler(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      play_(new QToolButton(this)),
      speed_(new QComboBox(this)) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(8, 0, 8, 0);
  row->setSpacing(2);
  auto button = [&](QToolButton* b, const char* name, const QString& tip) {
    b->setIcon(icon(name));
    b->setToolTip(tip);
    b->setAccessibleName(tip);
    b->setAutoRaise(true);
    b->setIconSize({16, 16});
    row->addWidget(b);
    return b;
  };
  auto* previous = button(new QToolButton(this), "previous", tr("Previous event (Shift+E)"));
  button(play_, "run", tr("Play (Space)"));
  auto* next = button(new QToolButton(this), "next", tr("Next event (E)"));
  connect(previous, &QToolButton::clicked, this, [this] { session_.next_event(-1); });
  connect(next, &QToolButton::clicked, this, [this] { session_.next_event(+1); });
  connect(play_, &QToolButton::clicked, this, &TimeRuler::toggle_play);
  for (int s : {1, 10, 60, 600, 3600, 36000}) speed_->addItem(QString("× %1").arg(s), s);
  speed_->setCurrentIndex(3);
  speed_->setToolTip(tr("Simulated seconds per second of play"));
  speed_->setAccessibleName(speed_->toolTip());
  row->addWidget(speed_);
  row->addWidget(new RulerStrip(session_, this), 1);
  timer_.setInterval(40);
  connect(&timer_, &QTimer::timeout, this, &TimeRuler::tick);
  connect(&session_, &Session::theme_changed, this, [this, previous, next] {
    previous->setIcon(icon("previous"));
    next->setIcon(icon("next"));
    play_->setIcon(icon(timer_.isActive() ? "pause" : "run"));
  });
}

void TimeRuler::toggle_play() {
  if (timer_.isActive()) {
    timer_.stop();
  } else {
    if (session_.cursor() >= session_.full_range().second)
      session_.set_cursor(session_.full_range().first);
    clock_.start();
    timer_.start();
  }
  play_->setIcon(icon(timer_.isActive() ? "pause" : "run"));
}

void TimeRuler::tick() {
  const double dt = static_cast<double>(clock_.restart()) / 1e3 * speed_->currentData().toDouble();
  const double end = session_.full_range().second;
  session_.set_cursor(session_.cursor() + dt);
  if (session_.cursor() >= end) toggle_play();
}

void TimeRuler::step(int direction) {
  const auto [t0, t1] = session_.range();
  session_.set_cursor(session_.cursor() + direction * std::max(1.0, (t1 - t0) / 500.0));
}

}  // namespace steppe::gui
