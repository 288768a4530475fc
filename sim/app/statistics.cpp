#include "sim/app/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "sim/base/rng.h"

namespace steppe::app {

double quantile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return std::nan("");
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<size_t>(std::floor(at));
  const size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

namespace {

std::vector<double> ranks(const std::vector<double>& x) {
  std::vector<size_t> order(x.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return x[a] < x[b]; });
  std::vector<double> out(x.size());
  for (size_t i = 0; i < order.size();) {
    size_t j = i;
    while (j < order.size() && x[order[j]] == x[order[i]]) ++j;
    for (size_t k = i; k < j; ++k) out[order[k]] = 0.5 * static_cast<double>(i + j - 1);
    i = j;
  }
  return out;
}

/// Rows in which both are numbers.
void both(const std::vector<double>& x, const std::vector<double>& y, std::vector<double>& a,
          std::vector<double>& b) {
  for (size_t i = 0; i < x.size(); ++i)
    if (!std::isnan(x[i]) && !std::isnan(y[i])) {
      a.push_back(x[i]);
      b.push_back(y[i]);
    }
}

double mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

}  // namespace

double rank_correlation(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> a, b;
  both(x, y, a, b);
  if (a.size() < 2) return std::nan("");
  const auto ra = ranks(a), rb = ranks(b);
  const double ma = mean(ra), mb = mean(rb);
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (size_t i = 0; i < ra.size(); ++i) {
    ab += (ra[i] - ma) * (rb[i] - mb);
    aa += (ra[i] - ma) * (ra[i] - ma);
    bb += (rb[i] - mb) * (rb[i] - mb);
  }
  return aa > 0.0 && bb > 0.0 ? ab / std::sqrt(aa * bb) : std::nan("");
}

double correlation_ratio(const std::vector<double>& x, const std::vector<double>& y) {
  constexpr size_t kMostLevels = 20, kClasses = 10;
  std::vector<double> a, b;
  both(x, y, a, b);
  if (a.size() < 2) return std::nan("");
  std::vector<double> group = a;
  if (std::set<double>(a.begin(), a.end()).size() > kMostLevels) {
    group = ranks(a);
    for (double& g : group)
      g = std::floor(g * static_cast<double>(kClasses) / static_cast<double>(a.size()));
  }
  struct Sum {
    double n = 0.0, y = 0.0;
  };
  std::map<double, Sum> groups;
  for (size_t i = 0; i < b.size(); ++i) {
    groups[group[i]].n += 1.0;
    groups[group[i]].y += b[i];
  }
  const double m = mean(b);
  double total = 0.0, between = 0.0;
  for (double v : b) total += (v - m) * (v - m);
  for (const auto& [g, s] : groups) between += s.n * (s.y / s.n - m) * (s.y / s.n - m);
  // A KPI that differs by rounding alone is constant.
  const double noise = 1e-12 * std::abs(m);
  return groups.size() > 1 && total > noise * noise * static_cast<double>(b.size())
             ? std::min(1.0, between / total)
             : std::nan("");
}

std::vector<size_t> pareto(const std::vector<double>& a, bool a_max, const std::vector<double>& b,
                           bool b_max) {
  std::vector<size_t> order;
  for (size_t i = 0; i < a.size(); ++i)
    if (!std::isnan(a[i]) && !std::isnan(b[i])) order.push_back(i);
  auto key_a = [&](size_t i) { return a_max ? -a[i] : a[i]; };
  auto key_b = [&](size_t i) { return b_max ? -b[i] : b[i]; };
  std::stable_sort(order.begin(), order.end(), [&](size_t i, size_t j) {
    return key_a(i) != key_a(j) ? key_a(i) < key_a(j) : key_b(i) < key_b(j);
  });
  std::vector<size_t> out;
  for (const size_t i : order)
    if (out.empty() || key_b(i) < key_b(out.back())) out.push_back(i);
  return out;
}

std::vector<SobolIndex> sobol_indices(const std::vector<double>& y, size_t k) {
  constexpr size_t kResamples = 1000, kFewest = 8;
  const size_t width = k + 2;
  // Whole base points, centred: the first-order estimator multiplies values, so a large mean costs
  // it its accuracy.
  std::vector<double> v;
  double sum = 0.0;
  for (size_t i = 0; i + width <= y.size(); i += width) {
    const auto from = y.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(from, from + static_cast<std::ptrdiff_t>(width),
                    [](double x) { return std::isnan(x); }))
      continue;
    v.insert(v.end(), from, from + static_cast<std::ptrdiff_t>(width));
    sum += *from + *(from + 1);
  }
  const size_t n = v.size() / width;
  if (n < kFewest) return {};
  const double centre = sum / static_cast<double>(2 * n);
  for (double& x : v) x -= centre;
  struct Pair {
    double first = 0.0, total = 0.0;
  };
  auto estimate = [&](const std::vector<size_t>& rows, std::vector<Pair>& out) {
    double s1 = 0.0, s2 = 0.0;
    out.assign(k, {});
    for (const size_t r : rows) {
      const double *f = &v[r * width], a = f[0], b = f[1];
      s1 += a + b;
      s2 += a * a + b * b;
      for (size_t j = 0; j < k; ++j) {
        out[j].first += b * (f[2 + j] - a);
        out[j].total += 0.5 * (a - f[2 + j]) * (a - f[2 + j]);
      }
    }
    const auto m = static_cast<double>(rows.size());
    const double variance = s2 / (2 * m) - (s1 / (2 * m)) * (s1 / (2 * m));
    for (auto& p : out) {
      p.first /= m * variance;
      p.total /= m * variance;
    }
    return variance;
  };
  std::vector<size_t> rows(n);
  std::iota(rows.begin(), rows.end(), size_t{0});
  std::vector<Pair> best, sample;
  const double variance = estimate(rows, best);
  if (!(variance > 1e-24 * centre * centre)) return {};
  std::vector<std::vector<double>> first(k), total(k);
  Rng rng(1, "bootstrap");
  for (size_t b = 0; b < kResamples; ++b) {
    for (auto& r : rows) r = static_cast<size_t>(rng.uniform() * static_cast<double>(n));
    if (!(estimate(rows, sample) > 0.0)) continue;
    for (size_t j = 0; j < k; ++j) {
      first[j].push_back(sample[j].first);
      total[j].push_back(sample[j].total);
    }
  }
  std::vector<SobolIndex> out;
  for (size_t j = 0; j < k; ++j) {
    std::sort(first[j].begin(), first[j].end());
    std::sort(total[j].begin(), total[j].end());
    out.push_back({best[j].first, quantile(first[j], 0.025), quantile(first[j], 0.975),
                   best[j].total, quantile(total[j], 0.025), quantile(total[j], 0.975)});
  }
  return out;
}

}  // namespace steppe::app
