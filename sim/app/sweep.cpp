#include "sim/app/sweep.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/app/run_process.h"
#include "sim/base/rng.h"
#include "sim/io/recorder.h"

namespace steppe::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr int kFormat = 1;

double seconds_since(Clock::time_point t) {
  return std::chrono::duration<double>(Clock::now() - t).count();
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw IoError(fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)));
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The file has all of the text or does not exist.
void write_file(const fs::path& path, std::string_view text) {
  const std::string fresh = fmt::format("{}.{}-{}.new", path.string(), host_name(), ::getpid());
  FILE* f = std::fopen(fresh.c_str(), "wb");
  bool ok = f && std::fwrite(text.data(), 1, text.size(), f) == text.size();
  if (f && std::fclose(f) != 0) ok = false;
  if (ok) ok = std::rename(fresh.c_str(), path.c_str()) == 0;
  if (ok) return;
  const std::string why = std::strerror(errno);
  std::remove(fresh.c_str());
  throw IoError(fmt::format("{}: cannot be written: {}", path.string(), why));
}

std::string study_hash(const std::string& source) {
  return fmt::format("{:016x}", stable_hash(source));
}

void make_folder(const fs::path& path) {
  std::error_code ec;
  fs::create_directories(path, ec);
  if (ec) throw IoError(fmt::format("cannot make the folder {}: {}", path.string(), ec.message()));
}

/// The name of a log that other workers do not use.
std::string worker_name(const SweepOptions& o) {
  return o.worker.empty() ? fmt::format("shard-{}-of-{}", o.shard + 1, o.shards) : o.worker;
}

/// Another worker is making this folder, or was killed while it did.
bool looks_begun(const fs::path& dir) {
  std::error_code ec;
  for (const auto& f : fs::directory_iterator(dir, ec)) {
    const std::string name = f.path().filename().string();
    if (name != "runs" && name != "log" && name != "partial" && !name.starts_with("study.yaml") &&
        !name.starts_with("manifest.json"))
      return false;
  }
  return true;
}

/// What killed processes of this machine left half done.
void remove_left_overs(const fs::path& dir) {
  std::error_code ec;
  const std::string mine = host_name() + "-";
  for (const auto& f : fs::directory_iterator(dir / "partial", ec)) {
    const std::string name = f.path().filename().string();
    if (!name.starts_with(mine)) continue;
    const int pid = std::atoi(name.c_str() + mine.size());
    std::error_code ignored;
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) fs::remove(f.path(), ignored);
  }
}

class Log {
 public:
  explicit Log(const fs::path& path) : path_(path) {
    // A line that a kill cut off must not swallow the next one.
    std::error_code ec;
    bool torn = false;
    if (fs::exists(path, ec) && fs::file_size(path, ec) > 0) {
      std::ifstream in(path, std::ios::binary);
      in.seekg(-1, std::ios::end);
      torn = in.get() != '\n';
    }
    file_ = std::fopen(path.c_str(), "ab");
    if (!file_) fail();
    if (torn) put("");
  }
  ~Log() {
    if (file_) std::fclose(file_);
  }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  void put(const std::string& line) {
    if (std::fputs((line + "\n").c_str(), file_) < 0 || std::fflush(file_) != 0) fail();
  }

 private:
  [[noreturn]] void fail() {
    throw IoError(fmt::format("{}: cannot be written: {}", path_.string(), std::strerror(errno)));
  }
  fs::path path_;
  FILE* file_ = nullptr;
};

/// All shards of `shards` have ended.
bool all_done(const std::string& dir, size_t shards) {
  const std::string end = fmt::format("-of-{}.done", shards);
  size_t n = 0;
  std::error_code ec;
  for (const auto& f : fs::directory_iterator(fs::path(dir) / "log", ec)) {
    const std::string name = f.path().filename().string();
    n += name.starts_with("shard-") && name.ends_with(end) ? 1 : 0;
  }
  return n == shards;
}

}  // namespace

void SweepProgress::estimate() {
  // Kept runs cost next to nothing and would promise too much.
  const auto computed = static_cast<double>(done - kept);
  rate = wall_s > 0 ? computed / wall_s : 0.0;
  eta_s = rate > 0        ? static_cast<double>(total - std::min(total, done)) / rate
          : done == total ? 0.0
                          : -1.0;
}

