#include "models/battery/battery_life.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace steppe::models {
namespace {
constexpr double kDay = 86400.0;

BatteryLife::Params prepared(BatteryLife::Params p) {
  prepare_cell(p);
  return p;
}
}  // namespace

const core::ParamTable<BatteryLife::Params>& BatteryLife::params() {
  static const auto table = [] {
    core::ParamTable<Params> t;
    t.group("Size")
        .integer("series", &Params::series, 416, {1, 2000}, "Cells in series")
        .integer("parallel", &Params::parallel, 12, {1, 100000}, "Strings in parallel");
    add_cell_rows(t);
    t.group("Duty")
        .list("times", &Params::times, "h", {0, 11, 16, 18, 22}, {0, 1e6},
              "Instants of the cycle at which the power changes; the first is 0")
        .list("power", &Params::power, "MW", {0, -0.9, 0, 1.0, 0}, {-2000, 2000},
              "Power from each instant on, positive = discharge, at the ac side")
        .real("repeat", &Params::repeat, "h", 24.0, {0.01, 8784.0}, "Length of the cycle")
        .integer("days_a_week", &Params::days_a_week, 7, {0, 7},
                 "Days of each week with the duty; the others rest")
        .text(
            "record", &Params::record, "",
            "CSV file in place of the duty, repeated: time_s with soc and temperature_c, which the "
            "cell follows, or with power_kW (positive = discharge) at the ac side",
            core::ParamKind::file)
        .real("step", &Params::step, "s", 300.0, {1.0, 3600.0},
              "Step of the cell; `times` and `repeat` are multiples of it")
        .real("period", &Params::period, "d", 1.0, {0.01, 366.0},
              "How often capacity and resistance are handed back to the cell and shown")
        .real("soc_initial", &Params::soc_initial, "1", 0.5, {0.0, 1.0},
              "State of charge at the start")
        .group("Converter")
        .real("rating", &Params::rating, "MW", 2.5, {1e-6, 2000.0}, "Rating of the converter")
        .real("p0_charge", &Params::p0_charge, "1", 0.007702, {0.0, 0.05},
              "No-load loss over rating while charging", "[Möller 2022]")
        .real("k_charge", &Params::k_charge, "1", 0.017291, {0.0, 0.2},
              "Quadratic loss over rating while charging", "[Möller 2022]")
        .real("p0_discharge", &Params::p0_discharge, "1", 0.005512, {0.0, 0.05},
              "No-load loss over rating while discharging", "[Möller 2022]")
        .real("k_discharge", &Params::k_discharge, "1", 0.018773, {0.0, 0.2},
              "Quadratic loss over rating while discharging", "[Möller 2022]")
        .group("Ageing")
        .choice("model", &Params::model, ageing_choices(true), AgeingModel::naumann,
                "Ageing model that acts on the cell; own: coefficients of the cell's data file",
                "[Naumann 2018] [Naumann 2020], [Schimpe 2018], [Gasper 2023], [Wang 2011]")
        .real("end_of_life", &Params::end_of_life, "1", 0.7, {0.1, 0.99},
              "Capacity at which the battery counts as spent");
    add_ageing_rows(t);
    return t;
  }();
  return table;
}

BatteryLife::BatteryLife(const Params& p, const core::ProcessSetup& setup)
    : p_(prepared(p)),
      id_(setup.id),
      cells_(static_cast<double>(p.series) * p.parallel),
      stepper_(p_, p.step),
      account_(p.model, 1.0, true, ageing_law(p, p.model)) {
  const auto refuse = [&](const std::string& why) {
    throw UserError(fmt::format("battery_life '{}': {}", id_, why));
  };
  m_.cell.soc = p.soc_initial;
  if (!p.record.empty()) {
    record_ = read_battery_record(p.record);
    if (follows_soc()) {
      m_.cell.soc = record_.soc.front();
    } else if (record_.length() < p.step) {
      refuse(
          fmt::format("the record is {:.3g} s long, `step` is {:.3g} s", record_.length(), p.step));
    } else {
      constexpr double kMost = 5e7;
      if (record_.length() / p.step > kMost)
        refuse(fmt::format("the record is {:.3g} s long: `step` {:.3g} s is too short for it",
                           record_.length(), p.step));
      cycle_ = mean_power(record_, p.step);
    }
    return;
  }
  if (p.times.empty() || p.times.size() != p.power.size())
    refuse(fmt::format("`times` has {} entries, `power` {}; they need the same number, at least 1",
                       p.times.size(), p.power.size()));
  if (p.times.front() != 0.0) refuse("the first of `times` must be 0");
  const auto whole = [&](double t) {
    return std::fabs(t / p.step - std::round(t / p.step)) < 1e-6;
  };
  for (size_t i = 1; i < p.times.size(); ++i)
    if (p.times[i] <= p.times[i - 1]) refuse("`times` must rise");
  if (p.times.back() >= p.repeat) refuse("`repeat` must lie behind the last of `times`");
  for (double t : p.times)
    if (!whole(t) || !whole(p.repeat))
      refuse(fmt::format("`times` and `repeat` must be multiples of `step` ({} s)", p.step));
  const auto n = static_cast<size_t>(std::llround(p.repeat / p.step));
  for (size_t i = 0, k = 0; i < n; ++i) {
    const double t = static_cast<double>(i) * p.step + 0.5 * p.step;
    while (k + 1 < p.times.size() && p.times[k + 1] < t) ++k;
    cycle_.push_back(p.power[k]);
  }
}

