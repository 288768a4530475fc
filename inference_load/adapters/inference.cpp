#include "inference_load/adapters/inference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace steppe::load {

using core::to_seconds;

namespace {

int width_of(const std::vector<int>& widths, int i) {
  return static_cast<size_t>(i) < widths.size() ? widths[static_cast<size_t>(i)] : 1;
}

struct NamedParams {
  InferenceParams params;
  std::string name;  ///< of the model where there are several; a second of the same has a number
};

/// The parameters of every model: `first`, and those of the files that name each other.
std::vector<NamedParams> all_services(const InferenceParams& first,
                                      const core::ProcessSetup& setup) {
  std::vector<NamedParams> out{{first, {}}};
  std::vector<std::string> files;
  while (!out.back().params.also.empty()) {
    const std::string file = out.back().params.also;
    if (std::find(files.begin(), files.end(), file) != files.end())
      throw UserError(fmt::format("'also' goes in a circle at {}", file));
    files.push_back(file);
    InferenceParams p;
    inference_table().set_defaults(&p);
    if (!setup.read_yaml) throw InternalError("this run gives no reader of data files");
    setup.read_yaml(file, inference_table(), &p);
    out.push_back({std::move(p), {}});
  }
  if (out.size() == 1) return out;
  std::map<std::string, int> times;
  for (NamedParams& p : out) {
    p.name = load_model(setup, p.params.model).name;
    if (const int n = ++times[p.name]; n > 1) p.name += fmt::format("-{}", n);
  }
  return out;
}

std::vector<core::SignalInfo> own_outputs(const void* params, const core::ProcessSetup& setup) {
  const auto& first = *static_cast<const InferenceParams*>(params);
  std::vector<core::SignalInfo> out;
  if (first.also.empty()) return out;
  const core::ProcessType type = inference_type();
  for (const NamedParams& s : all_services(first, setup)) {
    out.push_back({s.name + ".power", "W", s.name + ": mean power in all rack groups"});
    for (auto o = type.outputs.begin() + InferenceLoad::kTokens; o != type.outputs.end(); ++o)
      out.push_back({s.name + "." + o->name, o->unit, s.name + ": " + o->help});
  }
  return out;
}

}  // namespace

core::ProcessType inference_type() {
  core::ProcessType t;
  t.name = "inference";
  t.domain = "load";
  t.help =
      "LLM serving: requests, iteration-level batching, roofline step time, accelerator and node "
      "power";
  t.params = &inference_table();
  t.make_params = [] {
    auto p = std::make_shared<InferenceParams>();
    inference_table().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"capacity", "1", "Share of the rack group that has power", 1.0, 0},
              {"throttle", "1", "Highest accelerator frequency over the nominal one", 1.0, 0},
              {"power_cap", "W", "Power cap per accelerator", 1e30, 0}};
  t.outputs = {
      {"power", "W", "Mean DC power of the IT of the rack group behind the server power supplies",
       0.0, 0},
      {"power_peak", "W", "Highest power inside the window", 0.0, 0},
      {"tokens_per_s", "token/s", "Generated tokens", 0.0, 1},
      {"queue", "request", "Requests that wait", 0.0, 1},
      {"running", "request", "Requests that run", 0.0, 1},
      {"ttft_mean", "s", "Mean time to first token of the last window with one", 0.0, 1},
      {"tpot_mean", "s", "Mean time per further token of the last window with a finished request",
       0.0, 1},
      {"nodes", "1", "Nodes in use", 0.0, 1},
      {"cache_hits", "1",
       "Share of the tokens of prompts found in a prefix cache, of the last window with a prompt",
       0.0, 1}};
  t.more_outputs = own_outputs;
  t.make = [](const void* params,
              const core::ProcessSetup& setup) -> std::unique_ptr<core::Process> {
    return std::make_unique<InferenceLoad>(*static_cast<const InferenceParams*>(params), setup);
  };
  return t;
}

InferenceLoad::InferenceLoad(const InferenceParams& params, const core::ProcessSetup& setup)
    : setup_(setup), vrm_time_(params.vrm_time) {
  const int groups = std::max(1, width_of(setup.output_width, kPower));
  for (const NamedParams& p : all_services(params, setup)) {
    const size_t n = services_.size();
    // The first model's random numbers do not depend on the others.
    services_.emplace_back(p.params, setup, groups,
                           n == 0 ? setup.id : fmt::format("{}/{}", setup.id, n));
    names_.push_back(p.name);
  }
  inputs_.resize(static_cast<size_t>(groups));
  regulator_.resize(inputs_.size() + services_.size());
}

void InferenceLoad::set_row_sink(
    const std::function<void(const std::string&, const RequestRow&)>& sink) {
  for (size_t i = 0; i < services_.size(); ++i)
    services_[i].set_row_sink([sink, name = services_.size() > 1 ? names_[i] : std::string()](
                                  const RequestRow& r) { sink(name, r); });
}

