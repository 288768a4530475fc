#pragma once
// A model whose parameters can be found from measurements: what `steppe fit` asks for and tells.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/param_table.h"

namespace steppe::core {

/// One quantity of the measurements, in SI. A time column is given in seconds.
struct FitColumn {
  std::string name, unit, help;
  bool required = true;
};

struct FitFigure {
  std::string name, unit;
  double value = 0.0;
  double standard_error = 0.0;  ///< 0: none
  std::string help;
};

struct FitReport {
  std::vector<FitFigure> figures;  ///< errors of the fit and counts of rows
  std::vector<FitFigure> parameters;
  std::vector<std::string> notes;  ///< whole sentences for people
  std::string yaml;                ///< parameters as the `params` of a component
};

struct Fitter {
  std::string help;
  std::vector<FitColumn> columns;
  const ParamTableBase* options = nullptr;
  std::function<std::shared_ptr<void>()> make_options;  ///< with defaults
  /// `data`: one vector per entry of `columns`, NaN where nothing usable stood; empty: not given.
  /// Throws UserError.
  std::function<FitReport(const std::vector<std::vector<double>>& data, const void* options)> fit;
};

}  // namespace steppe::core
