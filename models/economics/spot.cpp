#include "models/economics/spot.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include "models/economics/tariff.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"

namespace steppe::models {
namespace {

constexpr double kKwh = 3.6e6;
constexpr int kQuartersPerYear = 366 * kQuartersPerDay;

int year_of(int64_t epoch_second) {
  const int m = month_of(epoch_second);
  return 1970 + (m >= 0 ? m / 12 : (m - 11) / 12);
}
int64_t year_begin(int year) { return month_begin(12 * (year - 1970)); }

}  // namespace

SpotPrices::SpotPrices(uint64_t seed) : price_(kQuartersPerYear) {
  Rng wind(seed, "spot wind"), sun(seed, "spot sun");
  double w = wind.normal(), clear = 1.0;
  const double keep = std::exp(-0.25 / 18.0);  // fronts pass in 18 h
  for (size_t i = 0; i < price_.size(); ++i) {
    const double h = static_cast<double>(i % kQuartersPerDay) / 4.0;
    if (i % kQuartersPerDay == 0) clear = std::clamp(0.75 + 0.25 * sun.normal(), 0.1, 1.0);
    w = keep * w + std::sqrt(1.0 - keep * keep) * wind.normal();
    const double pi = std::numbers::pi;
    const double shape = 1.0 + 0.35 * std::cos(2.0 * pi * (h - 19.0) / 24.0) +
                         0.25 * std::cos(4.0 * pi * (h - 19.5) / 24.0);
    const double noon = std::max(0.0, std::sin(pi * (h - 6.0) / 12.0));
    price_[i] = std::clamp(0.36 * shape - 0.28 * noon * clear - 0.10 * w, -0.05, 1.5) / kKwh;
  }
}

SpotPrices::SpotPrices(const std::string& file, const std::string& name, const std::string& unit,
                       double scale, size_t longest_gap)
    : file_(file) {
  const TimeSeries s = read_series(file);
  SeriesColumn c = s.column(name);
  if (!s.dated) throw UserError(s.where(0), "prices need dates, not seconds");
  const auto price = *parse_unit("CNY/kWh");
  if (c.unit.empty()) {
    const auto u = parse_unit(unit);
    if (unit.empty())
      throw UserError({s.source, 1, 1, 1},
                      fmt::format("'{}' has no unit: write \"{} [CNY/MWh]\" or give spot_unit",
                                  c.name, c.name));
    if (!u || !(u->dimension == price.dimension))
      throw UserError(fmt::format("spot_unit: '{}' is no price of energy, such as CNY/MWh", unit));
    for (double& v : c.value) v *= u->scale;
  } else if (const auto u = parse_unit(c.unit); !u) {
    const auto per = c.unit.find('/');
    const auto local = per == std::string::npos ? u : parse_unit("CNY" + c.unit.substr(per));
    if (!local || !(local->dimension == price.dimension))
      throw UserError({s.source, 1, 1, 1},
                      fmt::format("'{}' is not a unit that steppe knows", c.unit),
                      "prices are in CNY/kWh or CNY/MWh");
    const std::string money = c.unit.substr(0, per);
    if (scale == 1.0)
      throw UserError({s.source, 1, 1, 1},
                      fmt::format("'{} [{}]' is no price in CNY", c.name, c.unit),
                      fmt::format("spot_scale says how many CNY one {} is", money));
    for (double& v : c.value) v *= local->scale;
  } else if (!(u->dimension == price.dimension)) {
    throw UserError({s.source, 1, 1, 1},
                    fmt::format("'{} [{}]' is no price of energy", c.name, c.unit),
                    "prices are in CNY/kWh or CNY/MWh");
  }
  double highest = 0.0;
  for (size_t i = 0; i < s.size(); ++i) {
    c.value[i] *= scale;
    if (!std::isnan(c.value[i])) highest = std::max(highest, std::abs(c.value[i]) * kKwh);
    if (std::abs(c.value[i]) * kKwh > 20.0)
      throw UserError(s.where(i),
                      fmt::format("a price of {:.4g} CNY/kWh: the unit is wrong, most likely",
                                  c.value[i] * kKwh),
                      "CNY/MWh and CNY/kWh differ by a thousand");
  }
  if (highest > 0.0 && highest < 0.005)
    throw UserError(s.where(0),
                    fmt::format("no price of '{}' is above {:.2g} CNY/kWh: the unit is wrong, most "
                                "likely",
                                c.name, highest),
                    "CNY/MWh and CNY/kWh differ by a thousand");
  for (const auto& g : gaps(s, c))
    if (g.last - g.first + 1 > longest_gap)
      throw UserError(s.where(g.first),
                      fmt::format("no prices from {} to {}", date_time(s.time(g.first)),
                                  date_time(s.time(g.last) + s.step)));
  filled_ = fill_gaps(c);
  const Quarters q = quarters(s, c);
  price_ = q.value;
  start_ = q.start;
  year_ = year_of(q.start);
}

double SpotPrices::price(int64_t epoch_second) const {
  const int year = year_of(epoch_second);
  const int64_t in_year = epoch_second - year_begin(year);
  if (year_ == 0) return price_[static_cast<size_t>(in_year / kQuarter)];
  // As dated when the file holds that date, else by the calendar.
  int64_t i = (epoch_second - start_) / kQuarter;
  const auto n = static_cast<int64_t>(price_.size());
  if (epoch_second < start_ || i >= n) i = (year_begin(year_) + in_year - start_) / kQuarter;
  // A plan looks a day ahead; the end of the file serves with the day before it.
  if (i >= n && i < n + kQuartersPerDay) i -= kQuartersPerDay;
  // The first quarter of files whose stamps are ends.
  if (i == -1) i = 0;
  if (i < 0 || i >= n)
    throw UserError(fmt::format("{}: has no price for {} (it holds {} to {})", file_,
                                date_time(epoch_second), date_time(start_),
                                date_time(start_ + kQuarter * n)));
  return price_[static_cast<size_t>(i)];
}

}  // namespace steppe::models
