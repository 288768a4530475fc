#include "sim/app/sweep.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
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
#include <numeric>
#include <set>
#include <sstream>

#include "sim/base/rng.h"
#include "sim/io/hdf5_file.h"
#include "sim/io/result_file.h"

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
  const std::string fresh = fmt::format("{}.{}.new", path.string(), ::getpid());
  FILE* f = std::fopen(fresh.c_str(), "wb");
  bool ok = f && std::fwrite(text.data(), 1, text.size(), f) == text.size();
  if (f && std::fclose(f) != 0) ok = false;
  if (ok) ok = std::rename(fresh.c_str(), path.c_str()) == 0;
  if (ok) return;
  const std::string why = std::strerror(errno);
  std::remove(fresh.c_str());
  throw IoError(fmt::format("{}: cannot be written: {}", path.string(), why));
}

std::string host_name() {
  char name[256] = "host";
  ::gethostname(name, sizeof name - 1);
  return name;
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
    if (!o.resume && fs::exists(log, ec) && fs::file_size(log, ec) > 0)
      throw UserError(
          fmt::format("{} holds runs of this study already; --resume continues and repeats nothing "
                      "that is finished",
                      o.dir));
  } else if (fs::exists(dir, ec) && !fs::is_empty(dir, ec)) {
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
  } else if (::access((dir / "runs").c_str(), W_OK) != 0) {
    throw IoError(fmt::format("{}: cannot be written: {}", o.dir, std::strerror(errno)));
  }
  if (!o.resume) return;
  // What killed processes of this machine left half done.
  const std::string mine = host_name() + "-";
  for (const auto& f : fs::directory_iterator(dir / "partial", ec)) {
    const std::string name = f.path().filename().string();
    if (!name.starts_with(mine)) continue;
    const int pid = std::atoi(name.c_str() + mine.size());
    std::error_code ignored;
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) fs::remove(f.path(), ignored);
  }
}

/// The name under which a run's process writes until it is done.
fs::path partial_file(const std::string& dir, pid_t pid) {
  return fs::path(dir) / "partial" / fmt::format("{}-{}.h5", host_name(), pid);
}

void add_kpis(json& line, const std::vector<std::pair<std::string, double>>& kpis) {
  auto& out = line["kpi"] = json::object();
  for (const auto& [name, value] : kpis)
    if (std::isfinite(value)) out[name] = value;
}

/// The finished result of an earlier run, into `line`; false when there is none, or half of one.
bool read_finished(const fs::path& file, json& line) {
  std::error_code ec;
  if (!fs::exists(file, ec)) return false;
  try {
    const auto f = io::ResultFile::open(file.string());
    if (f.status() != "complete" && f.status() != "invalid" && f.status() != "failed") return false;
    std::vector<std::pair<std::string, double>> kpis;
    for (const auto& k : f.kpis()) kpis.emplace_back(k.name, k.value);
    if (f.status() == "complete" && kpis.empty()) return false;
    line["status"] = f.status();
    const auto all = f.provenance();
    if (const auto why = all.find("failure"); why != all.end()) line["reason"] = why->second;
    add_kpis(line, kpis);
    line["kept"] = true;
    return true;
  } catch (const Error&) {
    return false;  // cut off or damaged: it is run again
  }
}

