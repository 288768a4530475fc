#include "inference_load/fluid/cache.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace steppe::load {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostFiles = 100;  // tables kept, 1.5 MB each
constexpr auto kOldest = std::chrono::hours(24 * 90);
constexpr auto kAbandoned = std::chrono::hours(1);  // a file that its writer never finished

/// "" when there is nowhere to keep anything.
std::string file_of(uint64_t content) {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if ((!cache || !*cache) && (!home || !*home)) return {};
  static const uint64_t program = [] {
    ContentHash h;
    std::error_code none;
    const fs::path self = fs::read_symlink("/proc/self/exe", none);
    h.add(static_cast<double>(fs::file_size(self, none)));
    h.add(static_cast<double>(fs::last_write_time(self, none).time_since_epoch().count()));
    return h.value();
  }();
  const fs::path folder = cache && *cache ? fs::path(cache) : fs::path(home) / ".cache";
  return (folder / "steppe" / fmt::format("fluid-{:016x}", content ^ program)).string();
}

/// The last eight bytes of a file: a hash of the rest, so that a torn or foreign one is not used.
uint64_t seal(const char* bytes, size_t count) {
  ContentHash h;
  h.add(bytes, count);
  return h.value();
}

/// Removes what nobody asked for in a long time, and the longest unused above the limit. Other
/// processes may do the same at the same moment: a file that is gone is what was wanted.
void tidy(const fs::path& folder) {
  std::error_code none;
  std::vector<std::pair<fs::file_time_type, fs::path>> tables;
  const auto now = fs::file_time_type::clock::now();
  for (auto it = fs::directory_iterator(folder, none); it != fs::directory_iterator();
       it.increment(none)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with("fluid-")) continue;
    const auto time = it->last_write_time(none);
    if (none) continue;
    const bool unfinished = name.find('.') != std::string::npos;
    if (now - time > (unfinished ? kAbandoned : kOldest))
      fs::remove(it->path(), none);
    else if (!unfinished)
      tables.emplace_back(time, it->path());
  }
  if (tables.size() <= kMostFiles) return;
  std::sort(tables.begin(), tables.end());
  for (size_t i = 0; i < tables.size() - kMostFiles; ++i) fs::remove(tables[i].second, none);
}

}  // namespace

void ContentHash::add(const void* bytes, size_t count) {
  const auto* b = static_cast<const unsigned char*>(bytes);
  for (size_t i = 0; i < count; ++i) h_ = (h_ ^ b[i]) * 0x100000001b3ULL;
}

void ContentHash::add(const core::ParamTableBase& table, const void* params) {
  for (size_t i = 0; i < table.rows().size(); ++i) {
    const core::ParamValue v = table.get(params, static_cast<int>(i));
    add(static_cast<double>(v.index()));
    if (const auto* text = std::get_if<std::string>(&v)) {
      add(text->data(), text->size());
    } else if (const auto* list = std::get_if<std::vector<double>>(&v)) {
      add(list->data(), list->size() * sizeof(double));
    } else if (const auto* number = std::get_if<double>(&v)) {
      add(*number);
    } else if (const auto* whole = std::get_if<int64_t>(&v)) {
      add(whole, sizeof *whole);
    } else {
      add(std::get<bool>(v) ? 1.0 : 0.0);
    }
  }
}

std::vector<FluidPoint> cached_table(uint64_t content) {
  std::vector<FluidPoint> points;
  const std::string file = file_of(content);
  std::ifstream in(file, std::ios::binary);
  if (!in) return points;
  std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  uint64_t mark = 0;
  if (bytes.size() < sizeof mark) return points;
  std::memcpy(&mark, bytes.data() + bytes.size() - sizeof mark, sizeof mark);
  bytes.resize(bytes.size() - sizeof mark);
  if (mark != seal(bytes.data(), bytes.size())) return points;
  std::error_code none;
  fs::last_write_time(file, fs::file_time_type::clock::now(), none);  // used today
  try {
    core::StateReader r(bytes);
    size_t count = 0;
    r.get(count);
    if (count > 1000) return {};
    for (size_t i = 0; i < count; ++i) {
      FluidPoint p;
      for (auto m : FluidPoint::kNumbers) r.get(p.*m);
      p.ttft_histogram.load(r);
      p.tpot_histogram.load(r);
      points.push_back(std::move(p));
    }
    if (!r.done()) points.clear();
  } catch (const std::exception&) {
    points.clear();  // of another build, with the same hash
  }
  return points;
}

void cache_table(uint64_t content, const std::vector<FluidPoint>& points) {
  const std::string file = file_of(content);
  if (file.empty()) return;
  core::StateWriter w;
  w.put(points.size());
  for (const FluidPoint& p : points) {
    for (auto m : FluidPoint::kNumbers) w.put(p.*m);
    p.ttft_histogram.save(w);
    p.tpot_histogram.save(w);
  }
  const uint64_t mark = seal(w.bytes().data(), w.bytes().size());
  w.put(mark);
  std::error_code none;
  const fs::path folder = fs::path(file).parent_path();
  fs::create_directories(folder, none);
  tidy(folder);
  // A name of this process's own, then one rename: whoever reads sees a whole table or none.
  const std::string fresh = fmt::format("{}.{}", file, ::getpid());
  {
    std::ofstream out(fresh, std::ios::binary);
    out.write(w.bytes().data(), static_cast<std::streamsize>(w.bytes().size()));
    if (!out.flush()) {
      fs::remove(fresh, none);
      return;
    }
  }
  fs::rename(fresh, file, none);
}

}  // namespace steppe::load
