#include "inference_load/training/job.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace steppe::load {

double interruption_time(const JobConfig& c) {
  return c.mtbf > 0 ? c.mtbf / c.accelerators : core::kInf;
}

double checkpoint_interval(const JobConfig& c) {
  return c.checkpoint_interval > 0 ? c.checkpoint_interval
                                   : std::sqrt(2.0 * c.checkpoint_time * interruption_time(c));
}

double square_harmonic(int n, double duty) {
  const double a = n * std::numbers::pi;
  return 2.0 / a * std::abs(std::sin(a * duty));
}

double flattening_energy(double swing, double duty, double period) {
  return swing * duty * (1.0 - duty) * period;
}

double floor_overhead(double floor, double duty, double low) {
  return (1.0 - duty) * (floor - low) / (duty + (1.0 - duty) * low);
}

double ramp_loss(double swing, double above_idle, double rate, double exponent) {
  const double k = exponent / (exponent + 1.0);
  return (swing - k * above_idle * (1.0 - std::pow(1.0 - swing / above_idle, 1.0 / k))) / rate;
}

TrainingJob::TrainingJob(const JobConfig& config, const Accelerator& accelerator, uint64_t seed,
                         std::string_view stream)
    : config_(config),
      accelerator_(accelerator),
      power_(accelerator),
      rng_(seed, std::string(stream) + "/job") {
  interval_ = checkpoint_interval(config);
  next_fault_ = interruption_time(config) * rng_.exponential();
  wait_ = config.first_start;
  draw_iteration();
}

void TrainingJob::draw_iteration() {
  length_ = std::max(0.2, 1.0 + config_.jitter * rng_.normal()) * config_.iteration;
  phase_ = 0.0;
}

void TrainingJob::enter(Mode m) {
  mode_ = m;
  mode_time_ = 0.0;
}

double TrainingJob::running_power(double dt, const Limits& limits, double most) {
  const double full = config_.high * accelerator_.tdp, low = config_.low * accelerator_.tdp;
  const double f = power_.frequency(full, limits);
  const double high = f < 1.0 ? power_.at_frequency(full, f) : full;
  const double compute = config_.compute_fraction * length_ / f;
  const double whole = compute + (1.0 - config_.compute_fraction) * length_;
  // Trapezoid: rises during `edge` at the start of the computation, falls during `edge` at the
  // start of communication.
  auto energy = [&](double t) {  // ∫ (P − low)/(high − low) from 0 to t within one iteration
    const double e = std::min({config_.edge, compute, whole - compute});
    auto ramp = [&](double x) {
      return e <= 0 ? std::max(0.0, x) : x <= 0 ? 0.0 : x < e ? 0.5 * x * x / e : x - 0.5 * e;
    };
    return ramp(t) - ramp(t - compute);
  };
  // Mean power of the next `time` of the iteration (the next iteration begins as this one).
  auto mean = [&](double time) {
    const double end = phase_ + time, over = end - whole;
    const double done =
        over < 0 ? energy(end) - energy(phase_) : energy(whole) - energy(phase_) + energy(over);
    return low + (high - low) * done / time;
  };
  double watts = mean(dt), time = dt;
  if (watts > most) {
    time = dt * power_.pace(watts, most);
    watts = time > 0 ? std::min(most, mean(time)) : most;
  }
  running_ += dt;
  lost_ += dt - time;
  phase_ += time;
  if (phase_ >= whole) {
    const double left = phase_ - whole;
    iterations_ += 1.0;
    iterating_ = running_ - left;
    draw_iteration();
    phase_ = left;
  }
  return watts;
}

double TrainingJob::sample(double dt, const Limits& limits, double most) {
  double watts = accelerator_.power_idle;
  switch (mode_) {
    case Mode::waiting:
      if (mode_time_ >= wait_) enter(Mode::starting);
      break;
    case Mode::starting: {
      const double share =
          config_.start_ramp > 0 ? std::min(1.0, mode_time_ / config_.start_ramp) : 1.0;
      watts += share * (config_.low * accelerator_.tdp - watts);
      if (share >= 1.0) enter(Mode::running);
      break;
    }
    case Mode::running:
      watts = running_power(dt, limits, most);
      since_checkpoint_ += dt;
      if (since_checkpoint_ >= interval_) enter(Mode::checkpoint);
      break;
    case Mode::checkpoint:
      watts = config_.checkpoint_power * accelerator_.tdp;
      if (mode_time_ >= config_.checkpoint_time) {
        kept_ += since_checkpoint_;
        since_checkpoint_ = 0.0;
        enter(Mode::running);
      }
      break;
  }
  time_ += dt;
  mode_time_ += dt;
  if (time_ >= next_fault_) {
    next_fault_ = time_ + config_.restart_time + interruption_time(config_) * rng_.exponential();
    faults_ += 1.0;
    since_checkpoint_ = 0.0;  // lost
    wait_ = config_.restart_time;
    enter(Mode::waiting);
  }
  return std::min(watts, most);
}

void TrainingJob::save(core::StateWriter& w) const {
  w.put(rng_.counter());
  w.put(mode_);
  for (double v : {time_, mode_time_, phase_, length_, next_fault_, since_checkpoint_, kept_,
                   faults_, iterations_, wait_, running_, iterating_, lost_})
    w.put(v);
}

void TrainingJob::load(core::StateReader& r) {
  uint64_t c = 0;
  r.get(c);
  rng_.set_counter(c);
  r.get(mode_);
  for (double* v : {&time_, &mode_time_, &phase_, &length_, &next_fault_, &since_checkpoint_,
                    &kept_, &faults_, &iterations_, &wait_, &running_, &iterating_, &lost_})
    r.get(*v);
}

double Smoothing::apply(double watts, double dt) {
  const double idle = accelerator_.power_idle;
  idle_time_ = watts > idle * 1.001 ? 0.0 : idle_time_ + dt;
  double p = watts;
  if (idle_time_ <= config_.stop_delay) p = std::max(p, config_.floor * accelerator_.tdp);
  if (ramped_ < 0) ramped_ = p;
  ramped_ = std::clamp(p, ramped_ - config_.ramp_down * dt, ramped_ + config_.ramp_up * dt);
  if (config_.storage <= 0) return ramped_;
  // The supply gives the slow part; the store the rest, as far as it holds.
  if (filtered_ < 0) filtered_ = ramped_;
  filtered_ += (ramped_ - filtered_) * -std::expm1(-dt / config_.storage_time);
  // A slow term brings the store back to half, where it can take and give.
  double supply = filtered_ + (0.5 * config_.storage - level_) / config_.storage_time;
  const double level = std::clamp(level_ + (supply - ramped_) * dt, 0.0, config_.storage);
  supply = ramped_ + (level - level_) / dt;
  level_ = level;
  return supply;
}

void Smoothing::save(core::StateWriter& w) const {
  for (double v : {level_, ramped_, filtered_, idle_time_}) w.put(v);
}

void Smoothing::load(core::StateReader& r) {
  for (double* v : {&level_, &ramped_, &filtered_, &idle_time_}) r.get(*v);
}

}  // namespace steppe::load
