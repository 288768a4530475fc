#include "sim/io/recorder.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/base/error.h"

namespace steppe::io {
namespace {

constexpr size_t kMaxStagedBytes = size_t{24} << 20;
constexpr size_t kMaxBlock = 2048, kMinBlock = 64;
constexpr size_t kMaxStagedEvents = 1000;
constexpr const char* kBounds = "time_bounds";

void check_name(const std::string& name) {
  const bool bad = name.empty() || name == "." || name == ".." || name == "time" ||
                   name == kBounds || name.find('/') != std::string::npos ||
                   name.find('\0') != std::string::npos;
  if (bad) throw InternalError(fmt::format("'{}' cannot be the name of a signal", name));
}

/// The library and zlib allocate some 300 kB for every chunk. With its default thresholds glibc
/// gives that back to the kernel each time; keeping it makes recording 3 to 10 times faster
/// (measured, 256 to 4096 rows a block).
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, 32 << 20);
  mallopt(M_MMAP_THRESHOLD, 8 << 20);
#endif
}

std::string unit_or_one(const std::string& unit) { return unit.empty() ? "1" : unit; }

}  // namespace

Recorder::Recorder(const std::string& path, RecorderSpec spec)
    : spec_(std::move(spec)), file_(Hdf5File::create(path)) {
  keep_freed_memory();
  size_t bytes_per_row = sizeof(double);
  for (const ChannelSpec& c : spec_.channels) {
    check_name(c.name);
    const size_t width = static_cast<size_t>(std::max(1, c.width));
    row_size_ += width;
    bytes_per_row +=
        width * (c.statistics ? 3 : 1) * (c.double_precision ? sizeof(double) : sizeof(float));
  }
  block_ = spec_.row_block > 0 ? static_cast<size_t>(spec_.row_block)
                               : std::clamp(kMaxStagedBytes / bytes_per_row, kMinBlock, kMaxBlock);
  const auto chunk = static_cast<int64_t>(block_);

  file_.set_attribute("/", "Conventions", "CF-1.8");
  if (!spec_.title.empty()) file_.set_attribute("/", "title", spec_.title);
  file_.set_attribute("/", "source", "steppe " STEPPE_VERSION);
  file_.set_attribute("/", "steppe_format", kResultFormat);
  file_.set_attribute("/", "status", "running");
  for (const char* group : {"/signals", "/kpi", "/ledger", "/scenario", "/provenance"})
    file_.make_group(group);

  time_ = file_.make_series("/signals/time", Hdf5Type::f64, 0, block_, spec_.deflate);
  // Readers open the group alone.
  file_.set_attribute("/signals", "Conventions", "CF-1.8");
  file_.set_attribute("/signals", "comment",
                      "cell_methods of a signal apply to the interval that ends at its time");
  const std::string zone = spec_.time_zone.empty() ? "" : " " + spec_.time_zone;
  file_.set_attribute("/signals/time", "units", "seconds since " + spec_.start + zone);
  file_.set_attribute("/signals/time", "axis", "T");
  file_.set_attribute("/signals/time", "comment",
                      zone.empty() ? "local standard time; its offset from UTC was not given"
                                   : "CF readers show UTC; local standard time is UTC" + zone);
  file_.set_attribute("/signals/time", "calendar", "proleptic_gregorian");
  file_.set_attribute("/signals/time", "long_name", "time");
  file_.set_attribute("/signals/time", "standard_name", "time");
  file_.make_dimension_scale("/signals/time");
  time_block_.resize(block_);
  // CF-1.8, 7.1: what each mean, minimum and maximum is over.
  const std::string bounds = fmt::format("/signals/{}", kBounds);
  bounds_ = file_.make_series(bounds, Hdf5Type::f64, 2, block_, spec_.deflate);
  file_.set_attribute("/signals/time", "bounds", kBounds);
  file_.make_index_scale("/signals/bound", 2);
  file_.set_attribute("/signals/bound", "long_name", "begin and end of the interval");
  file_.attach_dimension_scale(bounds, 0, "/signals/time");
  file_.attach_dimension_scale(bounds, 1, "/signals/bound");
  bounds_block_.resize(2 * block_);

  std::set<size_t> widths;
  for (const ChannelSpec& c : spec_.channels)
    if (c.width > 1) widths.insert(static_cast<size_t>(c.width));
  for (const size_t w : widths) {
    const std::string scale = fmt::format("/signals/unit_{}", w);
    file_.make_index_scale(scale, w);
    file_.set_attribute(scale, "long_name", "index of the unit");
  }
  size_t first = 0;
  for (const ChannelSpec& c : spec_.channels) {
    make_stream(c, first, 0, chunk);
    if (c.statistics) {
      make_stream(c, first, 1, chunk);
      make_stream(c, first, 2, chunk);
    }
    first += static_cast<size_t>(std::max(1, c.width));
  }
  file_.append_events("/events", {});
  capacity_ = block_;
  file_.flush();
}

Recorder::~Recorder() {
  if (finished_) return;
  try {
    finish("failed");
  } catch (...) {  // the error that brought us here is the one to report
  }
}

