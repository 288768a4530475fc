// steppe sweep: many runs of one scenario. steppe report of a folder: their table.
#include "sim/app/sweep.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/base/units.h"
#include "sim/cli/commands.h"
#include "sim/cli/scenario_args.h"
#include "sim/io/csv.h"

namespace steppe::cli {
namespace {

namespace fs = std::filesystem;
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

/// Rank and number of ranks of the launcher that started this process.
std::pair<size_t, size_t> launcher_rank() {
  static constexpr std::pair<const char*, const char*> kNames[] = {
      {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
      {"PMIX_RANK", "PMIX_SIZE"},
      {"PMI_RANK", "PMI_SIZE"},
      {"SLURM_PROCID", "SLURM_NTASKS"}};
  for (const auto& [rank, size] : kNames) {
    const char *r = std::getenv(rank), *n = std::getenv(size);
    if (!r || !n) continue;
    const size_t i = std::strtoul(r, nullptr, 10), count = std::strtoul(n, nullptr, 10);
    if (i < count) return {i, count};
  }
  throw UserError(
      "--mpi: this process was not started by mpirun or srun; write "
      "mpirun -n 4 steppe sweep STUDY.yaml -o DIR --mpi, or use --jobs N");
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

/// One array of shards. A shard that is queued again goes on where it was.
std::string slurm_script(const app::Study& study, const SweepArgs& a) {
  const size_t runs = study.size();
  size_t chunk = a.chunk > 0 ? static_cast<size_t>(a.chunk) : (runs + 99) / 100;
  // Sites allow some 1000 tasks in an array.
  chunk = std::max(chunk, (runs + 999) / 1000);
  const size_t tasks = (runs + chunk - 1) / chunk;
  std::error_code ec;
  std::string name;
  for (char c : study.name) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
  std::string s = "#!/bin/sh\n";
  s += fmt::format("#SBATCH --job-name=steppe-{}\n#SBATCH --array=1-{}\n", name, tasks);
  s += fmt::format("#SBATCH --ntasks=1\n#SBATCH --cpus-per-task={}\n", a.jobs);
  if (!a.partition.empty()) s += fmt::format("#SBATCH --partition={}\n", a.partition);
  if (!a.time.empty()) s += fmt::format("#SBATCH --time={}\n", a.time);
  s += "#SBATCH --requeue\n#SBATCH --open-mode=append\n#SBATCH --output=steppe-%A_%a.txt\n";
  s += fmt::format("# {} runs, {} in each task; steppe report {} makes one table of them\n", runs,
                   chunk, a.output);
  s += fmt::format(
      "exec {} sweep {} -o {} --resume --jobs {} --progress plain --shard "
      "\"$SLURM_ARRAY_TASK_ID/{}\"\n",
      quoted(fs::read_symlink("/proc/self/exe", ec).string()),
      quoted(fs::absolute(a.study).lexically_normal().string()),
      quoted(fs::absolute(a.output).lexically_normal().string()), a.jobs, tasks);
  return s;
}

int submit(const app::Study& study, const SweepArgs& a) {
  const std::string script = slurm_script(study, a);
  if (a.print) {
    fmt::print("{}", script);
    return 0;
  }
  if (!on_path("sbatch"))
    throw UserError(
        "--slurm: there is no sbatch on the path, so this is no machine that submits to Slurm; "
        "--slurm --print writes the script, --jobs N runs here");
  std::fflush(nullptr);
  FILE* out = ::popen("sbatch", "w");
  if (!out) throw IoError("sbatch cannot be started");
  std::fwrite(script.data(), 1, script.size(), out);
  const int status = ::pclose(out);
  if (status != 0)
    throw IoError(fmt::format("sbatch refused the job (status {})",
                              WIFEXITED(status) ? WEXITSTATUS(status) : status));
  return 0;
}

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
    const auto scenario = app::load_scenario(study.scenario, study.overrides(run), study.profile,
                                             program.registry, app::home_dir() + "/data", d);
    d.throw_if_errors();
    fmt::print("{:>6}  {}  {}\n", i, app::run_id(scenario, study.record), inputs_text(study, run));
  }
  const double cost = app::estimate_cost(study, program.registry);
  fmt::print("About {} on one core, by the beginning of the first run. Nothing was run.\n",
             format_duration(cost < 10 ? std::ceil(cost * 10) / 10 : std::ceil(cost)));
  return 0;
}

int sweep(const SweepArgs& a, const Program& program) {
  if (a.print && !a.slurm) throw UserError("--print belongs to --slurm");
  if (a.mpi + a.slurm + !a.shard.empty() > 1)
    throw UserError("--mpi, --slurm and --shard exclude each other");
  if (a.output.empty() && !a.dry_run)
    throw UserError("-o DIR is missing: the folder for the results");
  if (a.jobs < 1) throw UserError("--jobs is 1 or more");
  app::SweepOptions o;
  if (!a.shard.empty()) std::tie(o.shard, o.shards) = parse_shard(a.shard);
  if (a.mpi) {
    std::tie(o.shard, o.shards) = launcher_rank();
    o.worker = fmt::format("rank-{}-of-{}", o.shard + 1, o.shards);
  }
  Diagnostics d;
  const auto study = app::load_study(a.study, d);
  if (d.ok()) app::check_study(study, program.registry, d);
  if (!d.items().empty()) fmt::print(stderr, "{}\n", d.render());
  if (!d.ok()) {
    fmt::print(stderr, "Nothing was run.\n");
    return 2;
  }
  if (a.dry_run) return dry_run(study, program);
  if (a.slurm) return submit(study, a);
  o.dir = a.output;
  o.jobs = a.jobs;
  o.resume = a.resume;
  o.stop = stop_on_signals();
  app::SweepSummary r;
  {
    Reporter report(a.progress);
    o.progress = [&](const app::SweepProgress& p) { report(p); };
    r = app::run_sweep(study, program.registry, o);
  }
  const auto& p = r.progress;
  if (a.progress != "json")
    fmt::print("{}: {} of {} runs in {:.1f} s: {} computed, {} kept, {} failed{}\n", study.name,
               p.done, p.total, p.wall_s, p.done - p.kept, p.kept, p.failed,
               r.table ? fmt::format(" -> {}/study.h5", a.output) : "");
  if (r.cancelled) {
    fmt::print(stderr, "cancelled; --resume continues\n");
    return 4;
  }
  if (p.total > 0 && p.failed == p.total) {
    fmt::print(stderr, "error: all runs failed; steppe report {} tells why\n", a.output);
    return 3;
  }
  return 0;
}

// --- report of a folder

struct Summary {
  size_t n = 0;
  double mean = 0.0, deviation = 0.0;
  std::vector<double> sorted;
};

Summary summarize(const std::vector<double>& values) {
  Summary s;
  for (double v : values)
    if (!std::isnan(v)) s.sorted.push_back(v);
  std::sort(s.sorted.begin(), s.sorted.end());
  s.n = s.sorted.size();
  if (s.n == 0) return s;
  for (double v : s.sorted) s.mean += v / static_cast<double>(s.n);
  double sum = 0.0;
  for (double v : s.sorted) sum += (v - s.mean) * (v - s.mean);
  s.deviation = s.n > 1 ? std::sqrt(sum / static_cast<double>(s.n - 1)) : 0.0;
  return s;
}

/// Only runs with a valid result count in statistics.
std::vector<double> valid(const app::StudyTable& t, const app::StudyTable::Column& c) {
  std::vector<double> out = c.values;
  for (size_t i = 0; i < out.size(); ++i)
    if (t.status[i] != "complete") out[i] = std::nan("");
  return out;
}

struct ParetoRequest {
  const app::StudyTable::Column *a = nullptr, *b = nullptr;
  bool a_max = false, b_max = false;
};

/// "energy_site,tokens_out:max".
ParetoRequest parse_pareto(const app::StudyTable& t, const std::string& text) {
  std::vector<std::string> names;
  for (const auto& c : t.columns)
    if (c.texts.empty()) names.push_back(c.name);
  auto one = [&](std::string part, bool& max) {
    const size_t colon = part.find(':');
    const std::string sense = colon == std::string::npos ? "min" : part.substr(colon + 1);
    part = part.substr(0, colon);
    if (sense != "min" && sense != "max")
      throw UserError(fmt::format("--pareto: '{}' is neither min nor max", sense));
    max = sense == "max";
    const auto* c = t.find(part);
    if (!c || !c->texts.empty()) {
      const auto near = nearest(part, names);
      throw UserError(fmt::format("--pareto: this study has no number '{}'{}", part,
                                  near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    }
    return c;
  };
  const size_t comma = text.find(',');
  if (comma == std::string::npos)
    throw UserError("--pareto: expected two KPIs, e.g. cost_total,slo_attainment:max");
  ParetoRequest out;
  out.a = one(text.substr(0, comma), out.a_max);
  out.b = one(text.substr(comma + 1), out.b_max);
  return out;
}

std::vector<size_t> front(const app::StudyTable& t, const ParetoRequest& r) {
  return app::pareto(valid(t, *r.a), r.a_max, valid(t, *r.b), r.b_max);
}

std::string cell(const app::StudyTable::Column& c, size_t row) {
  const double v = c.values[row];
  if (std::isnan(v)) return "-";
  if (!c.texts.empty()) return c.texts[std::min(static_cast<size_t>(v), c.texts.size() - 1)];
  if (!c.input) return kpi_text(c.name, v, c.unit);
  return c.unit.empty() || c.unit == "1" ? fmt::format("{:.6g}", v)
                                         : fmt::format("{:.6g} {}", v, c.unit);
}

ordered_json number(double v) { return std::isfinite(v) ? ordered_json(v) : ordered_json(); }

std::string study_json(const app::StudyTable& t, const ParetoRequest* pareto) {
  ordered_json j;
  j["study"] = t.study;
  j["runs"] = t.runs;
  j["done"] = t.index.size();
  for (const char* s : {"complete", "invalid", "failed"})
    j[s] = std::count(t.status.begin(), t.status.end(), s);
  j["inputs"] = ordered_json::array();
  for (const auto& c : t.columns)
    if (c.input) j["inputs"].push_back({{"name", c.name}, {"unit", c.unit}});
  j["kpi"] = ordered_json::object();
  for (const auto& c : t.columns) {
    if (c.input) continue;
    const auto values = valid(t, c);
    const auto s = summarize(values);
    if (s.n == 0) continue;
    ordered_json k{{"unit", c.unit},
                   {"n", s.n},
                   {"mean", number(s.mean)},
                   {"standard_deviation", number(s.deviation)},
                   {"min", number(s.sorted.front())}};
    for (const int p : {5, 25, 50, 75, 95})
      k[fmt::format("p{}", p)] = number(app::quantile(s.sorted, p / 100.0));
    k["max"] = number(s.sorted.back());
    for (const auto& in : t.columns)
      if (in.input)
        k["sensitivity"][in.name] = {
            {"rank_correlation",
             in.texts.empty() ? number(app::rank_correlation(in.values, values)) : ordered_json()},
            {"correlation_ratio", number(app::correlation_ratio(in.values, values))}};
    j["kpi"][c.name] = std::move(k);
  }
  if (pareto) {
    j["pareto"] = ordered_json::array();
    for (const size_t i : front(t, *pareto)) {
      ordered_json row{{"run", t.index[i]}, {"id", t.id[i]}};
      for (const auto& c : t.columns)
        if (c.input && !c.texts.empty())
          row[c.name] = cell(c, i);
        else if (c.input || &c == pareto->a || &c == pareto->b)
          row[c.name] = number(c.values[i]);
      j["pareto"].push_back(std::move(row));
    }
  }
  j["failures"] = ordered_json::array();
  for (size_t i = 0; i < t.index.size(); ++i)
    if (t.status[i] != "complete")
      j["failures"].push_back(
          {{"run", t.index[i]}, {"id", t.id[i]}, {"status", t.status[i]}, {"reason", t.reason[i]}});
  return j.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

std::string study_page(const app::StudyTable& t, const ParetoRequest* pareto) {
  constexpr size_t kMostFailures = 10, kMostFront = 30;
  const auto count = [&](const char* s) { return std::count(t.status.begin(), t.status.end(), s); };
  std::string out =
      fmt::format("{}: {} of {} runs ended: {} complete, {} invalid, {} failed\n", t.study,
                  t.index.size(), t.runs, count("complete"), count("invalid"), count("failed"));
  out += fmt::format("\n{:<34}{:>14}{:>14}{:>14}{:>14}{:>14}\n", "KPI", "min", "p5", "p50", "p95",
                     "max");
  std::vector<const app::StudyTable::Column*> inputs, varying;
  for (const auto& c : t.columns) {
    if (c.input) {
      inputs.push_back(&c);
      continue;
    }
    const auto s = summarize(valid(t, c));
    if (s.n == 0) continue;
    out += fmt::format("{:<34}", c.name);
    for (const double p : {0.0, 0.05, 0.5, 0.95, 1.0})
      out += fmt::format("{:>14}", kpi_text(c.name, app::quantile(s.sorted, p), c.unit));
    out += "\n";
    if (s.sorted.back() - s.sorted.front() > 1e-9 * std::abs(s.mean) &&
        !c.name.starts_with("ledger_"))
      varying.push_back(&c);
  }
  if (!inputs.empty() && !varying.empty()) {
    out +=
        "\nSensitivity: rank correlation, and the part of the variance that the input explains\n";
    out += fmt::format("{:<34}", "KPI");
    for (const auto* in : inputs) out += fmt::format("{:>22}", in->name);
    out += "\n";
    for (const auto* c : varying) {
      const auto values = valid(t, *c);
      out += fmt::format("{:<34}", c->name);
      for (const auto* in : inputs) {
        const double rho =
            in->texts.empty() ? app::rank_correlation(in->values, values) : std::nan("");
        const double eta = app::correlation_ratio(in->values, values);
        out += fmt::format(
            "{:>22}", fmt::format("{}  {}", std::isnan(rho) ? "-" : fmt::format("{:+.2f}", rho),
                                  std::isnan(eta) ? "-" : fmt::format("{:3.0f} %", 100 * eta)));
      }
      out += "\n";
    }
  }
  if (pareto) {
    const auto rows = front(t, *pareto);
    std::vector<const app::StudyTable::Column*> columns = inputs;
    for (const auto* c : {pareto->a, pareto->b})
      if (std::find(columns.begin(), columns.end(), c) == columns.end()) columns.push_back(c);
    out += fmt::format("\nPareto: {} ({}) against {} ({}), {} runs\n{:>8}", pareto->a->name,
                       pareto->a_max ? "max" : "min", pareto->b->name,
                       pareto->b_max ? "max" : "min", rows.size(), "run");
    for (const auto* c : columns) out += fmt::format("{:>22}", c->name);
    out += "\n";
    for (size_t k = 0; k < rows.size() && k < kMostFront; ++k) {
      out += fmt::format("{:>8}", t.index[rows[k]]);
      for (const auto* c : columns) out += fmt::format("{:>22}", cell(*c, rows[k]));
      out += "\n";
    }
    if (rows.size() > kMostFront) out += "  … steppe report --json lists all\n";
  }
  size_t shown = 0;
  for (size_t i = 0; i < t.index.size(); ++i) {
    if (t.status[i] == "complete") continue;
    if (shown++ == 0) out += "\nWithout a valid result\n";
    if (shown > kMostFailures) {
      out += "  … steppe report --json lists all\n";
      break;
    }
    out += fmt::format("{:>8}  {}  {}\n", t.index[i], t.status[i], t.reason[i]);
  }
  return out;
}

void write_csv(const app::StudyTable& t, const std::string& file) {
  io::CsvWriter out(file);
  std::vector<std::string> line{"run", "id", "status"};
  for (const auto& c : t.columns) line.push_back(c.name);
  out.texts(line);
  for (size_t i = 0; i < t.index.size(); ++i) {
    line = {fmt::format("{}", t.index[i]), t.id[i], t.status[i]};
    for (const auto& c : t.columns)
      line.push_back(!c.texts.empty()          ? cell(c, i)
                     : std::isnan(c.values[i]) ? ""
                                               : fmt::format("{}", c.values[i]));
    out.texts(line);
  }
  out.close();
}

}  // namespace

int report_study(const std::string& dir, bool json, const std::string& csv,
                 const std::string& pareto) {
  const auto table = app::read_study(dir);
  std::optional<ParetoRequest> request;
  if (!pareto.empty()) request = parse_pareto(table, pareto);
  if (!csv.empty()) {
    write_csv(table, csv);
    if (csv == "-") return 0;
  }
  const auto* r = request ? &*request : nullptr;
  fmt::print("{}\n", json ? study_json(table, r) : study_page(table, r));
  return 0;
}

void add_sweep(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("sweep", "Run a study: many variants of one scenario");
  auto a = std::make_shared<SweepArgs>();
  cmd->add_option("STUDY", a->study, "Study file (.yaml)")->required();
  cmd->add_option("-o,--output", a->output, "Folder of the results")->type_name("DIR");
  cmd->add_option("-j,--jobs", a->jobs, "Processes at a time (default: 1)")->type_name("N");
  cmd->add_option("--shard", a->shard, "Only every N-th run, beginning with the I-th")
      ->type_name("I/N");
  cmd->add_flag("--mpi", a->mpi, "Started by mpirun or srun: each rank takes its part");
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
