#include <QMenu>

#include "gui/actions/actions.h"
#include "gui/main_window.h"
#include "gui/session.h"
#include "gui/style/icons.h"

namespace steppe::gui {

RunActions::RunActions(MainWindow& window, Session& session) : QObject(&window), session_(session) {
  auto make = [&](const char* shape, const QString& text, const QKeySequence& key) {
    auto* a = new QAction(icon(shape), text, this);
    a->setShortcut(key);
    a->setProperty("icon_name", shape);
    window.addAction(a);
    return a;
  };
  run = make("run", tr("Run"), QKeySequence("Ctrl+R"));
  stop = make("stop", tr("Stop"), QKeySequence("Esc"));
  pause = make("pause", tr("Pause"), QKeySequence("Ctrl+P"));
  check = make("check", tr("Check"), QKeySequence("F5"));
  pause->setCheckable(true);
  run->setToolTip(tr("Run the scenario as it stands (Ctrl+R)"));
  stop->setToolTip(tr("Stop the run; results so far are kept (Esc)"));
  check->setToolTip(tr("Check the scenario without running it (F5)"));
  connect(run, &QAction::triggered, this, [this] { session_.start_run(); });
  connect(stop, &QAction::triggered, this, [this] {
    if (RunData* r = session_.run()) session_.controller().stop(r);
  });
  connect(pause, &QAction::triggered, this, [this](bool on) {
    if (RunData* r = session_.run()) session_.controller().pause(r, on);
  });
  connect(check, &QAction::triggered, this, [this] { session_.check_now(); });
  connect(&session_, &Session::current_changed, this, &RunActions::update_enabled);
  connect(&session_, &Session::run_changed, this, &RunActions::update_enabled);
  connect(&session_, &Session::runs_changed, this, &RunActions::update_enabled);
  connect(&session_, &Session::run_progressed, this, &RunActions::update_enabled);
  update_enabled();
}

void RunActions::fill(QMenu* menu) { menu->addActions({run, pause, stop, check}); }

void RunActions::update_enabled() {
  const RunData* r = session_.run();
  const bool busy = r && (r->live() || r->phase == RunData::Phase::starting ||
                          r->phase == RunData::Phase::queued);
  run->setEnabled(session_.current() != nullptr);
  check->setEnabled(session_.current() != nullptr);
  stop->setEnabled(busy);
  pause->setEnabled(r && r->live());
  pause->setChecked(r && r->phase == RunData::Phase::paused);
}

}  // namespace steppe::gui
