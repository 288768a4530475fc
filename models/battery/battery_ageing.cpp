#include "models/battery/battery_ageing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace steppe::models {

const core::ParamTable<BatteryAgeing::Params>& BatteryAgeing::params() {
  static const auto table = [] {
    core::ParamTable<Params> t;
    t.choice("model", &Params::model, ageing_choices(true), AgeingModel::naumann,
             "Ageing model that acts on the battery; own: coefficients of the cell's data file",
             "[Naumann 2018] [Naumann 2020], [Schimpe 2018], [Gasper 2023], [Wang 2011]")
        .real("period", &Params::period, "s", 60.0, {0.001, 86400.0}, "Sampling period")
        .real("time_factor", &Params::time_factor, "1", 1.0, {0.0, 1e5},
              "Every second ages like this many: a day of the run may stand for a year");
    add_ageing_rows(t);
    return t;
  }();
  return table;
}

void BatteryAgeing::update(core::ProcessContext& c) {
  const double soc = c.in(kSoc), temp = c.in(kTemp), rate = c.in(kRate);
  const double dt = core::to_seconds(c.now - last_);
  // The mean of both ends while the current keeps its direction.
  const double mean = started_ && rate * rate_ > 0.0 ? 0.5 * (rate + rate_) : rate;
  if (!started_ || dt > 0.0) account_.sample(started_ ? dt : 0.0, soc, temp, mean);
  if (!told_ && !account_.in_range_now(p_.model)) {
    told_ = true;
    c.event("ageing", "in range", "out of range", out_of_range_text(account_, temp));
  }
  started_ = true;
  rate_ = rate;
  last_ = c.now;
  next_ = c.now + core::from_seconds(c.period(p_.period));
  const auto [least, most] = ageing_spread(account_);
  const auto r = account_.acting();
  c.out(kCapacity, std::max(0.05, 1.0 - r.loss));
  c.out(kResistance, 1.0 + r.resistance);
  c.out(kFade, r.loss);
  c.out(kFadeMin, least);
  c.out(kFadeMax, most);
  c.out(kCycles, account_.full_cycles());
  c.out(kInRange, account_.in_range_now(p_.model) ? 1.0 : 0.0);
}

std::pair<double, double> ageing_spread(const AgeingAccount& account) {
  double least = 1e9, most = 0.0;
  for (int k = 0; k < kAgeingModels; ++k) {
    if (!account.knows(static_cast<AgeingModel>(k))) continue;
    const double loss = account.result(static_cast<AgeingModel>(k)).loss;
    least = std::min(least, loss);
    most = std::max(most, loss);
  }
  return {least, most};
}

std::string out_of_range_text(const AgeingAccount& account, double temp) {
  const AgeingModel m = account.acting_model();
  return fmt::format("{:.1f} degC, {:.2f} C; {} was measured at {}: the fade is an extrapolation",
                     temp - 273.15, account.rate_now(), ageing_name(m),
                     range_text(m, account.law()));
}

std::vector<core::ProcessKpi> ageing_kpis(const AgeingAccount& account) {
  const auto [least, most] = ageing_spread(account);
  const auto r = account.acting();
  return {{"battery_capacity_fade", r.loss, "1"},
          {"battery_capacity_fade_min", least, "1"},
          {"battery_capacity_fade_max", most, "1"},
          {"battery_resistance_rise", r.resistance, "1"},
          {"battery_ageing_outside_range", account.outside(account.acting_model()), "1"}};
}

std::vector<core::ProcessKpi> BatteryAgeing::kpis() const { return ageing_kpis(account_); }

void BatteryAgeing::save(core::StateWriter& w) const {
  account_.save(w);
  w.put(next_);
  w.put(last_);
  w.put(rate_);
  w.put(static_cast<uint8_t>(told_));
  w.put(static_cast<uint8_t>(started_));
}

void BatteryAgeing::load(core::StateReader& r) {
  account_.load(r);
  r.get(next_);
  r.get(last_);
  r.get(rate_);
  uint8_t flag = 0;
  r.get(flag);
  told_ = flag != 0;
  r.get(flag);
  started_ = flag != 0;
}

core::ProcessType battery_ageing_process() {
  core::ProcessType t;
  t.name = "battery_ageing";
  t.domain = "battery";
  t.help =
      "Ageing of a battery: calendar and cycles, by one of four published models or a law of the "
      "cell's own";
  t.params = &BatteryAgeing::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<BatteryAgeing::Params>();
    BatteryAgeing::params().set_defaults(p.get());
    return p;
  };
  const double required = std::nan("");
  t.inputs = {
      {"soc", "1", "State of charge", required},
      {"temp", "K", "Temperature of the cells", required},
      {"c_rate", "1/h", "Current over capacity in one hour, positive = discharge", required}};
  t.outputs = {
      {"capacity_factor", "1", "Capacity left over the new one", 1.0},
      {"resistance_factor", "1", "Resistance over the new one", 1.0},
      {"fade", "1", "Share of the capacity lost by the acting model"},
      {"fade_least", "1", "The least of the four models"},
      {"fade_most", "1", "The most of the four models"},
      {"full_cycles", "1", "Equivalent full cycles"},
      {"in_range", "1", "1 inside the conditions that the acting model was measured at", 1.0}};
  t.make = [](const void* p, const core::ProcessSetup& s) -> std::unique_ptr<core::Process> {
    return std::make_unique<BatteryAgeing>(*static_cast<const BatteryAgeing::Params*>(p), s);
  };
  return t;
}

}  // namespace steppe::models
