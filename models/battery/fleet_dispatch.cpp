#include "models/battery/fleet_dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace steppe::models {

std::vector<double> fleet_shares(double order, const std::vector<double>& weight,
                                 const std::vector<double>& limit) {
  std::vector<double> share(weight.size(), 0.0);
  std::vector<bool> fixed(weight.size(), false);
  double rest = order;
  for (size_t round = 0; round < weight.size(); ++round) {
    double total = 0.0;
    for (size_t i = 0; i < weight.size(); ++i)
      if (!fixed[i]) total += weight[i];
    if (total <= 0.0 || rest <= 0.0) break;
    bool clipped = false;
    double taken = 0.0;
    for (size_t i = 0; i < weight.size(); ++i) {
      if (fixed[i]) continue;
      share[i] = rest * weight[i] / total;
      if (share[i] > limit[i]) {
        share[i] = limit[i];
        taken += limit[i];
        fixed[i] = clipped = true;
      }
    }
    if (!clipped) break;
    rest -= taken;
  }
  return share;
}

const core::ParamTable<FleetDispatch::Params>& FleetDispatch::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("period", &Params::period, "s", 1.0, {0.05, 3600.0}, "Time between two orders")
          .real("delay_min", &Params::delay_min, "s", 0.1, {0.0, 3600.0},
                "Least time until a unit acts on its part")
          .real("delay_max", &Params::delay_max, "s", 2.0, {0.0, 3600.0},
                "Most time until a unit acts on its part")
          .real("resolution", &Params::resolution, "s", 0.1, {0.001, 3600.0},
                "Delays are rounded up to multiples of this: each instant costs a step of the site")
          .real("dropout_rate", &Params::dropout_rate, "1/h", 0.05, {0.0, 1000.0},
                "Times that a unit drops out of reach")
          .real("dropout_time", &Params::dropout_time, "s", 120.0, {0.1, 1e6},
                "Mean time until it is back")
          .real("hold", &Params::hold, "s", 30.0, {0.0, 1e6},
                "Time that a unit goes on with its last order when it hears nothing")
          .real("soc_min", &Params::soc_min, "1", 0.05, {0.0, 0.9},
                "State of charge at which a unit counts as empty")
          .real("soc_max", &Params::soc_max, "1", 0.95, {0.1, 1.0},
                "State of charge at which a unit counts as full");
  return table;
}

FleetDispatch::FleetDispatch(const Params& p, const core::ProcessSetup& setup)
    : p_(p), width_(setup.input_width), rng_(setup.seed, setup.id) {
  if (p.delay_min > p.delay_max)
    throw UserError(fmt::format("fleet_dispatch '{}': delay_min {} s is above delay_max {} s",
                                setup.id, p.delay_min, p.delay_max));
  if (p.soc_min >= p.soc_max)
    throw UserError(
        fmt::format("fleet_dispatch '{}': soc_min {:.0f} % is not below soc_max {:.0f} %", setup.id,
                    100.0 * p.soc_min, 100.0 * p.soc_max));
  const int n = std::max(1, setup.output_width.at(kPSet));
  for (int input : {kDischargeMax, kChargeMax, kSoc, kPower})
    if (const int w = setup.input_width.at(static_cast<size_t>(input)); w != n && w != 1)
      throw UserError(fmt::format("fleet_dispatch '{}': {} units get orders, but {} of them report",
                                  setup.id, n, w));
  units_.resize(static_cast<size_t>(n));
  for (auto& u : units_) {
    const double drawn = p.delay_min + (p.delay_max - p.delay_min) * rng_.uniform();
    u.delay = p.resolution * std::ceil(drawn / p.resolution - 1e-9);
    if (p.dropout_rate > 0.0) u.change = core::from_seconds(rng_.exponential() / p.dropout_rate);
  }
}

core::Nanoseconds FleetDispatch::next_time() const {
  core::Nanoseconds t = next_;
  if (!messages_.empty()) t = std::min(t, messages_.front().at);
  for (const auto& u : units_) {
    t = std::min(t, u.change);
    if (u.away && u.p_set != 0.0) t = std::min(t, u.heard + core::from_seconds(p_.hold));
  }
  return std::max(t, last_);
}

double FleetDispatch::read(core::ProcessContext& c, int input, size_t unit) const {
  return c.in(input, width_[static_cast<size_t>(input)] > 1 ? static_cast<int>(unit) : 0);
}

