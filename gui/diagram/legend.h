#pragma once
// What shapes, colours and widths of the diagram mean, in one strip below it.
#include <QWidget>

namespace steppe::gui {

class Legend final : public QWidget {
  Q_OBJECT
 public:
  explicit Legend(QWidget* parent) : QWidget(parent) { setFixedHeight(kHeight); }
  static constexpr int kHeight = 28;
  /// What the widest lines stand for, "9.12 MW · 310 kg/s"; "" before there are values.
  void set_widest(const QString&);
  /// Which kinds of lines there are.
  void set_parts(bool electrical, bool cooling);

 protected:
  void paintEvent(QPaintEvent*) override;

 private:
  QString widest_;
  bool electrical_ = true, cooling_ = true;
};

}  // namespace steppe::gui
