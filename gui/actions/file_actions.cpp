#include <QApplication>
#include <QFile>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QSettings>

#include "gui/actions/actions.h"
#include "gui/actions/file_dialogs.h"
#include "gui/main_window.h"
#include "gui/session.h"
#include "gui/style/icons.h"
#include "sim/app/scenario.h"

namespace steppe::gui {

namespace {

constexpr int kMostRecent = 12;

// A site small enough to read at once, and complete enough to run.
constexpr const char* kTemplate = R"(steppe: 1
name: New site
note: A grid connection, a transformer and a load; a place to start.
site: {altitude: 0 m, start: "2026-01-15 00:00", weather: synthetic}
run: {until: 1 h, seed: 1}
profile: thermal

components:
  - id: grid
    type: utility
    params: {voltage: 10 kV, short_circuit_power: 200 MVA}
  - id: transformer
    type: transformer
    params: {rating: 2500 kVA, v_primary: 10 kV, v_secondary: 0.4 kV}
  - id: load
    type: ac_load
    params: {voltage: 400 V, power: 1 MW}

connect:
  - [bus_10kv, grid.out, transformer.primary]
  - [bus_400v, transformer.secondary, load.in]

events:
  - {at: 20 min, set: load.scale, to: 1.5}
  - {at: 40 min, set: load.scale, to: 1.0}
)";

}  // namespace

FileActions::FileActions(MainWindow& window, Session& session)
    : QObject(&window), window_(window), session_(session) {
  auto make = [&](const char* shape, const QString& text, const QKeySequence& key) {
    auto* a = new QAction(icon(shape), text, this);
    a->setShortcut(key);
    a->setProperty("icon_name", shape);
    window_.addAction(a);
    return a;
  };
  fresh = make("new", tr("New scenario"), QKeySequence::New);
  open = make("open", tr("Open …"), QKeySequence::Open);
  save = make("save", tr("Save"), QKeySequence::Save);
  save_as = make("save", tr("Save as …"), QKeySequence("Ctrl+Shift+S"));
  close = make("close", tr("Close tab"), QKeySequence("Ctrl+W"));
  export_view = make("export", tr("Export picture or values …"), QKeySequence("Ctrl+E"));
  quit = make("", tr("Quit"), QKeySequence::Quit);
  connect(fresh, &QAction::triggered, this, &FileActions::new_scenario);
  connect(open, &QAction::triggered, this, [this] {
    for (const auto& f : ask_open(&window_)) open_path(f);
  });
  connect(save, &QAction::triggered, this, [this] { save_case(false); });
  connect(save_as, &QAction::triggered, this, [this] { save_case(true); });
  connect(close, &QAction::triggered, this, [this] {
    if (session_.current() && may_close(false)) session_.close_case(session_.current());
  });
  connect(export_view, &QAction::triggered, &window_, &MainWindow::export_view);
  connect(quit, &QAction::triggered, &window_, &QWidget::close);
  connect(&session_, &Session::current_changed, this, &FileActions::update_enabled);
  connect(&session_, &Session::text_changed, this, &FileActions::update_enabled);
  update_enabled();
}

void FileActions::fill(QMenu* menu) {
  menu->addActions({fresh, open});
  auto* recent_menu = menu->addMenu(tr("Open recent"));
  connect(recent_menu, &QMenu::aboutToShow, this, [this, recent_menu] {
    recent_menu->clear();
    for (const auto& f : recent()) {
      auto* a = recent_menu->addAction(f, this, [this, f] { open_path(f); });
      a->setEnabled(QFileInfo::exists(f));
    }
    recent_menu->addSeparator();
    recent_menu->addAction(tr("Clear"), this, [] { clear_recent(); });
  });
  menu->addSeparator();
  menu->addActions({save, save_as, close});
  menu->addSeparator();
  menu->addAction(export_view);
  menu->addSeparator();
  menu->addAction(quit);
}

void FileActions::update_enabled() {
  const Case* c = session_.current();
  save->setEnabled(c && !c->read_only && (c->document.modified() || c->document.path().empty()));
  save_as->setEnabled(c != nullptr);
  close->setEnabled(c != nullptr);
  export_view->setEnabled(c != nullptr);
}

