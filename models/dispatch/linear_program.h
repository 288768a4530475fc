#pragma once
// Linear and mixed-integer programs by COIN-OR CLP and CBC. The only files that include COIN.
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace steppe::models {

inline constexpr double kFree = 1e30;  ///< a bound that is none

/// min cᵀx,  row_lo ≤ A x ≤ row_hi,  lo ≤ x ≤ hi.
///
/// The pattern of the matrix is built once; bounds, costs and coefficients may change between
/// solutions, and each starts from the basis of the last one (dual simplex). Equal input and
/// history give equal bits; an optimum that is unique does not depend on the history but for
/// rounding. Source: [Forrest 2005]. Checked by: tests/unit/dispatch/plan_test.cpp
class LinearProgram {
 public:
  LinearProgram();
  ~LinearProgram();

  using Entry = std::pair<int, double>;  ///< column, coefficient
  int add_column(double lo, double hi, double cost);
  int add_row(double lo, double hi, std::span<const Entry> entries);
  /// Ends the building; no rows or columns after it.
  void build();

  void set_column(int column, double lo, double hi, double cost);
  void set_upper(int column, double hi);
  void set_bounds(int column, double lo, double hi);
  void set_row(int row, double lo, double hi);
  /// Of an entry that was given to add_row.
  void set_coefficient(int row, int column, double value);

  enum class Status { optimal, infeasible, failed };
  /// With a `cutoff` the dual simplex stops when its bound, which only rises, has passed it; the
  /// answer is then `infeasible`: nothing below the cutoff.
  Status solve(double cutoff = kFree);
  /// Pairs of columns of which at most one may differ from zero, over the last solution. Branch and
  /// bound ends at `nodes` nodes with the best found. Afterwards dual values are those of the
  /// program with the choices made.
  Status solve_with_choices(std::span<const std::pair<int, int>> one_of, int nodes = 2000);

  int columns() const { return columns_; }
  int rows() const { return rows_; }
  int iterations() const;    ///< of the last solution
  double objective() const;  ///< cᵀx
  double value(int column) const;
  double activity(int row) const;
  double dual(int row) const;  ///< change of the objective per unit of the row's bound
  double reduced_cost(int column) const;
  /// What the dual values prove as a lower bound of the objective: yᵀb plus reduced costs at their
  /// bounds; −kFree when a dual value has the wrong sign for a bound that is none.
  double dual_objective() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  int columns_ = 0, rows_ = 0;
};

}  // namespace steppe::models
