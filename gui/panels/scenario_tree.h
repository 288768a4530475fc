#pragma once
// Components by domain with their state at the cursor, then events. Selecting one selects it
// everywhere.
#include <QLineEdit>
#include <QTimer>
#include <QTreeWidget>

namespace steppe::gui {

class Session;

class ScenarioTree final : public QWidget {
  Q_OBJECT
 public:
  ScenarioTree(Session& session, QWidget* parent);
  QLineEdit* filter() { return filter_; }
  QTreeWidget* tree() { return tree_; }

 protected:
  void showEvent(QShowEvent*) override;

 private:
  void rebuild();
  void apply_filter();
  void update_values();
  void update_soon();
  QTimer later_;
  Session& session_;
  QLineEdit* filter_;
  QTreeWidget* tree_;
  bool rebuilding_ = false;
};

}  // namespace steppe::gui
