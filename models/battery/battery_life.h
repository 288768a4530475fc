#pragma once
#include <vector>

#include "models/battery/battery_ageing.h"
#include "models/battery/cell_step.h"
#include "models/battery/soc_record.h"

namespace steppe::models {

/// Decades of a battery in seconds: one cell that steps on its own (`cell_step.h`) through a daily
/// duty, ages by `model` and hands capacity and resistance back to itself. Outside of the network:
/// what it gives is not part of the site's energy.
///
///   duty     power of the whole battery at times of the cycle `repeat` (positive = discharge),
///   held
///            between them, for the first `days_a_week` days of each week; limits of the cell hold,
///            what it cannot give or take is counted
///   record   in place of the duty, repeated without end: a CSV file with time and either the state
///            of charge (and temperature), which the cell follows, or the power at the ac side
/// Temperature: the coolant (input), constant or from a weather. Losses of the converter: p0 + k·p²
/// of its rating on either side, as in `pcs`.
///
/// KPIs: those of `battery_ageing`; battery_throughput, battery_equivalent_full_cycles,
/// battery_min_soc, battery_round_trip (AC energy out over in), battery_duty_missed (share of the
/// ordered energy), battery_end_of_life (when the capacity first fell to end_of_life).
/// battery_record_beyond_limits: share of the time in which a recorded state of charge moves faster
/// than the cell allows at its temperature (an event, too).
/// Range: that of the ageing model, flagged. Checked by: tests/unit/battery/life_test.cpp
class BatteryLife final : public core::Process {
 public:
  struct Params : CellParams, AgeingCoefficients {
    AgeingModel model;
    int series, parallel, days_a_week;
    std::vector<double> times, power;
    std::string record;
    double repeat, step, period, rating, p0_charge, k_charge, p0_discharge, k_discharge,
        end_of_life, soc_initial;
  };
  enum Input : int { kCoolant };
  enum Output : int {
    kCapacity,
    kResistance,
    kFade,
    kFadeMin,
    kFadeMax,
    kCycles,
    kTemp,
    kSocLow,
    kSocHigh,
    kInRange,
    kVoltage
  };

  BatteryLife(const Params& p, const core::ProcessSetup& setup);
  static const core::ParamTable<Params>& params();
  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  std::vector<core::ProcessKpi> kpis() const override;

 private:
  struct Memory {
    CellState cell;
    CellAge age;
    double time = 0.0;                         ///< s that the cell has lived
    double in = 0.0, out = 0.0;                ///< J at the ac side
    double ordered = 0.0, missed = 0.0;        ///< J
    double through = 0.0;                      ///< J at the cells, both ways
    double min_soc = 1.0, end_of_life = -1.0;  ///< s; −1: not reached
    double low = 1.0, high = 0.0;              ///< state of charge since the last update
    double beyond = 0.0;                       ///< s that the record asks more than the cell allows
    double voltage = 0.0, beyond_rate = 0.0;   ///< V of the last step; 1/h of that sample
    int64_t told = 0, at = 0;                  ///< at: last sample of the record
  };
  /// From the cell's own time to `until` [s].
  void follow_duty(double until, double coolant);
  void follow_record(double until, double coolant);
  void check_record(double dt, double rate);
  bool follows_soc() const { return !record_.soc.empty(); }

  Params p_;
  std::string id_;
  double cells_ = 1.0;
  CellStepper stepper_;
  std::vector<double> cycle_;  ///< W in each step of the duty
  BatteryRecord record_;
  AgeingAccount account_;
  Memory m_;
  core::Nanoseconds next_ = 0;
};

core::ProcessType battery_life_process();

}  // namespace steppe::models
