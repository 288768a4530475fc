#pragma once
#include "models/battery/soc_filter.h"
#include "sim/base/rng.h"
#include "sim/core/process.h"

namespace steppe::models {

/// Battery management system: what it measures, what it believes, what it allows. Every period,
/// from cell voltage, current and temperature (with the noise of its sensors):
///   estimate   state of charge and capacity by `SocFilter`; resistance from steps of the current
///   allow      charge: table of temperature, then constant voltage v_charge: I ≤ I_now + (v_charge
///   −
///              V)/R, full below C/20 until 3 % are used; discharge alike above v_low. Both fade
///              out towards the limits of the estimated state of charge
///   warm       charge waits until the cells have `charge_temp`; the heater gets its set-point
///   before protect    voltage, current, temperature, rise of temperature, spread, gas: opens the
///   contactors
///              (`enable` = 0). Electrical trips return after `reset_delay`, the third within an
///              hour stays; heat and gas stay until the command `reset`
/// Limits are the smaller of this and nothing else: connect them to the converter in place of the
/// battery's own. KPIs: bms_soc_error_rms, bms_soc_error_max where the true state of charge is
/// connected, bms_trips.
/// Source: engineering; thresholds of stationary LFP systems. Left out: balancing, cell spread.
/// Checked by: tests/unit/battery/bms_test.cpp
class Bms final : public core::Process {
 public:
  enum class Preheat { on_demand, always, off };
  struct Params : CellParams {
    Preheat preheat;
    int series, parallel;
    double period, soc_initial, soc_sd, capacity_sd, voltage_noise, current_noise, current_offset,
        v_charge, v_low, charge_temp, warm_temp, idle_temp, v_trip_low, v_trip_high, current_trip,
        temp_warn, temp_trip, rise_trip, spread_trip, trip_delay, reset_delay;
  };
  enum Input : int { kRate, kVoltage, kTemp, kHottest, kGas, kOrder, kTrueSoc };
  enum Output : int {
    kDischargeMax,
    kChargeMax,
    kEnable,
    kSoc,
    kSocSd,
    kCapacity,
    kCapacitySd,
    kResistance,
    kHeatSetpoint,
    kState
  };
  enum class State : int64_t { ready, warming, constant_voltage, full, tripped, locked };

  Bms(const Params& p, const core::ProcessSetup& setup);
  static const core::ParamTable<Params>& params();

  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  bool command(const std::string& name, double value, core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  std::vector<core::ProcessKpi> kpis() const override;

 private:
  /// One sample of the sensors, per cell.
  struct Sample {
    double current, voltage, temp, hottest;
  };
  /// What survives a checkpoint besides filter and random stream.
  struct Memory {
    core::Nanoseconds last = 0, tripped_at = 0, over_since = core::kNever;
    double current = 0.0, voltage = 0.0, hottest = 0.0, resistance = 1.0, error_sum = 0.0,
           error_max = 0.0, error_time = 0.0;
    int64_t state = 0, trips = 0, recent = 0, started = 0, full = 0, warned = 0, warming = 0;
  };
  Sample measure(core::ProcessContext& c);
  void estimate(const Sample& s, double dt);
  void protect(const Sample& s, double dt, core::ProcessContext& c);
  void allow(const Sample& s, double dt, core::ProcessContext& c);
  void go(State to, const std::string& why, core::ProcessContext& c);
  State state() const { return static_cast<State>(m_.state); }

  Params p_;
  Rng noise_;
  SocFilter filter_;
  Memory m_;
  core::Nanoseconds next_ = 0;
};

core::ProcessType bms_process();

}  // namespace steppe::models
