// Reference integrator: SUNDIALS IDAS (variable-order BDF) with KLU and the exact sparse Jacobian.
// Ledger integrals are its quadratures, guards its roots. It restarts after every change of a held
// input, so it is meant for checking, and for runs whose inputs are smooth.
#include <fmt/format.h>
#include <idas/idas.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <sundials/sundials_context.hpp>

#include "sim/solve/integrator.h"
#include "sim/solve/klu.h"

namespace steppe::solve {
namespace {

using core::Ledger;
using core::System;

class Ida final : public Integrator {
 public:
  Ida(System& s, double t0) : s_(s), n_(static_cast<sunindextype>(s.size())), t_(t0) {
    y_ = N_VNew_Serial(n_, context_);
    yp_ = N_VNew_Serial(n_, context_);
    atol_ = N_VNew_Serial(n_, context_);
    ledger_ = base_ = rates_ = core::Ledger(s.ledger_rows().size());
    quad_ = N_VNew_Serial(static_cast<sunindextype>(core::kAccounts * ledger_.rows()), context_);
    for (size_t i = 0; i < s.unknowns.size(); ++i) data(atol_)[i] = s.unknowns[i].atol;
    matrix_ = SUNSparseMatrix(n_, n_, static_cast<sunindextype>(s.nnz()), CSC_MAT, context_);
    solver_ = SUNLinSol_KLU(y_, matrix_, context_);
    SUNLinSol_KLUSetOrdering(solver_, kMinimumDegree);
    jac_.resize(static_cast<size_t>(s.nnz()) + 1);
    f_.resize(s.unknowns.size());
    roots_.resize(static_cast<size_t>(std::max(1, s.n_guards)));
    mem_ = IDACreate(context_);
    load_vectors();
    check(IDAInit(mem_, residual, t0, y_, yp_), "IDAInit");
    check(IDASetUserData(mem_, this), "IDASetUserData");
    check(IDASVtolerances(mem_, 1e-5, atol_), "IDASVtolerances");
    check(IDASetLinearSolver(mem_, solver_, matrix_), "IDASetLinearSolver");
    check(IDASetJacFn(mem_, jacobian), "IDASetJacFn");
    IDASetErrHandlerFn(
        mem_, [](int, const char*, const char*, char*, void*) {}, nullptr);
    IDASetMaxNumSteps(mem_, -1);
    IDASetNonlinConvCoef(mem_, 0.01);
    if (s.n_guards > 0) check(IDARootInit(mem_, s.n_guards, guards), "IDARootInit");
    N_VConst(0.0, quad_);
    check(IDAQuadInit(mem_, quadratures, quad_), "IDAQuadInit");
    IDASetQuadErrCon(mem_, SUNFALSE);
  }
  ~Ida() override {
    IDAFree(&mem_);
    SUNLinSolFree(solver_);
    SUNMatDestroy(matrix_);
    for (N_Vector v : {y_, yp_, atol_, quad_}) N_VDestroy(v);
  }

  void set_options(const Options& o) override {
    o_ = o;
    for (size_t i = 0; i < s_.unknowns.size(); ++i)
      data(atol_)[i] = o.atol_factor * s_.unknowns[i].atol;
    IDASVtolerances(mem_, o.rtol, atol_);
    IDASetMaxStep(mem_, o.max_step);
  }
  void restart(double t) override {
    if (started_) absorb();
    t_ = t;
    started_ = false;
    ++stats_.restarts;
  }
  void input_changed(double t) override {
    if (const auto why = make_consistent(s_, t, o_.rtol, stats_); !why.empty())
      throw SolveError("no consistent values after an input changed " + why);
    restart(t);
  }
  Ledger& ledger() override { return ledger_; }

  double advance(double t_stop, std::vector<int>& fired) override {
    fired.clear();
    if (!started_) begin();
    IDASetStopTime(mem_, t_stop);
    double t = t_;
    const int flag = IDASolve(mem_, t_stop, &t, y_, yp_, IDA_ONE_STEP);
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    if (flag < 0) {
      s_.residual(t_, s_.y.data(), f_.data());
      std::vector<double> change(s_.unknowns.size());
      N_Vector e = N_VNew_Serial(n_, context_);
      if (IDAGetEstLocalErrors(mem_, e) == IDA_SUCCESS)
        std::copy(data(e), data(e) + n_, change.begin());
      N_VDestroy(e);
      throw SolveError(fmt::format("IDA stopped with flag {} ({}) {}", flag,
                                   IDAGetReturnFlagName(flag),
                                   diagnose(s_, t_, f_.data(), change.data(), o_.rtol)));
    }
    t_ = t;
    std::copy(data(y_), data(y_) + n_, s_.y.begin());
    ++stats_.steps;
    if (flag == IDA_ROOT_RETURN) {
      IDAGetRootInfo(mem_, roots_.data());
      for (int i = 0; i < s_.n_guards; ++i)
        if (roots_[static_cast<size_t>(i)] > 0) fired.push_back(i);
    }
    update_ledger();
    return t_;
  }

