#pragma once
// Pressure reference of a fluid circuit; names its medium.
#include <string>

#include "sim/core/batch.h"

namespace steppe::models {

/// Keeps p at its port and takes up whatever the circuit has too much:
///   0 = p − p_set        ṁ_makeup unknown, 0 in a closed circuit
/// Make-up enters at the node's own temperature, so it never disturbs the heat balance; its
/// enthalpy is booked as heat stored. Left out: gas cushion (pressure does not follow volume).
struct ExpansionVessel {
  struct Params {
    std::string medium;
    double design_temp, pressure;
  };
  enum Port : int { kPort };
  enum Var : int { kMakeup };
  enum Output : int { kPressure };
  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static double guess(const Params& p, int local) {
    return local == 0 ? p.pressure : local == 1 ? p.design_temp : 0.0;
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const core::Medium& m = x.medium(kPort);
    const S& makeup = x.var(kMakeup);
    const S enthalpy = makeup * m.cp * (x.temp(kPort) - m.temp_ref);
    out.inflow(kPort, -makeup, -enthalpy);
    out.book(core::kHeatStore, -enthalpy);
    out.equation(kMakeup, x.p(kPort) - p.pressure);
    out.value(kPressure, x.p(kPort));
  }
};

core::ComponentType expansion_vessel_model();

}  // namespace steppe::models
