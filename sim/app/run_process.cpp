#include "sim/app/run_process.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "sim/io/result_file.h"

namespace steppe::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

void add_kpi(json& line, const std::string& name, double value, const std::string& unit,
             const std::string& help) {
  static const std::vector<KpiInfo>& known = kpi_infos();
  if (!std::isfinite(value)) return;
  line["kpi"][name] = value;
  // The public names have their units elsewhere; a number of one model brings its own.
  for (const auto& k : known)
    if (name == k.name) return;
  line["about"][name] = {unit, help};
}

/// The finished result of an earlier run, into `line`; false when there is none, or half of one.
bool read_finished(const fs::path& file, json& line) {
  std::error_code ec;
  if (!fs::exists(file, ec)) return false;
  try {
    const auto f = io::ResultFile::open(file.string());
    if (f.status() != "complete" && f.status() != "invalid" && f.status() != "failed") return false;
    const auto kpis = f.kpis();
    if (f.status() == "complete" && kpis.empty()) return false;
    line["status"] = f.status();
    const auto all = f.provenance();
    if (const auto why = all.find("failure"); why != all.end()) line["reason"] = why->second;
    for (const auto& k : kpis) add_kpi(line, k.name, k.value, k.unit, k.long_name);
    line["kept"] = true;
    return true;
  } catch (const Error&) {
    return false;  // cut off or damaged: it is run again
  }
}

/// A result without series: inputs, KPIs, how it ended.
void write_summary(const fs::path& file, const Study& study, const StudyRun& run,
                   const Scenario& scenario, const RunResult& result, const std::string& failure,
                   const std::string& status) {
  io::RecorderSpec spec;
  spec.start = scenario.start;
  spec.time_zone = scenario.time_zone;
  spec.title = scenario.name;
  io::Recorder out(file.string(), spec);
  out.set_text("/scenario/resolved", scenario.resolved);
  out.set_provenance("scenario", scenario.path);
  out.set_provenance("program", "steppe " STEPPE_VERSION);
  out.set_provenance("study", study.name);
  for (size_t i = 0; i < run.values.size(); ++i)
    out.set_provenance(study.inputs[i].path, run.values[i]);
  if (!failure.empty()) out.set_provenance("failure", failure);
  for (const auto& k : result.kpis) out.set_kpi(k.name, k.value, k.unit, k.help);
  out.finish(status);
}

/// One run from beginning to end, in the process made for it.
json run_one(const Study& study, size_t index, const core::Registry& registry,
             const std::string& dir) {
  json line{{"run", index}, {"id", ""}, {"status", "failed"}};
  const auto begin = Clock::now();
  bool writing = false;
  try {
    const StudyRun run = study.run(index);
    Diagnostics d;
    auto sim =
        Simulation::load(study.scenario_of(run), study.overrides(run), study.profile, registry, d);
    if (!sim) {
      line["reason"] = d.items().empty() ? "bad input" : d.items().front().message;
      return line;
    }
    const std::string id = run_id(sim->scenario(), study.record);
    line["id"] = id;
    const fs::path file = run_file(dir, id);
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
    } catch (const SolveError& e) {
      failure = e.what();
    }
    for (const auto& k : result.kpis) add_kpi(line, k.name, k.value, k.unit, k.help);
    if (!failure.empty()) line["reason"] = failure;
    line["run_s"] = result.wall_s;
    writing = true;
    if (!series)
      write_summary(partial, study, run, sim->scenario(), result, failure,
                    line["status"].get<std::string>());
    if (std::rename(partial.c_str(), file.c_str()) != 0)
      throw IoError(fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno)));
    line["wall_s"] = std::chrono::duration<double>(Clock::now() - begin).count();
  } catch (const std::bad_alloc&) {
    line["status"] = "failed";
    line["reason"] = "out of memory";
  } catch (const IoError& e) {
    line["status"] = "failed";
    line["reason"] = e.what();
    line["disk"] = true;
  } catch (const Error& e) {
    line["status"] = "failed";
    line["reason"] = e.what();
    if (writing) line["disk"] = true;
  } catch (const std::exception& e) {
    line["status"] = "failed";
    line["reason"] = std::string("internal error: ") + e.what();
  }
  return line;
}

}  // namespace

std::string host_name() {
  char name[256] = "host";
  ::gethostname(name, sizeof name - 1);
  return name;
}

fs::path partial_file(const std::string& dir, pid_t pid) {
  return fs::path(dir) / "partial" / fmt::format("{}-{}.h5", host_name(), pid);
}

fs::path run_file(const std::string& dir, const std::string& id) {
  return fs::path(dir) / "runs" / (id + ".h5");
}

RunProcess start_run(const Study& study, size_t index, const core::Registry& registry,
                     const std::string& dir, const std::vector<RunProcess>& others) {
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

json finish_run(const RunProcess& c) {
  ::close(c.fd);
  int status = 0;
  while (::waitpid(c.pid, &status, 0) < 0 && errno == EINTR) {
  }
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

void end_runs(std::vector<RunProcess>& running, const std::string& dir) {
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

}  // namespace steppe::app
