#pragma once
// What every command has in common that takes a scenario.
#include <CLI/CLI.hpp>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/app/simulation.h"

namespace steppe::cli {

struct ScenarioArgs {
  std::string file, profile;
  std::vector<std::string> set;
  std::string seed;

  void declare(CLI::App& cmd);
  /// Prints all problems of the input to the standard error; null when there are errors.
  std::unique_ptr<app::Simulation> load(const core::Registry&);
};

/// "--until": 0 when the text is empty.
double until_option(const std::string& text);

/// From here on the first Ctrl-C (or SIGTERM) asks for a stop, so that what was computed is kept;
/// the second one ends the program at once.
std::stop_token stop_on_signals();

/// Makes the folder of an output file; throws IoError.
void make_folder_of(const std::string& file);

}  // namespace steppe::cli