/// One run from beginning to end, in the process made for it. What came out is in the returned
/// line.
json run_one(const Study& study, size_t index, const core::Registry& registry,
             const std::string& dir) {
  json line{{"run", index}, {"id", ""}, {"status", "failed"}};
  const auto begin = Clock::now();
  try {
    const StudyRun run = study.run(index);
    Diagnostics d;
    auto sim = Simulation::load(study.scenario, study.overrides(run), study.profile, registry, d);
    if (!sim) {
      line["reason"] = d.items().empty() ? "bad input" : d.items().front().message;
      return line;
    }
    const std::string id = run_id(sim->scenario(), study.record);
    line["id"] = id;
    const fs::path file = fs::path(dir) / "runs" / (id + ".h5");
    if (read_finished(file, line)) return line;

    const fs::path partial = partial_file(dir, ::getpid());
    const bool series = study.record == Study::Record::series;
    RunRequest request;
    if (series) request.output = partial.string();
    RunResult result;
    std::string failure;
    try {
      result = sim->run(request);
      line["status"] = result.status == RunResult::Status::complete ? "complete" : "invalid";
      if (result.status == RunResult::Status::invalid)
        failure =
            fmt::format("the energy ledger does not close: {:.2g}",
                        std::max(result.summary.residual_energy, result.summary.residual_heat));
    } catch (const IoError&) {
      throw;
    } catch (const SolveError& e) {
      failure = e.what();
    }
    std::vector<std::pair<std::string, double>> kpis;
    for (const auto& k : result.kpis) kpis.emplace_back(k.name, k.value);
    add_kpis(line, kpis);
    if (!failure.empty()) line["reason"] = failure;
    line["wall_s"] = seconds_since(begin);
    // From here on only the disk can fail.
    line["writing"] = true;
    if (!series) {
      io::RecorderSpec spec;
      spec.start = sim->scenario().start;
      io::Recorder out(partial.string(), spec);
      out.set_text("/scenario/resolved", sim->scenario().resolved);
      out.set_provenance("scenario", sim->scenario().path);
      out.set_provenance("program", "steppe " STEPPE_VERSION);
      out.set_provenance("study", study.name);
      for (size_t i = 0; i < run.values.size(); ++i)
        out.set_provenance(study.inputs[i].path, run.values[i]);
      if (!failure.empty()) out.set_provenance("failure", failure);
      for (const auto& k : result.kpis) out.set_kpi(k.name, k.value, k.unit, k.help);
      out.finish(line["status"].get<std::string>());
    }
    if (std::rename(partial.c_str(), file.c_str()) != 0)
      throw IoError(fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno)));
    line.erase("writing");
  } catch (const IoError& e) {
    line["status"] = "failed";
    line["reason"] = e.what();
    line["io"] = true;
  } catch (const Error& e) {
    line["status"] = "failed";
    line["reason"] = e.what();
  } catch (const std::bad_alloc&) {
    line["status"] = "failed";
    line["reason"] = "out of memory";
  } catch (const std::exception& e) {
    line["status"] = "failed";
    line["reason"] = std::string("internal error: ") + e.what();
  }
  return line;
}

struct Child {
  pid_t pid = -1;
  int fd = -1;
  size_t index = 0;
  std::string text;
};

