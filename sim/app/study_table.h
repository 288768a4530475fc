#pragma once
// The one table of a study: inputs and KPIs, a row per run that has ended.
#include <string>
#include <vector>

#include "sim/app/study.h"

namespace steppe::app {

struct StudyTable {
  struct Column {
    std::string name, unit, help;
    bool input = false;
    std::vector<std::string> texts;  ///< of a text column: `values` are indices into it
    std::vector<double> values;      ///< NaN: this run has no such number
  };
  std::string study;
  size_t runs = 0;      ///< of the study
  size_t saltelli = 0;  ///< Study::saltelli()
  bool series = false;  ///< the files of the runs hold time series
  std::vector<size_t> index;
  std::vector<std::string> id, status, reason;  ///< status: complete, invalid, failed
  std::vector<Column> columns;                  ///< inputs, then KPIs, then figures
  StudyChoice least;
  const Column* find(const std::string& name) const;
  /// Value of an expression of KPIs in one row; NaN when one of them is missing there. UserError at
  /// `where` for a name that is no KPI of the study.
  double evaluate(const std::string& expression, size_t row, const SourceLoc& where) const;
};

bool is_study_folder(const std::string& dir);
/// What the logs in a folder say. The last line about a run counts, a complete one before any
/// other.
StudyTable collect_table(const Study&, const std::string& dir);
/// The table of a folder; study.h5 is made or renewed when runs ended since.
StudyTable read_study(const std::string& dir);

/// HDF5: /runs holds one column per dataset (netCDF-4 dimensions, CF attributes), /table the same
/// rows as one compound dataset, /series/<run> links to the signals in the files of the runs.
/// Replaces `file` at once or not at all.
void write_table(const StudyTable&, const std::string& file);
StudyTable read_table(const std::string& file);

}  // namespace steppe::app
