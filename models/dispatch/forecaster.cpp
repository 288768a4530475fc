#include "models/dispatch/forecaster.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numbers>

#include "models/economics/tariff.h"
#include "sim/base/error.h"

namespace steppe::models {
const char* forecast_name(ForecastKind k) {
  constexpr const char* kNames[] = {"persistence", "seasonal", "regression", "perfect"};
  return kNames[static_cast<size_t>(k)];
}

void Forecaster::features(const ForecastData& d, size_t i, double day_ago, double week_ago,
                          std::vector<double>& out) const {
  out.clear();
  const int64_t t = d.start + step_ * static_cast<int64_t>(i);
  const double phase =
      2.0 * std::numbers::pi * static_cast<double>(((t % 86400) + 86400) % 86400) / 86400.0;
  const double w = weekend(t) ? 1.0 : 0.0;
  out.push_back(1.0);
  out.push_back(w);
  for (int k = 1; k <= 4; ++k) {
    out.push_back(std::cos(k * phase));
    out.push_back(std::sin(k * phase));
    if (k > 2) continue;
    out.push_back(w * std::cos(k * phase));
    out.push_back(w * std::sin(k * phase));
  }
  out.push_back(day_ago);
  out.push_back(week_ago);
  for (const auto& x : d.with) {
    const double v = x[std::min(i, x.size() - 1)];
    out.push_back(v);
    out.push_back(v * v);
  }
}

void Forecaster::train(const ForecastData& d, size_t end) {
  weights_.clear();
  if (kind_ != ForecastKind::regression || end < 8 * day()) return;
  std::vector<double> x;
  const size_t first = 7 * day();
  features(d, first, 0.0, 0.0, x);
  const auto n = static_cast<Eigen::Index>(x.size());
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(n, n);
  Eigen::VectorXd b = Eigen::VectorXd::Zero(n);
  for (size_t i = first; i < end; ++i) {
    features(d, i, d.value[i - day()], d.value[i - 7 * day()], x);
    const Eigen::Map<const Eigen::VectorXd> row(x.data(), n);
    a.selfadjointView<Eigen::Lower>().rankUpdate(row);
    b += d.value[i] * row;
  }
  // Ridge relative to each feature's own size: units must not matter.
  for (Eigen::Index k = 0; k < n; ++k) a(k, k) += 1e-6 * (a(k, k) + 1e-12);
  const Eigen::VectorXd w = a.selfadjointView<Eigen::Lower>().ldlt().solve(b);
  weights_.assign(w.data(), w.data() + n);
  // Correlation of the error from step to step.
  double last = 0.0, product = 0.0, square = 1e-300;
  for (size_t i = first; i < end; ++i) {
    features(d, i, d.value[i - day()], d.value[i - 7 * day()], x);
    double e = d.value[i];
    for (size_t k = 0; k < x.size(); ++k) e -= weights_[k] * x[k];
    product += e * last;
    square += e * e;
    last = e;
  }
  weights_.push_back(std::clamp(product / square, 0.0, 0.9999));
}

std::vector<double> Forecaster::forecast(const ForecastData& d, size_t at, size_t n) const {
  std::vector<double> out(n, 0.0);
  if (kind_ == ForecastKind::perfect) {
    for (size_t k = 0; k < n; ++k) out[k] = d.value[std::min(at + k, d.value.size() - 1)];
    return out;
  }
  if (at == 0) return out;
  const size_t per_day = day();
  if (kind_ == ForecastKind::persistence || at < per_day) {
    std::fill(out.begin(), out.end(), d.value[at - 1]);
    return out;
  }
  // Values of the past, or of this forecast.
  const auto value = [&](size_t i) { return i < at ? d.value[i] : out[i - at]; };
  if (kind_ == ForecastKind::regression && !weights_.empty() && at >= 7 * per_day) {
    std::vector<double> x;
    const auto predict = [&](size_t i) {
      features(d, i, value(i - per_day), value(i - 7 * per_day), x);
      double y = 0.0;
      for (size_t k = 0; k < x.size(); ++k) y += weights_[k] * x[k];
      return y;
    };
    double error = at > 7 * per_day ? d.value[at - 1] - predict(at - 1) : 0.0;
    for (size_t k = 0; k < n; ++k) {
      error *= weights_.back();
      out[k] = predict(at + k) + error;
    }
    return out;
  }
  // The week before, when its last day fits this last day better than the day before does.
  size_t period = per_day;
  if (at >= 8 * per_day) {
    double daily = 0.0, weekly = 0.0;
    for (size_t i = at - per_day; i < at; ++i) {
      daily += std::abs(d.value[i] - d.value[i - per_day]);
      weekly += std::abs(d.value[i] - d.value[i - 7 * per_day]);
    }
    if (weekly < daily) period = 7 * per_day;
  }
  for (size_t k = 0; k < n; ++k) out[k] = value(at + k - period);
  return out;
}

namespace {

constexpr std::array<double, 3> kQuantile{0.1, 0.5, 0.9};

/// Errors of forecasts whose hour has come, by hours ahead, of the last four weeks: what an
/// operator knows of a forecaster when the next forecast is made.
class Errors {
 public:
  Errors(size_t hours, size_t memory) : pool_(hours), memory_(memory) {}
  void add(size_t hour, size_t target, double error) { waiting_.push_back({target, hour, error}); }
  /// Takes what has been observed before entry `at`, and forgets what is too old.
  void observe(size_t at) {
    std::erase_if(waiting_, [&](const Item& i) {
      if (i.target >= at) return false;
      pool_[i.hour].push_back(i);
      return true;
    });
    for (auto& p : pool_) std::erase_if(p, [&](const Item& i) { return i.target + memory_ < at; });
  }
  /// Quantiles of the errors so many hours ahead; with the (n + 1) of split conformal prediction
  /// the outer two cover at least what they say for exchangeable errors [Vovk 2005].
  std::array<double, 3> quantiles(size_t hour) const {
    std::vector<double> e;
    for (const Item& i : pool_[hour]) e.push_back(i.error);
    if (e.empty()) return {0.0, 0.0, 0.0};
    std::sort(e.begin(), e.end());
    const auto n = static_cast<double>(e.size());
    const auto rank = [&](double r) { return e[static_cast<size_t>(std::clamp(r, 1.0, n)) - 1]; };
    return {rank(std::floor(kQuantile[0] * (n + 1.0))), rank(std::round(0.5 * (n + 1.0))),
            rank(std::ceil(kQuantile[2] * (n + 1.0)))};
  }