void BatteryLife::follow_duty(double until, double coolant) {
  const double dt = p_.step;
  const auto loss = [&](double dc) {
    const double x = dc / p_.rating;
    return p_.rating * (dc > 0.0   ? p_.p0_discharge + p_.k_discharge * x * x
                        : dc < 0.0 ? p_.p0_charge + p_.k_charge * x * x
                                   : 0.0);
  };
  while (m_.time + 0.5 * dt < until) {
    const auto step = static_cast<int64_t>(std::llround(m_.time / dt));
    const bool works = static_cast<int64_t>(m_.time / kDay) % 7 < p_.days_a_week;
    const double order =
        works ? cycle_[static_cast<size_t>(step % static_cast<int64_t>(cycle_.size()))] : 0.0;
    const auto r = stepper_.power(m_.cell, (order + loss(order)) / cells_, coolant, m_.age);
    const double dc = cells_ * r.current * r.voltage, ac = dc - loss(dc);
    (ac > 0.0 ? m_.out : m_.in) += std::fabs(ac) * dt;
    m_.ordered += std::fabs(order) * dt;
    m_.missed += std::max(0.0, std::fabs(order) - std::fabs(ac)) * dt;
    m_.through += std::fabs(dc) * dt;
    m_.voltage = r.voltage;
    account_.sample(dt, m_.cell.soc, m_.cell.temp, r.current * 3600.0 / p_.cell_capacity);
    m_.low = std::min(m_.low, m_.cell.soc);
    m_.high = std::max(m_.high, m_.cell.soc);
    m_.time += dt;
  }
}

void BatteryLife::follow_record(double until, double coolant) {
  const auto n = record_.time.size();
  // From the last sample back to the first takes as long as the step before it.
  while (m_.time < until) {
    const auto at = static_cast<size_t>(m_.at), next = (at + 1) % n;
    const double dt = next > 0 ? record_.time[next] - record_.time[at]
                               : record_.time[n - 1] - record_.time[n - 2];
    const double moved = record_.soc[next] - record_.soc[at];
    m_.cell.soc = record_.soc[next];
    m_.cell.temp = record_.temp.empty() ? coolant : record_.temp[next];
    const double rate = -moved * 3600.0 / dt;
    check_record(dt, rate);
    if (m_.time == 0.0) account_.sample(0.0, record_.soc[at], m_.cell.temp, 0.0);
    account_.sample(dt, m_.cell.soc, m_.cell.temp, rate);
    m_.through +=
        std::fabs(moved) * cells_ * p_.cell_capacity * m_.age.capacity * p_.table->nominal();
    m_.low = std::min(m_.low, m_.cell.soc);
    m_.high = std::max(m_.high, m_.cell.soc);
    m_.time += dt;
    m_.at = static_cast<int64_t>(next);
  }
}

void BatteryLife::check_record(double dt, double rate) {
  const double share = rate < 0.0
                           ? p_.charge_rate * p_.table->charge_derating()(m_.cell.temp)
                           : p_.discharge_rate * p_.table->discharge_derating()(m_.cell.temp);
  // A recorded course is rounded: a thousandth of the capacity in an hour is no current.
  if (std::fabs(rate) > share + 1e-3) {
    m_.beyond += dt;
    m_.beyond_rate = rate;
  }
}

