#pragma once
#include "models/battery/cell.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Battery of series × parallel equal LFP cells, lumped into one cell. I > 0 discharges [A].
///
///   Q dSOC/dt = −I / capacity_factor                              Q [A·s]
///   τ_k dv_k/dt = I·R_k − v_k   (k = 1, 2)
///   Q dh/dt = −κ (|I|·h + I)                                      hysteresis, h → −1 on discharge
///   V = U(SOC, T) + M(SOC)·h − v₁ − v₂ − I·R₀
///   R_k(SOC, T, sign I) · resistance_factor                       U, M, R: cell.h
///   m·c dT/dt = I²R₀ + v₁²/R₁ + v₂²/R₂ − I·M·h − I·T·dU/dT − (T − T_coolant)/R_th
///
/// The ledger books the enthalpy of the reaction, I·(U − T·dU/dT), as a source and the right side's
/// heat (without the last term) as a use, so that charge and discharge close exactly; what the RC
/// pairs store is booked as such. `p_discharge_max` and `p_charge_max` follow from the current
/// limits (temperature, state of charge) and the voltage window; converters take them as inputs.
/// Mode: connected → open when a cell leaves its hard limits (latched until `close`) → blocked
/// while the input `enable` is 0 (a battery management system). Mode `range`: whether the cells are
/// as warm as the resistances were measured at; beyond, they are extrapolated, and the log says so.
/// The heat goes to `waste`; the coolant is held at coolant_temp by equipment outside this model.
/// Assumes: equal cells, one temperature, OCV of a thinned published curve. Left out: cell spread,
/// balancing, self-discharge; ageing comes in by the inputs capacity_factor and resistance_factor
/// (`battery_ageing`).
/// Source: [Möller 2022] curves; [Plett 2015, ch. 2] equivalent circuit and hysteresis.
/// Range: shipped cell measured 10 … 40 °C; −20 … 55 °C by Arrhenius. Another cell is a data file:
/// `params: {extends: FILE}`.
/// Checked by: tests/unit/battery/battery_test.cpp
struct Battery {
  struct Params : CellParams {
    double v_trip_low, v_trip_high, temp_trip, soc_initial, temp_initial;
    int series, parallel;
    double q = 1.0;  ///< A·s per cell
    double n = 1.0;  ///< cells
  };
  enum Port : int { kTerminal, kWaste };
  enum Var : int { kSoc, kHysteresis, kV1, kV2, kTemp, kDischargeMax, kChargeMax };
  enum Input : int { kCoolantTemp, kCapacityFactor, kResistanceFactor, kEnable };
  enum Output : int {
    kSocOut,
    kPower,
    kCurrent,
    kVoltage,
    kCellVoltage,
    kLoss,
    kCapacity,
    kRate,
    kConnection
  };
  enum Mode : int { kContactor, kRange };
  enum Contactor : int { kConnected, kOpen, kBlocked };
  enum Range : int { kMeasured, kExtrapolated };
  enum Guard : int { kCellLow, kCellHigh, kHot, kDisabled, kEnabled, kLeaves, kReturns };
  enum Command : int { kDoOpen, kDoClose };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    prepare_cell(p);
    p.q = p.cell_capacity;
    p.n = static_cast<double>(p.series) * p.parallel;
  }
  static double guess(const Params& p, int local);

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const bool connected = x.mode(kContactor) == kConnected;
    const S &soc = x.var(kSoc), &h = x.var(kHysteresis), &v1 = x.var(kV1), &v2 = x.var(kV2);
    const S& temp = x.var(kTemp);
    const double one_c = p.q / 3600.0;  // A
    const double n_p = p.parallel;

    const auto c = cell_point(p, soc, temp);
    const S m = c.m * h, inner = c.u + m - v1 - v2;  // V behind the ohmic resistance
    const S drive = inner - x.v(kTerminal) / static_cast<double>(p.series);
    // The direction shows in the sign of the driving voltage; both resistances meet within 1 mV.
    const S age = x.in(kResistanceFactor)*1.0;
    const S factor = age * (c.charge + smooth_step(drive, 1e-3) * (c.discharge - c.charge));
    const S r0 = p.r0 * factor, r1 = p.r1 * factor, r2 = p.r2 * factor;
    // An open contactor is a resistance of 1e6 times the cells' own.
    const S r = connected ? r0 : 1e6 * r0;
    const S i = drive / r;  // A per cell

    out.current(kTerminal, -n_p * i);
    out.balance(kSoc, p.q, -i / x.in(kCapacityFactor));
    out.balance(kHysteresis, p.q, -p.kappa * (smooth_abs(i, 1e-3 * one_c) * h + i));
    out.balance(kV1, p.tau1, i * r1 - v1);
    out.balance(kV2, p.tau2, i * r2 - v2);
    const S loss = i * i * r + v1 * v1 / r1 + v2 * v2 / r2 - i * (m + temp * c.du);
    const S cooling = (temp - x.in(kCoolantTemp)) / p.thermal_resistance;
    out.balance(kTemp, p.n * p.cell_heat_capacity, p.n * (loss - cooling));
    out.heat(kWaste, -p.n * cooling);
    out.book(core::kBatteryChem, p.n * i * (c.u - temp * c.du));
    out.book(core::kUseChain, p.n * loss);
    out.book(core::kElectricStore, p.n * (v1 * (i - v1 / r1) + v2 * (i - v2 / r2)));

    const S r_charge = p.r0 * age * c.charge, r_discharge = p.r0 * age * c.discharge;
    const auto offer = cell_offer(p, soc, temp, inner, r_charge, r_discharge);
    const double closed = connected ? p.n : 0.0;
    out.equation(kDischargeMax, closed * offer.discharge * (inner - offer.discharge * r_discharge) -
                                    x.var(kDischargeMax));
    out.equation(kChargeMax,
                 closed * offer.charge * (inner + offer.charge * r_charge) - x.var(kChargeMax));

    const S cell = inner - i * r0;
    out.guard(kCellLow, connected ? p.v_trip_low - cell : S(-1.0));
    out.guard(kCellHigh, connected ? cell - p.v_trip_high : S(-1.0));
    out.guard(kHot, connected ? temp - p.temp_trip : S(-1.0));
    out.guard(kDisabled, connected ? 0.5 - x.in(kEnable) : S(-1.0));
    out.guard(kEnabled, x.mode(kContactor) == kBlocked ? x.in(kEnable)-0.5 : S(-1.0));
    const double outside =
        std::fmax(p.table->coldest() - core::value(temp), core::value(temp) - p.table->hottest());
    const bool measured = x.mode(kRange) == kMeasured;
    constexpr double kBand = 0.5;  // K
    out.guard(kLeaves, S(measured ? outside : -1.0));
    out.guard(kReturns, S(measured ? -1.0 : -outside - kBand));
    if (!out.wants_values()) return;
    out.value(kSocOut, soc);
    out.value(kPower, x.v(kTerminal) * n_p * i);
    out.value(kCurrent, n_p * i);
    out.value(kVoltage, x.v(kTerminal));
    out.value(kCellVoltage, cell);
    out.value(kLoss, p.n * loss);
    out.value(kCapacity, p.n * p.q * x.in(kCapacityFactor)*p.table->nominal());
    out.value(kRate, i / one_c);
    out.value(kConnection, S(connected ? 1.0 : 0.0));
  }
  static void on_event(const Params& p, core::EventContext& e);
};

core::ComponentType battery_model();

}  // namespace steppe::models
