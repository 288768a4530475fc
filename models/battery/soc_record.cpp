#include "models/battery/soc_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "sim/base/error.h"

namespace steppe::models {
namespace {

struct Field {
  std::string_view text;
  int column = 1;
};

std::vector<Field> fields_of(std::string_view line) {
  std::vector<Field> out;
  size_t begin = 0;
  for (;;) {
    const size_t end = std::min(line.find(',', begin), line.size());
    size_t a = begin, b = end;
    const auto blank = [&](size_t k) {
      return std::string_view(" \t\"\r").find(line[k]) != std::string_view::npos;
    };
    while (a < b && blank(a)) ++a;
    while (b > a && blank(b - 1)) --b;
    out.push_back({line.substr(a, b - a), static_cast<int>(a) + 1});
    if (end == line.size()) return out;
    begin = end + 1;
  }
}

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}
bool ends(const std::string& name, const std::string& unit) {
  for (const char* form : {"_{}", "[{}]", "({})"})
    if (name.ends_with(fmt::format(fmt::runtime(form), unit))) return true;
  return false;
}

/// A file's text with places for messages.
class Reader {
 public:
  explicit Reader(const std::string& path) {
    std::error_code ec;
    if (std::filesystem::is_directory(path, ec))
      throw UserError(fmt::format("{}: is a folder, a CSV file is expected", path));
    std::ifstream in(path, std::ios::binary);
    if (!in) throw UserError(fmt::format("{}: cannot be opened", path));
    auto source = std::make_shared<SourceText>();
    source->name = path;
    source->text.assign(std::istreambuf_iterator<char>(in), {});
    if (source->text.find('\0') != std::string::npos)
      throw UserError(fmt::format("{}: is not a text file", path));
    source_ = source;
    at_ = source->text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  }
  /// Next line that is not empty.
  bool next(std::string_view& line) {
    const std::string& t = source_->text;
    while (at_ < t.size()) {
      const size_t end = std::min(t.find('\n', at_), t.size());
      line = std::string_view(t).substr(at_, end - at_);
      at_ = end + 1;
      ++line_;
      if (line.find_first_not_of(" \t\r") != std::string_view::npos) return true;
    }
    return false;
  }
  [[noreturn]] void fail(const Field& f, const std::string& why,
                         const std::string& hint = {}) const {
    throw UserError(
        SourceLoc{source_, line_, f.column, static_cast<int>(std::max<size_t>(1, f.text.size()))},
        why, hint);
  }
  double number(const Field& f, const char* what) const {
    double v = 0.0;
    const auto [end, error] = std::from_chars(f.text.data(), f.text.data() + f.text.size(), v);
    if (error != std::errc() || end != f.text.data() + f.text.size() || !std::isfinite(v))
      fail(f, f.text.empty() ? fmt::format("{} is missing", what)
                             : fmt::format("'{}' is not a number; expected {}", f.text, what));
    return v;
  }

 private:
  SourceTextPtr source_;
  size_t at_ = 0;
  int line_ = 0;
};

}  // namespace

SocRecord read_soc_record(const std::string& path) {
  Reader in(path);
  std::string_view line;
  if (!in.next(line)) throw UserError(fmt::format("{}: the file is empty", path));
  const auto header = fields_of(line);
  size_t time = header.size(), soc = time, temp = time;
  double time_scale = 1.0, soc_scale = 1.0, temp_shift = 273.15;
  for (size_t i = header.size(); i-- > 0;) {
    const std::string name = lower(header[i].text);
    if (name.starts_with("time") || name == "t") {
      time = i;
      time_scale = ends(name, "h") ? 3600.0 : 1.0;
    } else if (name.starts_with("soc") || name.starts_with("state_of_charge")) {
      soc = i;
      soc_scale =
          name.find('%') != std::string::npos || name.find("pct") != std::string::npos ? 0.01 : 1.0;
    } else if (name.starts_with("temp")) {
      temp = i;
      temp_shift = ends(name, "k") ? 0.0 : 273.15;
    }
  }
  for (const auto& [at, what] : {std::pair{time, "time_s"}, std::pair{soc, "soc"}})
    if (at == header.size())
      in.fail(header[0], fmt::format("no column '{}' in the header", what),
              "expected: time_s,soc,temperature_c (the last one may be left out)");
  SocRecord r;
  while (in.next(line)) {
    const auto f = fields_of(line);
    if (f.size() < header.size())
      in.fail({line.substr(0, 1), 1},
              fmt::format("{} fields, the header has {}", f.size(), header.size()));
    const double t = in.number(f[time], "a time") * time_scale;
    if (!r.time.empty() && t <= r.time.back()) in.fail(f[time], "the time does not rise");
    const double s = in.number(f[soc], "a state of charge") * soc_scale;
    // What a file rounds may lie a little outside.
    if (s < -1e-6 || s > 1.0 + 1e-6)
      in.fail(f[soc],
              fmt::format("a state of charge of {} is outside 0 to {}", f[soc].text,
                          soc_scale < 1.0 ? "100 %" : "1"),
              soc_scale == 1.0 && s > 1.5 ? "in per cent? Name the column 'soc_pct'" : "");
    r.time.push_back(t);
    r.soc.push_back(std::clamp(s, 0.0, 1.0));
    if (temp == header.size()) continue;
    const double k = in.number(f[temp], "a temperature") + temp_shift;
    if (k < 213.15 || k > 373.15)
      in.fail(f[temp], fmt::format("a temperature of {} is outside -60 to 100 degC", f[temp].text),
              temp_shift > 0.0 && k > 373.15 ? "in kelvin? Name the column 'temperature_K'" : "");
    r.temp.push_back(k);
  }
  if (r.time.size() < 2) throw UserError(fmt::format("{}: at least two samples are needed", path));
  return r;
}

}  // namespace steppe::models
