#pragma once
#include "models/cooling/motor_supply.h"
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Constant-power load on a dc bus: equipment that has no model of its own.
///
///   P = power · scale · min(1, (V/v_min)²)   into the port [W], corner rounded
///
/// Below trip_voltage for longer than ride_through it drops out, and comes back restart_delay after
/// the voltage: a rectifier walks in onto a free bus. Its heat goes to `waste`. Left out: hold-up
/// (connect a dc_capacitor). Source: engineering. Range: any voltage.   Checked by:
/// tests/unit/power/dc_stability_test.cpp
struct DcLoad {
  enum class Use { it, cooling, other };
  struct Params : MotorSupply {
    double power, v_min;
    Use use;
  };
  enum Port : int { kIn, kWaste };
  enum Input : int { kScale };
  enum Output : int { kPower, kUnserved };
  static constexpr double kLeak = 1e-9;  ///< of the power

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static double guess(const Params& p, int local) { return local == 0 ? p.voltage : std::nan(""); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S& v = x.v(kIn);
    const double connected = MotorSupply::turning(x.mode(0)) ? 1.0 : 0.0;
    const S demand = p.power * x.in(kScale), g = inverse_square(v * v, p.v_min * p.voltage);
    const double leak = kLeak * p.power / (p.voltage * p.voltage);
    const S power = (connected * demand * g + leak) * v * v;
    out.current(kIn, (connected * demand * g + leak) * v);
    out.heat(kWaste, -power);
    p.set_guards(out, x.mode(0), core::value(v) / p.voltage);
    constexpr core::Account account[] = {core::kUseIt, core::kUseCooling, core::kUseOther};
    out.book(account[static_cast<int>(p.use)], power);
    out.value(kPower, power);
    out.value(kUnserved, p.use == Use::it ? smooth_pos(demand - power, 1e-6 * p.power) : S(0.0));
  }
  static void on_event(const Params& p, core::EventContext& e) { p.react(e, e.x[0] / p.voltage); }
};

core::ComponentType dc_load_model();

}  // namespace steppe::models
