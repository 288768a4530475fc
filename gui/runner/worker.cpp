#include "gui/runner/worker.h"

namespace steppe::gui {

Worker::Worker(QObject* parent)
    : QObject(parent), thread_([this](const std::stop_token& s) { loop(s); }) {}

Worker::~Worker() { finish(); }

void Worker::finish() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Worker::post(std::function<void()> job, bool urgent) {
  {
    const std::lock_guard lock(mutex_);
    if (urgent)
      jobs_.push_front(std::move(job));
    else
      jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void Worker::deliver(std::function<void()> f) {
  QMetaObject::invokeMethod(this, std::move(f), Qt::QueuedConnection);
}

size_t Worker::pending() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size() + (busy_ ? 1 : 0);
}

void Worker::loop(const std::stop_token& stop) {
  while (true) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex_);
      busy_ = false;
      if (!wake_.wait(lock, stop, [this] { return !jobs_.empty(); })) return;
      if (stop.stop_requested()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
      busy_ = true;
    }
    job();
  }
}

}  // namespace steppe::gui
