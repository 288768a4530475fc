#include "gui/plot/plot_grid.h"

#include <QVBoxLayout>
#include <algorithm>

#include "gui/plot/plot_cell.h"
#include "gui/session.h"
#include "gui/style/export.h"

namespace steppe::gui {

PlotGrid::PlotGrid(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  rows_ = new QSplitter(Qt::Vertical, this);
  rows_->setChildrenCollapsible(false);
  rows_->setHandleWidth(3);
  column->addWidget(rows_);
  set_grid(2, 2);
  connect(&session_, &Session::run_changed, this, &PlotGrid::suggest);
  connect(&session_, &Session::plot_wanted, this, &PlotGrid::plot);
  history_.reset(layout_text().toStdString());
  connect(this, &PlotGrid::content_changed, this, &PlotGrid::note_change);
}

void PlotGrid::note_change() {
  if (!restoring_) history_.record(layout_text().toStdString());
}

void PlotGrid::undo() { set_layout_text(QString::fromStdString(history_.undo())); }

void PlotGrid::redo() { set_layout_text(QString::fromStdString(history_.redo())); }

PlotCell* PlotGrid::with_curves() {
  if (last_ && !last_->curves().empty()) return last_;
  for (auto* c : cells_)
    if (!c->curves().empty()) return c;
  return nullptr;
}

PlotCell* PlotGrid::add_cell(bool new_row) {
  QSplitter* row = nullptr;
  if (!new_row && rows_->count() > 0)
    row = qobject_cast<QSplitter*>(rows_->widget(rows_->count() - 1));
  if (!row) {
    row = new QSplitter(Qt::Horizontal);
    row->setChildrenCollapsible(false);
    row->setHandleWidth(3);
    rows_->addWidget(row);
  }
  auto* cell = new PlotCell(session_, row);
  row->addWidget(cell);
  cells_.push_back(cell);
  connect(cell, &PlotCell::close_wanted, this, [this, cell] { close_cell(cell); });
  connect(cell, &PlotCell::maximise_wanted, this, [this, cell] { maximise(cell); });
  connect(cell, &PlotCell::content_changed, this, [this, cell] {
    last_ = cell;
    Q_EMIT content_changed();
  });
  QList<int> equal(row->count(), 1000);
  row->setSizes(equal);
  rows_->setSizes(QList<int>(rows_->count(), 1000));
  Q_EMIT content_changed();
  return cell;
}

void PlotGrid::remove(QWidget* part) {
  // Hidden and ours until the event loop takes it: on its own it could outlive the session, and a
  // redraw that was asked for before would find none.
  part->setParent(this);
  part->deleteLater();
}

void PlotGrid::close_cell(PlotCell* cell) {
  if (cells_.size() == 1) return cell->clear();
  if (maximised_ == cell) maximise(cell);
  cells_.erase(std::find(cells_.begin(), cells_.end(), cell));
  if (last_ == cell) last_ = nullptr;
  auto* row = qobject_cast<QSplitter*>(cell->parentWidget());
  remove(cell);
  if (row && row->count() == 0) remove(row);
  Q_EMIT content_changed();
}

void PlotGrid::maximise(PlotCell* cell) {
  maximised_ = maximised_ == cell ? nullptr : cell;
  for (auto* c : cells_) c->setVisible(!maximised_ || c == maximised_);
  for (int i = 0; i < rows_->count(); ++i) {
    QWidget* row = rows_->widget(i);
    row->setVisible(!maximised_ || row == maximised_->parentWidget());
  }
}

void PlotGrid::set_grid(int rows, int columns) {
  while (cells_.size() > static_cast<size_t>(rows * columns)) {
    auto it = std::find_if(cells_.rbegin(), cells_.rend(), [](PlotCell* c) { return c->empty(); });
    close_cell(it == cells_.rend() ? cells_.back() : *it);
  }
  // Existing plots keep their order and are dealt out again.
  std::vector<PlotCell*> old = cells_;
  for (auto* c : old) c->setParent(this);
  while (rows_->count() > 0) remove(rows_->widget(0));
  size_t next = 0;
  for (int r = 0; r < rows; ++r) {
    auto* row = new QSplitter(Qt::Horizontal);
    row->setChildrenCollapsible(false);
    row->setHandleWidth(3);
    rows_->addWidget(row);
    for (int c = 0; c < columns; ++c) {
      if (next < old.size()) {
        row->addWidget(old[next]);
        old[next]->show();
        ++next;
      } else {
        add_cell();
      }
    }
    row->setSizes(QList<int>(columns, 1000));
  }
  rows_->setSizes(QList<int>(rows, 1000));
  Q_EMIT content_changed();
}

PlotCell* PlotGrid::target() {
  for (auto* c : cells_)
    if (c->empty()) return c;
  return last_ ? last_ : cells_.back();
}

void PlotGrid::plot(const QString& key) {
  if (!plotted(key)) target()->add(key);
}

void PlotGrid::remove_everywhere(const QString& key) {
  for (auto* c : cells_)
    if (c->contains(key)) c->remove(key);
}

bool PlotGrid::plotted(const QString& key) const {
  return std::any_of(cells_.begin(), cells_.end(), [&](PlotCell* c) { return c->contains(key); });
}

QStringList PlotGrid::plotted_keys() const {
  QStringList out;
  for (const auto* c : cells_) {
    if (!c->heat().isEmpty()) out << c->heat();
    for (const auto& x : c->curves()) out << x.key;
  }
  out.removeDuplicates();
  return out;
}

void PlotGrid::suggest() {
  const RunData* r = session_.run();
  if (!r || r->infos.empty() || !plotted_keys().isEmpty()) return;
  restoring_ = true;  // a proposal is no step of the user's
  // Of every plot the first signal that fits each wish; the second is of another size and goes to
  // the right axis.
  struct Wish {
    const char* unit;
    std::vector<const char*> words;
    int width;  ///< 1: one unit, 2: several
  };
  const std::vector<std::vector<Wish>> wishes{
      {{"W", {"p_import", "import", "site", "p_in", "power", "p_"}, 1},
       {"W", {"bess.pcs.power", "battery.power", "pcs.power", "genset"}, 1}},
      {{"K", {"chip_temp", "inlet", "coolant", "temp"}, 2}},
      {{"s", {"ttft_p99", "ttft"}, 1}, {"s", {"ttft_p50", "tpot_p99", "tpot"}, 1}},
      {{"%", {"soc", "state_of_charge"}, 1}, {"K", {"fws_supply", "supply", "return"}, 1}},
      {{"K", {"temp"}, 1}},
      {{"Hz", {"frequency"}, 1}}};
  auto first = [&](const Wish& w) -> QString {
    for (const char* word : w.words)
      for (const auto& i : r->infos)
        if (i.unit == w.unit && i.name.contains(word) && (w.width > 1) == (i.width > 1) &&
            !i.name.endsWith("_min") && !i.name.endsWith("_max") && !plotted(i.name))
          return i.name;
    return {};
  };
  size_t at = 0;
  for (const auto& plot : wishes) {
    if (at >= cells_.size()) break;
    for (const auto& w : plot)
      if (const QString found = first(w); !found.isEmpty())
        cells_[at]->add(found, nullptr, !cells_[at]->empty());
    at += !cells_[at]->empty();
  }
  if (plotted_keys().isEmpty()) cells_[0]->add(r->infos[0].name);
  restoring_ = false;
  history_.reset(layout_text().toStdString());
}

QString PlotGrid::layout_text() const {
  QStringList lines;
  for (int r = 0; r < rows_->count(); ++r) {
    auto* row = qobject_cast<QSplitter*>(rows_->widget(r));
    QStringList cells;
    for (int c = 0; row && c < row->count(); ++c)
      if (auto* cell = qobject_cast<PlotCell*>(row->widget(c))) {
        QStringList keys;
        if (!cell->heat().isEmpty()) keys << (cell->hall() ? "#" : "") + cell->heat();
        for (const auto& x : cell->curves())
          if (!x.run) keys << (x.right ? ">" : "") + x.key;
        cells << keys.join(',');
      }
    lines << cells.join('|');
  }
  return lines.join('\n');
}

void PlotGrid::set_layout_text(const QString& text) {
  restoring_ = true;
  const QStringList rows = text.split('\n');
  for (auto* c : cells_) c->clear();
  set_grid(1, 1);
  bool first = true;
  for (const auto& row : rows) {
    bool new_row = !first;
    for (const auto& cell_text : row.split('|')) {
      PlotCell* cell = first ? cells_[0] : add_cell(new_row);
      first = new_row = false;
      for (QString key : cell_text.split(',', Qt::SkipEmptyParts)) {
        const bool right = key.startsWith('>');
        const bool hall = key.startsWith('#');
        if (right || hall) key.remove(0, 1);
        cell->add(key, nullptr, right);
        cell->set_hall(hall);
      }
    }
  }
  restoring_ = false;
  Q_EMIT content_changed();
}

QString PlotGrid::export_to(const QString& file) {
  if (cells_.size() == 1 || file.endsWith(".csv", Qt::CaseInsensitive)) {
    PlotCell* cell = last_ ? last_ : cells_.front();
    return cell->export_to(file);
  }
  if (file.endsWith(".png", Qt::CaseInsensitive))
    return rows_->grab().save(file) ? QString() : tr("Cannot write %1").arg(file);
  QCPPainter p;
  const bool ok = export_picture(file, rows_->size(), p, [&] {
    for (PlotCell* c : cells_) {
      if (!c->isVisibleTo(this)) continue;
      p.save();
      p.translate(c->mapTo(rows_, QPoint()));
      c->draw_on(p);
      p.restore();
    }
  });
  return ok ? QString() : tr("Cannot write %1").arg(file);
}

}  // namespace steppe::gui
