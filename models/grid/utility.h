#pragma once
#include "sim/core/batch.h"

namespace steppe::models {

/// Utility connection: a voltage behind the short-circuit impedance, metered at its terminal.
///
///   I = (V − E) / (R + jX)   into the port [A],   E = voltage · voltage_pu · e^{j·phase},
///   |Z| = voltage² / short_circuit_power,   X/R = x_r
///
/// RMS phasors at the nominal frequency; the loss in Z belongs to the utility and is not metered. A
/// dip is a voltage_pu below 1 (a fault upstream: the source still holds the terminal down), an
/// outage is mode `off` (the line is open; a leak of 1e-9 of the short-circuit power keeps the dead
/// bus solvable and is metered like everything else).
/// Left out: unbalance, harmonics, frequency dynamics, tap changers upstream.
/// Source: [Kundur 1994, §2.1]; voltage of a constant-power load checked against the closed form.
/// Range: short-circuit ratio ≥ 2, where a constant-power load still has a solution.
/// Checked by: tests/unit/grid/utility_test.cpp
struct Utility {
  struct Params {
    double voltage, short_circuit_power, x_r, frequency;
    double y_re = 0.0, y_im = 0.0, y_leak = 0.0;  ///< S
  };
  enum Port : int { kOut };
  enum Input : int { kVoltagePu, kPhase };
  enum Output : int { kImport, kImportReactive, kPu, kCurrent, kFrequency };
  enum Mode : int { kSupply };
  enum Supply : int { kOn, kOff };
  enum Command : int { kFail, kRestore };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    const double z = p.voltage * p.voltage / p.short_circuit_power;
    const double r = z / std::sqrt(1.0 + p.x_r * p.x_r);
    p.y_re = r / (z * z);
    p.y_im = -r * p.x_r / (z * z);
    p.y_leak = 1e-9 / z;
  }
  static double guess(const Params& p, int local) { return local == 0 ? p.voltage : 0.0; }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    using std::cos;
    using std::sin;
    const bool on = x.mode(kSupply) == kOn;
    const S &a = x.v_re(kOut), &b = x.v_im(kOut);
    S i_re, i_im;
    if (on) {
      const S e = p.voltage * x.in(kVoltagePu);
      const S d_re = a - e * cos(x.in(kPhase)), d_im = b - e * sin(x.in(kPhase));
      i_re = d_re * p.y_re - d_im * p.y_im;
      i_im = d_re * p.y_im + d_im * p.y_re;
    } else {
      i_re = a * p.y_leak;
      i_im = b * p.y_leak;
    }
    out.current(kOut, i_re, i_im);
    const S power = a * i_re + b * i_im;
    out.book(core::kGridImport, -power);
    if (!out.wants_values()) return;
    out.value(kImport, -power);
    out.value(kImportReactive, -(b * i_re - a * i_im));
    out.value(kPu, x.v_abs(kOut) / p.voltage);
    out.value(kCurrent, sqrt((i_re * i_re + i_im * i_im) / 3.0));
    out.value(kFrequency, S(p.frequency));
  }
  static void on_event(const Params&, core::EventContext& e) {
    if (e.kind == core::EventContext::Kind::command)
      e.modes[kSupply] = e.id == kRestore ? kOn : kOff;
  }
};

core::ComponentType utility_model();

}  // namespace steppe::models
