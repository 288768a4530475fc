#include "sim/cli/slurm.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "sim/app/sweep.h"

namespace steppe::cli {
namespace {

namespace fs = std::filesystem;

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string all = path ? path : "";
  for (size_t at = 0; at <= all.size();) {
    const size_t end = std::min(all.find(':', at), all.size());
    if (end > at && ::access((all.substr(at, end - at) + "/" + program).c_str(), X_OK) == 0)
      return true;
    at = end + 1;
  }
  return false;
}

/// "1-4,7" of ascending numbers.
std::string ranges(const std::set<size_t>& numbers) {
  std::string out;
  for (auto it = numbers.begin(); it != numbers.end();) {
    const size_t first = *it;
    size_t last = first;
    while (++it != numbers.end() && *it == last + 1) ++last;
    out += fmt::format("{}{}", out.empty() ? "" : ",", first);
    if (last > first) out += fmt::format("-{}", last);
  }
  return out;
}

}  // namespace

// A shard that is queued again, because its node was lost, goes on where it was.
std::string slurm_script(const app::Study& study, const SlurmRequest& a) {
  const size_t runs = study.size();
  size_t chunk = a.chunk > 0 ? static_cast<size_t>(a.chunk) : (runs + 99) / 100;
  // Sites allow some 1000 tasks in an array.
  chunk = std::max(chunk, (runs + 999) / 1000);
  const size_t tasks = (runs + chunk - 1) / chunk;
  std::set<size_t> left;
  if (a.resume) {
    for (const size_t i : app::missing_runs(study, a.output)) left.insert(i % tasks + 1);
    if (left.empty()) return "";
  } else {
    for (size_t t = 1; t <= tasks; ++t) left.insert(t);
  }
  std::error_code ec;
  const std::string folder = fs::absolute(a.output).lexically_normal().string();
  std::string name;
  for (char c : study.name) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
  std::string s = "#!/bin/sh\n";
  s += fmt::format("#SBATCH --job-name=steppe-{}\n#SBATCH --array={}\n", name, ranges(left));
  s += fmt::format("#SBATCH --ntasks=1\n#SBATCH --cpus-per-task={}\n", a.jobs);
  if (!a.partition.empty()) s += fmt::format("#SBATCH --partition={}\n", a.partition);
  if (!a.time.empty()) s += fmt::format("#SBATCH --time={}\n", a.time);
  s += "#SBATCH --requeue\n#SBATCH --open-mode=append\n";
  s += fmt::format("#SBATCH --output=\"{}/log/slurm-%A_%a.txt\"\n", folder);
  s += fmt::format("# {} runs, {} in each task; steppe report {} makes one table of them\n", runs,
                   chunk, a.output);
  s += fmt::format(
      "exec {} sweep {} -o {} --resume --jobs {} --progress plain --shard "
      "\"$SLURM_ARRAY_TASK_ID/{}\"\n",
      quoted(fs::read_symlink("/proc/self/exe", ec).string()),
      quoted(fs::absolute(study.path).lexically_normal().string()), quoted(folder), a.jobs, tasks);
  return s;
}

void require_slurm() {
  if (!on_path("sbatch"))
    throw UserError(
        "--slurm: there is no sbatch on the path, so this is no machine that submits to Slurm; "
        "--slurm --print writes the script, --jobs N runs here");
}

void submit_script(const std::string& script) {
  std::fflush(nullptr);
  FILE* out = ::popen("sbatch", "w");
  if (!out) throw IoError("sbatch cannot be started");
  std::fwrite(script.data(), 1, script.size(), out);
  const int status = ::pclose(out);
  if (status != 0)
    throw IoError(fmt::format("sbatch refused the job (status {})",
                              WIFEXITED(status) ? WEXITSTATUS(status) : status));
}

}  // namespace steppe::cli
