#pragma once
// Streaming writer of a result file: HDF5 that netCDF-4 tools read. Samples never pile up in
// memory; what grows is the library's index, about 0.5 kB per chunk of 2048 values (measured: 40 MB
// for a year of minutes of 300 values).
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/io/hdf5_file.h"

namespace steppe::io {

/// Version of the layout, in the root attribute `steppe_format`.
inline constexpr int kResultFormat = 1;

struct ChannelSpec {
  enum class Kind {
    continuous,
    zoh
  };                 ///< zoh: holds its value until the next sample; plots draw steps
  std::string name;  ///< "rack.inlet_temp"
  std::string unit;  ///< SI
  std::string long_name;
  int width = 1;  ///< > 1: one value per unit, recorded as (time × unit)
  Kind kind = Kind::continuous;
  bool statistics = false;  ///< also `<name>_min` and `<name>_max` of each recording window
  bool double_precision = false;
};

struct RecorderSpec {
  std::string start = "2026-01-01 00:00:00";  ///< local standard time at t = 0
  std::string time_zone;  ///< its offset from UTC, "+08:00"; "": not known, readers will take UTC
  std::string title;      ///< "": none
  std::vector<ChannelSpec> channels;
  int deflate = 1;    ///< 0 … 9
  int row_block = 0;  ///< rows that are staged in memory and written at once; 0: chosen so that
                      ///< memory stays small
};

/// Layout: /signals/time, its bounds and one dataset per channel, /events, /kpi, /ledger,
/// /scenario, /provenance, /checkpoint/<t>. The root attribute `status` is "running" from the
/// start, so a file whose writer was killed says so; what had been flushed (whole row blocks) is
/// readable in it.
class Recorder {
 public:
  Recorder(const std::string& path, RecorderSpec spec);
  /// A recorder that is dropped unfinished (an exception on its way) marks its file "failed".
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Values per row: the sum of the widths, in the order of the channels.
  size_t row_size() const { return row_size_; }
  uint64_t rows() const { return rows_; }

  /// A sample at t [s since start]; t must grow. Channels with statistics get min = mean = max.
  void append(double t, const double* row) { append_window(t, row, row, row); }
  /// Statistics of the window that ends at t; `min` and `max` are used only for channels that ask
  /// for them.
  void append_window(double t, const double* mean, const double* min, const double* max);

  void event(double t, std::string component, std::string name, std::string from, std::string to,
             std::string text);
  /// A text such as "/scenario/source"; replaces an earlier one.
  void set_text(const std::string& object, std::string_view text);
  void set_kpi(const std::string& name, double value, const std::string& unit,
               const std::string& long_name);
  void set_ledger(const std::string& name, double value, const std::string& unit,
                  const std::string& long_name = {});
  void set_provenance(const std::string& key, std::string_view value);
  void set_provenance(const std::string& key, double value);
  /// Grows the column `name` of the table `group` ("requests"); columns of one table belong to be
  /// equally long.
  void append_column(const std::string& group, const std::string& name, const std::string& unit,
                     const std::string& long_name, const std::vector<double>& values);
  /// `bytes` become readable at once: a checkpoint is flushed.
  void put_checkpoint(double t, const std::string& name, const void* bytes, size_t size);

  /// Writes what is staged and flushes, so that another program may look at a copy of the file.
  void flush();
  /// "complete", "cancelled", "failed" or "invalid"; closes the file.
  void finish(const std::string& status);
  bool finished() const { return finished_; }

 private:
  struct Stream {
    Hdf5Series series;
    std::vector<float> f32;
    std::vector<double> f64;
    size_t first = 0;  ///< position in a row
    size_t width = 1;
    int which = 0;  ///< 0 mean, 1 min, 2 max
  };
  void make_stream(const ChannelSpec& channel, size_t first, int which, int64_t block);
  void write_block();
  void write_scalar(const std::string& group, const std::string& name, double value,
                    const std::string& unit, const std::string& long_name);

  RecorderSpec spec_;
  Hdf5File file_;
  Hdf5Series time_, bounds_;
  std::vector<double> time_block_, bounds_block_;
  std::vector<Stream> streams_;
  std::map<std::string, Hdf5Series> columns_;
  std::vector<EventRecord> events_;
  size_t row_size_ = 0;
  size_t staged_ = 0;    ///< rows in memory
  size_t capacity_ = 0;  ///< rows until the next chunk boundary
  size_t block_ = 0;
  uint64_t rows_ = 0;
  double last_time_ = 0.0;
  bool finished_ = false;
};

}  // namespace steppe::io
