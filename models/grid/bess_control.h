#pragma once
#include "sim/core/process.h"

namespace steppe::models {

/// Site battery controller: ramp smoothing, peak shaving and state-of-charge management on one
/// battery.
///
/// Every period, from the metered site power g and the battery's power p (so that the load is
/// g + p):
///   1. state of charge:  bias = soc_gain · rating · (soc_target − soc), fading out near the target
///   2. ramp:             the grid reference follows load + bias by at most ± ramp_limit · period
///   3. peak:             it is capped at peak_limit, and never below −export_limit
///   4. power:            p_set = load − reference, limited to ± rating; discharge fades out
///                        towards the reserve, charge towards soc_max
/// Priority: the reserve for backup outranks the peak limit, the peak limit outranks the ramp
/// limit, the ramp limit outranks the state-of-charge target. When 4. cannot deliver, the reference
/// is set to what the grid really gets, so that the ramp is counted from there.
///
/// Services switch off by their defaults (limits of 1e12 W). Assumes one period of measuring delay.
/// Left out: forecasts, arbitrage, frequency response. Source: engineering.
/// Checked by: tests/unit/grid/bess_control_test.cpp
class BessControl final : public core::Process {
 public:
  struct Params {
    double period, rating, peak_limit, export_limit, ramp_limit, soc_target, soc_reserve, soc_max,
        soc_gain;
  };
  enum Input : int { kSitePower, kBatteryPower, kSoc, kPeakLimit };
  enum Output : int { kPSet, kReference };

  explicit BessControl(const Params& p) : p_(p) {}
  static const core::ParamTable<Params>& params();

  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override {
    w.put(next_);
    w.put(reference_);
    w.put(uint8_t{started_});
  }
  void load(core::StateReader& r) override {
    r.get(next_);
    r.get(reference_);
    uint8_t s = 0;
    r.get(s);
    started_ = s != 0;
  }

 private:
  Params p_;
  core::Nanoseconds next_ = 0;
  double reference_ = 0.0;  ///< W that the grid shall deliver
  bool started_ = false;
};

core::ProcessType bess_control_process();

}  // namespace steppe::models
