#pragma once
#include <vector>

#include "sim/core/process.h"

namespace steppe::models {

/// A virtual power plant: many small batteries (sites, telecom cabinets, vehicles) behind one
/// order.
///
/// Unit i has rating, energy and delay scattered around the given means, and comes and goes. An
/// order P* is shared in proportion to what each unit can give (its rating, faded out over the last
/// 5 % of its charge), clipped to its limits, and what clipped units leave is shared again. A unit
/// answers after its delay. Aggregate limits are the sums over the units that are there.
///   P_i = clip(P*·a_i/Σa),  soc_i' = −P_i/E_i · (1/η_out | η_in)
/// N equal units without delay and dropout are one unit of N times the size, exactly.
/// A unit that drops out keeps its charge and serves nobody.
/// Output `net_power` is the portfolio's power at its (virtual) meter: site_power − power.
/// KPIs: vpp_energy [J delivered], vpp_missed [J ordered and not delivered], vpp_available (mean
/// share of the units), vpp_full_cycles.
/// Left out: networks between the units, own load of the units, ageing unit by unit.
/// Source: engineering. Checked by: tests/unit/dispatch/virtual_plant_test.cpp
class VirtualPlant final : public core::Process {
 public:
  struct Params {
    int units = 1;
    double unit_rating = 0, unit_energy = 0, spread = 0, soc_initial = 0, soc_min = 0, soc_max = 1,
           efficiency_in = 0, efficiency_out = 0, delay = 0, delay_spread = 0, away = 0,
           away_time = 0, period = 0;
  };
  enum Input : int { kOrder, kSitePower };
  enum Output : int { kPower, kSoc, kDischargeMax, kChargeMax, kAvailable, kNetPower };

  VirtualPlant(const Params& p, const core::ProcessSetup& setup);
  static const core::ParamTable<Params>& params();

  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;
  std::vector<core::ProcessKpi> kpis() const override;

 private:
  struct Unit {
    double rating, energy, delay;  ///< W, J, s
    double soc, power;             ///< power: at its meter, positive = discharge
    double change;                 ///< s of the run at which it comes or goes
    uint64_t draws;
    bool away;
  };
  struct Order {
    core::Nanoseconds at;
    double power;
  };
  double can(const Unit& u, double order) const;
  void share(double order, std::vector<double>& out) const;

  Params p_;
  uint64_t seed_;
  std::string id_;
  std::vector<Unit> units_;
  std::vector<Order> orders_;  ///< as far back as the longest delay
  std::vector<double> wanted_, next_power_;
  core::Nanoseconds next_ = 0, last_ = -1;
  double longest_ = 0, energy_ = 0, missed_ = 0, there_ = 0, seconds_ = 0;
};

core::ProcessType virtual_plant_process();

}  // namespace steppe::models
