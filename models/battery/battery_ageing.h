#pragma once
#include <optional>

#include "models/battery/ageing_account.h"
#include "sim/core/process.h"

namespace steppe::models {

/// Ageing of a battery of the site: follows its state of charge, temperature and current, and hands
/// capacity and resistance back to it. `model` acts; the others are computed beside it, and
/// their spread is part of the result.
///
/// KPIs: battery_capacity_fade and battery_resistance_rise of the acting model at the end,
/// battery_capacity_fade_min and …_max over all models, battery_ageing_outside_range: share of the
/// time outside the range of the acting model's experiments (also an event when it is first left).
/// Range, sources: ageing.h. Left out: spread between cells, the sudden fall after the knee.
/// Checked by: tests/unit/battery/ageing_account_test.cpp
class BatteryAgeing final : public core::Process {
 public:
  struct Params : AgeingCoefficients {
    AgeingModel model;
    double period, time_factor;
  };
  enum Input : int { kSoc, kTemp, kRate };
  enum Output : int { kCapacity, kResistance, kFade, kFadeMin, kFadeMax, kCycles, kInRange };

  BatteryAgeing(const Params& p, const core::ProcessSetup& setup)
      : p_(p), id_(setup.id), account_(p.model, p.time_factor, true, ageing_law(p, p.model)) {}
  static const core::ParamTable<Params>& params();

  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  std::vector<core::ProcessKpi> kpis() const override;

 private:
  Params p_;
  std::string id_;
  AgeingAccount account_;
  core::Nanoseconds next_ = 0, last_ = 0;
  double rate_ = 0.0;
  bool told_ = false, started_ = false;
};

/// Least and most loss of the models that the account computes.
std::pair<double, double> ageing_spread(const AgeingAccount& account);
/// "-12.0 degC, 0.45 C; naumann was measured at …": remark of the event.
std::string out_of_range_text(const AgeingAccount& account, double temp);
/// KPIs of an account, as `battery_ageing` and `battery_life` report them.
std::vector<core::ProcessKpi> ageing_kpis(const AgeingAccount& account);

core::ProcessType battery_ageing_process();

}  // namespace steppe::models
