#pragma once
// Queue of runs, each in a thread of its own through the facade. The threads leave what they have
// in shared memory; a timer of the window looks 30 times a second, so a run can neither flood nor
// block the window.
#include <QObject>
#include <QTimer>
#include <condition_variable>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "gui/runner/live_queue.h"
#include "gui/runner/run_data.h"
#include "sim/core/registry.h"

namespace steppe::gui {

struct RunOrder {
  std::string text;  ///< of the scenario as it stands in the window
  std::string path;  ///< its file; paths in it are relative to this
  std::string profile;
  std::string output;
  double until = 0.0;
};

class RunController final : public QObject {
  Q_OBJECT
 public:
  RunController(const core::Registry& registry, QObject* parent);
  ~RunController() override;

  /// `data` follows the run from now on; the controller does not own it.
  void enqueue(RunData* data, RunOrder order);
  /// Ends a run at its next step; results so far are kept. A queued run is dropped.
  void stop(RunData* data);
  void pause(RunData* data, bool on);
  void stop_all();
  int active() const;
  int queued() const { return static_cast<int>(queue_.size()); }
  static int most_parallel();

 Q_SIGNALS:
  void started(RunData*);
  void progressed(RunData*);
  /// The file is closed; `data->status` and `message` say how it ended.
  void finished(RunData*);

 private:
  struct Job {
    RunData* data = nullptr;
    RunOrder order;
    LiveQueue live;
    std::mutex mutex;
    std::condition_variable_any resume;
    app::Progress progress;  // guarded by mutex, as is all below
    bool started = false, announced = false, done = false, paused = false, has_file = false;
    std::vector<io::ChannelSpec> specs;
    std::vector<RunEvent> events;
    std::vector<std::pair<double, core::LedgerArray>> accounts;  // since the last look
    std::string start, resolved, source, status, error;
    double t_end = 0.0, wall_s = 0.0;
    std::jthread thread;  // last: joined before the rest goes
  };
  void start_next();
  void poll();
  bool poll_job(Job& job);
  void work(const std::stop_token& stop, Job& job) const;

  const core::Registry& registry_;
  QTimer timer_;
  std::deque<std::unique_ptr<Job>> queue_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::vector<double> times_;
  std::vector<float> rows_;
};

}  // namespace steppe::gui
