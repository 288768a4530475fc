#pragma once
#include <optional>

#include "models/dispatch/battery_guard.h"
#include "models/dispatch/forecaster.h"
#include "models/dispatch/plan.h"
#include "models/dispatch/services.h"
#include "models/dispatch/tou_dispatch.h"
#include "models/economics/spot.h"

namespace steppe::models {

/// Site battery by rolling optimisation, in place of `tou_dispatch` or `bess_control`, with the
/// same inputs and outputs.
///
/// At every quarter of the clock: the load of the last quarters and the calendar give a forecast of
/// the load, the tariff or the spot market the prices of the next `horizon`, and a linear program
/// (`Planner`) the cheapest plan; its first step is the order. Between two plans, every period:
///   1. plan:     battery power of this quarter, and the band that was sold times the deviation of
///                the frequency over full_activation
///   2. peak:     the mean of the quarter stays 0.2 % below the plan's peak, no sample exceeds
///                peak_limit: what the forecast did not see comes from the battery
///   3. export:   discharge leaves at least −export_limit at the meter
///   4. link:     the order reaches the battery `latency` later (less than half an exchange is at
///                once); a lost link holds the last order for link_timeout, then the battery rests
///   5. battery:  ± rating, soc_max, and the reserve: `BatteryGuard`, which knows no latency
/// Genset and cooling storage keep what the plan of the quarter orders of them: start and power for
/// the set beside the grid; for the storage the share of cold_power at which it is charged
/// (negative: discharged), for what moves its flow. Work that can wait follows `work_scale`. All
/// are measured, so the load that is forecast is that of the site without them. A set that is not
/// available is not planned with; when the link is lost for longer than link_timeout, it stops and
/// the storage rests.
///
/// Energy left at the end of the horizon is worth what the cheapest four hours of it would charge
/// for.
///
/// Not dearer than the rule for want of a forecast. A demand charge makes one quarter pay for a
/// month, and a plan on its first day, or after a jump of the load, does not see that quarter come.
/// So `tou_dispatch` runs along on paper (RuleBeside). Its peak of the month, less what plans have
/// cost more than the rule in energy and wear over the demand price, is the import at which this
/// dispatch and the rule are even: no quarter is planned above it, until a plan sees the end of the
/// month and counts its peak in full. What can still be lost is what a
/// try to save demand costs before the load defeats it: 0.13 % of half a month's bill at most in
/// the cases of the test, all with jumps that no calendar has. No such line with perfect foresight,
/// which knows more than the rule, nor on the spot market, whose prices the rule does not follow.
///
/// Events: `limit` when another constraint than before costs most, `relaxed` when one had to give
/// way. KPIs: service_… (see ServiceLedger), peak_limit_exceeded, plans, plans_with_choices,
/// plan_iterations, forecast_mape (an hour ahead, of quarters that the forecast had not seen). Left
/// out: uncertainty of the forecast beyond rule 2; latency of genset and storage, which have a
/// quarter. Source: [Forrest 2005] for the solver. Checked by:
/// tests/unit/dispatch/optimal_dispatch_test.cpp
class OptimalDispatch final : public core::Process {
 public:
  enum class Prices { tariff, spot };
  enum class Known { persistence, seasonal, regression, perfect };
  struct Params : BatteryCosts {
    std::string tariff, tariff_file, spot_file, spot_column, spot_unit, foresight_file,
        foresight_column, history_file, history_column;
    Prices prices = Prices::tariff;
    Known forecast = Known::regression;
    double spot_scale = 1, spot_adder = 0, period = 0, horizon = 0, rating = 0, energy = 0,
           peak_limit = 0, peak_expected = 0, export_limit = 0, soc_reserve = 0, soc_max = 0,
           efficiency_in = 0, efficiency_out = 0, efficiency_fall = 0, wear = 0, rest = 0,
           reserve_rating = 0, reserve_price = 0, reserve_duration = 0, full_activation = 0,
           work_power = 0, work_energy = 0, genset_power = 0, genset_min = 0, fuel_price = 0,
           fuel_full = 0, fuel_idle = 0, genset_start = 0, cold_power = 0, cold_energy = 0,
           cold_cop = 0, cold_cop_fall = 0, cold_spread = 0, cold_loss = 0, latency = 0,
           link_timeout = 0, link_failures = 0, link_repair = 0;
    bool demand = true, prorate = true;
  };
  enum Input : int {
    kSitePower,
    kBatteryPower,
    kSoc,
    kPeakLimit,
    kCellTemp,
    kFrequency,
    kAmbient,
    kGensetPower,
    kGensetAvailable,
    kColdStored,
    kColdRate,
    kChillers,
    kWorkNow
  };
  enum Output : int {
    kPSet,
    kReference,
    kPrice,
    kLoad,
    kForecast,
    kPeak,
    kBand,
    kWork,
    kGensetStart,
    kGensetSet,
    kColdShare
  };

