#include "inference_load/arrivals/synthetic.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace steppe::load {
namespace {

constexpr size_t kQuantiles = 4096;
constexpr double kGrid = 30.0;  // s; the daily wave changes by less than 0.1 % within

/// Standard normal quantile [Acklam 2003], relative error 1.2e-9.
double normal_quantile(double p) {
  constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                          1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                          6.680131188771972e+01, -1.328068155288572e+01};
  constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                          -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                          3.754408661907416e+00};
  if (p > 0.5) return -normal_quantile(1.0 - p);
  if (p < 0.02425) {
    const double q = std::sqrt(-2.0 * std::log(p));
    return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
           ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1.0);
  }
  const double q = p - 0.5, r = q * q;
  return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
         (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1.0);
}

}  // namespace

LengthTable LengthTable::log_normal(double mean, double cv, double max) {
  LengthTable t;
  const double sigma = std::sqrt(std::log1p(cv * cv));
  // Cutting the tail lowers the mean: scale the median until the mean is right again.
  double median = mean * std::exp(-0.5 * sigma * sigma);
  t.quantile_.resize(kQuantiles);
  for (int pass = 0; pass < 40; ++pass) {
    t.mean_ = 0.0;
    for (size_t i = 0; i < kQuantiles; ++i) {
      const double p = (static_cast<double>(i) + 0.5) / kQuantiles;
      t.quantile_[i] = std::clamp(median * std::exp(sigma * normal_quantile(p)), 1.0, max);
      t.mean_ += t.quantile_[i] / kQuantiles;
    }
    const double ratio = mean / t.mean_;
    if (std::abs(ratio - 1.0) < 1e-9) break;
    median *= ratio;
  }
  return t;
}

uint32_t LengthTable::draw(Rng& rng) const {
  // The fraction left of the table index rounds the length up or down, so that the mean stays.
  const double u = rng.uniform() * static_cast<double>(quantile_.size());
  const auto i = static_cast<size_t>(u);
  return static_cast<uint32_t>(quantile_[i] + (u - static_cast<double>(i)));
}

double RateShape::at(double t) const {
  const double local = epoch + t, day = std::fmod(local, 86400.0) / 86400.0 - peak_hour / 24.0;
  const double turn = 2.0 * std::numbers::pi * day;
  const double shape = 1.0 + daily * std::cos(turn) + half_daily * std::cos(2.0 * turn);
  // 1970-01-01 was a Thursday.
  const double weekday = std::fmod(std::floor(local / 86400.0) + 3.0, 7.0);
  return mean * std::max(0.0, shape) * (weekday >= 5.0 ? weekend : 1.0);
}

SyntheticArrivals::SyntheticArrivals(const SyntheticConfig& config, uint64_t seed,
                                     std::string_view stream)
    : config_(config),
      times_(seed, std::string(stream) + "/arrivals"),
      lengths_(seed, std::string(stream) + "/lengths"),
      bursts_(seed, std::string(stream) + "/bursts") {
  thin(1.0);
}

void SyntheticArrivals::thin(double keep) {
  if (keep == keep_ && rate_now_ > 0) return;
  keep_ = keep;
  const double cv2 = 1.0 + keep * (config_.burst_cv * config_.burst_cv - 1.0);
  shape_ = config_.burst_law == GapLaw::gamma ? 1.0 / cv2 : weibull_shape(std::sqrt(cv2));
  segment_end_ = now_;  // enter the segment again with the new rate
}

double gamma_variate(Rng& rng, double shape) {
  if (shape < 1.0) return gamma_variate(rng, shape + 1.0) * std::pow(rng.uniform(), 1.0 / shape);
  const double d = shape - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = rng.normal(), v = std::pow(1.0 + c * x, 3);
    if (v > 0 && std::log(rng.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double weibull_variate(Rng& rng, double shape) {
  return std::pow(rng.exponential(), 1.0 / shape) / std::tgamma(1.0 + 1.0 / shape);
}

double weibull_shape(double cv) {
  // CV² + 1 = Γ(1 + 2/k)/Γ(1 + 1/k)² falls with k.
  double low = 0.1, high = 30.0;
  for (int pass = 0; pass < 60; ++pass) {
    const double k = std::sqrt(low * high);
    const double excess = std::lgamma(1.0 + 2.0 / k) - 2.0 * std::lgamma(1.0 + 1.0 / k);
    (excess > std::log1p(cv * cv) ? low : high) = k;
  }
  return high;
}

double SyntheticArrivals::gap() {
  if (shape_ == 1.0) return times_.exponential();
  return config_.burst_law == GapLaw::gamma ? gamma_variate(times_, shape_) / shape_
                                            : weibull_variate(times_, shape_);
}

void SyntheticArrivals::enter_segment(double t) {
  now_ = t;
  const double grid_end = (std::floor(t / kGrid + 1e-9) + 1.0) * kGrid;
  segment_end_ = grid_end;
  double rate = config_.rate.at(0.5 * (t + grid_end)) * keep_;
  const RateShape& shape = config_.rate;
  if (shape.burst_factor != 1.0 && shape.burst_share > 0.0) {
    while (burst_until_ <= t) {
      bursting_ = burst_until_ > 0.0 && !bursting_;
      const double mean = bursting_
                              ? shape.burst_length
                              : shape.burst_length * (1.0 - shape.burst_share) / shape.burst_share;
      burst_until_ = std::max(burst_until_, t) + mean * bursts_.exponential();
    }
    segment_end_ = std::min(segment_end_, burst_until_);
    const double normal =
        1.0 / (1.0 + shape.burst_share * (shape.burst_factor - 1.0));  // keeps the mean
    rate *= bursting_ ? normal * shape.burst_factor : normal;
  }
  rate_now_ = rate;
}

bool SyntheticArrivals::next(double until, Arrival& a) {
  if (left_ < 0) left_ = gap();
  for (;;) {
    if (now_ >= segment_end_) enter_segment(now_);
    const double end = std::min(segment_end_, until), span = rate_now_ * (end - now_);
    if (left_ < span) break;
    left_ -= std::max(0.0, span);
    now_ = std::max(now_, end);
    if (now_ >= until) return false;
  }
  now_ += left_ / rate_now_;
  left_ = gap();
  a.time = now_;
  a.input = config_.input.draw(lengths_);
  a.output = config_.output.draw(lengths_);
  a.cached = static_cast<uint32_t>(config_.hit_rate * a.input);
  return true;
}

void SyntheticArrivals::save(core::StateWriter& w) const {
  for (double v : {keep_, shape_, now_, segment_end_, rate_now_, left_, burst_until_}) w.put(v);
  w.put(bursting_);
  for (const Rng* r : {&times_, &lengths_, &bursts_}) w.put(r->counter());
}

void SyntheticArrivals::load(core::StateReader& r) {
  for (double* v : {&keep_, &shape_, &now_, &segment_end_, &rate_now_, &left_, &burst_until_})
    r.get(*v);
  r.get(bursting_);
  for (Rng* g : {&times_, &lengths_, &bursts_}) {
    uint64_t c = 0;
    r.get(c);
    g->set_counter(c);
  }
}

}  // namespace steppe::load
