#pragma once
#include <array>
#include <memory>

#include "models/battery/ageing.h"
#include "models/battery/rainflow.h"

namespace steppe::models {

/// Ageing of a cell as its history comes in: calendar part from temperature and state of charge,
/// cycles by rainflow on the state of charge, in all published models at once, so that the spread
/// is known; one of them, or a law of the cell's own, acts on the cell.
///
/// A closed cycle gets the current and temperature that its throughput had in the mean since the
/// cycle before it closed. What is still open counts in halves. The result does not depend on the
/// step of the samples as long as they show the turning points (ageing_account_test.cpp).
class AgeingAccount {
 public:
  /// `factor`: every second counts as that many (a day that stands for a year); `all` false: only
  /// `acting` is computed.
  /// `law`: of the model `own`; null: it is not computed. UserError when it acts without one.
  explicit AgeingAccount(AgeingModel acting, double factor = 1.0, bool all = true,
                         std::shared_ptr<const AgeingLaw> law = nullptr);

  /// A history of `dt` s has ended at this state of charge and temperature [K]; |current| over
  /// capacity in one hour [1/h] was `c_rate` in the mean, its sign positive on discharge.
  void sample(double dt, double soc, double temp, double c_rate);

  struct Result {
    double loss = 0.0;        ///< share of the new capacity
    double resistance = 0.0;  ///< rise, share of the new resistance
  };
  Result result(AgeingModel m) const;  ///< with the open cycles in halves
  Result acting() const { return result(acting_); }
  AgeingModel acting_model() const { return acting_; }
  double full_cycles() const { return throughput_; }  ///< equivalent, all of the throughput
  double seconds() const { return seconds_; }
  /// Share of the time, and of the throughput, outside the range of model m.
  double outside(AgeingModel m) const;
  bool in_range_now(AgeingModel m) const { return in_range(m, temp_, c_rate_, law_.get()); }
  /// True for the models that it computes.
  bool knows(AgeingModel m) const { return wanted(static_cast<int>(m)); }
  const AgeingLaw* law() const { return law_.get(); }

  double rate_now() const { return c_rate_; }

  void save(core::StateWriter& w) const;
  void load(core::StateReader& r);

 private:
  struct Stress {
    double depth, weight, c_rate, charge_rate, temp;
  };
  void close(const Rainflow::Cycle& c);
  Stress stress(const Rainflow::Cycle& c) const;
  bool wanted(int k) const {
    return (all_ && (k < kPublishedModels || law_)) || k == static_cast<int>(acting_);
  }

  AgeingModel acting_;
  double factor_;
  bool all_;
  std::shared_ptr<const AgeingLaw> law_;
  std::array<AgeingState, kAgeingModels> states_{};
  std::array<double, kAgeingModels> outside_{};  ///< s
  Rainflow flow_;
  double seconds_ = 0.0, throughput_ = 0.0;
  double soc_ = 0.5, temp_ = 298.15, c_rate_ = 0.0;
  /// Sums over the throughput since a cycle closed: of it, of it times rate, of charge alone.
  double sum_ = 0.0, sum_rate_ = 0.0, sum_temp_ = 0.0, charge_ = 0.0, charge_rate_ = 0.0;
  double mean_rate_ = 0.0, mean_charge_ = 0.0, mean_temp_ = 298.15;  ///< of the last closed cycle
  bool started_ = false;
};

}  // namespace steppe::models
