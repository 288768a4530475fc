#pragma once
#include "sim/core/process.h"

namespace steppe::models {

/// Wind and sun for the site: a direct line behind the meter, or a power purchase agreement through
/// the grid.
///
///   available = wind_rating · wind_power(v_hub) + pv_rating · pv_power(G, T),  v_hub = v₁₀
///   (h/10)^shear direct line     used = min(available, line_capacity, site);  the rest is exported
///   up to
///                   export_limit, and curtailed beyond; grid_power = site − used − exported
///   as_produced     the agreement pays all that is produced; grid_power = site; each hour counts
///   as
///                   green as far as production meets use
///   as_nominated    a constant `nominated` power is paid; what is produced less is bought at
///                   imbalance_price, what is produced more is sold at feed_in_price
///
/// The site's `grid_power` goes to the meter. Renewable share, hourly: Σ min(site, green) of each
/// hour over the use; annual: green energy of the run over its use, at most 1. Carbon by location
/// is the grid's factor times what came through the meter; by market it is the residual factor
/// times what no green energy (with its certificates) covers. KPIs: energy_renewable,
/// energy_curtailed, energy_exported_green [J], renewable_share_hourly, renewable_share_annual,
/// carbon_location, carbon_market, carbon_embodied [kg], cost_green, cost_certificates [CNY],
/// cue_location, cue_market (with the input it_power). Left out: losses of the line, forecasts of
/// the nomination, wakes, icing. Source: models/economics/renewables.h; engineering. Checked by:
/// tests/unit/economics/green_supply_test.cpp
class GreenSupply final : public core::Process {
 public:
  enum class Contract { direct_line, as_produced, as_nominated };
  struct Params {
    Contract contract = Contract::direct_line;
    double wind_rating = 0, pv_rating = 0, hub_height = 0, shear = 0, line_capacity = 0,
           export_limit = 0, price = 0, nominated = 0, imbalance_price = 0, feed_in_price = 0,
           certificate_price = 0, certificate_share = 0, grid_factor = 0, residual_factor = 0,
           embodied = 0, embodied_life = 0;
  };
  enum Input : int { kSitePower, kWind, kGhi, kTemp, kDensity, kItPower };
  enum Output : int { kAvailable, kUsed, kExported, kCurtailed, kGridPower };

  GreenSupply(const Params& p, const core::ProcessSetup& setup);
  static const core::ParamTable<Params>& params();

  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override;
  void save(core::StateWriter& w) const override { w.put(s_); }
  void load(core::StateReader& r) override {
    r.get(s_);
    next_ = s_.next;
  }
  std::vector<core::ProcessKpi> kpis() const override;

  struct Split {
    double used, exported, curtailed, grid;
  };
  /// Where `available` goes when the site takes `site` [W].
  static Split split(const Params& p, double available, double site);

 private:
  struct Sums {
    core::Nanoseconds next = 0, last = -1;
    double available = 0, site = 0, it = 0;  ///< W, present
    double e_site = 0, e_it = 0, e_used = 0, e_exported = 0, e_curtailed = 0, e_produced = 0,
           e_grid = 0, cost = 0;
    double hour_site = 0, hour_green = 0, matched = 0, seconds = 0;
    int64_t hour = -1;
  };
  void close_hour();
  Params p_;
  core::Nanoseconds start_, next_ = 0;
  Sums s_;
};

core::ProcessType green_supply_process();

}  // namespace steppe::models
