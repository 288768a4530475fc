#pragma once
// From a run's thread to the window: the latest progress, and a bounded queue of rows. When the
// queue is full, rows are dropped; a run never waits for the window, and its file stays complete.
#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace steppe::gui {

class LiveQueue {
 public:
  /// Rows of `width` values; every `stride`-th one is kept, so that a whole run fits in memory.
  void configure(size_t width, size_t stride, size_t most_rows) {
    const std::lock_guard lock(mutex_);
    width_ = width;
    stride_ = stride;
    most_rows_ = most_rows;
  }
  void push(double t, const double* row) {
    if (counter_++ % stride_ != 0) return;
    const std::lock_guard lock(mutex_);
    if (times_.size() >= most_rows_) {
      ++dropped_;
      return;
    }
    times_.push_back(t);
    for (size_t i = 0; i < width_; ++i) rows_.push_back(static_cast<float>(row[i]));
  }
  void drain(std::vector<double>& times, std::vector<float>& rows) {
    times.clear();
    rows.clear();
    const std::lock_guard lock(mutex_);
    times.swap(times_);
    rows.swap(rows_);
  }
  size_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  mutable std::mutex mutex_;
  size_t width_ = 0, stride_ = 1, most_rows_ = 0, dropped_ = 0;
  size_t counter_ = 0;  // of the pushing thread
  std::vector<double> times_;
  std::vector<float> rows_;
};

}  // namespace steppe::gui