QStringList FileActions::recent() { return QSettings().value("recent").toStringList(); }

void FileActions::add_recent(const QString& path) {
  QSettings s;
  QStringList list = s.value("recent").toStringList();
  list.removeAll(path);
  list.prepend(path);
  while (list.size() > kMostRecent) list.removeLast();
  s.setValue("recent", list);
}

void FileActions::clear_recent() { QSettings().remove("recent"); }

bool FileActions::open_path(const QString& given) {
  const QString path = QFileInfo(given).absoluteFilePath();
  const QString suffix = QFileInfo(path).suffix().toLower();
  if (!QFileInfo::exists(path)) {
    session_.message(tr("There is no file %1").arg(path), true);
    return false;
  }
  if (suffix == "h5" || suffix == "nc" || suffix == "hdf5") {
    session_.open_result(path);
    add_recent(path);
    return true;
  }
  if (suffix == "epw") {
    Case* c = session_.current();
    if (!c) {
      session_.message(tr("Open a scenario first; a weather file then becomes its weather"), true);
      return false;
    }
    const QString why = session_.set_value(
        c->document.value("site.weather.file") ? "site.weather.file" : "site.weather", path);
    session_.message(why.isEmpty() ? tr("The weather of %1 is now %2").arg(c->title, path) : why,
                     !why.isEmpty());
    return why.isEmpty();
  }
  if (suffix == "csv") {
    session_.message(
        tr("A load trace belongs to a load: set its file in the parameters of the load"), true);
    return false;
  }
  for (const auto& c : session_.cases())
    if (!c->read_only && QString::fromStdString(c->document.path()) == path) {
      session_.set_current(c.get());
      return true;
    }
  try {
    auto d = ScenarioDocument::open(path.toStdString());
    if (d.text().find('\0') != std::string::npos) throw IoError(path.toStdString() + " is no text");
    session_.add_case(std::move(d), QFileInfo(path).fileName());
    add_recent(path);
    return true;
  } catch (const std::exception& e) {
    session_.message(QString::fromStdString(e.what()), true);
    return false;
  }
}

bool FileActions::save_case(bool as) {
  Case* c = session_.current();
  if (!c) return false;
  QString path = QString::fromStdString(c->document.path());
  if (as || path.isEmpty() || c->read_only) {
    path = ask_save(&window_, "save", tr("Save scenario"), path.isEmpty() ? "scenario.yaml" : path,
                    {tr("Scenarios (*.yaml)")});
    if (path.isEmpty()) return false;
  }
  try {
    c->document.save(path.toStdString());
  } catch (const std::exception& e) {
    session_.message(QString::fromStdString(e.what()), true);
    return false;
  }
  c->read_only = false;
  c->title = QFileInfo(path).fileName();
  add_recent(path);
  Q_EMIT session_.cases_changed();
  session_.text_edited();
  session_.message(tr("Saved %1").arg(path));
  return true;
}

void FileActions::new_scenario() { session_.add_case(ScenarioDocument(kTemplate), tr("new.yaml")); }

bool FileActions::may_close(bool whole_window) {
  for (const auto& c : session_.cases()) {
    if (!c->document.modified() || (!whole_window && c.get() != session_.current())) continue;
    const auto answer = QMessageBox::question(
        &window_, tr("Unsaved changes"), tr("%1 has unsaved changes.").arg(c->title),
        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, QMessageBox::Save);
    if (answer == QMessageBox::Cancel) return false;
    if (answer == QMessageBox::Save) {
      session_.set_current(c.get());
      if (!save_case(false)) return false;
    }
  }
  if (whole_window && session_.controller().active() + session_.controller().queued() > 0) {
    const auto answer = QMessageBox::question(
        &window_, tr("Runs in progress"), tr("Stop the runs and keep their results so far?"),
        QMessageBox::Yes | QMessageBox::Cancel, QMessageBox::Yes);
    if (answer != QMessageBox::Yes) return false;
  }
  return true;
}

}  // namespace steppe::gui
