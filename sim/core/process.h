#pragma once
// Discrete processes: controllers, schedules, weather, the computing load. They act at instants of
// an integer-nanosecond clock, sample what they read and hold what they write (or hand it over as a
// ramp).
#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/checkpoint.h"
#include "sim/core/param_table.h"

namespace steppe::core {

using Nanoseconds = int64_t;
inline constexpr Nanoseconds kNever = std::numeric_limits<Nanoseconds>::max();
/// Divided, not multiplied by 1e-9: a whole second stays one (60, not 60.00000000000001).
inline constexpr double to_seconds(Nanoseconds t) { return static_cast<double>(t) / 1e9; }
inline Nanoseconds from_seconds(double s) {
  return static_cast<Nanoseconds>(s * 1e9 + (s < 0 ? -0.5 : 0.5));
}

struct SignalInfo {
  std::string name;
  std::string unit;  ///< SI unit expression
  std::string help;
  double value = 0.0;  ///< inputs: used when nothing is connected (NaN: a connection is required)
  int width = 1;  ///< >1: a vector signal of that many units; 0: as wide as what it is connected to
};

/// One figure a process contributes to the KPIs of a run, under its name in the public interface.
struct ProcessKpi {
  std::string name;
  double value;
  std::string unit;
  std::string help = {};  ///< for names that the public interface does not explain
};

/// What a process sees and says at one of its instants.
class ProcessContext {
 public:
  virtual ~ProcessContext() = default;
  /// Simulated time [ns since the scenario's start].
  Nanoseconds now = 0;
  /// Exchange interval of the profile in force [ns]; windows of an exchange end on multiples of it.
  Nanoseconds exchange = 0;
  /// End of the run [ns].
  Nanoseconds end = 0;
  /// Sampling period of a controller whose own period is `seconds`: a profile that exchanges less
  /// often slows it down.
  double period(double seconds) const { return std::max(seconds, to_seconds(exchange)); }
  /// Sampled input (unit k of a vector input).
  virtual double in(int input, int k = 0) const = 0;
  /// Holds output at `value` until the next call.
  virtual void out(int output, double value, int k = 0) = 0;
  /// Output moves linearly from `value` now with `slope` per second until the next call.
  virtual void ramp(int output, double value, double slope, int k = 0) = 0;
  /// Declares that what changed now is a discontinuity (the solver restarts); default for outputs
  /// is "small change".
  virtual void discontinuity() = 0;
  /// Line in the event log: from, to and text are free words of the process.
  virtual void event(const std::string& name, const std::string& from, const std::string& to,
                     const std::string& text) = 0;
};

class Process {
 public:
  virtual ~Process() = default;
  /// Next instant at which update() is wanted, ≥ the instant of the last; kNever when only events
  /// matter.
  virtual Nanoseconds next_time() const = 0;
  /// Called at the start of a run (now = start) and at every next_time().
  virtual void update(ProcessContext& context) = 0;
  /// A scenario event "do: NAME, target: this, value: V". False: no such command.
  virtual bool command(const std::string& /*name*/, double /*value*/, ProcessContext&) {
    return false;
  }
  virtual void save(StateWriter&) const = 0;
  virtual void load(StateReader&) = 0;
  /// Figures for /kpi at the end of the run.
  virtual std::vector<ProcessKpi> kpis() const { return {}; }
};

/// What a process needs from the run besides its parameters.
struct ProcessSetup {
  std::string id;
  uint64_t seed = 0;
  std::string data_dir;  ///< folder of shipped data files
  /// Reads a YAML file (data file with units and sources) into a parameter object; located
  /// UserError on any problem.
  std::function<void(const std::string& file, const ParamTableBase&, void* params)> read_yaml;
  double start_epoch =
      0;  ///< seconds since 1970-01-01 00:00 local standard time at the scenario's start
  std::vector<int> input_width;   ///< width of each input after connection
  std::vector<int> output_width;  ///< width of each output after connection
  /// [input][k]: equal units behind the component that the signal is of (`count`); 0: nothing is
  /// connected.
  std::vector<std::vector<int>> input_units;
};

/// Registered kind of process.
struct ProcessType {
  std::string name;
  std::string domain;  ///< "controls", "environment", "load", "grid"
  std::string help;
  const ParamTableBase* params = nullptr;
  std::function<std::shared_ptr<void>()> make_params;  ///< a Params object with defaults
  std::vector<SignalInfo> inputs, outputs;
  /// Outputs after these that a process has by its parameters (one set per served model, say); may
  /// throw UserError. Their names may hold dots; `width` 0 is not for them.
  std::function<std::vector<SignalInfo>(const void* params, const ProcessSetup&)> more_outputs;
  std::vector<std::string> commands;
  /// Builds the process from its Params; may throw UserError (a file that cannot be used, say).
  std::function<std::unique_ptr<Process>(const void* params, const ProcessSetup&)> make;
};

}  // namespace steppe::core
