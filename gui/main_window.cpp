#include "gui/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QComboBox>
#include <QDockWidget>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QMenuBar>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>
#include <algorithm>
#include <tuple>
#include <utility>

#include "gui/actions/actions.h"
#include "gui/actions/file_dialogs.h"
#include "gui/diagram/diagram_view.h"
#include "gui/document/display.h"
#include "gui/document/workspace.h"
#include "gui/panels/balance_view.h"
#include "gui/panels/compare_view.h"
#include "gui/panels/events_panel.h"
#include "gui/panels/inspector.h"
#include "gui/panels/lists.h"
#include "gui/panels/scenario_tree.h"
#include "gui/panels/signal_tree.h"
#include "gui/panels/time_ruler.h"
#include "gui/panels/welcome_page.h"
#include "gui/panels/yaml_view.h"
#include "gui/plot/plot_cell.h"
#include "gui/plot/plot_grid.h"
#include "gui/session.h"
#include "gui/study/study_view.h"
#include "gui/style/icons.h"
#include "gui/style/theme.h"
#include "gui/style/words.h"

namespace steppe::gui {

namespace {

constexpr int kLayoutVersion = 2;

QIcon dot(const QColor& color) {
  QPixmap p(16, 16);
  p.fill(Qt::transparent);
  QPainter painter(&p);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  painter.drawEllipse(QRectF(4, 4, 8, 8));
  return p;
}

}  // namespace

MainWindow::MainWindow(const core::Registry& registry, QWidget* parent)
    : QMainWindow(parent), session_(std::make_unique<Session>(registry)) {
  setObjectName("main");
  setWindowTitle("steppe");
  resize(1440, 900);
  setAcceptDrops(true);
  setDockNestingEnabled(true);
  setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
  setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
  pages_ = new QStackedWidget(this);
  welcome_ = new WelcomePage(registry, pages_);
  tabs_ = new QTabWidget(pages_);
  tabs_->setObjectName("views");
  tabs_->setDocumentMode(true);
  diagram_ = new DiagramView(*session_, tabs_);
  plots_ = new PlotGrid(*session_, tabs_);
  compare_ = new CompareView(*session_, tabs_);
  study_ = new StudyView(*session_, tabs_);
  balance_ = new BalanceView(*session_, tabs_);
  yaml_ = new YamlView(*session_, tabs_);
  tabs_->addTab(diagram_, tr("Diagram"));
  tabs_->addTab(plots_, tr("Plots"));
  tabs_->addTab(compare_, tr("Compare"));
  tabs_->addTab(study_, tr("Study"));
  tabs_->addTab(balance_, tr("Balance"));
  tabs_->addTab(yaml_, tr("YAML"));
  pages_->addWidget(welcome_);
  pages_->addWidget(tabs_);
  setCentralWidget(pages_);
  files_ = new FileActions(*this, *session_);
  edits_ = new EditActions(*this, *session_);
  runs_ = new RunActions(*this, *session_);
  views_ = new ViewActions(*this, *session_);
  make_docks();
  make_tool_bars();
  make_menus();
  connect_session();
  rebuild_case_tabs();
  update_readout();
  update_status();
  if (QSettings kept; kept.value("layout/version").toInt() == kLayoutVersion)
    for (int tab = kDiagram; tab <= kYaml; ++tab)
      if (const auto state = kept.value(QString("layout/%1").arg(tab)).toByteArray();
          !state.isEmpty())
        presets_[tab] = state;
  show_welcome();
}

MainWindow::~MainWindow() {
  // Panels look at the session while they go; it goes last.
  disconnect(tabs_, nullptr, this, nullptr);
  disconnect(case_tabs_, nullptr, this, nullptr);
  disconnect(session_.get(), nullptr, this, nullptr);
  for (auto& [name, dock] : docks_) delete dock;
  docks_.clear();
  delete ruler_bar_;
  delete pages_;
}

void MainWindow::connect_session() {
  Session& s = *session_;
  connect(&s, &Session::cases_changed, this, &MainWindow::rebuild_case_tabs);
  connect(&s, &Session::current_changed, this, [this] {
    rebuild_case_tabs();
    if (session_->current()) {
      pages_->setCurrentWidget(tabs_);
      apply_preset(tabs_->currentIndex());
    } else {
      show_welcome();
    }
  });
  connect(&s, &Session::text_changed, this, &MainWindow::rebuild_case_tabs);
  connect(&s, &Session::cursor_changed, this, &MainWindow::update_readout);
  connect(&s, &Session::run_changed, this, [this] {
    if (RunData* r = session_->run())
      connect(r, &RunData::loaded, this, &MainWindow::update_readout, Qt::UniqueConnection);
    update_readout();
    update_status();
    take_up_workspace();
  });
  connect(&s, &Session::runs_changed, this, &MainWindow::update_status);
  connect(&s, &Session::said, this, [this](const QString& text, bool problem) {
    statusBar()->showMessage(text, problem ? 15000 : 6000);
    QPalette p = statusBar()->palette();
    p.setColor(QPalette::WindowText, problem ? theme().error : theme().text);
    statusBar()->setPalette(p);
    // A problem must not be missed on the welcome page, where no dock shows it.
    if (problem) statusBar()->setToolTip(text);
  });
  connect(&s, &Session::line_wanted, this, [this](const QString& file, int line) {
    if (file.isEmpty()) {
      show_tab(kYaml);
      yaml_->go_to_line(line);
    } else if (files_->open_path(file)) {
      show_tab(kYaml);
      yaml_->go_to_line(line);
    }
  });
  connect(&s, &Session::plot_wanted, this, [this] {
    if (tabs_->currentIndex() != kPlots) show_tab(kPlots);
  });
  connect(tabs_, &QTabWidget::currentChanged, this, &MainWindow::apply_preset);
  connect(study_, &StudyView::open_wanted, this, [this](const QString& f) {
    if (files_->open_path(f)) show_tab(f.endsWith(".yaml") ? kYaml : kPlots);
  });
  connect(welcome_, &WelcomePage::open_wanted, this,
          [this](const QString& f) { files_->open_path(f); });
  connect(welcome_, &WelcomePage::run_wanted, this, [this](const QString& f) {
    const Case* before = session_->current();
    if (!files_->open_path(f)) return;
    if (tabs_->currentIndex() == kStudy && session_->current() == before) return study_->run();
    show_tab(kDiagram);
    session_->start_run();
  });
  connect(welcome_, &WelcomePage::open_dialog_wanted, files_->open, &QAction::trigger);
  connect(welcome_, &WelcomePage::new_wanted, files_, &FileActions::new_scenario);
  connect(welcome_, &WelcomePage::clear_recent_wanted, this, [this] {
    FileActions::clear_recent();
    welcome_->set_recent({});
  });
}

void MainWindow::show_tab(Tab tab) {
  pages_->setCurrentWidget(tabs_);
  tabs_->setCurrentIndex(tab);
  apply_preset(tab);
}

void MainWindow::show_study(const QString& path) {
  study_->open(path);
  show_tab(kStudy);
}

void MainWindow::show_welcome() {
  welcome_->set_recent(FileActions::recent());
  pages_->setCurrentWidget(welcome_);
  apply_preset(-1);
  filling_tabs_ = true;
  case_tabs_->setCurrentIndex(0);
  filling_tabs_ = false;
}

/// Every tab has its own arrangement of docks, which it keeps.
void MainWindow::apply_preset(int tab) {
  if (pages_->currentWidget() == welcome_) tab = -1;
  if (tab == preset_ && tab >= 0) return;
  if (preset_ >= 0) presets_[preset_] = saveState(kLayoutVersion);
  preset_ = tab;
  update_readout();
  ruler_bar_->setVisible(tab >= 0 && tab != kYaml && tab != kStudy);
  diagram_tools_->setVisible(tab == kDiagram);
  plot_tools_->setVisible(tab == kPlots);
  preferences_->setVisible(tab < 0);
  if (const auto kept = presets_.find(tab); tab >= 0 && kept != presets_.end()) {
    restoreState(kept->second, kLayoutVersion);
    return;
  }
  static const std::map<int, QStringList> kShown{
      {kDiagram, {"scenario", "signals", "inspector", "kpis", "problems", "runs", "events"}},
      {kPlots, {"signals", "statistics"}},
      {kCompare, {}},
      {kStudy, {}},
      {kBalance, {"kpis", "runs"}},
      {kYaml, {"scenario", "inspector", "problems"}},
  };
  const auto it = kShown.find(tab);
  for (auto& [name, dock] : docks_)
    dock->setVisible(it != kShown.end() && it->second.contains(name));
  if (tab == kDiagram || tab == kYaml) docks_["inspector"]->raise();
  // Sizes hold for docks that are shown.
  resizeDocks({docks_["scenario"], docks_["signals"], docks_["inspector"], docks_["kpis"]},
              {252, 252, 288, 288}, Qt::Horizontal);
  resizeDocks({docks_["scenario"], docks_["signals"]}, {330, 190}, Qt::Vertical);
  resizeDocks({docks_["problems"], docks_["runs"], docks_["events"]}, {360, 520, 520},
              Qt::Horizontal);
  resizeDocks({docks_["problems"], docks_["statistics"], docks_["runs"]}, {128, 180, 128},
              Qt::Vertical);
}

void MainWindow::rebuild_case_tabs() {
  filling_tabs_ = true;
  while (case_tabs_->count() > 0) case_tabs_->removeTab(0);
  case_tabs_->addTab(tr("Welcome"));
  case_tabs_->setTabButton(0, QTabBar::RightSide, nullptr);
  int index = 0;
  for (const auto& c : session_->cases()) {
    const int i = case_tabs_->addTab(dot(series_color(c->color)),
                                     c->title + (c->document.modified() ? " *" : ""));
    case_tabs_->setTabToolTip(i, c->read_only ? tr("Scenario kept in the result")
                                              : QString::fromStdString(c->document.path()));
    if (c.get() == session_->current()) index = i;
  }
  case_tabs_->setCurrentIndex(pages_->currentWidget() == welcome_ ? 0 : index);
  filling_tabs_ = false;
  const Case* c = session_->current();
  setWindowTitle(c ? c->title + (c->document.modified() ? " *" : "") + " – steppe"
                   : QString("steppe"));
}

void MainWindow::update_readout() {
  RunData* r = session_->run();
  const bool known = r && r->usable();
  const bool shown = known && preset_ >= 0;
  for (QAction* a : readout_) a->setVisible(shown);
  if (!shown) return;
  clock_->setText(QString("<span style='color:%1'>%2</span>&nbsp; <b style='color:%3'>%4</b>")
                      .arg(theme().secondary.name(), tr("Cursor"), theme().accent.name(),
                           date_and_time(r->start, session_->cursor())));
  // The meter of the site: what is drawn from the utility.
  QString power;
  for (const auto& i : r->infos)
    if (i.unit == "W" && i.name.endsWith("import")) {
      if (const auto v = r->value(i.name, session_->cursor()))
        power = QString::fromStdString(quantity(*v, "W"));
      break;
    }
  site_->setText(tr("Site") + " <b>" + power + "</b>");
  readout_[1]->setVisible(!power.isEmpty());
  QString pue;
  for (const auto& k : r->kpis)
    if (k.name == "pue") pue = QString::fromStdString(number(k.value));
  pue_->setText(tr("PUE of the run") + " <b>" + pue + "</b>");
  readout_[2]->setVisible(!pue.isEmpty());
}

void MainWindow::update_status() {
  const RunData* r = session_->run();
  if (!r) {
    status_->setText(tr("Ready"));
    return;
  }
  QStringList parts{r->path, tr("run #%1").arg(r->number)};
  if (!r->status.isEmpty()) parts << status_word(r->status);
  if (r->rows > 0) parts << tr("%1 samples").arg(r->rows);
  for (const auto& l : r->ledger)
    if (l.name == "residual_energy")
      parts << tr("ledger residual %1").arg(kpi_text("ledger_residual", l.value, "1"));
  status_->setText(parts.join("  ·  "));
  QFile f("/proc/self/statm");
  if (f.open(QIODevice::ReadOnly))
    memory_->setText(
        tr("%1 MB").arg(f.readAll().split(' ').value(1).toLongLong() * 4096 / 1'000'000));
}

void MainWindow::refresh_icons() {
  for (QAction* a : actions())
    if (const QString name = a->property("icon_name").toString(); !name.isEmpty())
      a->setIcon(icon(name));
  if (auto* run = findChild<QPushButton*>("run_button")) {
    const QColor ink = theme().dark ? QColor("#0B1620") : QColor("#FFFFFF");
    QPalette p = qApp->palette();
    p.setColor(QPalette::Active, QPalette::Button, theme().accent);
    p.setColor(QPalette::Inactive, QPalette::Button, theme().accent);
    p.setColor(QPalette::Active, QPalette::ButtonText, ink);
    p.setColor(QPalette::Inactive, QPalette::ButtonText, ink);
    run->setPalette(p);
    run->setIcon(icon("run", ink));
  }
}

void MainWindow::set_dark(bool on) {
  apply_theme(*qApp, on);
  statusBar()->setPalette(qApp->palette());
  QSettings().setValue("dark", on);
  refresh_icons();
  welcome_->retranslate();
  Q_EMIT session_->theme_changed();
  rebuild_case_tabs();
  update_readout();
}

void MainWindow::set_language(const QString& code) {
  if (session_->controller().active() > 0)
    return session_->message(tr("The language can be changed when no run is in progress"), true);
  if (!files_->may_close(true)) return;
  QSettings().setValue("language", code);
  qApp->exit(kRestart);
}

QStringList MainWindow::open_files() const {
  QStringList out;
  for (const auto& c : session_->cases())
    out << (c->read_only && c->run ? c->run->path : QString::fromStdString(c->document.path()));
  out.removeAll(QString());
  return out;
}

void MainWindow::export_view() {
  const Case* c = session_->current();
  if (!c) return;
  const int tab = tabs_->currentIndex();
  QStringList filters{"PNG (*.png)", "SVG (*.svg)", "PDF (*.pdf)", "CSV (*.csv)"};
  if (tab == kDiagram) filters = {"PNG (*.png)", "SVG (*.svg)", "PDF (*.pdf)"};
  if (tab == kCompare) filters = {"CSV (*.csv)"};
  if (tab == kBalance) filters = {"PNG (*.png)", "SVG (*.svg)", "PDF (*.pdf)"};
  if (tab == kYaml) {
    files_->save_case(true);
    return;
  }
  const QString file =
      ask_save(this, "export", tr("Export"), QFileInfo(c->title).completeBaseName(), filters);
  if (file.isEmpty()) return;
  QString why;
  if (tab == kDiagram) {
    why = diagram_->export_to(file);
  } else if (tab == kPlots) {
    why = plots_->export_to(file);
  } else if (tab == kBalance) {
    why = balance_->export_to(file);
  } else if (tab == kStudy) {
    why = study_->export_to(file);
  } else {
    QFile f(file);
    if (!f.open(QIODevice::WriteOnly | QIODevice::Text) || f.write(compare_->csv().toUtf8()) < 0)
      why = tr("Cannot write %1").arg(file);
  }
  session_->message(why.isEmpty() ? tr("Wrote %1").arg(file) : why, !why.isEmpty());
}

void MainWindow::focus_signals() {
  if (!session_->current()) return;
  docks_["signals"]->show();
  signal_tree_->filter()->setFocus();
  signal_tree_->filter()->selectAll();
}

void MainWindow::focus_components() {
  if (!session_->current()) return;
  docks_["scenario"]->show();
  scenario_tree_->filter()->setFocus();
  scenario_tree_->filter()->selectAll();
}

void MainWindow::closeEvent(QCloseEvent* e) {
  if (!files_->may_close(true)) return e->ignore();
  keep_layout();
  e->accept();
}

void MainWindow::keep_layout() {
  if (preset_ >= 0) presets_[preset_] = saveState(kLayoutVersion);
  QSettings s;
  s.setValue("geometry", saveGeometry());
  s.remove("layout");
  s.setValue("layout/version", kLayoutVersion);
  for (const auto& [tab, state] : presets_) s.setValue(QString("layout/%1").arg(tab), state);
}

QString MainWindow::save_workspace(const QString& path) {
  Workspace w;
  for (const auto& f : open_files()) w.files.push_back(f.toStdString());
  for (const RunData* r : session_->runs())
    if (r->phase == RunData::Phase::done && QFileInfo::exists(r->path) &&
        std::find(w.files.begin(), w.files.end(), r->path.toStdString()) == w.files.end())
      w.files.push_back(r->path.toStdString());
  if (const RunData* r = session_->run())
    w.current = r->path.toStdString();
  else if (const Case* c = session_->current())
    w.current = c->document.path();
  w.plots = plots_->layout_text().toStdString();
  w.tab = tabs_->currentIndex();
  w.cursor = session_->cursor();
  std::tie(w.range0, w.range1) = session_->range();
  w.docks = saveState(kLayoutVersion).toBase64().toStdString();
  QFile f(path);
  const std::string text = w.to_yaml(QFileInfo(path).absolutePath().toStdString());
  const bool ok =
      f.open(QIODevice::WriteOnly) &&
      f.write(text.data(), static_cast<qint64>(text.size())) == static_cast<qint64>(text.size());
  return ok ? QString() : tr("Cannot write %1").arg(path);
}

void MainWindow::open_workspace(const QString& path) {
  QFile f(path);
  if (!f.open(QIODevice::ReadOnly)) throw IoError("cannot read " + path.toStdString());
  auto w = std::make_unique<Workspace>(Workspace::from_yaml(
      f.readAll().toStdString(), QFileInfo(path).absolutePath().toStdString()));
  QStringList missing;
  workspace_.reset();
  for (const auto& file : w->files)
    if (const QString name = QString::fromStdString(file); !QFileInfo::exists(name))
      missing << name;
    else
      files_->open_path(name);
  if (!missing.isEmpty()) session_->message(tr("Not there: %1").arg(missing.join(", ")), true);
  workspace_ = std::move(w);
  take_up_workspace();
}

/// Results are read in the background: the arrangement is taken up when the one looked at is there.
void MainWindow::take_up_workspace() {
  if (!workspace_) return;
  const QString current = QString::fromStdString(workspace_->current);
  const bool result = current.endsWith(".h5") && QFileInfo::exists(current);
  if (result) {
    const auto& runs = session_->runs();
    const auto it = std::find_if(runs.begin(), runs.end(), [&](const RunData* r) {
      return r->path == current && r->phase == RunData::Phase::done && r->usable();
    });
    if (it == runs.end()) return;
    if (session_->run() != *it) return session_->set_run(*it);
  }
  const auto w = std::exchange(workspace_, nullptr);
  plots_->set_layout_text(QString::fromStdString(w->plots));
  if (w->tab <= kYaml) show_tab(static_cast<Tab>(w->tab));
  restoreState(QByteArray::fromBase64(QByteArray::fromStdString(w->docks)), kLayoutVersion);
  if (w->range1 > w->range0)
    QTimer::singleShot(0, this, [this, t0 = w->range0, t1 = w->range1, at = w->cursor] {
      // After the run that was just opened has set its own range.
      session_->set_range(t0, t1);
      session_->set_cursor(at);
    });
}

void MainWindow::dragEnterEvent(QDragEnterEvent* e) {
  if (e->mimeData()->hasUrls()) e->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* e) {
  for (const auto& url : e->mimeData()->urls())
    if (url.isLocalFile()) files_->open_path(url.toLocalFile());
  e->acceptProposedAction();
}

// Keys without modifiers are no shortcuts: they must not take letters from a text field.
void MainWindow::keyPressEvent(QKeyEvent* e) {
  switch (e->key()) {
    case Qt::Key_Space:
      return ruler_->toggle_play();
    case Qt::Key_Left:
      return ruler_->step(-1);
    case Qt::Key_Right:
      return ruler_->step(+1);
    case Qt::Key_E:
      return session_->next_event(e->modifiers() & Qt::ShiftModifier ? -1 : +1);
    case Qt::Key_Home:
      return views_->fit->trigger();
    case Qt::Key_Z:
      return (e->modifiers() & Qt::ShiftModifier ? views_->zoom_forward : views_->zoom_back)
          ->trigger();
    default:
      QMainWindow::keyPressEvent(e);
  }
}

}  // namespace steppe::gui
