// What leaves a plot: the clipboard, tables and pictures.
#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QMimeData>
#include <cmath>

#include "gui/plot/hall_map.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_items.h"
#include "gui/session.h"
#include "gui/style/export.h"

namespace steppe::gui {

void PlotCell::copy() {
  auto* copied = new QMimeData;
  copied->setText(visible_csv());
  copied->setImageData(plot_->toPixmap().toImage());
  QGuiApplication::clipboard()->setMimeData(copied);
}

QString PlotCell::visible_csv() {
  if (!heat_.isEmpty()) return heat_csv();
  QString out = "time_s";
  std::vector<SeriesPtr> series;
  for (auto& c : curves_)
    if (RunData* r = run_of(c))
      if (auto s = series_of(c)) {
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

void PlotCell::draw_on(QCPPainter& p) {
  refresh_now();
  for (QWidget* w : {static_cast<QWidget*>(title_), static_cast<QWidget*>(legend_)})
    if (w->isVisibleTo(this)) w->render(&p, w->mapTo(this, QPoint()), {}, QWidget::DrawChildren);
  if (hall_on_) return hall_->render(&p, hall_->pos(), {}, QWidget::DrawWindowBackground);
  p.save();
  p.translate(plot_->pos());
  p.setMode(QCPPainter::pmVectorized);
  plot_->toPainter(&p, plot_->width(), plot_->height());
  p.restore();
}

QString PlotCell::export_to(const QString& file) {
  refresh_now();
  bool ok = false;
  if (file.endsWith(".csv", Qt::CaseInsensitive)) {
    QFile f(file);
    ok = f.open(QIODevice::WriteOnly | QIODevice::Text) && f.write(visible_csv().toUtf8()) > 0;
  } else {
    ok = hall_on_ ? export_widget(*hall_, file) : export_plot(*plot_, file);
  }
  return ok ? QString() : tr("Cannot write %1").arg(file);
}

}  // namespace steppe::gui
