#include <QMenu>

#include "gui/actions/actions.h"
#include "gui/main_window.h"
#include "gui/session.h"
#include "gui/style/icons.h"

namespace steppe::gui {

EditActions::EditActions(MainWindow& window, Session& session)
    : QObject(&window), session_(session) {
  auto make = [&](const char* shape, const QString& text, const QKeySequence& key) {
    auto* a = new QAction(icon(shape), text, this);
    a->setShortcut(key);
    a->setProperty("icon_name", shape);
    window.addAction(a);
    return a;
  };
  undo = make("undo", tr("Undo"), QKeySequence::Undo);
  redo = make("redo", tr("Redo"), QKeySequence("Ctrl+Shift+Z"));
  find_signal = make("search", tr("Find a signal"), QKeySequence("Ctrl+F"));
  find_component = make("search", tr("Find a component"), QKeySequence("Ctrl+Shift+F"));
  connect(undo, &QAction::triggered, this, [this] {
    if (Case* c = session_.current(); c && c->document.can_undo()) {
      c->document.undo();
      session_.text_edited();
    }
  });
  connect(redo, &QAction::triggered, this, [this] {
    if (Case* c = session_.current(); c && c->document.can_redo()) {
      c->document.redo();
      session_.text_edited();
    }
  });
  connect(find_signal, &QAction::triggered, &window, &MainWindow::focus_signals);
  connect(find_component, &QAction::triggered, &window, &MainWindow::focus_components);
  connect(&session_, &Session::current_changed, this, &EditActions::update_enabled);
  connect(&session_, &Session::text_changed, this, &EditActions::update_enabled);
  update_enabled();
}

void EditActions::fill(QMenu* menu) {
  menu->addActions({undo, redo});
  menu->addSeparator();
  menu->addActions({find_signal, find_component});
}

void EditActions::update_enabled() {
  const Case* c = session_.current();
  undo->setEnabled(c && c->document.can_undo());
  redo->setEnabled(c && c->document.can_redo());
  const auto with = [](const QString& verb, const std::string& what) {
    return what.empty() ? verb : verb + ": " + QString::fromStdString(what);
  };
  undo->setToolTip(with(tr("Undo"), c ? c->document.undo_label() : ""));
  redo->setToolTip(with(tr("Redo"), c ? c->document.redo_label() : ""));
}

}  // namespace steppe::gui
