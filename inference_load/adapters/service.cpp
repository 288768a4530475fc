#include "inference_load/adapters/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "inference_load/arrivals/servegen.h"
#include "inference_load/arrivals/trace.h"
#include "inference_load/fluid/cache.h"

namespace steppe::load {
namespace {

SyntheticConfig synthetic_config(const InferenceParams& p, double epoch, double max_context) {
  SyntheticConfig c;
  c.rate = {p.rate, p.daily,        p.half_daily,  p.peak_hour / 3600.0, p.weekend,
            epoch,  p.burst_factor, p.burst_share, p.burst_length};
  c.burst_cv = p.burst_cv;
  c.burst_law = p.burst_law;
  c.hit_rate = p.hit_rate;
  const auto lengths = [&](const char* name, double mean, double cv) {
    const double longest = 0.5 * max_context;
    LengthTable t = LengthTable::log_normal(mean, cv, longest);
    if (std::abs(t.mean() / mean - 1.0) > 0.01)
      throw UserError(fmt::format(
          "'{}' = {:g} tokens does not fit '{}': prompts and answers end at half of its longest "
          "context, {:g} tokens each, and the mean would be {:g}",
          name, mean, p.model, longest, t.mean()));
    return t;
  };
  c.input = lengths("input_mean", p.input_mean, p.input_cv);
  c.output = lengths("output_mean", p.output_mean, p.output_cv);
  return c;
}

std::unique_ptr<ArrivalSource> recorded(const InferenceParams& p, uint64_t seed,
                                        const std::string& stream) {
  const ReplayConfig replay{p.trace_speed, p.trace_keep, p.trace_loop};
  if (is_client_set(p.trace))
    return std::make_unique<ClientArrivals>(read_clients(p.trace), replay, seed, stream);
  return std::make_unique<TraceArrivals>(read_trace(p.trace), replay);
}

}  // namespace

void Served::add(const Served& other) {
  for (auto m : {&Served::arrived, &Served::completed, &Served::rejected, &Served::too_long,
                 &Served::good, &Served::in, &Served::out, &Served::prompts, &Served::found,
                 &Served::gpu_energy, &Served::node_time})
    this->*m += other.*m;
  residual = std::max(residual, other.residual);
  ttft.merge(other.ttft);
  tpot.merge(other.tpot);
}

void Served::kpis(double time, const std::string& prefix,
                  std::vector<core::ProcessKpi>& out_rows) const {
  auto row = [&](const char* name, double value, const char* unit, const char* help = "") {
    out_rows.push_back({prefix + name, value, unit, help});
  };
  row("requests_arrived", arrived, "request");
  row("requests_completed", completed, "request");
  row("requests_rejected", rejected, "request");
  if (too_long > 0)
    row("requests_too_long", too_long, "request",
        "Of these, longer than the model's context or the KV cache of a replica");
  row("tokens_in", in, "token");
  row("tokens_out", out, "token");
  if (prompts > 0)
    row("cache_hit_share", found / prompts, "1",
        "Share of the tokens of prompts found in a prefix cache");
  if (ttft.count() > 0) {
    row("ttft_p50", ttft.quantile(0.5), "s");
    row("ttft_p99", ttft.quantile(0.99), "s");
  }
  if (tpot.count() > 0) {
    row("tpot_p50", tpot.quantile(0.5), "s");
    row("tpot_p99", tpot.quantile(0.99), "s");
  }
  if (completed + rejected > 0) row("slo_attainment", good / (completed + rejected), "1");
  if (time > 0) row("goodput", good / time, "request/s");
  if (time > 0) row("nodes_in_use", node_time / time, "1", "Nodes in use, mean");
  row("gpu_energy", gpu_energy, "J");
  if (arrived > 0) row("ledger_residual_tokens", residual, "1");
}

Service::Service(const InferenceParams& params, const core::ProcessSetup& setup, int groups,
                 std::string stream)
    : params_(params),
      seed_(setup.seed),
      model_(load_model(setup, params.model)),
      accelerator_(load_accelerator(setup, params.accelerator)),
      config_(fleet_config(params, groups)),
      traffic_(synthetic_config(params, setup.start_epoch, model_.max_context)) {
  const Parallel layout = feasible(model_, config_.parallel);
  config_.measured = choose_measured(setup, params.measured, params.model, params.accelerator,
                                     layout.tensor, layout.expert);
  if (!params.trace.empty() && params.level == Level::fluid)
    throw UserError(
        "a recorded trace needs the event level: leave out 'level: fluid', or use synthetic "
        "requests");
  if (!params.trace.empty())
    arrivals_ = recorded(params, seed_, stream);
  else
    arrivals_ = std::make_unique<SyntheticArrivals>(traffic_, seed_, stream);
  config_.prefix_block = arrivals_->prefix_block_tokens();
  fleet_ = std::make_unique<Fleet>(model_, accelerator_, config_, seed_, stream);
}

void Service::report(core::ProcessContext& context, const std::string& of) const {
  const auto say = [&](const char* what, const char* from, const std::string& to,
                       const std::string& text) { context.event(what, from, to, of + text); };
  const std::string sampling = fleet_->sampling();
  if (fluid_)
    say("level", "", "fluid", "rates through tables that the event level made");
  else if (!sampling.empty())
    say("level", "", "sampled", sampling + " are simulated and stand for all");
  if (const std::string text = arrivals_->remark(core::to_seconds(context.end - context.now));
      !text.empty())
    say("trace", "", params_.trace, text);
  if (params_.prefix_cache > 0.0 && arrivals_->prefix_blocks() == nullptr)
    say("prefix_cache", "", "idle",
        "these requests know no prefix blocks: its share of the KV cache is kept for nothing");
  report_estimates(context, accelerator_);
  if (const std::string doubt = model_.doubt(); !doubt.empty())
    say("doubt", "", model_.name, doubt);
  if (config_.measured)
    say("measured", "computed", config_.measured->name,
        "step time and power are scaled to this measurement while sequences decode");
}

/// Hash of all that the tables of the fluid level depend on.
uint64_t Service::content() const {
  ContentHash h;
  h.add(inference_table(), &params_);
  h.add(model_table(), &model_);
  h.add(accelerator_table(), &accelerator_);
  if (config_.measured) h.add(measured_table(), &*config_.measured);
  h.add(static_cast<double>(seed_));
  return h.value();
}

void Service::make_fluid() {
  fluid_ = std::make_unique<FluidFleet>(model_, accelerator_, config_, traffic_, seed_, content());
}

void Service::choose_level(double length) {
  constexpr double kLong = 7.0 * 86400.0;
  if (params_.level == Level::fluid ||
      (params_.level == Level::automatic && params_.trace.empty() && length > kLong))
    make_fluid();
}

const FleetOutput& Service::window(double from, double to, const std::vector<GroupInput>& in) {
  const FleetOutput& o =
      fluid_ ? fluid_->window(from, to, in) : fleet_->window(from, to, in, *arrivals_);
  for (const GroupOutput& g : o.group) gpu_energy_ += g.accelerator * (to - from);
  node_time_ += o.nodes * (to - from);
  return o;
}

Served Service::served() const {
  Served s;
  s.gpu_energy = gpu_energy_;
  s.node_time = node_time_;
  if (fluid_) {
    fluid_->latencies(s.ttft, s.tpot);
    s.arrived = fluid_->arrived();
    s.completed = fluid_->served();
    s.in = s.arrived * fluid_->mean_input();
    s.out = s.completed * fluid_->mean_output();
    s.prompts = s.in;
    s.found = s.in * traffic_.hit_rate;
    s.good = fluid_->good();
    if (s.arrived > 0)
      s.residual = std::abs(s.arrived - s.completed - fluid_->backlog()) / s.arrived;
    return s;
  }
  const RequestStats& r = fleet_->stats();
  s.ttft = r.ttft;
  s.tpot = r.tpot;
  s.arrived = r.arrived;
  s.completed = r.completed;
  s.rejected = r.rejected;
  s.too_long = r.too_long;
  s.in = r.in;
  s.out = r.out + fleet_->unfinished().generated;
  s.prompts = r.prompts;
  s.found = r.found;
  s.good = r.good;
  s.residual = fleet_->token_residual();
  return s;
}

void Service::save(core::StateWriter& w) const {
  w.put(gpu_energy_);
  w.put(node_time_);
  w.put(fluid_ != nullptr);
  if (fluid_) {
    fluid_->save(w);
  } else {
    arrivals_->save(w);
    fleet_->save(w);
  }
}

void Service::load(core::StateReader& r) {
  bool fluid = false;
  r.get(gpu_energy_);
  r.get(node_time_);
  r.get(fluid);
  if (fluid) {
    make_fluid();
    fluid_->load(r);
  } else {
    fluid_.reset();
    arrivals_->load(r);
    fleet_->load(r);
  }
}

}  // namespace steppe::load
