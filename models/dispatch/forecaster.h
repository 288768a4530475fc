#pragma once
// What comes next: forecasts of a series at equal steps from its own past, the calendar and, where
// there is any, the weather; and how good they are on data that they have not seen.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace steppe::models {

enum class ForecastKind { persistence, seasonal, regression, perfect };
inline constexpr int kForecastKinds = 4;
const char* forecast_name(ForecastKind k);

/// A series and what goes with it. `value` may be shorter than the rows of `with`: those are known
/// ahead (a weather forecast taken as exact).
struct ForecastData {
  int64_t start = 0;   ///< s of the epoch
  int64_t step = 900;  ///< s
  std::span<const double> value;
  std::vector<std::span<const double>> with;
};

/// persistence  the last value goes on
/// seasonal     the same time of the day before, or of the week before when there is one whose
/// level
///              fits the last day better
/// regression   least squares (ridge 1e-6) on: four harmonics of the day, two of them apart on
///              weekends, the value a day ago and a week ago, `with` and its squares; the last
///              error decays with its own correlation from step to step
/// perfect      the future itself: the bound of what a forecast can be worth
/// Without enough past (a day, for the regression eight days) the next simpler one answers.
/// Checked by: tests/unit/dispatch/forecaster_test.cpp
class Forecaster {
 public:
  Forecaster(ForecastKind kind, int64_t step) : kind_(kind), step_(step) {}
  /// Fits the regression to the first `end` values.
  void train(const ForecastData& d, size_t end);
  /// The `n` values from entry `at` on; only entries before `at` are read but by `perfect`.
  std::vector<double> forecast(const ForecastData& d, size_t at, size_t n) const;
  bool trained() const { return !weights_.empty(); }
  /// For checkpoints.
  std::vector<double>& weights() { return weights_; }
  const std::vector<double>& weights() const { return weights_; }

 private:
  size_t day() const { return static_cast<size_t>(86400 / step_); }
  void features(const ForecastData& d, size_t i, double day_ago, double week_ago,
                std::vector<double>& out) const;
  ForecastKind kind_;
  int64_t step_;
  std::vector<double> weights_;  ///< of the features; then the correlation of errors
};

/// Errors on a stretch that was not trained on.
struct ForecastScore {
  ForecastKind kind = ForecastKind::persistence;
  double mean_absolute = 0;  ///< in the unit of the series
  double root_mean_square = 0;
  double mape = 0;        ///< mean |error| / |value| over the values that are not near zero
  double mape_share = 0;  ///< share of the values that this is taken over
  double pinball = 0;     ///< mean over the quantiles 10, 50 and 90 %
  double inside = 0;  ///< share of the values between the forecasts of 10 and 90 %: 0.8 is honest
  double skill = 0;   ///< 1 − mean absolute error / that of persistence
  std::vector<double> by_lead;  ///< mean absolute error by hour ahead
};
/// A forecast of `horizon` steps at each `every`-th of the last `held` values, by a forecaster that
/// was trained on what lies before them. The quantiles are those of its errors by hours ahead, of
/// the last four weeks: before the held stretch of forecasters that had not seen what they forecast
/// (fitted anew every week), inside it of the forecasts whose hour has come (split conformal
/// prediction on a sliding window [Vovk 2005]). Values smaller than a twentieth of the mean size
/// are left out of the MAPE. Throws UserError when the series is too short.
std::vector<ForecastScore> score_forecasts(const ForecastData& d, size_t held, size_t horizon,
                                           size_t every);

}  // namespace steppe::models
