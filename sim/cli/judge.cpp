// steppe judge: does a power curve keep the limits of a grid? Of a result or of anybody's CSV file.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/base/units.h"
#include "sim/cli/commands.h"
#include "sim/io/result_file.h"

namespace steppe::cli {
namespace {

using Json = nlohmann::ordered_json;

struct JudgeArgs {
  std::string file, signal, limits = "large-load", step;
  bool json = false;
};

JudgeCurve curve_of(const JudgeArgs& args, const Program& program) {
  if (!args.file.ends_with(".h5")) return program.judge.read_csv(args.file, args.signal);
  const auto f = io::ResultFile::open(args.file);
  if (args.signal.empty())
    throw UserError("a result has many signals: name one of power, e.g. utility.p_import");
  JudgeCurve c{f.time(), f.read(args.signal)};
  if (c.time.size() != c.power.size())
    throw UserError(
        fmt::format("'{}' has several units; choose one: {}[0]", args.signal, args.signal));
  return c;
}

void judge(const JudgeArgs& args, Program& program) {
  double step = 0.0;
  if (!args.step.empty()) {
    std::string error;
    step = quantity_as(args.step, "s", error);
    if (!error.empty() || !(step > 0.0))
      throw UserError(
          fmt::format("--step '{}' {}", args.step, error.empty() ? "must be more than 0" : error));
  }
  const auto rows = program.judge.check(curve_of(args, program), step, args.limits);
  bool all = true;
  Json list = Json::array();
  for (const auto& r : rows) {
    all = all && r.holds;
    list.push_back({{"limit", r.name},
                    {"value", r.value},
                    {"allowed", r.allowed},
                    {"unit", r.unit},
                    {"holds", r.holds}});
    if (!args.json)
      fmt::print("  {:<16} {:>16} of at most {:>16}   {}\n", r.name,
                 format_quantity(r.value, r.unit, 4), format_quantity(r.allowed, r.unit, 4),
                 r.holds ? "holds" : "DOES NOT HOLD");
  }
  if (args.json) fmt::print("{}\n", Json{{"holds", all}, {"limits", list}}.dump(2));
}

}  // namespace

void add_judge(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand(
      "judge", "Does a power curve keep a grid's limits: ramps, range, 0.1 to 20 Hz");
  auto args = std::make_shared<JudgeArgs>();
  cmd->add_option("FILE", args->file, "Result (.h5), or CSV with a column of time and of power")
      ->required();
  cmd->add_option("SIGNAL", args->signal, "Signal of the result, or column of the CSV file");
  cmd->add_option("--limits", args->limits, "A name in data/limits, or a .yaml file")
      ->capture_default_str();
  cmd->add_option("--step", args->step, "Step of the analysis; default: the curve's shortest");
  cmd->add_flag("--json", args->json, "For programs");
  cmd->footer("Example:  steppe judge day.h5 utility.p_import --limits large-load");
  cmd->callback([=, &program] {
    judge(*args, program);
    program.exit_code = 0;
  });
}

}  // namespace steppe::cli
