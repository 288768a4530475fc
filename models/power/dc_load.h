#pragma once
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Constant-power load on a dc bus: equipment that has no model of its own.
///
///   P = power · scale · min(1, (V/v_min)²)   into the port [W], corner rounded
///
/// Its heat goes to `waste`. Left out: start-up, hold-up (connect a dc_capacitor).
/// Source: engineering. Range: any voltage.   Checked by: tests/unit/power/dc_stability_test.cpp
struct DcLoad {
  enum class Use { it, cooling, other };
  struct Params {
    double voltage, power, v_min;
    Use use;
  };
  enum Port : int { kIn, kWaste };
  enum Input : int { kScale };
  enum Output : int { kPower, kUnserved };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static double guess(const Params& p, int local) { return local == 0 ? p.voltage : std::nan(""); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S& v = x.v(kIn);
    const S demand = p.power * x.in(kScale), g = inverse_square(v * v, p.v_min * p.voltage);
    const S power = demand * v * v * g;
    out.current(kIn, demand * v * g);
    out.heat(kWaste, -power);
    constexpr core::Account account[] = {core::kUseIt, core::kUseCooling, core::kUseOther};
    out.book(account[static_cast<int>(p.use)], power);
    out.value(kPower, power);
    out.value(kUnserved, p.use == Use::it ? smooth_pos(demand - power, 1e-6 * p.power) : S(0.0));
  }
};

core::ComponentType dc_load_model();

}  // namespace steppe::models
