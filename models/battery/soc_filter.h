#pragma once
#include <array>

#include "models/battery/cell.h"
#include "sim/core/checkpoint.h"

namespace steppe::models {

/// Extended Kalman filter for the state of charge of an LFP cell: x = [SOC, v₁, v₂], measured: the
/// cell voltage [Plett 2015, vol. II, ch. 3].
///
///   F = diag(1, e^{−Δt/τ₁}, e^{−Δt/τ₂}),   H = [dV/dSOC, −1, −1]
///   innovation: V − (U + M·h − I·R₀ − v₁ − v₂)
///
/// dV/dSOC is the secant over the uncertainty (three points of Gauss–Hermite), and what it leaves
/// unexplained adds to the variance of the voltage: at the knees the curve bends too much for a
/// tangent. The hysteresis h runs along without a correction. Where the curve is flat (less than
/// 0.1 V per unit of charge) the variance of the voltage counts a hundred times: an error of a few
/// millivolts of the model would otherwise move the charge by tens of per cent, and counting the
/// current knows better.
/// Noise: variances per second of SOC and of the pairs' voltages [V²], of a voltage sample [V²].
class SocFilter {
 public:
  struct Noise {
    double soc = 1e-10, pair = 1e-6, voltage = 25e-6;
  };
  /// `capacity`: present capacity over the cell's nominal one, as the filter believes.
  SocFilter() = default;
  SocFilter(const CellParams& p, double soc, double sd, Noise noise);

  /// `current` A per cell, positive = discharge, over `dt` s that end now; `voltage` V of a cell,
  /// `temp` K; resistance over new.
  void step(double dt, double current, double voltage, double temp, double resistance);
  void set_capacity(double factor) { capacity_ = factor; }

  double soc() const { return x_[0]; }
  double sd() const;
  /// dU/dSOC [V] at the estimate.
  double slope() const { return slope_; }
  double hysteresis() const { return h_; }
  double polarisation() const { return x_[1] + x_[2]; }
  static constexpr double kFlat = 0.1;     ///< V
  static constexpr double kInflate = 100;  ///< of the variance of the voltage, where it is flat

  void save(core::StateWriter& w) const { w.put(state()); }
  void load(core::StateReader& r);

 private:
  using State = std::array<double, 15>;
  State state() const;

  CellParams p_{};
  Noise noise_;
  double capacity_ = 1.0;
  std::array<double, 3> x_{0.5, 0.0, 0.0};
  std::array<std::array<double, 3>, 3> cov_{};
  double h_ = 0.0, slope_ = 0.0;
};

}  // namespace steppe::models
