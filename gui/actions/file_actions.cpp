#include <QApplication>
#include <QFile>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QSettings>

#include "gui/actions/actions.h"
#include "gui/actions/file_dialogs.h"
#include "gui/document/workspace.h"
#include "gui/main_window.h"
#include "gui/panels/welcome_page.h"
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
  open->setIconText(tr("Open"));
  save = make("save", tr("Save"), QKeySequence::Save);
  save_as = make("save", tr("Save as …"), QKeySequence("Ctrl+Shift+S"));
  save_workspace = make("save", tr("Save workspace …"), QKeySequence("Ctrl+Alt+S"));
  close = make("close", tr("Close tab"), QKeySequence("Ctrl+W"));
  export_view = make("export", tr("Export picture or values …"), QKeySequence("Ctrl+E"));
  quit = make("", tr("Quit"), QKeySequence::Quit);
  connect(fresh, &QAction::triggered, this, &FileActions::new_scenario);
  connect(open, &QAction::triggered, this, [this] {
    for (const auto& f : ask_open(&window_)) open_path(f);
  });
  connect(save, &QAction::triggered, this, [this] { save_case(false); });
  connect(save_as, &QAction::triggered, this, [this] { save_case(true); });
  connect(save_workspace, &QAction::triggered, this, [this] {
    const QString file = ask_save(&window_, "workspace", tr("Save workspace"), "workspace.yaml",
                                  {tr("Workspaces (*.yaml)")});
    if (file.isEmpty()) return;
    const QString why = window_.save_workspace(file);
    if (why.isEmpty()) add_recent(file);
    session_.message(why.isEmpty() ? tr("Saved %1").arg(file) : why, !why.isEmpty());
  });
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
  menu->addActions({fresh});
  auto* from_menu = menu->addMenu(tr("New from"));
  connect(from_menu, &QMenu::aboutToShow, this, [this, from_menu] {
    from_menu->clear();
    for (const auto& s : shipped_scenarios(QString::fromStdString(app::home_dir()) + "/scenarios",
                                           session_.registry()))
      if (!s.study)
        from_menu->addAction(s.title, this, [this, path = s.path] { new_from(path); })
            ->setToolTip(s.text);
  });
  menu->addAction(open);
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
  menu->addActions({save, save_as, save_workspace, close});
  menu->addSeparator();
  menu->addAction(export_view);
  menu->addSeparator();
  menu->addAction(quit);
}

void FileActions::update_enabled() {
  const Case* c = session_.current();
  const bool on_disk = c && QFileInfo::exists(QString::fromStdString(c->document.path()));
  save->setEnabled(c && !c->read_only && (c->document.modified() || !on_disk));
  save_as->setEnabled(c != nullptr);
  save_workspace->setEnabled(c != nullptr);
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
  // A folder of a study, or the table in it.
  const QString folder = QFileInfo(path).isDir() ? path : QFileInfo(path).absolutePath();
  const bool table = QFileInfo(path).fileName() == "study.h5";
  const bool study = QFileInfo::exists(folder + "/manifest.json");
  if ((QFileInfo(path).isDir() || table) && study) {
    window_.show_study(folder);
    add_recent(folder);
    return true;
  }
  if (QFileInfo(path).isDir()) {
    session_.message(tr("%1 is a folder, and not one of a study").arg(path), true);
    return false;
  }
  if (suffix == "h5" || suffix == "nc" || suffix == "hdf5") {
    session_.open_result(path);
    add_recent(path);
    return true;
  }
  if (suffix == "epw" || suffix == "csv") return use_as_input(path, suffix);
  return open_scenario(path);
}

bool FileActions::use_as_input(const QString& path, const QString& suffix) {
  Case* c = session_.current();
  if (!c) {
    session_.message(suffix == "epw"
                         ? tr("Open a scenario first; a weather file then becomes its weather")
                         : tr("Open a scenario first; a trace then becomes the input of its load"),
                     true);
    return false;
  }
  QString target;
  if (suffix == "epw") {
    target = c->document.value("site.weather.file") ? "site.weather.file" : "site.weather";
  } else {
    // Every parameter that is a file; the selected component's first.
    QStringList all, selected;
    for (const auto& item : c->document.components()) {
      const auto& registry = session_.registry();
      const core::ParamTableBase* params = nullptr;
      if (const auto t = registry.components.find(item.type); t != registry.components.end())
        params = t->second.params;
      else if (const auto p = registry.processes.find(item.type); p != registry.processes.end())
        params = p->second.params;
      if (!params || !item.from.empty() || item.path == "site.weather") continue;
      for (const auto& info : params->rows())
        if (info.kind == core::ParamKind::file) {
          const auto at = QString::fromStdString(item.path + ".params." + info.name);
          all << at;
          if (QString::fromStdString(item.id) == session_.selection()) selected << at;
        }
    }
    const QStringList& fit = selected.isEmpty() ? all : selected;
    if (fit.size() != 1) {
      session_.message(fit.isEmpty()
                           ? tr("No component of %1 reads a file").arg(c->title)
                           : tr("Select the component that is to read it: %1").arg(fit.join(", ")),
                       true);
      return false;
    }
    target = fit.front();
  }
  const QString why = session_.set_value(target, path);
  session_.message(why.isEmpty() ? tr("%1 of %2 is now %3").arg(target, c->title, path) : why,
                   !why.isEmpty());
  return why.isEmpty();
}

bool FileActions::open_scenario(const QString& path) {
  for (const auto& c : session_.cases())
    if (!c->read_only && QString::fromStdString(c->document.path()) == path) {
      session_.set_current(c.get());
      return true;
    }
  try {
    auto d = ScenarioDocument::open(path.toStdString());
    if (d.text().find('\0') != std::string::npos) throw IoError(path.toStdString() + " is no text");
    if (Workspace::is_one(d.text())) {
      window_.open_workspace(path);
    } else if (d.value("study")) {
      window_.show_study(path);
    } else {
      session_.add_case(std::move(d), QFileInfo(path).fileName());
    }
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
  if (as || path.isEmpty() || c->read_only || !QFileInfo::exists(path)) {
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

void FileActions::new_from(const QString& path) {
  try {
    auto original = ScenarioDocument::open(path.toStdString());
    // In the same folder, so that relative paths in it hold.
    const QFileInfo at(path);
    QString copy;
    for (int k = 1; copy.isEmpty() || QFileInfo::exists(copy); ++k)
      copy = QString("%1/%2-%3.yaml").arg(at.absolutePath(), at.completeBaseName()).arg(k);
    session_.add_case(ScenarioDocument(original.text(), copy.toStdString()),
                      QFileInfo(copy).fileName());
  } catch (const std::exception& e) {
    session_.message(QString::fromStdString(e.what()), true);
  }
}

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