void prepare_folder(const Study& study, const SweepOptions& o) {
  const fs::path dir(o.dir);
  std::error_code ec;
  if (fs::exists(dir, ec) && !fs::is_directory(dir, ec))
    throw UserError(fmt::format("{} is a file; -o names a folder", o.dir));
  const fs::path manifest = dir / "manifest.json";
  if (fs::exists(manifest, ec)) {
    const auto j = json::parse(read_file(manifest), nullptr, false);
    if (!j.is_object() || !j.contains("hash"))
      throw UserError(fmt::format("{}: manifest.json is damaged", o.dir));
    if (j["hash"] != study_hash(study.source))
      throw UserError(fmt::format(
          "{} holds another study ('{}', from {}), or this one before it was changed; choose "
          "another folder",
          o.dir, j.value("study", ""), j.value("file", "")));
    const fs::path log = dir / "log" / (worker_name(o) + ".jsonl");
    const bool used = o.shards > 0 ? fs::exists(log, ec) && fs::file_size(log, ec) > 0
                                   : !fs::is_empty(dir / "log", ec) && !ec;
    if (!o.resume && used)
      throw UserError(
          fmt::format("{} holds runs of this study already; --resume continues and repeats nothing "
                      "that is finished",
                      o.dir));
  } else if (fs::exists(dir, ec) && !looks_begun(dir)) {
    throw UserError(
        fmt::format("{} is not empty and holds no study; choose another folder", o.dir));
  }
  for (const char* sub : {"runs", "log", "partial"}) make_folder(dir / sub);
  if (!fs::exists(manifest, ec)) {
    write_file(dir / "study.yaml", study.source);
    nlohmann::ordered_json j;
    j["format"] = kFormat;
    j["study"] = study.name;
    j["hash"] = study_hash(study.source);
    j["file"] = fs::absolute(study.path).lexically_normal().string();
    j["scenario"] = fs::absolute(study.scenario).lexically_normal().string();
    j["program"] = "steppe " STEPPE_VERSION;
    j["runs"] = study.size();
    write_file(manifest, j.dump(2) + "\n");
  }
  if (o.resume) remove_left_overs(dir);
  // A small result before the first run: a folder without room shows at once, and the library of
  // the files is set up here instead of in each run's process.
  const fs::path trial = partial_file(o.dir, ::getpid());
  io::Recorder(trial.string(), {}).finish("complete");
  fs::remove(trial, ec);
}

