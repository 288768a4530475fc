#include "gui/plot/hall_map.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "gui/document/display.h"
#include "gui/style/theme.h"

namespace steppe::gui {

namespace {
constexpr double kEdge = 14.0, kScaleWidth = 76.0, kMostSquare = 76.0;
}

void HallMap::set(std::vector<double> values, double lo, double hi, const QString& unit) {
  values_ = std::move(values);
  lo_ = lo;
  hi_ = hi;
  unit_ = unit;
  update();
}

HallMap::Grid HallMap::grid() const {
  Grid g;
  const double w = std::max(20.0, width() - 2 * kEdge - kScaleWidth),
               h = std::max(20.0, height() - 2 * kEdge);
  const int n = std::max<int>(1, static_cast<int>(values_.size()));
  // The number of columns that gives the largest squares.
  g.size = 0.0;
  for (int columns = 1; columns <= n; ++columns) {
    const int rows = (n + columns - 1) / columns;
    const double size = std::min({w / columns, h / rows, kMostSquare});
    if (size > g.size + 1e-9) g = {columns, rows, size, {}};
  }
  g.origin = {kEdge + 0.5 * (w - g.columns * g.size), kEdge + 0.5 * (h - g.rows * g.size)};
  return g;
}

int HallMap::unit_at(const QPointF& pos) const {
  const Grid g = grid();
  const int c = static_cast<int>(std::floor((pos.x() - g.origin.x()) / g.size)),
            r = static_cast<int>(std::floor((pos.y() - g.origin.y()) / g.size));
  const int unit = r * g.columns + c;
  const bool inside = c >= 0 && c < g.columns && r >= 0 && unit < static_cast<int>(values_.size());
  return inside ? unit : -1;
}

QString HallMap::text_of(int unit) const {
  const double v = values_[static_cast<size_t>(unit)];
  return std::isnan(v) ? QString("–") : QString::fromStdString(number(v, 3));
}

void HallMap::paintEvent(QPaintEvent*) {
  const Theme& t = theme();
  QPainter p(this);
  p.fillRect(rect(), t.ground);
  if (values_.empty()) return;
  p.setRenderHint(QPainter::Antialiasing);
  QFont font = this->font();
  font.setPixelSize(12);
  p.setFont(font);
  const Grid g = grid();
  const double span = std::max(1e-12, hi_ - lo_);
  const double gap = g.size > 12 ? 3.0 : g.size > 5 ? 1.0 : 0.0;
  const bool roomy = g.size > 46;
  for (int u = 0; u < static_cast<int>(values_.size()); ++u) {
    const double v = values_[static_cast<size_t>(u)];
    const QRectF box(g.origin.x() + (u % g.columns) * g.size,
                     g.origin.y() + (u / g.columns) * g.size, g.size - gap, g.size - gap);
    const double share = std::isnan(v) ? 0.0 : std::clamp((v - lo_) / span, 0.0, 1.0);
    p.setPen(Qt::NoPen);
    p.setBrush(std::isnan(v) ? t.no_flow : heat_color(share));
    p.drawRect(box);
    if (!roomy) continue;
    // Inferno is dark below, bright above.
    p.setPen(share > 0.6 ? QColor("#1B2430") : QColor("#FFFFFF"));
    p.drawText(box.adjusted(4, 3, -4, -3), Qt::AlignLeft | Qt::AlignTop, QString::number(u));
    p.drawText(box.adjusted(4, 3, -4, -3), Qt::AlignRight | Qt::AlignBottom, text_of(u));
  }
  const QRectF bar(width() - kScaleWidth + 4, kEdge, 12, std::max(40.0, height() - 2 * kEdge));
  constexpr int kSteps = 48;
  for (int i = 0; i < kSteps; ++i)
    p.fillRect(QRectF(bar.left(), bar.bottom() - (i + 1) * bar.height() / kSteps, bar.width(),
                      bar.height() / kSteps + 0.5),
               heat_color((i + 0.5) / kSteps));
  p.setPen(t.secondary);
  for (int i = 0; i <= 4; ++i) {
    const double y = bar.bottom() - i * bar.height() / 4;
    const double v = lo_ + i * (hi_ - lo_) / 4;
    p.drawText(QRectF(bar.right() + 4, y - 8, kScaleWidth - 22, 16),
               Qt::AlignLeft | Qt::AlignVCenter,
               QString::fromStdString(number(v, 3)) + (i == 4 ? " " + unit_ : QString()));
  }
}

void HallMap::mouseMoveEvent(QMouseEvent* e) {
  const int u = unit_at(e->position());
  setToolTip(u < 0 ? QString() : tr("unit %1: %2 %3").arg(u).arg(text_of(u), unit_));
  setCursor(u < 0 ? Qt::ArrowCursor : Qt::PointingHandCursor);
}

void HallMap::mouseReleaseEvent(QMouseEvent* e) {
  const int u = unit_at(e->position());
  if (u >= 0 && e->button() == Qt::LeftButton) Q_EMIT picked(u);
}

}  // namespace steppe::gui
