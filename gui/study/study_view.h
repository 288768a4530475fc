#pragma once
// A sweep: its table of inputs and figures, scatter, Pareto front, histogram, and what the inputs
// explain. Runs a study through the command, as a process of its own, and follows it.
#include <QProcess>
#include <QTableWidget>
#include <QTimer>
#include <memory>

#include "gui/runner/worker.h"
#include "sim/app/sweep.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QTabWidget;

namespace steppe::gui {

class Session;
class StudyPlot;

class StudyView final : public QWidget {
  Q_OBJECT
 public:
  StudyView(Session& session, QWidget* parent);
  ~StudyView() override;

  /// The file of a study, or the folder of its results.
  void open(const QString& path);
  /// Runs what has not been run yet.
  void run();
  void stop();
  bool running() const { return process_.state() != QProcess::NotRunning; }
  const app::StudyTable* table() const { return table_.get(); }
  QTableWidget* rows() { return rows_; }
  QTableWidget* influence() { return influence_; }
  StudyPlot* plot() { return plot_; }
  /// The tabs: table, scatter, Pareto, histogram, influence.
  QTabWidget* tabs() { return tabs_; }
  bool idle() const { return worker_.pending() == 0 && !running(); }
  /// PNG, SVG or PDF of the plot, CSV of the table; "" or why not.
  QString export_to(const QString& file);
  /// Opens the result of a row of the table.
  void open_run(size_t row);

 Q_SIGNALS:
  void open_wanted(const QString& path);
  void loaded();

 private:
  void load_file(const QString& path);
  void load_table();
  void fill();
  void fill_influence();
  void read_progress();
  void ended();
  void say(const QString& text, bool problem = false);
  void update_buttons();
  QString csv() const;

  Session& session_;
  Worker worker_;
  QProcess process_;
  QTimer reload_;
  QString name_, file_, folder_;
  std::shared_ptr<const app::StudyTable> table_;
  QLabel *title_, *hint_;
  QProgressBar* progress_;
  QPushButton *run_, *stop_, *scenario_;
  QTabWidget* tabs_;
  QTableWidget *rows_, *influence_;
  StudyPlot* plot_;
};

}  // namespace steppe::gui