void BatteryLife::update(core::ProcessContext& c) {
  const double coolant = c.in(kCoolant);
  if (c.now == 0) m_.cell.temp = coolant;
  m_.low = m_.high = m_.cell.soc;
  const bool allowed = m_.beyond == 0.0;
  if (follows_soc())
    follow_record(core::to_seconds(c.now), coolant);
  else
    follow_duty(core::to_seconds(c.now), coolant);
  if (allowed && m_.beyond > 0.0)
    c.event("record", "within limits", "beyond limits",
            fmt::format("{:.2f} C {}: more than the cell allows at its temperature; followed all "
                        "the same",
                        std::fabs(m_.beyond_rate), m_.beyond_rate < 0.0 ? "charge" : "discharge"));
  m_.min_soc = std::min(m_.min_soc, m_.low);

  const auto acting = account_.acting();
  m_.age = {std::max(0.05, 1.0 - acting.loss), 1.0 + acting.resistance};
  const auto [least, most] = ageing_spread(account_);
  const bool inside = account_.in_range_now(p_.model);
  if (!inside && m_.told == 0 && c.now > 0) {
    m_.told = 1;
    c.event("ageing", "in range", "out of range", out_of_range_text(account_, m_.cell.temp));
  }
  if (m_.end_of_life < 0.0 && m_.age.capacity <= p_.end_of_life) {
    m_.end_of_life = m_.time;
    c.event(
        "life", "in service", "end of life",
        fmt::format("{:.1f} % of the capacity left after {:.1f} years, {:.0f} full cycles",
                    100.0 * m_.age.capacity, m_.time / (365.25 * kDay), account_.full_cycles()));
  }
  c.out(kCapacity, m_.age.capacity);
  c.out(kResistance, m_.age.resistance);
  c.out(kFade, acting.loss);
  c.out(kFadeMin, least);
  c.out(kFadeMax, most);
  c.out(kCycles, account_.full_cycles());
  c.out(kTemp, m_.cell.temp);
  c.out(kSocLow, m_.low);
  c.out(kSocHigh, m_.high);
  c.out(kInRange, inside ? 1.0 : 0.0);
  if (follows_soc()) {
    const auto at = cell_point(p_, m_.cell.soc, m_.cell.temp);
    m_.voltage = at.u;
  }
  c.out(kVoltage, m_.voltage);
  next_ = std::max(c.now + core::from_seconds(c.period(p_.period)), c.now + 1);
  // The last stretch counts too.
  if (c.now < c.end) next_ = std::min(next_, c.end);
}

std::vector<core::ProcessKpi> BatteryLife::kpis() const {
  auto k = ageing_kpis(account_);
  k.push_back({"battery_throughput", m_.through, "J"});
  k.push_back({"battery_equivalent_full_cycles", account_.full_cycles(), "1"});
  k.push_back({"battery_min_soc", m_.min_soc, "1"});
  if (m_.in > 0.0 && m_.out > 0.0)
    k.push_back({"battery_round_trip", m_.out / m_.in, "1",
                 "Energy out over energy in at the ac side, converter's losses included"});
  if (m_.ordered > 0.0)
    k.push_back({"battery_duty_missed", m_.missed / m_.ordered, "1",
                 "Share of the ordered energy that the battery could not give or take"});
  if (follows_soc() && m_.time > 0.0)
    k.push_back({"battery_record_beyond_limits", m_.beyond / m_.time, "1",
                 "Share of the time in which the record moves faster than the cell allows"});
  if (m_.end_of_life >= 0.0)
    k.push_back({"battery_end_of_life", m_.end_of_life, "s",
                 "Time until the capacity first fell to end_of_life"});
  return k;
}

void BatteryLife::save(core::StateWriter& w) const {
  w.put(m_);
  w.put(next_);
  account_.save(w);
}

void BatteryLife::load(core::StateReader& r) {
  r.get(m_);
  r.get(next_);
  account_.load(r);
}

core::ProcessType battery_life_process() {
  core::ProcessType t;
  t.name = "battery_life";
  t.domain = "battery";
  t.help = "Decades of a battery on a daily duty or a recorded state of charge: ageing and energy";
  t.params = &BatteryLife::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<BatteryLife::Params>();
    BatteryLife::params().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"coolant_temp", "K", "Temperature of the cells' surroundings", 298.15}};
  t.outputs = {
      {"capacity_factor", "1", "Capacity left over the new one", 1.0},
      {"resistance_factor", "1", "Resistance over the new one", 1.0},
      {"fade", "1", "Share of the capacity lost by the acting model"},
      {"fade_least", "1", "The least of the four models"},
      {"fade_most", "1", "The most of the four models"},
      {"full_cycles", "1", "Equivalent full cycles"},
      {"temp", "K", "Temperature of the cells", 298.15},
      {"soc_low", "1", "Lowest state of charge since the last instant"},
      {"soc_high", "1", "Highest state of charge since the last instant"},
      {"in_range", "1", "1 inside the conditions that the acting model was measured at", 1.0},
      {"cell_voltage", "V",
       "Voltage of a cell: mean of its last step; the open-circuit one where a record of the state "
       "of charge is followed"}};
  t.make = [](const void* p, const core::ProcessSetup& s) -> std::unique_ptr<core::Process> {
    return std::make_unique<BatteryLife>(*static_cast<const BatteryLife::Params*>(p), s);
  };
  return t;
}

}  // namespace steppe::models
