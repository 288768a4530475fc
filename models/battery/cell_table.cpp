#include "models/battery/cell_table.h"

#include <cmath>

namespace steppe::models {
namespace {

constexpr double kZero = 273.15;

Curve curve(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<Curve::Point> p;
  for (size_t i = 0; i < x.size(); ++i) p.push_back({x[i], y[i]});
  return {std::move(p), 0.0, 0.0};
}
Curve log_slope(const MeasuredResistance& r, const std::vector<double>& other, double at) {
  std::vector<double> y;
  for (size_t i = 0; i < other.size(); ++i) y.push_back(std::log(other[i] / r.at_25[i]) / at);
  return curve(r.soc, y);
}

}  // namespace

CellTable::CellTable(const Curve& ocv, const Curve& hysteresis, const Curve& entropy,
                     const MeasuredResistance& charge, const MeasuredResistance& discharge) {
  const Curve charge_25 = curve(charge.soc, charge.at_25);
  const Curve discharge_25 = curve(discharge.soc, discharge.at_25);
  const double mean = 0.5 * (charge_25(0.5) + discharge_25(0.5));
  std::vector<double> charge_ratio = charge.at_25, discharge_ratio = discharge.at_25;
  for (double& r : charge_ratio) r /= mean;
  for (double& r : discharge_ratio) r /= mean;
  const Curve columns[] = {ocv,
                           hysteresis,
                           entropy,
                           curve(charge.soc, charge_ratio),
                           log_slope(charge, charge.at_10, kAt10),
                           log_slope(charge, charge.at_40, kAt40),
                           curve(discharge.soc, discharge_ratio),
                           log_slope(discharge, discharge.at_10, kAt10),
                           log_slope(discharge, discharge.at_40, kAt40)};
  charge_cold_ = columns[kChargeCold](0.5);
  discharge_cold_ = columns[kDischargeCold](0.5);
  for (int i = 0; i <= kIntervals; ++i) {
    // At an end the derivative of the interval inside it, so that the cubic keeps the curve.
    constexpr double kInside = 1e-12;
    const double x = std::fmin(std::fmax(i / double{kIntervals}, kInside), 1.0 - kInside);
    for (const Curve& c : columns) {
      core::Dual s(x);
      s.d[0] = 1.0;
      const core::Dual y = c(s);
      knots_.push_back(y.v);
      knots_.push_back(y.d[0] / kIntervals);
    }
  }
}

double CellTable::slope(double soc) const {
  core::Dual s(soc), out[kColumns];
  s.d[0] = 1.0;
  at<kOcv, kOcv + 1>(s, out);
  return out[kOcv].d[0];
}

double CellTable::soc_of(double voltage) const {
  double lo = -0.5, hi = 1.5, u[kColumns];
  while (hi - lo > 1e-10) {
    const double mid = 0.5 * (lo + hi);
    at<kOcv, kOcv + 1>(mid, u);
    (u[kOcv] < voltage ? lo : hi) = mid;
  }
  return 0.5 * (lo + hi);
}

const CellTable& lfp_table() {
  // Thinned: what lies between the points is off by less than 1 mV (voltage) and 0.4 mV
  // (hysteresis) of the published curves.
  static const CellTable table(
      Curve({{0.000, 2.2862}, {0.005, 2.6835}, {0.010, 2.7833}, {0.015, 2.8470}, {0.025, 2.9344},
             {0.035, 2.9961}, {0.060, 3.1008}, {0.085, 3.1703}, {0.100, 3.1967}, {0.170, 3.2188},
             {0.205, 3.2366}, {0.285, 3.2659}, {0.410, 3.2937}, {0.500, 3.2995}, {0.690, 3.3096},
             {0.765, 3.3224}, {0.795, 3.3329}, {0.830, 3.3391}, {0.940, 3.3442}, {0.975, 3.3471},
             {0.985, 3.3522}, {0.990, 3.3618}, {0.995, 3.3963}, {1.000, 3.5305}},
            90.0, 26.0),
      Curve({{0.00, 0.0300}, {0.04, 0.0300}, {0.05, 0.0287}, {0.08, 0.0253}, {0.09, 0.0246},
             {0.10, 0.0251}, {0.13, 0.0235}, {0.16, 0.0249}, {0.19, 0.0243}, {0.23, 0.0272},
             {0.28, 0.0279}, {0.33, 0.0294}, {0.39, 0.0240}, {0.41, 0.0214}, {0.50, 0.0187},
             {0.66, 0.0199}, {0.76, 0.0226}, {0.82, 0.0182}, {0.86, 0.0171}, {0.92, 0.0174},
             {0.96, 0.0192}, {0.98, 0.0219}, {0.99, 0.0225}, {1.00, 0.0300}},
            0.0, 0.0),
      Curve({{0.0, -0.4900e-3},
             {0.1, -0.1640e-3},
             {0.2, -0.1176e-3},
             {0.3, -0.0444e-3},
             {0.4, 0.0975e-3},
             {0.5, 0.1103e-3},
             {0.6, 0.1287e-3},
             {0.7, 0.1454e-3},
             {0.8, 0.0996e-3},
             {0.9, 0.0836e-3},
             {1.0, 0.1181e-3}},
            0.0, 0.0),
      // mΩ of the 3 Ah cell.
      {{0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0},
       {53.55, 53.55, 59.22, 58.45, 59.28, 62.65, 67.55, 70.79, 69.20, 80.65, 80.65},
       {37.58, 37.58, 41.40, 41.40, 41.78, 44.77, 47.70, 49.79, 46.80, 53.42, 53.42},
       {30.48, 30.48, 33.09, 33.15, 32.64, 35.25, 37.67, 38.94, 35.57, 39.95, 39.95}},
      {{0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0},
       {194.95, 194.95, 80.77, 75.06, 74.81, 69.39, 65.12, 61.50, 64.82, 61.43, 61.43},
       {61.69, 61.69, 50.37, 48.85, 51.76, 47.83, 44.27, 41.79, 46.56, 42.55, 42.55},
       {44.09, 44.09, 38.43, 37.54, 40.02, 38.38, 35.12, 32.89, 37.72, 33.98, 33.98}});
  return table;
}

const Curve& charge_derating() {
  static const Curve c({{kZero + 0.0, 0.0},
                        {kZero + 5.0, 0.10},
                        {kZero + 10.0, 0.32},
                        {kZero + 15.0, 0.60},
                        {kZero + 20.0, 1.0},
                        {kZero + 45.0, 1.0},
                        {kZero + 55.0, 0.0}},
                       0.0, 0.0);
  return c;
}

const Curve& discharge_derating() {
  static const Curve c({{kZero - 30.0, 0.0},
                        {kZero - 20.0, 0.2},
                        {kZero - 10.0, 0.6},
                        {kZero + 0.0, 1.0},
                        {kZero + 50.0, 1.0},
                        {kZero + 55.0, 0.0}},
                       0.0, 0.0);
  return c;
}

}  // namespace steppe::models
