#pragma once
#include "models/battery/ageing.h"
#include "models/battery/rainflow.h"
#include "models/economics/tariff.h"
#include "sim/core/process.h"

namespace steppe::models {

/// What a battery costs and how its cells age: rows of every process that keeps a ledger.
struct BatteryCosts {
  AgeingModel ageing = AgeingModel::naumann;
  double cell_price = 0;                       ///< CNY/J of capacity
  double cell_age = 5.0 * 365.0 * 86400.0;     ///< s of service at the start, a full cycle a day
  double plant_price = 0;                      ///< CNY/W: all but the cells
  double plant_life = 20.0 * 365.0 * 86400.0;  ///< s
  double interest = 0;                         ///< of a year
};

/// What a site battery earned and what it cost its cells, service by service: the proof of a
/// dispatch, whoever dispatches.
///
/// Money. Two meters run along, one with what the grid delivered and one with what it would have
/// delivered without battery, genset, cooling storage and shifted work. The difference of their
/// demand charges is what `peak` earned, all of them together; what was paid for a band held is
/// `reserve`; work moved to other hours is `work`, at the price of the hour it was moved from and
/// to, electricity that the cooling storage moved is `cold`; import that gensets replaced, less
/// their fuel, is `genset`; the rest of the difference of the energy costs is `arbitrage`. The
/// charge that is left more or less than at the start is `stock`, at the mean price so far times
/// η_out, the cold at that price within `cold`. The sum of the rows is the difference of the two
/// bills less fuel, but for `stock`, `reserve` and the cold that is left.
///
/// Cells. Charge and temperature go through rainflow and an ageing model; the capacity lost by
/// cycles costs cell_price · energy · loss / 20 % and is split over the services by the energy they
/// took: as much of a discharge as lies above the import that is held is `peak`, the rest is
/// `arbitrage`, what answers the frequency is `reserve`. What is lost by time alone is `standby`:
/// it is there without any service. Cells begin in the middle of their life (five years, a full
/// cycle a day), as fresh ones lose several times as much in their first days.
///
/// Capital. `battery_capital` is what owning the battery costs over the time of the run: the cells
/// as an annuity over the life that they have in this operation (`cells_life_expected`: fresh cells
/// that go on ageing as in the run until a fifth is lost, replaced with the plant at the latest),
/// all else (`plant_price`) over plant_life: capital_recovery of finance.h. The bill plus this is
/// what the site pays with a battery of that size. It replaces what the rows say about cells, it is
/// not to be added to it. Checked by: tests/unit/dispatch/services_test.cpp
class ServiceLedger {
 public:
  struct Params : BatteryCosts {
    double rating = 0;  ///< W
    double energy = 0;  ///< J
    double efficiency_out = 0.95;
    double demand_price = 0;  ///< CNY/W and month
    bool prorate = true;
  };
  ServiceLedger(const Params& p, core::Nanoseconds start);

  /// Of the time since the last sample; powers in W, prices in CNY/J.
  struct Sample {
    double load = 0;         ///< without battery, with the work where it is
    double battery = 0;      ///< positive = discharge
    double genset = 0;       ///< power of gensets
    double fuel = 0;         ///< CNY/s that they burn
    double cold = 0;         ///< electricity that goes into the cooling storage, negative = saved
    double cold_stored = 0;  ///< J of electricity that what it holds saves
    double shifted = 0;      ///< work done now beyond what would be done without a plan
    double held = 1e30;      ///< import that the dispatch holds
    double answer = 0;       ///< part of the battery's power that answers the frequency
    double reserve = 0;      ///< CNY/s earned by holding a band
    double price = 0, feed_in = 0;
    double soc = 0.5, temp = 298.15;
  };
  void sample(core::Nanoseconds now, const Sample& s);
  std::vector<core::ProcessKpi> kpis() const;
  /// Highest mean of a whole quarter of this month so far, with the battery [W].
  double demand() const { return month_.with; }

  void save(core::StateWriter& w) const;
  void load(core::StateReader& r);

  /// The rows of a process that keeps such a ledger.
  template <class P>
  static void add_rows(core::ParamTable<P>& t) {
    t.group("cost of the battery")
        .choice("ageing", static_cast<AgeingModel P::*>(&P::ageing),
                core::Choices{{"naumann", "schimpe", "blast", "wang"}}, AgeingModel::naumann,
                "Model of ageing that the cost of the cells is taken from")
        .real("cell_price", &P::cell_price, "CNY/kWh", 600.0, {0, 10000},
              "Price of new cells, of capacity; they are replaced at 80 % of it")
        .real("cell_age", &P::cell_age, "d", 1825.0, {0, 10000},
              "Service behind the cells at the start, a full cycle a day")
        .real("plant_price", &P::plant_price, "CNY/kW", 200.0, {0, 1e5},
              "Price of all but the cells: converter, transformer, housing",
              "engineering: with such cells 700 CNY/kWh for two hours, turnkey 600 to 800")
        .real("plant_life", &P::plant_life, "d", 7300.0, {1, 40000}, "Life of all but the cells")
        .real("interest", &P::interest, "%", 8.0, {0, 50}, "Interest on capital");
  }

 private:
  struct Month {
    int64_t month = -1;
    double with = 0, without = 0;  ///< W, highest whole quarter
    double seconds = 0;
  };
  double demand_saved(const Month& m) const;
  double expected_life(const AgeingState& end) const;
  void close_quarter();

  Params p_;
  core::Nanoseconds start_, last_;
  bool started_ = false;
  Month month_;
  double quarter_with_ = 0, quarter_without_ = 0;
  core::Nanoseconds quarter_covered_ = 0;
  double cost_with_ = 0, cost_without_ = 0, work_ = 0, reserve_ = 0, peak_closed_ = 0, genset_ = 0,
         genset_energy_ = 0, fuel_ = 0, cold_ = 0, cold_energy_ = 0, first_cold_ = 0,
         last_cold_ = 0;
  double given_[3] = {0, 0, 0};  ///< J discharged: arbitrage, peak, reserve
  double price_sum_ = 0, seconds_ = 0, first_soc_ = 0, last_soc_ = 0, active_ = 0;
  Rainflow cycles_{0.002};
  AgeingState age_, before_;  ///< now, at the start
  double calendar_before_ = 0, cycle_before_ = 0, temp_ = 298.15;
  double life_ = 0;  ///< s; 0: the cells still hold four fifths
  core::Nanoseconds checked_ = 0;
};

}  // namespace steppe::models
