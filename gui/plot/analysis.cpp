#include "gui/plot/analysis.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace steppe::gui {

namespace {

/// In-place radix-2 transform; the size is a power of two.
void fourier(std::vector<std::complex<double>>& a) {
  const size_t n = a.size();
  for (size_t i = 1, j = 0; i < n; ++i) {
    size_t bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(a[i], a[j]);
  }
  for (size_t length = 2; length <= n; length <<= 1) {
    const auto step = std::polar(1.0, -2.0 * std::numbers::pi / static_cast<double>(length));
    for (size_t i = 0; i < n; i += length) {
      std::complex<double> w = 1.0;
      for (size_t k = 0; k < length / 2; ++k, w *= step) {
        const auto u = a[i + k], v = a[i + k + length / 2] * w;
        a[i + k] = u + v;
        a[i + k + length / 2] = u - v;
      }
    }
  }
}

}  // namespace

std::vector<LinePoint> duration_curve(const Series& s, double t0, double t1, size_t points) {
  struct Piece {
    double value, time;
  };
  std::vector<Piece> pieces;
  const auto [first, last] = s.visible(t0, t1);
  double total = 0.0;
  for (size_t i = first; i + 1 < last; ++i) {
    const double a = std::max(t0, s.t(i)), b = std::min(t1, s.t(i + 1));
    if (b <= a || std::isnan(s.v(i))) continue;
    const double next = s.v(i + 1);
    const double value =
        s.between() == Between::hold || std::isnan(next) ? s.v(i) : 0.5 * (s.v(i) + next);
    pieces.push_back({value, b - a});
    total += b - a;
  }
  if (pieces.empty() || total <= 0.0) return {};
  std::sort(pieces.begin(), pieces.end(),
            [](const Piece& a, const Piece& b) { return a.value > b.value; });
  std::vector<LinePoint> out{{0.0, pieces.front().value}};
  double time = 0.0;
  for (const auto& p : pieces) {
    time += p.time;
    const double share = time / total;
    if (share - out.back().t >= 1.0 / static_cast<double>(points) || &p == &pieces.back())
      out.push_back({share, p.value});
  }
  return out;
}

std::vector<LinePoint> spectrum(const Series& s, double t0, double t1) {
  const auto [first, last] = s.visible(t0, t1);
  if (last - first < 8) return {};
  t0 = std::max(t0, s.t(first));
  t1 = std::min(t1, s.t(last - 1));
  constexpr size_t kMost = 1 << 16;
  size_t n = 8;
  while (n * 2 <= std::min(kMost, last - first)) n *= 2;
  const double dt = (t1 - t0) / static_cast<double>(n);
  if (!(dt > 0.0)) return {};
  std::vector<std::complex<double>> a(n);
  double mean = 0.0;
  for (size_t i = 0; i < n; ++i) {
    const auto v = s.at(t0 + dt * static_cast<double>(i));
    a[i] = v.value_or(0.0);
    mean += a[i].real() / static_cast<double>(n);
  }
  for (size_t i = 0; i < n; ++i) {
    const double phase = 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n);
    a[i] = (a[i] - mean) * 0.5 * (1.0 - std::cos(phase));
  }
  fourier(a);
  std::vector<LinePoint> out;
  // Half of the power is on the other side, and the window takes half of the amplitude.
  for (size_t k = 1; k <= n / 2; ++k)
    out.push_back({static_cast<double>(k) / (dt * static_cast<double>(n)),
                   4.0 * std::abs(a[k]) / static_cast<double>(n)});
  return out;
}

std::vector<std::vector<LinePoint>> percentile_lines(const Series& s, double t0, double t1,
                                                     const std::vector<double>& shares,
                                                     size_t windows) {
  std::vector<std::vector<LinePoint>> out(shares.size());
  const auto [first, last] = s.visible(t0, t1);
  // Less than a handful of samples in a span has no percentiles worth the name.
  constexpr size_t kLeast = 8;
  windows = std::clamp<size_t>((last - first) / kLeast, 1, std::max<size_t>(1, windows));
  const double step = (t1 - t0) / static_cast<double>(windows);
  std::vector<double> values;
  size_t i = first;
  while (i < last && s.t(i) < t0) ++i;
  for (size_t w = 0; w < windows; ++w) {
    values.clear();
    const double begin = t0 + step * static_cast<double>(w);
    for (; i < last && s.t(i) <= t1 && (s.t(i) < begin + step || w + 1 == windows); ++i)
      if (!std::isnan(s.v(i))) values.push_back(s.v(i));
    std::sort(values.begin(), values.end());
    for (size_t k = 0; k < shares.size(); ++k) {
      double v = std::nan("");
      if (!values.empty()) {
        const double rank = shares[k] * static_cast<double>(values.size() - 1);
        const auto low = static_cast<size_t>(rank);
        const size_t high = std::min(low + 1, values.size() - 1);
        v = values[low] + (rank - static_cast<double>(low)) * (values[high] - values[low]);
      }
      out[k].push_back({begin + 0.5 * step, v});
    }
  }
  return out;
}

std::vector<LinePoint> xy_curve(const Series& x, const Series& y, double t0, double t1,
                                size_t points) {
  const auto [first, last] = x.visible(t0, t1);
  const size_t stride = std::max<size_t>(1, (last - first) / std::max<size_t>(1, points));
  std::vector<LinePoint> out;
  for (size_t i = first; i < last; i += stride) {
    const auto v = y.at(x.t(i));
    if (v && !std::isnan(x.v(i))) out.push_back({x.v(i), *v});
  }
  return out;
}

SeriesPtr difference_of(const Series& b, const Series& a) {
  if (a.size() == 0 || b.size() == 0) return nullptr;
  const double begin = a.t(0), end = a.t(a.size() - 1);
  auto time = std::make_shared<TimeAxis>();
  std::vector<double> values;
  size_t near = 0;  // the sample of `a` before the instant: both go forward together
  for (size_t i = 0; i < b.size(); ++i) {
    const double t = b.t(i);
    if (t < begin || t > end) continue;
    while (near + 1 < a.size() && a.t(near + 1) <= t) ++near;
    double other = a.v(near);
    if (a.between() == Between::linear && near + 1 < a.size() && a.t(near) < t)
      other += (t - a.t(near)) / (a.t(near + 1) - a.t(near)) * (a.v(near + 1) - a.v(near));
    time->push_back(t);
    values.push_back(b.v(i) - other);
  }
  if (time->empty()) return nullptr;
  auto out = std::make_shared<Series>(std::move(time), b.between());
  out->append(values);
  return out;
}

}  // namespace steppe::gui
