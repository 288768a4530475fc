#pragma once
// One component on its own: parameters, inputs and port values given, its own unknowns solved to
// rest.
#include <string>
#include <utility>
#include <vector>

#include "sim/core/registry.h"

namespace steppe::app {

struct EvalValue {
  std::string name;
  double value = 0.0;  ///< SI
  std::string unit, help;
};

struct EvalResult {
  std::string model;
  std::vector<std::pair<std::string, std::string>> params;  ///< name, value with its unit
  std::vector<EvalValue> ports, inputs;                     ///< given or by default
  std::vector<std::pair<std::string, std::string>> modes;   ///< at rest
  std::vector<EvalValue> variables, outputs;
  std::vector<EvalValue> flows;   ///< through the ports, positive into the component
  std::vector<EvalValue> ledger;  ///< what it books, W
  std::vector<std::string> notes;
};

/// `arguments`: "name=value" with units; a name is a parameter, an input, a variable (start of the
/// search, or the held value of a storage such as a state of charge), a mode, "port.temp" (also .p,
/// .v, .v_re, .v_im, .angle, .medium), or one of medium and altitude. Throws UserError with all
/// problems of the arguments, SolveError when there is no rest.
EvalResult evaluate_component(const core::ComponentType&, const core::Registry&,
                              const std::vector<std::string>& arguments);

/// Reads "name=value" arguments into a parameter object that holds its defaults; throws UserError.
void read_arguments(const std::vector<std::string>& arguments, const core::ParamTableBase& table,
                    void* params, const std::string& owner);

}  // namespace steppe::app
