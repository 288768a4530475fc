#pragma once
// A typical year made from monthly normals: reproducible for a seed, with the spread of real hours
// around the normals.
#include <array>
#include <cstdint>

#include "models/environment/weather_series.h"

namespace steppe::models {

/// Defaults describe Ulanqab. Temperatures in K here; the process `weather` takes °C.
struct SyntheticYear {
  uint64_t seed = 1;
  double latitude = 41.0, longitude = 113.1, time_zone = 8.0;  ///< degrees, degrees, h
  double altitude = 1412.0;                                    ///< m
  /// Monthly means of dry bulb: Ulanqab (Jining), climate normals as commonly quoted.
  std::array<double, 12> temp{260.55, 264.65, 271.95, 280.35, 286.75, 291.35,
                              293.45, 291.35, 285.85, 278.25, 269.05, 262.35};
  /// Monthly means of the dew (frost) point before it is limited by dry bulb: rounded means over
  /// the three stations of [CSWD 2005] around Ulanqab (Huade, Zhangbei, Bailingmiao).
  std::array<double, 12> dew_point{254.15, 255.15, 258.15, 262.65, 271.65, 278.65,
                                   285.15, 283.15, 275.65, 267.35, 259.35, 256.05};
  double diurnal = 6.0;          ///< K: half range of the daily cosine, warmest at 15:00
  double noise = 4.0;            ///< K: standard deviation of the hourly AR(1) process
  double noise_memory = 0.97;    ///< its correlation from hour to hour
  double dew_noise = 4.5;        ///< K
  double dew_correlation = 0.5;  ///< of the dew-point noise with the temperature noise
  bool exact_means =
      true;  ///< take the noise's own monthly means out, so that every month meets its normal
  double clearness = 0.80;  ///< mean of the daily factor on clear-sky radiation
  double clearness_spread = 0.20;
  double wind_mean = 3.5;     ///< m/s at 10 m [CSWD 2005]
  double wind_shape = 2.0;    ///< Weibull k
  double wind_memory = 0.95;  ///< correlation from hour to hour
};

/// 365 days of hourly weather that joins at the new year: all random parts are periodic AR(1)
/// processes.
///
///   T(h)  = N(h) + diurnal · cos(2π (hour − 15)/24) + AR(1)     N: periodic line through mid-month
///   knots, means preserved Td(h) = min(D(h) + AR(1), T − 0.1 K)                        noise
///   correlated with that of T GHI   = f_day · 1098 cos z · exp(−0.057/cos z) [Haurwitz 1945];
///   f_day: daily factor, AR(1) with 0.4 DHI   = GHI · fraction(clearness index) [Erbs 1982];  DNI
///   = (GHI − DHI)/cos z v     = Weibull quantile of a normal AR(1);                 pressure:
///   standard at the altitude, constant
///
/// Left out: weather fronts in pressure, the seasons of wind and cloud, rain and snow. Means of
/// temperature hold to 1e-9 K a month with exact_means; a single month of the noise alone would
/// wander by about 1.2 K.
WeatherSeries make_synthetic_year(const SyntheticYear& p);

/// Mid-month knots of a periodic piecewise-linear curve whose mean over each month's hours equals
/// `monthly` exactly.
std::array<double, 12> mean_preserving_knots(const std::array<double, 12>& monthly);
/// That curve at an hour 0…8760 of the year.
double at_hour(const std::array<double, 12>& knots, double hour);

/// Position of the sun for hour `hour` (local standard time) of the year: cosine of the zenith
/// angle, within 0.01. Declination and equation of time by [Spencer 1971].
double cos_zenith(double hour, double latitude, double longitude, double time_zone);

}  // namespace steppe::models
