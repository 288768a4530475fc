#include "sim/io/result_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "sim/base/error.h"
#include "sim/io/recorder.h"

namespace steppe::io {

ResultFile ResultFile::open(const std::string& path) {
  ResultFile out(Hdf5File::open(path));
  const Hdf5File& f = out.file_;
  const auto format = f.number_attribute("/", "steppe_format");
  if (!format) throw IoError(fmt::format("{}: is HDF5, but not a result of steppe", path));
  if (*format > kResultFormat)
    throw IoError(fmt::format("{}: has result format {}; this steppe reads up to {}", path, *format,
                              kResultFormat));
  out.status_ = f.text_attribute("/", "status").value_or("");
  // Nobody holds the file (else opening would have failed), so a run that calls itself running was
  // killed.
  if (out.status_ == "running" || out.status_.empty()) out.status_ = "cut off";
  if (!f.exists("/signals/time"))
    throw IoError(fmt::format("{}: the result is cut off before its first sample", path));
  out.rows_ = f.shape("/signals/time").first;
  const std::string units = f.text_attribute("/signals/time", "units").value_or("");
  constexpr std::string_view kSince = "seconds since ";
  if (units.starts_with(kSince)) out.start_ = units.substr(kSince.size());
  constexpr size_t kDateAndTime = 19;
  if (out.start_.size() > kDateAndTime) {
    out.time_zone_ = out.start_.substr(kDateAndTime + 1);
    out.start_.resize(kDateAndTime);
  }
  for (const std::string& name : f.children("/signals")) {
    const std::string object = "/signals/" + name;
    // Time and the unit indices are the dimensions of the signals.
    if (name == "time" || name == "time_bounds" ||
        f.text_attribute(object, "CLASS") == "DIMENSION_SCALE")
      continue;
    out.index_[name] = out.signals_.size();
    out.signals_.push_back(out.describe(object, name));
  }
  // A run that was killed while it wrote a block leaves datasets of different length: the file ends
  // with what all of them have.
  if (out.status_ == "cut off")
    for (const auto& s : out.signals_) out.rows_ = std::min(out.rows_, s.rows);
  return out;
}

ResultSignal ResultFile::describe(const std::string& object, const std::string& name) const {
  ResultSignal s;
  s.name = name;
  s.unit = file_.text_attribute(object, "units").value_or("1");
  s.long_name = file_.text_attribute(object, "long_name").value_or("");
  s.cell_methods = file_.text_attribute(object, "cell_methods").value_or("");
  s.zoh = file_.text_attribute(object, "kind") == "zoh";
  const auto [rows, width] = file_.shape(object);
  s.rows = rows;
  s.single_precision = file_.is_single_precision(object);
  s.width = width == 0 ? 1 : static_cast<int>(width);
  return s;
}

const ResultSignal* ResultFile::find(const std::string& name) const {
  const auto it = index_.find(name);
  return it == index_.end() ? nullptr : &signals_[it->second];
}

std::vector<double> ResultFile::time(uint64_t first, uint64_t count) const {
  first = std::min(first, rows_);
  return file_.read("/signals/time", first, std::min(count, rows_ - first));
}

std::vector<double> ResultFile::read(const std::string& name, uint64_t first,
                                     uint64_t count) const {
  if (const ResultSignal* s = find(name)) {
    const uint64_t rows = std::min(s->rows, rows_);
    first = std::min(first, rows);
    return file_.read("/signals/" + s->name, first, std::min(count, rows - first));
  }
  const size_t open = name.find('['), close = name.find(']', open);
  if (open != std::string::npos && close != std::string::npos) {
    int unit = -1;
    const char* end = name.data() + close;
    const auto [stop, ec] = std::from_chars(name.data() + open + 1, end, unit);
    const std::string whole = name.substr(0, open) + name.substr(close + 1);
    if (ec == std::errc() && stop == end && find(whole))
      return read_unit(whole, unit, first, count);
  }
  std::vector<std::string> names;
  for (const ResultSignal& s : signals_) names.push_back(s.name);
  const std::string near = nearest(name, names);
  throw UserError(fmt::format("{}: there is no signal '{}'{}", path(), name,
                              near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

std::vector<double> ResultFile::read_unit(const std::string& name, int unit, uint64_t first,
                                          uint64_t count) const {
  const ResultSignal* s = find(name);
  if (!s) return read(name);  // says what is wrong
  if (unit < 0 || unit >= s->width)
    throw UserError(
        fmt::format("{}: signal '{}' has units 0 to {}, not {}", path(), name, s->width - 1, unit));
  const uint64_t rows = std::min(s->rows, rows_);
  first = std::min(first, rows);
  return file_.read("/signals/" + name, first, std::min(count, rows - first), unit);
}

std::vector<EventRecord> ResultFile::events() const {
  return file_.exists("/events") ? file_.read_events("/events") : std::vector<EventRecord>{};
}

std::vector<ResultNumber> ResultFile::numbers(const std::string& group) const {
  std::vector<ResultNumber> out;
  if (!file_.exists(group)) return out;
  for (const std::string& name : file_.children(group)) {
    const std::string object = group + "/" + name;
    out.push_back({name, file_.read_number(object),
                   file_.text_attribute(object, "units").value_or("1"),
                   file_.text_attribute(object, "long_name").value_or("")});
  }
  return out;
}

std::string ResultFile::text(const std::string& object) const {
  return file_.exists(object) ? file_.read_text(object) : std::string();
}

std::map<std::string, std::string> ResultFile::provenance() const {
  std::map<std::string, std::string> out;
  if (!file_.exists("/provenance")) return out;
  for (const std::string& key : file_.attributes("/provenance")) {
    if (const auto text = file_.text_attribute("/provenance", key))
      out[key] = *text;
    else if (const auto number = file_.number_attribute("/provenance", key))
      out[key] = fmt::format("{}", *number);
  }
  return out;
}

std::vector<ResultSignal> ResultFile::columns(const std::string& group) const {
  std::vector<ResultSignal> out;
  if (!file_.exists("/" + group)) return out;
  for (const std::string& name : file_.children("/" + group))
    out.push_back(describe("/" + group + "/" + name, name));
  return out;
}

std::vector<double> ResultFile::read_column(const std::string& group,
                                            const std::string& name) const {
  return file_.read("/" + group + "/" + name, 0, std::numeric_limits<uint64_t>::max());
}

std::vector<double> ResultFile::checkpoints() const {
  std::vector<double> out;
  if (!file_.exists("/checkpoint")) return out;
  for (const std::string& name : file_.children("/checkpoint"))
    if (const auto t = file_.number_attribute("/checkpoint/" + name, "time")) out.push_back(*t);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::byte> ResultFile::checkpoint(double t, const std::string& name) const {
  return file_.read_bytes(fmt::format("/checkpoint/{}/{}", t, name));
}

}  // namespace steppe::io
