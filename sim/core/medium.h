#pragma once
// The fluid of a circuit. Density and heat capacity are constants of the circuit (taken at its
// design temperature), so that stored heat is linear in temperature and closes exactly; viscosity
// follows temperature.
#include <cmath>
#include <string>

namespace steppe::core {

struct Medium {
  std::string name = "water";
  double cp = 4186.0;                           ///< J/(kg·K)
  double rho = 997.0;                           ///< kg/m3
  double k = 0.6;                               ///< W/(m·K)
  double freeze_temp = 273.15;                  ///< K
  double mu_a = -10.0, mu_b = 0.0, mu_c = 0.0;  ///< ln(mu / Pa·s) = a + b/T + c/T²
  double temp_ref = 293.15;                     ///< K, where enthalpy is zero

  template <class S>
  S viscosity(const S& temp) const {
    using std::exp;
    return exp(mu_a + mu_b / temp + mu_c / (temp * temp));
  }
};

}  // namespace steppe::core
