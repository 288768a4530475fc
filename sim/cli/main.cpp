// The command line. Only this file and gui/main.cpp know the concrete models; `bill` and `forecast`
// know the sums behind the models of money.
#include <fmt/format.h>
#include <sys/stat.h>

#include <clocale>
#include <cstdio>
#include <exception>

#include "inference_load/adapters/inference.h"
#include "inference_load/calibrate.h"
#include "inference_load/eval.h"
#include "inference_load/references.h"
#include "inference_load/registry.h"
#include "inference_load/training/power_file.h"
#include "models/cooling/chiller_fitter.h"
#include "models/economics/calculators.h"
#include "models/references.h"
#include "models/registry.h"
#include "sim/app/scenario.h"
#include "sim/cli/commands.h"
#include "sim/cli/fit.h"
#include "sim/io/reader.h"

namespace {

using namespace steppe;

/// One step of the serving load on one accelerator, for `steppe eval`.
cli::Calculator serving_step() {
  return {
      "One step of one replica: time, where it goes, tokens, power, energy", &load::eval_table(),
      []() -> std::shared_ptr<void> {
        auto p = std::make_shared<load::EvalParams>();
        load::eval_table().set_defaults(p.get());
        return p;
      },
      [](const void* params, const core::ProcessSetup& setup) {
        std::vector<app::EvalValue> out;
        for (const auto& r : load::evaluate(*static_cast<const load::EvalParams*>(params), setup))
          out.push_back({r.name, r.value, r.unit, r.help});
        return out;
      }};
}

cli::Calibration calibration() {
  return {&load::calibrate_table(),
          []() -> std::shared_ptr<void> {
            auto p = std::make_shared<load::CalibrateParams>();
            load::calibrate_table().set_defaults(p.get());
            return p;
          },
          [](const std::vector<std::string>& files, const void* params,
             const core::ProcessSetup& setup) -> cli::Calibration::Result {
            const auto c =
                load::calibrate(files, *static_cast<const load::CalibrateParams*>(params), setup);
            return {c.yaml, load::calibration_page(c)};
          }};
}

bool watch_requests(core::Process& process, std::function<void(const cli::RequestRow&)> sink) {
  auto* serving = dynamic_cast<load::InferenceLoad*>(&process);
  if (!serving) return false;
  serving->set_row_sink(
      [sink = std::move(sink)](const std::string& model, const load::RequestRow& r) {
        sink({r.id, r.arrival, r.first_token, r.finish, r.input, r.output, r.rejected, model});
      });
  return true;
}

std::vector<Reference> references() {
  core::ProcessSetup setup;
  setup.data_dir = app::home_dir() + "/data";
  setup.read_yaml = [](const std::string& file, const core::ParamTableBase& table, void* p) {
    io::read_yaml_into(file, table, p);
  };
  auto rows = models::references();
  for (auto& r : load::references(setup)) rows.push_back(std::move(r));
  return rows;
}

/// What the first word is, when it is no command; "" otherwise.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return "";
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) {
    if (command->get_name() == argv[1]) return "";
    names.push_back(command->get_name());
  }
  const auto near = nearest(argv[1], names);
  return fmt::format(
      "'{}' is no command{}", argv[1],
      near.empty() ? "; 'steppe --help' lists them" : fmt::format("; did you mean '{}'?", near));
}

}  // namespace

int main(int argc, char** argv) {
  std::setlocale(LC_ALL, "C");
  CLI::App app{"steppe - power and cooling of an AI data center, second by second", "steppe"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "steppe " STEPPE_VERSION);
  app.get_formatter()->column_width(34);
  try {
    core::Registry registry = models::registry();
    for (auto& t : load::process_types()) registry.add(std::move(t));
    cli::Program program{registry};
    program.calculators = {{"inference", serving_step()}, {"serving", serving_step()}};
    for (const auto& c : models::economic_calculators())
      program.calculators[c.name] = {c.help, c.params, c.make_params,
                                     [&c](const void* params, const core::ProcessSetup&) {
                                       std::vector<app::EvalValue> out;
                                       for (const auto& r : c.evaluate(params))
                                         out.push_back({r.name, r.value, r.unit, r.help});
                                       return out;
                                     }};
    program.watch_requests = watch_requests;
    program.calibration = calibration();
    program.read_power = [](const std::string& file, const std::string& column) {
      auto c = load::read_power(file, column);
      return cli::PowerCurve{std::move(c.time), std::move(c.power)};
    };
    program.references = references;
    for (auto* add : {cli::add_run, cli::add_check, cli::add_load, cli::add_report,
                      cli::add_compare, cli::add_plot, cli::add_export, cli::add_eval,
                      cli::add_info, cli::add_judge, cli::add_schema, cli::add_completion,
                      cli::add_sweep, cli::add_validate, cli::add_bill, cli::add_forecast})
      add(app, program);
    const std::map<std::string, core::Fitter> fitters{
        {"chiller_water_cooled", models::chiller_fitter()}};
    cli::add_fit(app, program, fitters);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
      if (e.get_exit_code() == 0) return app.exit(e);  // --help, --version
      if (const auto complaint = unknown_command(app, argc, argv); !complaint.empty())
        throw UserError(complaint);
      app.exit(e);
      return 2;
    }
    return program.exit_code;
  } catch (const Error& e) {
    const std::string text = e.what();
    fmt::print(stderr, "{}{}\n",
               text.starts_with("error") || e.exit_code() == 70 ? "" : "error: ", text);
    return e.exit_code();
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "error: out of memory\n");
    return 5;
  } catch (const std::exception& e) {
    fmt::print(stderr, "internal error: {}\n", e.what());
    return 70;
  }
}
