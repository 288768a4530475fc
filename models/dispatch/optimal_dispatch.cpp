#include "models/dispatch/optimal_dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/battery/cell_table.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"

namespace steppe::models {
namespace {

constexpr core::Nanoseconds kSecond = 1000000000;
constexpr size_t kMemory = 28 * kQuartersPerDay;  ///< quarters that a forecast looks back
constexpr size_t kLead = 4;                       ///< quarters ahead of the forecast that is scored
/// The plan keeps twice the margin of the battery's own guard: the guard is for what no plan sees.
constexpr double kGuard = 2.0 * BatteryGuard::kMargin;
/// The import that is held lies this much below the plan's peak: what moves between two samples
/// would else raise the demand a little at every quarter, and the next plan would take it as given.
constexpr double kHold = 0.002;

/// Temperatures among the inputs of the regression: about one, for the squares' sake.
double scaled(double kelvin) { return kelvin / 10.0 - 27.0; }
double kelvin(double scaled) { return 10.0 * (scaled + 27.0); }

DispatchParts parts_of(const OptimalDispatch::Params& p, const TariffData& t) {
  DispatchParts d;
  d.steps = static_cast<int>(std::lround(p.horizon / kQuarter));
  d.charge = d.discharge = p.rating;
  d.energy_max = p.soc_max * p.energy;
  d.reserve = std::min(p.soc_reserve + kGuard, p.soc_max) * p.energy;
  d.efficiency_in = p.efficiency_in;
  d.efficiency_out = p.efficiency_out;
  d.efficiency_fall = p.efficiency_fall;
  d.wear = p.wear;
  d.rest = p.rest;
  d.export_limit = p.export_limit;
  d.demand_price = p.demand ? t.demand_price : 0.0;
  d.reserve_rating = p.reserve_rating;
  d.reserve_price = p.reserve_price;
  d.reserve_duration = p.reserve_duration;
  d.work_max = p.work_power;
  d.genset_max = p.genset_power;
  d.genset_min = p.genset_min * p.genset_power;
  d.fuel_price = p.fuel_price * p.fuel_full * (1.0 - p.fuel_idle);
  d.fuel_idle = p.fuel_price * p.fuel_full * p.fuel_idle * p.genset_power;
  d.start = p.genset_start;
  d.cold_power = p.cold_power;
  d.cold_energy = p.cold_energy;
  d.cold_cop = p.cold_cop;
  d.cold_spread = p.cold_spread;
  d.cold_loss = p.cold_loss;
  return d;
}

ServiceLedger::Params ledger_of(const OptimalDispatch::Params& p, const TariffData& t) {
  return {p, p.rating, p.energy, p.efficiency_out, t.demand_price, p.prorate};
}

/// Load of a file, quarters of an hour [W].
Quarters load_file(const std::string& file, const std::string& column) {
  TimeSeries s = read_series(file);
  SeriesColumn c = s.columns.size() > 1 && column.empty() ? s.columns.back() : s.column(column);
  const auto unit = parse_unit(c.unit);
  if (!s.dated || !unit || !(unit->dimension == parse_unit("W")->dimension))
    throw UserError({s.source, 1, 1, 1},
                    fmt::format("'{}' is no dated power such as \"time,load [MW]\"", c.name));
  fill_gaps(c);
  return quarters(s, c);
}

}  // namespace

OptimalDispatch::OptimalDispatch(const Params& p, const core::ProcessSetup& setup)
    : p_(p),
      id_(setup.id),
      seed_(setup.seed),
      units_(setup.input_units),
      sets_(setup.output_width.size() > kGensetSet ? setup.output_width[kGensetSet] : 1),
      start_(core::from_seconds(setup.start_epoch)),
      tariff_(load_tariff(setup, p.tariff, p.tariff_file)),
      planner_([&] {
        if (p.soc_reserve + kGuard >= p.soc_max)
          throw UserError(fmt::format(
              "optimal_dispatch '{}': a reserve of {:.0f} % leaves nothing of soc_max {:.0f} % to "
              "trade with",
              setup.id, 100.0 * p.soc_reserve, 100.0 * p.soc_max));
        if (p.work_energy > p.work_power * 86400.0)
          throw UserError(fmt::format(
              "optimal_dispatch '{}': work_energy {} does not fit into a day of work_power {}",
              setup.id, format_quantity(p.work_energy, "J"), format_quantity(p.work_power, "W")));
        return parts_of(p, tariff_.data());
      }()),
      forecaster_(static_cast<ForecastKind>(p.forecast), kQuarter),
      guard_{p.rating, p.energy, p.efficiency_in, p.efficiency_out, p.soc_reserve, p.soc_max},
      ledger_(ledger_of(p, tariff_.data()), start_) {
  if (p.prices == Prices::spot) {
    if (p.spot_file.empty())
      spot_.emplace(setup.seed);
    else
      spot_.emplace(p.spot_file, p.spot_column, p.spot_unit, p.spot_scale);
  }
  if (p.forecast == Known::perfect) {
    if (p.foresight_file.empty())
      throw UserError(fmt::format(
          "optimal_dispatch '{}': perfect foresight needs foresight_file; 'steppe export RESULT.h5 "
          "--signals {}.load --every 15min -o load.csv' writes one",
          id_, id_));
    foresight_ = load_file(p.foresight_file, p.foresight_column);
  }
  const auto needs = [&](bool part, const char* parameter, Input input) {
    if (!part || units_.size() <= static_cast<size_t>(input)) return;
    if (units_[static_cast<size_t>(input)].front() > 0) return;
    throw UserError(
        fmt::format("optimal_dispatch '{}': {} needs the input '{}'", id_, parameter,
                    optimal_dispatch_process().inputs[static_cast<size_t>(input)].name));
  };
  needs(p.genset_power > 0.0, "genset_power", kGensetPower);
  needs(p.cold_energy > 0.0, "cold_energy", kColdStored);
  needs(p.cold_energy > 0.0, "cold_energy", kColdRate);
  needs(p.work_power > 0.0, "work_power", kWorkNow);
  if (p.cold_energy > 0.0 && p.cold_power <= 0.0)
    throw UserError(fmt::format("optimal_dispatch '{}': cold_energy needs a cold_power", id_));
  if (!p.history_file.empty()) remember(load_file(p.history_file, p.history_column));
  if (p.link_failures > 0.0)
    next_loss_ = core::from_seconds(Rng(seed_, id_ + " link").exponential() / p.link_failures);
}

void OptimalDispatch::remember(const Quarters& past) {
  // Of another year, by whole weeks: working days stay working days.
  constexpr int64_t kWeek = 7 * 86400;
  const int64_t now = start_ / kSecond / kQuarter * kQuarter;
  const int64_t end = past.start + kQuarter * static_cast<int64_t>(past.value.size());
  const int64_t shift =
      static_cast<int64_t>(std::ceil(static_cast<double>(now - end) / kWeek)) * kWeek;
  const int64_t known = std::max<int64_t>(0, (now - past.start - shift) / kQuarter);
  const auto last = std::min(static_cast<size_t>(known), past.value.size());
  const size_t first = last > kMemory ? last - kMemory : 0;
  history_.assign(past.value.begin() + static_cast<std::ptrdiff_t>(first),
                  past.value.begin() + static_cast<std::ptrdiff_t>(last));
  ambient_.assign(history_.size(), std::nan(""));
  ForecastData d;
  d.start = now - kQuarter * static_cast<int64_t>(history_.size());
  d.value = history_;
  forecaster_.train(d, history_.size());
}

double OptimalDispatch::price_at(int64_t t) const {
  return spot_ ? spot_->price(t) + p_.spot_adder : tariff_.price(t);
}
double OptimalDispatch::feed_in_at(int64_t t) const {
  // Never above the price of import: buying to sell is no business.
  const double feed = spot_ ? spot_->price(t) : tariff_.data().feed_in_price;
  return std::min(feed, price_at(t));
}

std::vector<double> OptimalDispatch::forecast(int64_t quarter, double load) const {
  const auto n = static_cast<size_t>(planner_.parts().steps);
  if (foresight_) {
    std::vector<double> out(n);
    const auto size = static_cast<int64_t>(foresight_->value.size());
    for (size_t k = 0; k < n; ++k) {
      const int64_t i = quarter + static_cast<int64_t>(k) - foresight_->start / kQuarter;
      // Beyond the file's end, the day before; outside altogether, the present load.
      const int64_t j = i >= size ? i - kQuartersPerDay * ((i - size) / kQuartersPerDay + 1) : i;
      out[k] = j < 0 || j >= size ? load : foresight_->value[static_cast<size_t>(j)];
    }
    return out;
  }
  if (history_.empty()) return std::vector<double>(n, load);
  ForecastData d;
  d.start = (quarter - static_cast<int64_t>(history_.size())) * kQuarter;
  d.value = history_;
  if (weather_) d.with.push_back(ambient_);
  return forecaster_.forecast(d, history_.size(), n);
}

void OptimalDispatch::learn(int64_t quarter) {
  history_.push_back(sum_ / covered_);
  ambient_.push_back(scaled(ambient_sum_ / covered_));
  if (ahead_.size() >= kLead) {
    if (history_.back() > 0.0) {
      error_sum_ += std::abs(1.0 - ahead_.front() / history_.back());
      error_count_ += 1.0;
    }
    ahead_.erase(ahead_.begin());
  }
  if (history_.size() >= kMemory + kQuartersPerDay) {
    history_.erase(history_.begin(), history_.begin() + kQuartersPerDay);
    ambient_.erase(ambient_.begin(), ambient_.begin() + kQuartersPerDay);
  }
  if (quarter % kQuartersPerDay == 0) {
    ForecastData d;
    d.start = (quarter - static_cast<int64_t>(history_.size())) * kQuarter;
    d.value = history_;
    // A file of the past brings no weather: it counts once all of the memory was lived through.
    weather_ = !std::isnan(ambient_.front());
    if (weather_) d.with.push_back(ambient_);
    forecaster_.train(d, history_.size());
  }
}

DispatchPlant OptimalDispatch::plant(double cap) const {
  return {.rating = p_.rating,
          .energy = p_.energy,
          .efficiency_in = p_.efficiency_in,
          .efficiency_out = p_.efficiency_out,
          .soc_reserve = guard_.floor(),
          .soc_max = p_.soc_max,
          .wear = p_.wear,
          .peak_limit = cap,
          .export_limit = p_.export_limit};
}

double OptimalDispatch::month_share(const core::ProcessContext& c, int64_t now) const {
  if (!p_.prorate) return 1.0;
  const int64_t first = month_begin(month_of(now)), last = month_begin(month_of(now) + 1);
  const int64_t begin = std::max(start_ / kSecond, first),
                end = std::min((start_ + c.end) / kSecond, last);
  return std::clamp(static_cast<double>(end - begin) / static_cast<double>(last - first), 0.0, 1.0);
}

void OptimalDispatch::tell(core::ProcessContext& c, const Plan& plan) {
  const std::string limit = plan.binding.empty() ? "nothing" : plan.binding.front().name;
  if (stable_hash(limit) != limit_) {
    std::string text;
    if (!plan.binding.empty()) {
      const Binding& b = plan.binding.front();
      text = b.unit == "CNY/W" ? fmt::format("worth {:.4g} CNY/MW", b.worth * 1e6)
                               : fmt::format("worth {:.4g} CNY/MWh", b.worth * 3.6e9);
      text += fmt::format(", in {} of {} steps", b.steps, plan.battery.size());
    }
    c.event("limit", "", limit, text);
    limit_ = stable_hash(limit);
  }
  std::string name;
  for (const Relaxation& r : plan.relaxed)
    name += fmt::format("{}{} by {}", name.empty() ? "" : ", ", r.name,
                        format_quantity(r.amount, r.unit));
  uint64_t hash = 0;
  for (const Relaxation& r : plan.relaxed) hash ^= stable_hash(r.name);
  if (!plan.relaxed.empty()) relaxed_ += 1.0;
  if (hash != relaxed_name_)
    c.event("relaxed", "", plan.relaxed.empty() ? "nothing" : plan.relaxed.front().name, name);
  relaxed_name_ = hash;
}

void OptimalDispatch::make_plan(core::ProcessContext& c, int64_t quarter, double load, double cap) {
  DispatchOutlook o;
  o.step = quarter;
  o.load = forecast(quarter, load);
  const auto n = o.load.size();
  if (o.load.size() > kLead) ahead_.push_back(o.load[kLead - 1]);
  for (size_t k = 0; k < n; ++k) {
    const int64_t t = (quarter + static_cast<int64_t>(k)) * kQuarter;
    o.price.push_back(price_at(t));
    o.feed_in.push_back(feed_in_at(t));
  }
  std::vector<double> cheapest = o.price;
  const size_t some = std::min<size_t>(16, n);
  std::nth_element(cheapest.begin(), cheapest.begin() + static_cast<std::ptrdiff_t>(some) - 1,
                   cheapest.end());
  double mean = 0.0;
  for (size_t k = 0; k < some; ++k) mean += cheapest[k] / static_cast<double>(some);
  o.value_stored = std::max(0.0, mean) / p_.efficiency_in;
  // Inside its margin the guard fills up; only what is below the reserve is a breach.
  const double soc = std::clamp(c.in(kSoc), 0.0, 1.0);
  o.stored = soc * p_.energy;
  if (soc >= p_.soc_reserve) o.stored = std::max(o.stored, planner_.parts().reserve);
  o.genset_limit = std::max(0.0, sum(c, kGensetAvailable));
  o.genset_on = planned_genset_ > 0.0;
  o.cold_stored = c.in(kColdStored);
  // What the halls take is what the chillers give less what goes into the storage.
  if (const double made = sum(c, kChillers); std::isfinite(made))
    o.cold_need = std::max(0.0, made - c.in(kColdRate));
  if (p_.cold_energy > 0.0)
    for (size_t k = 0; k < n; ++k) o.cold_cop.push_back(cop(ambient(c, k)));
  const double temp = c.in(kCellTemp);
  o.charge = p_.rating * charge_derating()(temp);
  o.discharge = p_.rating * discharge_derating()(temp);
  o.demand_so_far = std::max(ledger_.demand(), p_.peak_expected);
  o.import_limit = cap >= 1e12 ? kFree : cap;
  // A peak is paid once and used on every day that is left: charged to one day in full it would
  // never be worth its price. So a plan pays the share of the days that it sees.
  const int64_t now = quarter * kQuarter;
  const double left = static_cast<double>(
      std::min((start_ + c.end) / kSecond, month_begin(month_of(now) + 1)) - now);
  const double month_price = planner_.parts().demand_price * month_share(c, now);
  o.demand_share = month_share(c, now) * std::min(1.0, p_.horizon / std::max(left, 1.0));
  if (p_.work_power > 0.0) {
    // Work of each day is due at its midnight; a day's work opens when it begins.
    double due = 0.0, open = p_.work_energy - work_done_;
    for (size_t k = 0; k < n; ++k) {
      const int64_t end = (quarter + static_cast<int64_t>(k) + 1) * kQuarter;
      if (end % 86400 == 0) due = open;
      o.work_due.push_back(std::max(0.0, due));
      o.work_open.push_back(std::max(0.0, open));
      if (end % 86400 == 0) open += p_.work_energy;
    }
  }
  Plan plan = planner_.plan(o);
  // A plan that sees the end of the month pays for its peak in full; before that it counts on days
  // that it does not see. Those are the rule's days too: no further than to where this month costs
  // what the rule's would, energy and wear against demand. Half of a saving in hand stays there: a
  // peak that the forecast does not see may still take the rest.
  if (plan.solved && month_price > 0.0 && left > p_.horizon && !spot_ &&
      p_.forecast != Known::perfect && o.stored >= planner_.parts().reserve) {
    const double behind = (rule_.behind - plan.stored_worth * rule_.stored) / month_price;
    const double even = std::max(rule_.peak, load + spread_work() - rule_.order) -
                        (behind > 0.0 ? 2.0 : 1.0) * behind;
    // Never below what the site takes without a battery, nor below what is paid already; moved work
    // is none of the battery's.
    o.first_import = std::max({even, o.load.front(), o.demand_so_far}) + p_.work_power;
    if (plan.grid.front() > o.first_import) {
      plan = planner_.plan(o);
      plan.peak = std::min(plan.peak, o.first_import);
    }
  }
  plans_ += 1.0;
  planned_ = quarter;
  if (!plan.solved) {
    // Nothing fits, not even with load unserved: rest, and say so.
    planned_battery_ = planned_band_ = planned_genset_ = planned_cold_ = 0.0;
    planned_peak_ = 1e30;
    c.event("plan", "", "failed", "the battery rests until the next one");
    return;
  }
  iterations_ += plan.iterations;
  choices_ += plan.choices ? 1.0 : 0.0;
  // Whole watts: how a solution was reached leaves no trace.
  const auto watt = [](double v) { return std::round(v); };
  planned_battery_ = watt(plan.battery.front());
  planned_band_ = plan.band.empty() ? 0.0 : watt(plan.band.front());
  planned_work_ = plan.work.empty() ? 0.0 : watt(plan.work.front());
  planned_genset_ = plan.genset.empty() ? 0.0 : watt(plan.genset.front());
  planned_cold_ = plan.cold.empty() ? 0.0 : watt(plan.cold.front());
  planned_peak_ = p_.demand || cap < 1e12 ? watt(plan.peak) : 1e30;
  tell(c, plan);
}

void OptimalDispatch::follow_link(core::ProcessContext& c) {
  if (lost_since_ >= 0 && link_until_ > 0 && c.now >= link_until_) {
    lost_since_ = -1;
    link_until_ = 0;
    c.event("link", "lost", "restored", "");
    Rng r(seed_, id_ + " link");
    r.set_counter(2 * ++losses_);
    next_loss_ = c.now + core::from_seconds(r.exponential() / p_.link_failures);
  }
  if (p_.link_failures > 0.0 && lost_since_ < 0 && c.now >= next_loss_) {
    Rng r(seed_, id_ + " link");
    r.set_counter(2 * losses_ + 1);
    lost_since_ = c.now;
    link_until_ = c.now + core::from_seconds(r.exponential() * p_.link_repair);
    c.event("link", "up", "lost", "");
  }
}

bool OptimalDispatch::command(const std::string& name, double, core::ProcessContext& c) {
  if (name == "lose_link") {
    if (lost_since_ < 0) {
      lost_since_ = c.now;
      link_until_ = 0;
      c.event("link", "up", "lost", "");
    }
    return true;
  }
  if (name == "restore_link") {
    if (lost_since_ >= 0) c.event("link", "lost", "restored", "");
    lost_since_ = -1;
    return true;
  }
  return false;
}

void OptimalDispatch::account(core::ProcessContext& c, int64_t now) {
  const core::Nanoseconds t = start_ + c.now;
  ServiceLedger::Sample s;
  // What was measured when the order was given held until now; with the load of now, a step of it
  // would be booked against the old order, and the demand so far would creep upwards.
  const double work = c.in(kWorkNow);
  s.load = load_ + work;
  s.battery = c.in(kBatteryPower);
  s.genset = sum(c, kGensetPower);
  s.fuel = fuel(s.genset);
  s.cold = chilling(c);
  s.cold_stored = c.in(kColdStored) / (p_.cold_cop * (1.0 + p_.cold_spread));
  s.held = planned_peak_;
  s.answer = answer_;
  s.reserve = p_.reserve_price * planned_band_;
  s.shifted = p_.work_power > 0.0 ? work - spread_work() : 0.0;
  s.price = price_at(last_ < 0 ? now : (start_ + last_) / kSecond);
  s.feed_in = feed_in_at(last_ < 0 ? now : (start_ + last_) / kSecond);
  s.soc = c.in(kSoc);
  s.temp = c.in(kCellTemp);
  ledger_.sample(t, s);
  if (last_ >= 0) {
    const double dt = core::to_seconds(c.now - last_);
    // The rule shifts no work.
    rule_.advance(plant(cap_), dt, load_ + spread_work(),
                  {.battery = s.battery, .other = s.genset - s.cold - s.shifted, .cost = s.fuel},
                  s.price, s.feed_in);
    sum_ += load_ * dt;
    grid_sum_ += std::max(0.0, s.load - s.battery - s.genset + s.cold) * dt;
    ambient_sum_ += c.in(kAmbient)*dt;
    covered_ += dt;
    work_done_ += work * dt;
    // The site at the end of the step, for the whole of it: what a meter with this period shows.
    if (c.in(kSitePower) > cap_ * (1.0 + 1e-6)) {
      over_energy_ += (c.in(kSitePower)-cap_) * dt;
      over_time_ += dt;
    }
  }
  const int64_t day = now / 86400;
  if (day != work_day_) {
    work_done_ = 0.0;
    // A run that begins inside a day owes only what is left of it.
    if (work_day_ < 0)
      work_done_ = p_.work_energy * static_cast<double>(now - day * 86400) / 86400.0;
    work_day_ = day;
  }
}

double OptimalDispatch::sum(const core::ProcessContext& c, int input) const {
  const auto i = static_cast<size_t>(input);
  if (i >= units_.size()) return c.in(input);
  double v = 0.0;
  for (size_t k = 0; k < units_[i].size(); ++k)
    v += std::max(1, units_[i][k]) * c.in(input, static_cast<int>(k));
  return v;
}

double OptimalDispatch::cop(double ambient) const {
  constexpr double kRated = 293.15;  // K
  return std::max(1.0, p_.cold_cop * (1.0 - p_.cold_cop_fall * (ambient - kRated)));
}

double OptimalDispatch::chilling(const core::ProcessContext& c) const {
  const double rate = c.in(kColdRate), spread = rate > 0.0 ? -p_.cold_spread : p_.cold_spread;
  return rate / (cop(c.in(kAmbient)) * (1.0 + spread));
}

double OptimalDispatch::ambient(const core::ProcessContext& c, size_t ahead) const {
  const double now = c.in(kAmbient);
  const size_t n = ambient_.size(), day = kQuartersPerDay;
  if (n < day) return now;
  // As yesterday at that time; what today is warmer fades, to 1/e in six hours.
  const double yesterday = ambient_[n - day], then = ambient_[n - day + ahead % day];
  if (std::isnan(yesterday) || std::isnan(then)) return now;
  const double fade = std::exp(-static_cast<double>(ahead) / static_cast<double>(day) * 4.0);
  return kelvin(then) + fade * (now - kelvin(yesterday));
}

double OptimalDispatch::fuel(double power) const {
  const DispatchParts& parts = planner_.parts();
  return power > 0.0 ? parts.fuel_idle + parts.fuel_price * power : 0.0;
}

double OptimalDispatch::held(int64_t now) const {
  const double peak = planned_peak_ * (1.0 - kHold);
  if (peak >= 1e12) return peak;
  const double left = static_cast<double>((now / kQuarter + 1) * kQuarter - now);
  const double allowed = (peak * (covered_ + left) - grid_sum_) / std::max(left, 1.0);
  return std::clamp(allowed, 0.0, 2.0 * peak);
}

void OptimalDispatch::update(core::ProcessContext& c) {
  // Genset, storage and work, as far as they are there: the load is the site's without them.
  const double other = sum(c, kGensetPower) - chilling(c) - c.in(kWorkNow);
  const double soc = c.in(kSoc), load = c.in(kSitePower) + c.in(kBatteryPower) + other;
  const double cap = std::isfinite(c.in(kPeakLimit)) ? c.in(kPeakLimit) : p_.peak_limit;
  const double period = c.period(p_.period);
  const int64_t now = (start_ + c.now) / kSecond, quarter = now / kQuarter;
  account(c, now);
  cap_ = cap;
  follow_link(c);
  if (quarter != planned_) {
    rule_.close_quarter();
    if (month_of(now) != rule_.month) rule_.begin(month_of(now), soc);
    rule_.decide(tariff_, plant(cap), now, load + spread_work(), period);
    if (covered_ > 0.0 && planned_ >= 0) learn(quarter);
    sum_ = ambient_sum_ = grid_sum_ = covered_ = 0.0;
    make_plan(c, quarter, load, cap);
  }
  last_ = c.now;
  load_ = load;
  rule_.decide(tariff_, plant(cap), now, load + spread_work(), period);

  // 1. to 3.
  const double deviation = c.in(kFrequency)-50.0;
  answer_ = -planned_band_ * std::clamp(deviation / p_.full_activation, -1.0, 1.0);
  double p = planned_battery_ + answer_;
  p = std::max(p, load - other - std::min(held(now), cap));
  p = std::min(p, load - other + p_.export_limit);
  // 4. Less than half an exchange is at once.
  const auto latency = core::from_seconds(p_.latency);
  if (lost_since_ < 0) {
    if (latency < c.exchange / 2)
      order_ = p;
    else
      pending_.push_back({c.now + latency, p});
  } else if (core::to_seconds(c.now - lost_since_) >= p_.link_timeout) {
    order_ = planned_genset_ = planned_cold_ = 0.0;
  }
  size_t due = 0;
  while (due < pending_.size() && pending_[due].at <= c.now) order_ = pending_[due++].power;
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(due));
  // 5.
  applied_ = guard_.apply(order_, soc, period, cap - load + other);

