#pragma once
// The equations of one cell, shared by the network component `battery` and by the cell that steps
// on its own (`cell_step.h`).
#include "models/battery/cell_table.h"
#include "sim/base/smooth.h"
#include "sim/core/param_table.h"

namespace steppe::models {

/// One LFP cell; SI, resistances at 25 °C and half charge, mean of charge and discharge.
struct CellParams : CellCurves {
  double cell_capacity, r0, r1, r2, tau1, tau2, e_a, e_a_cold, kappa, cell_heat_capacity,
      thermal_resistance, charge_rate, discharge_rate, v_min, v_max, soc_min, soc_max;
  std::shared_ptr<const CellTable> table;  ///< of the curves, set by prepare_cell
};

/// Makes the table of the curves and finds r0. UserError when curves and values contradict each
/// other.
void prepare_cell(CellParams& p);

/// What the curves say at a state of charge and a temperature.
///   U = U₂₅ + (T − 298.15 K)·dU/dT
///   R = r · shape(SOC, direction, T)      (CellTable)
template <class S>
struct CellPoint {
  S u, m, du;           ///< V, V, V/K
  S charge, discharge;  ///< resistance over r
};
template <bool kCharge = true, bool kDischarge = true, class S>
CellPoint<S> cell_point(const CellParams& p, const S& soc, const S& temp) {
  using T = CellTable;
  S c[T::kResistance];
  const auto r = p.table->at<kCharge, kDischarge>(soc, temp, p.e_a_cold, c);
  return {c[T::kOcv] + (temp - T::kReference) * c[T::kEntropy], c[T::kHysteresis], c[T::kEntropy],
          r.charge, r.discharge};
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
  return {cell_fade((p.soc_max - soc) / kFade) * p.table->charge_derating()(temp) *
              window(p.charge_rate, (p.v_max - inner) / r_charge),
          cell_fade((soc - p.soc_min) / kFade) * p.table->discharge_derating()(temp) *
              window(p.discharge_rate, (inner - p.v_min) / r_discharge)};
}

/// Rows of CellParams for the table of a model that has them as a base: what a data file of a cell
/// may hold (`params: {extends: FILE}`).
template <class P>
void add_cell_rows(core::ParamTable<P>& t) {
  t.group("Cell")
      .real("cell_capacity", &P::cell_capacity, "Ah", 314.0, {0.5, 2000.0}, "Capacity of a cell",
            "engineering: data sheets of 2024 stationary cells")
      .real("r0", &P::r0, "mohm", 0.25, {0.0, 100.0},
            "Ohmic resistance of a cell at 25 °C and 50 % charge, mean of charge and discharge; 0: "
            "what the tables of resistance say",
            "engineering: [Möller 2022] scaled by capacity and cell format")
      .real("r1", &P::r1, "mohm", 0.10, {0.001, 100.0}, "Resistance of the fast RC pair, likewise")
      .real("r2", &P::r2, "mohm", 0.10, {0.001, 100.0}, "Resistance of the slow RC pair, likewise")
      .real("tau1", &P::tau1, "s", 15.0, {1.0, 60.0}, "Time constant of the fast RC pair")
      .real("tau2", &P::tau2, "s", 600.0, {60.0, 5000.0}, "Time constant of the slow RC pair")
      .real("e_a", &P::e_a, "kJ", 17.4, {0.0, 80.0},
            "Activation energy of the resistances per mole, used where they are given at one "
            "temperature only",
            "[Möller 2022], 10 to 25 °C")
      .real(
          "e_a_cold", &P::e_a_cold, "kJ", 19.0, {0.0, 80.0},
          "Activation energy per mole on top of what is measured, below 0 °C or below the coldest "
          "measured",
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
  const CellCurves& c = shipped_curves();
  const auto in = [](std::vector<double> v, double scale, double offset = 0.0) {
    for (double& x : v) x = x / scale + offset;
    return v;
  };
  const char* measured = "[Möller 2022]";
  const core::Bounds share{0.0, 1.0}, degrees{-60.0, 100.0};
  t.group("Curves")
      .list("ocv_soc", &P::ocv_soc, "1", c.ocv_soc, share,
            "States of charge of `ocv`, rising from 0 to 1", measured)
      .list("ocv", &P::ocv, "V", c.ocv, {1.0, 4.5},
            "Open-circuit voltage at 25 °C, mean of charge and discharge, rising", measured)
      .list("hysteresis_soc", &P::hysteresis_soc, "1", c.hysteresis_soc, share,
            "States of charge of `hysteresis`", measured)
      .list("hysteresis", &P::hysteresis, "mV", in(c.hysteresis, 1e-3), {0.0, 200.0},
            "Half of the distance between rest voltage after charge and after discharge", measured)
      .list("entropy_soc", &P::entropy_soc, "1", c.entropy_soc, share,
            "States of charge of `entropy`", measured)
      .list("entropy", &P::entropy, "mV/K", in(c.entropy, 1e-3), {-5.0, 5.0},
            "Change of the open-circuit voltage with temperature", measured)
      .list("resistance_temp", &P::resistance_temp, "degC", in(c.resistance_temp, 1.0, -273.15),
            degrees,
            "Temperatures of the tables of resistance, rising, 25 °C among or between them",
            measured)
      .list("resistance_soc", &P::resistance_soc, "1", c.resistance_soc, share,
            "States of charge of the tables of resistance", measured)
      .list("resistance_charge", &P::resistance_charge, "mohm", in(c.resistance_charge, 1e-3),
            {1e-4, 1e4},
            "Ohmic resistance while charging, all states of charge of the first temperature first. "
            "r0 is its mean with the other direction at 25 °C and half charge; of the shipped "
            "curves, which are a 3 Ah cell's, the shape alone counts",
            measured)
      .list("resistance_discharge", &P::resistance_discharge, "mohm",
            in(c.resistance_discharge, 1e-3), {1e-4, 1e4},
            "Ohmic resistance while discharging, likewise", measured)
      .list("charge_limit_temp", &P::charge_limit_temp, "degC",
            in(c.charge_limit_temp, 1.0, -273.15), degrees, "Temperatures of `charge_limit`",
            "engineering; [Gasper 2023] at 10 °C")
      .list("charge_limit", &P::charge_limit, "1", c.charge_limit, {0.0, 2.0},
            "Charging current allowed at a temperature over charge_rate; first and last 0",
            "engineering; [Gasper 2023] at 10 °C")
      .list("discharge_limit_temp", &P::discharge_limit_temp, "degC",
            in(c.discharge_limit_temp, 1.0, -273.15), degrees, "Temperatures of `discharge_limit`")
      .list("discharge_limit", &P::discharge_limit, "1", c.discharge_limit, {0.0, 2.0},
            "Discharging current allowed at a temperature over discharge_rate; first and last 0");
}

}  // namespace steppe::models
