#include "sim/solve/klu.h"

#include <klu.h>

#include <tuple>
#include <utility>

#include "sim/base/error.h"

namespace steppe::solve {

struct Klu::Impl {
  int n;
  int* ap;
  int* ai;
  klu_common common;
  klu_symbolic* symbolic = nullptr;
  klu_numeric* numeric = nullptr;

  /// Compressed columns.
  struct Columns {
    std::vector<int> begin, row;
    std::vector<double> value;
    /// x[row] -= value · by, for the entries [from, to).
    void subtract(double* x, double by, int from, int to) const {
      const int* r = row.data();
      const double* v = value.data();
      for (int p = from; p < to; ++p) x[r[p]] -= v[p] * by;
    }
  };
  // The factors, flat: R⁻¹A permuted by rows and columns is L·U + off, block upper triangular.
  Columns lower, upper, off;
  std::vector<int> row_of, column_of, block;
  std::vector<double> scale, pivot, x;  ///< one over the rows' scales and the diagonal of U

  void take_factors() {
    const auto count = [](int k) { return static_cast<size_t>(k); };
    const auto size = count(n);
    for (auto [c, entries] : {std::pair{&lower, numeric->lnz}, std::pair{&upper, numeric->unz},
                              std::pair{&off, numeric->nzoff}}) {
      c->begin.resize(size + 1);
      c->row.resize(count(entries));
      c->value.resize(count(entries));
    }
    for (auto* v : {&row_of, &column_of}) v->resize(size);
    block.resize(count(symbolic->nblocks) + 1);
    for (auto* v : {&scale, &pivot, &x}) v->resize(size);
    STEPPE_CHECK(klu_extract(numeric, symbolic, lower.begin.data(), lower.row.data(),
                             lower.value.data(), upper.begin.data(), upper.row.data(),
                             upper.value.data(), off.begin.data(), off.row.data(), off.value.data(),
                             row_of.data(), column_of.data(), scale.data(), block.data(), &common));
    // A factorisation serves dozens of solutions, whose chains would wait for every division. In a
    // column the diagonal stands first in L, where it is 1, and last in U.
    for (size_t k = 0; k < size; ++k) {
      scale[k] = 1.0 / scale[k];
      pivot[k] = 1.0 / upper.value[count(upper.begin[k + 1]) - 1];
    }
  }
};

Klu::Klu(int n, const std::vector<int>& col_ptr, const std::vector<int>& row_index)
    : impl_(std::make_unique<Impl>()) {
  impl_->n = n;
  impl_->ap = const_cast<int*>(col_ptr.data());  // KLU reads only
  impl_->ai = const_cast<int*>(row_index.data());
  klu_defaults(&impl_->common);
  impl_->symbolic = klu_analyze(n, impl_->ap, impl_->ai, &impl_->common);
  if (!impl_->symbolic)
    throw InternalError("sparse analysis failed: the matrix is structurally singular");
}

Klu::~Klu() {
  klu_free_numeric(&impl_->numeric, &impl_->common);
  klu_free_symbolic(&impl_->symbolic, &impl_->common);
}

bool Klu::factor(const double* values) {
  klu_free_numeric(&impl_->numeric, &impl_->common);
  impl_->numeric = klu_factor(impl_->ap, impl_->ai, const_cast<double*>(values), impl_->symbolic,
                              &impl_->common);
  const bool ok = impl_->numeric && impl_->common.status == KLU_OK;
  singular_column_ = ok ? -1 : impl_->common.singular_col;
  if (ok) impl_->take_factors();
  return ok;
}

bool Klu::refactor(const double* values) {
  // Below this the old pivots lose more than half of the digits; they are then chosen anew.
  constexpr double kLeastPivotGrowth = 1e-8;
  if (!impl_->numeric) return false;
  auto* v = const_cast<double*>(values);
  auto* c = &impl_->common;
  const bool ok = klu_refactor(impl_->ap, impl_->ai, v, impl_->symbolic, impl_->numeric, c) &&
                  c->status == KLU_OK &&
                  klu_rgrowth(impl_->ap, impl_->ai, v, impl_->symbolic, impl_->numeric, c) &&
                  c->rgrowth > kLeastPivotGrowth;
  if (ok) impl_->take_factors();
  return ok;
}

void Klu::solve(double* b) {
  STEPPE_CHECK(impl_->numeric != nullptr);
  const auto& [lower, upper, off] = std::tie(impl_->lower, impl_->upper, impl_->off);
  double* x = impl_->x.data();
  const auto n = static_cast<size_t>(impl_->n);
  for (size_t k = 0; k < n; ++k) {
    const auto row = static_cast<size_t>(impl_->row_of[k]);
    x[k] = b[row] * impl_->scale[k];
  }
  for (int i = impl_->symbolic->nblocks; i-- > 0;) {
    const auto from = static_cast<size_t>(impl_->block[static_cast<size_t>(i)]),
               to = static_cast<size_t>(impl_->block[static_cast<size_t>(i) + 1]);
    if (to - from > 1)
      for (size_t k = from; k < to; ++k)
        lower.subtract(x, x[k], lower.begin[k] + 1, lower.begin[k + 1]);
    for (size_t k = to; k-- > from;) {
      x[k] *= impl_->pivot[k];
      upper.subtract(x, x[k], upper.begin[k], upper.begin[k + 1] - 1);
    }
    for (size_t k = from; k < to; ++k) off.subtract(x, x[k], off.begin[k], off.begin[k + 1]);
  }
  for (size_t k = 0; k < n; ++k) b[static_cast<size_t>(impl_->column_of[k])] = x[k];
}

}  // namespace steppe::solve
