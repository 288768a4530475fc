#pragma once
// Hybrid time: scheduled events, sampled processes, timers and guards around an integrator.
// Scheduled instants are integer nanoseconds; the integrator never steps over one.
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/solve/integrator.h"

namespace steppe::solve {

/// A time scale of one simulation [design: profiles]; all times in seconds.
struct Profile {
  std::string name = "thermal";
  double exchange = 1.0;  ///< load and controls exchange values at multiples of this
  double max_step = 30.0;
  double collapse_below = 0.5;  ///< lags faster than this become algebraic
  double rtol = 1e-5;
  double newton_tol = 0.002;   ///< of a step's tolerance; the tighter, the better the ledger closes
  double record = 1.0;         ///< recording interval
  double ledger_limit = 1e-6;  ///< residual of the energy ledger above which a run is invalid
  Method method = Method::sdirk;
};
/// electrical, thermal or facility; throws UserError for another name.
Profile profile_named(const std::string& name);

/// A profile from `from` until the next one starts.
struct ProfileWindow {
  core::Nanoseconds from = 0;
  Profile profile;
};

/// do: a command of a component or process, or a value for a held input.
struct TimelineEvent {
  core::Nanoseconds at = 0;
  int component = -1;  ///< index, or −1
  int command = -1;
  int process = -1;  ///< index, or −1
  std::string process_command;
  int held = -1;  ///< index of a held input, or −1
  double value = 0.0;
  double ramp = 0.0;  ///< s; 0: step
  std::string name, target;
};

struct EventRecord {
  double time = 0.0;
  std::string component, name, from, to, text;
};

/// What a run hands out while it runs. Calls come in order of time, from the thread of the run.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Values at the start, after every step and after every discontinuity: `jump` marks t⁺. Outputs
  /// are in `outputs`, rates of the ledger [W] in `rates` (null: not evaluated); both are valid
  /// until the next step.
  virtual void sample(double t, const core::System&, const double* outputs,
                      const core::Ledger* rates, bool jump) = 0;
  /// A recording instant of the profile in force has been reached (after sample).
  virtual void record(double t) = 0;
  virtual void event(const EventRecord&) = 0;
};

struct RunOptions {
  double t_end = 0.0;                   ///< s
  std::vector<ProfileWindow> windows;   ///< sorted; the first starts at 0
  std::vector<TimelineEvent> timeline;  ///< sorted by time
  std::vector<core::Nanoseconds>
      checkpoints;  ///< a checkpoint is taken at these instants and at the end
  std::function<void(double t, const std::vector<char>&)> on_checkpoint;
  const std::vector<char>* restart = nullptr;  ///< continue from this checkpoint
  std::stop_token stop;
  std::function<void(double t)> progress;  ///< after every step
};

struct RunSummary {
  enum class Status { complete, cancelled } status = Status::complete;
  double t = 0.0;
  Statistics statistics;
  core::LedgerArray ledger{};  ///< integrals [J]; stores hold rate-booked plus state-stored energy
  /// What components of each type booked [J]: its cooling, its losses, … The stores that are states
  /// are not in here.
  std::vector<std::pair<std::string, core::LedgerArray>> ledger_by_type;
  double residual_energy = 0.0;  ///< relative to the energy that came in
  double residual_heat = 0.0;
  double ledger_limit = 0.0;  ///< loosest limit of the profiles used
  std::string steady_how;
  int steady_iterations = 0;
};

/// Runs `system` from its start values (steady search first, unless restarted). Throws SolveError
/// with a diagnosis; what the observer has seen until then stays valid.
RunSummary run(core::System& system, const RunOptions&, Observer&);

/// The start of a run alone: processes at t = 0, steady state, events settled. For `check`.
SteadyResult settle_start(core::System& system, const Profile&, Observer&);

}  // namespace steppe::solve
