#pragma once
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Battery converter of a dc chain: carries the bus when its voltage sags, recharges the battery
/// with limited power when the bus is healthy.
///
///   i_dis = limit((v_dis − v_bus) / R_d; 0, P_dis/v_dis·(v_dis/v_bus)^1.3)  out of the bus port
///   [A] P_ch  = P_charge · h((v_bus − v_ch) / Δ),   h: C¹ step from 0 to 1 over 0 … 1 P =
///   v_bus·i_dis − P_ch,   P_bat = P + P_r·(a + b·|p| + c·p²),   p = P / P_r
///
/// P_dis and P_charge are the smaller of the converter's own limits and what the battery offers
/// (inputs, to be connected to the battery's p_discharge_max and p_charge_max). The rectifier holds
/// the bus above v_dis, so the converter idles until the rectifier is gone or overloaded; while the
/// bus is loaded below v_ch there is no recharge. Below 0.3 of the nominal battery voltage
/// everything fades with v².
/// Left out: dc-link dynamics, stages below 10 ms.
/// Source: engineering; loss curve form [Schmidt 1996].
/// Range: 0 … 1.1 of rating.   Checked by: tests/unit/power/power_test.cpp
struct DcDc {
  struct Params {
    double v_bus, v_battery, rating, charge_rating, discharge_level, charge_level, charge_width,
        droop, loss_a, loss_b, loss_c;
    LossCurve loss;
    double r_droop = 1.0, v_min = 1.0;
  };
  enum Port : int { kBus, kBattery, kWaste };
  enum Input : int { kDischargeMax, kChargeMax };
  enum Output : int { kPower, kPowerBattery, kLoss };
  enum Mode : int { kState };
  enum State : int { kRunning, kOff };
  enum Command : int { kStart, kStop };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    p.loss = {p.loss_a, p.loss_b, p.loss_c};
    p.r_droop = p.droop * p.v_bus * p.v_bus / p.rating;
    p.v_min = 0.3 * p.v_battery;
  }
  static double guess(const Params& p, int local) {
    const double v[] = {p.v_bus, p.v_battery};
    return local < 2 ? v[local] : std::nan("");
  }
  /// 3x² − 2x³ between 0 and 1: exactly 0 and 1 outside, slope continuous.
  template <class S>
  static S step(const S& x) {
    if (core::value(x) <= 0.0) return 0.0 * x;
    if (core::value(x) >= 1.0) return 1.0 + 0.0 * x;
    return x * x * (3.0 - 2.0 * x);
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const bool on = x.mode(kState) == kRunning;
    const S &v = x.v(kBus), &v_b = x.v(kBattery);
    const S v2 = v_b * v_b;
    const S share = served_share(v2, p.v_min);
    S power = 0.0 * v, i = 0.0 * v, loss = S(p.loss_a * p.rating);
    if (on) {
      const double w = 1e-3 * p.rating, v_dis = p.discharge_level * p.v_bus;
      const S most = smooth_pos(smooth_min(x.in(kDischargeMax), S(p.rating), w), 1e-6 * p.rating);
      const S i_dis =
          soft_clamp((v_dis - v) / p.r_droop, 0.0, most / v_dis * limit_over_nominal(v / v_dis),
                     0.005, 1e-6 * p.rating / v_dis);
      const S charge =
          smooth_pos(smooth_min(x.in(kChargeMax), S(p.charge_rating), w), 1e-6 * p.rating) *
          step((v / p.v_bus - p.charge_level) / p.charge_width);
      // Both parts as bus current; charging happens near nominal voltage only, so 1/v is safe
      // there.
      i = i_dis - charge * v * inverse_square(v * v, 0.5 * p.v_bus);
      power = v * i;
      const S pu = power / p.rating;
      loss = p.rating * p.loss.loss(smooth_abs(pu, 1e-3));
    }
    const S g = inverse_square(v2, p.v_min);
    out.current(kBus, -share * i);
    out.current(kBattery, (power + loss) * v_b * g);
    out.heat(kWaste, -share * loss);
    out.book(core::kUseChain, share * loss);
    if (!out.wants_values()) return;
    out.value(kPower, share * power);
    out.value(kPowerBattery, share * (power + loss));
    out.value(kLoss, share * loss);
  }
  static void on_event(const Params&, core::EventContext& e) {
    if (e.kind == core::EventContext::Kind::command)
      e.modes[kState] = e.id == kStart ? kRunning : kOff;
  }
};

core::ComponentType dcdc_model();

}  // namespace steppe::models
