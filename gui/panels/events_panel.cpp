#include "gui/panels/events_panel.h"

#include <QHeaderView>
#include <QSignalBlocker>

#include "gui/document/display.h"
#include "gui/panels/lists.h"
#include "gui/plot/plot_items.h"
#include "gui/session.h"
#include "gui/style/theme.h"

namespace steppe::gui {

EventsPanel::EventsPanel(Session& session, QWidget* parent)
    : QTableWidget(parent), session_(session) {
  setObjectName("events");
  setColumnCount(3);
  horizontalHeader()->hide();
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(23);
  setFrameShape(QFrame::NoFrame);
  setShowGrid(false);
  setAlternatingRowColors(true);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setSelectionMode(QAbstractItemView::SingleSelection);
  setWordWrap(false);
  setIconSize({14, 14});
  QFont f = font();
  f.setPixelSize(12);
  setFont(f);
  horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
  horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
  horizontalHeader()->setSectionResizeMode(2, QHeaderView::Stretch);
  auto go = [this](QTableWidgetItem* i) {
    const RunData* r = session_.run();
    const auto n = static_cast<size_t>(i->row());
    if (!r || n >= r->events.size()) return;
    session_.set_cursor(r->events[n].time);
    session_.select(RunData::split_key(r->events[n].component).first);
  };
  connect(this, &QTableWidget::itemClicked, this, go);
  connect(this, &QTableWidget::itemActivated, this, go);
  connect(&session_, &Session::run_changed, this, &EventsPanel::rebuild);
  connect(&session_, &Session::theme_changed, this, &EventsPanel::rebuild);
  connect(&session_, &Session::run_progressed, this, [this](RunData* r) {
    if (r == session_.run() && r->events.size() != known_) rebuild();
  });
  connect(&session_, &Session::cursor_changed, this, &EventsPanel::follow_cursor);
}

void EventsPanel::rebuild() {
  const RunData* r = session_.run();
  constexpr size_t kMost = 5000;
  known_ = r ? r->events.size() : 0;
  const size_t shown = std::min(known_, kMost);
  setRowCount(static_cast<int>(shown));
  for (size_t i = 0; i < shown; ++i) {
    const auto& e = r->events[i];
    const int row = static_cast<int>(i);
    auto* when = new QTableWidgetItem(QString::fromStdString(clock_short(r->start, e.time)));
    when->setIcon(state_icon(state_of_event(e.name, e.to)));
    setItem(row, 0, when);
    auto* who = new QTableWidgetItem(e.component);
    who->setForeground(theme().secondary);
    setItem(row, 1, who);
    // "weather": the word once is enough.
    QString what = e.name == e.component ? QString() : e.what();
    if (!e.text.isEmpty()) what += what.isEmpty() ? e.text : "  (" + e.text + ")";
    auto* item = new QTableWidgetItem(what);
    item->setToolTip(what);
    setItem(row, 2, item);
  }
  Q_EMIT summary_changed(r ? QString::number(known_) : QString());
  follow_cursor();
}

void EventsPanel::follow_cursor() {
  const RunData* r = session_.run();
  if (!r || rowCount() == 0) return;
  int row = -1;
  for (size_t i = 0; i < r->events.size() && static_cast<int>(i) < rowCount(); ++i)
    if (r->events[i].time <= session_.cursor() + 1e-9) row = static_cast<int>(i);
  const QSignalBlocker block(this);
  if (row < 0) return clearSelection();
  selectRow(row);
  scrollToItem(item(row, 0), QAbstractItemView::EnsureVisible);
}

}  // namespace steppe::gui