  // IDA keeps a history of steps that a checkpoint does not hold: the run continues with a restart
  // (order 1) from y.
  void save(core::StateWriter& w) const override {
    w.put(t_);
    w.put(ledger_.values());
    w.put(stats_);
  }
  void load(core::StateReader& r) override {
    r.get(t_);
    r.get(ledger_.values());
    r.get(stats_);
    base_ = ledger_;
    started_ = false;
  }

 private:
  static double* data(N_Vector v) { return N_VGetArrayPointer(v); }
  void check(int flag, const char* what) {
    if (flag < 0)
      throw InternalError(fmt::format("{} failed: {}", what, IDAGetReturnFlagName(flag)));
  }
  /// y from the system; yp of the states from f, of the algebraic unknowns 0.
  void load_vectors() {
    s_.residual(t_, s_.y.data(), f_.data());
    for (size_t i = 0; i < f_.size(); ++i) {
      data(y_)[i] = s_.y[i];
      data(yp_)[i] = s_.mass.empty() || s_.mass[i] == 0.0 ? 0.0 : f_[i] / s_.mass[i];
    }
  }
  void begin() {
    load_vectors();
    check(IDAReInit(mem_, t_, y_, yp_), "IDAReInit");
    N_VConst(0.0, quad_);
    IDAQuadReInit(mem_, quad_);
    IDASetInitStep(mem_, o_.first_step);
    base_ = ledger_;
    started_ = true;
  }
  void update_ledger() {
    double t = t_;
    if (IDAGetQuad(mem_, &t, quad_) != IDA_SUCCESS) return;
    if (t > t_) IDAGetQuadDky(mem_, t_, 0, quad_);  // a root lies inside the step
    const double* q = data(quad_);
    for (size_t i = 0; i < ledger_.rows(); ++i)
      for (size_t a = 0; a < core::kAccounts; ++a) ledger_.row(i)[a] = base_.row(i)[a] + *q++;
  }
  void absorb() {
    long n = 0;
    IDAGetNumResEvals(mem_, &n);
    stats_.residuals += n;
    IDAGetNumJacEvals(mem_, &n);
    stats_.jacobians += n;
    stats_.factorisations += n;
    IDAGetNumNonlinSolvIters(mem_, &n);
    stats_.newton += n;
  }

  template <class F>
  static int guarded(void* user, F f) noexcept {
    auto& self = *static_cast<Ida*>(user);
    try {
      return f(self);
    } catch (...) {
      self.failure_ = std::current_exception();
      return -1;
    }
  }
  static int residual(double t, N_Vector y, N_Vector yp, N_Vector r, void* user) noexcept {
    return guarded(user, [&](Ida& self) {
      System& s = self.s_;
      s.residual(t, data(y), data(r));
      for (size_t i = 0; i < s.unknowns.size(); ++i) {
        data(r)[i] = s.mass[i] * data(yp)[i] - data(r)[i];
        if (!std::isfinite(data(r)[i])) return 1;
      }
      return 0;
    });
  }
  static int jacobian(double t, double cj, N_Vector y, N_Vector, N_Vector, SUNMatrix j, void* user,
                      N_Vector, N_Vector, N_Vector) noexcept {
    return guarded(user, [&](Ida& self) {
      System& s = self.s_;
      s.jacobian(t, data(y), self.jac_.data());
      std::copy(s.col_ptr.begin(), s.col_ptr.end(), SM_INDEXPTRS_S(j));
      std::copy(s.row_index.begin(), s.row_index.end(), SM_INDEXVALS_S(j));
      double* v = SM_DATA_S(j);
      for (size_t k = 0; k < static_cast<size_t>(s.nnz()); ++k) v[k] = -self.jac_[k];
      for (size_t i = 0; i < s.unknowns.size(); ++i) v[s.diagonal[i]] += cj * s.mass[i];
      return 0;
    });
  }
  static int guards(double t, N_Vector y, N_Vector, double* g, void* user) noexcept {
    return guarded(user, [&](Ida& self) {
      self.s_.guards(t, data(y), g);
      return 0;
    });
  }
  static int quadratures(double t, N_Vector y, N_Vector, N_Vector q, void* user) noexcept {
    return guarded(user, [&](Ida& self) {
      self.s_.residual(t, data(y), self.f_.data(), &self.rates_);
      double* to = data(q);
      for (const auto& row : self.rates_.values()) to = std::copy(row.begin(), row.end(), to);
      return 0;
    });
  }

  System& s_;
  sunindextype n_;
  double t_;
  sundials::Context context_;
  N_Vector y_, yp_, atol_, quad_;
  SUNMatrix matrix_;
  SUNLinearSolver solver_;
  void* mem_ = nullptr;
  Options o_;
  bool started_ = false;
  std::exception_ptr failure_;
  std::vector<double> jac_, f_;
  std::vector<int> roots_;
  Ledger ledger_, base_, rates_;
};

}  // namespace

std::unique_ptr<Integrator> make_ida(System& s, double t0) { return std::make_unique<Ida>(s, t0); }

}  // namespace steppe::solve
