#pragma once
#include "sim/base/smooth.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Frequency of the synchronous area that the utility belongs to: one swing equation with a
/// governor, a turbine with reheat and secondary control. Powers are per unit of `system_power` S.
///
///   (2H/f_n)·dΔf/dt = P_m − ΔP_L − D·Δf/f_n        [Kundur 1994, eq. 11.2]     Δf [Hz]
///   T_g·dY/dt  = P_ref + P_gov − Y                   P_gov = −deadband(Δf)/(f_n·R), ± limit
///   T_ch·dP_1/dt = Y − P_1,   T_rh·dP_2/dt = P_1 − P_2
///   P_m = F·P_1 + (1 − F)·P_2                        [Kundur 1994, fig. 9.4 and §11.1]
///   T_i·dP_ref/dt = −(1/R + D)·Δf/f_n                secondary control; off: P_ref stays
///   ΔP_L = (lost_power + site_power)/S
///
/// `lost_power` is generation that trips or load that comes, `site_power` what the site draws, both
/// against the start: at rest Δf = 0 and P_ref carries them. With F = 1 and a short T_ch the
/// turbine is a single lag T_g, for which the response is known in closed form.
///
/// The frequency reaches the site as a signal: `frequency_deviation` inputs of converters, UPS and
/// meters are connected to `deviation`. Phasors are those of the nominal frequency: the reactances
/// of the site do not change with it (1 Hz is 2 % of them).
/// Left out: several machines swinging against each other, load shedding, unit commitment.
/// Range: |Δf| below 5 % of nominal, where linear governors describe an area.
/// Checked by: tests/unit/grid/grid_frequency_test.cpp
struct GridFrequency {
  struct Params {
    double nominal, system_power, inertia, damping, droop, deadband, primary_limit, governor_time,
        chest_time, reheat_time, high_pressure_share, secondary_time;
    double gain = 0.0;  ///< 1/R
  };
  enum Var : int { kDeviation, kGate, kChest, kReheat, kReference };
  enum Input : int { kLostPower, kSitePower };
  enum Output : int { kFrequency, kRocof, kMechanical, kPrimary };
  /// Holds P_ref over any run when there is no secondary control, and still finds it at the start.
  static constexpr double kNoSecondary = 1e11;

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    // A bias that finds the start also where no governor and no damping asks for one.
    p.gain = p.droop > 0.0 ? 1.0 / p.droop : 1.0;
  }

  template <class S>
  static S governor(const Params& p, const S& deviation) {
    if (p.droop <= 0.0) return 0.0 * deviation;
    S beyond = deviation;
    if (p.deadband > 0.0)
      beyond = deviation - smooth_clamp(deviation, -p.deadband, p.deadband, 0.02 * p.deadband);
    return smooth_clamp(S(-beyond * (p.gain / p.nominal)), -p.primary_limit, p.primary_limit, 1e-7);
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S &df = x.var(kDeviation), &gate = x.var(kGate), &p1 = x.var(kChest);
    const S &p2 = x.var(kReheat), &reference = x.var(kReference);
    const S mechanical = p.high_pressure_share * p1 + (1.0 - p.high_pressure_share) * p2;
    const S load = (x.in(kLostPower) + x.in(kSitePower)) * (1.0 / p.system_power);
    const S primary = governor(p, df);
    const double lhs = 2.0 * p.inertia / p.nominal;
    const S accelerating = mechanical - load - df * (p.damping / p.nominal);
    out.balance(kDeviation, lhs, accelerating);
    out.balance(kGate, p.governor_time, reference + primary - gate);
    out.balance(kChest, p.chest_time, gate - p1);
    out.balance(kReheat, p.reheat_time, p1 - p2);
    out.balance(kReference, p.secondary_time > 0.0 ? p.secondary_time : kNoSecondary,
                -(p.gain + p.damping) * df / p.nominal);
    if (!out.wants_values()) return;
    out.value(kFrequency, p.nominal + df);
    out.value(kRocof, accelerating / lhs);
    out.value(kMechanical, mechanical * p.system_power);
    out.value(kPrimary, primary * p.system_power);
  }
};

core::ComponentType grid_frequency_model();

}  // namespace steppe::models
