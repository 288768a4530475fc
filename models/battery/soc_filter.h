#pragma once
#include <array>

#include "models/battery/cell.h"
#include "sim/core/checkpoint.h"

namespace steppe::models {

/// Extended Kalman filter for state of charge and capacity of an LFP cell: x = [SOC, v₁, v₂, θ]
/// with θ = nominal over present capacity; measured: the cell voltage [Plett 2015, vol. II, ch. 3
/// and 4: joint estimation].
///
///   SOC' = SOC − θ·I·Δt/Q,   v_i' = e^{−Δt/τ_i}·v_i + (1 − e^{−Δt/τ_i})·R_i·I,   θ' = θ
///   innovation: V − (U + M·h − I·R₀ − v₁ − v₂),   H = [dV/dSOC, −1, −1, 0]
///
/// dV/dSOC is the secant over the uncertainty (three points of Gauss–Hermite), and what it leaves
/// unexplained adds to the variance of the voltage: at the knees the curve bends too much for a
/// tangent. That error is the same in every sample while the charge stays where it is, and the slow
/// pair would take it up as if it were its own: one observation in τ₂, not in Δt. The hysteresis h
/// runs along without a correction. Where the curve is flat (less than 0.1 V per unit of charge)
/// the variance of the voltage counts a hundred times: an error of a few millivolts of the model
/// would otherwise move the charge by tens of per cent, and counting the current knows better. The
/// capacity shows where charge has been counted between two places that the voltage tells apart;
/// its covariance with the charge grows meanwhile, so both uncertainties stay honest. Noise:
/// variances per second of SOC, of the pairs' voltages [V²], of θ (2 % in a year); of a voltage
/// sample [V²].
class SocFilter {
 public:
  struct Noise {
    double soc = 1e-10, pair = 1e-6, capacity = 1e-11, voltage = 25e-6;
  };
  SocFilter() = default;
  /// Beliefs at the start: state of charge `soc` ± `sd`, nominal capacity ± the share
  /// `capacity_sd`.
  SocFilter(const CellParams& p, double soc, double sd, double capacity_sd, Noise noise);

  /// `current` A per cell, positive = discharge, over `dt` s that end now; `voltage` V of a cell,
  /// `temp` K; resistance over new.
  void step(double dt, double current, double voltage, double temp, double resistance);

  double soc() const { return x_[0]; }
  double sd() const;
  /// Present capacity over nominal, and its standard deviation.
  double capacity() const { return 1.0 / x_[3]; }
  double capacity_sd() const;
  /// dU/dSOC [V] at the estimate.
  double slope() const { return slope_; }
  double hysteresis() const { return h_; }
  double polarisation() const { return x_[1] + x_[2]; }
  static constexpr double kFlat = 0.1;     ///< V
  static constexpr double kInflate = 100;  ///< of the variance of the voltage, where it is flat

  void save(core::StateWriter& w) const { w.put(state()); }
  void load(core::StateReader& r);

 private:
  static constexpr size_t kStates = 4;
  using Vector = std::array<double, kStates>;
  using State = std::array<double, kStates + kStates * kStates + 2>;
  State state() const;

  CellParams p_{};
  Noise noise_;
  Vector x_{0.5, 0.0, 0.0, 1.0};
  std::array<Vector, kStates> cov_{};
  double h_ = 0.0, slope_ = 0.0;
};

}  // namespace steppe::models
