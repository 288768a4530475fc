#pragma once
// Sparse LU of one fixed pattern (SuiteSparse KLU): analysed once, factored and solved many times.
#include <memory>
#include <vector>

namespace steppe::solve {

/// KLU's number for the ordering by minimum degree (AMD), which suits these patterns. SUNDIALS
/// takes COLAMD unless told otherwise: four times the nonzeros at 10 303 unknowns, 180 times the
/// work.
inline constexpr int kMinimumDegree = 0;

class Klu {
 public:
  /// Compressed columns of an n × n matrix; the arrays must outlive the object.
  Klu(int n, const std::vector<int>& col_ptr, const std::vector<int>& row_index);
  ~Klu();
  Klu(const Klu&) = delete;
  Klu& operator=(const Klu&) = delete;
  /// Numeric factorisation with partial pivoting. False: singular (see singular_column()).
  bool factor(const double* values);
  /// The same with the pivots of the last factor(), at a fraction of the cost. False: there are
  /// none, or they do not suit these values; then nothing is factored.
  bool refactor(const double* values);
  /// x ← A⁻¹·x
  void solve(double* x);
  int singular_column() const { return singular_column_; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  int singular_column_ = -1;
};

}  // namespace steppe::solve
