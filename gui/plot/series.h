#pragma once
// One curve in memory: shared instants, own values, and a pyramid for drawing. Values that were
// stored in single precision stay so, which halves the memory and loses nothing.
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "gui/plot/min_max_pyramid.h"

namespace steppe::gui {

/// Instants of a result [s since its start], ascending; shared by all its series.
using TimeAxis = std::vector<double>;
using TimeAxisPtr = std::shared_ptr<TimeAxis>;

/// How a series behaves between two samples.
enum class Between { linear, hold };

struct LinePoint {
  double t, v;
};

/// Statistics over a range of time. Mean and deviation are weighted with time, so that a recorder
/// with uneven steps does not mislead.
struct RangeStatistics {
  size_t samples = 0;
  double min = 0.0, max = 0.0, mean = 0.0, deviation = 0.0, p95 = 0.0;
  double time_of_max = 0.0;
  double integral = 0.0;  ///< value · s
};

class Series {
 public:
  Series(TimeAxisPtr time, Between between) : time_(std::move(time)), between_(between) {}

  /// Appends values for the next instants of the axis. Goes over to double precision at the first
  /// value that single precision cannot hold.
  void append(std::span<const double> values);
  void append(std::span<const float> values);
  void reserve(size_t n);

  size_t size() const;
  double t(size_t i) const { return (*time_)[i]; }
  double v(size_t i) const;
  Between between() const { return between_; }
  const TimeAxis& time() const { return *time_; }
  bool is_single() const { return std::holds_alternative<Store<float>>(store_); }

  /// Samples [first, last) with t in [t0, t1], plus one neighbour on each side where there is one.
  std::pair<size_t, size_t> visible(double t0, double t1) const;
  /// Value at t: held or interpolated; the edge value outside; nullopt without samples or at NaN.
  std::optional<double> at(double t) const;
  Extremes<double> extremes(size_t begin, size_t end) const;
  RangeStatistics statistics(double t0, double t1) const;

  /// The curve as at most about 4 points per pixel column: raw samples where they are few, else
  /// first, extremes and last of each column. Every extreme survives. A column without any number
  /// makes a NaN point, which breaks the line.
  void polyline(double t0, double t1, int columns, std::vector<LinePoint>& out) const;

  /// Memory of values and pyramid, without the shared instants.
  size_t bytes() const;

 private:
  template <class T>
  struct Store {
    std::vector<T> v;
    MinMaxPyramid<T> pyramid;
  };
  TimeAxisPtr time_;
  Between between_;
  std::variant<Store<float>, Store<double>> store_;
};

using SeriesPtr = std::shared_ptr<const Series>;

}  // namespace steppe::gui
