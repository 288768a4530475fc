#pragma once
// One function per command: it declares its options and what it does. main() only lists them.
#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/app/eval.h"
#include "sim/base/reference.h"
#include "sim/core/registry.h"

namespace steppe::cli {

/// A calculation outside a system that `eval` offers under a name of its own: one step of the
/// serving load, say.
struct Calculator {
  std::string help;
  const core::ParamTableBase* params = nullptr;
  std::function<std::shared_ptr<void>()> make_params;  ///< with defaults
  std::function<std::vector<app::EvalValue>(const void* params, const core::ProcessSetup&)>
      evaluate;
};

/// One finished or refused request of a computing load.
struct RequestRow {
  uint64_t id = 0;
  double arrival = 0.0, first_token = 0.0, finish = 0.0;  ///< s since the start
  uint32_t input = 0, output = 0;                         ///< tokens
  bool rejected = false;
  std::string model = {};  ///< "" where only one is served
};

/// Turns measured files into a data file of the computing load, for `load --calibrate`.
struct Calibration {
  const core::ParamTableBase* params = nullptr;
  std::function<std::shared_ptr<void>()> make_params;
  struct Result {
    std::string file, page;  ///< text of the data file; what is printed
  };
  std::function<Result(const std::vector<std::string>& files, const void* params,
                       const core::ProcessSetup&)>
      run;
};

/// A power curve of somebody else's CSV file.
struct PowerCurve {
  std::vector<double> time, power;  ///< s, W
};

/// What every command gets. main() fills it, so that no command names a concrete model.
struct Program {
  const core::Registry& registry;
  std::map<std::string, Calculator> calculators = {};
  /// Asks a load for its requests one by one; false when this process has none to tell of.
  std::function<bool(core::Process&, std::function<void(const RequestRow&)>)> watch_requests = {};
  std::function<std::vector<Reference>()> references = {};
  Calibration calibration = {};
  /// Column "" is the only one of power. UserError with file, line and column.
  std::function<PowerCurve(const std::string& file, const std::string& column)> read_power = {};
  int exit_code = 0;  ///< of the command that ran
};

void add_run(CLI::App&, Program&);
void add_check(CLI::App&, Program&);
void add_load(CLI::App&, Program&);
void add_report(CLI::App&, Program&);
void add_compare(CLI::App&, Program&);
void add_plot(CLI::App&, Program&);
void add_export(CLI::App&, Program&);
void add_eval(CLI::App&, Program&);
void add_info(CLI::App&, Program&);
void add_judge(CLI::App&, Program&);
void add_schema(CLI::App&, Program&);
void add_completion(CLI::App&, Program&);
void add_sweep(CLI::App&, Program&);
void add_validate(CLI::App&, Program&);
void add_bill(CLI::App&, Program&);
void add_forecast(CLI::App&, Program&);

/// `report` of a folder that `sweep` filled; texts may be empty. `least`, `where`: instead of what
/// the study asks for.
struct StudyReportArgs {
  bool json = false;
  std::string csv, pareto, least, where;
};
int report_study(const std::string& dir, const StudyReportArgs&);

/// Page of KPIs, balances and events, as `run` and `report` print it.
struct PageNumber {
  std::string name, unit, help;
  double value;
};
/// A KPI for people: hours, kg/kWh, residuals in powers of ten, the rest with a fitting prefix.
std::string kpi_text(const std::string& name, double value, const std::string& unit);
std::string kpi_page(const std::vector<PageNumber>& kpis);

struct PageEvent {
  double time;
  std::string component, name, from, to, text;
};
/// The first `most` events, one a line; `more` says where the rest is.
std::string event_page(const std::vector<PageEvent>& events, size_t most, const std::string& more);

}  // namespace steppe::cli
