#pragma once
// One liquid-cooled IT rack: power supplies, cold plates, server fans.
#include <algorithm>

#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// `it_power` is what the electronics and server fans draw behind the power supplies. The rack's
/// input p_in (booked as IT energy: boundary of ISO/IEC 30134-2) adds their loss:
///   p_in = P + P_r·(a + b·y + c·y²),  y = P/P_r        τ·d(p_in)/dt = that − p_in  (bulk
///   capacitors) i = p_in/v at the dc port
/// Liquid share φ of P goes through the cold plates, the rest and the supplies' loss into the air:
///   C_chip·dT_chip/dt = Q_l − UA·(T_chip − T_mean)     UA⁻¹ = R_d·[1 − f + f·x^−0.6],  x = ṁ/ṁ_d
///   Vρc·dT_cool/dt = ṁc (T_in − T_cool) + UA·(T_chip − T_mean)       T_mean = (T_in + T_cool)/2
///   C_srv·dT_air/dt = ṁ_a c_a (T_a,in − T_air) + Q_a
///   coolant: 0 = Δp − Δp_d·x|x|         air: 0 = Δp + h·(n² − x_a|x_a|)
///   n = clamp(Q_a/Q_a,d + fan_gain·max(T_a,in − knee, 0), n_min, 1.3)
/// T_chip is the hottest junction of an average device, T_in + P/N·(R + 1/(2ṁc)) at rest. Below
/// `throttle_temp` throttle = 1; above, it falls by `throttle_slope` per kelvin to 0.3, and P with
/// it if `throttles`. Above `trip_temp` (or air above `trip_air_temp`) the rack shuts down.
/// Left out: spread between devices of a rack, leakage current growing with temperature.
struct Rack {
  struct Params {
    double design_power, design_liquid_fraction, coolant_rise, air_rise, coolant_dp, fan_head,
        coolant_volume, chip_rise, chip_flow_share, chip_heat, server_heat, psu_a, psu_b, psu_c,
        psu_time, voltage, voltage_low, hold_up, restart_delay, throttle_temp, throttle_slope,
        trip_temp, trip_air_temp, fan_min, fan_knee, fan_gain;
    bool throttles;
    // derived
    double flow_design = 0.0, air_flow_design = 0.0, resistance = 0.0, liquid_design = 0.0,
           air_design = 0.0, chip_capacity = 0.0, coolant_capacity = 0.0, server_capacity = 0.0;
  };
  enum Port : int { kSupply, kCoolantIn, kCoolantOut, kAirIn, kAirOut };
  enum Var : int { kMdot, kMdotAir, kChipTemp, kCoolantTemp, kAirTemp, kPIn };
  enum Input : int { kItPower, kLiquidFraction };
  enum Output : int {
    kCoolantInlet,
    kAirInlet,
    kThrottle,
    kPowered,
    kLost,
    kUnserved,
    kPsuLoss,
    kHeatLiquid,
    kHeatAir,
    kFan
  };
  enum Mode : int { kOn, kSag, kOff, kRecovering, kStopped, kTripped };
  enum Guard : int { kUndervoltage, kRecovered, kOverheat };
  enum Timer : int { kHoldUp, kRestart };
  enum Command : int { kPowerOff, kPowerOn };
  static constexpr double kHysteresis = 0.05;  // of the nominal voltage
  static constexpr double kLeastThrottle = 0.3;

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s);
  static double guess(const Params& p, int local);
  static void on_event(const Params& p, core::EventContext& e);

  template <class S>
  static S throttle(const Params& p, const S& chip) {
    return 1.0 - smooth_clamp(S(p.throttle_slope * (chip - p.throttle_temp)), 0.0,
                              1.0 - kLeastThrottle, 1e-3);
  }
  /// Input of the supplies [W] for an output [W].
  template <class S>
  static S psu_input(const Params& p, const S& output) {
    const S y = output * (1.0 / p.design_power);
    return output + p.design_power * (p.psu_a + y * (p.psu_b + y * p.psu_c));
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium &mc = x.medium(kCoolantIn), &ma = x.medium(kAirIn);
    const int mode = x.mode(0);
    const bool on = mode == kOn || mode == kSag;
    const S &mdot = x.var(kMdot), &mdot_air = x.var(kMdotAir), &chip = x.var(kChipTemp);
    const S &temp_cool = x.var(kCoolantTemp), &temp_air = x.var(kAirTemp), &p_in = x.var(kPIn);

    // Power. Below 80 % of the window the supplies draw less: the current falls with the voltage.
    const S limit = throttle(p, chip);
    S wanted = smooth_pos(x.in(kItPower), 1e-3 * p.design_power);
    if (p.throttles) wanted = wanted * limit;
    const S input = psu_input(p, wanted);
    out.balance(kPIn, p.psu_time, on ? input - p_in : -p_in);
    const S& v = x.v(kSupply);
    const double v_min = 0.8 * p.voltage_low * p.voltage, m2 = v_min * v_min;
    const S v2 = v * v;
    const S g = 1.0 / (0.5 * (v2 + m2 + sqrt((v2 - m2) * (v2 - m2) + 4e-6 * m2 * m2)));
    const S current = p_in * v * g;
    const S power = current * v;
    out.current(kSupply, current);
    out.book(core::kUseIt, power);
    const S q_liquid = power * x.in(kLiquidFraction)*wanted / input;
    const S q_air = power - q_liquid;

    // Coolant.
    const S ratio = mdot * (1.0 / p.flow_design);
    out.equation(kMdot, x.p(kCoolantIn) - x.p(kCoolantOut) - hydraulics::drop(p.coolant_dp, ratio));
    const double width = 1e-3 * p.flow_design;
    const S xw = ex::magnitude(ratio, 0.02);
    const S film = pow(xw, 0.6);
    const S ua = film / (p.resistance * ((1.0 - p.chip_flow_share) * film + p.chip_flow_share));
    const S inlet = ex::inlet_temp(mdot, x.temp(kCoolantIn), x.temp(kCoolantOut), width);
    const S moving = 1.0 - ex::stagnant(xw, xw);
    const S mean = temp_cool + 0.5 * moving * (inlet - temp_cool);
    const S q_chip = ua * (chip - mean);
    const S from_coolant = out.flow(kCoolantIn, kCoolantOut, mdot, temp_cool, temp_cool, width);
    out.balance(kChipTemp, p.chip_capacity, q_liquid - q_chip);
    out.balance(kCoolantTemp, p.coolant_capacity, from_coolant + q_chip);

    // Air. Fans stop with the power.
    const S hot = smooth_pos(S(x.temp(kAirIn) - p.fan_knee), 0.5);
    const S fan =
        smooth_clamp(S(q_air * (1.0 / p.air_design) + p.fan_gain * hot), p.fan_min, 1.3, 0.02) *
        (on ? 1.0 : 0.0);
    const S ratio_air = mdot_air * (1.0 / p.air_flow_design);
    out.equation(kMdotAir, x.p(kAirIn) - x.p(kAirOut) + p.fan_head * fan * fan -
                               hydraulics::drop(p.fan_head, ratio_air));
    const S from_air =
        out.flow(kAirIn, kAirOut, mdot_air, temp_air, temp_air, 1e-3 * p.air_flow_design);
    out.balance(kAirTemp, p.server_capacity, from_air + q_air);
    (void)ma;
    (void)mc;

    if (out.wants_values()) {
      out.value(kCoolantInlet, x.temp(kCoolantIn));
      out.value(kAirInlet, x.temp(kAirIn));
      out.value(kThrottle, limit);
      out.value(kPowered, S(on ? 1.0 : 0.0));
      out.value(kLost, S(on ? 0.0 : 1.0));
      out.value(kUnserved, on ? S(0.0) : x.in(kItPower));
      out.value(kPsuLoss, power * (1.0 - wanted / input));
      out.value(kHeatLiquid, q_liquid);
      out.value(kHeatAir, q_air);
      out.value(kFan, fan);
    }
    const double volts = core::value(v) / p.voltage;
    const double heat =
        std::max(core::value(chip) - p.trip_temp, core::value(temp_air) - p.trip_air_temp);
    out.guard(kUndervoltage, S(mode == kOn ? p.voltage_low - volts : -1.0));
    out.guard(kRecovered,
              S(mode == kSag || mode == kOff ? volts - p.voltage_low - kHysteresis : -1.0));
    out.guard(kOverheat, S(on ? heat : -1.0));
  }
};

core::ComponentType rack_model();

}  // namespace steppe::models
