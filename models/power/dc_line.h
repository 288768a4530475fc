#pragma once
#include "sim/core/batch.h"

namespace steppe::models {

/// Dc cable with inductance.
///
///   (L/R) dI/dt = (V_a − V_b)/R − I     I from a to b [A],   loss = R·I²,   stored ½·L·I²
///
/// A node between two of these lines needs a capacitor or a load that follows its voltage.
/// Left out: capacitance to earth. Source: textbook circuit. Range: L/R from 1 µs to 10 s.
/// Checked by: tests/unit/power/dc_stability_test.cpp
struct DcLine {
  struct Params {
    double voltage, resistance, inductance;
  };
  enum Port : int { kA, kB, kWaste };
  enum Var : int { kI };
  enum Output : int { kPower, kLoss };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static double guess(const Params& p, int local) { return local < 2 ? p.voltage : std::nan(""); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S& i = x.var(kI);
    const S d = x.v(kA) - x.v(kB);
    out.current(kA, i);
    out.current(kB, -i);
    out.balance(kI, p.inductance / p.resistance, d / p.resistance - i);
    const S loss = p.resistance * i * i;
    out.heat(kWaste, -loss);
    out.book(core::kUseChain, loss);
    out.book(core::kElectricStore, i * d - loss);
    out.value(kPower, x.v(kA) * i);
    out.value(kLoss, loss);
  }
};

core::ComponentType dc_line_model();

}  // namespace steppe::models
