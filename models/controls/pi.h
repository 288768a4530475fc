#pragma once
// Continuous proportional-integral controller with limits.
#include <string>

#include "sim/base/smooth.h"
#include "sim/core/batch.h"

namespace steppe::models {

///   out = clamp(k·e + I, lo, hi)     e = ±(measurement − minus − setpoint)
///   T_i·dI/dt = out − I
/// This is the PI law with its integral written as positive feedback of the limited output through
/// a lag: inside the limits out − I = k·e, so dI/dt = k·e/T_i; at a limit I settles on the limit,
/// so nothing winds up and the row stays regular. I is a lag: a profile that collapses it gets I =
/// out, hence k·e = 0 — the quasi-steady law "the loop is at its setpoint or at its limit" — which
/// is what a loop does between two samples five minutes apart. `enable` = 0 holds out (and I) at
/// off_value; the return is bumpless.
///
/// One kernel, three types that differ in the unit of the measurement: pi [1], pi_temperature [K],
/// pi_pressure [Pa].
struct PiUnit {
  const char *type, *unit, *per_unit, *what;
  double lo, hi;  ///< plausible measurement and setpoint
};
inline constexpr PiUnit kPlainPi{"pi", "1", "1", "dimensionless measurement", -1e6, 1e6};
inline constexpr PiUnit kTemperaturePi{"pi_temperature", "K", "1/K", "temperature", 173.15, 473.15};
inline constexpr PiUnit kPressurePi{"pi_pressure", "Pa", "1/Pa", "pressure or pressure difference",
                                    -1e7,          1e7};

template <const PiUnit& kUnit>
struct Pi {
  enum class Action { direct, reverse };
  struct Params {
    double gain, integral_time, lo, hi, off_value;
    Action action;
  };
  enum Var : int { kOut, kIntegral };
  enum Input : int { kMeasurement, kMinus, kSetpoint, kEnable };
  enum Output : int { kError };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static double guess(const Params& p, int) { return 0.5 * (p.lo + p.hi); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S error = x.in(kMeasurement)-x.in(kMinus)-x.in(kSetpoint);
    const double k = p.action == Action::direct ? p.gain : -p.gain;
    const double corner = 2e-3 * (p.hi - p.lo);
    const S& integral = x.var(kIntegral);
    const S& enable = x.in(kEnable);
    const S law = smooth_clamp(S(k * error + integral), p.lo, p.hi, corner);
    out.equation(kOut, enable * law + (1.0 - enable) * p.off_value - x.var(kOut));
    out.balance(kIntegral, p.integral_time, x.var(kOut) - integral);
    if (out.wants_values()) out.value(kError, error);
  }
};

core::ComponentType pi_model();
core::ComponentType pi_temperature_model();
core::ComponentType pi_pressure_model();

}  // namespace steppe::models
