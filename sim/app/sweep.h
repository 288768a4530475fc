#pragma once
// Runs a study and keeps its results in a folder:
//
//   study.yaml, manifest.json   what was asked for; a folder of another study is refused
//   runs/<id>.h5                one result file per run, under its name only when it is complete
//   log/<worker>.jsonl          one line per run that ended: index, id, status, KPIs
//   log/<worker>.done           this shard is through
//   study.h5                    one table of inputs and KPIs, made when all runs have ended
//
// Nothing that is kept depends on who ran what, or when.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/app/study.h"
#include "sim/app/study_table.h"

namespace steppe::app {

struct SweepProgress {
  size_t total = 0;   ///< runs of this process (all of them, its shard)
  size_t done = 0;    ///< ended, whatever the outcome
  size_t kept = 0;    ///< of these: were finished before
  size_t failed = 0;  ///< of these: without a valid result
  double wall_s = 0.0;
  double rate = 0.0;    ///< runs computed per second
  double eta_s = -1.;   ///< < 0: not known
  std::string failure;  ///< "run 7 (0123…): reason" of the run that just ended
  void estimate();      ///< rate and eta_s from the others
};

struct SweepOptions {
  std::string dir;
  int jobs = 1;
  size_t shard = 0, shards = 1;  ///< takes runs i with i mod shards = shard
  bool resume = false;
  std::stop_token stop;
  std::function<void(const SweepProgress&)> progress;  ///< after each run
  /// Another source of indices than the shard's own, and what is to be called often meanwhile.
  std::function<std::optional<size_t>()> next;
  std::function<void()> service;
  std::string worker;  ///< name of the log; "": from the shard
  bool table = true;   ///< the last one that ends makes study.h5; false: the caller does
};

struct SweepSummary {
  SweepProgress progress;
  bool cancelled = false;
  bool table = false;  ///< study.h5 was written: all runs of the study have ended
};

/// Makes the folder of a study, or checks that it is this study's; `shards` 0 is one that hands the
/// runs to others and keeps no log. Throws UserError when the folder
/// is of another study or needs `resume`, IoError when it cannot be written to or the disk is full.
/// Several may do so at a time.
void prepare_folder(const Study&, const SweepOptions&);

/// Prepares the folder and runs. A disk that is full on the way stops the sweep with an IoError;
/// what was finished stays.
SweepSummary run_sweep(const Study&, const core::Registry&, const SweepOptions&);

/// Makes study.h5; false when runs are still missing.
bool make_table(const Study&, const std::string& dir);

/// Runs without a result of their own, ascending: what --resume would compute.
std::vector<size_t> missing_runs(const Study&, const std::string& dir);

/// What the whole study takes, estimated by a part of the first run.
struct SweepCost {
  double seconds = 0.0;  ///< on one core
  double bytes = 0.0;    ///< in the folder
};
SweepCost estimate_cost(const Study&, const core::Registry&);

}  // namespace steppe::app
