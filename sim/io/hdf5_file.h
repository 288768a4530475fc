#pragma once
// RAII over the HDF5 C API, no more than steppe needs. Every failure is an IoError in plain words
// with the file's name. Debian's serial HDF5 is not thread-safe: each call here holds one
// process-wide lock, so files may be used from any thread.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::io {

/// An identifier of the library and the function that gives it back.
class Hdf5Handle {
 public:
  using Close = int (*)(int64_t);
  Hdf5Handle() = default;
  Hdf5Handle(int64_t id, Close close) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept;
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept;
  ~Hdf5Handle() { reset(); }
  int64_t id() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }
  void reset() noexcept;

 private:
  int64_t id_ = -1;
  Close close_ = nullptr;
};

/// Number type of a dataset on disk; in memory the caller hands over float for f32 and double for
/// f64.
enum class Hdf5Type { f32, f64 };

/// A dataset that grows along its first dimension: (rows) or (rows × width).
struct Hdf5Series {
  Hdf5Handle dataset;
  std::string path;
  uint64_t rows = 0;
  uint64_t width = 0;  ///< 0: one-dimensional
  Hdf5Type type = Hdf5Type::f64;
};

/// One row of an event table.
struct EventRecord {
  double time = 0.0;
  std::string component, name, from, to, text;
};

/// A column of a table of records: numbers, or texts.
struct RecordColumn {
  std::string name;
  std::vector<double> numbers;
  std::vector<std::string> texts;
};

class Hdf5File {
 public:
  /// A new empty file. What stood at `path` before is replaced only once the new file exists: it is
  /// created beside it and renamed at once. Throws when `path` is a folder, a device, or lies in a
  /// missing or read-only folder.
  static Hdf5File create(const std::string& path);
  static Hdf5File open(const std::string& path);
  Hdf5File(Hdf5File&&) = default;
  Hdf5File& operator=(Hdf5File&&) = default;
  ~Hdf5File();

  const std::string& path() const { return path_; }
  /// Writes all that is buffered; afterwards the file is consistent on disk, and stays so if the
  /// process dies.
  void flush();
  /// Flushes and closes; errors are thrown here, not in the destructor.
  void close();

  bool exists(const std::string& object) const;
  bool is_group(const std::string& object) const;
  void make_group(const std::string& group);
  /// Names in order of creation.
  std::vector<std::string> children(const std::string& group) const;

  /// Sets or replaces an attribute of "/", a group or a dataset.
  void set_attribute(const std::string& object, const std::string& name, std::string_view value);
  void set_attribute(const std::string& object, const std::string& name, double value);
  void set_attribute(const std::string& object, const std::string& name, int value);
  std::optional<std::string> text_attribute(const std::string& object,
                                            const std::string& name) const;
  std::optional<double> number_attribute(const std::string& object, const std::string& name) const;
  std::vector<std::string> attributes(const std::string& object) const;

  void write_text(const std::string& object, std::string_view text);
  std::string read_text(const std::string& object) const;
  void write_number(const std::string& object, double value);
  double read_number(const std::string& object) const;
  void write_bytes(const std::string& object, const void* bytes, size_t size);
  std::vector<std::byte> read_bytes(const std::string& object) const;

  /// `width` 0 for one dimension. `deflate` 0 stores uncompressed.
  Hdf5Series make_series(const std::string& object, Hdf5Type type, uint64_t width,
                         uint64_t chunk_rows, int deflate);
  /// Appends rows; `data` holds rows × max(width, 1) values of the series' type.
  void append(Hdf5Series& series, const void* data, uint64_t rows);
  /// Rows and width (0: one-dimensional) of a dataset of numbers.
  std::pair<uint64_t, uint64_t> shape(const std::string& object) const;
  bool is_single_precision(const std::string& object) const;
  /// Rows [first, first + count) of a dataset of numbers; of one column only when `column` ≥ 0.
  /// Row-major.
  std::vector<double> read(const std::string& object, uint64_t first, uint64_t count,
                           int64_t column = -1) const;

  /// netCDF-4 dimensions: makes a dataset a scale, and ties dimension `axis` of another one to it.
  void make_dimension_scale(const std::string& object);
  void attach_dimension_scale(const std::string& object, int axis, const std::string& scale);
  /// A dimension scale 0, 1 … n−1.
  void make_index_scale(const std::string& object, uint64_t n);

  /// Appends to an event table (a compound dataset), which is made when it does not exist.
  void append_events(const std::string& object, const std::vector<EventRecord>& events);
  std::vector<EventRecord> read_events(const std::string& object) const;

  /// A new compound dataset of equally long columns, one record per row.
  void write_records(const std::string& object, const std::vector<RecordColumn>& columns);
  /// A link to `target` in another file; `file` is relative to the folder of this one.
  void link(const std::string& object, const std::string& file, const std::string& target);

 private:
  Hdf5File(Hdf5Handle file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  Hdf5Handle file_;
  std::string path_;
};

}  // namespace steppe::io
