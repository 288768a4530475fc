#pragma once
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Transfer switch between two ac sources: static (milliseconds) or automatic (its times longer).
///
///   I = (V_source − V_out)·g through the closed side,   g = rating/(contact_loss·V_n²); a leak
///   else
///
/// Prefers `a`. Leaves it when its voltage has been outside the window for `detect` and b is
/// inside, opens for `transfer_time` (break before make), closes b; goes back when a has been good
/// for `return_delay`, or at once when b fails and a is good. While neither is good it stays on a
/// and waits. Commands hold it on one side. Left out: closed transition, phase check (the gap
/// stands for it), arc. Source: classes of [IEC 62310-3 2008] (static) and [IEC 60947-6-1 2021]
/// (automatic). Range: any voltage.   Checked by: tests/unit/grid/genset_test.cpp
struct TransferSwitch {
  struct Params {
    double voltage, rating, contact_loss, window_low, window_high, hysteresis, detect,
        transfer_time, return_delay;
    double g = 1.0, g_leak = 0.0;
  };
  enum Port : int { kA, kB, kOut, kWaste };
  enum Output : int { kPower, kLoss, kSide };
  enum Mode : int { kState };
  enum State : int { kOnA, kLosingA, kWaiting, kToB, kOnB, kReturning, kToA, kHeldA, kHeldB };
  enum Guard : int { kABad, kAGood, kBBad, kBGood };
  enum Timer : int { kTimer };
  enum Command : int { kHoldA, kHoldB, kAutomatic };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    const double g = p.rating / (p.voltage * p.voltage);
    p.g = g / p.contact_loss;
    p.g_leak = 1e-9 * g;
  }
  static double guess(const Params& p, int local) {
    return local < 6 ? (local % 2 == 0 ? p.voltage : 0.0) : std::nan("");
  }
  /// > 0: outside the window, by so much of the nominal voltage.
  template <class S>
  static S outside(const Params& p, const S& re, const S& im) {
    const S v = sqrt(re * re + im * im + 1e-8 * p.voltage * p.voltage) / p.voltage;
    return smooth_max(p.window_low - v, v - p.window_high, 1e-6);
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const int state = x.mode(kState);
    const bool on_a = state == kOnA || state == kLosingA || state == kWaiting || state == kHeldA;
    const bool on_b = state == kOnB || state == kReturning || state == kHeldB;
    S loss = 0.0 * x.v_re(kA), power = loss;
    const auto side = [&](int port, bool closed) {
      const double g = closed ? p.g : p.g_leak;
      const S d_re = x.v_re(port) - x.v_re(kOut), d_im = x.v_im(port) - x.v_im(kOut);
      out.current(port, g * d_re, g * d_im);
      out.current(kOut, -g * d_re, -g * d_im);
      loss = loss + g * (d_re * d_re + d_im * d_im);
      power = power + g * (d_re * x.v_re(kOut) + d_im * x.v_im(kOut));
    };
    side(kA, on_a);
    side(kB, on_b);
    out.heat(kWaste, -loss);
    out.book(core::kUseChain, loss);
    const S a = outside(p, x.v_re(kA), x.v_im(kA)), b = outside(p, x.v_re(kB), x.v_im(kB));
    out.guard(kABad, state == kOnA || state == kReturning ? a : S(-1.0));
    out.guard(kAGood, state == kLosingA || state == kWaiting || state == kOnB ? -a - p.hysteresis
                                                                              : S(-1.0));
    out.guard(kBBad, on_b && state != kHeldB ? b : S(-1.0));
    out.guard(kBGood, state == kWaiting ? -b - p.hysteresis : S(-1.0));
    if (!out.wants_values()) return;
    out.value(kPower, power);
    out.value(kLoss, loss);
    out.value(kSide, S(on_a ? 1.0 : on_b ? 2.0 : 0.0));
  }
  static void on_event(const Params& p, core::EventContext& e);
};

core::ComponentType transfer_switch_model();

}  // namespace steppe::models
