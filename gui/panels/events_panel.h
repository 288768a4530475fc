#pragma once
// Events of the current run around the cursor, one lane per part of the site; click to go there.
#include <QTableWidget>
#include <QWidget>

namespace steppe::gui {

class Session;

class EventsPanel final : public QTableWidget {
  Q_OBJECT
 public:
  EventsPanel(Session& session, QWidget* parent);

 Q_SIGNALS:
  void summary_changed(const QString& text);

 private:
  void rebuild();
  void follow_cursor();
  Session& session_;
  size_t known_ = 0;
};

}  // namespace steppe::gui
