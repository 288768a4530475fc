#include "sim/app/run_observer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/base/units.h"
#include "sim/io/result_file.h"

namespace steppe::app {

using core::Role;

RunObserver::RunObserver(core::System& s, const std::vector<int>& recorded, io::Recorder* r,
                         const RunRequest& q)
    : s_(s), recorder_(r), request_(q), rates_(s.ledger_rows().size()) {
  if (r || q.live)
    for (int c : recorded)
      for (int i : s.channels[static_cast<size_t>(c)].index)
        sources_.push_back({s.channels[static_cast<size_t>(c)].from, i});
  for (auto* v : {&now_, &last_, &mean_, &min_, &max_}) v->resize(sources_.size());
  for (const auto& c : s.channels)
    if (c.role != Role::none)
      for (size_t k = 0; k < c.index.size(); ++k)
        roles_.push_back({c.role, c.index[k], c.count[k]});
  for (const auto& v : roles_) {
    has_site_ = has_site_ || v.role == Role::site_power;
    has_water_ = has_water_ || v.role == Role::water;
    has_battery_ = has_battery_ || v.role == Role::battery_power;
    has_ups_ = has_ups_ || v.role == Role::ups_transfer;
    has_racks_ = has_racks_ || v.role == Role::rack_lost;
    has_unserved_ = has_unserved_ || v.role == Role::unserved;
  }
}

double RunObserver::read(const Source& src, const double* outputs) const {
  const auto i = static_cast<size_t>(src.index);
  switch (src.from) {
    case core::ChannelRef::From::unknown:
      return s_.y[i];
    case core::ChannelRef::From::output:
      return outputs[i];
    case core::ChannelRef::From::held:
      return s_.held.value[i] + s_.held.slope[i] * (t_ - s_.held.since[i]);
    case core::ChannelRef::From::mode:
      return s_.modes[i];
  }
  return 0.0;
}

double RunObserver::role_sum(Role role, const double* outputs) const {
  double sum = 0.0;
  for (const auto& v : roles_)
    if (v.role == role) sum += v.count * outputs[v.output];
  return sum;
}

void RunObserver::integrate_roles(double dt, const double* outputs, bool jump) {
  auto& m = sums_;
  for (auto& v : roles_) {
    const double x = outputs[v.output];
    if (v.role == Role::ups_transfer || v.role == Role::rack_lost) {
      const bool raised = x > 0.5;
      if (raised && !v.raised) (v.role == Role::rack_lost ? m.lost : m.transfers) += v.count;
      v.raised = raised;
    }
    if (v.role == Role::inlet_temp) m.max_inlet = std::max(m.max_inlet, x);
    if (v.role == Role::coolant_temp) m.max_coolant = std::max(m.max_coolant, x);
    if (v.role == Role::soc) m.min_soc = std::min(m.min_soc, x);
  }
  const double site = role_sum(Role::site_power, outputs),
               battery = std::abs(role_sum(Role::battery_power, outputs));
  const double unserved = role_sum(Role::unserved, outputs), water = role_sum(Role::water, outputs);
  if (first_) m.capacity = role_sum(Role::battery_capacity, outputs);
  if (!first_ && !jump) {
    const double mean = 0.5 * (site + m.last_site_power);
    m.site_power += dt * mean;
    m.exported += dt * std::max(0.0, -mean);
    m.quarter_energy += dt * mean;
    m.throughput += dt * 0.5 * (battery + m.last_battery);
    m.unserved += dt * 0.5 * (unserved + m.last_unserved);
    m.water += dt * 0.5 * (water + m.last_water);
  }
  m.peak = std::max(m.peak, site);
  constexpr double kQuarter = 900.0;
  if (t_ - m.quarter_start >= kQuarter * (1 - 1e-12)) {
    m.peak_quarter = std::max(m.peak_quarter, m.quarter_energy / (t_ - m.quarter_start));
    m.quarter_start = t_;
    m.quarter_energy = 0.0;
  }
  m.last_site_power = site;
  m.last_battery = battery;
  m.last_unserved = unserved;
  m.last_water = water;
}

void RunObserver::sample(double t, const core::System&, const double* outputs,
                         const core::Ledger* rates, bool jump) {
  sampled_rates_ = rates;
  const double dt = t - t_;
  if (!jump) {
    last_ = now_;
    last_t_ = t_;
  }
  t_ = t;
  integrate_roles(dt, outputs, jump);
  for (size_t i = 0; i < sources_.size(); ++i) {
    const double x = read(sources_[i], outputs);
    // A held value counts from when it was set, anything else along a straight line since the last
    // sample.
    const bool held = sources_[i].from == core::ChannelRef::From::held ||
                      sources_[i].from == core::ChannelRef::From::mode;
    if (!first_ && !jump) mean_[i] += dt * (held ? x : 0.5 * (x + now_[i]));
    if (fresh_) {
      min_[i] = max_[i] = x;
    } else {
      min_[i] = std::min(min_[i], x);
      max_[i] = std::max(max_[i], x);
    }
    now_[i] = x;
  }
  first_ = fresh_ = false;
  if (request_.each_step) request_.each_step(t);
}

void RunObserver::record(double t) {
  if (t < t_) return record_inside(t);
  const double length = t - window_start_;
  const bool averaged = length > 0.0;
  for (size_t i = 0; i < mean_.size(); ++i) mean_[i] = averaged ? mean_[i] / length : now_[i];
  if (recorder_) {
    // Short windows hold the value at the instant; long ones the mean, with the extremes beside it.
    recorder_->append_window(t, length >= 10.0 ? mean_.data() : now_.data(), min_.data(),
                             max_.data());
  }
  if (recorder_) note_accounts(t);
  if (request_.live) request_.live(t, now_.data());
  std::fill(mean_.begin(), mean_.end(), 0.0);
  min_ = max_ = now_;
  window_start_ = t;
}

void RunObserver::note_accounts(double t) {
  constexpr size_t kMost = 4096;
  if (!accounts_.empty() && t - accounts_.back().t < account_step_ * (1.0 - 1e-9)) return;
  if (accounts_.size() == kMost) {
    for (size_t i = 1; 2 * i < kMost; ++i) accounts_[i] = accounts_[2 * i];
    accounts_.resize(kMost / 2);
    account_step_ = (accounts_.back().t - accounts_.front().t) / static_cast<double>(kMost / 2 - 1);
    if (t - accounts_.back().t < account_step_ * (1.0 - 1e-9)) return;
  }
  if (!sampled_rates_) {
    residual_.resize(s_.size());
    s_.residual(t, s_.y.data(), residual_.data(), &rates_);
  }
  accounts_.push_back({t, (sampled_rates_ ? *sampled_rates_ : rates_).total()});
  if (request_.accounts) request_.accounts(t, accounts_.back().rates);
}

void RunObserver::write_accounts(io::Recorder& recorder) const {
  std::vector<double> column;
  for (const auto& row : accounts_) column.push_back(row.t);
  recorder.append_column("accounts", "time", "s", "Instants of the rates", column);
  for (size_t a = 0; a < core::kAccounts; ++a) {
    for (size_t i = 0; i < accounts_.size(); ++i) column[i] = accounts_[i].rates[a];
    recorder.append_column("accounts", std::string(core::kAccountInfo[a].name), "W",
                           std::string(core::kAccountInfo[a].help), column);
  }
}

void RunObserver::record_inside(double t) {
  const double share = (t - last_t_) / (t_ - last_t_);
  for (size_t i = 0; i < last_.size(); ++i) {
    const bool steps = sources_[i].from == core::ChannelRef::From::mode;
    mean_[i] = steps ? last_[i] : last_[i] + share * (now_[i] - last_[i]);
  }
  if (recorder_) recorder_->append_window(t, mean_.data(), mean_.data(), mean_.data());
  if (request_.live) request_.live(t, mean_.data());
  std::fill(mean_.begin(), mean_.end(), 0.0);
  min_ = max_ = now_;
  window_start_ = t;
  if (recorder_ && (accounts_.empty() || t_ > accounts_.back().t)) note_accounts(t_);
}

void RunObserver::event(const solve::EventRecord& e) {
  // A run that logs without end (a controller gone wild) keeps its memory bounded; the file has all
  // of them.
  constexpr size_t kKept = 100000;
  if (events_.size() < kKept) events_.push_back(e);
  last_event_ = e.component + " " + e.name + (e.to.empty() ? "" : " → " + e.to);
  if (recorder_) recorder_->event(e.time, e.component, e.name, e.from, e.to, e.text);
  if (request_.on_event) request_.on_event(e);
}

std::string RunObserver::take_last_event() { return std::exchange(last_event_, {}); }

const std::vector<KpiInfo>& kpi_infos() {
  static const std::vector<KpiInfo> infos{
      {"energy_site", "J", "Electric energy used on the site: computing, cooling, losses, other"},
      {"energy_it", "J", "Electric energy at the input of the IT equipment"},
      {"energy_cooling", "J", "Electric energy used by cooling"},
      {"energy_loss_chain", "J", "Electric energy lost in the power chain, batteries included"},
      {"energy_other", "J", "Other electric energy"},
      {"energy_grid_import", "J", "Energy taken from the utility"},
      {"energy_grid_export", "J", "Energy given to the utility"},
      {"energy_renewable", "J", "Energy of renewables on site"},
      {"peak_site_power", "W", "Highest power from the utility"},
      {"peak_site_power_15min", "W", "Highest 15-min mean of the power from the utility"},
      {"pue", "1", "Power usage effectiveness: energy_site / energy_it (ISO/IEC 30134-2)"},
      {"wue", "kg/J", "Water usage effectiveness: water / energy_it"},
      {"cue", "kg/J", "Carbon usage effectiveness: carbon / energy_it"},
      {"erf", "1", "Energy reuse factor: heat sold / energy_site"},
      {"load_factor", "1", "Mean over highest 15-min power from the utility"},
      {"energy_per_output_token", "J", "energy_site / tokens_out"},
      {"gpu_energy_per_output_token", "J", "Energy of the accelerators / tokens_out"},
      {"carbon", "kg", "Carbon dioxide of the energy taken from the utility"},
      {"water", "kg", "Water evaporated and blown down"},
      {"carbon_per_million_output_tokens", "kg", "carbon / tokens_out · 1e6"},
      {"max_inlet_temperature", "K", "Highest air temperature at a server inlet"},
      {"max_coolant_temperature", "K", "Highest coolant temperature at a rack inlet"},
      {"battery_throughput", "J", "Energy through the batteries, charge and discharge"},
      {"battery_equivalent_full_cycles", "1", "battery_throughput / (2 · capacity)"},
      {"battery_min_soc", "1", "Lowest state of charge"},
      {"battery_capacity_fade", "1", "Share of the battery's capacity lost, by the acting model"},
      {"battery_capacity_fade_min", "1", "The least of the ageing models"},
      {"battery_capacity_fade_max", "1", "The most of the ageing models"},
      {"battery_resistance_rise", "1", "Share by which the battery's resistance rose"},
      {"battery_ageing_outside_range", "1",
       "Share of the time outside the conditions that the ageing model was measured at"},
      {"unserved_energy", "J", "Energy that the computing load asked for and did not get"},
      {"ledger_residual_energy", "1",
       "Electric energy that the ledger cannot explain, relative to what came in"},
      {"ledger_residual_heat", "1",
       "Heat that the ledger cannot explain, relative to what was released"},
      {"ledger_residual_tokens", "1",
       "Tokens asked for and neither delivered nor in flight, relative"},
      {"requests_arrived", "1", "Requests that arrived"},
      {"requests_completed", "1", "Requests that were answered in full"},
      {"requests_rejected", "1", "Requests that were turned away"},
      {"tokens_in", "1", "Prompt tokens of the requests that arrived"},
      {"tokens_out", "1", "Tokens generated"},
      {"ttft_p50", "s", "Time to first token, median"},
      {"ttft_p99", "s", "Time to first token, 99th percentile"},
      {"tpot_p50", "s", "Time per output token, median over requests"},
      {"tpot_p99", "s", "Time per output token, 99th percentile over requests"},
      {"slo_attainment", "1", "Share of requests that met both service levels"},
      {"goodput", "request/s", "Requests per second that met both service levels, mean"},
      {"gpu_energy", "J", "Energy of the accelerators"},
      {"hours_free_cooling", "s", "Time in free cooling"},
      {"hours_partial_mechanical", "s", "Time in partial mechanical cooling"},
      {"hours_mechanical", "s", "Time in mechanical cooling"},
      {"cost_energy", "CNY", "Energy price of what the utility delivered"},
      {"cost_demand", "CNY", "Demand or capacity charge"},
      {"cost_total", "CNY", "Bill of the run"},
      {"cost_per_million_output_tokens", "CNY", "cost_total / tokens_out · 1e6"},
      {"ups_transfers", "1", "Transfers of UPS or HVDC systems to battery"},
      {"ride_through_violations", "1", "Racks that stopped: supply lost, or too hot"},
  };
  return infos;
}

std::vector<Kpi> RunObserver::kpis(const solve::RunSummary& r, const Scenario& scenario) const {
  std::map<std::string, double> v;
  const auto& a = r.ledger;
  const auto& m = sums_;
  const double it = a[core::kUseIt],
               site = it + a[core::kUseCooling] + a[core::kUseChain] + a[core::kUseOther];
  v["energy_site"] = site;
  v["energy_it"] = it;
  v["energy_cooling"] = a[core::kUseCooling];
  v["energy_loss_chain"] = a[core::kUseChain];
  v["energy_other"] = a[core::kUseOther];
  if (a[core::kRenewable] != 0.0) v["energy_renewable"] = a[core::kRenewable];
  if (it > 0.0) {
    v["pue"] = site / it;
    v["erf"] = a[core::kToReuse] / site;
  }
  if (has_site_) {
    // The net comes from the ledger, exact; only its split into both directions from samples.
    v["energy_grid_import"] = a[core::kGridImport] + m.exported;
    v["energy_grid_export"] = m.exported;
    v["peak_site_power"] = m.peak;
    if (m.peak_quarter > 0.0) {
      v["peak_site_power_15min"] = m.peak_quarter;
      if (r.t > 0.0) v["load_factor"] = a[core::kGridImport] / r.t / m.peak_quarter;
    }
    if (scenario.carbon >= 0.0) {
      v["carbon"] = scenario.carbon * v["energy_grid_import"];
      if (it > 0.0) v["cue"] = v["carbon"] / it;
    }
  }
  if (has_water_) {
    v["water"] = m.water;
    if (it > 0.0) v["wue"] = m.water / it;
  }
  if (m.max_inlet > 0.0) v["max_inlet_temperature"] = m.max_inlet;
  if (m.max_coolant > 0.0) v["max_coolant_temperature"] = m.max_coolant;
  if (has_battery_) {
    v["battery_throughput"] = m.throughput;
    if (m.capacity > 0.0) v["battery_equivalent_full_cycles"] = m.throughput / (2.0 * m.capacity);
  }
  if (m.min_soc <= 1.0) v["battery_min_soc"] = m.min_soc;
  if (has_unserved_) v["unserved_energy"] = m.unserved;
  if (has_ups_) v["ups_transfers"] = m.transfers;
  if (has_racks_) v["ride_through_violations"] = m.lost;
  v["ledger_residual_energy"] = r.residual_energy;
  v["ledger_residual_heat"] = r.residual_heat;
  std::map<std::string, core::ProcessKpi> own;  // names that the public interface does not have
  for (const auto& p : s_.processes)
    for (const auto& k : p.process->kpis()) {
      const auto u = parse_unit(k.unit);
      v[k.name] = u ? k.value * u->scale : k.value;
      own.insert_or_assign(k.name, k);
    }
  if (const auto tokens = v.find("tokens_out"); tokens != v.end() && tokens->second > 0.0) {
    v["energy_per_output_token"] = site / tokens->second;
    if (v.count("gpu_energy")) v["gpu_energy_per_output_token"] = v["gpu_energy"] / tokens->second;
    if (v.count("carbon"))
      v["carbon_per_million_output_tokens"] = v["carbon"] / tokens->second * 1e6;
  }
  std::vector<Kpi> out;
  for (const auto& info : kpi_infos())
    if (const auto it2 = v.find(info.name); it2 != v.end() && std::isfinite(it2->second)) {
      out.push_back({info.name, info.unit, info.help, it2->second});
      v.erase(it2);
    }
  for (const auto& [name, k] : own)
    if (v.count(name) && std::isfinite(k.value))
      out.push_back({name, k.unit, k.help.empty() ? name : k.help, k.value});
  for (const auto& [account, total] : {std::pair{core::kUseCooling, "energy_cooling"},
                                       std::pair{core::kUseChain, "energy_loss_chain"}})
    for (const auto& [type, booked] : r.ledger_by_type)
      if (booked[account] != 0.0)
        out.push_back({fmt::format("{}_{}", total, type), "J",
                       fmt::format("Part of {}: {}", total, type), booked[account]});
  return out;
}

std::vector<char> last_checkpoint(const std::string& file) {
  io::ResultFile f = io::ResultFile::open(file);
  const auto all = f.checkpoints();
  if (all.empty()) throw UserError(fmt::format("{} holds no checkpoint", file));
  const auto bytes = f.checkpoint(all.back(), "state");
  const auto* p = reinterpret_cast<const char*>(bytes.data());
  return {p, p + bytes.size()};
}

}  // namespace steppe::app
