#pragma once
#include <cmath>
#include <vector>

#include "sim/core/dual.h"

namespace steppe::models {

/// C¹ curve through points, monotone where the points are [Fritsch 1980]; beyond its ends it goes
/// on straight with `slope_low` and `slope_high` (default 0: constant).
class Curve {
 public:
  struct Point {
    double x, y;
  };
  Curve(std::vector<Point> points, double slope_low, double slope_high)
      : p_(std::move(points)), d_(p_.size(), 0.0) {
    const size_t n = p_.size();
    for (size_t i = 1; i + 1 < n; ++i) {
      const double h0 = p_[i].x - p_[i - 1].x, h1 = p_[i + 1].x - p_[i].x;
      const double s0 = (p_[i].y - p_[i - 1].y) / h0, s1 = (p_[i + 1].y - p_[i].y) / h1;
      if (s0 * s1 > 0.0) {
        const double w0 = 2.0 * h1 + h0, w1 = h1 + 2.0 * h0;
        d_[i] = (w0 + w1) / (w0 / s0 + w1 / s1);
      }
    }
    d_.front() = slope_low;
    d_.back() = slope_high;
  }

  template <class S>
  S operator()(const S& x) const {
    const double v = core::value(x);
    if (v <= p_.front().x) return p_.front().y + d_.front() * (x - p_.front().x);
    if (v >= p_.back().x) return p_.back().y + d_.back() * (x - p_.back().x);
    size_t i = 1;
    while (p_[i].x < v) ++i;  // a dozen points: cheaper than bisection
    const double h = p_[i].x - p_[i - 1].x;
    const S t = (x - p_[i - 1].x) / h;
    const S u = t - 1.0;
    return u * u * ((1.0 + 2.0 * t) * p_[i - 1].y + t * (h * d_[i - 1])) +
           t * t * ((3.0 - 2.0 * t) * p_[i].y + u * (h * d_[i]));
  }
  const std::vector<Point>& points() const { return p_; }

 private:
  std::vector<Point> p_;
  std::vector<double> d_;
};

}  // namespace steppe::models
