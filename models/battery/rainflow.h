#pragma once
#include <utility>
#include <vector>

#include "sim/core/checkpoint.h"

namespace steppe::models {

/// Cycles of a signal as it comes in [ASTM E1049 2017, §5.4.4]: every turning point may close full
/// cycles (weight 1) or, at the start of the record, half cycles (weight 0.5); what is left over is
/// counted in halves by `rest`. Memory is the open part of the record only.
class Rainflow {
 public:
  struct Cycle {
    double range, mean, weight;
  };
  /// `band`: turns smaller than this are no turns (noise).
  explicit Rainflow(double band = 0.0) : band_(band) {}

  /// Takes the next value; calls `found(Cycle)` for each cycle that it closes.
  template <class F>
  void push(double value, F&& found) {
    if (!any_) {
      any_ = true;
      last_ = value;
      points_.push_back(value);
      return;
    }
    const double step = value - last_;
    if (direction_ == 0) {
      if (step > band_ || step < -band_) {
        direction_ = step > 0 ? 1 : -1;
        last_ = value;
      }
      return;
    }
    if (step * direction_ >= 0) {
      last_ = value;  // further the same way
      return;
    }
    if (step * direction_ > -band_) return;
    turn(last_, found);
    direction_ = -direction_;
    last_ = value;
  }

  /// What is still open, with the present value as the last turning point, as half cycles.
  template <class F>
  void rest(F&& found) const {
    std::vector<Cycle> closed;
    Rainflow copy = *this;
    if (copy.any_ && copy.direction_ != 0)
      copy.turn(copy.last_, [&](const Cycle& c) { closed.push_back(c); });
    for (const auto& c : closed) found(c);
    for (size_t i = 1; i < copy.points_.size(); ++i)
      found(cycle(copy.points_[i - 1], copy.points_[i], 0.5));
  }

  void save(core::StateWriter& w) const {
    w.put(points_);
    w.put(last_);
    w.put(direction_);
    w.put(uint8_t{any_});
  }
  void load(core::StateReader& r) {
    r.get(points_);
    r.get(last_);
    r.get(direction_);
    uint8_t a = 0;
    r.get(a);
    any_ = a != 0;
  }

 private:
  static Cycle cycle(double a, double b, double weight) {
    return {a > b ? a - b : b - a, 0.5 * (a + b), weight};
  }
  template <class F>
  void turn(double value, F&& found) {
    auto& p = points_;
    p.push_back(value);
    while (p.size() >= 3) {
      const size_t n = p.size();
      const double x = cycle(p[n - 1], p[n - 2], 1.0).range,
                   y = cycle(p[n - 2], p[n - 3], 1.0).range;
      if (x < y) break;
      if (n == 3) {  // the oldest point opens the record
        found(cycle(p[0], p[1], 0.5));
        p.erase(p.begin());
      } else {
        found(cycle(p[n - 3], p[n - 2], 1.0));
        p.erase(p.end() - 3, p.end() - 1);
      }
    }
  }

  double band_;
  std::vector<double> points_;  ///< open turning points
  double last_ = 0.0;
  int direction_ = 0;
  bool any_ = false;
};

}  // namespace steppe::models
