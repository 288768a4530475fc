#pragma once
// The whole run as one strip: events, the range visible in the plots, the cursor, play.
#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QToolButton;
class QComboBox;

namespace steppe::gui {

class Session;

class RulerStrip final : public QWidget {
  Q_OBJECT
 public:
  RulerStrip(Session& session, QWidget* parent);
  QSize sizeHint() const override { return {400, 40}; }

 protected:
  void paintEvent(QPaintEvent*) override;
  void mousePressEvent(QMouseEvent*) override;
  void mouseMoveEvent(QMouseEvent*) override;

 private:
  double x_of(double t) const;
  double t_of(double x) const;
  Session& session_;
};

class TimeRuler final : public QWidget {
  Q_OBJECT
 public:
  TimeRuler(Session& session, QWidget* parent);
  void toggle_play();
  void step(int direction);

 private:
  void tick();
  Session& session_;
  QToolButton* play_;
  QComboBox* speed_;
  QTimer timer_;
  QElapsedTimer clock_;
};

}  // namespace steppe::gui
