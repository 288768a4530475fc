#pragma once
#include "models/economics/renewables.h"
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Wind turbines and photovoltaics behind one grid-following converter on an ac bus.
///
///   A = P_wind · wind_power(v_hub, ρ) + P_pv · pv_power(G, T),   v_hub = v₁₀·(h/10)^shear
///   P = min(A, p_limit, P_r) · h,   Q = P · tan φ
///   h = clamp(1 − (Δf − over)/(droop · f_n), 0, 1)              less power above f_n + over
///
/// What it does not give is curtailed. It forms no voltage: below v_min · V_n its current falls
/// with the voltage, and below `undervoltage` it stops until the voltage is good for
/// reconnect_delay. Left out: losses (the ratings are those of the connection), wakes, inertia,
/// fault current. Source: models/economics/renewables.h; over-frequency reduction [GB/T 19964 2012]
/// style. Range: 0 … 40 m/s.   Checked by: tests/unit/grid/renewable_plant_test.cpp
struct RenewablePlant {
  struct Params {
    double voltage, rating, wind_rating, pv_rating, hub_height, shear, power_factor, v_min,
        undervoltage, reconnect_delay, over_frequency, droop, frequency;
    double tan_phi = 0.0, height = 1.0;
  };
  enum Port : int { kOut };
  enum Input : int { kWind, kGhi, kTemp, kDensity, kLimit, kDeviation };
  enum Output : int { kPower, kAvailable, kCurtailed };
  enum Mode : int { kState };
  enum State : int { kRunning, kBlocked, kWaiting, kOff };
  enum Guard : int { kUndervoltage, kRecovered };
  enum Timer : int { kReconnect };
  enum Command : int { kStart, kStop };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    p.tan_phi = std::sqrt(1.0 / (p.power_factor * p.power_factor) - 1.0);
    p.height = std::pow(p.hub_height / 10.0, p.shear);
  }
  static double guess(const Params& p, int local) {
    return local == 0 ? p.voltage : local == 1 ? 0.0 : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const int state = x.mode(kState);
    const S hub = p.height * x.in(kWind);
    const S density = 1.0 * x.in(kDensity), ghi = 1.0 * x.in(kGhi), temp = 1.0 * x.in(kTemp);
    const S available =
        p.wind_rating * wind_power(hub, density) + p.pv_rating * pv_power(ghi, temp);
    const double w = 1e-4 * p.rating;
    const S excess = (x.in(kDeviation)-p.over_frequency) / (p.droop * p.frequency);
    const S held = soft_clamp(S(1.0 - excess), 0.0, 1.0, 1e-3, 1e-6);
    const S most = smooth_pos(smooth_min(S(1.0 * x.in(kLimit)), S(p.rating), w), w);
    S power = 0.0 * available;
    if (state == kRunning) power = smooth_pos(smooth_min(available, most, w), 1e-2 * w) * held;
    const S given = -out.power(kOut, -power, -power * p.tan_phi, p.v_min * p.voltage);
    // A leak, so that a bus which nothing else holds has a solution.
    const double g = 1e-9 * p.rating / (p.voltage * p.voltage);
    const S &a = x.v_re(kOut), &b = x.v_im(kOut);
    out.current(kOut, g * a, g * b);
    const S net = given - g * (a * a + b * b);
    out.book(core::kRenewable, net);
    const S pu = x.v_abs(kOut, 1e-3 * p.voltage) / p.voltage;
    out.guard(kUndervoltage,
              state == kRunning || state == kWaiting ? p.undervoltage - pu : S(-1.0));
    out.guard(kRecovered, state == kBlocked ? pu - p.undervoltage - 0.05 : S(-1.0));
    if (!out.wants_values()) return;
    out.value(kPower, net);
    out.value(kAvailable, available);
    out.value(kCurtailed, smooth_pos(available - given, w));
  }
  static void on_event(const Params& p, core::EventContext& e);
};

core::ComponentType renewable_plant_model();

}  // namespace steppe::models
