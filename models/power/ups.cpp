#include "models/power/ups.h"

namespace steppe::models {

const core::ParamTable<Ups::Params>& Ups::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .group("Size")
          .real("voltage", &Params::voltage, "V", 400.0, {100.0, 1000.0},
                "Nominal line-to-line voltage of input and output")
          .real("v_battery", &Params::v_battery, "V", 480.0, {24.0, 2000.0},
                "Nominal battery voltage")
          .real("rating", &Params::rating, "kW", core::required(1000.0), {1.0, 20e3},
                "Rated output at sea level")
          .real("power_factor", &Params::power_factor, "1", 0.99, {0.5, 1.0},
                "Displacement factor of the rectifier input")
          .group("Loss")
          .real("loss_a", &Params::loss_a, "1", 0.00903, {1e-4, 0.1}, "No-load loss over rating",
                "engineering: fit through 95.5/96.5/96.0 % at 25/50/100 % load")
          .real("loss_b", &Params::loss_b, "1", 0.00377, {-0.1, 0.1},
                "Proportional loss over output",
                "engineering: fit through 95.5/96.5/96.0 % at 25/50/100 % load")
          .real("loss_c", &Params::loss_c, "1", 0.02886, {1e-4, 0.3},
                "Quadratic loss over rating at full load",
                "engineering: fit through 95.5/96.5/96.0 % at 25/50/100 % load")
          .real("eco_loss", &Params::eco_loss, "1", 0.004, {0.0, 0.05},
                "No-load loss over rating on bypass and in eco mode")
          .real("switch_loss", &Params::switch_loss, "1", 0.006, {1e-5, 0.05},
                "Loss of the static switch at rated power over rating")
          .real("charge_loss", &Params::charge_loss, "1", 0.03, {0.0, 0.2},
                "Loss of the charger over its output")
          .group("Control")
          .boolean("eco", &Params::eco, false, "Run in eco mode while the input is good")
          .real("charge_rating", &Params::charge_rating, "kW", 100.0, {0.01, 5000.0},
                "Largest charging power")
          .real("droop", &Params::droop, "1", 0.01, {0.001, 0.1},
                "Output voltage drop at rated current")
          .real("current_limit", &Params::current_limit, "1", 1.25, {1.0, 3.0},
                "Largest output current over rated")
          .real("window_low", &Params::window_low, "1", 0.9, {0.5, 0.98},
                "Lowest input voltage over nominal", "[IEC 62040-3 2021]: -10 %")
          .real("window_high", &Params::window_high, "1", 1.1, {1.02, 1.4},
                "Highest input voltage over nominal", "[IEC 62040-3 2021]: +10 %")
          .real("hysteresis", &Params::hysteresis, "1", 0.01, {0.001, 0.1},
                "Distance from the window's edge that counts as good again")
          .real("transfer_time", &Params::transfer_time, "ms", 4.0, {0.1, 20.0},
                "Gap of the output when eco mode transfers to the battery")
          .real("retransfer_delay", &Params::retransfer_delay, "s", 10.0, {0.0, 600.0},
                "Time that the input must stay good before it is used again")
          .real("walk_in", &Params::walk_in, "s", 15.0, {0.01, 300.0},
                "Time to 95 % of the load on the input")
          .real("battery_cut", &Params::battery_cut, "1", 0.8, {0.5, 0.95},
                "Battery voltage over nominal that ends the discharge")
          .integer("lockout_count", &Params::lockout_count, 0, {0, Ups::kMostCount},
                   "Transfers within the window that lock the unit on battery; 0: never",
                   "[NERC 2025]: three within a minute")
          .real("lockout_window", &Params::lockout_window, "s", 60.0, {1.0, 3600.0},
                "Window in which transfers are counted, from the first", "[NERC 2025]")
          .real("altitude_slope", &Params::altitude_slope, "1/m", 1e-4, {0.0, 5e-4},
                "Loss of rating per metre above 1000 m")
          .real("frequency_window", &Params::frequency_window, "Hz", 1.0, {0.01, 10.0},
                "Largest deviation of the input's frequency", "[IEC 62040-3 2021]");
  return table;
}

