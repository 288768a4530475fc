#include "models/battery/ageing_account.h"

#include <algorithm>
#include <cmath>

namespace steppe::models {
namespace {
constexpr double kBand = 1e-3;  ///< turns of the state of charge smaller than this are noise
}

AgeingAccount::AgeingAccount(AgeingModel acting, double factor, bool all,
                             std::shared_ptr<const AgeingLaw> law)
    : acting_(acting), factor_(factor), all_(all), law_(std::move(law)), flow_(kBand) {
  if (acting == AgeingModel::own && !law_) throw InternalError("ageing model 'own' without a law");
}

void AgeingAccount::sample(double dt, double soc, double temp, double c_rate) {
  const auto found = [this](const Rainflow::Cycle& c) { close(c); };
  if (!started_) {
    started_ = true;
    soc_ = soc;
    temp_ = temp;
    flow_.push(soc, found);
  }
  const double seconds = factor_ * dt, mean_soc = 0.5 * (soc_ + soc),
               mean_temp = 0.5 * (temp_ + temp);
  const double rate = std::fabs(c_rate), moved = 0.5 * rate * dt / 3600.0;
  for (int k = 0; k < kAgeingModels; ++k) {
    if (!wanted(k)) continue;
    const auto m = static_cast<AgeingModel>(k);
    auto& s = states_[static_cast<size_t>(k)];
    age_calendar(m, s, seconds, mean_temp, mean_soc, law_.get());
    if (!in_range(m, mean_temp, rate, law_.get())) outside_[static_cast<size_t>(k)] += seconds;
  }
  seconds_ += seconds;
  throughput_ += factor_ * moved;
  sum_ += moved;
  sum_rate_ += moved * rate;
  sum_temp_ += moved * mean_temp;
  if (c_rate < 0.0) {
    charge_ += moved;
    charge_rate_ += moved * rate;
  }
  soc_ = soc;
  temp_ = temp;
  c_rate_ = rate;
  flow_.push(soc, found);
}

AgeingAccount::Stress AgeingAccount::stress(const Rainflow::Cycle& c) const {
  const bool fresh = sum_ > 0.0;
  return {std::min(c.range, 1.0), c.weight * factor_, fresh ? sum_rate_ / sum_ : mean_rate_,
          charge_ > 0.0 ? charge_rate_ / charge_ : mean_charge_,
          fresh ? sum_temp_ / sum_ : mean_temp_};
}

void AgeingAccount::close(const Rainflow::Cycle& c) {
  const Stress s = stress(c);
  mean_rate_ = s.c_rate;
  mean_charge_ = s.charge_rate;
  mean_temp_ = s.temp;
  sum_ = sum_rate_ = sum_temp_ = charge_ = charge_rate_ = 0.0;
  for (int k = 0; k < kAgeingModels; ++k)
    if (wanted(k))
      age_cycle(static_cast<AgeingModel>(k), states_[static_cast<size_t>(k)],
                {s.weight * s.depth, s.depth, s.c_rate, s.charge_rate, s.temp}, law_.get());
}

AgeingAccount::Result AgeingAccount::result(AgeingModel m) const {
  AgeingState s = states_[static_cast<size_t>(m)];
  flow_.rest([&](const Rainflow::Cycle& c) {
    const Stress x = stress(c);
    // What is open happened once, whatever a second stands for.
    age_cycle(m, s, {c.weight * x.depth, x.depth, x.c_rate, x.charge_rate, x.temp}, law_.get());
  });
  return {capacity_loss(m, s, law_.get()), resistance_rise(m, s)};
}

double AgeingAccount::outside(AgeingModel m) const {
  return seconds_ > 0.0 ? outside_[static_cast<size_t>(m)] / seconds_ : 0.0;
}

void AgeingAccount::save(core::StateWriter& w) const {
  w.put(states_);
  w.put(outside_);
  flow_.save(w);
  for (double v : {seconds_, throughput_, soc_, temp_, c_rate_, sum_, sum_rate_, sum_temp_, charge_,
                   charge_rate_, mean_rate_, mean_charge_, mean_temp_})
    w.put(v);
  w.put(static_cast<uint8_t>(started_));
}

void AgeingAccount::load(core::StateReader& r) {
  r.get(states_);
  r.get(outside_);
  flow_.load(r);
  for (double* v : {&seconds_, &throughput_, &soc_, &temp_, &c_rate_, &sum_, &sum_rate_, &sum_temp_,
                    &charge_, &charge_rate_, &mean_rate_, &mean_charge_, &mean_temp_})
    r.get(*v);
  uint8_t s = 0;
  r.get(s);
  started_ = s != 0;
}

}  // namespace steppe::models
