// steppe run, steppe check
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/app/schema.h"
#include "sim/app/simulation.h"
#include "sim/base/units.h"
#include "sim/cli/commands.h"
#include "sim/cli/scenario_args.h"

namespace steppe::cli {
namespace {

namespace fs = std::filesystem;

class Reporter {
 public:
  explicit Reporter(const std::string& mode) : mode_(mode) {
    if (mode_ == "auto") mode_ = isatty(STDERR_FILENO) ? "line" : "none";
  }
  void operator()(const app::Progress& p) {
    const double share = p.t_end > 0 ? p.t / p.t_end : 1.0;
    const double eta = share > 0.01 ? p.wall_s * (1 - share) / share : 0.0;
    if (mode_ == "json") {
      nlohmann::json j{{"t", p.t},
                       {"t_end", p.t_end},
                       {"wall_s", p.wall_s},
                       {"steps", p.steps},
                       {"phase", p.phase}};
      j["event"] = p.event.empty() ? nlohmann::json() : nlohmann::json(p.event);
      fmt::print("{}\n", j.dump());
      std::fflush(stdout);
    } else if (mode_ == "line") {
      fmt::print(stderr, "\r\033[K{:5.1f} %  {} of {}  {:.1f} s{}", 100 * share,
                 format_duration(std::floor(p.t)), format_duration(p.t_end), p.wall_s,
                 eta > 1 ? fmt::format(", {:.0f} s left", eta) : "");
    } else if (mode_ == "plain" && share >= next_) {
      fmt::print(stderr, "{:3.0f} %  {}  {:.1f} s\n", 100 * share, format_duration(std::floor(p.t)),
                 p.wall_s);
      next_ = share + 0.1;
    }
  }
  ~Reporter() {
    if (mode_ == "line") fmt::print(stderr, "\r\033[K");
  }

 private:
  std::string mode_;
  double next_ = 0.0;
};

int run(ScenarioArgs args, std::string output, const std::string& until, const std::string& from,
        const std::string& progress, bool quiet, const Program& program) {
  auto sim = args.load(program.registry);
  if (!sim) return 2;
  app::RunRequest request;
  request.until = until_option(until);
  if (output.empty()) output = "results/" + fs::path(args.file).stem().string() + ".h5";
  make_folder_of(output);
  request.output = output;
  request.from = from;
  request.stop = stop_on_signals();
  app::RunResult r;
  {
    Reporter report(progress);
    request.progress = [&](const app::Progress& p) { report(p); };
    r = sim->run(request);
  }
  if (!quiet) {
    fmt::print("{}: {} in {:.1f} s, {} unknowns, {} steps -> {}\n", sim->scenario().name,
               format_duration(r.summary.t), r.wall_s, sim->system().size(),
               r.summary.statistics.steps, output);
    std::vector<PageNumber> page;
    for (const auto& k : r.kpis) page.push_back({k.name, k.unit, k.help, k.value});
    fmt::print("{}", kpi_page(page));
    if (!r.events.empty()) {
      std::vector<PageEvent> events;
      for (const auto& e : r.events)
        events.push_back({e.time, e.component, e.name, e.from, e.to, e.text});
      fmt::print("\nEvents ({})\n{}", events.size(),
                 event_page(events, 12, "steppe report " + output));
    }
  }
  if (r.status == app::RunResult::Status::invalid) {
    fmt::print(stderr,
               "error: the energy ledger does not close: residual {:.2g} of the electric energy, "
               "{:.2g} of the heat; the limit is {:.0g}. "
               "The result is marked invalid.\n",
               r.summary.residual_energy, r.summary.residual_heat, r.summary.ledger_limit);
    return 3;
  }
  if (r.status == app::RunResult::Status::cancelled) {
    fmt::print(stderr, "cancelled at {}; the result holds what was computed until then\n",
               format_duration(r.summary.t));
    return 4;
  }
  return 0;
}

void print_paths(const app::Scenario& scenario) {
  auto one = [](const std::string& id, const core::ParamTableBase& table, const void* params) {
    for (size_t r = 0; r < table.rows().size(); ++r)
      fmt::print("{}.{} = {}\n", id, table.rows()[r].name,
                 app::param_text(table.rows()[r], table.get(params, static_cast<int>(r))));
  };
  for (const auto& c : scenario.system.components) one(c.id, *c.type->params, c.params.get());
  for (const auto& p : scenario.system.processes) one(p.id, *p.type->params, p.params.get());
}

}  // namespace

void add_run(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("run", "Run a scenario and write an HDF5 result");
  auto args = std::make_shared<ScenarioArgs>();
  auto output = std::make_shared<std::string>(), until = std::make_shared<std::string>(),
       from = std::make_shared<std::string>(), progress = std::make_shared<std::string>("auto");
  auto quiet = std::make_shared<bool>(false);
  args->declare(*cmd);
  cmd->add_option("-o,--output", *output, "Result file (default: results/NAME.h5)");
  cmd->add_option("--until", *until, "End of the run, e.g. \"2 h\"");
  cmd->add_option("--from", *from, "Continue from the last checkpoint of this result");
  cmd->add_option("--progress", *progress, "auto, plain, json or none")
      ->check(CLI::IsMember({"auto", "plain", "json", "none"}));
  cmd->add_flag("-q,--quiet", *quiet, "Print no KPIs");
  cmd->callback([=, &program] {
    program.exit_code = run(*args, *output, *until, *from, *progress, *quiet, program);
  });
}

void add_check(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("check", "Parse, build and find the steady start; run nothing");
  auto args = std::make_shared<ScenarioArgs>();
  auto expand = std::make_shared<bool>(false), paths = std::make_shared<bool>(false);
  args->declare(*cmd);
  cmd->add_flag("--expand", *expand, "Print the scenario with all templates expanded");
  cmd->add_flag("--paths", *paths, "Print every parameter that --set can change, with its value");
  cmd->callback([=, &program] {
    auto sim = args->load(program.registry);
    if (!sim) {
      program.exit_code = 2;
      return;
    }
    if (*paths) return print_paths(sim->scenario());
    if (*expand) fmt::print("{}", sim->scenario().resolved);
    const auto steady = sim->check();
    if (!*expand)
      fmt::print(
          "{}: ok. {} components, {} processes, {} unknowns, {} nonzeros; steady start by {} in {} "
          "iterations\n",
          args->file, sim->system().components.size(), sim->system().processes.size(),
          sim->system().size(), sim->system().nnz(), steady.how, steady.iterations);
  });
}

}  // namespace steppe::cli