  OptimalDispatch(const Params& p, const core::ProcessSetup& setup);
  static const core::ParamTable<Params>& params();

  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  bool command(const std::string& name, double value, core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  std::vector<core::ProcessKpi> kpis() const override;

 private:
  void account(core::ProcessContext& c, int64_t now);
  void learn(int64_t quarter);
  void remember(const Quarters& past);
  void make_plan(core::ProcessContext& c, int64_t quarter, double load, double cap);
  void tell(core::ProcessContext& c, const Plan& plan);
  DispatchPlant plant(double cap) const;
  /// Share of the demand price of a month that a bill of this run counts.
  double month_share(const core::ProcessContext& c, int64_t now) const;
  void follow_link(core::ProcessContext& c);
  /// All units together.
  double sum(const core::ProcessContext& c, int input) const;
  /// Power of the work that can wait when nobody shifts it [W].
  double spread_work() const { return p_.work_energy / 86400.0; }
  /// Cold per electricity of the next W at an outdoor temperature [K].
  double cop(double ambient) const;
  /// Electricity that the chillers take for the storage now, negative: that it saves [W].
  double chilling(const core::ProcessContext& c) const;
  /// Outdoor temperature expected in the quarter `ahead` of this one [K].
  double ambient(const core::ProcessContext& c, size_t ahead) const;
  /// Of running gensets [CNY/s].
  double fuel(double power) const;
  /// Import until the quarter's end that keeps its mean at the plan's peak [W].
  double held(int64_t now) const;
  std::vector<double> forecast(int64_t quarter, double load) const;
  double price_at(int64_t epoch_second) const;
  double feed_in_at(int64_t epoch_second) const;

  struct Order {
    core::Nanoseconds at;
    double power;
  };

  Params p_;
  std::string id_;
  uint64_t seed_;
  std::vector<std::vector<int>> units_;  ///< behind each input
  int sets_;                             ///< gensets that are ordered one by one
  core::Nanoseconds start_;
  Tariff tariff_;
  std::optional<SpotPrices> spot_;
  std::optional<Quarters> foresight_;
  Planner planner_;
  Forecaster forecaster_;
  BatteryGuard guard_;
  ServiceLedger ledger_;
  RuleBeside rule_;

  core::Nanoseconds next_ = 0, last_ = -1, link_until_ = 0, lost_since_ = -1, next_loss_ = 0;
  int64_t planned_ = -1;
  double planned_battery_ = 0, planned_peak_ = 0, planned_band_ = 0, planned_work_ = 0,
         planned_genset_ = 0, planned_cold_ = 0;
  double order_ = 0, applied_ = 0, answer_ = 0, load_ = 0;
  std::vector<Order> pending_;
  std::vector<double> history_, ambient_;  ///< means of quarters
  double sum_ = 0, ambient_sum_ = 0, grid_sum_ = 0, covered_ = 0, work_done_ = 0;
  int64_t work_day_ = -1;
  std::vector<double> ahead_;  ///< forecasts of the next four quarters, each an hour old
  double error_sum_ = 0, error_count_ = 0, plans_ = 0, choices_ = 0, iterations_ = 0, relaxed_ = 0;
  double cap_ = 1e30, over_energy_ = 0, over_time_ = 0;
  uint64_t limit_ = 0, relaxed_name_ = 0;
  uint64_t losses_ = 0;
  bool weather_ = false;  ///< the regression knows the weather
};

core::ProcessType optimal_dispatch_process();

}  // namespace steppe::models
