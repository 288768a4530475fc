#include "models/dispatch/tou_dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "models/dispatch/battery_guard.h"

namespace steppe::models {
namespace {

constexpr core::Nanoseconds kSecond = 1000000000;

bool cheap(PeriodKind k) { return k <= PeriodKind::valley; }
bool dear(PeriodKind k) { return k >= PeriodKind::peak; }

/// Power of the class of price in force: `energy` goes to the classes in the order of `left`
/// (seconds of each), at most `power` in each; the class that it does not fill gets it evenly.
template <class Order>
double share(const std::map<int64_t, double, Order>& left, int64_t here, double energy,
             double power) {
  for (const auto& [nano, seconds] : left) {
    const double wanted = std::min(power, energy / seconds);
    if (nano == here) return wanted;
    energy -= wanted * seconds;
    if (energy <= 0.0) return 0.0;
  }
  return 0.0;
}

/// Seconds of each price ahead, as long as the windows are of the same side.
template <class Order>
std::map<int64_t, double, Order> ahead(const Tariff& t, int64_t now, bool (*side)(PeriodKind)) {
  std::map<int64_t, double, Order> left;
  int64_t at = now;
  while (at < now + 86400 && side(t.kind(at))) {
    const int64_t step = t.window_left(at);
    left[t.nano_price(at)] += static_cast<double>(step);
    at += step;
  }
  return left;
}

}  // namespace

double tou_order(const Tariff& tariff, const DispatchPlant& plant, int64_t now, double load,
                 double soc) {
  const PeriodKind kind = tariff.kind(now);
  if (!cheap(kind) && !dear(kind)) return 0.0;
  const auto [lo, hi] = tariff.price_range(now);
  const double both = plant.efficiency_in * plant.efficiency_out;
  const double price = tariff.price(now);
  const double bought = cheap(kind) ? price : lo, sold = cheap(kind) ? hi : price;
  if (sold * both - bought <= plant.wear * both) return 0.0;
  if (dear(kind)) {
    const double energy =
        std::max(0.0, soc - plant.soc_reserve) * plant.energy * plant.efficiency_out;
    const double power = std::clamp(load + plant.export_limit, 0.0, plant.rating);
    return share(ahead<std::greater<>>(tariff, now, dear), tariff.nano_price(now), energy, power);
  }
  const double room = std::max(0.0, plant.soc_max - soc) * plant.energy / plant.efficiency_in;
  const double power = std::clamp(plant.peak_limit - load, 0.0, plant.rating);
  return -share(ahead<std::less<>>(tariff, now, cheap), tariff.nano_price(now), room, power);
}

void RuleBeside::advance(const DispatchPlant& plant, double seconds, double load, const Done& done,
                         double price, double feed_in) {
  const auto cost = [&](double p, double other) {
    const double grid = load - other - p;
    return grid * (grid >= 0.0 ? price : feed_in) + plant.wear * std::max(0.0, p);
  };
  const auto drawn = [&](double p) {
    return p > 0.0 ? p / plant.efficiency_out : p * plant.efficiency_in;
  };
  behind += (cost(done.battery, done.other) + done.cost - cost(order, 0.0)) * seconds;
  stored += (drawn(order) - drawn(done.battery)) * seconds;
  soc -= drawn(order) * seconds / plant.energy;
  sum += std::max(0.0, load - order) * seconds;
  covered += seconds;
}

void RuleBeside::close_quarter() {
  if (covered > kQuarter - 1.0) peak = std::max(peak, sum / covered);
  sum = covered = 0.0;
}

void RuleBeside::decide(const Tariff& tariff, const DispatchPlant& plant, int64_t now, double load,
                        double period) {
  const BatteryGuard guard{plant.rating,         plant.energy,      plant.efficiency_in,
                           plant.efficiency_out, plant.soc_reserve, plant.soc_max};
  double p = tou_order(tariff, plant, now, load, soc);
  p = std::min(std::max(p, load - plant.peak_limit), load + plant.export_limit);
  order = guard.apply(p, soc, period, plant.peak_limit - load);
}

const core::ParamTable<TouDispatch::Params>& TouDispatch::params() {
  static const auto table = [] {
    core::ParamTable<Params> t;
    t.text("tariff", &Params::tariff, "west-inner-mongolia",
           "Name of a shipped tariff: a file of data/tariffs without its ending")
        .text("tariff_file", &Params::tariff_file, "", "A tariff of your own; replaces `tariff`",
              core::ParamKind::file)
        .real("period", &Params::period, "s", 1.0, {0.001, 900}, "Control period")
        .real("rating", &Params::rating, "MW", core::required(10.0), {0.001, 2000},
              "Largest power of the battery")
        .real("energy", &Params::energy, "MWh", core::required(20.0), {0.001, 20000},
              "Energy of the full battery")
        .real("soc_reserve", &Params::soc_reserve, "1", 0.3, {0.0, 1.0},
              "State of charge kept for backup: nothing discharges below it")
        .real("soc_trade", &Params::soc_trade, "1", 0.0, {0.0, 1.0},
              "State of charge below which only peaks are shaved; below soc_reserve: no such part")
        .real("soc_max", &Params::soc_max, "1", 0.95, {0.01, 1.0},
              "State of charge up to which cheap hours charge")
        .real("peak_limit", &Params::peak_limit, "MW", 1e6, {0, 1e6},
              "Largest power from the grid (the input of that name replaces it)")
        .real("export_limit", &Params::export_limit, "MW", 0.0, {0, 1e6},
              "Largest power to the grid")
        .real("ramp_limit", &Params::ramp_limit, "MW/min", 1e6, {0.001, 1e6},
              "Largest change of the battery's order")
        .real("efficiency_in", &Params::efficiency_in, "1", 0.95, {0.5, 1},
              "Share of the energy at the meter that reaches the cells")
        .real("efficiency_out", &Params::efficiency_out, "1", 0.95, {0.5, 1},
              "Share of the cells' energy that reaches the meter")
        .real("wear", &Params::wear, "CNY/kWh", 0.0, {0, 10},
              "Cost of ageing of each kWh given back: cycles that earn less are not made")
        .boolean("prorate", &Params::prorate, true,
                 "As the meter's: a month that the run covers in part pays that part of its demand "
                 "charge");
    ServiceLedger::add_rows(t);
    return t;
  }();
  return table;
}

TouDispatch::TouDispatch(const Params& p, const core::ProcessSetup& setup)
    : p_(p),
      start_(core::from_seconds(setup.start_epoch)),
      tariff_(load_tariff(setup, p.tariff, p.tariff_file)),
      ledger_({p, p.rating, p.energy, p.efficiency_out, tariff_.data().demand_price, p.prorate},
              start_) {
  if (std::max(p.soc_reserve, p.soc_trade) >= p.soc_max)
    throw UserError(fmt::format(
        "tou_dispatch '{}': a reserve of {:.0f} % leaves nothing of soc_max {:.0f} % to trade with",
        setup.id, 100.0 * std::max(p.soc_reserve, p.soc_trade), 100.0 * p.soc_max));
}

void TouDispatch::update(core::ProcessContext& c) {
  const double soc = c.in(kSoc), load = c.in(kSitePower) + c.in(kBatteryPower);
  const double cap = std::isfinite(c.in(kPeakLimit)) ? c.in(kPeakLimit) : p_.peak_limit;
  const double period = c.period(p_.period);
  const int64_t now = (start_ + c.now) / kSecond;
  const double price = std::isfinite(c.in(kSpotPrice)) ? c.in(kSpotPrice) : tariff_.price(now);
  ServiceLedger::Sample s;
  s.load = load_;
  s.battery = c.in(kBatteryPower);
  s.held = cap;
  s.price = paid_;
  s.feed_in = std::min(paid_, tariff_.data().feed_in_price);
  s.soc = soc;
  s.temp = c.in(kCellTemp);
  ledger_.sample(start_ + c.now, s);
  paid_ = price;
  load_ = load;
  const BatteryGuard guard{p_.rating,         p_.energy,      p_.efficiency_in,
                           p_.efficiency_out, p_.soc_reserve, p_.soc_max};
  const double reserve = guard.floor();
  const DispatchPlant plant{.rating = p_.rating,
                            .energy = p_.energy,
                            .efficiency_in = p_.efficiency_in,
                            .efficiency_out = p_.efficiency_out,
                            .soc_reserve = std::max(reserve, p_.soc_trade),
                            .soc_max = p_.soc_max,
                            .wear = p_.wear,
                            .peak_limit = cap,
                            .export_limit = p_.export_limit};
  double p = tou_order(tariff_, plant, now, load, soc);
  const double step = p_.ramp_limit * period;
  p = std::clamp(p, order_ - step, order_ + step);
  p = std::max(p, load - cap);
  p = std::min(p, load + p_.export_limit);
  p = guard.apply(p, soc, period, cap - load);
  order_ = p;
  c.out(kPSet, p);
  c.out(kReference, load - p);
  c.out(kPrice, price);
  c.out(kLoad, load);
  const PeriodKind kind = tariff_.kind(now);
  if (static_cast<int64_t>(kind) != window_) {
    c.event("window", window_ > 0 ? period_name(static_cast<PeriodKind>(window_)) : "",
            period_name(kind), fmt::format("{:.4f} CNY/kWh", tariff_.price(now) * 3.6e6));
    window_ = static_cast<int64_t>(kind);
  }
  next_ = c.now + core::from_seconds(period);
}

core::ProcessType tou_dispatch_process() {
  core::ProcessType t;
  t.name = "tou_dispatch";
  t.domain = "economics";
  t.help = "Site battery on a time-of-use tariff: arbitrage, peak shaving, reserve for backup";
  t.params = &TouDispatch::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<TouDispatch::Params>();
    TouDispatch::params().set_defaults(p.get());
    return p;
  };
  const double required = std::nan("");
  t.inputs = {{"site_power", "W", "Power from the utility at the meter", required},
              {"battery_power", "W", "Power of the battery converter to the site", required},
              {"soc", "1", "State of charge", required},
              {"peak_limit", "W", "Limit of the power from the grid, when it changes in time",
               std::numeric_limits<double>::infinity()},
              {"cell_temp", "K", "Temperature of the cells, for their ageing", 298.15},
              {"spot_price", "CNY/J", "Price that is paid in place of the tariff's",
               std::numeric_limits<double>::infinity()}};
  t.outputs = {{"p_set", "W", "Power ordered from the converter, positive = discharge"},
               {"reference", "W", "Power that the grid shall deliver"},
               {"price", "CNY/J", "Price of energy in force"},
               {"load", "W", "Power of the site without the battery"}};
  t.make = [](const void* params,
              const core::ProcessSetup& setup) -> std::unique_ptr<core::Process> {
    return std::make_unique<TouDispatch>(*static_cast<const TouDispatch::Params*>(params), setup);
  };
  return t;
}

}  // namespace steppe::models
