#pragma once
// Curves of an LFP/graphite cell over its state of charge, tabled so that all of them cost one
// look-up.
#include <memory>
#include <vector>

#include "models/battery/curve.h"
#include "sim/base/smooth.h"

namespace steppe::models {

/// What was measured at a cell, as written in a data file (rows of `add_cell_rows`); SI. The
/// defaults are the Sony/Murata US26650FTC1 (3 Ah) as measured by Naumann [Möller 2022].
struct CellCurves {
  std::vector<double> ocv_soc, ocv;                ///< 1, V at 25 °C
  std::vector<double> hysteresis_soc, hysteresis;  ///< 1, V: half the loop
  std::vector<double> entropy_soc, entropy;        ///< 1, V/K: dU/dT
  std::vector<double> resistance_temp,             ///< K, rising
      resistance_soc;                              ///< 1
  /// ohm, all states of charge of the first temperature first.
  std::vector<double> resistance_charge, resistance_discharge;
  /// K and share of charge_rate, discharge_rate.
  std::vector<double> charge_limit_temp, charge_limit, discharge_limit_temp, discharge_limit;

  bool operator==(const CellCurves&) const = default;
};
/// The shipped cell.
const CellCurves& shipped_curves();

/// Open-circuit voltage, hysteresis, entropy and resistance over the state of charge. Every curve
/// is a C¹ cubic on one grid of 0.005; outside [0, 1] the voltage goes on with the slope of its
/// end, so that voltage limits act, and everything else stays.
///
///   R(SOC, T) = R₂₅(SOC) · exp(f),   x = 1/T − 1/298.15 K
///   f: straight in x between the measured temperatures (corners rounded by 2e-8/K: 0.002 K), level
///   above the hottest; below the coldest with the slope that half charge has between the two
///   coldest, and below 0 °C (or the coldest, where that is colder) steeper by e_a_cold/R
class CellTable {
 public:
  /// 25 °C [K], where the resistances are given.
  static constexpr double kReference = 298.15;
  static constexpr int kMostTemps = 8;
  enum Column : int {
    kOcv,         ///< V at 25 °C
    kHysteresis,  ///< half the loop [V]
    kEntropy,     ///< dU/dT [V/K]
    kResistance   ///< first column of the resistances
  };
  static constexpr int kMostColumns = kResistance + 2 * kMostTemps;

  /// `e_a` J/mol: of the resistances where they are given at one temperature only. UserError for
  /// curves that no cell has: lengths that differ, a state of charge that does not rise or does not
  /// reach from 0 to 1 (voltage) or from 0.1 to 0.9 (others), a voltage that falls, resistances
  /// that are not given at temperatures around 25 °C.
  CellTable(const CellCurves& curves, double e_a);

