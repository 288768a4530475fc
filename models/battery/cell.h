#pragma once
// The equations of one cell, shared by the network component `battery` and by the cell that steps
// on its own (`cell_step.h`).
#include "models/battery/cell_table.h"
#include "sim/base/smooth.h"
#include "sim/core/param_table.h"

namespace steppe::models {

/// One LFP cell; SI, resistances at 25 °C and half charge, mean of charge and discharge.
struct CellParams {
  double cell_capacity, r0, r1, r2, tau1, tau2, e_a, e_a_cold, kappa, cell_heat_capacity,
      thermal_resistance, charge_rate, discharge_rate, v_min, v_max, soc_min, soc_max;
};

/// What the curves say at a state of charge and a temperature.
///   U = U₂₅ + (T − 298.15 K)·dU/dT
///   R = r · shape(SOC, direction) · exp(f),   x = 1/T − 1/298.15 K
///   f: straight in x between the measured 10, 25 and 40 °C, level above 40 °C; below 10 °C with
///   the slope of half charge, below 0 °C steeper by e_a_cold/R. `e_a` over 17.4 kJ/mol (what the
///   measurement says at half charge) stretches all but the last.
template <class S>
struct CellPoint {
  S u, m, du;           ///< V, V, V/K
  S charge, discharge;  ///< resistance over r
};
template <class S>
CellPoint<S> cell_point(const CellParams& p, const S& soc, const S& temp) {
  using T = CellTable;
  constexpr double kGas = 8.314462618, kMeasured = 17.4e3;
  constexpr double kCorner = 2e-8;  // 1/K: 0.002 K
  const CellTable& table = lfp_table();
  S c[T::kColumns];
  table.at(soc, c);
  const S x = 1.0 / temp - 1.0 / T::kReference;
  const S warm = smooth_pos(S(-x), kCorner), hot = smooth_pos(S(T::kAt40 - x), kCorner),
          cool = smooth_pos(S(x - T::kAt10), kCorner), cold = smooth_pos(S(x - T::kAt0), kCorner);
  const double stretch = p.e_a / kMeasured;
  const S frozen = p.e_a_cold / kGas * cold;
  const auto factor = [&](const S& shape, const S& s1, const S& s2, double below) {
    return shape *
           exp(stretch * (s1 * x + (s1 - s2) * warm + s2 * hot + (below - s1) * cool) + frozen);
  };
  return {c[T::kOcv] + (temp - T::kReference) * c[T::kEntropy], c[T::kHysteresis], c[T::kEntropy],
          factor(c[T::kCharge], c[T::kChargeCold], c[T::kChargeWarm], table.cold_slope(true)),
          factor(c[T::kDischarge], c[T::kDischargeCold], c[T::kDischargeWarm],
                 table.cold_slope(false))};
}

/// 3x² − 2x³ between 0 and 1: exactly 0 and 1 outside, slope continuous.
template <class S>
S cell_fade(const S& x) {
  if (core::value(x) <= 0.0) return 0.0 * x;
  if (core::value(x) >= 1.0) return 1.0 + 0.0 * x;
  return x * x * (3.0 - 2.0 * x);
}

/// Currents [A] that a cell offers, both ≥ 0: the smaller of the current limit at this temperature
/// and of what the voltage window leaves, faded out over 3 % of the state of charge. `inner`: V
/// behind the ohmic resistances `r_charge` and `r_discharge`.
template <class S>
struct CellOffer {
  S charge, discharge;
};
template <class S>
CellOffer<S> cell_offer(const CellParams& p, const S& soc, const S& temp, const S& inner,
                        const S& r_charge, const S& r_discharge) {
  constexpr double kFade = 0.03;
  const double one_c = p.cell_capacity / 3600.0;
  const auto window = [&](double rate, const S& room) {
    return smooth_pos(smooth_min(S(rate * one_c), room, 1e-3 * one_c), 1e-4 * one_c);
  };
  return {cell_fade((p.soc_max - soc) / kFade) * charge_derating()(temp) *
              window(p.charge_rate, (p.v_max - inner) / r_charge),
          cell_fade((soc - p.soc_min) / kFade) * discharge_derating()(temp) *
              window(p.discharge_rate, (inner - p.v_min) / r_discharge)};
}

/// Rows of CellParams for the table of a model that has them as a base.
template <class P>
void add_cell_rows(core::ParamTable<P>& t) {
  t.group("Cell")
      .real("cell_capacity", &P::cell_capacity, "Ah", 314.0, {0.5, 2000.0}, "Capacity of a cell",
            "engineering: data sheets of 2024 stationary cells")
      .real("r0", &P::r0, "mohm", 0.25, {0.01, 100.0},
            "Ohmic resistance of a cell at 25 °C and 50 % charge, mean of charge and discharge",
            "engineering: [Möller 2022] scaled by capacity and cell format")
      .real("r1", &P::r1, "mohm", 0.10, {0.001, 100.0}, "Resistance of the fast RC pair, likewise")
      .real("r2", &P::r2, "mohm", 0.10, {0.001, 100.0}, "Resistance of the slow RC pair, likewise")
      .real("tau1", &P::tau1, "s", 15.0, {1.0, 60.0}, "Time constant of the fast RC pair")
      .real("tau2", &P::tau2, "s", 600.0, {60.0, 5000.0}, "Time constant of the slow RC pair")
      .real(
          "e_a", &P::e_a, "kJ", 17.4, {0.0, 80.0},
          "Activation energy of the resistances per mole, discharge at half charge; another value "
          "stretches the measured dependence on temperature",
          "[Möller 2022], 10 to 25 °C")
      .real("e_a_cold", &P::e_a_cold, "kJ", 19.0, {0.0, 80.0},
            "Activation energy per mole on top of it below 0 °C",
            "engineering: 3.5 times the resistance at -10 °C")
      .real("kappa", &P::kappa, "1", 60.0, {0.0, 500.0},
            "Rate of the hysteresis: loop is crossed in about 3/kappa of the capacity",
            "[Plett 2015, ch. 2]")
      .group("Thermal")
      .real("cell_heat_capacity", &P::cell_heat_capacity, "J/K", 5600.0, {20.0, 50000.0},
            "Heat capacity of a cell")
      .real("thermal_resistance", &P::thermal_resistance, "K/W", 1.5, {0.01, 100.0},
            "From the cell to the coolant, per cell")
      .group("Limits")
      .real("charge_rate", &P::charge_rate, "1", 0.5, {0.01, 10.0},
            "Largest charging current over the capacity in one hour, at 25 °C")
      .real("discharge_rate", &P::discharge_rate, "1", 0.5, {0.01, 30.0},
            "Largest discharging current over the capacity in one hour, at 25 °C")
      .real("v_min", &P::v_min, "V", 2.7, {2.0, 3.0}, "Lowest cell voltage in operation")
      .real("v_max", &P::v_max, "V", 3.6, {3.4, 3.8}, "Highest cell voltage in operation")
      .real("soc_min", &P::soc_min, "1", 0.05, {0.0, 0.5},
            "State of charge below which no discharge is offered")
      .real("soc_max", &P::soc_max, "1", 0.95, {0.5, 1.0},
            "State of charge above which no charge is taken");
}

}  // namespace steppe::models
