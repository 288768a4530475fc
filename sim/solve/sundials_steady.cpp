// Steady start: KINSOL (Newton with line search on the exact sparse Jacobian); if it fails,
// pseudo-transient continuation.
#include <fmt/format.h>
#include <kinsol/kinsol.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

#include <algorithm>
#include <cmath>
#include <sundials/sundials_context.hpp>

#include "sim/solve/integrator.h"
#include "sim/solve/klu.h"
#include "sim/solve/newton.h"

namespace steppe::solve {
namespace {

using core::System;

struct Problem {
  System& s;
  double t;
  std::vector<double> start;  ///< values of the held unknowns

  bool held(size_t i) const { return s.unknowns[i].initial; }
  void residual(const double* y, double* f) const {
    s.residual(t, y, f);
    for (size_t i = 0; i < start.size(); ++i)
      if (held(i)) f[i] = start[i] - y[i];
  }
  void jacobian(const double* y, double* values) const {
    s.jacobian(t, y, values);
    for (size_t c = 0; c < start.size(); ++c)
      for (int k = s.col_ptr[c]; k < s.col_ptr[c + 1]; ++k) {
        const auto row = static_cast<size_t>(s.row_index[static_cast<size_t>(k)]);
        if (held(row)) values[k] = row == c ? -1.0 : 0.0;
      }
  }
};

int kin_residual(N_Vector y, N_Vector f, void* data) noexcept {
  try {
    const auto& p = *static_cast<Problem*>(data);
    p.residual(N_VGetArrayPointer(y), N_VGetArrayPointer(f));
    for (size_t i = 0; i < p.start.size(); ++i)
      if (!std::isfinite(N_VGetArrayPointer(f)[i])) return 1;
    return 0;
  } catch (...) {
    return -1;
  }
}

int kin_jacobian(N_Vector y, N_Vector, SUNMatrix j, void* data, N_Vector, N_Vector) noexcept {
  try {
    const auto& p = *static_cast<Problem*>(data);
    std::copy(p.s.col_ptr.begin(), p.s.col_ptr.end(), SM_INDEXPTRS_S(j));
    std::copy(p.s.row_index.begin(), p.s.row_index.end(), SM_INDEXVALS_S(j));
    std::vector<double> values(static_cast<size_t>(p.s.nnz()) + 1);
    p.jacobian(N_VGetArrayPointer(y), values.data());
    std::copy(values.begin(), values.end() - 1, SM_DATA_S(j));
    return 0;
  } catch (...) {
    return -1;
  }
}

bool kinsol(Problem& p, double rtol, int& iterations) {
  sundials::Context context;
  const auto n = static_cast<sunindextype>(p.start.size());
  N_Vector y = N_VNew_Serial(n, context), us = N_VNew_Serial(n, context),
           fs = N_VNew_Serial(n, context);
  SUNMatrix j = SUNSparseMatrix(n, n, static_cast<sunindextype>(p.s.nnz()), CSC_MAT, context);
  SUNLinearSolver ls = SUNLinSol_KLU(y, j, context);
  SUNLinSol_KLUSetOrdering(ls, kMinimumDegree);
  std::vector<double> f(p.start.size());
  p.residual(p.s.y.data(), f.data());
  for (size_t i = 0; i < f.size(); ++i) {
    N_VGetArrayPointer(y)[i] = p.s.y[i];
    N_VGetArrayPointer(us)[i] = 1.0 / (std::abs(p.s.y[i]) + 1e3 * p.s.unknowns[i].atol);
    N_VGetArrayPointer(fs)[i] = 1.0 / (std::abs(f[i]) + 1.0);
  }
  void* mem = KINCreate(context);
  KINInit(mem, kin_residual, y);
  KINSetUserData(mem, &p);
  KINSetPrintLevel(mem, 0);
  KINSetErrHandlerFn(
      mem, [](int, const char*, const char*, char*, void*) {}, nullptr);
  KINSetLinearSolver(mem, ls, j);
  KINSetJacFn(mem, kin_jacobian);
  KINSetNumMaxIters(mem, 100);
  KINSetMaxSetupCalls(mem, 1);
  KINSetScaledStepTol(mem, 1e-13);
  KINSetFuncNormTol(mem, 1e-11);
  const int flag = KINSol(mem, y, KIN_LINESEARCH, us, fs);
  long its = 0;
  KINGetNumNonlinSolvIters(mem, &its);
  iterations = static_cast<int>(its);
  const double* v = N_VGetArrayPointer(y);
  const bool finite = std::all_of(v, v + n, [](double x) { return std::isfinite(x); });
  bool ok =
      (flag == KIN_SUCCESS || flag == KIN_INITIAL_GUESS_OK || flag == KIN_STEP_LT_STPTOL) && finite;
  if (ok) {
    // KINSOL's own test is on scaled residuals; ours is on the Newton correction, in tolerances of
    // the run.
    Klu klu(p.s.size(), p.s.col_ptr, p.s.row_index);
    std::vector<double> values(static_cast<size_t>(p.s.nnz()) + 1);
    p.jacobian(v, values.data());
    p.residual(v, f.data());
    ok = klu.factor(values.data());
    if (ok) {
      klu.solve(f.data());
      ok = wrms(p.s, rtol, v, f.data()) < 1.0;
      for (size_t i = 0; i < f.size(); ++i)
        ok = ok && v[i] >= p.s.unknowns[i].lo && v[i] <= p.s.unknowns[i].hi;
    }
    if (ok)
      for (size_t i = 0; i < f.size(); ++i) p.s.y[i] = v[i] - f[i];
  }
  KINFree(&mem);
  SUNLinSolFree(ls);
  SUNMatDestroy(j);
  for (N_Vector x : {y, us, fs}) N_VDestroy(x);
  return ok;
}

}  // namespace

SteadyResult find_steady(System& s, double t, double rtol) {
  Problem p{s, t, s.y};
  SteadyResult r;
  const auto start = s.y;
  if (kinsol(p, rtol, r.iterations)) {
    r.ok = true;
    r.how = "KINSOL";
    return r;
  }
  s.y = start;
  std::vector<bool> held;
  for (const auto& u : s.unknowns) held.push_back(u.initial);
  // Near the end of a branch (the nose of a voltage, say) KINSOL's test on residuals gives up where
  // one on corrections still converges, and to the branch that it starts on.
  Statistics stats;
  if (damped_newton(s, t, held, rtol, stats).empty()) {
    r.iterations += static_cast<int>(stats.newton);
    r.ok = true;
    r.how = "damped Newton";
    return r;
  }
  r.how = "pseudo-transient";
  r.message = relax(s, t, held, rtol, r.iterations);
  r.ok = r.message.empty();
  return r;
}

}  // namespace steppe::solve