SweepSummary run_sweep(const Study& study, const core::Registry& registry, const SweepOptions& o) {
  prepare_folder(study, o);
  Log log(fs::path(o.dir) / "log" / (worker_name(o) + ".jsonl"));
  SweepSummary out;
  SweepProgress& p = out.progress;
  p.total = study.size() / o.shards + (o.shard < study.size() % o.shards ? 1 : 0);
  size_t at = o.shard;
  auto next = [&]() -> std::optional<size_t> {
    if (o.next) return o.next();
    if (at >= study.size()) return std::nullopt;
    const size_t i = at;
    at += o.shards;
    return i;
  };
  const auto begin = Clock::now();
  std::vector<RunProcess> running;
  std::string disk;
  auto finished = [&](const RunProcess& c) {
    json line = finish_run(c);
    if (line["status"] != "complete") {
      ++p.failed;
      const std::string id = line.value("id", "");
      p.failure = fmt::format("run {}{}: {}", c.index, id.empty() ? "" : " (" + id + ")",
                              line.value("reason", ""));
      std::error_code ec;
      if (!fs::exists(fs::path(o.dir) / "runs" / (id + ".h5"), ec))
        fs::remove(partial_file(o.dir, c.pid), ec);
    } else {
      p.failure.clear();
    }
    if (line.value("disk", false)) disk = line.value("reason", "");
    p.kept += line.value("kept", false) ? 1 : 0;
    ++p.done;
    line.erase("disk");
    log.put(line.dump(-1, ' ', false, json::error_handler_t::replace));
    p.wall_s = seconds_since(begin);
    p.estimate();
    if (o.progress) o.progress(p);
  };
  try {
    bool more = true;
    for (;;) {
      while (more && disk.empty() && !o.stop.stop_requested() &&
             running.size() < static_cast<size_t>(std::max(1, o.jobs))) {
        const auto i = next();
        more = i.has_value();
        if (i) running.push_back(start_run(study, *i, registry, o.dir, running));
      }
      if (o.stop.stop_requested()) {
        out.cancelled = more || !running.empty();
        end_runs(running, o.dir);
        break;
      }
      if (running.empty()) break;
      std::vector<pollfd> fds;
      for (const auto& c : running) fds.push_back({c.fd, POLLIN, 0});
      const int ready = ::poll(fds.data(), fds.size(), o.service ? 1 : 100);
      if (o.service) o.service();
      if (ready <= 0) continue;
      for (size_t k = running.size(); k-- > 0;) {
        if (fds[k].revents == 0) continue;
        char buffer[65536];
        const ssize_t n = ::read(running[k].fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n > 0) {
          running[k].text.append(buffer, static_cast<size_t>(n));
          continue;
        }
        const RunProcess done = std::move(running[k]);
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(k));
        finished(done);
      }
    }
  } catch (...) {
    end_runs(running, o.dir);
    throw;
  }
  p.wall_s = seconds_since(begin);
  if (!disk.empty())
    throw IoError(fmt::format("{}; the sweep stopped after {} of {} runs; --resume continues it",
                              disk, p.done, p.total));
  if (out.cancelled || !o.table) return out;
  if (o.shards > 1) {
    // One listing tells the last shard that it is the last; only that one reads all logs.
    write_file(fs::path(o.dir) / "log" / (worker_name(o) + ".done"), "");
    if (!all_done(o.dir, o.shards)) return out;
  }
  out.table = make_table(study, o.dir);
  return out;
}

bool make_table(const Study& study, const std::string& dir) {
  const auto table = collect_table(study, dir);
  if (table.index.size() < study.size()) return false;
  write_table(table, (fs::path(dir) / "study.h5").string());
  return true;
}

std::vector<size_t> missing_runs(const Study& study, const std::string& dir) {
  std::error_code ec;
  std::set<size_t> known;
  if (fs::exists(fs::path(dir) / "log", ec)) {
    const auto table = collect_table(study, dir);
    for (size_t i = 0; i < table.index.size(); ++i)
      if (!table.id[i].empty() && fs::exists(run_file(dir, table.id[i]), ec))
        known.insert(table.index[i]);
  }
  std::vector<size_t> out;
  for (size_t i = 0; i < study.size(); ++i)
    if (!known.count(i)) out.push_back(i);
  return out;
}

SweepCost estimate_cost(const Study& study, const core::Registry& registry) {
  constexpr double kProbe = 1.0;  // s
  constexpr double kBytesPerRun = 16e3;
  const auto begin = Clock::now();
  Diagnostics d;
  auto sim = Simulation::load(study.scenario_of(study.run(0)), study.overrides(study.run(0)),
                              study.profile, registry, d);
  d.throw_if_errors();
  const double load = seconds_since(begin);
  std::stop_source stop;
  RunRequest request;
  request.stop = stop.get_token();
  request.progress = [&](const Progress& p) {
    if (p.wall_s > kProbe) stop.request_stop();
  };
  const double end = sim->scenario().t_end;
  const auto r = sim->run(request);
  const double share = r.summary.t > 0 ? std::min(1.0, r.summary.t / end) : 1.0;
  const auto runs = static_cast<double>(study.size());
  // Measured: tests/perf/README.md. Series: four bytes a value, as if nothing could be packed.
  double bytes = kBytesPerRun;
  if (study.record == Study::Record::series) {
    double values = 0.0;
    for (const auto& c : sim->channels()) values += c.width * (c.statistics ? 3.0 : 1.0);
    bytes += 4.0 * values * end / sim->scenario().windows.front().profile.record;
  }
  return {runs * (load + r.wall_s / share), runs * bytes};
}

}  // namespace steppe::app