 private:
  struct Item {
    size_t target, hour;
    double error;
  };
  std::vector<std::vector<Item>> pool_;
  std::vector<Item> waiting_;
  size_t memory_;
};

}  // namespace

std::vector<ForecastScore> score_forecasts(const ForecastData& d, size_t held, size_t horizon,
                                           size_t every) {
  const auto per_day = static_cast<size_t>(86400 / d.step);
  const size_t size = d.value.size();
  const size_t calibration = std::max(horizon, std::min(7 * per_day, held));
  if (size < held + calibration + per_day || held < horizon || horizon == 0 || every == 0)
    throw UserError(fmt::format(
        "{} values are too few: {} are held back, {} calibrate the quantiles, and a forecaster "
        "needs a day before them",
        size, held, calibration));
  const size_t begin = size - held;
  double mean = 0.0;
  for (size_t i = begin; i < size; ++i) mean += std::abs(d.value[i]);
  mean /= static_cast<double>(held);
  const size_t hour = std::max<size_t>(1, static_cast<size_t>(3600 / d.step));
  const size_t hours = (horizon + hour - 1) / hour;
  const size_t memory = 28 * per_day, week = 7 * per_day;
  // Forecasts before the held stretch: each by a forecaster that had not seen what it forecasts.
  const size_t earliest = begin > memory + horizon ? begin - memory - horizon : 0;

  std::vector<ForecastScore> out;
  for (int kind = 0; kind < kForecastKinds; ++kind) {
    ForecastScore s;
    s.kind = static_cast<ForecastKind>(kind);
    Errors errors(hours, memory);
    Forecaster early(s.kind, d.step);
    size_t fitted = 0;
    for (size_t at = std::max(per_day, earliest); at + horizon <= begin; at += every) {
      if (at / week * week > fitted) early.train(d, fitted = at / week * week);
      // The simpler forecaster that answers in its place would be judged for it.
      if (s.kind == ForecastKind::regression && !early.trained() && begin >= 3 * week) continue;
      const auto f = early.forecast(d, at, horizon);
      for (size_t k = 0; k < horizon; ++k) errors.add(k / hour, at + k, d.value[at + k] - f[k]);
    }
    Forecaster forecaster(s.kind, d.step);
    forecaster.train(d, begin);
    size_t count = 0, relative = 0, inside = 0;
    std::vector<size_t> lead_count(hours, 0);
    s.by_lead.assign(hours, 0.0);
    for (size_t at = begin; at + horizon <= size; at += every) {
      errors.observe(at);
      std::vector<std::array<double, 3>> shift(hours);
      for (size_t h = 0; h < hours; ++h) shift[h] = errors.quantiles(h);
      const auto f = forecaster.forecast(d, at, horizon);
      for (size_t k = 0; k < horizon; ++k) {
        const double v = d.value[at + k], e = v - f[k];
        errors.add(k / hour, at + k, e);
        s.mean_absolute += std::abs(e);
        s.root_mean_square += e * e;
        s.by_lead[k / hour] += std::abs(e);
        ++lead_count[k / hour];
        ++count;
        if (std::abs(v) > 0.05 * mean) {
          s.mape += std::abs(e / v);
          ++relative;
        }
        for (size_t q = 0; q < 3; ++q) {
          const double under = e - shift[k / hour][q];
          s.pinball += (under >= 0.0 ? kQuantile[q] : kQuantile[q] - 1.0) * under / 3.0;
        }
        if (e >= shift[k / hour][0] && e <= shift[k / hour][2]) ++inside;
      }
    }
    const auto n = static_cast<double>(count);
    s.mean_absolute /= n;
    s.root_mean_square = std::sqrt(s.root_mean_square / n);
    s.mape = relative ? s.mape / static_cast<double>(relative) : std::nan("");
    s.mape_share = static_cast<double>(relative) / n;
    s.pinball /= n;
    s.inside = static_cast<double>(inside) / n;
    for (size_t h = 0; h < hours; ++h)
      s.by_lead[h] /= static_cast<double>(std::max<size_t>(1, lead_count[h]));
    s.skill = out.empty() || out[0].mean_absolute == 0.0
                  ? 0.0
                  : 1.0 - s.mean_absolute / out[0].mean_absolute;
    out.push_back(s);
  }
  return out;
}

}  // namespace steppe::models
