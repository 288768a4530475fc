#pragma once
#include "sim/core/batch.h"

namespace steppe::models {

/// Capacitor bank on a dc bus: hold-up of power supplies, dc links, supercapacitors.
///
///   R_s·C dv_c/dt = V − v_c      I = (V − v_c)/R_s into the port [A]
///   loss = R_s·I²,  stored ½·C·v_c²;  hold-up under a constant power P: v(t) = √(v₀² − 2·P·t/C)
///
/// A profile that collapses lags slower than R_s·C drops the stored energy's exchange with the bus.
/// Left out: leakage, dependence of C on voltage. Source: textbook circuit.
/// Range: R_s·C from 1 µs to 100 s.   Checked by: tests/unit/power/dc_stability_test.cpp
struct DcCapacitor {
  struct Params {
    double voltage, capacitance, resistance;
  };
  enum Port : int { kBus, kWaste };
  enum Var : int { kVc };
  enum Output : int { kPower, kEnergy };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static double guess(const Params& p, int local) {
    return local == 0 || local == 2 ? p.voltage : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S &v = x.v(kBus), &v_c = x.var(kVc);
    const S i = (v - v_c) / p.resistance;
    out.current(kBus, i);
    out.balance(kVc, p.resistance * p.capacitance, v - v_c);
    const S loss = p.resistance * i * i;
    out.heat(kWaste, -loss);
    out.book(core::kUseChain, loss);
    out.book(core::kElectricStore, v_c * i);
    out.value(kPower, v * i);
    out.value(kEnergy, 0.5 * p.capacitance * v_c * v_c);
  }
};

core::ComponentType dc_capacitor_model();

}  // namespace steppe::models
