#include "sim/solve/klu.h"

#include <klu.h>

#include "sim/base/error.h"

namespace steppe::solve {

struct Klu::Impl {
  int n;
  int* ap;
  int* ai;
  klu_common common;
  klu_symbolic* symbolic = nullptr;
  klu_numeric* numeric = nullptr;
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
  return ok;
}

bool Klu::refactor(const double* values) {
  // Below this the old pivots lose more than half of the digits; they are then chosen anew.
  constexpr double kLeastPivotGrowth = 1e-8;
  if (!impl_->numeric) return false;
  auto* v = const_cast<double*>(values);
  auto* c = &impl_->common;
  return klu_refactor(impl_->ap, impl_->ai, v, impl_->symbolic, impl_->numeric, c) &&
         c->status == KLU_OK &&
         klu_rgrowth(impl_->ap, impl_->ai, v, impl_->symbolic, impl_->numeric, c) &&
         c->rgrowth > kLeastPivotGrowth;
}

void Klu::solve(double* x) {
  STEPPE_CHECK(impl_->numeric != nullptr);
  klu_solve(impl_->symbolic, impl_->numeric, impl_->n, 1, x, &impl_->common);
}

}  // namespace steppe::solve
