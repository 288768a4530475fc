#pragma once
// The frame: tabs, docks, tool bar, settings. What happens is in actions/ and session.h.
#include <QMainWindow>
#include <map>
#include <memory>
#include <vector>

class QComboBox;
class QDockWidget;
class QLabel;
class QStackedWidget;
class QTabBar;
class QTabWidget;

namespace steppe::core {
struct Registry;
}

namespace steppe::gui {

class Session;
class FileActions;
class EditActions;
class RunActions;
class ViewActions;
class DiagramView;
class PlotGrid;
class CompareView;
class BalanceView;
class StudyView;
class YamlView;
class WelcomePage;
class ScenarioTree;
class SignalTree;
class Inspector;
class TimeRuler;
struct Workspace;

class MainWindow final : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(const core::Registry& registry, QWidget* parent = nullptr);
  ~MainWindow() override;

  Session& session() { return *session_; }
  DiagramView* diagram() { return diagram_; }
  PlotGrid* plots() { return plots_; }
  CompareView* compare() { return compare_; }
  StudyView* study() { return study_; }
  BalanceView* balance() { return balance_; }
  YamlView* yaml() { return yaml_; }
  Inspector* inspector() { return inspector_; }
  TimeRuler* ruler() { return ruler_; }
  SignalTree* signal_tree() { return signal_tree_; }
  ScenarioTree* scenario_tree() { return scenario_tree_; }
  WelcomePage* welcome() { return welcome_; }
  FileActions& files() { return *files_; }
  RunActions& run_actions() { return *runs_; }
  ViewActions& views() { return *views_; }

  enum Tab { kDiagram, kPlots, kCompare, kStudy, kBalance, kYaml };
  void show_tab(Tab tab);
  void show_welcome();
  /// A study file, or the folder of its results.
  void show_study(const QString& path);
  void set_dark(bool on);
  /// Takes effect at once by making the window anew; see kRestart.
  void set_language(const QString& code);
  void export_view();
  void focus_signals();
  void focus_components();
  QStringList open_files() const;
  /// What is open and how it is looked at, to be mailed or taken up again. "" or why not.
  QString save_workspace(const QString& path);
  /// Throws Error when the file is no workspace.
  void open_workspace(const QString& path);

  /// Exit code of the event loop that asks for a new window (another language).
  static constexpr int kRestart = 1000;

 protected:
  void closeEvent(QCloseEvent*) override;
  void dragEnterEvent(QDragEnterEvent*) override;
  void dropEvent(QDropEvent*) override;
  void keyPressEvent(QKeyEvent*) override;

 private:
  void make_docks();
  void make_tool_bars();
  void make_corners();
  QWidget* make_preferences();
  void make_menus();
  void connect_session();
  QDockWidget* add_dock(const QString& name, const QString& title, QWidget* content,
                        Qt::DockWidgetArea area);
  void rebuild_case_tabs();
  void update_readout();
  void update_status();
  void apply_preset(int tab);
  void refresh_icons();
  void keep_layout();
  void take_up_workspace();

  std::unique_ptr<Session> session_;
  FileActions* files_ = nullptr;
  EditActions* edits_ = nullptr;
  RunActions* runs_ = nullptr;
  ViewActions* views_ = nullptr;
  QStackedWidget* pages_ = nullptr;
  QTabBar* case_tabs_ = nullptr;
  QTabWidget* tabs_ = nullptr;
  WelcomePage* welcome_ = nullptr;
  DiagramView* diagram_ = nullptr;
  PlotGrid* plots_ = nullptr;
  CompareView* compare_ = nullptr;
  StudyView* study_ = nullptr;
  BalanceView* balance_ = nullptr;
  YamlView* yaml_ = nullptr;
  ScenarioTree* scenario_tree_ = nullptr;
  SignalTree* signal_tree_ = nullptr;
  Inspector* inspector_ = nullptr;
  TimeRuler* ruler_ = nullptr;
  QToolBar* ruler_bar_ = nullptr;
  QWidget *diagram_tools_ = nullptr, *plot_tools_ = nullptr;  // beside the tabs
  QAction* preferences_ = nullptr;  // of the welcome page, in the tool bar
  QComboBox* profile_ = nullptr;
  QLabel *clock_ = nullptr, *site_ = nullptr, *pue_ = nullptr;
  std::vector<QAction*> readout_;  // of the three labels, in this order
  QLabel *status_ = nullptr, *memory_ = nullptr;
  std::map<QString, QDockWidget*> docks_;
  std::map<int, QByteArray> presets_;
  std::unique_ptr<Workspace> workspace_;  // to be taken up when its results are read
  int preset_ = -1;
  bool filling_tabs_ = false;
};

}  // namespace steppe::gui
