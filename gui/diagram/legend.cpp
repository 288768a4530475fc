#include "gui/diagram/legend.h"

#include <QPainter>
#include <functional>
#include <vector>

#include "gui/style/icons.h"
#include "gui/style/theme.h"

namespace steppe::gui {

void Legend::set_widest(const QString& s) {
  if (s == widest_) return;
  widest_ = s;
  update();
}

void Legend::set_parts(bool electrical, bool cooling) {
  electrical_ = electrical;
  cooling_ = cooling;
  update();
}

void Legend::paintEvent(QPaintEvent*) {
  const Theme& t = theme();
  QPainter p(this);
  p.fillRect(rect(), t.ground);
  p.fillRect(QRect(0, 0, width(), 1), t.grid);
  p.setRenderHint(QPainter::Antialiasing);
  QFont font = this->font();
  font.setPixelSize(12);
  p.setFont(font);
  const QFontMetricsF metrics(font);
  const double middle = 0.5 * height();
  double x = 12.0;
  // One entry: its sign and its word; what does not fit is left out from the end.
  auto entry = [&](const QString& word, double sign, const std::function<void(double)>& draw) {
    const double w = sign + 5 + metrics.horizontalAdvance(word) + 11;
    if (x + w > width()) return;
    draw(x);
    p.setPen(t.secondary);
    p.drawText(QPointF(x + sign + 5, middle + 4.5), word);
    x += w;
  };
  const std::vector<std::pair<Health, QString>> states{
      {Health::normal, tr("normal")},   {Health::off, tr("off")},
      {Health::battery, tr("battery")}, {Health::frozen, tr("frozen")},
      {Health::warning, tr("warning")}, {Health::tripped, tr("tripped")}};
  for (const auto& [state, word] : states)
    entry(word, 12,
          [&, s = state](double at) { draw_state(p, QRectF(at, middle - 6, 12, 12), s); });
  auto line = [&](const QColor& color, double wide, bool dashed = false) {
    return [&p, middle, color, wide, dashed](double at) {
      QPen pen(color, wide, Qt::SolidLine, Qt::FlatCap);
      if (dashed) pen.setDashPattern({4, 3});
      p.setPen(pen);
      p.drawLine(QPointF(at, middle), QPointF(at + 18, middle));
    };
  };
  x += 4;
  if (electrical_) {
    entry(tr("AC"), 18, line(t.ac, 3));
    entry(tr("DC"), 18, line(t.dc, 3));
  }
  if (cooling_) {
    entry(tr("supply"), 18, line(t.supply, 3));
    entry(tr("return"), 18, line(t.back, 3));
  }
  entry(tr("no flow"), 18, line(t.no_flow, 1.5, true));
  if (!widest_.isEmpty()) entry(widest_, 18, line(t.ac, 8));
}

}  // namespace steppe::gui
