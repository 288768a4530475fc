#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "models/battery/cell.h"
#include "sim/base/error.h"

namespace steppe::models {
namespace {

constexpr double kZero = 273.15, kGas = 8.314462618;

Curve curve(const std::vector<double>& x, const std::vector<double>& y, double slope_low = 0.0,
            double slope_high = 0.0) {
  std::vector<Curve::Point> p;
  for (size_t i = 0; i < x.size(); ++i) p.push_back({x[i], y[i]});
  return {std::move(p), slope_low, slope_high};
}

/// Refuses two lists that are no curve.
void check_curve(const char* xs, const std::vector<double>& x, const char* ys,
                 const std::vector<double>& y) {
  if (x.size() < 2)
    throw UserError(fmt::format("`{}` needs at least two entries, it has {}", xs, x.size()));
  if (x.size() != y.size())
    throw UserError(fmt::format("`{}` has {} entries, `{}` has {}: they need the same number", xs,
                                x.size(), ys, y.size()));
  for (size_t i = 1; i < x.size(); ++i)
    if (x[i] <= x[i - 1])
      throw UserError(fmt::format("entry {} of `{}` does not rise over the one before", i + 1, xs));
}
void check_reach(const char* name, const std::vector<double>& soc, double low, double high) {
  if (soc.front() > low || soc.back() < high)
    throw UserError(fmt::format(
        "`{}` reaches from {} to {}: it has to begin at or below {} and to end at or above {}, "
        "because nothing is known beyond it",
        name, soc.front(), soc.back(), low, high));
}
Curve derating(const char* ts, const std::vector<double>& temp, const char* ls,
               const std::vector<double>& limit) {
  check_curve(ts, temp, ls, limit);
  if (limit.front() != 0.0 || limit.back() != 0.0)
    throw UserError(
        fmt::format("the first and the last of `{}` have to be 0: no current is known to be safe "
                    "beyond `{}`",
                    ls, ts));
  return curve(temp, limit);
}

std::vector<double> celsius(std::vector<double> t) {
  for (double& x : t) x += kZero;
  return t;
}

}  // namespace

const CellCurves& shipped_curves() {
  // Thinned: what lies between the points is off by less than 1 mV (voltage) and 0.4 mV
  // (hysteresis) of the published curves.
  static const CellCurves curves = [] {
    CellCurves c;
    c.ocv_soc = {0.000, 0.005, 0.010, 0.015, 0.025, 0.035, 0.060, 0.085,
                 0.100, 0.170, 0.205, 0.285, 0.410, 0.500, 0.690, 0.765,
                 0.795, 0.830, 0.940, 0.975, 0.985, 0.990, 0.995, 1.000};
    c.ocv = {2.2862, 2.6835, 2.7833, 2.8470, 2.9344, 2.9961, 3.1008, 3.1703,
             3.1967, 3.2188, 3.2366, 3.2659, 3.2937, 3.2995, 3.3096, 3.3224,
             3.3329, 3.3391, 3.3442, 3.3471, 3.3522, 3.3618, 3.3963, 3.5305};
    c.hysteresis_soc = {0.00, 0.04, 0.05, 0.08, 0.09, 0.10, 0.13, 0.16, 0.19, 0.23, 0.28, 0.33,
                        0.39, 0.41, 0.50, 0.66, 0.76, 0.82, 0.86, 0.92, 0.96, 0.98, 0.99, 1.00};
    c.hysteresis = {0.0300, 0.0300, 0.0287, 0.0253, 0.0246, 0.0251, 0.0235, 0.0249,
                    0.0243, 0.0272, 0.0279, 0.0294, 0.0240, 0.0214, 0.0187, 0.0199,
                    0.0226, 0.0182, 0.0171, 0.0174, 0.0192, 0.0219, 0.0225, 0.0300};
    const std::vector<double> tenths{0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
    c.entropy_soc = tenths;
    c.entropy = {-0.4900e-3, -0.1640e-3, -0.1176e-3, -0.0444e-3, 0.0975e-3, 0.1103e-3,
                 0.1287e-3,  0.1454e-3,  0.0996e-3,  0.0836e-3,  0.1181e-3};
    c.resistance_temp = celsius({10.0, 25.0, 40.0});
    c.resistance_soc = tenths;
    c.resistance_charge = {53.55, 53.55, 59.22, 58.45, 59.28, 62.65, 67.55, 70.79, 69.20,
                           80.65, 80.65, 37.58, 37.58, 41.40, 41.40, 41.78, 44.77, 47.70,
                           49.79, 46.80, 53.42, 53.42, 30.48, 30.48, 33.09, 33.15, 32.64,
                           35.25, 37.67, 38.94, 35.57, 39.95, 39.95};
    c.resistance_discharge = {194.95, 194.95, 80.77, 75.06, 74.81, 69.39, 65.12, 61.50, 64.82,
                              61.43,  61.43,  61.69, 61.69, 50.37, 48.85, 51.76, 47.83, 44.27,
                              41.79,  46.56,  42.55, 42.55, 44.09, 44.09, 38.43, 37.54, 40.02,
                              38.38,  35.12,  32.89, 37.72, 33.98, 33.98};
    for (auto* list : {&c.resistance_charge, &c.resistance_discharge})
      for (double& r : *list) r *= 1e-3;
    c.charge_limit_temp = celsius({0.0, 5.0, 10.0, 15.0, 20.0, 45.0, 55.0});
    c.charge_limit = {0.0, 0.10, 0.32, 0.60, 1.0, 1.0, 0.0};
    c.discharge_limit_temp = celsius({-30.0, -20.0, -10.0, 0.0, 50.0, 55.0});
    c.discharge_limit = {0.0, 0.2, 0.6, 1.0, 1.0, 0.0};
    return c;
  }();
  return curves;
}

CellTable::CellTable(const CellCurves& v, double e_a)
    : temps_(static_cast<int>(v.resistance_temp.size())),
      stride_(kResistance + 2 * temps_),
      charge_derating_(
          derating("charge_limit_temp", v.charge_limit_temp, "charge_limit", v.charge_limit)),
      discharge_derating_(derating("discharge_limit_temp", v.discharge_limit_temp,
                                   "discharge_limit", v.discharge_limit)) {
  check_curve("ocv_soc", v.ocv_soc, "ocv", v.ocv);
  check_curve("hysteresis_soc", v.hysteresis_soc, "hysteresis", v.hysteresis);
  check_curve("entropy_soc", v.entropy_soc, "entropy", v.entropy);
  check_reach("ocv_soc", v.ocv_soc, 0.0, 1.0);
  check_reach("hysteresis_soc", v.hysteresis_soc, 0.1, 0.9);
  check_reach("entropy_soc", v.entropy_soc, 0.1, 0.9);
  for (size_t i = 1; i < v.ocv.size(); ++i)
    if (v.ocv[i] <= v.ocv[i - 1])
      throw UserError(fmt::format(
          "entry {} of `ocv` ({} V) does not rise over the one before: the open-circuit voltage "
          "rises with the state of charge",
          i + 1, v.ocv[i]));
  if (temps_ < 1 || temps_ > kMostTemps)
    throw UserError(
        fmt::format("`resistance_temp` has {} entries, 1 to {} are expected", temps_, kMostTemps));
  const auto n = static_cast<size_t>(temps_), m = v.resistance_soc.size();
  for (const auto& [name, list] : {std::pair{"resistance_charge", &v.resistance_charge},
                                   std::pair{"resistance_discharge", &v.resistance_discharge}})
    if (list->size() != n * m)
      throw UserError(fmt::format(
          "`{}` has {} entries; {} temperatures times {} states of charge need {}, all of the "
          "first temperature first",
          name, list->size(), n, m, n * m));
  check_curve("resistance_soc", v.resistance_soc, "resistance_soc", v.resistance_soc);
  check_reach("resistance_soc", v.resistance_soc, 0.1, 0.9);
  for (size_t k = 0; k < n; ++k) {
    const double t = v.resistance_temp[k];
    if (k > 0 && t <= v.resistance_temp[k - 1])
      throw UserError(fmt::format("entry {} of `resistance_temp` does not rise", k + 1));
    knot_.push_back(1.0 / t - 1.0 / kReference);
    if (t < kReference - 1e-6) home_ = static_cast<int>(k) + 1;
  }
  if (home_ == temps_ || v.resistance_temp.front() > kReference + 1e-6)
    throw UserError(fmt::format(
        "`resistance_temp` reaches from {:.1f} to {:.1f} degC: it has to enclose 25 degC, where r0 "
        "is given",
        v.resistance_temp.front() - kZero, v.resistance_temp.back() - kZero));
  coldest_ = v.resistance_temp.front();
  hottest_ = v.resistance_temp.back();
  frost_ = std::max(1.0 / kZero - 1.0 / kReference, knot_.front());

  const auto entry = [&](const std::vector<double>& r, size_t temp, size_t soc) {
    return r[temp * m + soc];
  };
  // R at 25 °C, then slopes of ln R, of one direction.
  const auto resistance_columns = [&](const std::vector<double>& r) {
    std::vector<std::vector<double>> columns(n, std::vector<double>(m));
    for (size_t i = 0; i < m; ++i) {
      for (size_t k = 1; k < n; ++k)
        columns[k][i] = std::log(entry(r, k - 1, i) / entry(r, k, i)) / (knot_[k - 1] - knot_[k]);
      const auto home = static_cast<size_t>(home_);
      columns[0][i] = entry(r, home, i);
      if (home > 0 && knot_[home] != 0.0)
        columns[0][i] *= std::exp(-columns[home][i] * knot_[home]);
    }
    return columns;
  };
  auto charge = resistance_columns(v.resistance_charge),
       discharge = resistance_columns(v.resistance_discharge);
  const auto at_half = [&](const std::vector<double>& y) {
    return curve(v.resistance_soc, y)(0.5);
  };
  resistance_ = 0.5 * (at_half(charge[0]) + at_half(discharge[0]));
  for (auto* list : {&charge[0], &discharge[0]})
    for (double& r : *list) r /= resistance_;
  cold_charge_ = n > 1 ? at_half(charge[1]) : e_a / kGas;
  cold_discharge_ = n > 1 ? at_half(discharge[1]) : e_a / kGas;

  const size_t last = v.ocv.size() - 1;
  std::vector<Curve> columns{
      curve(v.ocv_soc, v.ocv, (v.ocv[1] - v.ocv[0]) / (v.ocv_soc[1] - v.ocv_soc[0]),
            (v.ocv[last] - v.ocv[last - 1]) / (v.ocv_soc[last] - v.ocv_soc[last - 1])),
      curve(v.hysteresis_soc, v.hysteresis), curve(v.entropy_soc, v.entropy)};
  for (const auto* side : {&charge, &discharge})
    for (const auto& y : *side) columns.push_back(curve(v.resistance_soc, y));
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
  double half[kResistance];
  voltages(0.5, half);
  nominal_ = half[kOcv];
}

double CellTable::slope(double soc) const {
  core::Dual s(soc), out[kResistance];
  s.d[0] = 1.0;
  voltages(s, out);
  return out[kOcv].d[0];
}

double CellTable::soc_of(double voltage) const {
  double lo = -0.5, hi = 1.5, u[kResistance];
  while (hi - lo > 1e-10) {
    const double mid = 0.5 * (lo + hi);
    voltages(mid, u);
    (u[kOcv] < voltage ? lo : hi) = mid;
  }
  return 0.5 * (lo + hi);
}

std::shared_ptr<const CellTable> cell_table(const CellCurves& curves, double e_a) {
  struct Known {
    CellCurves curves;
    double e_a;
    std::weak_ptr<const CellTable> table;
  };
  static std::mutex mutex;
  static std::vector<Known> known;
  const std::lock_guard lock(mutex);
  std::erase_if(known, [](const Known& k) { return k.table.expired(); });
  for (const Known& k : known)
    if (k.e_a == e_a && k.curves == curves)
      if (auto table = k.table.lock()) return table;
  auto table = std::make_shared<const CellTable>(curves, e_a);
  known.push_back({curves, e_a, table});
  return table;
}

void prepare_cell(CellParams& p) {
  p.table = cell_table(p, p.e_a);
  const double tabled = p.table->resistance();
  const CellCurves& shipped = shipped_curves();
  const auto same = [](const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](double x, double y) { return std::fabs(x - y) <= 1e-9 * std::fabs(y); });
  };
  const bool own = !same(p.resistance_charge, shipped.resistance_charge) ||
                   !same(p.resistance_discharge, shipped.resistance_discharge);
  if (p.r0 == 0.0) {
    p.r0 = tabled;
  } else if (own && std::fabs(tabled / p.r0 - 1.0) > 0.05) {
    throw UserError(
        SourceLoc{},
        fmt::format(
            "r0 is {:.4g} mohm, but the tables of resistance say {:.4g} mohm at 25 degC and "
            "half charge",
            1e3 * p.r0, 1e3 * tabled),
        "r0: 0 takes what the tables say");
  }
  if (p.soc_min >= p.soc_max)
    throw UserError(fmt::format("soc_min {:.0f} % is not below soc_max {:.0f} %", 100.0 * p.soc_min,
                                100.0 * p.soc_max));
}

namespace {
const CellTable& shipped() {
  static const CellTable table(shipped_curves(), 0.0);
  return table;
}
}  // namespace

const Curve& charge_derating() { return shipped().charge_derating(); }
const Curve& discharge_derating() { return shipped().discharge_derating(); }

}  // namespace steppe::models