  c.out(kPSet, applied_);
  c.out(kReference, load - other - applied_);
  c.out(kPrice, price_at(now));
  c.out(kLoad, load);
  c.out(kForecast, ahead_.empty() ? load : ahead_.back());
  c.out(kPeak, std::min(planned_peak_, 1e12));
  c.out(kBand, planned_band_);
  c.out(kWork, p_.work_power > 0.0 ? planned_work_ / p_.work_power : 0.0);
  // In proportion to what each set can give, evenly where nobody says.
  const double able = sum(c, kGensetAvailable);
  const bool told = std::isfinite(able);
  int units = 0;
  if (units_.size() > kGensetPower)
    for (int n : units_[kGensetPower]) units += n;
  for (int k = 0; k < sets_; ++k) {
    const double share = !told        ? 1.0 / std::max(units, sets_)
                         : able > 0.0 ? c.in(kGensetAvailable, k) / able
                                      : 0.0;
    c.out(kGensetStart, planned_genset_ * share > 0.0 ? 1.0 : 0.0, k);
    c.out(kGensetSet, planned_genset_ * share, k);
  }
  c.out(kColdShare, p_.cold_power > 0.0 ? planned_cold_ / p_.cold_power : 0.0);
  next_ = c.now + core::from_seconds(period);
  // An order on its way is delivered when it is due, if that is sooner.
  if (!pending_.empty() && pending_.front().at - c.now >= c.exchange / 2)
    next_ = std::min(next_, pending_.front().at);
}

