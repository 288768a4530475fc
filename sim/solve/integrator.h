#pragma once
// What the event loop asks of an integrator, whatever its method. All methods solve M·dy/dt = f(t,
// y) of one System.
#include <memory>
#include <string>
#include <vector>

#include "sim/core/system.h"

namespace steppe::solve {

enum class Method { sdirk, ida };

struct Options {
  double rtol = 1e-5;
  double atol_factor = 1.0;  ///< on every unknown's own atol; a tighter rtol tightens both
  double newton_tol =
      0.01;  ///< of the step's tolerance; small, because the ledger sees what Newton leaves
  double node_closure = 1e-9;  ///< power that may be missing at an electrical node at the end of a
                               ///< step, over what feeds the site
  double max_step = 30.0;      ///< s
  double first_step = 1e-3;    ///< s, after a discontinuity
  double root_tol = 1e-7;      ///< s, width of the bracket around a guard's crossing
};

struct Statistics {
  long steps = 0, rejected = 0, newton = 0, residuals = 0, jacobians = 0, factorisations = 0,
       restarts = 0;
};

class Integrator {
 public:
  virtual ~Integrator() = default;
  virtual void set_options(const Options&) = 0;
  /// After y, M, modes or held inputs have jumped at `t`; algebraic unknowns are consistent again.
  virtual void restart(double t) = 0;
  /// Held inputs changed a little at `t`; y is unchanged.
  virtual void input_changed(double t) = 0;
  /// One step from the present time towards `t_stop` (> t, never passed). Updates system.y and the
  /// ledger integrals. Returns the new time; `fired` lists guards that reached zero there. Throws
  /// SolveError with a diagnosis.
  virtual double advance(double t_stop, std::vector<int>& fired) = 0;
  /// Outputs at the end of the last step, or null when the method has not evaluated them.
  virtual const double* outputs() const { return nullptr; }
  /// Rates of the ledger there [W], or null.
  virtual const core::Ledger* rates() const { return nullptr; }
  /// Integrals of the ledger rates since the start [J].
  virtual core::Ledger& ledger() = 0;
  const Statistics& statistics() const { return stats_; }
  virtual void save(core::StateWriter&) const = 0;
  virtual void load(core::StateReader&) = 0;

 protected:
  Statistics stats_;
};

std::unique_ptr<Integrator> make_sdirk(core::System&, double t0);
std::unique_ptr<Integrator> make_ida(core::System&, double t0);

/// Weighted root-mean-square norm with weights 1/(rtol·|y| + atol).
double wrms(const core::System&, double rtol, const double* y, const double* v);

/// Solves the algebraic rows at fixed differential unknowns (damped Newton, then relax). "" or why
/// not.
std::string make_consistent(core::System&, double t, double rtol, Statistics&);

/// Rests f with the `held` unknowns fixed: implicit Euler with a growing step, so it follows the
/// transient and ends on a stable state. Node voltages and pressures get a pseudo-capacity that
/// fades out; it is what a real capacitor or vessel would do there. "" or why not.
std::string relax(core::System&, double t, const std::vector<bool>& held, double rtol,
                  int& iterations);

struct SteadyResult {
  bool ok = false;
  std::string how;      ///< "KINSOL", "pseudo-transient"
  std::string message;  ///< why not
  int iterations = 0;
};
/// Finds f = 0 with the `initial` unknowns held; starts from system.y and leaves the result there.
SteadyResult find_steady(core::System&, double t, double rtol);

/// The worst residuals and the largest weighted changes by name, modes that differ from their
/// start, in plain text.
std::string diagnose(core::System&, double t, const double* residual, const double* change,
                     double rtol);

}  // namespace steppe::solve
