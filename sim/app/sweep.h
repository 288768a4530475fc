#pragma once
// Runs a study and keeps its results in a folder:
//
//   study.yaml, manifest.json   what was asked for; a folder of another study is refused
//   runs/<id>.h5                one result file per run, under its name only when it is complete
//   log/<worker>.jsonl          one line per run that ended: index, id, status, KPIs
//   study.h5                    one table of inputs and KPIs, made when all runs have ended
//
// Each run is a process of its own, forked from this one: a run that crashes takes nothing with it
// and memory stays flat. Nothing that is kept depends on who ran what, or when.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/app/study.h"

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
};

struct SweepSummary {
  SweepProgress progress;
  bool cancelled = false;
  bool table = false;  ///< study.h5 was written: all runs of the study have ended
};

/// Throws UserError when the folder is of another study or needs --resume, IoError when it cannot
/// be written to (also later: a full disk stops the sweep, and what was finished stays).
SweepSummary run_sweep(const Study&, const core::Registry&, const SweepOptions&);

/// Seconds that the whole study takes on one core, estimated by a part of the first run.
double estimate_cost(const Study&, const core::Registry&);

/// One table: a row per run that has ended.
struct StudyTable {
  struct Column {
    std::string name, unit, help;
    bool input = false;
    std::vector<std::string> texts;  ///< of a text column: `values` are indices into it
    std::vector<double> values;      ///< NaN: this run has no such number
  };
  std::string study;
  size_t runs = 0;  ///< of the study
  std::vector<size_t> index;
  std::vector<std::string> id, status, reason;  ///< status: complete, invalid, failed
  std::vector<Column> columns;                  ///< inputs, then KPIs
  const Column* find(const std::string& name) const;
};

bool is_study_folder(const std::string& dir);
/// The table of a folder; study.h5 is made or renewed when runs ended since.
StudyTable read_study(const std::string& dir);
void write_table(const StudyTable&, const std::string& file);
StudyTable read_table(const std::string& file);

/// Quantile by linear interpolation between order statistics (type 7); NaN when empty. `sorted`
/// ascending.
double quantile(const std::vector<double>& sorted, double p);
/// Spearman's rank correlation with mean ranks for ties; NaN when one side is constant.
double rank_correlation(const std::vector<double>& x, const std::vector<double>& y);
/// Part of the variance of y that x explains: Var(E[y|x]) / Var(y), by the distinct values of x or,
/// when there are more than 20, by 10 classes of equal count. NaN when y is constant.
double correlation_ratio(const std::vector<double>& x, const std::vector<double>& y);
/// Rows that no other row beats in both numbers, in the order of `a`; NaN never takes part.
std::vector<size_t> pareto(const std::vector<double>& a, bool a_max, const std::vector<double>& b,
                           bool b_max);

}  // namespace steppe::app
