#pragma once
#include "sim/core/batch.h"

namespace steppe::models {

/// Circuit breaker or load switch of an ac line.
///
///   I_a = (V_a − V_b) · g   into port a [A],  I_b = −I_a,  loss = g·|V_a − V_b|²
///   closed: g = rating / (contact_loss · voltage²)      open: g = 1e-9 · rating / voltage²
///
/// The open breaker keeps a leak so that a dead bus stays solvable; it is metered as a loss. Left
/// out: arc, tripping curves (a scenario or a protection process opens it), closing time.
/// Source: engineering (contact loss of the order of 1e-5 of the power through it).
/// Range: any voltage.   Checked by: tests/unit/power/power_test.cpp
struct Breaker {
  struct Params {
    double voltage, rating, contact_loss;
    bool closed;
    double g_closed = 0.0, g_open = 0.0;  ///< S
  };
  enum Port : int { kA, kB, kWaste };
  enum Output : int { kPower, kLoss };
  enum Mode : int { kPosition };
  enum Position : int { kClosed, kOpen };
  enum Command : int { kDoOpen, kDoClose };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    const double g = p.rating / (p.voltage * p.voltage);
    p.g_closed = g / p.contact_loss;
    p.g_open = 1e-9 * g;
  }
  static double guess(const Params& p, int local) {
    return local == 0 || local == 2 ? p.voltage : local < 4 ? 0.0 : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const double g = x.mode(kPosition) == kClosed ? p.g_closed : p.g_open;
    const S d_re = x.v_re(kA) - x.v_re(kB), d_im = x.v_im(kA) - x.v_im(kB);
    out.current(kA, g * d_re, g * d_im);
    out.current(kB, -g * d_re, -g * d_im);
    const S loss = g * (d_re * d_re + d_im * d_im);
    out.heat(kWaste, -loss);
    out.book(core::kUseChain, loss);
    if (!out.wants_values()) return;
    out.value(kPower, g * (x.v_re(kA) * d_re + x.v_im(kA) * d_im));
    out.value(kLoss, loss);
  }
  static void on_event(const Params& p, core::EventContext& e) {
    if (e.kind == core::EventContext::Kind::start) e.modes[kPosition] = p.closed ? kClosed : kOpen;
    if (e.kind == core::EventContext::Kind::command)
      e.modes[kPosition] = e.id == kDoClose ? kClosed : kOpen;
  }
};

core::ComponentType breaker_model();

}  // namespace steppe::models
