#pragma once
#include "models/dispatch/services.h"

namespace steppe::models {

/// What the rule knows at an instant; powers in W, energy in J, prices in CNY/J.
struct DispatchPlant {
  double rating = 0, energy = 0;
  double efficiency_in = 1, efficiency_out = 1;  ///< at the meter to cells, cells to meter
  double soc_reserve = 0, soc_max = 1;
  double wear = 0;  ///< CNY per J given back: cycles that earn less are not made
  double peak_limit = 0, export_limit = 0;
};

/// Order for the battery [W, positive = discharge] by the price windows of `tariff`, before limits
/// of ramp and sampling. Pure.
///
/// Dear hours (peak, critical peak) give back what lies above the reserve, cheap hours (valley,
/// deep valley) fill up to soc_max, other hours rest. Within a run of dear windows the most
/// expensive come first: energy goes to the highest price at full power and what is left is spread
/// evenly over the next class of price, so that a long window is served by a small, steady power.
/// Cheap windows alike, cheapest first. A cycle has to earn more than its loss and wear:
/// price_dear · η_in · η_out − price_cheap > wear · η_in · η_out, cheap and dear of that day.
double tou_order(const Tariff& tariff, const DispatchPlant& plant, int64_t epoch_second,
                 double load, double soc);

/// The rule beside another dispatch of the same battery: the same load and prices, a battery of its
/// own with the plant's efficiencies, which begins each month with the charge that there is.
struct RuleBeside {
  int64_t month = -1;
  double soc = 0, order = 0;  ///< W, in force
  double peak = 0;            ///< W, its highest import of a whole quarter of this month
  double sum = 0, covered = 0;
  double behind = 0;  ///< CNY: energy and wear that the other dispatch paid more, this month
  double stored = 0;  ///< J that the other one holds more, by the same efficiencies

  void begin(int64_t m, double charge) {
    *this = {};
    month = m;
    soc = charge;
  }
  /// What the other dispatch did: power of its battery, of all else beside it (W), and what that
  /// costs besides the import (CNY/s).
  struct Done {
    double battery = 0, other = 0, cost = 0;
  };
  void advance(const DispatchPlant& plant, double seconds, double load, const Done& done,
               double price, double feed_in);
  void close_quarter();
  /// Its order for the present load; 0 when it may not discharge.
  void decide(const Tariff& tariff, const DispatchPlant& plant, int64_t now, double load,
              double period);
};

/// Site battery on a time-of-use tariff: arbitrage and peak shaving above a reserve. In place of
/// `bess_control`, with the same inputs and outputs.
///
/// Every period, with load = site power + battery power:
///   1. tariff:   `tou_order`, down to soc_trade: what lies below is kept for step 3
///   2. ramp:     the order changes by at most ramp_limit · period
///   3. peak:     charging stops at peak_limit, discharging starts above it
///   4. export:   discharge leaves at least −export_limit at the meter
///   5. limits:   `BatteryGuard`: ± rating, soc_max, the reserve
/// Later ones outrank earlier ones. The reserve holds as far as `energy` and the state of charge
/// are true: give the energy of the aged battery.
///
/// KPIs: service_… (see ServiceLedger). The input spot_price replaces the tariff's in these
/// figures, not in the rule, which knows windows only. Left out: forecasts, frequency response,
/// limits by temperature (the battery's own hold). Source: engineering. Checked by:
/// tests/unit/dispatch/tou_dispatch_test.cpp
class TouDispatch final : public core::Process {
 public:
  struct Params : BatteryCosts {
    std::string tariff, tariff_file;
    bool prorate = true;
    double period = 0, rating = 0, energy = 0, peak_limit = 0, export_limit = 0, ramp_limit = 0,
           soc_reserve = 0, soc_trade = 0, soc_max = 0, efficiency_in = 0, efficiency_out = 0,
           wear = 0;
  };
  enum Input : int { kSitePower, kBatteryPower, kSoc, kPeakLimit, kCellTemp, kSpotPrice };
  enum Output : int { kPSet, kReference, kPrice, kLoad };

  TouDispatch(const Params& p, const core::ProcessSetup& setup);
  static const core::ParamTable<Params>& params();

  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override {
    w.put(next_);
    w.put(order_);
    w.put(window_);
    w.put(paid_);
    w.put(load_);
    ledger_.save(w);
  }
  void load(core::StateReader& r) override {
    r.get(next_);
    r.get(order_);
    r.get(window_);
    r.get(paid_);
    r.get(load_);
    ledger_.load(r);
  }
  std::vector<core::ProcessKpi> kpis() const override { return ledger_.kpis(); }

 private:
  Params p_;
  core::Nanoseconds start_;
  Tariff tariff_;
  ServiceLedger ledger_;
  core::Nanoseconds next_ = 0;
  double order_ = 0.0, load_ = 0.0;  ///< W; load at the last instant
  double paid_ = 0.0;                ///< price in force since the last instant
  int64_t window_ = 0;               ///< kind last told in the event log; 0: none
};

core::ProcessType tou_dispatch_process();

}  // namespace steppe::models