  /// Voltage, hysteresis and entropy at `soc`: out[kOcv … kEntropy].
  template <class S>
  void voltages(const S& soc, S* out) const {
    columns(soc, 0, kResistance, out);
  }
  /// Resistance over the mean of both directions at 25 °C and half charge.
  template <class S>
  struct Resistance {
    S charge, discharge;
  };
  /// All of it at a state of charge and temperature [K]; out[kOcv … kEntropy]. A direction that is
  /// not asked for stays 0.
  template <bool kCharge = true, bool kDischarge = true, class S>
  Resistance<S> at(const S& soc, const S& temp, double e_a_cold, S* out) const {
    constexpr double kCorner = 2e-8, kGas = 8.314462618;  // 1/K, J/(mol·K)
    const int n = temps_;
    S c[kMostColumns];
    if constexpr (kCharge && kDischarge) {
      columns(soc, 0, stride_, c);
    } else {
      columns(soc, 0, kResistance, c);
      const int first = kResistance + (kCharge ? 0 : n);
      columns(soc, first, first + n, c);
    }
    for (int i = 0; i < kResistance; ++i) out[i] = c[i];
    const S x = 1.0 / temp - 1.0 / kReference;
    S beyond[kMostTemps];
    for (int k = 0; k < n; ++k) {
      const double knot = knot_[static_cast<size_t>(k)];
      beyond[k] = smooth_pos(k >= home_ ? S(knot - x) : S(x - knot), kCorner);
    }
    const S frozen = e_a_cold / kGas * smooth_pos(S(x - frost_), kCorner);
    // c: R₂₅, then the slopes of the intervals, the coldest first; between interval k (colder) and
    // k + 1 (hotter) lies knot k.
    const auto direction = [&](const S* r, double cold) {
      S f = frozen + (home_ > 0 ? r[home_] * x : cold * x);
      for (int k = 0; k < n; ++k) {
        if (k > 0)
          f += (k + 1 < n ? S(r[k] - r[k + 1]) : r[k]) * beyond[k];
        else
          f += (n > 1 ? S(cold - r[1]) : S(cold)) * beyond[k];
      }
      return r[0] * exp(f);
    };
    Resistance<S> r{S(0.0), S(0.0)};
    if constexpr (kCharge) r.charge = direction(c + kResistance, cold_charge_);
    if constexpr (kDischarge) r.discharge = direction(c + kResistance + n, cold_discharge_);
    return r;
  }
  /// dOCV/dSOC [V] at 25 °C.
  double slope(double soc) const;
  /// State of charge at which the cell rests at `voltage` (25 °C, without hysteresis).
  double soc_of(double voltage) const;
  /// Open-circuit voltage at half charge [V].
  double nominal() const { return nominal_; }
  /// Mean of both directions at 25 °C and half charge, in the unit of the curves [ohm].
  double resistance() const { return resistance_; }
  /// Coldest and hottest temperature [K] that the resistances were measured at.
  double coldest() const { return coldest_; }
  double hottest() const { return hottest_; }
  /// Allowed current over its value at 25 °C as a function of temperature [K], 0 outside of what
  /// the data say.
  const Curve& charge_derating() const { return charge_derating_; }
  const Curve& discharge_derating() const { return discharge_derating_; }

 private:
  static constexpr int kIntervals = 200;
  template <class S>
  void columns(const S& soc, int first, int last, S* out) const {
    const double v = core::value(soc);
    const auto stride = static_cast<size_t>(2 * stride_);
    if (v < 0.0 || v > 1.0) {
      const double* k = knots_.data() + (v < 0.0 ? size_t{0} : kIntervals * stride);
      for (int c = first; c < last; ++c) out[c] = k[2 * c] + 0.0 * soc;
      if (first == 0) out[kOcv] += k[1] * kIntervals * (soc - (v < 0.0 ? 0.0 : 1.0));
      return;
    }
    int i = static_cast<int>(v * kIntervals);
    if (i >= kIntervals) i = kIntervals - 1;
    const S t = soc * static_cast<double>(kIntervals) - static_cast<double>(i), u = t - 1.0;
    const S a0 = u * u * (1.0 + 2.0 * t), b0 = u * u * t, a1 = t * t * (3.0 - 2.0 * t),
            b1 = t * t * u;
    const double* k = knots_.data() + static_cast<size_t>(i) * stride;
    const double* n = k + stride;
    for (int c = first; c < last; ++c)
      out[c] = a0 * k[2 * c] + b0 * k[2 * c + 1] + a1 * n[2 * c] + b1 * n[2 * c + 1];
  }

  int temps_ = 1, stride_ = kResistance;
  int home_ = 0;              ///< interval that ends at or above 25 °C; 0: colder than all
  std::vector<double> knot_;  ///< 1/T − 1/298.15 K of the measured temperatures
  double coldest_ = 0.0, hottest_ = 0.0;
  double frost_ = 0.0;         ///< the same of 0 °C or of the coldest
  std::vector<double> knots_;  ///< per knot: (value, slope · interval) of each column
  double cold_charge_ = 0.0, cold_discharge_ = 0.0;  ///< d ln R / d(1/T) below the coldest [K]
  double nominal_ = 0.0, resistance_ = 0.0;
  Curve charge_derating_, discharge_derating_;
};

/// The table of these curves; equal ones share it.
std::shared_ptr<const CellTable> cell_table(const CellCurves& curves, double e_a);

/// The shipped cell's allowed current over temperature: exactly 0 at and below 0 °C for charge
/// (lithium plating) and at and below −30 °C for discharge; 0 above 55 °C.
const Curve& charge_derating();
const Curve& discharge_derating();

}  // namespace steppe::models
