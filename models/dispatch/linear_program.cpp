#include "models/dispatch/linear_program.h"

#include <algorithm>
#include <cmath>

#include "sim/base/error.h"

// COIN's headers do not meet our warnings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <CbcBranchActual.hpp>
#include <CbcModel.hpp>
#include <ClpSimplex.hpp>
#include <CoinPackedMatrix.hpp>
#include <OsiClpSolverInterface.hpp>
#pragma GCC diagnostic pop

namespace steppe::models {
namespace {

double bound(double b) { return b >= kFree ? COIN_DBL_MAX : b <= -kFree ? -COIN_DBL_MAX : b; }

LinearProgram::Status status_of(const ClpSimplex& s) {
  switch (s.status()) {
    case 0:
      return LinearProgram::Status::optimal;
    case 1:
      return LinearProgram::Status::infeasible;
    default:
      return LinearProgram::Status::failed;
  }
}

}  // namespace

struct LinearProgram::Impl {
  ClpSimplex clp;
  std::vector<double> lo, hi, cost, row_lo, row_hi, value;
  std::vector<int> row_index, column_index;
  std::vector<double> element;
};

LinearProgram::LinearProgram() : impl_(std::make_unique<Impl>()) { impl_->clp.setLogLevel(0); }
LinearProgram::~LinearProgram() = default;

int LinearProgram::add_column(double lo, double hi, double cost) {
  impl_->lo.push_back(bound(lo));
  impl_->hi.push_back(bound(hi));
  impl_->cost.push_back(cost);
  return columns_++;
}

int LinearProgram::add_row(double lo, double hi, std::span<const Entry> entries) {
  impl_->row_lo.push_back(bound(lo));
  impl_->row_hi.push_back(bound(hi));
  for (const auto& [column, coefficient] : entries) {
    impl_->row_index.push_back(rows_);
    impl_->column_index.push_back(column);
    impl_->element.push_back(coefficient);
  }
  return rows_++;
}

void LinearProgram::build() {
  Impl& m = *impl_;
  const CoinPackedMatrix matrix(true, m.row_index.data(), m.column_index.data(), m.element.data(),
                                static_cast<CoinBigIndex>(m.element.size()));
  CoinPackedMatrix sized(matrix);
  sized.setDimensions(rows_, columns_);
  m.clp.loadProblem(sized, m.lo.data(), m.hi.data(), m.cost.data(), m.row_lo.data(),
                    m.row_hi.data());
}

void LinearProgram::set_column(int column, double lo, double hi, double cost) {
  impl_->clp.setColumnBounds(column, bound(lo), bound(hi));
  impl_->clp.setObjectiveCoefficient(column, cost);
}
void LinearProgram::set_upper(int column, double hi) {
  impl_->clp.setColumnUpper(column, bound(hi));
}
void LinearProgram::set_bounds(int column, double lo, double hi) {
  impl_->clp.setColumnBounds(column, bound(lo), bound(hi));
}
void LinearProgram::set_row(int row, double lo, double hi) {
  impl_->clp.setRowBounds(row, bound(lo), bound(hi));
}
void LinearProgram::set_coefficient(int row, int column, double value) {
  impl_->clp.modifyCoefficient(row, column, value);
}

LinearProgram::Status LinearProgram::solve(double cutoff) {
  ClpSimplex& s = impl_->clp;
  s.setDualObjectiveLimit(bound(cutoff));
  s.dual();
  s.setDualObjectiveLimit(COIN_DBL_MAX);
  // A last iterate that is optimal but for a scaled tolerance is polished from the other side.
  if (s.status() == 0 && s.secondaryStatus() > 0) s.primal(1);
  if (s.status() > 1) s.primal();
  impl_->value.assign(s.primalColumnSolution(), s.primalColumnSolution() + columns_);
  return status_of(s);
}

LinearProgram::Status LinearProgram::solve_with_choices(std::span<const std::pair<int, int>> one_of,
                                                        int nodes) {
  ClpSimplex& s = impl_->clp;
  OsiClpSolverInterface osi(&s, false);
  osi.messageHandler()->setLogLevel(0);
  CbcModel model(osi);
  model.setLogLevel(0);
  model.messageHandler()->setLogLevel(0);
  model.solver()->messageHandler()->setLogLevel(0);
  std::vector<CbcSOS> sets;
  sets.reserve(one_of.size());
  const double weights[2] = {1.0, 2.0};
  for (const auto& [a, b] : one_of) {
    const int members[2] = {a, b};
    sets.emplace_back(&model, 2, members, weights, static_cast<int>(sets.size()), 1);
  }
  std::vector<CbcObject*> objects;
  for (auto& o : sets) objects.push_back(&o);
  if (!objects.empty()) model.addObjects(static_cast<int>(objects.size()), objects.data());
  model.setMaximumNodes(nodes);
  model.setAllowableFractionGap(1e-4);
  model.branchAndBound();
  if (!model.bestSolution())
    return model.isProvenInfeasible() ? Status::infeasible : Status::failed;
  const std::vector<double> best(model.bestSolution(), model.bestSolution() + columns_);
  // The choices as bounds: the linear program then has the dual values that belong to them.
  std::vector<std::pair<double, double>> saved;
  std::vector<int> fixed;
  const auto fix = [&](int c, double v) {
    fixed.push_back(c);
    saved.emplace_back(s.columnLower()[c], s.columnUpper()[c]);
    s.setColumnBounds(c, v, v);
  };
  for (const auto& [a, b] : one_of)
    fix(best[static_cast<size_t>(a)] <= best[static_cast<size_t>(b)] ? a : b, 0.0);
  const Status status = solve();
  for (size_t i = 0; i < fixed.size(); ++i)
    s.setColumnBounds(fixed[i], saved[i].first, saved[i].second);
  return status;
}

int LinearProgram::iterations() const { return impl_->clp.numberIterations(); }
double LinearProgram::objective() const { return impl_->clp.objectiveValue(); }
double LinearProgram::value(int column) const { return impl_->value[static_cast<size_t>(column)]; }
double LinearProgram::activity(int row) const { return impl_->clp.primalRowSolution()[row]; }
double LinearProgram::dual(int row) const { return impl_->clp.dualRowSolution()[row]; }
double LinearProgram::reduced_cost(int column) const {
  return impl_->clp.dualColumnSolution()[column];
}

double LinearProgram::dual_objective() const {
  const ClpSimplex& s = impl_->clp;
  double sum = 0.0;
  const auto side = [&](double d, double lo, double hi) {
    if (std::abs(d) < 1e-9) return true;
    const double b = d > 0.0 ? lo : hi;
    if (std::abs(b) >= kFree) return false;
    sum += d * b;
    return true;
  };
  for (int i = 0; i < rows_; ++i)
    if (!side(s.dualRowSolution()[i], s.rowLower()[i], s.rowUpper()[i])) return -kFree;
  for (int j = 0; j < columns_; ++j)
    if (!side(s.dualColumnSolution()[j], s.columnLower()[j], s.columnUpper()[j])) return -kFree;
  return sum;
}

}  // namespace steppe::models
