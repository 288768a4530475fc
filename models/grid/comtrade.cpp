#include "models/grid/comtrade.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>

#include "sim/base/text_lines.h"

namespace steppe::models {
namespace {

namespace fs = std::filesystem;

enum class Format { ascii, binary, binary32, float32 };

struct Segment {
  double rate;  ///< Hz; 0: the data carry the time
  int64_t end;  ///< number of its last sample
};

struct Config {
  Comtrade record;
  int digital = 0;
  std::vector<Segment> segments;
  Format format = Format::ascii;
  double time_unit = 1e-6;  ///< s per count of the data's time stamp
  int rate_line = 0;
};

std::string upper(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

/// The other file of the pair, whatever the case of its ending.
std::string beside(const std::string& path, const std::string& ending) {
  const fs::path p(path);
  for (const std::string& e : {ending, upper(ending)}) {
    fs::path q = p;
    q.replace_extension(e);
    if (fs::exists(q)) return q.string();
  }
  fs::path q = p;
  q.replace_extension(ending);
  throw UserError(
      fmt::format("{}: there is no {} beside it; a COMTRADE record is a .cfg and a .dat", path,
                  q.filename().string()));
}

int count(const TextLines& t, size_t i, const TextField& f, char ending, const std::string& what) {
  TextField digits = f;
  if (f.text.empty() || std::toupper(static_cast<unsigned char>(f.text.back())) != ending)
    t.fail(i, f,
           fmt::format("expected the number of {} followed by {}, like 6{}", what, ending, ending));
  digits.text.remove_suffix(1);
  const double n = t.number(i, digits, "the number of " + what);
  if (n < 0 || n > 99999 || n != std::floor(n))
    t.fail(i, f, fmt::format("'{}' is not a possible number of {}", f.text, what));
  return static_cast<int>(n);
}

/// Digits behind the second's decimal point of a date line: 9 say that the record counts
/// nanoseconds.
size_t decimals(std::string_view line) {
  const size_t point = line.rfind('.');
  if (point == std::string_view::npos) return 0;
  size_t n = 0;
  while (point + 1 + n < line.size() &&
         std::isdigit(static_cast<unsigned char>(line[point + 1 + n])))
    ++n;
  return n;
}

Config read_config(const std::string& given) {
  const bool is_data = upper(fs::path(given).extension().string()) == ".DAT";
  const std::string path = is_data ? beside(given, ".cfg") : given;
  const TextLines t(path, "a COMTRADE configuration is text");
  size_t i = 0;
  const auto need = [&](const std::string& what) {
    if (i >= t.size())
      throw UserError(t.at(t.size() - 1), fmt::format("the file ends here; {} is missing", what));
    return t.fields(i);
  };
  Config c;
  auto f = need("the station line");
  c.record.station = std::string(f[0].text);
  if (f.size() >= 3 && !f[2].text.empty()) {
    c.record.revision =
        static_cast<int>(t.number(i, f[2], "the revision year: 1991, 1999 or 2013"));
    if (c.record.revision != 1991 && c.record.revision != 1999 && c.record.revision != 2013)
      t.fail(i, f[2],
             fmt::format("revision {} is unknown; expected 1991, 1999 or 2013", c.record.revision));
  }
  ++i;
  f = need("the line of channel counts");
  if (f.size() < 3)
    t.fail(i, f[0], "expected three fields: total, analog (6A) and digital (8D) channels");
  const int analog = count(t, i, f[1], 'A', "analog channels");
  c.digital = count(t, i, f[2], 'D', "digital channels");
  if (const double total = t.number(i, f[0], "the number of channels"); total != analog + c.digital)
    t.fail(i, f[0],
           fmt::format("{} channels in all are not {} analog and {} digital ones", total, analog,
                       c.digital));
  ++i;
  for (int k = 0; k < analog; ++k, ++i) {
    f = need(fmt::format("analog channel {} of {}", k + 1, analog));
    if (f.size() < 10)
      t.fail(i, f[0],
             fmt::format("{} fields; an analog channel has at least 10: number, name, phase, "
                         "component, unit, a, b, skew, min, max",
                         f.size()));
    ComtradeChannel ch;
    ch.name = std::string(f[1].text);
    ch.phase = std::string(f[2].text);
    ch.unit = std::string(f[4].text);
    ch.a = t.number(i, f[5], "the multiplier a");
    ch.b = t.number(i, f[6], "the offset b");
    ch.line = static_cast<int>(i) + 1;
    c.record.analog.push_back(std::move(ch));
  }
  for (int k = 0; k < c.digital; ++k, ++i) {
    f = need(fmt::format("digital channel {} of {}", k + 1, c.digital));
    if (f.size() < 3)
      t.fail(i, f[0], fmt::format("{} fields; a digital channel has at least 3", f.size()));
  }
  f = need("the line frequency");
  c.record.frequency = t.number(i, f[0], "the line frequency in Hz");
  if (c.record.frequency < 10.0 || c.record.frequency > 400.0)
    t.fail(i, f[0], fmt::format("{} Hz is not a line frequency", c.record.frequency));
  ++i;
  f = need("the number of sampling rates");
  const double rates = t.number(i, f[0], "the number of sampling rates");
  if (rates < 0 || rates > 10000 || rates != std::floor(rates))
    t.fail(i, f[0], "expected a whole number of sampling rates");
  ++i;
  c.rate_line = static_cast<int>(i);
  int64_t last = 0;
  for (int k = 0; k < std::max(1, static_cast<int>(rates)); ++k, ++i) {
    f = need("a sampling rate");
    if (f.size() < 2) t.fail(i, f[0], "expected a sampling rate and the number of its last sample");
    const double rate = t.number(i, f[0], "a sampling rate in Hz");
    const double end = t.number(i, f[1], "the number of the last sample");
    if (rate < 0.0) t.fail(i, f[0], "a sampling rate is not negative");
    if (end <= static_cast<double>(last) || end > 1e9 || end != std::floor(end))
      t.fail(i, f[1], fmt::format("expected the number of the last sample, above {}", last));
    last = static_cast<int64_t>(end);
    c.segments.push_back({rates == 0 ? 0.0 : rate, last});
  }
  need("the date of the first sample");
  const size_t digits = decimals(t.line(i));
  ++i;
  need("the date of the trigger");
  c.time_unit = std::max(digits, decimals(t.line(i))) > 6 ? 1e-9 : 1e-6;
  ++i;
  f = need("the format of the data: ASCII, BINARY, BINARY32 or FLOAT32");
  const std::string format = upper(f[0].text);
  if (format == "ASCII") {
    c.format = Format::ascii;
  } else if (format == "BINARY") {
    c.format = Format::binary;
  } else if (format == "BINARY32") {
    c.format = Format::binary32;
  } else if (format == "FLOAT32") {
    c.format = Format::float32;
  } else {
    const std::string near = nearest(format, {"ASCII", "BINARY", "BINARY32", "FLOAT32"});
    t.fail(i, f[0],
           fmt::format("'{}' is no data format; expected ASCII, BINARY, BINARY32 or FLOAT32",
                       f[0].text),
           near.empty() ? "" : fmt::format("did you mean {}?", near));
  }
  ++i;
  if (i < t.size()) {
    f = t.fields(i);
    if (!f[0].text.empty()) {
      const double multiplier = t.number(i, f[0], "the time multiplier");
      if (multiplier <= 0.0) t.fail(i, f[0], "the time multiplier is positive");
      c.time_unit *= multiplier;
    }
  }
  return c;
}

/// Time of sample n (from 1), from the rates. The interval behind a sample is that of its own
/// segment, as the time stamps of recorders show.
class Clock {
 public:
  explicit Clock(const Config& c) : c_(c) {}
  bool from_rates() const {
    for (const Segment& s : c_.segments)
      if (s.rate <= 0.0) return false;
    return true;
  }
  /// Called for n = 1, 2, 3 …
  double next() {
    if (n_ > 0) {
      while (segment_ + 1 < c_.segments.size() && n_ > c_.segments[segment_].end) ++segment_;
      time_ += 1.0 / c_.segments[segment_].rate;
    }
    ++n_;
    return time_;
  }

 private:
  const Config& c_;
  size_t segment_ = 0;
  int64_t n_ = 0;
  double time_ = 0.0;
};

template <class T>
T little_endian(const char* p) {
  std::array<unsigned char, sizeof(T)> bytes;
  std::memcpy(bytes.data(), p, sizeof(T));
  uint64_t v = 0;
  for (size_t k = 0; k < sizeof(T); ++k) v |= static_cast<uint64_t>(bytes[k]) << (8 * k);
  if constexpr (std::is_same_v<T, float>) {
    const auto u = static_cast<uint32_t>(v);
    float x;
    std::memcpy(&x, &u, sizeof x);
    return x;
  } else {
    return static_cast<T>(v);
  }
}

void read_ascii(Config& c, const std::string& path) {
  const TextLines t(path, "the configuration says ASCII");
  Comtrade& r = c.record;
  const int64_t samples = c.segments.back().end;
  const size_t columns = 2 + r.analog.size() + static_cast<size_t>(c.digital);
  for (size_t i = 0; i < t.size(); ++i) {
    const auto line = t.line(i);
    if (line.empty() || line == "\x1a") continue;
    const auto f = t.fields(i);
    if (f.size() != columns)
      t.fail(i, f.back(),
             fmt::format("{} fields where the configuration asks for {}: number, time, {} "
                         "analog and {} digital channels",
                         f.size(), columns, r.analog.size(), c.digital));
    r.time.push_back(f[1].text.empty() ? std::nan("")
                                       : t.number(i, f[1], "a time stamp") * c.time_unit);
    for (size_t w = 0; w < r.wanted.size(); ++w) {
      const auto& ch = r.analog[r.wanted[w]];
      const TextField& field = f[2 + r.wanted[w]];
      const bool missing = field.text.empty() || field.text == "99999";
      r.values[w].push_back(missing ? std::nan("")
                                    : ch.a * t.number(i, field, "a sample of " + ch.name) + ch.b);
    }
  }
  if (static_cast<int64_t>(r.time.size()) < samples)
    throw UserError(t.at(t.size() - 1),
                    fmt::format("the file is cut short: {} samples of {}", r.time.size(), samples));
}

void read_binary(Config& c, const std::string& path) {
  Comtrade& r = c.record;
  const std::string bytes = read_bytes(path);
  const size_t width = c.format == Format::binary ? 2 : 4;
  const size_t record =
      8 + width * r.analog.size() + 2 * ((static_cast<size_t>(c.digital) + 15) / 16);
  const auto samples = static_cast<size_t>(c.segments.back().end);
  if (bytes.size() < samples * record)
    throw UserError(
        fmt::format("{}: the file is cut short: {} bytes hold {} samples of {} ({} bytes each); {} "
                    "bytes are missing",
                    path, bytes.size(), bytes.size() / record, samples, record,
                    samples * record - bytes.size()));
  for (size_t n = 0; n < samples; ++n) {
    const char* p = bytes.data() + n * record;
    if (const auto number = little_endian<uint32_t>(p);
        number != 0 && number != n + 1 && number != n)
      throw UserError(
          fmt::format("{}: sample {} carries the number {}; the channel counts of the "
                      "configuration do not fit the data",
                      path, n + 1, number));
    const auto stamp = little_endian<uint32_t>(p + 4);
    r.time.push_back(stamp == 0xffffffffU ? std::nan("") : stamp * c.time_unit);
    for (size_t w = 0; w < r.wanted.size(); ++w) {
      const auto& ch = r.analog[r.wanted[w]];
      const char* q = p + 8 + width * r.wanted[w];
      double v = 0.0;
      bool missing = false;
      if (c.format == Format::binary) {
        const auto raw = little_endian<int16_t>(q);
        missing = raw == INT16_MIN;
        v = raw;
      } else if (c.format == Format::binary32) {
        const auto raw = little_endian<int32_t>(q);
        missing = raw == INT32_MIN;
        v = raw;
      } else {
        v = static_cast<double>(little_endian<float>(q));
        missing = !std::isfinite(v);
      }
      r.values[w].push_back(missing ? std::nan("") : ch.a * v + ch.b);
    }
  }
}

}  // namespace

Comtrade read_comtrade_config(const std::string& path) { return read_config(path).record; }

Comtrade read_comtrade(const std::string& path, const std::vector<size_t>& wanted) {
  Config c = read_config(path);
  const bool is_data = upper(fs::path(path).extension().string()) == ".DAT";
  const std::string data = is_data ? path : beside(path, ".dat");
  c.record.wanted = wanted;
  c.record.values.resize(wanted.size());
  if (c.format == Format::ascii)
    read_ascii(c, data);
  else
    read_binary(c, data);
  Comtrade& r = c.record;
  if (Clock clock(c); clock.from_rates())
    for (double& t : r.time) t = clock.next();
  else
    for (size_t n = 1; n < r.time.size(); ++n)
      if (!(r.time[n] > r.time[n - 1]))
        throw UserError(fmt::format(
            "{}: the time of sample {} ({} s) is not after the one before ({} s), and the "
            "configuration gives no sampling rate",
            data, n + 1, r.time[n], r.time[n - 1]));
  const double first = r.time.empty() ? 0.0 : r.time.front();
  for (double& t : r.time) t -= first;
  return std::move(c.record);
}

}  // namespace steppe::models
