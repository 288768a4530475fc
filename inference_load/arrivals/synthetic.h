#pragma once
// Synthetic requests: a renewal process in operational time over a daily and weekly rate, with
// optional bursts, and independent prompt and answer lengths.
#include <string_view>
#include <vector>

#include "inference_load/arrivals/arrivals.h"
#include "sim/base/rng.h"

namespace steppe::load {

/// Lengths of one kind: a table of equally likely quantiles, so that a draw costs one random
/// number.
class LengthTable {
 public:
  /// Log-normal with this mean and coefficient of variation, cut at [1, max] and scaled back to the
  /// mean. cv = 0: constant. Tokens.
  static LengthTable log_normal(double mean, double cv, double max);
  double mean() const { return mean_; }
  uint32_t draw(Rng& rng) const;

 private:
  std::vector<double> quantile_;
  double mean_ = 0.0;
};

/// Gamma variate of this shape and unit scale [Marsaglia 2000].
double gamma_variate(Rng& rng, double shape);

struct RateShape {
  double mean = 1.0;         ///< requests/s over a week of working days
  double daily = 0.45;       ///< amplitude of the daily wave, over the mean
  double half_daily = 0.10;  ///< amplitude of the half-daily wave
  double peak_hour = 15.0;   ///< local hour at which both peak
  double weekend = 1.0;      ///< factor on Saturday and Sunday
  double epoch = 0.0;        ///< local time at t = 0, s since 1970-01-01
  // Markov-modulated bursts: for `burst_length` s on average the rate is `burst_factor` times,
  // `burst_share` of the time.
  double burst_factor = 1.0, burst_share = 0.05, burst_length = 120.0;
  /// λ(t) without bursts, 1/s.
  double at(double t) const;
};

/// What the times between arrivals follow. Both are exponential at a coefficient of variation of 1.
enum class GapLaw { gamma, weibull };

/// Unit mean.
double weibull_variate(Rng& rng, double shape);
/// The shape with which a Weibull distribution has this coefficient of variation (0.05 … 20).
double weibull_shape(double cv);

struct SyntheticConfig {
  RateShape rate;
  double burst_cv = 1.0;  ///< coefficient of variation of inter-arrival times; 1: Poisson
  GapLaw burst_law = GapLaw::gamma;
  double hit_rate = 0.0;  ///< share of the prompt found in a prefix cache
  LengthTable input, output;
};

/// Renewal process (gamma or Weibull) with unit mean in operational time ∫λdt. λ is held constant
/// over grid steps of 30 s.
class SyntheticArrivals : public ArrivalSource {
 public:
  SyntheticArrivals(const SyntheticConfig& config, uint64_t seed, std::string_view stream);
  bool next(double until, Arrival& a) override;
  /// A thinned stream keeps its dispersion: CV² → 1 + keep·(CV² − 1).
  void thin(double keep) override;
  double rate(double t) const override { return config_.rate.at(t); }
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;

 private:
  double gap();
  void enter_segment(double t);

  SyntheticConfig config_;
  Rng times_, lengths_, bursts_;
  double keep_ = 1.0, shape_ = 1.0;
  double now_ = 0.0, segment_end_ = 0.0, rate_now_ = 0.0;
  double left_ = -1.0;  ///< operational time to the next arrival; < 0: not drawn
  double burst_until_ = 0.0;
  bool bursting_ = false;
};

}  // namespace steppe::load
