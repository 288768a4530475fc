#pragma once
// The commands of the window, one class per menu. Each makes its QActions, keeps them enabled or
// not, and does its work through the session.
#include <QAction>
#include <QObject>
#include <functional>

class QMenu;

namespace steppe::gui {

class MainWindow;
class Session;

class FileActions final : public QObject {
  Q_OBJECT
 public:
  FileActions(MainWindow& window, Session& session);
  void fill(QMenu* menu);
  QAction *fresh, *open, *save, *save_as, *save_workspace, *close, *export_view, *quit;
  /// Any file that the app knows, by its suffix and content. False: said why.
  bool open_path(const QString& path);
  bool save_case(bool as);
  void new_scenario();
  /// A copy of a scenario under a name of its own, not saved yet.
  void new_from(const QString& path);
  /// False: the user wants to stay.
  bool may_close(bool whole_window);
  static QStringList recent();
  static void add_recent(const QString& path);
  static void clear_recent();

 private:
  void update_enabled();
  bool open_scenario(const QString& path);
  /// A weather or trace file becomes the input of what it fits in the open scenario.
  bool use_as_input(const QString& path, const QString& suffix);
  MainWindow& window_;
  Session& session_;
};

class EditActions final : public QObject {
  Q_OBJECT
 public:
  EditActions(MainWindow& window, Session& session);
  void fill(QMenu* menu);
  QAction *undo, *redo, *find_signal, *find_component;

 private:
  void update_enabled();
  /// Takes back, or makes again, the newest change of the text or of the arrangement of plots.
  void step(bool back);
  MainWindow& window_;
  Session& session_;
};

class RunActions final : public QObject {
  Q_OBJECT
 public:
  RunActions(MainWindow& window, Session& session);
  void fill(QMenu* menu);
  QAction *run, *stop, *pause, *check;

 private:
  void update_enabled();
  Session& session_;
};

class ViewActions final : public QObject {
  Q_OBJECT
 public:
  ViewActions(MainWindow& window, Session& session);
  void fill_view(QMenu* menu);
  void fill_plot(QMenu* menu);
  void fill_help(QMenu* menu);
  QAction *dark, *fit, *play, *next_event, *previous_event, *zoom_back, *zoom_forward, *add_plot,
      *keys, *model_card, *about, *expand_units;
  std::vector<QAction*> analyses;  ///< spectrum, duration curve, percentiles, x–y
  void show_keys();
  void show_model_card();

 private:
  void remember_range(double t0, double t1);
  void make_analyses();
  MainWindow& window_;
  Session& session_;
  std::vector<std::pair<double, double>> back_, forward_;
  std::pair<double, double> last_{0, 0};
  bool moving_ = false;
  qint64 last_time_ = 0;
};

}  // namespace steppe::gui
