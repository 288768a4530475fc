#include "models/power/transfer_switch.h"

namespace steppe::models {

const core::ParamTable<TransferSwitch::Params>& TransferSwitch::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .group("Size")
          .real("voltage", &Params::voltage, "V", 400.0, {100.0, 40e3},
                "Nominal line-to-line voltage")
          .real("rating", &Params::rating, "kVA", core::required(2500.0), {1.0, 1e6}, "Rated power")
          .real("contact_loss", &Params::contact_loss, "1", 1e-3, {1e-6, 0.02},
                "Loss at rated power: 0.1 % static, 1e-5 automatic")
          .group("Control")
          .real("window_low", &Params::window_low, "1", 0.88, {0.3, 0.98},
                "Lowest good voltage over nominal")
          .real("window_high", &Params::window_high, "1", 1.12, {1.02, 1.5},
                "Highest good voltage over nominal")
          .real("hysteresis", &Params::hysteresis, "1", 0.01, {1e-3, 0.1},
                "Distance inside the window that counts as good again")
          .real("detect", &Params::detect, "s", 0.002, {0.0, 600.0},
                "Time that the preferred source must be bad: 2 ms static, 0.5 s automatic")
          .real("transfer_time", &Params::transfer_time, "s", 0.004, {1e-4, 60.0},
                "Gap between the sources: 4 ms static, 0.1 s automatic")
          .real("return_delay", &Params::return_delay, "s", 10.0, {0.0, 86400.0},
                "Time that the preferred source must be good before the return");
  return table;
}

core::Layout TransferSwitch::layout() {
  return core::Layout{}
      .ac(kA, "a")
      .ac(kB, "b")
      .ac(kOut, "out")
      .heat(kWaste, "waste")
      .optional()
      .output(kPower, "power", "W", "Power through the switch")
      .output(kLoss, "p_loss", "W", "Loss")
      .output(kSide, "side", "1", "1: on a, 2: on b, 0: open")
      .mode(kState,
            {"state",
             {"a", "losing_a", "waiting", "to_b", "b", "returning", "to_a", "held_a", "held_b"},
             kOnA})
      .guard(kABad, "a_bad", "Preferred source outside the window")
      .guard(kAGood, "a_good", "Preferred source good again")
      .guard(kBBad, "b_bad", "Other source outside the window")
      .guard(kBGood, "b_good", "Other source good")
      .timer(kTimer, "timer", "End of detection, gap or return delay")
      .command(kHoldA, "hold_a", "Stays on the preferred source")
      .command(kHoldB, "hold_b", "Stays on the other source")
      .command(kAutomatic, "automatic", "Back to automatic operation");
}

void TransferSwitch::on_event(const Params& p, core::EventContext& e) {
  using Kind = core::EventContext::Kind;
  int& state = e.modes[kState];
  const bool a_good = outside(p, e.x[0], e.x[1]) < 0.0, b_good = outside(p, e.x[2], e.x[3]) < 0.0;
  const auto go = [&](int to, double delay) {
    state = to;
    e.start_timer(kTimer, delay);
  };
  const auto leave_a = [&] {
    if (b_good)
      go(kToB, p.transfer_time);
    else
      state = kWaiting;
  };
  if (e.kind == Kind::guard && e.id == kABad) {
    if (state == kReturning) {
      state = kOnB;
      e.stop_timer(kTimer);
    } else {
      go(kLosingA, p.detect);
    }
  } else if (e.kind == Kind::guard && e.id == kAGood) {
    if (state == kOnB) {
      go(kReturning, p.return_delay);
    } else {
      state = kOnA;
      e.stop_timer(kTimer);
    }
  } else if (e.kind == Kind::guard && e.id == kBBad) {
    go(kToA, p.transfer_time);
  } else if (e.kind == Kind::guard && e.id == kBGood) {
    go(kToB, p.transfer_time);
  } else if (e.kind == Kind::timer) {
    if (state == kLosingA) {
      leave_a();
    } else if (state == kToB) {
      state = kOnB;
    } else if (state == kReturning) {
      go(kToA, p.transfer_time);
    } else if (state == kToA) {
      state = a_good ? kOnA : kWaiting;
    }
  } else if (e.kind == Kind::command) {
    e.stop_timer(kTimer);
    state = e.id == kHoldA ? kHeldA : e.id == kHoldB ? kHeldB : a_good ? kOnA : kWaiting;
  }
}

core::ComponentType transfer_switch_model() {
  return core::describe<TransferSwitch>("transfer_switch", "power",
                                        "Static or automatic transfer switch between two sources");
}

}  // namespace steppe::models
