#include "gui/plot/series.h"

#include <algorithm>
#include <cmath>

namespace steppe::gui {

namespace {

template <class Store, class T>
void extend(Store& s, std::span<const T> values) {
  const size_t before = s.v.size();
  s.v.resize(before + values.size());
  std::transform(values.begin(), values.end(), s.v.begin() + static_cast<std::ptrdiff_t>(before),
                 [](T x) { return static_cast<typename decltype(s.v)::value_type>(x); });
  s.pyramid.extend(s.v.data(), s.v.size());
}

bool fits_single(double x) {
  return std::isnan(x) || static_cast<double>(static_cast<float>(x)) == x;
}

}  // namespace

void Series::append(std::span<const double> values) {
  if (auto* single = std::get_if<Store<float>>(&store_)) {
    if (std::all_of(values.begin(), values.end(), fits_single)) return extend(*single, values);
    Store<double> wide;
    wide.v.reserve(single->v.capacity());
    wide.v.assign(single->v.begin(), single->v.end());
    store_ = std::move(wide);
  }
  extend(std::get<Store<double>>(store_), values);
}

void Series::append(std::span<const float> values) {
  std::visit([&](auto& s) { extend(s, values); }, store_);
}

void Series::reserve(size_t n) {
  std::visit([n](auto& s) { s.v.reserve(n); }, store_);
}

size_t Series::size() const {
  return std::visit([](const auto& s) { return s.v.size(); }, store_);
}

double Series::v(size_t i) const {
  return std::visit([i](const auto& s) { return static_cast<double>(s.v[i]); }, store_);
}

size_t Series::bytes() const {
  return std::visit(
      [](const auto& s) { return s.v.capacity() * sizeof(s.v[0]) + s.pyramid.bytes(); }, store_);
}

std::pair<size_t, size_t> Series::visible(double t0, double t1) const {
  const auto begin = time_->begin(), end = begin + static_cast<std::ptrdiff_t>(size());
  auto first = std::lower_bound(begin, end, t0);
  auto last = std::upper_bound(first, end, t1);
  if (first != begin) --first;
  if (last != end) ++last;
  return {static_cast<size_t>(first - begin), static_cast<size_t>(last - begin)};
}

std::optional<double> Series::at(double t) const {
  const size_t n = size();
  if (n == 0) return std::nullopt;
  const auto begin = time_->begin(), end = begin + static_cast<std::ptrdiff_t>(n);
  const auto next = static_cast<size_t>(std::upper_bound(begin, end, t) - begin);
  double value;
  if (next == 0) {
    value = v(0);
  } else if (next == n || between_ == Between::hold) {
    value = v(next - 1);
  } else {
    const double a = this->t(next - 1), b = this->t(next);
    const double share = b > a ? (t - a) / (b - a) : 0.0;
    // Exactly at a sample the neighbour must not matter, even when it is NaN.
    value = share == 0.0 ? v(next - 1) : v(next - 1) + share * (v(next) - v(next - 1));
  }
  if (std::isnan(value)) return std::nullopt;
  return value;
}

Extremes<double> Series::extremes(size_t begin, size_t end) const {
  return std::visit(
      [&](const auto& s) {
        const auto e = s.pyramid.range(s.v.data(), begin, end);
        Extremes<double> out;
        if (e.valid()) out = {static_cast<double>(e.lo), static_cast<double>(e.hi)};
        return out;
      },
      store_);
}

RangeStatistics Series::statistics(double t0, double t1) const {
  RangeStatistics r;
  const auto begin = time_->begin(), end = begin + static_cast<std::ptrdiff_t>(size());
  const auto first = static_cast<size_t>(std::lower_bound(begin, end, t0) - begin);
  const auto last = static_cast<size_t>(std::upper_bound(begin, end, t1) - begin);
  double weight = 0.0, sum = 0.0, squares = 0.0;
  std::vector<double> values;
  values.reserve(last > first ? last - first : 0);
  for (size_t i = first; i < last; ++i) {
    const double x = v(i);
    if (std::isnan(x)) continue;
    values.push_back(x);
    if (r.samples == 0 || x < r.min) r.min = x;
    if (r.samples == 0 || x > r.max) {
      r.max = x;
      r.time_of_max = t(i);
    }
    ++r.samples;
    if (i + 1 >= last || std::isnan(v(i + 1))) continue;
    const double dt = t(i + 1) - t(i), y = v(i + 1);
    weight += dt;
    if (between_ == Between::hold) {
      sum += dt * x;
      squares += dt * x * x;
    } else {
      sum += dt * 0.5 * (x + y);
      squares += dt * (x * x + x * y + y * y) / 3.0;  // exact for a straight line
    }
  }
  if (r.samples == 0) return r;
  r.integral = sum;
  r.mean = weight > 0.0 ? sum / weight : values.front();
  if (weight > 0.0) r.deviation = std::sqrt(std::max(0.0, squares / weight - r.mean * r.mean));
  const auto rank =
      static_cast<std::ptrdiff_t>(std::llround(0.95 * static_cast<double>(values.size() - 1)));
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  r.p95 = values[static_cast<size_t>(rank)];
  return r;
}

void Series::polyline(double t0, double t1, int columns, std::vector<LinePoint>& out) const {
  out.clear();
  const auto [first, last] = visible(t0, t1);
  if (first >= last || columns < 1 || !(t1 > t0)) return;
  const size_t n = last - first;
  if (n <= 2 * static_cast<size_t>(columns)) {
    out.reserve(n);
    for (size_t i = first; i < last; ++i) out.push_back({t(i), v(i)});
    return;
  }
  out.reserve(4 * static_cast<size_t>(columns) + 4);
  const double step = (t1 - t0) / columns;
  const auto begin = time_->begin();
  size_t i = first;
  for (int c = 0; c < columns && i < last; ++c) {
    // The last column also takes the neighbour behind the edge.
    size_t j = last;
    if (c + 1 < columns) {
      const double edge = t0 + step * (c + 1);
      j = static_cast<size_t>(std::lower_bound(begin + static_cast<std::ptrdiff_t>(i),
                                               begin + static_cast<std::ptrdiff_t>(last), edge) -
                              begin);
    }
    if (j == i) continue;
    const auto e = extremes(i, j);
    if (!e.valid()) {
      out.push_back({t(i), std::nan("")});
    } else {
      const double middle = 0.5 * (t(i) + t(j - 1));
      if (!std::isnan(v(i))) out.push_back({t(i), v(i)});
      // Rising columns are drawn low first, so that a straight ramp stays one line.
      const bool rising = !(v(j - 1) < v(i));
      out.push_back({middle, rising ? e.lo : e.hi});
      out.push_back({middle, rising ? e.hi : e.lo});
      if (!std::isnan(v(j - 1))) out.push_back({t(j - 1), v(j - 1)});
    }
    i = j;
  }
}

}  // namespace steppe::gui
