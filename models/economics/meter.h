#pragma once
#include "models/economics/bill.h"

namespace steppe::models {

/// The revenue meter at the site's connection, with the tariff behind it.
///
/// Samples the power at every exchange of the profile and takes it as a straight line between the
/// samples (`QuarterMeter` says how far off that is); the last stretch until the end of the run
/// holds the last sample. Quarters follow the clock, so that a run that begins inside one does not
/// count it for demand.
///
/// A jump of the power between two samples is booked half a period too early or too late. What the
/// meter books over a run differs from the ledger's integral by that alone; see README.md for
/// figures.
///
/// Outputs: `price` in force [CNY/J], `cost_rate` of the present import [CNY/s, without demand
/// charge], `demand` [W, highest 15-min mean of the month so far], `energy` taken so far [J],
/// `cost` so far [CNY, energy and demand].
/// KPIs: cost_energy, cost_demand, cost_total, carbon, cost_per_million_output_tokens.
/// Left out: reactive energy, taxes apart from the price, corrections of a month after its bill.
/// Checked by: tests/unit/economics/meter_test.cpp
class Meter final : public core::Process {
 public:
  struct Params {
    std::string tariff, tariff_file;
    DemandBasis basis = DemandBasis::measured;
    double contracted = 0, carbon_factor = 0, period = 0;
    bool prorate = true;
  };
  enum Input : int { kPower, kTokens, kSpotPrice };
  enum Output : int { kPrice, kCostRate, kDemand, kEnergy, kCost };

  Meter(const Params& p, const core::ProcessSetup& setup);
  static const core::ParamTable<Params>& params();

  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  std::vector<core::ProcessKpi> kpis() const override;

  /// The bill as it would be written now.
  Bill bill() const;

 private:
  /// Registers with the last stretch and the quarter in progress closed.
  QuarterMeter closed() const;

  std::string id_;
  BillTerms terms_;
  double period_;
  core::Nanoseconds start_;
  Tariff tariff_;
  QuarterMeter quarters_;
  core::Nanoseconds next_ = 0, last_ = 0, tail_ = 0;  ///< tail_: held until the end of the run
  double power_ = 0.0, tokens_per_s_ = 0.0, tokens_ = 0.0, spot_ = 0.0, cost_ = 0.0;
  bool started_ = false;
};

core::ProcessType meter_process();

}  // namespace steppe::models