core::Layout Ups::layout() {
  return core::Layout{}
      .ac(kIn, "in")
      .ac(kOut, "out")
      .source()
      .dc(kBattery, "battery")
      .heat(kWaste, "waste")
      .optional()
      .var(kShare, {.name = "input_share",
                    .unit = "1",
                    .kind = core::VarKind::lag,
                    .atol = 1e-6,
                    .guess = 1.0,
                    .help = "Share of the need that the input carries"})
      .input(kChargeMax, {.name = "p_charge_max",
                          .unit = "W",
                          .value = 1e9,
                          .lo = 0.0,
                          .hi = 1e6,
                          .help = "Power that the battery can take"})
      .input(kDeviation, {.name = "frequency_deviation",
                          .unit = "Hz",
                          .value = 0.0,
                          .lo = -1.5,
                          .hi = 1.5,
                          .help = "Frequency of the input less its nominal value"})
      .output(kPowerIn, "p_in", "W", "Power drawn from the input")
      .output(kPowerOut, "p_out", "W", "Power given to the output")
      .output(kPowerBattery, "power_battery", "W", "Power drawn from the battery")
      .output(kLoss, "p_loss", "W", "Loss")
      .output(kLoad, "load", "1", "Output over rating at this altitude")
      .output(kPu, "v_pu", "1", "Output voltage over nominal")
      .output(kOnBattery, "on_battery", "1", "1 while the battery carries the output",
              core::Role::ups_transfer)
      .output(kDark, "dark", "1", "1 while the output has no voltage")
      .mode(kState, {"state",
                     {"normal", "eco", "transfer", "battery", "waiting", "bypass", "locked", "off",
                      "stopped"},
                     kNormal})
      .mode(kCount, {"transfers", {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, 0})
      .guard(kInputBad, "input_bad", "Input voltage outside its window")
      .guard(kInputGood, "input_good", "Input voltage inside its window again")
      .guard(kBatteryLow, "battery_low", "Battery voltage at its end")
      .timer(kTransferTimer, "transfer", "End of the gap of an eco transfer")
      .timer(kRetransferTimer, "retransfer", "Input has been good long enough")
      .timer(kWindowTimer, "window", "End of the window in which transfers are counted")
      .command(kReset, "reset", "Ends a lock-out or restarts after off")
      .command(kToBypass, "bypass", "Static bypass")
      .command(kToNormal, "normal", "Back from bypass")
      .command(kStop, "stop", "Switches the output off");
}

void Ups::on_event(const Params& p, core::EventContext& e) {
  using Kind = core::EventContext::Kind;
  int& state = e.modes[kState];
  const int home = p.eco ? kEco : kNormal;
  const auto to_input = [&] {
    state = home;
    e.vars[kShare] = 0.0;
  };
  if (e.kind == Kind::start) {
    if (state == kNormal) state = home;
  } else if (e.kind == Kind::guard && e.id == kInputBad) {
    e.stop_timer(kRetransferTimer);
    e.vars[kShare] = 0.0;
    if (state == kWaiting) {
      state = kOnBatteryState;
      e.text = "input bad again";
      return;
    }
    int& count = e.modes[kCount];
    if (count == 0) e.start_timer(kWindowTimer, p.lockout_window);
    if (count < kMostCount) ++count;
    const bool locks = p.lockout_count > 0 && count >= p.lockout_count;
    if (locks) {
      state = kLocked;
      e.text = "locked on battery after too many transfers";
    } else if (state == kEco) {
      state = kTransfer;
      e.start_timer(kTransferTimer, p.transfer_time);
    } else {
      state = kOnBatteryState;
    }
  } else if (e.kind == Kind::guard && e.id == kInputGood) {
    state = state == kOff ? kBypass : kWaiting;
    e.start_timer(kRetransferTimer, p.retransfer_delay);
  } else if (e.kind == Kind::guard && e.id == kBatteryLow) {
    // The input may be good by now (waiting); if not, there is nothing left.
    state = state == kWaiting ? kBypass : kOff;
    e.text = "battery at its end";
  } else if (e.kind == Kind::timer) {
    if (e.id == kTransferTimer && state == kTransfer) state = kOnBatteryState;
    if (e.id == kRetransferTimer && (state == kWaiting || state == kBypass)) to_input();
    if (e.id == kWindowTimer) e.modes[kCount] = 0;
  } else if (e.kind == Kind::command) {
    switch (e.id) {
      case kReset:
        if (state == kLocked || state >= kOff) state = kOnBatteryState;
        e.modes[kCount] = 0;
        break;
      case kToBypass:
        state = kBypass;
        break;
      case kToNormal:
        if (state == kBypass) to_input();
        break;
      case kStop:
        state = kStopped;
        break;
      default:
        break;
    }
    e.stop_timer(kRetransferTimer);
  }
}

core::ComponentType ups_model() {
  return core::describe<Ups>("ups", "power", "Central double-conversion UPS with eco mode");
}

}  // namespace steppe::models
