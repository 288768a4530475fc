#pragma once
#include "sim/core/process.h"

namespace steppe::models {

/// Splits the order for a hybrid of battery and supercapacitors by frequency.
///
///   slow += (1 − e^{−Δt/τ})·(order − slow),   cap = order − slow − b,   battery = slow + b
///   b = gain·rating·(soc_target − soc_cap), at most ± rating/2: the battery brings the capacitors
///   back to their middle
///
/// Both are limited to their ratings; what the capacitors cannot take goes to the battery. A slow
/// wave of frequency f passes to the battery with 1/√(1 + (2πfτ)²).
/// Source: engineering. Checked by: tests/unit/battery/hybrid_test.cpp
class HybridSplit final : public core::Process {
 public:
  struct Params {
    double period, time_constant, rating, battery_rating, soc_target, gain;
  };
  enum Input : int { kOrder, kSoc };
  enum Output : int { kBattery, kCapacitor };

  explicit HybridSplit(const Params& p) : p_(p) {}
  static const core::ParamTable<Params>& params();
  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override {
    w.put(next_);
    w.put(slow_);
    w.put(uint8_t{started_});
  }
  void load(core::StateReader& r) override {
    r.get(next_);
    r.get(slow_);
    uint8_t s = 0;
    r.get(s);
    started_ = s != 0;
  }

 private:
  Params p_;
  core::Nanoseconds next_ = 0;
  double slow_ = 0.0;
  bool started_ = false;
};

core::ProcessType hybrid_split_process();

}  // namespace steppe::models
