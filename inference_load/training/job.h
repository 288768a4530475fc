#pragma once
// Power of a synchronous training job: the waveform of its iterations, checkpoints, faults and
// restarts, and what smoothing makes of it. Sampled at a fixed small step; all accelerators of a
// job move together.
#include <string_view>

#include "inference_load/power/accelerator_power.h"
#include "sim/base/rng.h"

namespace steppe::load {

struct JobConfig {
  double accelerators = 8;
  double iteration = 2.0;          ///< s at full frequency
  double compute_fraction = 0.7;   ///< share of it that computes
  double high = 1.0, low = 0.4;    ///< power over TDP while computing and communicating
  double edge = 0.02;              ///< s of a power edge between the two
  double jitter = 0.01;            ///< standard deviation of the iteration time over its mean
  double start_ramp = 5.0;         ///< s from idle to the first iteration
  double checkpoint_interval = 0;  ///< s; 0: Young and Daly's √(2 δ M)
  double checkpoint_time = 60.0;   ///< s, δ
  double checkpoint_power = 0.4;   ///< over TDP
  double mtbf = 50677.0 * 3600;    ///< s per accelerator; 0: no faults
  double restart_time = 600.0;     ///< s
  double first_start = 0.0;        ///< s
};

/// Mean time to interruption of a job [s].
double interruption_time(const JobConfig& c);
/// Interval between checkpoints that loses least: √(2 δ M) [Young 1974; Daly 2006].
double checkpoint_interval(const JobConfig& c);
/// Amplitude of harmonic n of a square wave of duty D over its swing: (2/nπ)|sin nπD|.
double square_harmonic(int n, double duty);
/// Energy that flattens a square wave: ΔP·D(1 − D)·T.
double flattening_energy(double swing, double duty, double period);
/// Energy overhead of a floor m over TDP for duty D and low power ℓ: (1 − D)(m − ℓ)/(D + (1 − D)ℓ).
double floor_overhead(double floor, double duty, double low);

class TrainingJob {
 public:
  TrainingJob(const JobConfig& config, const Accelerator& accelerator, uint64_t seed,
              std::string_view stream);
  /// Power [W per accelerator] of the step [t, t + dt) that begins now; dt well below the
  /// iteration. `most` [W]: what a ramp limit lets through; iterations take longer where it is less
  /// than they want (starts and checkpoints do not: others than the accelerators pace them).
  double sample(double dt, const Limits& limits, double most = core::kInf);
  double time() const { return time_; }
  /// Share of the time whose work was kept: running and followed by a checkpoint (or the present).
  double effective() const { return time_ > 0 ? (kept_ + since_checkpoint_) / time_ : 0.0; }
  double faults() const { return faults_; }
  double iterations() const { return iterations_; }
  double iterating() const { return iterating_; }  ///< s in these
  double running() const { return running_; }      ///< s in iterations, with the present one
  double lost() const { return lost_; }            ///< s of these that the ramp limit cost
  void save(core::StateWriter& w) const;
  void load(core::StateReader& r);

 private:
  enum class Mode : int { waiting, starting, running, checkpoint };
  double running_power(double dt, const Limits& limits, double most);
  void draw_iteration();
  void enter(Mode m);
  JobConfig config_;
  Accelerator accelerator_;
  AcceleratorPower power_;
  Rng rng_;
  double interval_ = 0.0;
  Mode mode_ = Mode::waiting;
  double time_ = 0.0, mode_time_ = 0.0, phase_ = 0.0, length_ = 1.0;
  double next_fault_ = 0.0, since_checkpoint_ = 0.0, kept_ = 0.0, faults_ = 0.0, iterations_ = 0.0;
  double wait_ = 0.0;
  double running_ = 0.0, iterating_ = 0.0, lost_ = 0.0;  ///< s
};

/// Work that one rise by `swing` W to `above_idle` W over idle loses when power may rise by `rate`
/// W/s, in s at full pace: (ΔP − e/(e + 1)·H·(1 − (1 − ΔP/H)^(1 + 1/e)))/R, from pace =
/// (P/H)^(1/e).
double ramp_loss(double swing, double above_idle, double rate, double exponent);

/// What stands between the accelerators and the supply. Order: floor, ramp limit, storage. The
/// ramp limit holds the accelerators back; the others only add or shift power.
struct SmoothingConfig {
  double floor = 0.0;       ///< minimum power over TDP while a job runs (ballast or firmware)
  double stop_delay = 0.0;  ///< s that the floor outlasts the load
  double ramp_up = 1e30, ramp_down = 1e30;  ///< W/s per accelerator
  double storage = 0.0;                     ///< J per accelerator
  double storage_time = 1.0;  ///< s, time constant of what the storage leaves to the supply
};

/// Per accelerator, sample by sample.
class Smoothing {
 public:
  Smoothing(const SmoothingConfig& config, const Accelerator& accelerator)
      : config_(config), accelerator_(accelerator), level_(0.5 * config.storage) {}
  /// Power taken from the supply while the accelerator wants `watts` for dt.
  double apply(double watts, double dt);
  /// W that the ramp limit lets the accelerators draw in the next dt.
  double most(double dt) const { return ramped_ < 0 ? core::kInf : ramped_ + config_.ramp_up * dt; }
  double stored() const { return level_; }  ///< J
  void save(core::StateWriter& w) const;
  void load(core::StateReader& r);

 private:
  SmoothingConfig config_;
  Accelerator accelerator_;
  double level_;
  double ramped_ = -1.0, filtered_ = -1.0, idle_time_ = 1e30;
};

}  // namespace steppe::load
