#include "models/grid/comtrade.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

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
  fs::path q = p;
  q.replace_extension(ending);
  if (fs::exists(q)) return q.string();
  std::error_code ec;
  for (const auto& other : fs::directory_iterator(p.has_parent_path() ? p.parent_path() : ".", ec))
    if (upper(other.path().filename().string()) == upper(q.filename().string()))
      return (p.parent_path() / other.path().filename()).string();
  throw UserError(
      fmt::format("{}: there is no {} beside it; a COMTRADE record is a .cfg and a .dat, or a .cff",
                  path, q.filename().string()));
}

/// Where a section of a combined file begins: its line "--- file type: NAME …" and what follows.
struct Section {
  size_t header, content;
};
std::optional<Section> find_section(const std::string& bytes, const std::string& name,
                                    size_t from = 0) {
  for (size_t at = bytes.find("---", from); at != std::string::npos;
       at = bytes.find("---", at + 3)) {
    if (at > 0 && bytes[at - 1] != '\n') continue;
    const size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::string line = upper(std::string_view(bytes).substr(at, end - at));
    const size_t type = line.find("FILE TYPE:");
    if (type == std::string::npos) continue;
    const size_t word = line.find_first_not_of(" \t", type + 10);
    if (word != std::string::npos && line.compare(word, name.size(), name) == 0)
      return Section{at, std::min(end + 1, bytes.size())};
  }
  return std::nullopt;
}

/// The files of a record: two, or one that holds both.
struct Files {
  std::string config, data;
  bool combined = false;

  explicit Files(const std::string& given) : config(given), data(given) {
    const std::string ending = upper(fs::path(given).extension().string());
    combined = ending == ".CFF";
    if (ending == ".DAT") config = beside(given, ".cfg");
  }
  /// Lines of the configuration, and the first of them (those before belong to the frame of a
  /// .cff).
  std::pair<TextLines, size_t> config_lines() const {
    const std::string hint = "a COMTRADE configuration is text";
    if (!combined) return {TextLines(config, hint), 0};
    const std::string bytes = read_bytes(config);
    const auto cfg = find_section(bytes, "CFG");
    if (!cfg) throw UserError(fmt::format("{}: holds no line '--- file type: CFG ---'", config));
    const auto next = find_section(bytes, "", cfg->content);
    const auto before = static_cast<size_t>(
        std::count(bytes.begin(), bytes.begin() + static_cast<long>(cfg->content), '\n'));
    return {TextLines(config, bytes.substr(0, next ? next->header : bytes.size()), hint), before};
  }
  /// Bytes of the file with the data, and where these begin.
  std::pair<std::string, size_t> data_bytes() const {
    if (!combined) {
      const bool given = upper(fs::path(data).extension().string()) == ".DAT";
      return {read_bytes(given ? data : beside(data, ".dat")), 0};
    }
    std::string bytes = read_bytes(data);
    const auto dat = find_section(bytes, "DAT");
    if (!dat) throw UserError(fmt::format("{}: holds no line '--- file type: DAT … ---'", data));
    return {std::move(bytes), dat->content};
  }
  std::string data_name() const {
    return combined || upper(fs::path(data).extension().string()) == ".DAT" ? data
                                                                            : beside(data, ".dat");
  }
};

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

Config read_config(const Files& files) {
  const auto lines = files.config_lines();
  const TextLines& t = lines.first;
  size_t i = lines.second;
  const auto need = [&](const std::string& what) {
    if (i >= t.size())
      throw UserError(t.at(t.size() - 1), fmt::format("the file ends here; {} is missing", what));
    return t.fields(i);
  };
  Config c;
  auto f = need("the station line");
  c.record.station = std::string(f[0].text);
  if (f.size() >= 3 && !f[2].text.empty()) {
    // Drafts and the editions of the IEC carry years of their own; the layout is the same.
    const double year = t.number(i, f[2], "the revision year: 1991, 1999 or 2013");
    if (year < 1991 || year > 2099 || year != std::floor(year))
      t.fail(i, f[2], fmt::format("revision {} is unknown; expected 1991, 1999 or 2013", year));
    c.record.revision = static_cast<int>(year);
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
    if (!f[7].text.empty()) ch.skew = 1e-6 * t.number(i, f[7], "the time skew in µs");
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

void read_ascii(Config& c, const Files& files) {
  auto [bytes, from] = files.data_bytes();
  auto first =
      static_cast<size_t>(std::count(bytes.begin(), bytes.begin() + static_cast<long>(from), '\n'));
  const TextLines t(files.data_name(), std::move(bytes), "the configuration says ASCII");
  Comtrade& r = c.record;
  const int64_t samples = c.segments.back().end;
  const size_t columns = 2 + r.analog.size() + static_cast<size_t>(c.digital);
  for (size_t i = first; i < t.size(); ++i) {
    if (t.blank(i) || t.line(i) == "\x1a") continue;
    auto f = t.fields(i);
    if (f.size() == columns + 1 && f.back().text.empty()) f.pop_back();  // a comma at the end
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

void read_binary(Config& c, const Files& files) {
  Comtrade& r = c.record;
  const std::string path = files.data_name();
  const auto [file, from] = files.data_bytes();
  const std::string_view bytes = std::string_view(file).substr(from);
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
  uint32_t before = 0;
  for (size_t n = 0; n < samples; ++n) {
    const char* p = bytes.data() + n * record;
    // Counted from anywhere (a part of a longer record), or not at all.
    const auto number = little_endian<uint32_t>(p);
    const bool counts = n == 0 || number == before + 1 || (number == 0 && before == 0);
    before = number;
    if (!counts)
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

Comtrade read_comtrade_config(const std::string& path) { return read_config(Files(path)).record; }

Comtrade read_comtrade(const std::string& path, const std::vector<size_t>& wanted) {
  const Files files(path);
  Config c = read_config(files);
  const std::string data = files.data_name();
  c.record.wanted = wanted;
  c.record.values.resize(wanted.size());
  if (c.format == Format::ascii)
    read_ascii(c, files);
  else
    read_binary(c, files);
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