Child spawn(const Study& study, size_t index, const core::Registry& registry,
            const std::string& dir, const std::vector<Child>& others) {
  int fds[2];
  if (::pipe(fds) != 0) throw IoError(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  // Nothing that waits in a buffer may be written twice.
  std::fflush(nullptr);
  const pid_t parent = ::getpid(), pid = ::fork();
  if (pid < 0) {
    const int why = errno;
    ::close(fds[0]);
    ::close(fds[1]);
    throw IoError(fmt::format("cannot start a process: {}", std::strerror(why)));
  }
  if (pid > 0) {
    ::close(fds[1]);
    return {pid, fds[0], index, {}};
  }
  // The run's own process. It goes when its parent goes, however that ends.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::signal(SIGINT, SIG_IGN);  // the parent decides
  ::signal(SIGTERM, SIG_DFL);
  ::close(fds[0]);
  for (const auto& o : others) ::close(o.fd);
  std::string text;
  try {
    text =
        run_one(study, index, registry, dir).dump(-1, ' ', false, json::error_handler_t::replace);
  } catch (...) {
    ::_exit(1);
  }
  for (size_t at = 0; at < text.size();) {
    const ssize_t n = ::write(fds[1], text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) ::_exit(1);
    at += static_cast<size_t>(n);
  }
  ::_exit(0);
}

/// What a finished process has to say; a crash becomes a line too.
json line_of(const Child& c, int status) {
  auto line = json::parse(c.text, nullptr, false);
  if (line.is_object() && WIFEXITED(status) && WEXITSTATUS(status) == 0) return line;
  std::string why = "the process of this run ended without a result";
  if (WIFSIGNALED(status)) {
    const int s = WTERMSIG(status);
    why = fmt::format("the process of this run was ended by signal {} ({}){}", s, ::strsignal(s),
                      s == SIGKILL ? ", perhaps for want of memory" : "");
  }
  return {{"run", c.index}, {"id", ""}, {"status", "failed"}, {"reason", why}};
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

/// Ends what still runs when a sweep stops before its end.
void end_all(std::vector<Child>& running, const std::string& dir) {
  for (const auto& c : running) ::kill(c.pid, SIGKILL);
  for (const auto& c : running) {
    ::close(c.fd);
    while (::waitpid(c.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    std::error_code ec;
    fs::remove(partial_file(dir, c.pid), ec);
  }
  running.clear();
}

StudyTable collect(const Study& study, const std::string& dir) {
  std::map<size_t, json> last;
  // In the order of names: the last line about a run counts only when an earlier one failed.
  std::vector<fs::path> logs;
  std::error_code ec;
  for (const auto& f : fs::directory_iterator(fs::path(dir) / "log", ec))
    if (f.path().extension() == ".jsonl") logs.push_back(f.path());
  std::sort(logs.begin(), logs.end());
  for (const auto& log : logs) {
    std::ifstream in(log);
    for (std::string text; std::getline(in, text);) {
      auto line = json::parse(text, nullptr, false);
      if (!line.is_object() || !line.contains("run")) continue;
      const auto i = line["run"].get<size_t>();
      if (i >= study.size()) continue;
      const auto old = last.find(i);
      if (old == last.end() || line["status"] == "complete" || old->second["status"] != "complete")
        last[i] = std::move(line);
    }
  }
  StudyTable t;
  t.study = study.name;
  t.runs = study.size();
  for (const auto& in : study.inputs) {
    StudyTable::Column c;
    c.name = in.path;
    c.unit = in.unit;
    c.help = "input of the study";
    c.input = true;
    t.columns.push_back(std::move(c));
  }
  if (!study.seeds().empty()) t.columns.push_back({"run.seed", "1", "seed", true, {}, {}});
  const size_t inputs = t.columns.size();
  for (const auto& k : kpi_infos())
    if (std::any_of(last.begin(), last.end(), [&](const auto& l) {
          return l.second.contains("kpi") && l.second["kpi"].contains(k.name);
        }))
      t.columns.push_back({k.name, k.unit, k.help, false, {}, {}});
  for (const auto& [i, line] : last) {
    const StudyRun run = study.run(i);
    t.index.push_back(i);
    t.id.push_back(line.value("id", ""));
    t.status.push_back(line.value("status", "failed"));
    t.reason.push_back(line.value("reason", ""));
    for (size_t c = 0; c < t.columns.size(); ++c) {
      auto& column = t.columns[c];
      double v = std::nan("");
      if (c < study.inputs.size()) {
        if (study.inputs[c].text) {
          const auto at = std::find(column.texts.begin(), column.texts.end(), run.values[c]);
          v = static_cast<double>(at - column.texts.begin());
          if (at == column.texts.end()) column.texts.push_back(run.values[c]);
        } else {
          v = study.number(c, run.values[c]);
        }
      } else if (c < inputs) {
        v = static_cast<double>(run.seed);
      } else if (line.contains("kpi")) {
        if (const auto k = line["kpi"].find(column.name); k != line["kpi"].end())
          v = k->get<double>();
      }
      column.values.push_back(v);
    }
  }
  return t;
}

std::string object_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

constexpr const char* kStatuses[] = {"complete", "invalid", "failed"};

}  // namespace

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
  {
    // A small result before the first run: a folder without room shows at once, and the library of
    // the files is set up here instead of in each run's process.
    const fs::path trial = partial_file(o.dir, ::getpid());
    io::Recorder(trial.string(), {}).finish("complete");
    std::error_code ec;
    fs::remove(trial, ec);
  }
  const auto begin = Clock::now();
  std::vector<Child> running;
  std::string disk;
  auto finished = [&](Child& c) {
    ::close(c.fd);
    int status = 0;
    while (::waitpid(c.pid, &status, 0) < 0 && errno == EINTR) {
    }
    json line = line_of(c, status);
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
    if (line.value("io", false) || line.value("writing", false)) disk = line.value("reason", "");
    p.kept += line.value("kept", false) ? 1 : 0;
    ++p.done;
    line.erase("io");
    line.erase("writing");
    log.put(line.dump(-1, ' ', false, json::error_handler_t::replace));
    p.wall_s = seconds_since(begin);
    const auto computed = static_cast<double>(p.done - p.kept);
    p.rate = p.wall_s > 0 ? computed / p.wall_s : 0.0;
    p.eta_s = p.rate > 0 ? static_cast<double>(p.total - std::min(p.total, p.done)) / p.rate
              : p.done == p.total ? 0.0
                                  : -1.0;
    if (o.progress) o.progress(p);
  };
  try {
    bool more = true;
    for (;;) {
      while (more && disk.empty() && !o.stop.stop_requested() &&
             running.size() < static_cast<size_t>(std::max(1, o.jobs))) {
        const auto i = next();
        more = i.has_value();
        if (i) running.push_back(spawn(study, *i, registry, o.dir, running));
      }
      if (o.stop.stop_requested()) {
        out.cancelled = more || !running.empty();
        end_all(running, o.dir);
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
        Child done = std::move(running[k]);
        running.erase(running.begin() + static_cast<std::ptrdiff_t>(k));
        finished(done);
      }
    }
  } catch (...) {
    end_all(running, o.dir);
    throw;
  }
  p.wall_s = seconds_since(begin);
  if (!disk.empty())
    throw IoError(fmt::format("{}; the sweep stopped after {} of {} runs; --resume continues it",
                              disk, p.done, p.total));
  if (!out.cancelled) {
    const auto table = collect(study, o.dir);
    if (table.index.size() == study.size()) {
      write_table(table, (fs::path(o.dir) / "study.h5").string());
      out.table = true;
    }
  }
  return out;
}

double estimate_cost(const Study& study, const core::Registry& registry) {
  constexpr double kProbe = 1.0;  // s
  const auto begin = Clock::now();
  Diagnostics d;
  auto sim =
      Simulation::load(study.scenario, study.overrides(study.run(0)), study.profile, registry, d);
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
  return static_cast<double>(study.size()) * (load + r.wall_s / share);
}

const StudyTable::Column* StudyTable::find(const std::string& name) const {
  for (const auto& c : columns)
    if (c.name == name) return &c;
  return nullptr;
}

bool is_study_folder(const std::string& dir) {
  std::error_code ec;
  return fs::is_directory(dir, ec);
}

StudyTable read_study(const std::string& dir) {
  const fs::path folder(dir), manifest = folder / "manifest.json", file = folder / "study.h5";
  std::error_code ec;
  if (!fs::exists(manifest, ec))
    throw UserError(fmt::format("{} is a folder without a study (it has no manifest.json)", dir));
  bool fresh = fs::exists(file, ec);
  if (fresh)
    for (const auto& f : fs::directory_iterator(folder / "log", ec))
      if (f.last_write_time(ec) > fs::last_write_time(file, ec)) fresh = false;
  if (fresh) return read_table(file.string());
  const auto j = json::parse(read_file(manifest), nullptr, false);
  if (!j.is_object()) throw IoError(fmt::format("{}: manifest.json is damaged", dir));
  Diagnostics d;
  const Study study = load_study((folder / "study.yaml").string(), d,
                                 fs::path(j.value("file", "/")).parent_path().string());
  d.throw_if_errors();
  auto table = collect(study, dir);
  if (table.index.empty())
    throw UserError(fmt::format("{}: no run of this study has ended yet", dir));
  try {
    write_table(table, file.string());
  } catch (const IoError&) {
    // A folder of someone else's: the table is shown all the same.
  }
  return table;
}

void write_table(const StudyTable& t, const std::string& file) {
  const std::string fresh = fmt::format("{}.{}.part", file, ::getpid());
  try {
    auto f = io::Hdf5File::create(fresh);
    f.set_attribute("/", "Conventions", "CF-1.8");
    f.set_attribute("/", "steppe_study", kFormat);
    f.set_attribute("/", "study", t.study);
    f.set_attribute("/", "program", "steppe " STEPPE_VERSION);
    f.set_attribute("/", "runs", static_cast<double>(t.runs));
    f.make_group("/runs");
    const uint64_t chunk = std::clamp<uint64_t>(t.index.size(), 1, 8192);
    auto put = [&](const std::string& name, const std::vector<double>& values) {
      const std::string object = "/runs/" + object_name(name);
      auto series = f.make_series(object, io::Hdf5Type::f64, 0, chunk, 1);
      f.append(series, values.data(), values.size());
      return object;
    };
    const std::string axis = put("run", std::vector<double>(t.index.begin(), t.index.end()));
    f.set_attribute(axis, "long_name", "index of the run in the study");
    f.make_dimension_scale(axis);
    std::vector<double> status;
    for (const auto& s : t.status)
      status.push_back(static_cast<double>(
          std::find(std::begin(kStatuses), std::end(kStatuses), s) - std::begin(kStatuses)));
    const std::string s = put("status", status);
    f.set_attribute(s, "long_name", "how the run ended");
    f.set_attribute(s, "flag_meanings", "complete invalid failed");
    f.attach_dimension_scale(s, 0, axis);
    for (const auto& c : t.columns) {
      const std::string object = put(c.name, c.values);
      f.set_attribute(object, "units", c.unit);
      f.set_attribute(object, "long_name", c.help);
      f.set_attribute(object, "role", c.input ? "input" : "kpi");
      if (!c.texts.empty())
        f.set_attribute(object, "texts", fmt::format("{}", fmt::join(c.texts, "\n")));
      f.attach_dimension_scale(object, 0, axis);
    }
    std::string failures;
    for (size_t i = 0; i < t.index.size(); ++i)
      if (!t.reason[i].empty())
        failures += fmt::format("{}\t{}\n", t.index[i], one_line(t.reason[i]));
    f.write_text("/run_ids", fmt::format("{}\n", fmt::join(t.id, "\n")));
    f.write_text("/failures", failures);
    f.close();
    if (std::rename(fresh.c_str(), file.c_str()) != 0)
      throw IoError(fmt::format("{}: cannot be written: {}", file, std::strerror(errno)));
  } catch (...) {
    std::remove(fresh.c_str());
    throw;
  }
}

StudyTable read_table(const std::string& file) {
  const auto f = io::Hdf5File::open(file);
  if (!f.number_attribute("/", "steppe_study"))
    throw IoError(fmt::format("{}: is no table of a study", file));
  StudyTable t;
  t.study = f.text_attribute("/", "study").value_or("");
  t.runs = static_cast<size_t>(f.number_attribute("/", "runs").value_or(0.0));
  auto get = [&](const std::string& object) { return f.read(object, 0, f.shape(object).first); };
  for (double x : get("/runs/run")) t.index.push_back(static_cast<size_t>(x));
  for (double x : get("/runs/status"))
    t.status.push_back(kStatuses[std::min<int>(static_cast<int>(x), 2)]);
  t.id = lines_of(f.read_text("/run_ids"));
  t.id.resize(t.index.size());
  t.reason.resize(t.index.size());
  std::map<size_t, size_t> row;
  for (size_t i = 0; i < t.index.size(); ++i) row[t.index[i]] = i;
  for (const auto& line : lines_of(f.read_text("/failures")))
    if (const size_t tab = line.find('\t'); tab != std::string::npos)
      if (const auto r = row.find(std::strtoul(line.c_str(), nullptr, 10)); r != row.end())
        t.reason[r->second] = line.substr(tab + 1);
  for (const auto& name : f.children("/runs")) {
    if (name == "run" || name == "status") continue;
    const std::string object = "/runs/" + name;
    StudyTable::Column c;
    c.name = name;
    c.unit = f.text_attribute(object, "units").value_or("");
    c.help = f.text_attribute(object, "long_name").value_or("");
    c.input = f.text_attribute(object, "role") == "input";
    if (const auto texts = f.text_attribute(object, "texts")) c.texts = lines_of(*texts);
    c.values = get(object);
    t.columns.push_back(std::move(c));
  }
  return t;
}

double quantile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return std::nan("");
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<size_t>(std::floor(at));
  const size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

namespace {

std::vector<double> ranks(const std::vector<double>& x) {
  std::vector<size_t> order(x.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return x[a] < x[b]; });
  std::vector<double> out(x.size());
  for (size_t i = 0; i < order.size();) {
    size_t j = i;
    while (j < order.size() && x[order[j]] == x[order[i]]) ++j;
    for (size_t k = i; k < j; ++k) out[order[k]] = 0.5 * static_cast<double>(i + j - 1);
    i = j;
  }
  return out;
}

/// Rows in which both are numbers.
void both(const std::vector<double>& x, const std::vector<double>& y, std::vector<double>& a,
          std::vector<double>& b) {
  for (size_t i = 0; i < x.size(); ++i)
    if (!std::isnan(x[i]) && !std::isnan(y[i])) {
      a.push_back(x[i]);
      b.push_back(y[i]);
    }
}

double mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

}  // namespace

double rank_correlation(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> a, b;
  both(x, y, a, b);
  if (a.size() < 2) return std::nan("");
  const auto ra = ranks(a), rb = ranks(b);
  const double ma = mean(ra), mb = mean(rb);
  double ab = 0.0, aa = 0.0, bb = 0.0;
  for (size_t i = 0; i < ra.size(); ++i) {
    ab += (ra[i] - ma) * (rb[i] - mb);
    aa += (ra[i] - ma) * (ra[i] - ma);
    bb += (rb[i] - mb) * (rb[i] - mb);
  }
  return aa > 0.0 && bb > 0.0 ? ab / std::sqrt(aa * bb) : std::nan("");
}

double correlation_ratio(const std::vector<double>& x, const std::vector<double>& y) {
  constexpr size_t kMostLevels = 20, kClasses = 10;
  std::vector<double> a, b;
  both(x, y, a, b);
  if (a.size() < 2) return std::nan("");
  std::vector<double> group = a;
  if (std::set<double>(a.begin(), a.end()).size() > kMostLevels) {
    group = ranks(a);
    for (double& g : group)
      g = std::floor(g * static_cast<double>(kClasses) / static_cast<double>(a.size()));
  }
  struct Sum {
    double n = 0.0, y = 0.0;
  };
  std::map<double, Sum> groups;
  for (size_t i = 0; i < b.size(); ++i) {
    groups[group[i]].n += 1.0;
    groups[group[i]].y += b[i];
  }
  const double m = mean(b);
  double total = 0.0, between = 0.0;
  for (double v : b) total += (v - m) * (v - m);
  for (const auto& [g, s] : groups) between += s.n * (s.y / s.n - m) * (s.y / s.n - m);
  // A KPI that differs by rounding alone is constant.
  const double noise = 1e-12 * std::abs(m);
  return groups.size() > 1 && total > noise * noise * static_cast<double>(b.size())
             ? std::min(1.0, between / total)
             : std::nan("");
}

std::vector<size_t> pareto(const std::vector<double>& a, bool a_max, const std::vector<double>& b,
                           bool b_max) {
  std::vector<size_t> order;
  for (size_t i = 0; i < a.size(); ++i)
    if (!std::isnan(a[i]) && !std::isnan(b[i])) order.push_back(i);
  auto key_a = [&](size_t i) { return a_max ? -a[i] : a[i]; };
  auto key_b = [&](size_t i) { return b_max ? -b[i] : b[i]; };
  std::stable_sort(order.begin(), order.end(), [&](size_t i, size_t j) {
    return key_a(i) != key_a(j) ? key_a(i) < key_a(j) : key_b(i) < key_b(j);
  });
  std::vector<size_t> out;
  for (const size_t i : order)
    if (out.empty() || key_b(i) < key_b(out.back())) out.push_back(i);
  return out;
}

}  // namespace steppe::app