void FleetDispatch::share(core::ProcessContext& c) {
  const double order = c.in(kOrder);
  ordered_ = order;
  largest_ = std::max(largest_, std::fabs(order));
  std::vector<double> weight, limit;
  double available = 0.0;
  for (size_t i = 0; i < units_.size(); ++i) {
    const double soc = read(c, kSoc, i);
    const double can =
        units_[i].away ? 0.0 : std::max(0.0, read(c, order >= 0.0 ? kDischargeMax : kChargeMax, i));
    const double room = order >= 0.0 ? soc - p_.soc_min : p_.soc_max - soc;
    limit.push_back(can);
    weight.push_back(can * std::clamp(room / (p_.soc_max - p_.soc_min), 0.0, 1.0));
    available += can;
  }
  const auto part = fleet_shares(std::fabs(order), weight, limit);
  for (size_t i = 0; i < units_.size(); ++i) {
    if (units_[i].away) continue;
    messages_.push_back({c.now + core::from_seconds(units_[i].delay), static_cast<int64_t>(i),
                         std::copysign(part[i], order)});
    std::push_heap(messages_.begin(), messages_.end());
  }
  c.out(kAvailable, available);
}

void FleetDispatch::update(core::ProcessContext& c) {
  const double dt = core::to_seconds(c.now - last_);
  double sum = 0.0, in_reach = 0.0;
  for (size_t i = 0; i < units_.size(); ++i) {
    sum += read(c, kPower, i);
    in_reach += units_[i].away ? 0.0 : 1.0;
  }
  if (width_[kPower] == 1 && units_.size() > 1) sum = c.in(kPower);
  if (std::isfinite(sum)) error_ += dt * (sum - ordered_) * (sum - ordered_);
  time_ += dt;
  reach_ += dt * in_reach / static_cast<double>(units_.size());
  last_ = c.now;

  for (auto& u : units_) {
    if (u.change > c.now) continue;
    u.away = u.away ? 0 : 1;
    u.change = c.now + core::from_seconds(
                           rng_.exponential() *
                           (u.away ? p_.dropout_time : 1.0 / std::max(1e-12, p_.dropout_rate)));
  }
  if (c.now >= next_) {
    share(c);
    next_ = c.now + core::from_seconds(c.period(p_.period));
  }
  while (!messages_.empty() && messages_.front().at <= c.now) {
    const Message m = messages_.front();
    std::pop_heap(messages_.begin(), messages_.end());
    messages_.pop_back();
    auto& u = units_[static_cast<size_t>(m.unit)];
    if (u.away) continue;  // lost
    u.p_set = m.p_set;
    u.heard = c.now;
  }
  double reachable = 0.0;
  for (size_t i = 0; i < units_.size(); ++i) {
    auto& u = units_[i];
    if (u.away && c.now - u.heard >= core::from_seconds(p_.hold)) u.p_set = 0.0;
    reachable += u.away ? 0.0 : 1.0;
    c.out(kPSet, u.p_set, static_cast<int>(i));
  }
  c.out(kReachable, reachable);
}

std::vector<core::ProcessKpi> FleetDispatch::kpis() const {
  if (time_ <= 0.0) return {};
  std::vector<core::ProcessKpi> k{{"fleet_availability", reach_ / time_, "1",
                                   "Share of the fleet's units within reach, mean of the run"}};
  if (largest_ > 0.0 && error_ > 0.0)
    k.push_back({"fleet_error_rms", std::sqrt(error_ / time_) / largest_, "1",
                 "What the fleet gives less the order, root mean square over the largest order"});
  return k;
}

void FleetDispatch::save(core::StateWriter& w) const {
  w.put(units_);
  w.put(messages_);
  w.put(rng_.counter());
  w.put(next_);
  w.put(last_);
  for (double v : {error_, time_, reach_, largest_, ordered_}) w.put(v);
}

void FleetDispatch::load(core::StateReader& r) {
  r.get(units_);
  r.get(messages_);
  uint64_t n = 0;
  r.get(n);
  rng_.set_counter(n);
  r.get(next_);
  r.get(last_);
  for (double* v : {&error_, &time_, &reach_, &largest_, &ordered_}) r.get(*v);
}

core::ProcessType fleet_dispatch_process() {
  core::ProcessType t;
  t.name = "fleet_dispatch";
  t.domain = "battery";
  t.help = "Shares one order among distributed batteries, with delays and dropouts";
  t.params = &FleetDispatch::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<FleetDispatch::Params>();
    FleetDispatch::params().set_defaults(p.get());
    return p;
  };
  const double required = std::nan("");
  t.inputs = {{"order", "W", "Power wanted from the fleet, positive = discharge", required},
              {"p_discharge_max", "W", "Per unit: power that it can give", required, 0},
              {"p_charge_max", "W", "Per unit: power that it can take", required, 0},
              {"soc", "1", "Per unit: state of charge", required, 0},
              {"power", "W", "Per unit: power that it gives, for the error of the fleet",
               std::numeric_limits<double>::infinity(), 0}};
  t.outputs = {{"p_set", "W", "Per unit: order", 0.0, 0},
               {"reachable", "1", "Units within reach"},
               {"available", "W", "Power that the units within reach can do in this direction"}};
  t.make = [](const void* p, const core::ProcessSetup& s) -> std::unique_ptr<core::Process> {
    return std::make_unique<FleetDispatch>(*static_cast<const FleetDispatch::Params*>(p), s);
  };
  return t;
}

}  // namespace steppe::models