std::vector<core::ProcessKpi> OptimalDispatch::kpis() const {
  auto k = ledger_.kpis();
  if (plans_ > 0.0) {
    k.push_back({"plans", plans_, "1", "Plans made"});
    k.push_back({"plans_with_choices", choices_, "1", "Plans that needed branch and bound"});
    k.push_back({"plans_relaxed", relaxed_, "1", "Plans in which a limit gave way"});
    k.push_back({"plan_iterations", iterations_ / plans_, "1", "Simplex steps of a plan, mean"});
  }
  if (cap_ < 1e12) {
    k.push_back(
        {"peak_limit_exceeded", over_energy_, "J", "Energy from the grid above peak_limit"});
    k.push_back({"peak_limit_exceeded_time", over_time_, "s", "Time above peak_limit"});
  }
  if (error_count_ > 0.0)
    k.push_back({"forecast_mape", error_sum_ / error_count_, "1",
                 "Mean |error| of the load forecast an hour ahead, relative"});
  return k;
}

void OptimalDispatch::save(core::StateWriter& w) const {
  for (auto v : {next_, last_, link_until_, lost_since_, next_loss_, planned_, work_day_}) w.put(v);
  for (double v : {planned_battery_, planned_peak_, planned_band_, planned_work_,
                   planned_genset_,  planned_cold_, order_,        applied_,
                   answer_,          load_,         sum_,          ambient_sum_,
                   grid_sum_,        covered_,      work_done_,    error_sum_,
                   error_count_,     plans_,        choices_,      iterations_,
                   relaxed_,         cap_,          over_energy_,  over_time_})
    w.put(v);
  w.put(limit_);
  w.put(relaxed_name_);
  w.put(losses_);
  w.put(static_cast<uint8_t>(weather_));
  w.put(pending_);
  w.put(history_);
  w.put(ambient_);
  w.put(ahead_);
  w.put(forecaster_.weights());
  w.put(rule_);
  ledger_.save(w);
}

