#pragma once
// Undo by snapshots, for what is small enough to be kept whole: the arrangement of the plots.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace steppe::gui {

/// The epoch stands for "nothing to undo". Two histories are undone in the order of these.
using ChangeTime = std::chrono::steady_clock::time_point;

class SnapshotHistory {
 public:
  static constexpr size_t kMost = 100;
  static constexpr std::chrono::milliseconds kBurst{100};

  /// Starts anew: the state before the first change.
  void reset(std::string state) {
    now_ = std::move(state);
    undo_.clear();
    redo_.clear();
  }
  /// Takes note of the state after a change. Changes that follow each other within a burst are one.
  void record(std::string state, ChangeTime t = std::chrono::steady_clock::now()) {
    if (state == now_) return;
    if (undo_.empty() || !redo_.empty() || t - undo_.back().when >= kBurst) {
      undo_.push_back({std::move(now_), t});
      if (undo_.size() > kMost) undo_.erase(undo_.begin());
    }
    undo_.back().when = t;
    redo_.clear();
    now_ = std::move(state);
  }
  ChangeTime undo_time() const { return undo_.empty() ? ChangeTime() : undo_.back().when; }
  ChangeTime redo_time() const { return redo_.empty() ? ChangeTime() : redo_.back().when; }
  /// The state to go to; the present one when there is nothing to undo.
  const std::string& undo() { return step(undo_, redo_); }
  const std::string& redo() { return step(redo_, undo_); }

 private:
  struct Step {
    std::string state;
    ChangeTime when;
  };
  const std::string& step(std::vector<Step>& from, std::vector<Step>& to) {
    if (from.empty()) return now_;
    Step s = std::move(from.back());
    from.pop_back();
    to.push_back({std::move(now_), s.when});
    now_ = std::move(s.state);
    return now_;
  }
  std::string now_;
  std::vector<Step> undo_, redo_;
};

}  // namespace steppe::gui
