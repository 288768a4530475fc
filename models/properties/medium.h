#pragma once
// Fluids by name, as a circuit uses them: constants at the design temperature and a viscosity
// curve.
#include <cmath>
#include <string>
#include <vector>

#include "sim/core/medium.h"

namespace steppe::models {

struct MediumProperties {
  std::string name;
  double cp = 0.0;           ///< J/(kg·K) at the design temperature
  double rho = 0.0;          ///< kg/m3 at the design temperature (and pressure, for air)
  double k = 0.0;            ///< W/(m·K) at the design temperature
  double freeze_temp = 0.0;  ///< K; 0 for air
  double mu_a = 0.0, mu_b = 0.0, mu_c = 0.0;  ///< ln(mu / Pa·s) = a + b/T + c/T²
  double temp_min = 0.0, temp_max = 0.0;      ///< K: where the viscosity curve was fitted
  double mu_error = 0.0;                      ///< largest relative error of that curve there
};

/// Properties of "water", "air", "pgNN" or "egNN" (propylene or ethylene glycol, NN = 5…60 percent
/// of mass). `temp_design` K must lie between the freezing point and 100 °C (glycols 60 °C, air
/// −60…100 °C), `pressure` [Pa] matters for air only. The viscosity curve is fitted from the higher
/// of −40 °C and the freezing point to 60 °C. UserError for an unknown name or a temperature out of
/// range. Sources: liquid.h, moist_air.h.
MediumProperties medium(const std::string& name, double temp_design, double pressure = 101325.0);

/// The same as the circuit's own record.
core::Medium circuit_medium(const std::string& name, double temp_design,
                            double pressure = 101325.0);

/// Names that medium() shows in messages and lists ("water", "pg25", …).
std::vector<std::string> medium_names();

}  // namespace steppe::models
