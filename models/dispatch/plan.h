#pragma once
// The dispatch of a site over the next hours as one linear program: battery, import and export,
// demand charge, frequency reserve, cooling storage, work that can wait, genset.
#include <memory>
#include <string>
#include <vector>

#include "models/dispatch/linear_program.h"

namespace steppe::models {

/// What there is. Powers in W, energies in J, prices in CNY/J; fixed for the life of a planner.
struct DispatchParts {
  int steps = 96;
  double step = 900.0;  ///< s
  // battery
  double charge = 0, discharge = 0;    ///< W at the meter
  double energy_max = 0, reserve = 0;  ///< J stored; reserve: never below, for backup
  double efficiency_in = 0.95, efficiency_out = 0.95;  ///< at half the power
  double efficiency_fall = 0;  ///< how much lower either is at full power than at none
  double wear = 0;             ///< CNY per J given back
  double rest = 0;  ///< CNY per J stored and second: what a full cell ages faster than an empty one
  // connection
  double export_limit = 0;  ///< W
  double demand_price = 0;  ///< CNY per W of the highest import
  // frequency reserve, symmetric
  double reserve_rating = 0;    ///< W that may be sold; 0: no such market
  double reserve_price = 0;     ///< CNY per W and second held
  double reserve_duration = 0;  ///< s for which a sold band must last in either direction
  // cooling storage, charged by chillers, which it relieves later
  double cold_power = 0, cold_energy = 0;  ///< W and J of cold
  double cold_cop = 4.0;                   ///< cold per electricity, of the next W
  double cold_spread = 0;  ///< more chilling takes (1 − spread), less saves (1 + spread) of it
  double cold_loss = 0;    ///< share lost in an hour
  // work that can wait (training, batch inference)
  double work_max = 0;  ///< W; 0: none
  // genset
  double genset_max = 0, genset_min = 0;            ///< W
  double fuel_price = 0, fuel_idle = 0, start = 0;  ///< CNY/J, CNY/s while running, CNY per start
};

/// What is known at the beginning of a step. Vectors have `steps` entries, or none where the part
/// does not exist.
struct DispatchOutlook {
  int64_t step = 0;               ///< absolute number of the first step
  std::vector<double> load;       ///< W, without battery, cooling storage and waiting work
  std::vector<double> price;      ///< CNY/J of import
  std::vector<double> feed_in;    ///< CNY/J of export
  std::vector<double> renewable;  ///< W that could be had behind the meter
  double stored = 0;              ///< J in the battery
  double charge = kFree, discharge = kFree;  ///< W: what its temperature allows now
  double value_stored = 0;                   ///< CNY per J that is left at the end
  double import_limit = kFree;               ///< W
  double first_import = kFree;               ///< W, of the first step alone
  double demand_so_far = 0;                  ///< W, highest import that the month already pays
  double demand_share = 1;                   ///< of the demand price that this run pays
  double cold_stored = 0;                    ///< J
  double cold_need = kFree;                  ///< W of cold: no more than this can be discharged
  std::vector<double> cold_cop;              ///< by step; none: that of the parts
  double genset_limit = kFree;               ///< W that it can give now
  /// Cumulative J of waiting work that must be done, and that can be done, by the end of each step.
  std::vector<double> work_due, work_open;
  bool genset_on = false;
};

/// A constraint that holds the plan back.
struct Binding {
  std::string name;
  int steps;     ///< in how many steps it binds
  int first;     ///< the first of them
  double worth;  ///< CNY saved per further W or J, of the step with the most
  std::string unit;
};
/// A constraint that had to give way, and by how much.
struct Relaxation {
  std::string name;
  double amount;  ///< in `unit`, most of any step
  std::string unit;
  int first, steps;
};

struct Plan {
  bool solved = false;
  std::vector<double> battery;                        ///< W, positive = discharge
  std::vector<double> grid;                           ///< W, import positive
  std::vector<double> stored;                         ///< J at the end of each step
  std::vector<double> band, work, genset, curtailed;  ///< W
  std::vector<double> cold;                           ///< W of cold into the storage
  double peak = 0;  ///< W, highest import of the plan, not below demand_so_far
  double cost = 0;  ///< CNY: energy, demand beyond what is paid, wear, fuel, less what is sold and
                    ///< what is left
  double stored_worth = 0;  ///< CNY per J more in the battery now, as the dual value says
  double bound = 0;  ///< lower bound: from the dual values; with choices, the optimum without them
  bool choices = false;  ///< a whole-number choice was needed
  int iterations = 0;
  std::vector<Binding> binding;  ///< dearest first
  std::vector<Relaxation> relaxed;
};

/// Plans again and again as time goes on. Steps lie in a ring: what moves is bounds, costs and the
/// coefficient of performance, so that each solution starts from the basis of the last.
///
///   g − x + d − c − w + p − m − q/COP₊ + r/COP₋ + u = load − renewable  balance [W]
///   e = e₋ + η_in·c·Δt − d·Δt/η_out,  reserve ≤ e ≤ e_max               battery
///   g ≤ P,  P ≥ demand so far,  g ≤ import limit + over                 demand
///   d − c + f ≤ D,  c − d + f ≤ C,  e ± f·T inside the limits           frequency reserve
///   s = s₋·(1 − loss) + (q − r)·Δt,  COP± = COP·(1 ∓ spread)            cooling storage
///   W = W₋ + (m + late)·Δt,  due ≤ W ≤ open                             waiting work
///   p_min·on ≤ p ≤ p_max·on,  start ≥ on − on₋                          genset, on is 0 or 1
///
/// Charging while discharging, and import with export, pay only at odd prices; where a solution has
/// them, branch and bound forbids them. Where the genset's `on` is a fraction, its hours come from
/// a search: none, those of the plan before, what the linear program suggests, then edges and
/// stretches changed as long as that pays, twelve linear programs in all, each left as soon as its
/// dual bound passes the best so far; the distance from `bound` is the most that an exact answer
/// could save. So most plans are one linear program. An initial charge below the reserve is
/// refilled as fast as the battery can. When the limits contradict each other the import limit
/// gives way first, then work is late, then load is not served: the least of the first that
/// suffices.
///
/// With `efficiency_fall`, c and d are sums of three pieces of equal width, each with the mean
/// efficiency of its stretch of η(p) = η + fall·(½ − p/P): losses are convex, so that long windows
/// are used at small power. Where import or feed-in is paid negatively a plan would take the worst
/// piece first; there the first piece stands for all.
///
/// A later step costs 1e-4 CNY/MWh more than the one before it: the optimum is unique, and a plan
/// does not depend on the plans before it. Assumes one temperature limit over the horizon.
class Planner {
 public:
  explicit Planner(const DispatchParts& parts);
  ~Planner();
  Plan plan(const DispatchOutlook& now);
  const DispatchParts& parts() const { return p_; }

 private:
  struct Columns;
  void build();
  void load(const DispatchOutlook& now);
  LinearProgram::Status choose(bool* choices);
  LinearProgram::Status commit();
  void read(const DispatchOutlook& now, Plan& out) const;
  void bindings(const DispatchOutlook& now, Plan& out) const;
  size_t slot(int64_t step) const;

  DispatchParts p_;
  LinearProgram lp_;
  std::unique_ptr<Columns> c_;
  int64_t first_ = 0;
  double root_ = 0;              ///< optimum without choices
  std::vector<bool> committed_;  ///< genset in the last plan, by slot
};

}  // namespace steppe::models
