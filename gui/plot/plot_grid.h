#pragma once
// Plots in rows of splitters. Remembers its content as text, which is what a workspace stores and
// what undo of the arrangement restores.
#include <QSplitter>
#include <QWidget>
#include <vector>

#include "gui/document/snapshot_history.h"

namespace steppe::gui {

class Session;
class PlotCell;

class PlotGrid final : public QWidget {
  Q_OBJECT
 public:
  PlotGrid(Session& session, QWidget* parent);

  PlotCell* add_cell(bool new_row = false);
  const std::vector<PlotCell*>& cells() const { return cells_; }
  /// The cell that was used last, or an empty one.
  PlotCell* target();
  void set_grid(int rows, int columns);
  void plot(const QString& key);
  void remove_everywhere(const QString& key);
  bool plotted(const QString& key) const;
  QStringList plotted_keys() const;
  /// Fills an empty grid with what a person wants to see first.
  void suggest();
  /// One line per row: keys with commas, "|" between cells; ">" marks the right axis, "#" a hall.
  QString layout_text() const;
  void set_layout_text(const QString&);
  /// The arrangement before and after each change of it.
  const SnapshotHistory& history() const { return history_; }
  void undo();
  void redo();
  /// The cell whose curves a command means: the one used last, else the first that has some.
  PlotCell* with_curves();
  QString export_to(const QString& file);

 Q_SIGNALS:
  void content_changed();

 private:
  void close_cell(PlotCell*);
  void remove(QWidget* part);
  void maximise(PlotCell*);
  void note_change();
  Session& session_;
  SnapshotHistory history_;
  bool restoring_ = false;
  QSplitter* rows_;
  std::vector<PlotCell*> cells_;
  PlotCell* last_ = nullptr;
  PlotCell* maximised_ = nullptr;
};

}  // namespace steppe::gui