void Recorder::make_stream(const ChannelSpec& c, size_t first, int which, int64_t block) {
  constexpr const char* kSuffix[] = {"", "_min", "_max"};
  constexpr const char* kMethod[] = {"time: mean", "time: minimum", "time: maximum"};
  const std::string object = "/signals/" + c.name + kSuffix[which];
  if (file_.exists(object))
    throw InternalError(fmt::format("signal '{}' is recorded twice", object));
  Stream s;
  s.first = first;
  s.width = static_cast<size_t>(std::max(1, c.width));
  s.which = which;
  const bool wide = c.width > 1;
  s.series = file_.make_series(object, c.double_precision ? Hdf5Type::f64 : Hdf5Type::f32,
                               wide ? s.width : 0, static_cast<uint64_t>(block), spec_.deflate);
  if (c.double_precision)
    s.f64.resize(block_ * s.width);
  else
    s.f32.resize(block_ * s.width);
  file_.set_attribute(object, "units", unit_or_one(c.unit));
  file_.set_attribute(object, "long_name", c.long_name.empty() ? c.name : c.long_name);
  file_.set_attribute(object, "cell_methods", c.statistics ? kMethod[which] : "time: point");
  file_.set_attribute(object, "kind", c.kind == ChannelSpec::Kind::zoh ? "zoh" : "continuous");
  file_.attach_dimension_scale(object, 0, "/signals/time");
  if (wide) file_.attach_dimension_scale(object, 1, fmt::format("/signals/unit_{}", c.width));
  streams_.push_back(std::move(s));
}

void Recorder::append_window(double t, const double* mean, const double* min, const double* max) {
  STEPPE_CHECK(!finished_);
  if (rows_ + staged_ > 0 && !(t > last_time_))
    throw InternalError(fmt::format("recorded time goes back from {} s to {} s", last_time_, t));
  bounds_block_[2 * staged_] = rows_ + staged_ > 0 ? last_time_ : t;
  bounds_block_[2 * staged_ + 1] = t;
  last_time_ = t;
  time_block_[staged_] = t;
  const double* const source[] = {mean, min, max};
  for (Stream& s : streams_) {
    const double* from = source[s.which] + s.first;
    if (s.f64.empty()) {
      float* to = s.f32.data() + staged_ * s.width;
      for (size_t i = 0; i < s.width; ++i) to[i] = static_cast<float>(from[i]);
    } else {
      std::copy_n(from, s.width, s.f64.data() + staged_ * s.width);
    }
  }
  if (++staged_ == capacity_) {
    write_block();
    file_.flush();
  }
}

void Recorder::write_block() {
  if (staged_ > 0) {
    for (Stream& s : streams_)
      file_.append(s.series, s.f64.empty() ? static_cast<const void*>(s.f32.data()) : s.f64.data(),
                   staged_);
    file_.append(bounds_, bounds_block_.data(), staged_);
    // Time last: a reader takes its length for the number of complete rows.
    file_.append(time_, time_block_.data(), staged_);
    rows_ += staged_;
    staged_ = 0;
    // Blocks end where chunks end, also after a flush in between: each chunk is then packed once.
    capacity_ = block_ - static_cast<size_t>(rows_ % block_);
  }
  if (!events_.empty()) {
    file_.append_events("/events", events_);
    events_.clear();
  }
}

void Recorder::event(double t, std::string component, std::string name, std::string from,
                     std::string to, std::string text) {
  STEPPE_CHECK(!finished_);
  events_.push_back(
      {t, std::move(component), std::move(name), std::move(from), std::move(to), std::move(text)});
  if (events_.size() < kMaxStagedEvents) return;
  file_.append_events("/events", events_);
  events_.clear();
}

void Recorder::set_text(const std::string& object, std::string_view text) {
  file_.write_text(object, text);
}

void Recorder::write_scalar(const std::string& group, const std::string& name, double value,
                            const std::string& unit, const std::string& long_name) {
  const std::string object = group + "/" + name;
  file_.write_number(object, value);
  file_.set_attribute(object, "units", unit_or_one(unit));
  if (!long_name.empty()) file_.set_attribute(object, "long_name", long_name);
}

void Recorder::set_kpi(const std::string& name, double value, const std::string& unit,
                       const std::string& long_name) {
  write_scalar("/kpi", name, value, unit, long_name);
}

void Recorder::set_ledger(const std::string& name, double value, const std::string& unit,
                          const std::string& long_name) {
  write_scalar("/ledger", name, value, unit, long_name);
}

void Recorder::set_provenance(const std::string& key, std::string_view value) {
  file_.set_attribute("/provenance", key, value);
}

void Recorder::set_provenance(const std::string& key, double value) {
  file_.set_attribute("/provenance", key, value);
}

void Recorder::append_column(const std::string& group, const std::string& name,
                             const std::string& unit, const std::string& long_name,
                             const std::vector<double>& values) {
  const std::string object = "/" + group + "/" + name;
  auto it = columns_.find(object);
  if (it == columns_.end()) {
    file_.make_group("/" + group);
    constexpr uint64_t kColumnChunk = 8192;
    it = columns_
             .emplace(object,
                      file_.make_series(object, Hdf5Type::f64, 0, kColumnChunk, spec_.deflate))
             .first;
    file_.set_attribute(object, "units", unit_or_one(unit));
    if (!long_name.empty()) file_.set_attribute(object, "long_name", long_name);
  }
  file_.append(it->second, values.data(), values.size());
}

void Recorder::put_checkpoint(double t, const std::string& name, const void* bytes, size_t size) {
  file_.make_group("/checkpoint");
  const std::string group = fmt::format("/checkpoint/{}", t);
  file_.make_group(group);
  file_.set_attribute(group, "time", t);
  file_.write_bytes(group + "/" + name, bytes, size);
  file_.flush();
}

void Recorder::flush() {
  STEPPE_CHECK(!finished_);
  write_block();
  file_.flush();
}

void Recorder::finish(const std::string& status) {
  if (finished_) return;
  finished_ = true;
  write_block();
  // The data first: a status of "complete" must never stand in a file that lacks them.
  file_.flush();
  file_.set_attribute("/", "status", status);
  time_ = {};
  bounds_ = {};
  streams_.clear();
  columns_.clear();
  file_.close();
}

}  // namespace steppe::io
