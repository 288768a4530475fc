// steppe sweep: many runs of one scenario, here, on the ranks of MPI or as an array of Slurm.
#include "sim/app/sweep.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "sim/base/units.h"
#include "sim/cli/commands.h"
#include "sim/cli/mpi_queue.h"
#include "sim/cli/scenario_args.h"
#include "sim/cli/slurm.h"

namespace steppe::cli {
namespace {

using nlohmann::ordered_json;

struct SweepArgs {
  std::string study, output, shard, progress = "auto", partition, time;
  int jobs = 1, chunk = 0;
  bool mpi = false, slurm = false, print = false, resume = false, dry_run = false;
};

/// "2/8": the second of eight parts.
std::pair<size_t, size_t> parse_shard(const std::string& text) {
  size_t i = 0, n = 0;
  int used = 0;
  if (text[0] == '-' || std::sscanf(text.c_str(), "%zu/%zu%n", &i, &n, &used) != 2 ||
      static_cast<size_t>(used) != text.size() || i < 1 || i > n)
    throw UserError(fmt::format("--shard '{}': expected I/N with I from 1 to N, e.g. 1/4", text));
  return {i - 1, n};
}

class Reporter {
 public:
  explicit Reporter(const std::string& mode) : mode_(mode) {
    if (mode_ == "auto") mode_ = isatty(STDERR_FILENO) ? "line" : "plain";
  }
  void operator()(const app::SweepProgress& p) {
    if (mode_ == "none") return;
    if (mode_ != "json" && !p.failure.empty())
      fmt::print(stderr, "{}{}\n", mode_ == "line" ? "\r\033[K" : "", p.failure);
    // A line for each of ten thousand short runs helps nobody.
    const double every = mode_ == "plain" ? 5.0 : 0.2;
    if (p.done < p.total && p.wall_s < next_ && (mode_ != "json" || p.failure.empty())) return;
    next_ = p.wall_s + every;
    if (mode_ == "json") {
      ordered_json j{{"done", p.done},     {"total", p.total}, {"kept", p.kept},
                     {"failed", p.failed}, {"rate", p.rate},   {"wall_s", p.wall_s}};
      j["eta_s"] = p.eta_s < 0 ? ordered_json() : ordered_json(p.eta_s);
      j["failure"] = p.failure.empty() ? ordered_json() : ordered_json(p.failure);
      fmt::print("{}\n", j.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
      std::fflush(stdout);
      return;
    }
    const std::string text = fmt::format(
        "{} of {} runs, {} failed, {:.3g} runs/s{}", p.done, p.total, p.failed, p.rate,
        p.eta_s > 0 ? fmt::format(", {} left", format_duration(std::ceil(p.eta_s))) : "");
    if (mode_ == "line")
      fmt::print(stderr, "\r\033[K{}", text);
    else
      fmt::print(stderr, "{}\n", text);
  }
  ~Reporter() {
    if (mode_ == "line") fmt::print(stderr, "\r\033[K");
  }

 private:
  std::string mode_;
  double next_ = 0.0;
};

std::string inputs_text(const app::Study& study, const app::StudyRun& run) {
  std::string out;
  for (const auto& o : study.overrides(run))
    out += fmt::format("{}{}={}", out.empty() ? "" : "  ", o.path, o.value);
  return out;
}

int dry_run(const app::Study& study, const Program& program) {
  constexpr size_t kShown = 20;
  fmt::print("{}: {} runs of {}\n", study.name, study.size(), study.scenario);
  for (size_t i = 0; i < study.size(); ++i) {
    // The first ones and the last one.
    if (i + 1 < study.size() && i >= kShown) {
      fmt::print("  …\n");
      i = study.size() - 1;
    }
    const auto run = study.run(i);
    Diagnostics d;
    const auto scenario =
        app::load_scenario(study.scenario_of(run), study.overrides(run), study.profile,
                           program.registry, app::home_dir() + "/data", d);
    d.throw_if_errors();
    fmt::print("{:>6}  {}  {}\n", i, app::run_id(scenario, study.record), inputs_text(study, run));
  }
  const auto cost = app::estimate_cost(study, program.registry);
  const double s = cost.seconds;
  fmt::print(
      "About {} on one core, by the beginning of the first run, and {:.2g} {} in the folder. "
      "Nothing was run.\n",
      format_duration(s < 10 ? std::ceil(s * 10) / 10 : std::ceil(s)),
      cost.bytes < 1e9 ? cost.bytes / 1e6 : cost.bytes / 1e9, cost.bytes < 1e9 ? "MB" : "GB");
  return 0;
}

void check_args(const SweepArgs& a) {
  if (a.print && !a.slurm) throw UserError("--print belongs to --slurm");
  if (!a.slurm && (a.chunk != 0 || !a.partition.empty() || !a.time.empty()))
    throw UserError("--chunk, --partition and --time belong to --slurm");
  if (a.mpi + a.slurm + !a.shard.empty() > 1)
    throw UserError("--mpi, --slurm and --shard exclude each other");
  if (a.output.empty() && !a.dry_run)
    throw UserError("-o DIR is missing: the folder for the results");
  if (a.jobs < 1) throw UserError("--jobs is 1 or more");
  if (a.chunk < 0) throw UserError("--chunk is 1 or more");
}

int submit(const app::Study& study, const SweepArgs& a) {
  const SlurmRequest request{a.output, a.partition, a.time, a.jobs, a.chunk, a.resume};
  if (a.print) {
    fmt::print("{}", slurm_script(study, request));
    return 0;
  }
  // All that can be wrong here is found here, not by a thousand tasks.
  require_slurm();
  app::SweepOptions o;
  o.dir = a.output;
  o.resume = a.resume;
  o.shards = 0;  // no log of its own
  app::prepare_folder(study, o);
  const std::string script = slurm_script(study, request);
  if (script.empty()) {
    fmt::print("{}: no run is missing; nothing was submitted\n", study.name);
    return 0;
  }
  submit_script(script);
  return 0;
}

int result(const app::Study& study, const SweepArgs& a, const app::SweepProgress& p, bool table,
           bool cancelled) {
  if (a.progress != "json")
    fmt::print("{}: {} of {} runs in {:.1f} s: {} computed, {} kept, {} failed{}\n", study.name,
               p.done, p.total, p.wall_s, p.done - p.kept, p.kept, p.failed,
               table ? fmt::format(" -> {}/study.h5", a.output) : "");
  if (cancelled) {
    fmt::print(stderr, "cancelled; --resume continues\n");
    return 4;
  }
  if (p.total > 0 && p.failed == p.total) {
    fmt::print(stderr, "error: all runs failed; steppe report {} tells why\n", a.output);
    return 3;
  }
  return 0;
}

int sweep_mpi(const app::Study& study, const SweepArgs& a, const Program& program, MpiQueue& queue,
              app::SweepOptions o) {
  const bool first = queue.rank() == 0;
  o.worker = fmt::format("rank-{}-of-{}", queue.rank() + 1, queue.size());
  o.table = false;
  o.next = [&] { return queue.next(study.size()); };
  o.service = [&] { queue.service(); };
  app::SweepSummary r;
  app::SweepProgress all;
  all.total = study.size();
  size_t kept = 0, failed = 0;
  try {
    // Rank 0 speaks for all; the others tell of their failures alone.
    Reporter report(first ? a.progress : "none");
    o.progress = [&](const app::SweepProgress& p) {
      queue.ended(p.kept > kept, p.failed > failed);
      kept = p.kept;
      failed = p.failed;
      if (!first) {
        if (!p.failure.empty() && a.progress != "none") fmt::print(stderr, "{}\n", p.failure);
        return;
      }
      const auto n = queue.counts();
      all.done = n.done;
      all.kept = n.kept;
      all.failed = n.failed;
      all.wall_s = p.wall_s;
      all.failure = p.failure;
      all.estimate();
      report(all);
    };
    r = app::run_sweep(study, program.registry, o);
  } catch (const Error& e) {
    // The others would wait for this one for ever.
    fmt::print(stderr, "error: {}\n", e.what());
    queue.abort(dynamic_cast<const IoError*>(&e) ? 5 : 2);
  }
  const auto n = first ? queue.counts() : MpiQueue::Counts{};
  constexpr double kForever = 1e9, kCancelled = 5.0;
  if (!first) {
    queue.finish(r.cancelled ? kCancelled : kForever);
    return r.cancelled ? 4 : 0;
  }
  if (r.cancelled) {
    queue.finish(kCancelled);
    all.done = n.done;
    return result(study, a, all, false, true);
  }
  // Rank 0 has found the queue empty, but others may still compute.
  while (queue.counts().done < study.size() && !o.stop.stop_requested()) {
    queue.service();
    ::usleep(1000);
  }
  const auto end = queue.counts();
  all.done = end.done;
  all.kept = end.kept;
  all.failed = end.failed;
  all.wall_s = std::max(all.wall_s, r.progress.wall_s);
  const bool table = app::make_table(study, a.output);
  queue.finish(kForever);
  return result(study, a, all, table, o.stop.stop_requested());
}

int sweep(const SweepArgs& a, const Program& program) {
  check_args(a);
  app::SweepOptions o;
  if (!a.shard.empty()) std::tie(o.shard, o.shards) = parse_shard(a.shard);
  std::optional<MpiQueue> queue;
  if (a.mpi) queue.emplace();
  Diagnostics d;
  const auto study = app::load_study(a.study, d);
  if (d.ok()) app::check_study(study, program.registry, d);
  const bool speaks = !queue || queue->rank() == 0;
  if (speaks && !d.items().empty()) fmt::print(stderr, "{}\n", d.render());
  if (!d.ok()) {
    if (speaks) fmt::print(stderr, "Nothing was run.\n");
    if (queue) queue->finish(60.0);
    return 2;
  }
  if (a.dry_run) return dry_run(study, program);
  if (a.slurm) return submit(study, a);
  o.dir = a.output;
  o.jobs = a.jobs;
  o.resume = a.resume;
  o.stop = stop_on_signals();
  if (queue) return sweep_mpi(study, a, program, *queue, o);
  app::SweepSummary r;
  {
    Reporter report(a.progress);
    o.progress = [&](const app::SweepProgress& p) { report(p); };
    r = app::run_sweep(study, program.registry, o);
  }
  return result(study, a, r.progress, r.table, r.cancelled);
}

}  // namespace

void add_sweep(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("sweep", "Run a study: many variants of one scenario");
  auto a = std::make_shared<SweepArgs>();
  cmd->add_option("STUDY", a->study, "Study file (.yaml)")->required();
  cmd->add_option("-o,--output", a->output, "Folder of the results")->type_name("DIR");
  cmd->add_option("-j,--jobs", a->jobs, "Processes at a time (default: 1)")->type_name("N");
  cmd->add_option("--shard", a->shard, "Only every N-th run, beginning with the I-th")
      ->type_name("I/N");
  cmd->add_flag("--mpi", a->mpi,
                "Started by mpirun or srun: each rank takes the next run when it is free");
  cmd->add_flag("--slurm", a->slurm, "Submit to Slurm as an array of shards");
  cmd->add_flag("--print", a->print, "With --slurm: only print the batch script");
  cmd->add_option("--chunk", a->chunk, "With --slurm: runs in each task");
  cmd->add_option("--partition", a->partition, "With --slurm: partition");
  cmd->add_option("--time", a->time, "With --slurm: time limit of a task, as sbatch takes it");
  cmd->add_flag("--resume", a->resume, "Continue in a folder; what is finished is not repeated");
  cmd->add_flag("--dry-run", a->dry_run, "List the runs and what they cost; run nothing");
  cmd->add_option("--progress", a->progress, "auto, plain, json or none")
      ->check(CLI::IsMember({"auto", "plain", "json", "none"}));
  cmd->callback([=, &program] { program.exit_code = sweep(*a, program); });
}

}  // namespace steppe::cli
