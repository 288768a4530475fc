#pragma once
#include "models/battery/cell.h"

namespace steppe::models {

/// One cell that steps on its own, at constant current or power over a step: for decades of duty
/// and for fleets, where a network of equations would be too much. Same curves, resistances and
/// limits as `battery` (cell.h); R C pairs, hysteresis and temperature move along their exact
/// exponentials, with resistances and open-circuit voltage of the step's start.
/// Range of the step: exact for SOC and RC at constant current; heat and power are of first order
/// in the step (300 s: see tests/unit/battery/cell_step_test.cpp for the difference to 1 s).
struct CellState {
  double soc = 0.5, hysteresis = 0.0, v1 = 0.0, v2 = 0.0, temp = 298.15;
};
struct CellAge {
  double capacity = 1.0, resistance = 1.0;  ///< over new
};

class CellStepper {
 public:
  CellStepper() = default;
  /// Steps of `dt` s.
  CellStepper(const CellParams& p, double dt);

  /// What happened in a step, per cell.
  struct Result {
    double current;  ///< A, positive = discharge
    double voltage;  ///< V, mean of the step's two ends
    double heat;     ///< W
  };
  /// Draws `power` W (positive = discharge) as far as limits of current, voltage, temperature and
  /// state of charge allow; `coolant` in K.
  Result power(CellState& s, double power, double coolant, const CellAge& age) const;
  /// Draws `current` A, whatever the limits.
  Result current(CellState& s, double current, double coolant, const CellAge& age) const;
  double dt() const { return dt_; }

 private:
  Result advance(CellState& s, const CellPoint<double>& c, double current, double coolant,
                 const CellAge& age) const;
  /// An RC pair over a step of constant current.
  struct Pair {
    double decay = 0.0, mean1 = 0.0, mean2 = 0.0;
    Pair() = default;
    Pair(double tau, double dt);
    /// Moves `v` towards `target`; gives the mean of v² over the step.
    double step(double& v, double target) const;
  };
  CellParams p_{};
  double dt_ = 1.0;
  Pair pair1_, pair2_;
  double decay_temp_ = 0.0;
};

}  // namespace steppe::models