void OptimalDispatch::load(core::StateReader& r) {
  for (auto* v : {&next_, &last_, &link_until_, &lost_since_, &next_loss_, &planned_, &work_day_})
    r.get(*v);
  for (double* v : {&planned_battery_, &planned_peak_, &planned_band_, &planned_work_,
                    &planned_genset_,  &planned_cold_, &order_,        &applied_,
                    &answer_,          &load_,         &sum_,          &ambient_sum_,
                    &grid_sum_,        &covered_,      &work_done_,    &error_sum_,
                    &error_count_,     &plans_,        &choices_,      &iterations_,
                    &relaxed_,         &cap_,          &over_energy_,  &over_time_})
    r.get(*v);
  r.get(limit_);
  r.get(relaxed_name_);
  r.get(losses_);
  uint8_t weather = 0;
  r.get(weather);
  weather_ = weather != 0;
  r.get(pending_);
  r.get(history_);
  r.get(ambient_);
  r.get(ahead_);
  r.get(forecaster_.weights());
  r.get(rule_);
  ledger_.load(r);
}

core::ProcessType optimal_dispatch_process() {
  core::ProcessType t;
  t.name = "optimal_dispatch";
  t.domain = "economics";
  t.help =
      "Battery, gensets, cooling storage and waiting work by rolling optimisation, with a reserve "
      "for backup";
  t.params = &OptimalDispatch::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<OptimalDispatch::Params>();
    OptimalDispatch::params().set_defaults(p.get());
    return p;
  };
  const double required = std::nan("");
  t.inputs = {{"site_power", "W", "Power from the utility at the meter", required},
              {"battery_power", "W", "Power of the battery converter to the site", required},
              {"soc", "1", "State of charge", required},
              {"peak_limit", "W", "Limit of the power from the grid, when it changes in time",
               std::numeric_limits<double>::infinity()},
              {"cell_temp", "K", "Temperature of the cells: cold ones charge slower", 298.15},
              {"frequency", "Hz", "Frequency of the grid", 50.0},
              {"ambient_temp", "K", "Outdoor temperature, for the forecast of the load", 288.15},
              {"genset_power", "W", "Power of the gensets to the site", 0.0, 0},
              {"genset_available", "W", "Power that the gensets could give now",
               std::numeric_limits<double>::infinity(), 0},
              {"cold_stored", "J", "Cold in the storage", 0.0},
              {"cold_rate", "W", "Cold that goes into the storage", 0.0},
              {"chillers", "W",
               "Cold that the chillers give: no more can be discharged than the halls take",
               std::numeric_limits<double>::infinity(), 0},
              {"work", "W", "Power of the work that can wait", 0.0}};
  t.outputs = {
      {"p_set", "W", "Power ordered from the converter, positive = discharge"},
      {"reference", "W", "Power that the grid shall deliver"},
      {"price", "CNY/J", "Price of energy in force"},
      {"load", "W", "Power of the site without battery, gensets, cooling storage and waiting work"},
      {"forecast", "W", "Load forecast for the last quarter of the next hour"},
      {"planned_peak", "W", "Highest import that the plan holds"},
      {"band", "W", "Band of frequency reserve that is held"},
      {"work_scale", "1", "Power of the work that can wait, over work_power"},
      {"genset_start", "1", "1: the genset shall run, per set", 0.0, 0},
      {"genset_set", "W", "Power ordered from the genset, per set", 0.0, 0},
      {"cold_share", "1", "Cold ordered into the storage, over cold_power"}};
  t.commands = {"lose_link", "restore_link"};
  t.make = [](const void* params,
              const core::ProcessSetup& setup) -> std::unique_ptr<core::Process> {
    return std::make_unique<OptimalDispatch>(*static_cast<const OptimalDispatch::Params*>(params),
                                             setup);
  };
  return t;
}

}  // namespace steppe::models
