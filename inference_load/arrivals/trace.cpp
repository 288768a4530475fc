#include "inference_load/arrivals/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "inference_load/arrivals/lines.h"
#include "sim/base/error.h"
#include "sim/base/rng.h"

namespace steppe::load {
namespace {

constexpr double kMaxTokens = 1e8;

/// Days from 1970-01-01 [Hinnant, chrono-compatible date algorithms].
int64_t days_from_civil(int64_t y, int64_t m, int64_t d) {
  y -= m <= 2;
  const int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
  const int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1,
                doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

struct Instant {
  int64_t day = 0;
  double second = 0.0;
};

/// "2023-11-16 18:15:46.6805900", also with 'T' and a UTC offset or Z at the end; or plain seconds.
bool instant(std::string_view s, Instant& out) {
  double plain = 0.0;
  if (number(s, plain)) {
    out = {0, plain};
    return true;
  }
  auto digits = [&](size_t at, size_t n, int64_t& v) {
    if (at + n > s.size()) return false;
    const auto [end, error] = std::from_chars(s.data() + at, s.data() + at + n, v);
    return error == std::errc() && end == s.data() + at + n && v >= 0;
  };
  int64_t y, mo, d, h, mi;
  if (!(digits(0, 4, y) && digits(5, 2, mo) && digits(8, 2, d) && digits(11, 2, h) &&
        digits(14, 2, mi)))
    return false;
  const char dash = s[4];  // or a slash
  if ((dash != '-' && dash != '/') || s[7] != dash || (s[10] != ' ' && s[10] != 'T') ||
      s[13] != ':' || s.size() < 19 || s[16] != ':')
    return false;
  double sec = 0.0;
  const auto [end, error] = std::from_chars(s.data() + 17, s.data() + s.size(), sec);
  if (error != std::errc() || !(sec >= 0.0 && sec < 61.0) || mo < 1 || mo > 12 || d < 1 || d > 31 ||
      h > 23 || mi > 59)
    return false;
  s.remove_prefix(static_cast<size_t>(end - s.data()));
  int64_t offset = 0;
  if (!s.empty() && s != "Z") {
    int64_t oh = 0, om = 0;
    if (s.size() != 6 || (s[0] != '+' && s[0] != '-') || !digits(1, 2, oh) || !digits(4, 2, om))
      return false;
    offset = (s[0] == '+' ? 1 : -1) * (oh * 3600 + om * 60);
  }
  out = {days_from_civil(y, mo, d), static_cast<double>(h * 3600 + mi * 60 - offset) + sec};
  return true;
}

/// Column names in use, in lower case without blanks, '_' and '-'.
const std::array<std::vector<std::string>, 3> kNames = {{
    {"timestamp", "time", "arrival", "arrivaltime", "arrivaltimestamp", "arrivedat", "starttime",
     "requesttime", "requesttimestamp", "t", "timestampms", "timems", "arrivaltimems"},
    {"contexttokens", "in", "input", "inputtokens", "inputlength", "inputlen", "requesttokens",
     "prompttokens", "promptlength", "promptlen", "numprefilltokens", "numinputtokens"},
    {"generatedtokens", "out", "output", "outputtokens", "outputlength", "outputlen",
     "responsetokens", "completiontokens", "numdecodetokens", "numoutputtokens"},
}};
constexpr const char* kWhat[] = {"arrival time", "prompt tokens", "generated tokens"};

class TraceReader {
 public:
  explicit TraceReader(const std::string& path) : lines_(path), problems_(path) {}

  Trace read() {
    std::string line;
    while (lines_.next(line)) {
      if (!is_text(line)) break;
      if (trim(line).empty()) continue;
      if (!started_) {
        if (trim(line).front() == '#') continue;  // remarks before the header
        started_ = true;
        if (trim(line).front() == '[')
          problems_.raise("this is one JSON list, expected one request a line",
                          R"(expected {"timestamp": ms, "input_length": n, "output_length": n})");
        json_ = trim(line).front() == '{';
        if (Field f; json_ && json_value(line, "chat_id", f)) {
          scale_ = 1.0;  // Qwen-Bailian: seconds, blocks of 16 tokens
          trace_.block_tokens = 16.0;
        } else if (json_) {
          scale_ = 1e-3;  // Mooncake: ms, blocks of 512
        }
        if (!json_) {
          header(line);
          continue;
        }
      }
      json_ ? json_row(line) : csv_row(line);
    }
    if (!problems_.any() && !started_)
      problems_.raise("the trace is empty", "a header line and at least one request");
    if (!problems_.any() && trace_.size() == 0) problems_.raise("the trace holds no requests");
    if (problems_.any()) problems_.raise();
    if (!any_cached_) trace_.cached = {};
    if (trace_.block.empty())
      trace_.block_from.clear();
    else
      trace_.block_from.push_back(static_cast<uint32_t>(trace_.block.size()));
    return std::move(trace_);
  }

 private:
  bool is_text(const std::string& line) {
    const auto bad = std::find_if(line.begin(), line.end(), [](char c) {
      const auto u = static_cast<unsigned char>(c);
      return (u < 0x20 && c != '\t') || u == 0x7f;
    });
    if (bad == line.end() && line.size() < kMaxLine) return true;
    if (bad == line.end())
      problems_.add(lines_.number(), line.substr(0, 200), 0, 1,
                    "line is longer than a megabyte: this is no request trace");
    else
      problems_.add(
          lines_.number(), line, static_cast<size_t>(bad - line.begin()), 1,
          fmt::format("byte 0x{:02x} is not text: the file is damaged or no request trace",
                      static_cast<unsigned char>(*bad)));
    return false;
  }

  void header(const std::string& line) {
    by_ = separator(line);
    split(line, fields_, by_);
    std::vector<std::string> given;
    for (const Field& f : fields_) given.push_back(plain_name(f.text));
    for (size_t k = 0; k < 3; ++k) {
      column_[k] = fields_.size();
      for (size_t i = 0; i < given.size() && column_[k] == fields_.size(); ++i)
        if (std::find(kNames[k].begin(), kNames[k].end(), given[i]) != kNames[k].end())
          column_[k] = i;
      if (column_[k] == fields_.size())
        problems_.add(
            lines_.number(), line, 0, line.size(), fmt::format("no column for the {}", kWhat[k]),
            "expected a header such as TIMESTAMP,ContextTokens,GeneratedTokens or time,in,out");
    }
    columns_ = fields_.size();
    if (problems_.any()) problems_.raise();
    time_unit(line, fields_[column_[0]], given[column_[0]].ends_with("ms"));
  }

  /// Seconds unless the column's name says otherwise.
  void time_unit(const std::string& line, const Field& f, bool ms) {
    if (ms) scale_ = 1e-3;
    if (const auto unit = unit_of(f.text); unit.empty() || unit == "UTC") return;
    scale_ = header_scale(f, "s", problems_, lines_.number(), line);
    if (problems_.any()) problems_.raise();
  }

  void csv_row(const std::string& line) {
    split(line, fields_, by_);
    if (fields_.size() != columns_) {
      problems_.add(lines_.number(), line, 0, line.size(),
                    fmt::format("{} fields where the header has {}", fields_.size(), columns_),
                    fields_.size() < columns_ ? "the line is cut short" : "");
      return;
    }
    const Field& f = fields_[column_[0]];
    Instant when;
    if (!instant(f.text, when) || !std::isfinite(when.second)) {
      problems_.add(lines_.number(), line, f.column, f.text.size(),
                    fmt::format("'{}' is not a time", f.text.substr(0, 60)),
                    "seconds, or YYYY-MM-DD hh:mm:ss.fffffff");
      return;
    }
    if (when.day == 0) when.second *= scale_;
    uint32_t in = 0, out = 0;
    if (!tokens(line, fields_[column_[1]], 1, in) || !tokens(line, fields_[column_[2]], 2, out))
      return;
    add(line, f, when, in, out, 0);
  }

  bool tokens(const std::string& line, const Field& f, size_t k, uint32_t& v) {
    double x = 0.0;
    const double least = k == 1 ? 1.0 : 0.0;
    if (f.text.empty() || !number(f.text, x) || !(x >= least && x <= kMaxTokens) ||
        x != std::floor(x)) {
      problems_.add(lines_.number(), line, f.column, f.text.size(),
                    fmt::format("{} '{}' must be a whole number from {} to 1e8", kWhat[k],
                                f.text.substr(0, 60), least));
      return false;
    }
    v = static_cast<uint32_t>(x);
    return true;
  }

  void add(const std::string& line, const Field& f, Instant when, uint32_t in, uint32_t out,
           uint32_t cached) {
    if (trace_.size() == 0) origin_ = when;
    const double t =
        static_cast<double>(when.day - origin_.day) * 86400.0 + (when.second - origin_.second);
    if (trace_.size() > 0 && t < trace_.time.back()) {
      problems_.add(lines_.number(), line, f.column, f.text.size(),
                    fmt::format("time goes back by {:.6g} s", trace_.time.back() - t),
                    "sort the trace by arrival time");
      return;
    }
    trace_.time.push_back(t);
    trace_.input.push_back(in);
    trace_.output.push_back(out);
    trace_.cached.push_back(cached);
    if (json_) {
      trace_.block_from.push_back(static_cast<uint32_t>(trace_.block.size()));
      trace_.block.insert(trace_.block.end(), pending_.begin(), pending_.end());
    }
    any_cached_ = any_cached_ || cached > 0;
  }

  /// Value of `"key":` as text, up to the next ',' or '}' (or the whole [list]).
  static bool json_value(const std::string& line, const char* key, Field& f) {
    const size_t at = line.find(fmt::format("\"{}\"", key));
    if (at == std::string::npos) return false;
    const size_t colon = line.find(':', at);
    if (colon == std::string::npos) return false;
    size_t begin = line.find_first_not_of(" \t", colon + 1);
    if (begin == std::string::npos) return false;
    const size_t end = line[begin] == '[' ? line.find(']', begin) : line.find_first_of(",}", begin);
    if (end == std::string::npos) return false;
    f = {trim(std::string_view(line).substr(begin, end - begin)), begin};
    return true;
  }

  /// Mooncake, Qwen-Bailian: timestamp, token counts, and one hash per block of prompt tokens.
  void json_row(const std::string& line) {
    Field time{}, in_field{}, out_field{}, hashes{};
    if (trim(line).front() != '{' || trim(line).back() != '}' ||
        !json_value(line, "timestamp", time) || !json_value(line, "input_length", in_field) ||
        !json_value(line, "output_length", out_field)) {
      problems_.add(
          lines_.number(), line, 0, line.size(), "not a request",
          R"(expected {"timestamp": ms, "input_length": n, "output_length": n, "hash_ids": [...]})");
      return;
    }
    double when = 0.0;
    if (!number(time.text, when) || !std::isfinite(when)) {
      problems_.add(lines_.number(), line, time.column, time.text.size(),
                    fmt::format("timestamp is not a number of {}",
                                scale_ == 1.0 ? "seconds" : "milliseconds"));
      return;
    }
    uint32_t in = 0, out = 0;
    if (!tokens(line, in_field, 1, in) || !tokens(line, out_field, 2, out)) return;
    pending_.clear();
    double seen = 0.0;
    if (json_value(line, "hash_ids", hashes) && hashes.text != "null") {
      if (!hashes.text.starts_with('[')) {
        problems_.add(lines_.number(), line, hashes, "hash_ids is not a list",
                      "expected one hash per block of the prompt, as in [0, 1, 2]");
        return;
      }
      seen = trace_.block_tokens * blocks_seen(hashes.text.substr(1));
      if (const auto blocks = static_cast<double>(pending_.size());
          blocks > std::ceil(in / trace_.block_tokens)) {
        problems_.add(lines_.number(), line, hashes,
                      fmt::format("{} blocks of {} tokens are more than a prompt of {} tokens has",
                                  blocks, trace_.block_tokens, in),
                      "expected a hash per 512 prompt tokens (Mooncake), or per 16 where "
                      "requests have a chat_id (Qwen-Bailian)");
        return;
      }
    }
    add(line, time, {0, scale_ * when}, in, out, static_cast<uint32_t>(std::min(seen, in - 1.0)));
  }

  /// Leading blocks that an earlier request had; numbers and remembers all of them. A hash is
  /// what is written: a number of any length or a text.
  double blocks_seen(std::string_view list) {
    double seen = 0.0;
    bool leading = true;
    while (!trim(list).empty()) {
      const size_t comma = std::min(list.find(','), list.size());
      const auto [known, fresh] =
          blocks_.emplace(trim(list.substr(0, comma)), static_cast<uint32_t>(blocks_.size()));
      pending_.push_back(known->second);
      leading = !fresh && leading;
      seen += leading ? 1.0 : 0.0;
      list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return seen;
  }

  LineReader lines_;
  Problems problems_;
  Trace trace_;
  std::vector<Field> fields_;
  std::array<size_t, 3> column_{};
  size_t columns_ = 0;
  char by_ = ',';
  double scale_ = 1.0;  ///< s, of a time that is a plain number
  Instant origin_;
  bool started_ = false, json_ = false, any_cached_ = false;
  std::unordered_map<std::string, uint32_t> blocks_;
  std::vector<uint32_t> pending_;  ///< blocks of the row that is read
};

}  // namespace

Trace read_trace(const std::string& path) { return TraceReader(path).read(); }

std::string trace_csv(ArrivalSource& source, double end, double epoch) {
  std::string out = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  Arrival a;
  while (source.next(end, a)) {
    const double t = epoch + a.time, day = std::floor(t / 86400.0), second = t - 86400.0 * day;
    // Civil date of a day number, by trial: traces are short.
    int64_t year = 1970 + static_cast<int64_t>(day / 366.0), month = 1;
    const auto days = static_cast<int64_t>(day);
    while (days_from_civil(year + 1, 1, 1) <= days) ++year;
    while (month < 12 && days_from_civil(year, month + 1, 1) <= days) ++month;
    const auto whole = static_cast<int>(second);
    // 0.1 µs, cut and not rounded, so that 59.99999999 does not become 60.
    const double ticks = std::floor((second - whole) * 1e7);
    out += fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:07.0f},{},{}\n", year, month,
                       days - days_from_civil(year, month, 1) + 1, whole / 3600, whole / 60 % 60,
                       whole % 60, ticks, a.input, a.output);
  }
  return out;
}

TraceArrivals::TraceArrivals(Trace trace, const ReplayConfig& config)
    : trace_(std::move(trace)), config_(config) {
  const double last = trace_.time.back();
  // One mean gap between the last request and the first of the next pass.
  const double gap = trace_.size() > 1 ? last / static_cast<double>(trace_.size() - 1) : 1.0;
  span_ = (last + std::max(gap, 1e-3)) / config_.speed;
}

bool TraceArrivals::kept(size_t i) const {
  if (config_.keep >= 1.0) return true;
  Rng hash(pass_ + 1, "trace");
  hash.set_counter(i);
  return hash.uniform() < config_.keep;
}

bool TraceArrivals::next(double until, Arrival& a) {
  for (;;) {
    if (at_ == trace_.size()) {
      if (!config_.loop) return false;
      at_ = 0;
      ++pass_;
    }
    const double t = static_cast<double>(pass_) * span_ + trace_.time[at_] / config_.speed;
    if (t >= until) return false;
    const size_t i = at_++;
    if (!kept(i)) continue;
    a = {t, trace_.input[i], trace_.output[i], trace_.cached.empty() ? 0 : trace_.cached[i]};
    if (!trace_.block_from.empty()) {
      a.block_at = trace_.block_from[i];
      a.blocks = trace_.block_from[i + 1] - a.block_at;
    }
    return true;
  }
}

double TraceArrivals::rate(double t) const {
  if (t > span_ && !config_.loop) return 0.0;
  return config_.keep * static_cast<double>(trace_.size()) / span_;
}

std::string TraceArrivals::remark(double length) const {
  std::string text;
  if (const auto none = std::count(trace_.output.begin(), trace_.output.end(), 0u); none > 0)
    text = fmt::format("{} of {} requests ask for no token: their prompts are computed", none,
                       trace_.size());
  if (!config_.loop && span_ < length)
    text += fmt::format("{}no request after {:g} s", text.empty() ? "" : "; ",
                        trace_.time.back() / config_.speed);
  return text;
}

void TraceArrivals::save(core::StateWriter& w) const {
  w.put(at_);
  w.put(pass_);
}

void TraceArrivals::load(core::StateReader& r) {
  r.get(at_);
  r.get(pass_);
}

}  // namespace steppe::load
