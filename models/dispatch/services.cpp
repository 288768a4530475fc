#include "models/dispatch/services.h"

#include <algorithm>
#include <cmath>

#include "models/economics/finance.h"

namespace steppe::models {
namespace {

using core::Nanoseconds;
constexpr Nanoseconds kSecond = 1000000000, kQuarterNs = kQuarter * kSecond;
constexpr double kEndOfLife = 0.2;  // share of capacity lost when cells are replaced

/// Loss by cycles alone; what time took is the rest of the whole.
double cycle_loss(AgeingModel m, AgeingState s) {
  const double whole = capacity_loss(m, s);
  s.cycle = s.cycle_cold = 0.0;
  return whole - capacity_loss(m, s);
}

}  // namespace

ServiceLedger::ServiceLedger(const Params& p, Nanoseconds start)
    : p_(p), start_(start), last_(start) {
  if (p.cell_age > 0.0) {
    age_calendar(p.ageing, age_, p.cell_age, 298.15, 0.5);
    age_cycle(p.ageing, age_, {p.cell_age / 86400.0, 0.8, 0.25, 0.25, 298.15});
  }
  cycle_before_ = cycle_loss(p.ageing, age_);
  calendar_before_ = capacity_loss(p.ageing, age_) - cycle_before_;
  before_ = age_;
}

/// Every part of an ageing state grows in proportion to what was done (ageing.h), so what a run
/// adds, times any number, is that many such runs.
double ServiceLedger::expected_life(const AgeingState& end) const {
  const double run = end.seconds - before_.seconds;
  const auto loss = [&](double seconds) {
    const double times = seconds / run;
    AgeingState s;
    s.calendar = times * (end.calendar - before_.calendar);
    s.cycle = times * (end.cycle - before_.cycle);
    s.cycle_cold = times * (end.cycle_cold - before_.cycle_cold);
    return capacity_loss(p_.ageing, s);
  };
  if (run <= 0.0 || loss(p_.plant_life) <= kEndOfLife) return p_.plant_life;
  double lo = 0.0, hi = p_.plant_life;
  while (hi - lo > 1e-9 * p_.plant_life) {
    const double mid = 0.5 * (lo + hi);
    (loss(mid) < kEndOfLife ? lo : hi) = mid;
  }
  return hi;
}

double ServiceLedger::demand_saved(const Month& m) const {
  if (m.month < 0) return 0.0;
  const auto month = static_cast<int>(m.month);
  const auto length = static_cast<double>(month_begin(month + 1) - month_begin(month));
  const double share = p_.prorate ? std::min(1.0, m.seconds / length) : 1.0;
  return p_.demand_price * share * (m.without - m.with);
}

void ServiceLedger::close_quarter() {
  if (quarter_covered_ == kQuarterNs) {
    month_.with = std::max(month_.with, quarter_with_ / kQuarter);
    month_.without = std::max(month_.without, quarter_without_ / kQuarter);
  }
  quarter_with_ = quarter_without_ = 0.0;
  quarter_covered_ = 0;
}

void ServiceLedger::sample(Nanoseconds now, const Sample& s) {
  if (!started_) {
    started_ = true;
    first_soc_ = last_soc_ = s.soc;
    first_cold_ = last_cold_ = s.cold_stored;
    last_ = now;
    cycles_.push(s.soc, [](const Rainflow::Cycle&) {});
    return;
  }
  const double need = s.load - s.genset + s.cold;
  const double grid = need - s.battery;
  const double without = s.load - s.shifted;
  const auto cost = [&](double p) { return p * (p >= 0.0 ? s.price : s.feed_in); };
  while (last_ < now) {
    const Nanoseconds end = std::min(now, (last_ / kQuarterNs + 1) * kQuarterNs);
    const double dt = core::to_seconds(end - last_);
    const int month = month_of(last_ / kSecond);
    if (month != month_.month) {
      peak_closed_ += demand_saved(month_);
      month_ = {};
      month_.month = month;
    }
    month_.seconds += dt;
    cost_with_ += cost(grid) * dt;
    cost_without_ += cost(without) * dt;
    work_ -= s.price * s.shifted * dt;
    genset_ += s.price * s.genset * dt;
    genset_energy_ += s.genset * dt;
    fuel_ += s.fuel * dt;
    cold_ -= s.price * s.cold * dt;
    cold_energy_ += std::max(0.0, -s.cold) * dt;
    reserve_ += s.reserve * dt;
    quarter_with_ += std::max(0.0, grid) * dt;
    quarter_without_ += std::max(0.0, without) * dt;
    quarter_covered_ += end - last_;
    const double given = std::max(0.0, s.battery);
    const double answer = std::clamp(s.answer, 0.0, given);
    const double peak = std::clamp(need - s.held, 0.0, given - answer);
    given_[0] += (given - answer - peak) * dt;
    given_[1] += peak * dt;
    given_[2] += answer * dt;
    price_sum_ += s.price * dt;
    seconds_ += dt;
    if (std::abs(s.battery) > 1e-3 * p_.energy / 3600.0) active_ += dt;
    last_ = end;
    if (end % kQuarterNs == 0) close_quarter();
  }
  const double dt = core::to_seconds(now - start_) - (age_.seconds - p_.cell_age);
  if (dt > 0.0) age_calendar(p_.ageing, age_, dt, s.temp, s.soc);
  // Mean current while there is any: throughput of all services over the time it flowed.
  const double given = given_[0] + given_[1] + given_[2];
  const double rate = active_ > 0.0 ? 2.0 * given / p_.energy / (active_ / 3600.0) : 0.0;
  cycles_.push(s.soc, [&](const Rainflow::Cycle& c) {
    age_cycle(p_.ageing, age_, {c.weight * c.range, c.range, rate, rate, s.temp});
  });
  last_soc_ = s.soc;
  last_cold_ = s.cold_stored;
  temp_ = s.temp;
  // A day is close enough for the end of a life of years.
  constexpr Nanoseconds kDay = 86400 * kSecond;
  if (life_ == 0.0 && now / kDay != checked_ / kDay) {
    checked_ = now;
    if (capacity_loss(p_.ageing, age_) >= kEndOfLife) life_ = age_.seconds;
  }
}

std::vector<core::ProcessKpi> ServiceLedger::kpis() const {
  if (!started_ || seconds_ <= 0.0) return {};
  const double peak = peak_closed_ + demand_saved(month_);
  const double arbitrage = cost_without_ - cost_with_ - work_ - genset_ - cold_;
  const double price = price_sum_ / seconds_;
  const double stock = (last_soc_ - first_soc_) * p_.energy * p_.efficiency_out * price;
  AgeingState age = age_;
  const double given = given_[0] + given_[1] + given_[2];
  const double rate = active_ > 0.0 ? 2.0 * given / p_.energy / (active_ / 3600.0) : 0.0;
  cycles_.rest([&](const Rainflow::Cycle& c) {
    age_cycle(p_.ageing, age, {c.weight * c.range, c.range, rate, rate, temp_});
  });
  const double value = p_.cell_price * p_.energy / kEndOfLife;
  const double by_cycles = cycle_loss(p_.ageing, age);
  const double cycles = value * (by_cycles - cycle_before_);
  const double standby = value * (capacity_loss(p_.ageing, age) - by_cycles - calendar_before_);
  std::vector<core::ProcessKpi> k;
  const auto row = [&](const char* name, double earned, double energy) {
    const std::string service = std::string("service_") + name;
    k.push_back({service + "_earned", earned, "CNY", "What the bill is less for it"});
    if (energy <= 0.0) return;
    k.push_back({service + "_energy", energy, "J", "Given back for it"});
    k.push_back({service + "_cells", cycles * energy / given, "CNY", "What it cost the cells"});
  };
  row("arbitrage", arbitrage, given_[0]);
  row("peak", peak, given_[1]);
  if (reserve_ != 0.0 || given_[2] > 0.0) row("reserve", reserve_, given_[2]);
  if (work_ != 0.0) row("work", work_, 0.0);
  if (cold_energy_ > 0.0 || cold_ != 0.0) {
    row("cold", cold_ + (last_cold_ - first_cold_) * price, 0.0);
    k.push_back(
        {"service_cold_energy", cold_energy_, "J", "Electricity that stored cold replaced"});
  }
  if (fuel_ > 0.0) {
    row("genset", genset_ - fuel_, 0.0);
    k.push_back({"service_genset_energy", genset_energy_, "J", "Import that gensets replaced"});
    k.push_back({"service_genset_fuel", fuel_, "CNY", "What they burnt for it"});
  }
  row("stock", stock, 0.0);
  k.push_back({"cells_capacity_loss", capacity_loss(p_.ageing, age), "1",
               "Share of their capacity that the cells have lost, cell_age included"});
  if (life_ > 0.0)
    k.push_back({"cells_life", life_, "s",
                 "Service after which a fifth of their capacity was lost, cell_age included"});
  constexpr double kYear = 365.0 * 86400.0;
  const double life = expected_life(age);
  k.push_back({"cells_life_expected", life, "s",
               "Life of fresh cells in the operation of the run, the plant's at most"});
  k.push_back({"battery_capital",
               (p_.cell_price * p_.energy * capital_recovery(p_.interest, life / kYear) +
                p_.plant_price * p_.rating * capital_recovery(p_.interest, p_.plant_life / kYear)) *
                   seconds_ / kYear,
               "CNY", "Owning the battery for the time of the run, cells replaced as they age"});
  k.push_back({"battery_profit", arbitrage + peak + reserve_ + stock - cycles - standby, "CNY",
               "What the services of the battery earned less what they and time cost its cells"});
  k.push_back({"service_standby_cells", standby, "CNY", "What time alone cost the cells"});
  return k;
}

void ServiceLedger::save(core::StateWriter& w) const {
  for (double v : {quarter_with_, quarter_without_, cost_with_,     cost_without_,  work_,
                   reserve_,      peak_closed_,     given_[0],      given_[1],      given_[2],
                   price_sum_,    seconds_,         first_soc_,     last_soc_,      active_,
                   temp_,         month_.with,      month_.without, month_.seconds, life_,
                   genset_,       genset_energy_,   fuel_,          cold_,          cold_energy_,
                   first_cold_,   last_cold_})
    w.put(v);
  w.put(checked_);
  w.put(month_.month);
  w.put(last_);
  w.put(quarter_covered_);
  w.put(static_cast<uint8_t>(started_));
  cycles_.save(w);
  w.put(age_);
}

void ServiceLedger::load(core::StateReader& r) {
  for (double* v :
       {&quarter_with_, &quarter_without_, &cost_with_,     &cost_without_,  &work_,
        &reserve_,      &peak_closed_,     &given_[0],      &given_[1],      &given_[2],
        &price_sum_,    &seconds_,         &first_soc_,     &last_soc_,      &active_,
        &temp_,         &month_.with,      &month_.without, &month_.seconds, &life_,
        &genset_,       &genset_energy_,   &fuel_,          &cold_,          &cold_energy_,
        &first_cold_,   &last_cold_})
    r.get(*v);
  r.get(checked_);
  r.get(month_.month);
  r.get(last_);
  r.get(quarter_covered_);
  uint8_t s = 0;
  r.get(s);
  started_ = s != 0;
  cycles_.load(r);
  r.get(age_);
}

}  // namespace steppe::models
