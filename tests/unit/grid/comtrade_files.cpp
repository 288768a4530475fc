#include "tests/unit/grid/comtrade_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>

namespace steppe::test {
namespace {

void put(std::string& out, const void* p, size_t n) {
  out.append(static_cast<const char*>(p), n);  // tests run on little-endian machines
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  static int count = 0;
  path_ = std::filesystem::temp_directory_path() /
          fmt::format("steppe-record-{}-{}", ::getpid(), count++);
  std::filesystem::create_directories(path_);
}
TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }

std::string TemporaryFolder::file(const std::string& name, const std::string& text) const {
  const auto p = path_ / name;
  std::ofstream(p, std::ios::binary) << text;
  return p.string();
}

std::string TemporaryFolder::comtrade(const std::string& name, const RecordShape& s) const {
  const double step = 1.0 / (s.rate > 0.0 ? s.rate : 4000.0);
  const auto samples = static_cast<int>(std::lround(s.seconds / step));
  const bool scaled = s.format != "FLOAT32";
  const double a = scaled ? 0.01 : 1.0, b = scaled ? 0.5 : 0.0;
  std::string cfg =
      s.revision == 1991 ? "substation,7\r\n" : fmt::format("substation,7,{}\r\n", s.revision);
  cfg += "6,4A,2D\r\n";
  const char* names[] = {"UA", "UB", "UC", "IA"};
  for (int k = 0; k < 4; ++k)
    cfg += fmt::format("{},{},{},line,{},{},{},0.0,-32767,32767{}\r\n", k + 1, names[k],
                       k < 3 ? std::string(1, static_cast<char>('A' + k)) : "A", k < 3 ? "kV" : "A",
                       a, b, s.revision == 1991 ? "" : ",110,0.1,P");
  cfg += "1,trip,,,0\r\n2,close,,,0\r\n50\r\n";
  cfg += s.rate > 0.0 ? fmt::format("1\r\n{},{}\r\n", s.rate, samples)
                      : fmt::format("0\r\n0,{}\r\n", samples);
  cfg += s.revision == 2013 ? "01/02/2026,10:00:00.000000000\r\n01/02/2026,10:00:00.100000000\r\n"
                            : "01/02/2026,10:00:00.000000\r\n01/02/2026,10:00:00.100000\r\n";
  cfg += s.format + "\r\n";
  if (s.revision != 1991) cfg += "1\r\n";
  if (s.revision == 2013) cfg += "8h,8h\r\nB,3\r\n";

  std::string data;
  const double unit = s.revision == 2013 ? 1e-9 : 1e-6;
  for (int n = 0; n < samples; ++n) {
    const double t = n * step;
    const auto stamp = static_cast<uint32_t>(std::llround(t / unit));
    double v[4];
    for (int k = 0; k < 4; ++k) v[k] = k < 3 ? s.volts(t, k) : 100.0 * std::cos(314.159 * t);
    if (s.format == "ASCII") {
      data += fmt::format("{},{}", n + 1, stamp);
      for (double x : v) data += fmt::format(",{}", std::lround((x - b) / a));
      data += ",0,1\r\n";
      continue;
    }
    const auto number = static_cast<uint32_t>(n + 1);
    put(data, &number, 4);
    put(data, &stamp, 4);
    for (double x : v) {
      const auto raw = std::lround((x - b) / a);
      const auto i16 = static_cast<int16_t>(raw);
      const auto i32 = static_cast<int32_t>(raw);
      const auto f32 = static_cast<float>(x);
      if (s.format == "BINARY")
        put(data, &i16, 2);
      else if (s.format == "BINARY32")
        put(data, &i32, 4);
      else
        put(data, &f32, 4);
    }
    const uint16_t digital = 2;
    put(data, &digital, 2);
  }
  if (s.missing_bytes > 0) data.resize(data.size() - s.missing_bytes);
  file(name + ".dat", data);
  return file(name + ".cfg", cfg);
}

}  // namespace steppe::test
