#pragma once
// The scenario's text beside the forms. Both edit the same document; its undo is the only one.
#include <QPlainTextEdit>

namespace steppe::gui {

class Session;

class YamlView final : public QPlainTextEdit {
  Q_OBJECT
 public:
  YamlView(Session& session, QWidget* parent);
  void go_to_line(int line);
  void paint_numbers(QPaintEvent*);
  int number_width() const;

 protected:
  void resizeEvent(QResizeEvent*) override;
  void keyPressEvent(QKeyEvent*) override;
  /// Files belong to the window, which opens them.
  bool canInsertFromMimeData(const QMimeData* source) const override;

 private:
  void load();
  void typed();
  void mark_problems();
  Session& session_;
  QWidget* numbers_;
  bool loading_ = false;
};

}  // namespace steppe::gui
