#pragma once
// Sums that need no run, for `steppe eval`: what owning a site costs, what storage costs, when
// growth runs into a wall.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/param_table.h"

namespace steppe::models {

struct CalculatorRow {
  std::string name;
  double value;
  std::string unit, help;
};
struct EconomicCalculator {
  std::string name, help;
  const core::ParamTableBase* params;
  std::function<std::shared_ptr<void>()> make_params;
  std::function<std::vector<CalculatorRow>(const void*)> evaluate;
};

/// `ownership`     total cost of owning a site for a year, by part; share of electricity; per
/// million
///                 tokens
/// `storage_cost`  levelised cost of storage
/// `growth`        years until transformer, feeder, cooling and battery are too small for a load
/// that
///                 grows, and the capacity of each phase of a build-out
/// Formulas: finance.h. Checked by: tests/unit/economics/calculators_test.cpp
const std::vector<EconomicCalculator>& economic_calculators();

}  // namespace steppe::models
