// Mouse, drag and drop, and the menu of a plot.
#include <QDragEnterEvent>
#include <QMenu>
#include <QMimeData>
#include <QRubberBand>
#include <cmath>

#include "gui/plot/plot_cell.h"
#include "gui/session.h"

namespace steppe::gui {

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
    const auto* info = session_.run() ? session_.run()->info(heat_) : nullptr;
    if (info && (info->unit == "W" || info->unit == "kg/s" || info->unit == "m3/s"))
      menu.addAction(tr("Plot the sum of all units"), this, [this] {
        Q_EMIT session_.plot_wanted(RunData::make_key(heat_, RunData::kAllUnits));
      });
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

}  // namespace steppe::gui
