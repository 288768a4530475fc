#include "models/dispatch/virtual_plant.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/base/rng.h"

namespace steppe::models {

const core::ParamTable<VirtualPlant::Params>& VirtualPlant::params() {
  using P = Params;
  static const auto table = [] {
    core::ParamTable<P> t;
    t.integer("units", &P::units, 1000, {1, 100000}, "Number of batteries")
        .real("unit_rating", &P::unit_rating, "kW", 10.0, {0.001, 1e6}, "Mean power of a unit")
        .real("unit_energy", &P::unit_energy, "kWh", 20.0, {0.001, 1e7}, "Mean energy of a unit")
        .real("spread", &P::spread, "1", 0.0, {0, 0.5},
              "Standard deviation of rating and energy over their means")
        .real("soc_initial", &P::soc_initial, "1", 0.5, {0.0, 1.0}, "State of charge at the start")
        .real("soc_min", &P::soc_min, "1", 0.1, {0.0, 1.0}, "What a unit keeps for its owner")
        .real("soc_max", &P::soc_max, "1", 0.95, {0.0, 1.0},
              "State of charge up to which it charges")
        .real("efficiency_in", &P::efficiency_in, "1", 0.95, {0.5, 1}, "Of charging")
        .real("efficiency_out", &P::efficiency_out, "1", 0.95, {0.5, 1}, "Of discharging")
        .real("delay", &P::delay, "s", 0.0, {0, 600}, "Mean delay of a unit's answer")
        .real("delay_spread", &P::delay_spread, "1", 0.5, {0, 1},
              "Half width of the delays over their mean, even")
        .real("away", &P::away, "%", 0.0, {0, 99}, "Share of the time that a unit is not there")
        .real("away_time", &P::away_time, "h", 8.0, {0.01, 1000}, "Mean time that it stays away")
        .real("period", &P::period, "s", 1.0, {0.01, 900}, "Control period");
    return t;
  }();
  return table;
}

VirtualPlant::VirtualPlant(const Params& p, const core::ProcessSetup& setup)
    : p_(p), seed_(setup.seed), id_(setup.id) {
  if (p.soc_min >= p.soc_max)
    throw UserError(
        fmt::format("virtual_plant '{}': soc_min {:.0f} % is not below soc_max {:.0f} %", id_,
                    100.0 * p.soc_min, 100.0 * p.soc_max));
  const double mean_there = p.away > 0.0 ? p.away_time * (1.0 - p.away) / p.away : 0.0;
  for (int i = 0; i < p.units; ++i) {
    Rng r(seed_, fmt::format("{} {}", id_, i));
    // The same numbers are drawn whatever the parameters, so that changing one changes one thing.
    const double size = r.normal(), store = r.normal(), late = r.uniform(), here = r.uniform(),
                 first = r.exponential();
    Unit u{};
    u.rating = p.unit_rating * std::max(0.1, 1.0 + p.spread * size);
    u.energy = p.unit_energy * std::max(0.1, 1.0 + p.spread * store);
    u.delay = p.delay * (1.0 + p.delay_spread * (2.0 * late - 1.0));
    u.soc = p.soc_initial;
    u.away = here < p.away;
    u.change = p.away > 0.0 ? first * (u.away ? p.away_time : mean_there) : 1e300;
    longest_ = std::max(longest_, u.delay);
    units_.push_back(u);
  }
  wanted_.resize(units_.size());
  next_power_.resize(units_.size());
}

double VirtualPlant::can(const Unit& u, double order) const {
  if (u.away) return 0.0;
  const double left = order >= 0.0 ? u.soc - p_.soc_min : p_.soc_max - u.soc;
  return u.rating * std::clamp(left / 0.05, 0.0, 1.0);
}

void VirtualPlant::share(double order, std::vector<double>& out) const {
  double sum = 0.0;
  for (const Unit& u : units_) sum += can(u, order);
  const double part = sum > 0.0 ? std::clamp(order / sum, -1.0, 1.0) : 0.0;
  for (size_t i = 0; i < units_.size(); ++i) out[i] = part * can(units_[i], order);
}

void VirtualPlant::update(core::ProcessContext& c) {
  const double now = core::to_seconds(c.now);
  if (last_ >= 0) {
    const double dt = core::to_seconds(c.now - last_);
    for (Unit& u : units_) {
      u.soc -= dt * (u.power > 0.0 ? u.power / p_.efficiency_out : u.power * p_.efficiency_in) /
               u.energy;
      u.soc = std::clamp(u.soc, 0.0, 1.0);
    }
  }
  last_ = c.now;
  size_t there = 0;
  const double mean_there = p_.away > 0.0 ? p_.away_time * (1.0 - p_.away) / p_.away : 0.0;
  for (size_t i = 0; i < units_.size(); ++i) {
    Unit& u = units_[i];
    while (u.change <= now) {
      Rng r(seed_, fmt::format("{} {} away", id_, i));
      r.set_counter(u.draws++);
      u.away = !u.away;
      u.change += r.exponential() * (u.away ? p_.away_time : mean_there);
    }
    there += u.away ? 0 : 1;
  }
  const double order = c.in(kOrder);
  orders_.push_back({c.now, order});
  // An order is obeyed from the instant on at which it is old enough.
  const core::Nanoseconds oldest = c.now - core::from_seconds(longest_);
  size_t drop = 0;
  while (drop + 1 < orders_.size() && orders_[drop + 1].at <= oldest) ++drop;
  orders_.erase(orders_.begin(), orders_.begin() + static_cast<std::ptrdiff_t>(drop));
  share(order, next_power_);
  if (longest_ > 0.0) {
    size_t shared = orders_.size();
    // Units by what they heard: the orders differ in few instants, so shares are made once for
    // each.
    for (size_t k = orders_.size(); k-- > 0;) {
      bool any = false;
      for (const Unit& u : units_) {
        const core::Nanoseconds heard = c.now - core::from_seconds(u.delay);
        const bool mine =
            orders_[k].at <= heard && (k + 1 == orders_.size() || orders_[k + 1].at > heard);
        any = any || mine;
      }
      if (!any) continue;
      if (shared != k) share(orders_[k].power, wanted_);
      shared = k;
      for (size_t i = 0; i < units_.size(); ++i) {
        const core::Nanoseconds heard = c.now - core::from_seconds(units_[i].delay);
        if (orders_[k].at <= heard && (k + 1 == orders_.size() || orders_[k + 1].at > heard))
          next_power_[i] = wanted_[i];
      }
    }
    // Before the first order was old enough nothing moves.
    for (size_t i = 0; i < units_.size(); ++i)
      if (orders_.front().at > c.now - core::from_seconds(units_[i].delay)) next_power_[i] = 0.0;
  }
  double power = 0.0, stored = 0.0, energy = 0.0, give = 0.0, take = 0.0;
  for (size_t i = 0; i < units_.size(); ++i) {
    Unit& u = units_[i];
    u.power = u.away ? 0.0 : next_power_[i];
    power += u.power;
    if (u.away) continue;
    stored += u.soc * u.energy;
    energy += u.energy;
    give += can(u, 1.0);
    take += can(u, -1.0);
  }
  next_ = c.now + core::from_seconds(c.period(p_.period));
  const double dt = core::to_seconds(std::min(next_, c.end) - c.now);
  energy_ += std::max(0.0, power) * dt;
  missed_ += std::abs(order - power) * dt;
  there_ += static_cast<double>(there) / static_cast<double>(units_.size()) * dt;
  seconds_ += dt;
  c.out(kPower, power);
  c.out(kSoc, energy > 0.0 ? stored / energy : 0.0);
  c.out(kDischargeMax, give);
  c.out(kChargeMax, take);
  c.out(kAvailable, static_cast<double>(there));
  c.out(kNetPower, c.in(kSitePower)-power);
}

std::vector<core::ProcessKpi> VirtualPlant::kpis() const {
  if (seconds_ <= 0.0) return {};
  double capacity = 0.0;
  for (const Unit& u : units_) capacity += u.energy;
  return {
      {"vpp_energy", energy_, "J", "Energy that the batteries gave together"},
      {"vpp_missed", missed_, "J",
       "Energy by which they missed the order, either way: limits, delays, absences"},
      {"vpp_available", there_ / seconds_, "1", "Share of the batteries that were there, mean"},
      {"vpp_full_cycles", energy_ / p_.efficiency_out / capacity, "1", "Full cycles of the whole"}};
}

void VirtualPlant::save(core::StateWriter& w) const {
  w.put(units_);
  w.put(orders_);
  w.put(next_);
  w.put(last_);
  for (double v : {energy_, missed_, there_, seconds_}) w.put(v);
}
void VirtualPlant::load(core::StateReader& r) {
  r.get(units_);
  r.get(orders_);
  r.get(next_);
  r.get(last_);
  for (double* v : {&energy_, &missed_, &there_, &seconds_}) r.get(*v);
}

core::ProcessType virtual_plant_process() {
  core::ProcessType t;
  t.name = "virtual_plant";
  t.domain = "economics";
  t.help = "Virtual power plant: many small batteries with own limits, delays and dropouts";
  t.params = &VirtualPlant::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<VirtualPlant::Params>();
    VirtualPlant::params().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"order", "W", "Power ordered, positive = discharge", 0.0},
              {"site_power", "W", "Power of what shares the portfolio's bill", 0.0}};
  t.outputs = {{"power", "W", "Power of all units, positive = discharge"},
               {"soc", "1", "State of charge of the units that are there, by energy"},
               {"p_discharge_max", "W", "Power that they can give"},
               {"p_charge_max", "W", "Power that they can take"},
               {"available", "1", "Units that are there"},
               {"net_power", "W", "site_power less the units' power"}};
  t.make = [](const void* params,
              const core::ProcessSetup& setup) -> std::unique_ptr<core::Process> {
    return std::make_unique<VirtualPlant>(*static_cast<const VirtualPlant::Params*>(params), setup);
  };
  return t;
}

}  // namespace steppe::models
