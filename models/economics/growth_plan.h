#pragma once
#include "models/economics/tariff.h"
#include "sim/core/process.h"

namespace steppe::models {

/// What a site outgrows, and when: its own highest quarter of an hour against what transformer,
/// feeder, cooling and backup carry, in a load that grows by `rate` a year.
///
/// KPIs, for each limit that is given: growth_NAME_used, the peak of the run over the limit, and
/// growth_NAME_runs_out, the time until it is 1: years_until (finance.h), 0 when it is there,
/// absent where the load does not grow. The limit of the battery is backup / autonomy. All power
/// that comes in is taken as heat that cooling must reject, unless `heat` is connected. Assumes
/// that the shape of the load stays. The same sum without a run: `steppe eval growth`. Checked by:
/// tests/unit/economics/growth_plan_test.cpp
class GrowthPlan final : public core::Process {
 public:
  struct Params {
    double rate = 0, transformer = 0, feeder = 0, cooling = 0, backup = 0, autonomy = 0,
           power_factor = 1, period = 0;
  };
  enum Input : int { kSitePower, kHeat };

  GrowthPlan(const Params& p, const core::ProcessSetup& setup)
      : p_(p), start_(core::from_seconds(setup.start_epoch)) {}
  static const core::ParamTable<Params>& params();

  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  std::vector<core::ProcessKpi> kpis() const override;

 private:
  Params p_;
  core::Nanoseconds start_, next_ = 0, last_ = -1, covered_ = 0;
  double power_ = 0, heat_ = 0;            ///< held since `last_`
  double power_sum_ = 0, heat_sum_ = 0;    ///< J in the quarter in progress
  double power_peak_ = 0, heat_peak_ = 0;  ///< W, highest whole quarter
};

core::ProcessType growth_plan_process();

}  // namespace steppe::models
