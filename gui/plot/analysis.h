#pragma once
// What a curve says besides its course: how long it stayed above a value, and at which frequencies
// it swings. No Qt here.
#include <vector>

#include "gui/plot/series.h"

namespace steppe::gui {

/// Duration curve over [t0, t1]: values in falling order against the share of time (0 … 1) in which
/// the curve is at or above them; weighted with time.
std::vector<LinePoint> duration_curve(const Series&, double t0, double t1, size_t points = 500);

/// One-sided amplitude spectrum over [t0, t1]: frequency [Hz] and amplitude in the unit of the
/// curve. Samples are interpolated to at most 2^16 even steps; the mean is taken off and a Hann
/// window laid over.
std::vector<LinePoint> spectrum(const Series&, double t0, double t1);

/// Percentiles of the samples of up to `windows` equal spans of [t0, t1], one line per entry of
/// `shares` (0 … 1), points at the middle of each span; by linear interpolation between order
/// statistics. A span without samples leaves a gap.
std::vector<std::vector<LinePoint>> percentile_lines(const Series&, double t0, double t1,
                                                     const std::vector<double>& shares,
                                                     size_t windows = 120);

/// Values of `y` against those of `x` at the samples of `x` in [t0, t1]: points (x, y), at most
/// `points` of them.
std::vector<LinePoint> xy_curve(const Series& x, const Series& y, double t0, double t1,
                                size_t points = 5000);

/// b − a at the samples of `b` that lie within `a`; null when they share no time.
SeriesPtr difference_of(const Series& b, const Series& a);

}  // namespace steppe::gui
