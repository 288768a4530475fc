#pragma once
// One background thread that does jobs in order. Jobs hand their results back to the GUI thread
// with deliver(); what is still undelivered when the Worker goes is dropped.
#include <QObject>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace steppe::gui {

class Worker final : public QObject {
  Q_OBJECT
 public:
  explicit Worker(QObject* parent = nullptr);
  ~Worker() override;

  /// Any thread. `urgent` jobs go first.
  void post(std::function<void()> job, bool urgent = false);
  /// From a job: runs `f` on the GUI thread.
  void deliver(std::function<void()> f);
  /// Jobs that wait or run.
  size_t pending() const;
  void finish();

 private:
  void loop(const std::stop_token& stop);
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<std::function<void()>> jobs_;
  bool busy_ = false;
  std::jthread thread_;
};

}  // namespace steppe::gui
