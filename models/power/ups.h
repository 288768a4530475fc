#pragma once
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Central double-conversion UPS: rectifier, inverter, battery on a dc port, static bypass switch.
///
///   output    I = (E − V_out)/Z · (1 + (|E − V_out|/(|Z|·I_max))⁸)^(−1/8),  Z = droop·V_n²/S_r
///   need      P_need = P_out + S_r·(a + b·p + c·p²),   p = P_out/S_r
///   input     P_in  = s·P_need + P_ch·(1 + k),   battery P_bat = (1 − s)·P_need − P_ch
///   charge    P_ch  = min(charge_rating, p_charge_max)·s   (only while s is near 1)
///   walk-in   τ ds/dt = (input used ? 1 : 0) − s,   τ = walk_in/3; s jumps to 0 on transfer
///   eco, bypass: the static switch, I = (V_in − V_out)·g, and a no-load loss from the input
///
/// A dead input or battery delivers (V/V_min)² of what it is asked for and the other side, then the
/// output, takes the rest, so that power closes at any voltage.
/// States: normal; eco (bypass with the inverter ready); transfer (eco only: no output for
/// transfer_time); battery; waiting (input good again, still on battery for retransfer_delay);
/// bypass (battery empty or by command); locked (lockout_count transfers within lockout_window: the
/// unit stays on battery until `reset`, as fleets did in Virginia in July 2024); off (battery
/// empty: comes back through bypass when the input does); stopped by command. Left out: dc link,
/// harmonics, parallel operation (use count), overload time, maintenance bypass. Source: loss form
/// [Schmidt 1996] with published efficiencies (README.md); thresholds and sequence: [IEC 62040-3
/// 2021] classes VFI and VFD; lock-out [NERC 2025]. Range: one forming source per output island.
/// Checked by: tests/unit/power/ups_test.cpp
struct Ups {
  struct Params {
    double voltage, v_battery, rating, power_factor, loss_a, loss_b, loss_c, eco_loss, switch_loss,
        charge_rating, charge_loss, droop, current_limit, window_low, window_high, hysteresis,
        transfer_time, retransfer_delay, walk_in, battery_cut, lockout_window, altitude_slope,
        frequency_window;
    int lockout_count;
    bool eco;
    LossCurve loss;
    double s_r = 1.0, y = 1.0, i_max = 1.0, g_switch = 1.0, g_leak = 0.0, v_min = 1.0,
           v_min_dc = 1.0, tan_phi = 0.0;
  };
  enum Port : int { kIn, kOut, kBattery, kWaste };
  enum Var : int { kShare };
  enum Input : int { kChargeMax, kDeviation };
  enum Output : int { kPowerIn, kPowerOut, kPowerBattery, kLoss, kLoad, kPu, kOnBattery, kDark };
  enum Mode : int { kState, kCount };
  enum State : int {
    kNormal,
    kEco,
    kTransfer,
    kOnBatteryState,
    kWaiting,
    kBypass,
    kLocked,
    kOff,
    kStopped
  };
  enum Guard : int { kInputBad, kInputGood, kBatteryLow };
  enum Timer : int { kTransferTimer, kRetransferTimer, kWindowTimer };
  enum Command : int { kReset, kToBypass, kToNormal, kStop };
  static constexpr int kMostCount = 9;

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s) {
    p.loss = {p.loss_a, p.loss_b, p.loss_c};
    p.s_r = p.rating * altitude_factor(s.altitude, 1000.0, p.altitude_slope);
    const double g_base = p.rating / (p.voltage * p.voltage);
    p.y = g_base / p.droop;
    p.i_max = p.current_limit * p.s_r / p.voltage;
    p.g_switch = g_base / p.switch_loss;
    p.g_leak = 1e-6 * g_base;
    p.v_min = 0.3 * p.voltage;
    p.v_min_dc = 0.3 * p.v_battery;
    p.tan_phi = std::sqrt(1.0 / (p.power_factor * p.power_factor) - 1.0);
  }
  static double guess(const Params& p, int local) {
    const double v[] = {p.voltage, 0.0, p.voltage, 0.0, p.v_battery};
    return local < 5 ? v[local] : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const int state = x.mode(kState);
    const bool inverting =
        state == kNormal || state == kOnBatteryState || state == kWaiting || state == kLocked;
    const bool through = state == kEco || state == kBypass;
    const bool live = state == kNormal || state == kEco;
    const S &ai = x.v_re(kIn), &bi = x.v_im(kIn), &ao = x.v_re(kOut), &bo = x.v_im(kOut);
    const S& v_b = x.v(kBattery);
    const S v2_in = ai * ai + bi * bi, v2_b = v_b * v_b;
    const S phi = served_share(v2_in, p.v_min), phi_b = served_share(v2_b, p.v_min_dc);
    const S& s = x.var(kShare);
    S p_out = 0.0 * ao, loss = 0.0 * ao, p_in = 0.0 * ao, p_bat = 0.0 * ao;

    // Charger: fades out while the unit walks in.
    S charge = 0.0 * ao;
    if (live) {
      const S limit =
          smooth_pos(smooth_min(x.in(kChargeMax), S(p.charge_rating), 1e-3 * p.charge_rating),
                     1e-6 * p.charge_rating);
      charge = limit * s * s;
      p_in = p_in + phi_b * charge * (1.0 + p.charge_loss);
      p_bat = p_bat - phi * charge;
      loss = loss + phi * phi_b * p.charge_loss * charge;
    }
    if (inverting) {
      const S d_re = p.voltage - ao, d_im = -bo;
      const S m = (d_re * d_re + d_im * d_im) * (p.y * p.y / (p.i_max * p.i_max));
      const S m2 = m * m;
      const S k = p.y * pow(1.0 + m2 * m2, -0.125);
      const S give = k * (d_re * ao + d_im * bo);
      const S lost = p.s_r * p.loss.loss(give / p.s_r);
      const S need = give + lost;
      const S from_input = phi * s;
      const S scale = from_input + phi_b * (1.0 - from_input);
      out.current(kOut, -scale * k * d_re, -scale * k * d_im);
      p_out = scale * give;
      loss = loss + scale * lost;
      p_in = p_in + s * need;
      p_bat = p_bat + (1.0 - from_input) * need;
    } else if (through) {
      const S d_re = ai - ao, d_im = bi - bo;
      out.current(kIn, p.g_switch * d_re, p.g_switch * d_im);
      out.current(kOut, -p.g_switch * d_re, -p.g_switch * d_im);
      const S lost = p.g_switch * (d_re * d_re + d_im * d_im);
      p_out = p.g_switch * (d_re * ao + d_im * bo);
      const double idle = p.eco_loss * p.rating;
      p_in = p_in + idle;
      loss = loss + lost + phi * idle;
    } else {
      out.current(kOut, ao * p.g_leak, bo * p.g_leak);
      loss = loss + p.g_leak * (ao * ao + bo * bo);
      p_in = p_in + 1e-4 * p.rating;  // controls; also what makes a dead input solvable
      loss = loss + phi * (1e-4 * p.rating);
    }
    out.power(kIn, p_in, p_in * p.tan_phi, p.v_min);
    out.current(kBattery, p_bat * v_b * inverse_square(v2_b, p.v_min_dc));
    out.heat(kWaste, -loss);
    out.book(core::kUseChain, loss);
    const double tau = p.walk_in / 3.0;
    out.balance(kShare, tau, (live || state == kTransfer ? 1.0 : 0.0) - s);

    const S pu = sqrt(v2_in + 1e-8 * p.voltage * p.voltage) / p.voltage;
    // Beyond the frequency window counts like beyond the voltage window.
    const S off_frequency =
        0.5 * (smooth_abs(x.in(kDeviation), 1e-6) * (1.0 / p.frequency_window) - 1.0);
    const S outside =
        smooth_max(S(smooth_max(p.window_low - pu, pu - p.window_high, 1e-6)), off_frequency, 1e-6);
    const S b_pu = v_b / p.v_battery;
    const bool watch = live || state == kWaiting;
    const bool waiting = state == kOnBatteryState || state == kOff;
    const bool draining = state == kOnBatteryState || state == kWaiting || state == kLocked;
    out.guard(kInputBad, watch ? outside : S(-1.0));
    out.guard(kInputGood, waiting ? -(outside + p.hysteresis) : S(-1.0));
    out.guard(kBatteryLow, draining ? p.battery_cut - b_pu : S(-1.0));
    if (!out.wants_values()) return;
    const S from_switch = through ? p.g_switch * ((ai - ao) * ai + (bi - bo) * bi) : S(0.0);
    out.value(kPowerIn, phi * p_in + from_switch);
    out.value(kPowerOut, p_out);
    out.value(kPowerBattery, phi_b * p_bat);
    out.value(kLoss, loss);
    out.value(kLoad, p_out / p.s_r);
    out.value(kPu, x.v_abs(kOut) / p.voltage);
    out.value(kOnBattery, S(draining ? 1.0 : 0.0));
    out.value(kDark, S(state >= kOff || state == kTransfer ? 1.0 : 0.0));
  }
  static void on_event(const Params& p, core::EventContext& e);
};

core::ComponentType ups_model();

}  // namespace steppe::models
