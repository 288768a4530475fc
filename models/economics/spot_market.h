#pragma once
#include "models/economics/spot.h"

namespace steppe::models {

/// The price of the spot market as a signal: for a meter and for whoever looks on.
///
/// Output `price` [CNY/J] in force, adder included. KPIs: spot_price_mean, spot_price_min,
/// spot_price_max [CNY/J], spot_negative [s].
/// Source: engineering. Checked by: tests/unit/economics/spot_test.cpp
class SpotMarket final : public core::Process {
 public:
  struct Params {
    std::string spot_file, spot_column, spot_unit;
    double spot_scale = 1, spot_adder = 0;
  };
  SpotMarket(const Params& p, const core::ProcessSetup& setup);
  static const core::ParamTable<Params>& params();

  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  std::vector<core::ProcessKpi> kpis() const override;

 private:
  double adder_;
  core::Nanoseconds start_, next_ = 0;
  SpotPrices prices_;
  double sum_ = 0, count_ = 0, low_ = 1e30, high_ = -1e30, negative_ = 0;
};

core::ProcessType spot_market_process();

}  // namespace steppe::models
