#pragma once
// One function per command: it declares its options and what it does. main() only lists them.
#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "sim/core/registry.h"

namespace steppe::cli {

/// What every command gets.
struct Program {
  const core::Registry& registry;
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
void add_schema(CLI::App&, Program&);
void add_completion(CLI::App&, Program&);

/// Page of KPIs, balances and events, as `run` and `report` print it.
struct PageNumber {
  std::string name, unit, help;
  double value;
};
std::string kpi_page(const std::vector<PageNumber>& kpis);

}  // namespace steppe::cli
