#pragma once
// The facade: everything that the command line and the desktop app need to check and run a
// scenario.
//
//   Diagnostics d;
//   auto sim = Simulation::load("site.yaml", {}, registry, d);      // null when d has errors
//   RunResult r = sim->run({.output = "out.h5", .stop = token, .progress = callback});
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/app/scenario.h"
#include "sim/io/recorder.h"

namespace steppe::app {

struct Progress {
  double t = 0.0, t_end = 0.0;  ///< s, simulated
  double wall_s = 0.0;
  long steps = 0;
  std::string phase;  ///< "starting", "integrating", "writing"
  std::string profile;
  std::string event;  ///< last event, "" when none since the last call
};

struct Kpi {
  std::string name, unit, help;
  double value = 0.0;  ///< SI; energy in J
};

struct RunRequest {
  std::string output;  ///< HDF5 file; "": nothing is written
  std::string from;    ///< result file whose last checkpoint is continued; "": from the start
  double until = 0.0;  ///< s; 0: what the scenario says
  std::vector<solve::ProfileWindow> windows;  ///< instead of the scenario's; empty: those
  std::stop_token stop;
  std::function<void(const Progress&)>
      progress;  ///< at most 10 times a second, from the run's thread
  /// Live values of the recorded channels at recording instants (time, row in the order of
  /// channels()).
  std::function<void(double t, const double* row)> live;
  std::function<void(const solve::EventRecord&)> on_event;
  /// After the start, every accepted step and every discontinuity; the values are in `system()`.
  std::function<void(double t)> each_step;
  /// Rates of the energy ledger [W] at some instants, as the result keeps them.
  std::function<void(double t, const core::LedgerArray& rates)> accounts;
};

struct RunResult {
  enum class Status { complete, cancelled, invalid } status = Status::complete;
  solve::RunSummary summary;
  std::vector<Kpi> kpis;
  std::vector<solve::EventRecord> events;
  double wall_s = 0.0;
};

class Simulation {
 public:
  static std::unique_ptr<Simulation> load(const std::string& path, const std::vector<Override>&,
                                          const std::string& profile, const core::Registry&,
                                          Diagnostics&);
  /// Finds the steady start; throws SolveError. Cheap: for `check`.
  solve::SteadyResult check();
  /// Runs once; the object is spent afterwards. Throws SolveError or IoError; the file then holds
  /// what came before and the status "failed".
  RunResult run(const RunRequest&);

  const Scenario& scenario() const { return scenario_; }
  core::System& system() { return *system_; }
  /// What is recorded, in order; widths as in the file.
  const std::vector<io::ChannelSpec>& channels() const { return specs_; }

 private:
  Simulation() = default;
  void require_unknowns() const;
  Scenario scenario_;
  std::unique_ptr<core::System> system_;
  std::vector<solve::TimelineEvent> timeline_;
  std::vector<int> recorded_;  ///< indices into system_->channels
  std::vector<io::ChannelSpec> specs_;
  friend class RunObserver;
};

/// All KPI names of the public interface with unit and meaning.
struct KpiInfo {
  const char *name, *unit, *help;
};
const std::vector<KpiInfo>& kpi_infos();

/// '*' matches any run of characters.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace steppe::app
