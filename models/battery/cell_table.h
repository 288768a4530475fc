#pragma once
// Curves of an LFP/graphite cell over its state of charge, tabled so that all of them cost one
// look-up.
#include <vector>

#include "models/battery/curve.h"

namespace steppe::models {

/// Resistance of a cell as measured: over state of charge at 10, 25 and 40 °C, in one direction of
/// the current. The unit cancels: what counts is the ratio to the mean of both directions at 25 °C
/// and half charge.
struct MeasuredResistance {
  std::vector<double> soc, at_10, at_25, at_40;
};

/// Open-circuit voltage, hysteresis, entropy and resistance over the state of charge. Every curve
/// is a C¹ cubic on one grid of 0.005; outside [0, 1] the voltage goes on with the slope of its
/// end, so that voltage limits act, and everything else stays.
class CellTable {
 public:
  /// Reciprocal temperature less that of 25 °C [1/K] at 10, 40 and 0 °C.
  static constexpr double kReference = 298.15, kAt10 = 1.0 / 283.15 - 1.0 / 298.15,
                          kAt40 = 1.0 / 313.15 - 1.0 / 298.15, kAt0 = 1.0 / 273.15 - 1.0 / 298.15;
  enum Column : int {
    kOcv,         ///< V at 25 °C
    kHysteresis,  ///< half the loop [V]
    kEntropy,     ///< dU/dT [V/K]
    kCharge,      ///< resistance at 25 °C over the mean at half charge
    kChargeCold,  ///< d ln R / d(1/T) between 10 and 25 °C [K]
    kChargeWarm,  ///< the same between 25 and 40 °C
    kDischarge,
    kDischargeCold,
    kDischargeWarm,
    kColumns
  };

  CellTable(const Curve& ocv, const Curve& hysteresis, const Curve& entropy,
            const MeasuredResistance& charge, const MeasuredResistance& discharge);

  /// Columns first … last − 1 at `soc`.
  template <int First = 0, int Last = kColumns, class S>
  void at(const S& soc, S* out) const {
    const double v = core::value(soc);
    if (v < 0.0 || v > 1.0) {
      const double* k = knots_.data() + (v < 0.0 ? 0 : kIntervals) * 2 * kColumns;
      for (int c = First; c < Last; ++c) out[c] = k[2 * c] + 0.0 * soc;
      if constexpr (First == 0) out[kOcv] += k[1] * kIntervals * (soc - (v < 0.0 ? 0.0 : 1.0));
      return;
    }
    int i = static_cast<int>(v * kIntervals);
    if (i >= kIntervals) i = kIntervals - 1;
    const S t = soc * static_cast<double>(kIntervals) - static_cast<double>(i), u = t - 1.0;
    const S a0 = u * u * (1.0 + 2.0 * t), b0 = u * u * t, a1 = t * t * (3.0 - 2.0 * t),
            b1 = t * t * u;
    const double* k = knots_.data() + i * 2 * kColumns;
    const double* n = k + 2 * kColumns;
    for (int c = First; c < Last; ++c)
      out[c] = a0 * k[2 * c] + b0 * k[2 * c + 1] + a1 * n[2 * c] + b1 * n[2 * c + 1];
  }
  /// dOCV/dSOC [V] at 25 °C.
  double slope(double soc) const;
  /// State of charge at which the cell rests at `voltage` (25 °C, without hysteresis).
  double soc_of(double voltage) const;
  /// d ln R / d(1/T) between 10 and 25 °C at half charge [K]: how resistance goes on below 10 °C.
  double cold_slope(bool charge) const { return charge ? charge_cold_ : discharge_cold_; }

 private:
  static constexpr int kIntervals = 200;
  std::vector<double> knots_;  ///< per knot: (value, slope · interval) of each column
  double charge_cold_ = 0.0, discharge_cold_ = 0.0;
};

/// The Sony/Murata US26650FTC1 (3 Ah) as measured by Naumann [Möller 2022]: its shape carries over
/// to large prismatic cells of the same chemistry, the resistance is scaled by its own parameters.
const CellTable& lfp_table();

/// Allowed current over its value at 25 °C as a function of temperature [K]: exactly 0 at and below
/// 0 °C for charge (lithium plating) and at and below −30 °C for discharge; 0 above 55 °C.
const Curve& charge_derating();
const Curve& discharge_derating();

}  // namespace steppe::models
