#pragma once
#include "sim/base/rng.h"
#include "sim/core/process.h"

namespace steppe::models {

/// Shares an order among batteries in proportion to what each can do now, at most its limit: where
/// some are at their limit, the others take the rest.
///
/// Discharge counts p_discharge_max · (soc − soc_min), charge p_charge_max · (soc_max − soc), so
/// that states of charge draw together. `share` and the limits have one entry per unit, W.
std::vector<double> fleet_shares(double order, const std::vector<double>& weight,
                                 const std::vector<double>& limit);

/// Distributed batteries under one order: the physical half of a virtual power plant. Every period
/// the order is shared (`fleet_shares`) among the units that can be reached; a unit gets its part
/// after its own delay (drawn once, even between delay_min and delay_max, in steps of
/// `resolution`). A unit drops out of reach at random (exponential, `dropout_rate` per unit) for a
/// random time (exponential, mean `dropout_time`); it keeps its last order for `hold` and rests
/// from then on.
///
/// Connect the outputs to the converters of a template or component with `count: N, lump: false`.
/// KPIs: fleet_error_rms (what all do less the order, over the largest order; needs `power`),
/// fleet_availability (share of units times time in reach).
/// Source: engineering. Left out: bids, baselines, settlement: the commercial half.
/// Checked by: tests/unit/battery/fleet_test.cpp
class FleetDispatch final : public core::Process {
 public:
  struct Params {
    double period, delay_min, delay_max, resolution, dropout_rate, dropout_time, hold, soc_min,
        soc_max;
  };
  enum Input : int { kOrder, kDischargeMax, kChargeMax, kSoc, kPower };
  enum Output : int { kPSet, kReachable, kAvailable };

  FleetDispatch(const Params& p, const core::ProcessSetup& setup);
  static const core::ParamTable<Params>& params();
  core::Nanoseconds next_time() const override;
  void update(core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  std::vector<core::ProcessKpi> kpis() const override;

 private:
  struct Unit {
    double delay = 0.0;  ///< s
    double p_set = 0.0;
    core::Nanoseconds heard = 0, change = core::kNever;  ///< last order; next change of reach
    int64_t away = 0;
  };
  /// An order on its way.
  struct Message {
    core::Nanoseconds at;
    int64_t unit;
    double p_set;
    bool operator<(const Message& o) const {
      return at != o.at ? at > o.at : unit > o.unit;  // the earliest on top of the heap
    }
  };
  void share(core::ProcessContext& c);
  double read(core::ProcessContext& c, int input, size_t unit) const;

  Params p_;
  std::vector<Unit> units_;
  std::vector<Message> messages_;  ///< heap
  std::vector<int> width_;         ///< of each input
  Rng rng_;
  core::Nanoseconds next_ = 0, last_ = 0;
  double error_ = 0.0, time_ = 0.0, reach_ = 0.0, largest_ = 0.0, ordered_ = 0.0;
};

core::ProcessType fleet_dispatch_process();

}  // namespace steppe::models
