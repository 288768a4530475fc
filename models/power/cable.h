#pragma once
#include "sim/core/batch.h"

namespace steppe::models {

/// Three-phase cable or busway: series resistance and reactance.
///
///   I = (V_a − V_b) / (R + jX)   into port a [A],  I_b = −I,   loss = R·|I|²
///   R + jX = (r + jx) · length / parallel · (1 + α (T − 20 °C))_{on R}
///
/// Left out: shunt capacitance (below 1 ‰ of the rating up to 1 km at 10 kV), temperature as a
/// state.
/// Source: [IEC 60287-1-1 2023] for the temperature of the conductor; r and x from data sheets.
/// Range: lengths up to about 10 km.   Checked by: tests/unit/power/power_test.cpp
struct Cable {
  struct Params {
    double voltage, rating, resistance, reactance, length, conductor_temp;
    int parallel;
    double r = 1.0, x = 0.0;  ///< Ω
  };
  enum Port : int { kA, kB, kWaste };
  enum Output : int { kPower, kLoss, kLoad, kDrop };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    constexpr double kAlpha = 3.93e-3, kReference = 293.15;  // copper, 1/K and K
    const double k = p.length / p.parallel;
    p.r = p.resistance * k * (1.0 + kAlpha * (p.conductor_temp - kReference));
    p.x = p.reactance * k;
  }
  static double guess(const Params& p, int local) {
    return local == 0 || local == 2 ? p.voltage : local < 4 ? 0.0 : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S d_re = x.v_re(kA) - x.v_re(kB), d_im = x.v_im(kA) - x.v_im(kB);
    const double y2 = 1.0 / (p.r * p.r + p.x * p.x);
    const S i_re = (d_re * p.r + d_im * p.x) * y2, i_im = (d_im * p.r - d_re * p.x) * y2;
    out.current(kA, i_re, i_im);
    out.current(kB, -i_re, -i_im);
    const S i2 = i_re * i_re + i_im * i_im;
    const S loss = p.r * i2;
    out.heat(kWaste, -loss);
    out.book(core::kUseChain, loss);
    if (!out.wants_values()) return;
    out.value(kPower, x.v_re(kA) * i_re + x.v_im(kA) * i_im);
    out.value(kLoss, loss);
    out.value(kLoad, sqrt(i2) * p.voltage / p.rating);
    out.value(kDrop, (x.v_abs(kA) - x.v_abs(kB)) / p.voltage);
  }
};

core::ComponentType cable_model();

}  // namespace steppe::models
