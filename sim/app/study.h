#pragma once
// A study file: a base scenario and what varies in it. Reading it gives a list of runs, each of
// them a set of overrides; nothing is run here.
//
// Order of the runs, from the slowest to the fastest: the axes in the order of the file (as nested
// loops; the axis `scenario` is one of them), the points of the sample, the seeds. So the index of
// a run tells its inputs, whoever runs it.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/app/scenario.h"
#include "sim/app/simulation.h"

namespace steppe::app {

/// One thing that varies.
struct StudyInput {
  std::string path;   ///< as in --set
  std::string unit;   ///< in which the numbers of the table are, as typed; "": the parameter's own
  bool text = false;  ///< values are no numbers (a name, a file, true)
  SourceLoc path_loc;
  std::vector<SourceLoc> value_locs;  ///< of an axis: one per value; of a sample: one
};

struct StudyRun {
  size_t index = 0;
  std::vector<std::string> values;  ///< one per input, as typed behind --set
  uint64_t seed = 0;
  bool has_seed = false;
};

/// A KPI of the study's own, from others of the same run: "cost_total + battery_capital", in SI.
struct StudyFigure {
  std::string name, value, unit = "1";
  SourceLoc loc;  ///< of `value`
};

/// Which run is the best one: the least of a KPI among those that meet a condition.
struct StudyChoice {
  std::string of;     ///< "": none is asked for
  std::string where;  ///< "availability >= 0.9999", in SI; "": all runs
};

/// The axis over scenario files.
inline constexpr const char* kScenarioAxis = "scenario";

class Study {
 public:
  enum class Record { kpi, series };

  std::string name, path, source;
  std::string scenario;  ///< path of the base scenario; with an axis `scenario` its first value
  std::string until;     ///< "" : what the scenario says
  std::string profile;   ///< "" : what the scenario says
  Record record = Record::kpi;
  std::vector<StudyInput> inputs;  ///< axes, then what is sampled
  std::vector<StudyFigure> figures;
  StudyChoice least;

  size_t size() const;
  StudyRun run(size_t index) const;
  std::vector<Override> overrides(const StudyRun&) const;
  /// Path of the scenario of this run.
  std::string scenario_of(const StudyRun&) const;
  /// Number of `text` in the unit of input `i`; NaN for a text.
  double number(size_t i, const std::string& text) const;
  const std::vector<uint64_t>& seeds() const { return seeds_; }
  /// Inputs of a Saltelli design, whose runs come in groups of k + 2 (see sobol_indices); else 0.
  size_t saltelli() const { return saltelli_; }

 private:
  friend class StudyReader;
  std::vector<std::vector<std::string>> axes_;
  std::vector<std::string> sampled_;  ///< points × inputs of the sample, row by row
  size_t sample_size_ = 0;            ///< 0: nothing is sampled
  size_t saltelli_ = 0;
  std::vector<uint64_t> seeds_;
  std::string folder_;  ///< relative paths of scenarios begin here
  SourceLoc seeds_loc_, until_loc_, profile_loc_;
};

/// Reads and checks the form of a study; all problems go to `d`. `folder`: where the study lay,
/// when `path` is a copy of it kept with the results; the scenario may then be gone.
Study load_study(const std::string& path, Diagnostics& d, const std::string& folder = {});

/// Builds the first and the last run and reads each value of each axis once, so that a wrong path,
/// unit or value is found before anything runs. Problems point into the study file.
void check_study(const Study&, const core::Registry&, Diagnostics& d);

/// What a run is known by: a hash of everything that decides its numbers (the resolved scenario,
/// its profile, events and data files by content, the seed, the version of the program) and of
/// what is kept of it. 16 hexadecimal digits.
std::string run_id(const Scenario&, Study::Record);

}  // namespace steppe::app
