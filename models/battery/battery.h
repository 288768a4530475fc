#pragma once
#include "models/battery/lfp_cell.h"
#include "sim/base/smooth.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Battery of series × parallel equal LFP cells, lumped into one cell. I > 0 discharges [A].
///
///   Q dSOC/dt = −I / capacity_factor                              Q [A·s]
///   τ_k dv_k/dt = I·R_k − v_k   (k = 1, 2)
///   Q dh/dt = −κ (|I|·h + I)                                      hysteresis, h → −1 on discharge
///   V = U(SOC, T) + M(SOC)·h − v₁ − v₂ − I·R₀,   U = U₂₅ + (T − 298.15 K)·dU/dT
///   R(SOC, T) = R₂₅ · shape(SOC) · exp(E_a/R·(1/T − 1/298.15 K)) · resistance_factor
///   m·c dT/dt = I²R₀ + v₁²/R₁ + v₂²/R₂ − I·M·h − I·T·dU/dT − (T − T_coolant)/R_th
///
/// The ledger books the enthalpy of the reaction, I·(U − T·dU/dT), as a source and the right side's
/// heat (without the last term) as a use, so that charge and discharge close exactly; what the RC
/// pairs store is booked as such. `p_discharge_max` and `p_charge_max` follow from the current
/// limits (temperature, state of charge) and the voltage window; converters take them as inputs.
/// Mode: connected → open when a cell leaves its hard limits (latched until `close`).
/// The heat goes to `waste`; the coolant is held at coolant_temp by equipment outside this model.
/// Assumes: equal cells, one temperature, OCV of a thinned published curve. Left out: cell spread,
/// balancing, self-discharge, calendar and cycle ageing (inputs capacity_factor and
/// resistance_factor take them up, see ageing.h), the difference of charge and discharge
/// resistance (7 %).
/// Source: [Möller 2022] curves and E_a; [Plett 2015, ch. 2] equivalent circuit and hysteresis.
/// Range: −20 … 55 °C; below 0 °C real cells resist more than the Arrhenius law says.
/// Checked by: tests/unit/battery/battery_test.cpp
struct Battery {
  struct Params {
    double cell_capacity, r0, r1, r2, tau1, tau2, e_a, kappa, cell_heat_capacity,
        thermal_resistance, charge_rate, discharge_rate, v_min, v_max, v_trip_low, v_trip_high,
        temp_trip, soc_min, soc_max, soc_initial, temp_initial;
    int series, parallel;
    double q = 1.0;  ///< A·s per cell
    double n = 1.0;  ///< cells
  };
  enum Port : int { kTerminal, kWaste };
  enum Var : int { kSoc, kHysteresis, kV1, kV2, kTemp, kDischargeMax, kChargeMax };
  enum Input : int { kCoolantTemp, kCapacityFactor, kResistanceFactor };
  enum Output : int { kSocOut, kPower, kCurrent, kVoltage, kCellVoltage, kLoss, kCapacity, kRate };
  enum Mode : int { kContactor };
  enum Contactor : int { kConnected, kOpen };
  enum Guard : int { kCellLow, kCellHigh, kHot };
  enum Command : int { kDoOpen, kDoClose };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    p.q = p.cell_capacity;
    p.n = static_cast<double>(p.series) * p.parallel;
  }
  static double guess(const Params& p, int local) {
    if (local == 0) return p.series * lfp::ocv()(p.soc_initial);
    if (local == 2 + kSoc) return p.soc_initial;
    if (local == 2 + kTemp) return p.temp_initial;
    const double one_c_power = p.n * p.q / 3600.0 * 3.2;
    if (local == 2 + kDischargeMax) return p.discharge_rate * one_c_power;
    if (local == 2 + kChargeMax) return p.charge_rate * one_c_power;
    return std::nan("");
  }

  /// 3x² − 2x³ between 0 and 1: exactly 0 and 1 outside, slope continuous.
  template <class S>
  static S fade(const S& x) {
    if (core::value(x) <= 0.0) return 0.0 * x;
    if (core::value(x) >= 1.0) return 1.0 + 0.0 * x;
    return x * x * (3.0 - 2.0 * x);
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    constexpr double kGas = 8.314462618, kReference = 298.15, kFade = 0.03;
    const bool connected = x.mode(kContactor) == kConnected;
    const S &soc = x.var(kSoc), &h = x.var(kHysteresis), &v1 = x.var(kV1), &v2 = x.var(kV2);
    const S& temp = x.var(kTemp);
    const double one_c = p.q / 3600.0;  // A
    const double n_p = p.parallel;

    const S du = lfp::entropy()(soc);
    const S u = lfp::ocv()(soc) + (temp - kReference) * du;
    const S m = lfp::hysteresis()(soc) * h;
    const S warm = x.in(kResistanceFactor)*exp(p.e_a / kGas * (1.0 / temp - 1.0 / kReference));
    const S r0 = p.r0 * warm * lfp::resistance_shape()(soc);
    const S r1 = p.r1 * warm, r2 = p.r2 * warm;
    // An open contactor is a resistance of 1e6 times the cells' own.
    const S r = connected ? r0 : 1e6 * r0;
    const S inner = u + m - v1 - v2;  // V behind the ohmic resistance
    const S i = (inner - x.v(kTerminal) / static_cast<double>(p.series)) / r;  // A per cell

    out.current(kTerminal, -n_p * i);
    out.balance(kSoc, p.q, -i / x.in(kCapacityFactor));
    out.balance(kHysteresis, p.q, -p.kappa * (smooth_abs(i, 1e-3 * one_c) * h + i));
    out.balance(kV1, p.tau1, i * r1 - v1);
    out.balance(kV2, p.tau2, i * r2 - v2);
    const S loss = i * i * r + v1 * v1 / r1 + v2 * v2 / r2 - i * (m + temp * du);
    const S cooling = (temp - x.in(kCoolantTemp)) / p.thermal_resistance;
    out.balance(kTemp, p.n * p.cell_heat_capacity, p.n * (loss - cooling));
    out.heat(kWaste, -p.n * cooling);
    out.book(core::kBatteryChem, p.n * i * (u - temp * du));
    out.book(core::kUseChain, p.n * loss);
    out.book(core::kElectricStore, p.n * (v1 * (i - v1 / r1) + v2 * (i - v2 / r2)));

    const S i_dis =
        fade((soc - p.soc_min) / kFade) * lfp::discharge_derating()(temp) *
        smooth_pos(smooth_min(S(p.discharge_rate * one_c), (inner - p.v_min) / r0, 1e-3 * one_c),
                   1e-4 * one_c);
    const S i_ch =
        fade((p.soc_max - soc) / kFade) * lfp::charge_derating()(temp) *
        smooth_pos(smooth_min(S(p.charge_rate * one_c), (p.v_max - inner) / r0, 1e-3 * one_c),
                   1e-4 * one_c);
    const double closed = connected ? p.n : 0.0;
    out.equation(kDischargeMax, closed * i_dis * (inner - i_dis * r0) - x.var(kDischargeMax));
    out.equation(kChargeMax, closed * i_ch * (inner + i_ch * r0) - x.var(kChargeMax));

    const S cell = inner - i * r0;
    out.guard(kCellLow, connected ? p.v_trip_low - cell : S(-1.0));
    out.guard(kCellHigh, connected ? cell - p.v_trip_high : S(-1.0));
    out.guard(kHot, connected ? temp - p.temp_trip : S(-1.0));
    if (!out.wants_values()) return;
    out.value(kSocOut, soc);
    out.value(kPower, x.v(kTerminal) * n_p * i);
    out.value(kCurrent, n_p * i);
    out.value(kVoltage, x.v(kTerminal));
    out.value(kCellVoltage, cell);
    out.value(kLoss, p.n * loss);
    out.value(kCapacity, p.n * p.q * x.in(kCapacityFactor)*lfp::ocv()(0.5));
    out.value(kRate, i / one_c);
  }
  static void on_event(const Params&, core::EventContext& e);
};

core::ComponentType battery_model();

}  // namespace steppe::models