void InferenceLoad::start(core::ProcessContext& context) {
  started_ = true;
  for (size_t i = 0; i < services_.size(); ++i) {
    services_[i].choose_level(to_seconds(context.end - context.now));
    services_[i].report(context, services_.size() > 1 ? names_[i] + ": " : "");
  }
}

void InferenceLoad::read_inputs(const core::ProcessContext& context) {
  auto read = [&](int input, int k, double otherwise) {
    const int width = width_of(setup_.input_width, input);
    return width == 0 ? otherwise : context.in(input, std::min(k, width - 1));
  };
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const int k = static_cast<int>(i);
    GroupInput& g = inputs_[i];
    g.capacity = std::clamp(read(kCapacity, k, 1.0), 0.0, 1.0);
    g.limits.frequency = std::clamp(read(kThrottle, k, 1.0), 0.0, 1.0);
    g.limits.power_cap = std::max(0.0, read(kPowerCap, k, 1e30));
  }
}

/// Latencies of the sum: means weighted with the tokens.
void InferenceLoad::add(const FleetOutput& o) {
  for (size_t k = 0; k < o.group.size(); ++k) {
    const double swing = o.group[k].peak - o.group[k].power;
    sum_.group[k].power += o.group[k].power;
    sum_.group[k].peak += swing * swing;  // excursions of different models are independent
  }
  const double tokens = sum_.tokens_per_s + o.tokens_per_s,
               share = sum_.ttft == 0.0 || tokens <= 0.0 ? 1.0 : o.tokens_per_s / tokens;
  if (o.ttft > 0.0) sum_.ttft += share * (o.ttft - sum_.ttft);
  if (o.tpot > 0.0) sum_.tpot += share * (o.tpot - sum_.tpot);
  sum_.hits += (tokens > 0.0 ? o.tokens_per_s / tokens : 1.0) * (o.hits - sum_.hits);
  sum_.tokens_per_s = tokens;
  sum_.waiting += o.waiting;
  sum_.running += o.running;
  sum_.nodes += o.nodes;
}

void InferenceLoad::write_outputs(core::ProcessContext& context, double span) {
  for (size_t k = 0; k < sum_.group.size(); ++k) {
    const GroupOutput& g = sum_.group[k];
    if (time_ == 0.0) regulator_[k] = g.power;
    context.out(kPower, lag_mean(regulator_[k], g.power, span, vrm_time_), static_cast<int>(k));
    context.out(kPowerPeak, g.power + std::sqrt(g.peak), static_cast<int>(k));
  }
  context.out(kTokens, sum_.tokens_per_s);
  context.out(kQueue, sum_.waiting);
  context.out(kRunning, sum_.running);
  context.out(kTtft, sum_.ttft);
  context.out(kTpot, sum_.tpot);
  context.out(kNodes, sum_.nodes);
  context.out(kHits, sum_.hits);
  time_ += span;
}

void InferenceLoad::write_own(core::ProcessContext& context, size_t service, const FleetOutput& o,
                              double span) {
  double power = 0.0;
  for (const GroupOutput& g : o.group) power += g.power;
  double& regulator = regulator_[o.group.size() + service];
  if (time_ == 0.0) regulator = power;
  int at = kFirstOwn + static_cast<int>(service) * kOwn;
  for (double value : {lag_mean(regulator, power, span, vrm_time_), o.tokens_per_s, o.waiting,
                       o.running, o.ttft, o.tpot, o.nodes, o.hits})
    context.out(at++, value);
}

void InferenceLoad::update(core::ProcessContext& context) {
  const core::Nanoseconds now = context.now;
  if (!started_) start(context);
  STEPPE_CHECK(context.exchange > 0);
  next_ = (now / context.exchange + 1) * context.exchange;
  if (now >= context.end) return;  // the run is over: what was held stays
  const double from = to_seconds(now), to = to_seconds(std::min(next_, context.end));
  read_inputs(context);
  sum_ = {};
  sum_.group.resize(inputs_.size());
  for (size_t i = 0; i < services_.size(); ++i) {
    const FleetOutput& o = services_[i].window(from, to, inputs_);
    add(o);
    if (services_.size() > 1) write_own(context, i, o, to - from);
  }
  write_outputs(context, to - from);
}

void InferenceLoad::save(core::StateWriter& w) const {
  w.put(next_);
  w.put(started_);
  w.put(time_);
  w.put(regulator_);
  for (const Service& s : services_) s.save(w);
}

void InferenceLoad::load(core::StateReader& r) {
  r.get(next_);
  r.get(started_);
  r.get(time_);
  r.get(regulator_);
  for (Service& s : services_) s.load(r);
}

std::vector<core::ProcessKpi> InferenceLoad::kpis() const {
  std::vector<core::ProcessKpi> out;
  Served all;
  for (const Service& s : services_) all.add(s.served());
  all.kpis(time_, "", out);
  if (services_.size() > 1)
    for (size_t i = 0; i < services_.size(); ++i)
      services_[i].served().kpis(time_, names_[i] + ".", out);
  return out;
}

}  // namespace steppe::load
