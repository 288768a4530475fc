// Docks, tool bars and menus of the window.
#include <QComboBox>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>

#include "gui/actions/actions.h"
#include "gui/diagram/diagram_view.h"
#include "gui/main_window.h"
#include "gui/panels/events_panel.h"
#include "gui/panels/inspector.h"
#include "gui/panels/lists.h"
#include "gui/panels/scenario_tree.h"
#include "gui/panels/signal_tree.h"
#include "gui/panels/time_ruler.h"
#include "gui/plot/plot_grid.h"
#include "gui/session.h"
#include "gui/style/theme.h"

namespace steppe::gui {

QDockWidget* MainWindow::add_dock(const QString& name, const QString& title, QWidget* content,
                                  Qt::DockWidgetArea area) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(name);
  dock->setWidget(content);
  addDockWidget(area, dock);
  docks_[name] = dock;
  return dock;
}

void MainWindow::make_docks() {
  scenario_tree_ = new ScenarioTree(*session_, this);
  signal_tree_ = new SignalTree(*session_, *plots_, this);
  inspector_ = new Inspector(*session_, this);
  auto* problems = new ProblemsPanel(*session_, this);
  auto* runs = new RunsPanel(*session_, this);
  auto* events = new EventsPanel(*session_, this);
  auto* kpis = new KpiPanel(*session_, this);
  auto* statistics = new StatisticsPanel(*session_, *plots_, this);
  add_dock("scenario", tr("Scenario"), scenario_tree_, Qt::LeftDockWidgetArea);
  add_dock("signals", tr("Signals"), signal_tree_, Qt::LeftDockWidgetArea);
  auto* inspect = add_dock("inspector", tr("Inspector"), inspector_, Qt::RightDockWidgetArea);
  auto* figures = add_dock("kpis", tr("Key figures"), kpis, Qt::RightDockWidgetArea);
  tabifyDockWidget(inspect, figures);
  inspect->raise();
  auto* problem_dock = add_dock("problems", tr("Problems"), problems, Qt::BottomDockWidgetArea);
  auto* run_dock = add_dock("runs", tr("Runs"), runs, Qt::BottomDockWidgetArea);
  auto* event_dock = add_dock("events", tr("Events"), events, Qt::BottomDockWidgetArea);
  add_dock("statistics", tr("Statistics"), statistics, Qt::BottomDockWidgetArea);
  auto follow = [](QDockWidget* dock, const QString& title) {
    return [dock, title](const QString& s) {
      dock->setWindowTitle(s.isEmpty() ? title : title + "  ·  " + s);
    };
  };
  connect(problems, &ProblemsPanel::summary_changed, this, follow(problem_dock, tr("Problems")));
  connect(runs, &RunsPanel::summary_changed, this, follow(run_dock, tr("Runs")));
  connect(events, &EventsPanel::summary_changed, this, follow(event_dock, tr("Events")));
  connect(runs, &RunsPanel::compare_wanted, this, [this] { show_tab(kCompare); });
}

void MainWindow::make_tool_bars() {
  auto* bar = addToolBar(tr("Commands"));
  bar->setObjectName("commands");
  bar->setMovable(false);
  bar->setIconSize({16, 16});
  bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  bar->addAction(files_->open);
  bar->addAction(files_->save);
  bar->addSeparator();
  for (QAction* a : {edits_->undo, edits_->redo}) {
    bar->addAction(a);
    if (auto* b = qobject_cast<QToolButton*>(bar->widgetForAction(a)))
      b->setToolButtonStyle(Qt::ToolButtonIconOnly);
  }
  bar->addSeparator();
  auto* run = new QPushButton(" " + tr("Run"), bar);
  run->setObjectName("run_button");
  run->setFixedHeight(28);
  run->setMinimumWidth(78);
  run->setFocusPolicy(Qt::TabFocus);
  run->setToolTip(runs_->run->toolTip());
  connect(run, &QPushButton::clicked, runs_->run, &QAction::trigger);
  connect(runs_->run, &QAction::enabledChanged, run, &QWidget::setEnabled);
  run->setEnabled(runs_->run->isEnabled());
  bar->addWidget(run);
  bar->addAction(runs_->pause);
  bar->addAction(runs_->stop);
  bar->addAction(runs_->check);
  bar->addSeparator();
  bar->addWidget(new QLabel("  " + tr("Profile:") + " ", bar));
  profile_ = new QComboBox(bar);
  profile_->addItem(tr("as in the file"), QString());
  for (const char* p : {"electrical", "thermal", "facility"}) profile_->addItem(p, QString(p));
  profile_->setToolTip(tr("Time scale of the next run"));
  connect(profile_, &QComboBox::activated, this, [this] {
    session_->profile = profile_->currentData().toString();
    session_->check_now();
  });
  bar->addWidget(profile_);
  auto* spacer = new QWidget(bar);
  spacer->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  bar->addWidget(spacer);
  clock_ = new QLabel(bar);
  site_ = new QLabel(bar);
  pue_ = new QLabel(bar);
  for (QLabel* l : {clock_, site_, pue_}) {
    l->setTextFormat(Qt::RichText);
    l->setContentsMargins(8, 2, 8, 2);
    readout_.push_back(bar->addWidget(l));
  }
  preferences_ = bar->addWidget(make_preferences());
  addToolBarBreak();
  auto* cases = addToolBar(tr("Open scenarios"));
  cases->setObjectName("cases");
  cases->setMovable(false);
  case_tabs_ = new QTabBar(cases);
  case_tabs_->setDocumentMode(true);
  case_tabs_->setTabsClosable(true);
  case_tabs_->setExpanding(false);
  case_tabs_->setDrawBase(false);
  cases->addWidget(case_tabs_);
  connect(case_tabs_, &QTabBar::currentChanged, this, [this](int i) {
    if (filling_tabs_) return;
    if (i <= 0) return show_welcome();
    session_->set_current(session_->cases().at(static_cast<size_t>(i - 1)).get());
    pages_->setCurrentWidget(tabs_);
    apply_preset(tabs_->currentIndex());
  });
  connect(case_tabs_, &QTabBar::tabCloseRequested, this, [this](int i) {
    if (i <= 0) return;
    session_->set_current(session_->cases().at(static_cast<size_t>(i - 1)).get());
    if (files_->may_close(false)) session_->close_case(session_->current());
  });
  make_corners();
  ruler_bar_ = new QToolBar(tr("Time"), this);
  ruler_bar_->setObjectName("time");
  ruler_bar_->setMovable(false);
  ruler_ = new TimeRuler(*session_, ruler_bar_);
  ruler_bar_->addWidget(ruler_);
  addToolBar(Qt::BottomToolBarArea, ruler_bar_);
  status_ = new QLabel(this);
  status_->setContentsMargins(4, 0, 0, 0);
  memory_ = new QLabel(this);
  statusBar()->addWidget(status_, 1);
  statusBar()->addPermanentWidget(memory_);
  refresh_icons();
}

