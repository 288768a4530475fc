#include "models/economics/growth_plan.h"

#include <algorithm>
#include <cmath>

#include "models/economics/finance.h"

namespace steppe::models {
namespace {

using core::Nanoseconds;
constexpr Nanoseconds kQuarterNs = kQuarter * 1000000000;
constexpr double kYear = 365.0 * 86400.0;

}  // namespace

const core::ParamTable<GrowthPlan::Params>& GrowthPlan::params() {
  using P = Params;
  static const auto table = [] {
    core::ParamTable<P> t;
    t.real("rate", &P::rate, "%", 30.0, {-50, 300}, "Growth of the load in a year")
        .real("transformer", &P::transformer, "MVA", 0.0, {0, 1e5},
              "Transformers that may be loaded together with one of them out; 0: not asked")
        .real("feeder", &P::feeder, "MVA", 0.0, {0, 1e5}, "The feeder that is left when one is out")
        .real("power_factor", &P::power_factor, "1", 0.97, {0.5, 1}, "At both")
        .real("cooling", &P::cooling, "MW", 0.0, {0, 1e5},
              "Heat that cooling rejects on the worst day")
        .real("backup", &P::backup, "MWh", 0.0, {0, 1e6}, "Energy that is kept for outages")
        .real("autonomy", &P::autonomy, "min", 15.0, {0.1, 1440},
              "How long it must carry the whole site")
        .real("period", &P::period, "s", 1.0, {0.001, 900},
              "Sampling period; not shorter than the exchange of the profile");
    return t;
  }();
  return table;
}

void GrowthPlan::update(core::ProcessContext& c) {
  for (Nanoseconds t = last_; last_ >= 0 && t < c.now;) {
    const Nanoseconds quarter = (start_ + t) / kQuarterNs;
    const Nanoseconds end = std::min(c.now, (quarter + 1) * kQuarterNs - start_);
    power_sum_ += power_ * core::to_seconds(end - t);
    heat_sum_ += heat_ * core::to_seconds(end - t);
    covered_ += end - t;
    t = end;
    if ((start_ + t) % kQuarterNs != 0) continue;
    if (covered_ == kQuarterNs) {
      power_peak_ = std::max(power_peak_, power_sum_ / kQuarter);
      heat_peak_ = std::max(heat_peak_, heat_sum_ / kQuarter);
    }
    power_sum_ = heat_sum_ = 0.0;
    covered_ = 0;
  }
  power_ = c.in(kSitePower);
  heat_ = std::isfinite(c.in(kHeat)) ? c.in(kHeat) : power_;
  last_ = c.now;
  next_ = c.now + core::from_seconds(c.period(p_.period));
  c.out(0, power_peak_);
}

std::vector<core::ProcessKpi> GrowthPlan::kpis() const {
  std::vector<core::ProcessKpi> k;
  const auto row = [&](const std::string& name, double peak, double limit) {
    if (!(limit > 0.0) || !(peak > 0.0)) return;
    k.push_back({"growth_" + name + "_used", peak / limit, "1",
                 "Highest 15-min mean of the run over what it carries"});
    const double years = years_until(peak, limit, p_.rate);
    // Longer than a life of a building is never.
    if (years < 100.0)
      k.push_back({"growth_" + name + "_runs_out", years * kYear, "s",
                   "Time until the growing load needs all of it"});
  };
  row("transformer", power_peak_, p_.transformer * p_.power_factor);
  row("feeder", power_peak_, p_.feeder * p_.power_factor);
  row("cooling", heat_peak_, p_.cooling);
  row("battery", power_peak_, p_.backup / p_.autonomy);
  return k;
}

void GrowthPlan::save(core::StateWriter& w) const {
  for (Nanoseconds v : {next_, last_, covered_}) w.put(v);
  for (double v : {power_, heat_, power_sum_, heat_sum_, power_peak_, heat_peak_}) w.put(v);
}

void GrowthPlan::load(core::StateReader& r) {
  for (Nanoseconds* v : {&next_, &last_, &covered_}) r.get(*v);
  for (double* v : {&power_, &heat_, &power_sum_, &heat_sum_, &power_peak_, &heat_peak_}) r.get(*v);
}

core::ProcessType growth_plan_process() {
  core::ProcessType t;
  t.name = "growth_plan";
  t.domain = "economics";
  t.help = "When a growing site outgrows transformer, feeder, cooling, battery";
  t.params = &GrowthPlan::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<GrowthPlan::Params>();
    GrowthPlan::params().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"site_power", "W", "Power that the site takes", std::nan("")},
              {"heat", "W", "Heat that cooling must reject; site_power where it is not connected",
               std::numeric_limits<double>::infinity()}};
  t.outputs = {{"peak", "W", "Highest 15-min mean so far"}};
  t.make = [](const void* params,
              const core::ProcessSetup& setup) -> std::unique_ptr<core::Process> {
    return std::make_unique<GrowthPlan>(*static_cast<const GrowthPlan::Params*>(params), setup);
  };
  return t;
}

}  // namespace steppe::models
