#pragma once
// Reader of result files. Lazy: opening reads names and attributes, a signal is read when it is
// asked for.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/io/hdf5_file.h"

namespace steppe::io {

struct ResultSignal {
  std::string name;  ///< "rack.inlet_temp"; the extremes of a window are `<name>_min`, `<name>_max`
  std::string unit, long_name, cell_methods;
  bool zoh = false;
  bool single_precision = false;
  uint64_t rows = 0;
  int width = 1;  ///< > 1: one column per unit
};

struct ResultNumber {
  std::string name;
  double value = 0.0;
  std::string unit, long_name;
};

class ResultFile {
 public:
  /// Throws IoError when there is no such file, it is no HDF5, HDF5 of something else, of a newer
  /// format, damaged, or in the hands of a run at this moment.
  static ResultFile open(const std::string& path);

  const std::string& path() const { return file_.path(); }
  /// "complete", "cancelled", "failed", "invalid", or "cut off": the run was killed and the file
  /// ends with its last block.
  const std::string& status() const { return status_; }
  /// Local standard time at t = 0: "2026-01-15 00:00:00".
  const std::string& start() const { return start_; }
  /// Its offset from UTC, "+08:00"; "" when the scenario gave none.
  const std::string& time_zone() const { return time_zone_; }
  uint64_t rows() const { return rows_; }

  const std::vector<ResultSignal>& signals() const { return signals_; }
  /// nullptr when there is none.
  const ResultSignal* find(const std::string& name) const;
  std::vector<double> time(uint64_t first = 0, uint64_t count = UINT64_MAX) const;
  /// Rows of one signal. `name` may select a unit: "rack[3].inlet_temp" is column 3 of
  /// "rack.inlet_temp". Without an index a signal of several units comes row-major. Throws
  /// UserError with the nearest name when there is no such signal.
  std::vector<double> read(const std::string& name, uint64_t first = 0,
                           uint64_t count = UINT64_MAX) const;
  /// One column of a signal.
  std::vector<double> read_unit(const std::string& name, int unit, uint64_t first = 0,
                                uint64_t count = UINT64_MAX) const;

  std::vector<EventRecord> events() const;
  std::vector<ResultNumber> kpis() const { return numbers("/kpi"); }
  std::vector<ResultNumber> ledger() const { return numbers("/ledger"); }
  /// "" when there is no such text.
  std::string text(const std::string& object) const;
  std::map<std::string, std::string> provenance() const;
  /// Columns of a table such as "requests"; empty when there is none.
  std::vector<ResultSignal> columns(const std::string& group) const;
  std::vector<double> read_column(const std::string& group, const std::string& name) const;

  /// Instants of the checkpoints [s], ascending.
  std::vector<double> checkpoints() const;
  std::vector<std::byte> checkpoint(double t, const std::string& name) const;

 private:
  explicit ResultFile(Hdf5File file) : file_(std::move(file)) {}
  std::vector<ResultNumber> numbers(const std::string& group) const;
  ResultSignal describe(const std::string& object, const std::string& name) const;

  Hdf5File file_;
  std::string status_, start_, time_zone_;
  uint64_t rows_ = 0;
  std::vector<ResultSignal> signals_;
  std::map<std::string, size_t> index_;
};

}  // namespace steppe::io