/// Beside the tabs: the choices of the diagram, or what one does with plots.
void MainWindow::make_corners() {
  auto* corner = new QWidget(tabs_);
  auto* both = new QHBoxLayout(corner);
  both->setContentsMargins(0, 0, 8, 0);
  auto tools = [&] {
    auto* w = new QWidget(corner);
    auto* row = new QHBoxLayout(w);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    both->addWidget(w);
    return w;
  };
  auto button = [](QWidget* in, QAction* action, Qt::ToolButtonStyle style) {
    auto* b = new QToolButton(in);
    b->setDefaultAction(action);
    b->setAutoRaise(true);
    b->setToolButtonStyle(style);
    in->layout()->addWidget(b);
  };
  diagram_tools_ = tools();
  auto* part = new QComboBox(diagram_tools_);
  part->addItems({tr("Power and cooling"), tr("Power"), tr("Cooling")});
  part->setToolTip(tr("Which diagrams are shown"));
  part->setAccessibleName(part->toolTip());
  connect(part, &QComboBox::activated, this,
          [this](int i) { diagram_->set_part(static_cast<DiagramView::Part>(i)); });
  diagram_tools_->layout()->addWidget(part);
  button(diagram_tools_, views_->expand_units, Qt::ToolButtonIconOnly);
  button(diagram_tools_, views_->fit, Qt::ToolButtonIconOnly);
  plot_tools_ = tools();
  button(plot_tools_, views_->add_plot, Qt::ToolButtonTextBesideIcon);
  for (QAction* a : views_->analyses) button(plot_tools_, a, Qt::ToolButtonTextOnly);
  button(plot_tools_, views_->fit, Qt::ToolButtonIconOnly);
  tabs_->setCornerWidget(corner);
}

/// On the welcome page: colours and language, for someone who cannot read the menus yet.
QWidget* MainWindow::make_preferences() {
  auto* box = new QWidget;
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 8, 0);
  row->setSpacing(8);
  auto choice = [&](const QString& title, const QStringList& items, int now) {
    auto* l = new QLabel(title, box);
    auto* c = new QComboBox(box);
    c->addItems(items);
    c->setCurrentIndex(now);
    c->setAccessibleName(title);
    row->addWidget(l);
    row->addWidget(c);
    return c;
  };
  auto* colours = choice(tr("Colours"), {tr("light"), tr("dark")}, theme().dark);
  connect(colours, &QComboBox::activated, views_->dark,
          [this](int i) { views_->dark->setChecked(i == 1); });
  connect(views_->dark, &QAction::toggled, colours,
          [colours](bool on) { colours->setCurrentIndex(on); });
  const QString now = QSettings().value("language", "en").toString();
  auto* language = choice(tr("Language"), {"English", "简体中文"}, now == "zh_CN");
  connect(language, &QComboBox::activated, this, [this, language, was = now == "zh_CN"](int i) {
    if (i == was) return;
    language->setCurrentIndex(was);  // until the window comes back in the other one
    set_language(i ? "zh_CN" : "en");
  });
  return box;
}

void MainWindow::make_menus() {
  files_->fill(menuBar()->addMenu(tr("&File")));
  edits_->fill(menuBar()->addMenu(tr("&Edit")));
  views_->fill_view(menuBar()->addMenu(tr("&View")));
  runs_->fill(menuBar()->addMenu(tr("&Run")));
  views_->fill_plot(menuBar()->addMenu(tr("&Plot")));
  auto* window = menuBar()->addMenu(tr("&Window"));
  for (const char* name :
       {"scenario", "signals", "inspector", "kpis", "problems", "runs", "events", "statistics"})
    window->addAction(docks_[name]->toggleViewAction());
  window->addSeparator();
  window->addAction(tr("Welcome page"), this, &MainWindow::show_welcome);
  views_->fill_help(menuBar()->addMenu(tr("&Help")));
}

}  // namespace steppe::gui
