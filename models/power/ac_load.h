#pragma once
#include "models/cooling/motor_supply.h"
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Lighting, offices and other small loads: constant power and constant impedance mixed.
///
///   P = power · scale · [(1 − z) + z · (|V|/V_n)²],   Q = P · tan φ
///
/// The constant-power part becomes an impedance below v_min · V_n. Below trip_voltage for longer
/// than ride_through the load drops out, and comes back restart_delay after the voltage (as
/// contactors do): a limited source can bring a dead bus up before it carries the load. All of it
/// ends as heat
/// (`waste`). Left out: inrush, motor dynamics, dependence on frequency. Source: [Kundur 1994,
/// §7.1.1] (ZIP load). Range: 0 … 1.2 V_n. Checked by: tests/unit/power/power_test.cpp
struct AcLoad {
  struct Params : MotorSupply {
    double power, impedance_share, v_min;
  };
  enum Port : int { kIn, kWaste };
  enum Input : int { kScale };
  enum Output : int { kPower, kUnserved };
  static constexpr double kLeak = 1e-9;  ///< of the power

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) { p.prepare_supply(); }
  static double guess(const Params& p, int local) {
    return local == 0 ? p.voltage : local == 1 ? 0.0 : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S &a = x.v_re(kIn), &b = x.v_im(kIn);
    const S v2 = a * a + b * b;
    const double v_min = p.v_min * p.voltage;
    const S demand = p.power * x.in(kScale);
    // What has dropped out leaves a leak, so that a bus without a source has a solution.
    const double connected = MotorSupply::turning(x.mode(0)) ? 1.0 : 0.0;
    const S constant = connected * (1.0 - p.impedance_share) * demand;
    const S g =
        (connected * p.impedance_share * demand + kLeak * p.power) / (p.voltage * p.voltage);
    out.power(kIn, constant, constant * p.tan_phi, v_min);
    // I = (P − jQ)·V / V_n² for the impedance part.
    out.current(kIn, g * (a + p.tan_phi * b), g * (b - p.tan_phi * a));
    const S power = constant * served_share(v2, v_min) + g * v2;
    out.heat(kWaste, -power);
    out.book(core::kUseOther, power);
    out.value(kPower, power);
    p.set_guards(x, out, kIn);
    out.value(kUnserved, smooth_pos(demand - power, 1e-6 * p.power));
  }
  static void on_event(const Params& p, core::EventContext& e) { p.handle(e, 0); }
};

core::ComponentType ac_load_model();

}  // namespace steppe::models
