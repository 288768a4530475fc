#pragma once
// Money over years: annuities, levelised cost, ownership, growth. Pure functions, SI and CNY unless
// a name says otherwise.
#include <cmath>
#include <limits>
#include <span>

#include "sim/base/error.h"

namespace steppe::models {

/// Capital recovery factor [1/year]: i(1+i)ⁿ/((1+i)ⁿ−1), and 1/n without interest.
inline double capital_recovery(double interest, double years) {
  STEPPE_CHECK(years > 0.0);
  // expm1 keeps the limit of small interest exact.
  if (interest == 0.0) return 1.0 / years;
  return interest / -std::expm1(-years * std::log1p(interest));
}

/// Levelised cost of storage [CNY/J]: (capex·CRF + O&M + bought energy) / sold energy, per year.
inline double levelised_cost_of_storage(double capex, double crf, double operation, double charged,
                                        double charge_price, double discharged) {
  STEPPE_CHECK(discharged > 0.0);
  return (capex * crf + operation + charged * charge_price) / discharged;
}

/// One part of a total cost of ownership.
struct OwnedItem {
  double capex = 0.0;   ///< CNY, at each purchase
  double life = 1.0;    ///< years; a battery brings its simulated one
  double annual = 0.0;  ///< CNY/year: energy, staff, water, service
};

/// CNY a year, purchases spread as an annuity over each life.
inline double annual_cost(std::span<const OwnedItem> items, double interest) {
  double sum = 0.0;
  for (const OwnedItem& i : items) sum += i.capex * capital_recovery(interest, i.life) + i.annual;
  return sum;
}

/// Present value [CNY] of owning everything for `years`: purchases at 0, life, 2·life …, running
/// cost at the end of each year, straight-line residual value of the last purchase at the end.
inline double present_cost(std::span<const OwnedItem> items, double interest, int years) {
  double sum = 0.0;
  const double horizon = years;
  for (const OwnedItem& i : items) {
    STEPPE_CHECK(i.life > 0.0);
    double bought = 0.0;
    for (double t = 0.0; t < horizon; t += i.life) {
      sum += i.capex * std::pow(1.0 + interest, -t);
      bought = t;
    }
    const double left = 1.0 - (horizon - bought) / i.life;
    sum -= i.capex * left * std::pow(1.0 + interest, -horizon);
    for (int y = 1; y <= years; ++y) sum += i.annual * std::pow(1.0 + interest, -y);
  }
  return sum;
}

/// Money per million tokens.
inline double per_million(double cost, double tokens) { return cost / tokens * 1e6; }

/// After `years` of growth by `rate` a year.
inline double grown(double value, double rate, double years) {
  return value * std::pow(1.0 + rate, years);
}

/// Years until a growing quantity reaches `limit`; 0 when it is there, infinity when it never will.
inline double years_until(double value, double limit, double rate) {
  if (value >= limit) return 0.0;
  if (rate <= 0.0 || value <= 0.0) return std::numeric_limits<double>::infinity();
  return std::log(limit / value) / std::log1p(rate);
}

}  // namespace steppe::models
