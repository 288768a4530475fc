#pragma once
// Statistics of columns of numbers. NaN marks a row that has no such number; it never takes part.
#include <cstddef>
#include <cstdint>
#include <vector>

namespace steppe::app {

/// Quantile by linear interpolation between order statistics (type 7); NaN when empty. `sorted`
/// ascending.
double quantile(const std::vector<double>& sorted, double p);
/// Spearman's rank correlation with mean ranks for ties; NaN when one side is constant.
double rank_correlation(const std::vector<double>& x, const std::vector<double>& y);
/// Part of the variance of y that x explains: Var(E[y|x]) / Var(y), by the distinct values of x or,
/// when there are more than 20, by 10 classes of equal count. NaN when y is constant.
double correlation_ratio(const std::vector<double>& x, const std::vector<double>& y);
/// Rows that no other row beats in both numbers, in the order of `a`; NaN never takes part.
std::vector<size_t> pareto(const std::vector<double>& a, bool a_max, const std::vector<double>& b,
                           bool b_max);

/// Sobol's indices of one input with their 95 % confidence intervals.
struct SobolIndex {
  double first = 0.0, first_low = 0.0, first_high = 0.0;  ///< share of the variance by it alone
  double total = 0.0, total_low = 0.0, total_high = 0.0;  ///< and with all its interactions
};
/// From the results of a Saltelli design: for each of n base points k + 2 numbers, those of A, of B
/// and of A with column j from B, in this order. First order by [Saltelli 2010, tab. 2 (b)], total
/// by [Jansen 1999]; intervals from percentiles of 1000 bootstrap samples of the base points. A
/// base point that lacks a number is left out. Empty when fewer than 8 base points are whole or
/// nothing varies.
std::vector<SobolIndex> sobol_indices(const std::vector<double>& y, size_t k);

}  // namespace steppe::app
