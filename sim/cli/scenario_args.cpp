#include "sim/cli/scenario_args.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "sim/base/units.h"

namespace steppe::cli {
namespace {

namespace fs = std::filesystem;

std::stop_source g_stop;
extern "C" void on_signal(int) {
  if (g_stop.stop_requested()) _exit(130);
  g_stop.request_stop();
}

}  // namespace

void ScenarioArgs::declare(CLI::App& cmd) {
  cmd.add_option("SCENARIO", file, "Scenario file (default: scenarios/ulanqab-day.yaml)");
  cmd.add_option("--set", set, "PATH=VALUE, e.g. bess.energy=80MWh (may be repeated)")
      ->take_all()
      ->type_name("PATH=VALUE");
  cmd.add_option("--profile", profile, "Time scale")->type_name("{electrical,thermal,facility}");
  cmd.add_option("--seed", seed, "Seed of all random streams");
}

std::unique_ptr<app::Simulation> ScenarioArgs::load(const core::Registry& registry) {
  if (file.empty()) file = app::home_dir() + "/scenarios/ulanqab-day.yaml";
  std::vector<app::Override> overrides;
  for (const auto& s : set) overrides.push_back(app::parse_override(s));
  if (!seed.empty()) overrides.push_back({"run.seed", seed});
  Diagnostics d;
  auto sim = app::Simulation::load(file, overrides, profile, registry, d);
  if (!d.items().empty()) fmt::print(stderr, "{}\n", d.render());
  if (!sim) fmt::print(stderr, "Nothing was run.\n");
  return sim;
}

double until_option(const std::string& text) {
  if (text.empty()) return 0.0;
  std::string error;
  const double t = quantity_as(text, "s", error);
  if (!error.empty() || t <= 0.0)
    throw UserError(
        fmt::format("--until '{}' {}", text, error.empty() ? "must be more than 0" : error));
  return t;
}

std::stop_token stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return g_stop.get_token();
}

void make_folder_of(const std::string& file) {
  const auto folder = fs::path(file).parent_path();
  if (folder.empty()) return;
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (ec)
    throw IoError(fmt::format("cannot make the folder {}: {}", folder.string(), ec.message()));
}

}  // namespace steppe::cli
