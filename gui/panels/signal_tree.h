#pragma once
// Signals of the current run: searchable, with the value at the cursor; tick or press Enter to
// plot, or drag onto a plot.
#include <QLineEdit>
#include <QTreeWidget>

namespace steppe::gui {

class Session;
class PlotGrid;

class SignalList final : public QTreeWidget {
  Q_OBJECT
 public:
  using QTreeWidget::QTreeWidget;

 protected:
  QStringList mimeTypes() const override { return {"application/x-steppe-signal"}; }
  QMimeData* mimeData(const QList<QTreeWidgetItem*>& items) const override;
};

class SignalTree final : public QWidget {
  Q_OBJECT
 public:
  SignalTree(Session& session, PlotGrid& grid, QWidget* parent);
  QLineEdit* filter() { return filter_; }
  QTreeWidget* tree() { return tree_; }

 private:
  void rebuild();
  QWidget* make_kinds();
  void apply_filter();
  bool of_kind(const QString& key) const;
  void update_values();
  void update_checks();
  Session& session_;
  PlotGrid& grid_;
  QLineEdit* filter_;
  SignalList* tree_;
  QString kind_;  ///< "": all; "plotted"; or a unit
  bool updating_ = false;
};

}  // namespace steppe::gui
