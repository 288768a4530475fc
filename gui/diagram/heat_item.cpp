#include "gui/diagram/heat_item.h"

#include <QPainter>

#include "gui/document/display.h"
#include "gui/style/text.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {

constexpr double kHeatBar = 96.0, kSquare = 9.0, kHeatGap = 12.0;

QFont heat_font() {
  QFont font;
  font.setPixelSize(12);
  return font;
}

}  // namespace

void HeatItem::set(std::vector<BalanceFlow> sinks) {
  prepareGeometryChange();
  parts_.clear();
  double total = 0.0;
  for (const auto& s : sinks) total += s.energy;
  constexpr double kLeast = 1e-3;  // a part below this cannot be seen
  width_ = 0.0;
  const QFontMetricsF metrics(heat_font());
  for (const auto& s : sinks) {
    if (s.energy < kLeast * total) continue;
    parts_.emplace_back(account_title(s.name) + "  " + qs(quantity(s.energy, "W", 3)), s.energy);
    width_ += kSquare + 5 + metrics.horizontalAdvance(parts_.back().first) + kHeatGap;
  }
  if (!parts_.empty()) width_ += kHeatBar + kHeatGap;
  update();
}

void HeatItem::paint(QPainter* p, const QStyleOptionGraphicsItem*, QWidget*) {
  if (parts_.empty()) return;
  const Theme& t = theme();
  const QColor colors[] = {t.back, t.normal, t.supply, t.warning};
  double total = 0.0, x = 0.0;
  for (const auto& [text, power] : parts_) total += power;
  p->setFont(heat_font());
  p->setPen(Qt::NoPen);
  for (size_t i = 0; i < parts_.size(); ++i) {
    const double w = kHeatBar * parts_[i].second / total;
    p->fillRect(QRectF(x, 4, w, 10), colors[i % std::size(colors)]);
    x += w;
  }
  x += kHeatGap;
  const QFontMetricsF metrics(p->font());
  for (size_t i = 0; i < parts_.size(); ++i) {
    p->fillRect(QRectF(x, 0.5 * (kHeight - kSquare), kSquare, kSquare),
                colors[i % std::size(colors)]);
    x += kSquare + 5;
    const double w = metrics.horizontalAdvance(parts_[i].first);
    p->setPen(t.secondary);
    p->drawText(QRectF(x, 0, w + 2, kHeight), Qt::AlignVCenter | Qt::AlignLeft, parts_[i].first);
    x += w + kHeatGap;
  }
}

}  // namespace steppe::gui
