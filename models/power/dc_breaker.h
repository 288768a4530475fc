#pragma once
#include "sim/core/batch.h"

namespace steppe::models {

/// Circuit breaker or contactor of a dc line; see breaker.h, with
///
///   I_a = (V_a − V_b) · g   into port a [A],   closed: g = rating / (contact_loss · voltage²),
///   open: g = 1e-9 · rating / voltage².
///
/// Left out: arc, tripping curves, pre-charge of capacitors. Source: engineering. Range: any
/// voltage.   Checked by: tests/unit/power/power_test.cpp
struct DcBreaker {
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
  static double guess(const Params& p, int local) { return local < 2 ? p.voltage : std::nan(""); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const double g = x.mode(kPosition) == kClosed ? p.g_closed : p.g_open;
    const S d = x.v(kA) - x.v(kB);
    out.current(kA, g * d);
    out.current(kB, -g * d);
    const S loss = g * d * d;
    out.heat(kWaste, -loss);
    out.book(core::kUseChain, loss);
    if (!out.wants_values()) return;
    out.value(kPower, g * d * x.v(kA));
    out.value(kLoss, loss);
  }
  static void on_event(const Params& p, core::EventContext& e) {
    if (e.kind == core::EventContext::Kind::start) e.modes[kPosition] = p.closed ? kClosed : kOpen;
    if (e.kind == core::EventContext::Kind::command)
      e.modes[kPosition] = e.id == kDoClose ? kClosed : kOpen;
  }
};

core::ComponentType dc_breaker_model();

}  // namespace steppe::models
