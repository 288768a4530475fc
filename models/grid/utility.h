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
/// outage an open line: by command (mode `off`) or by the input `line` below one half (mode `open`,
/// closes again with the input). A leak of 1e-9 of the short-circuit power keeps the dead bus
/// solvable and is metered like everything else. `frequency_deviation` [Hz] is what the meter shows
/// and what equipment connected to the same signal sees (see GridFrequency); phasors stay those of
/// the nominal frequency. `import` is the power as a signal for other components.
/// Left out: unbalance, harmonics, tap changers upstream.
/// Source: [Kundur 1994, §2.1]; voltage of a constant-power load checked against the closed form.
/// Range: short-circuit ratio ≥ 2, where a constant-power load still has a solution.
/// Checked by: tests/unit/grid/utility_test.cpp
struct Utility {
  struct Params {
    double voltage, short_circuit_power, x_r, frequency;
    double y_re = 0.0, y_im = 0.0, y_leak = 0.0;  ///< S
  };
  enum Port : int { kOut };
  enum Var : int { kImportNow };
  enum Input : int { kVoltagePu, kPhase, kFrequencyDeviation, kLine };
  enum Output : int { kImport, kImportReactive, kPu, kCurrent, kFrequency };
  enum Mode : int { kSupply };
  enum Supply : int { kOn, kOff, kOpen };
  enum Guard : int { kOpens, kCloses };
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
    out.equation(kImportNow, -power - x.var(kImportNow));
    out.guard(kOpens, on ? 0.45 - x.in(kLine) : S(-1.0));
    out.guard(kCloses, x.mode(kSupply) == kOpen ? x.in(kLine)-0.55 : S(-1.0));
    if (!out.wants_values()) return;
    out.value(kImport, -power);
    out.value(kImportReactive, -(b * i_re - a * i_im));
    out.value(kPu, x.v_abs(kOut) / p.voltage);
    out.value(kCurrent, sqrt((i_re * i_re + i_im * i_im) / 3.0));
    out.value(kFrequency, p.frequency + x.in(kFrequencyDeviation));
  }
  static void on_event(const Params&, core::EventContext& e) {
    if (e.kind == core::EventContext::Kind::command)
      e.modes[kSupply] = e.id == kRestore ? kOn : kOff;
    if (e.kind == core::EventContext::Kind::guard) e.modes[kSupply] = e.id == kCloses ? kOn : kOpen;
  }
};

core::ComponentType utility_model();

}  // namespace steppe::models
