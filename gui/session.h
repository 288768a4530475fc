#pragma once
// What all panels share: the open scenarios (cases), the runs, the one cursor, the visible range
// and the selection. Panels change it through its functions and follow its signals; they do not
// know each other.
#include <QObject>
#include <QTimer>
#include <memory>
#include <vector>

#include "gui/document/checker.h"
#include "gui/document/scenario_document.h"
#include "gui/runner/run_controller.h"
#include "gui/runner/run_data.h"

namespace steppe::gui {

/// A scenario in a tab.
struct Case {
  ScenarioDocument document;
  QString title;
  int color = 0;
  bool read_only = false;  ///< the source kept in a result
  std::shared_ptr<const CheckAnswer> check;
  RunData* run = nullptr;  ///< whose values its diagram shows
};

class Session final : public QObject {
  Q_OBJECT
 public:
  explicit Session(const core::Registry& registry, QObject* parent = nullptr);
  ~Session() override;

  const core::Registry& registry() const { return registry_; }

  // --- cases
  const std::vector<std::unique_ptr<Case>>& cases() const { return cases_; }
  Case* current() const { return current_; }
  void set_current(Case*);
  Case* add_case(ScenarioDocument, const QString& title, bool read_only = false);
  void close_case(Case*);
  /// After any change of the current document's text.
  void text_edited();
  /// Edits one scalar of the current document; "" or why not.
  QString set_value(const QString& path, const QString& value);
  void check_now();

  // --- runs
  const std::vector<RunData*>& runs() const { return runs_; }
  RunData* run() const { return current_ ? current_->run : nullptr; }
  RunController& controller() { return controller_; }
  /// Opens a result in the background; it becomes the current run.
  RunData* open_result(const QString& path);
  RunData* start_run();
  void set_run(RunData*);
  void remove_run(RunData*);
  RunData* reference() const { return reference_; }
  void set_reference(RunData*);
  QString profile;      ///< "" : what the scenario says
  QString results_dir;  ///< where runs write; "": beside the program or in the user's data
  /// `results_dir`, made when it is not there; "" and a message when it cannot be.
  QString results_folder();

  // --- what is looked at
  double cursor() const { return cursor_; }
  void set_cursor(double t);
  std::pair<double, double> range() const { return {range0_, range1_}; }
  void set_range(double t0, double t1);
  void reset_range();
  /// Times of the current run, or of the scenario before its first run.
  std::pair<double, double> full_range() const;
  std::string start() const;
  QString selection() const { return selection_; }
  void select(const QString& id);
  void next_event(int direction);
  /// Asks the YAML view to show a line.
  void show_line(const QString& file, int line) { Q_EMIT line_wanted(file, line); }
  void message(const QString& text, bool problem = false) { Q_EMIT said(text, problem); }
  /// Blocks until no background work is left; for tests.
  bool idle() const;

 Q_SIGNALS:
  void cases_changed();
  void current_changed();
  void text_changed();
  void checked();
  void runs_changed();
  void run_changed();
  void run_progressed(steppe::gui::RunData*);
  void cursor_changed(double t);
  void range_changed(double t0, double t1);
  void selection_changed(const QString& id);
  void line_wanted(const QString& file, int line);
  void said(const QString& text, bool problem);
  void plot_wanted(const QString& key);
  void theme_changed();

 private:
  void run_finished(RunData*);
  RunData* make_run();

  const core::Registry& registry_;
  Worker worker_;
  Checker checker_;
  RunController controller_;
  QTimer debounce_;
  std::vector<std::unique_ptr<Case>> cases_;
  Case* current_ = nullptr;
  std::vector<RunData*> runs_;
  RunData* reference_ = nullptr;
  double cursor_ = 0.0, range0_ = 0.0, range1_ = 86400.0;
  bool follow_ = true;  ///< the cursor stays at the end of a live run until the user moves it
  QString selection_;
  int next_number_ = 1, next_color_ = 0;
};

}  // namespace steppe::gui
