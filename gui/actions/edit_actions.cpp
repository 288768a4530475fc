#include <QMenu>

#include "gui/actions/actions.h"
#include "gui/main_window.h"
#include "gui/plot/plot_grid.h"
#include "gui/session.h"
#include "gui/style/icons.h"

namespace steppe::gui {

EditActions::EditActions(MainWindow& window, Session& session)
    : QObject(&window), window_(window), session_(session) {
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
  connect(undo, &QAction::triggered, this, [this] { step(true); });
  connect(redo, &QAction::triggered, this, [this] { step(false); });
  connect(find_signal, &QAction::triggered, &window, &MainWindow::focus_signals);
  connect(find_component, &QAction::triggered, &window, &MainWindow::focus_components);
  connect(&session_, &Session::current_changed, this, &EditActions::update_enabled);
  connect(&session_, &Session::text_changed, this, &EditActions::update_enabled);
  connect(window.plots(), &PlotGrid::content_changed, this, &EditActions::update_enabled);
  update_enabled();
}

void EditActions::fill(QMenu* menu) {
  menu->addActions({undo, redo});
  menu->addSeparator();
  menu->addActions({find_signal, find_component});
}

void EditActions::step(bool back) {
  Case* c = session_.current();
  PlotGrid& plots = *window_.plots();
  const auto none = ChangeTime();
  const auto text = !c ? none : back ? c->document.undo_time() : c->document.redo_time();
  const auto layout = back ? plots.history().undo_time() : plots.history().redo_time();
  if (text == none && layout == none) return;
  // Backwards the later change goes first, forwards the earlier one.
  const bool text_first =
      layout == none || (text != none && (back ? text > layout : text < layout));
  if (text_first) {
    back ? c->document.undo() : c->document.redo();
    session_.text_edited();
    return;
  }
  window_.show_tab(MainWindow::kPlots);
  back ? plots.undo() : plots.redo();
  update_enabled();
}

void EditActions::update_enabled() {
  const Case* c = session_.current();
  const auto none = ChangeTime();
  const auto& layout = window_.plots()->history();
  undo->setEnabled(c && (c->document.can_undo() || layout.undo_time() != none));
  redo->setEnabled(c && (c->document.can_redo() || layout.redo_time() != none));
  const auto with = [](const QString& verb, const std::string& what, bool plots) {
    return verb + (plots          ? ": " + tr("arrangement of the plots")
                   : what.empty() ? QString()
                                  : ": " + QString::fromStdString(what));
  };
  undo->setToolTip(with(tr("Undo"), c ? c->document.undo_label() : "",
                        c && layout.undo_time() > c->document.undo_time()));
  redo->setToolTip(with(tr("Redo"), c ? c->document.redo_label() : "",
                        c && layout.redo_time() != none && !c->document.can_redo()));
}

}  // namespace steppe::gui
