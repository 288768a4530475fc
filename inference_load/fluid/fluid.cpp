#include "inference_load/fluid/fluid.h"

#include <algorithm>
#include <cmath>

#include "inference_load/fluid/cache.h"

namespace steppe::load {
namespace {

constexpr double kFrequencyStep = 0.05, kCapStep = 0.025;  // of nominal, of TDP
constexpr int kNoCap = 1000;
constexpr int kReplicas = 4;  // simulated per pool for one point

FluidPoint mix(const FluidPoint& a, const FluidPoint& b, double w) {
  FluidPoint p;
  for (auto m : FluidPoint::kNumbers) p.*m = a.*m + w * (b.*m - a.*m);
  return p;
}

/// Index of the point below `rate` and the weight of the one above.
std::pair<size_t, double> locate(const std::vector<FluidPoint>& points, double rate) {
  size_t i = 0;
  while (i + 2 < points.size() && points[i + 1].rate <= rate) ++i;
  const double w = (rate - points[i].rate) / (points[i + 1].rate - points[i].rate);
  return {i, std::clamp(w, 0.0, 1.0)};
}

FluidPoint at(const std::vector<FluidPoint>& points, double rate) {
  const auto [i, w] = locate(points, rate);
  return mix(points[i], points[i + 1], w);
}

}  // namespace

FluidFleet::FluidFleet(const ModelDesc& model, const Accelerator& accelerator,
                       const FleetConfig& config, const SyntheticConfig& traffic, uint64_t seed,
                       uint64_t content)
    : model_(model),
      accelerator_(accelerator),
      config_(config),
      traffic_(traffic),
      seed_(seed),
      content_(content) {
  out_.group.resize(static_cast<size_t>(config.groups));
  out_.hits = traffic.hit_rate;
}

FluidFleet::Key FluidFleet::key_of(const Limits& limits) const {
  const double cap = limits.power_cap / accelerator_.tdp;
  return {static_cast<int>(std::lround(std::clamp(limits.frequency, 0.0, 1.0) / kFrequencyStep)),
          cap > 1.2 ? kNoCap : static_cast<int>(std::lround(cap / kCapStep))};
}

/// Requests/s at which the fleet saturates, from the roofline alone: sets the range of the table.
double FluidFleet::capacity_estimate(const Limits& limits) const {
  const double in = traffic_.input.mean(), out = traffic_.output.mean(),
               computed = in * (1.0 - traffic_.hit_rate);
  const Fleet fleet(
      model_, accelerator_,
      [&] {
        FleetConfig c = config_;
        c.groups = 1;
        c.sample = 1;
        return c;
      }(),
      seed_, "fluid");
  const size_t last = fleet.pools() - 1;
  const StepModel& decode = fleet.step_model(last);
  const StepModel& prefill = fleet.step_model(0);
  Batch d, p;
  d.decode =
      std::min(config_.max_sequences, std::max(1.0, decode.kv_capacity() / (in + 0.5 * out)));
  d.context = d.decode * (in + 0.5 * out);
  p.prefill = std::max(1.0, computed);
  p.pairs = p.prefill * 0.5 * in;
  p.prefill_context = in;
  const double decode_time =
      decode.operate(d, limits).seconds * out / decode.parallel().tokens_per_step() / d.decode;
  const double prefill_time = prefill.operate(p, limits).seconds;
  if (fleet.pools() == 1) return fleet.replicas(0) / (decode_time + prefill_time);
  return std::min(fleet.replicas(0) / prefill_time, fleet.replicas(last) / decode_time);
}

FluidPoint FluidFleet::measure(double rate, const Limits& limits) const {
  constexpr double kWindow = 60.0;
  FleetConfig c = config_;
  c.groups = 1;
  c.sample = kReplicas;
  Fleet fleet(model_, accelerator_, c, seed_, "fluid");
  SyntheticConfig traffic = traffic_;
  traffic.rate = {};
  traffic.rate.mean = rate;
  traffic.rate.daily = traffic.rate.half_daily = 0.0;
  SyntheticArrivals arrivals(traffic, seed_, "fluid");
  const std::vector<GroupInput> in = {{1.0, limits}};
  // Long enough for the batch to fill (several answers), and for some thousand requests.
  const double warm = 900.0, length = 1800.0;
  FluidPoint p;
  p.rate = rate;
  double completed = 0.0, good = 0.0;
  for (double t = 0.0; t < warm + length; t += kWindow) {
    const FleetOutput& o = fleet.window(t, t + kWindow, in, arrivals);
    if (t < warm) {
      completed = fleet.stats().completed;
      good = fleet.stats().good;
      fleet.stats().ttft = fleet.stats().tpot = {};
      continue;
    }
    const double w = kWindow / length;
    p.power += w * o.group[0].power;
    p.accelerator += w * o.group[0].accelerator;
    p.peak += w * o.group[0].peak;
    p.tokens_per_s += w * o.tokens_per_s;
    p.waiting += w * o.waiting;
    p.running += w * o.running;
    p.nodes += w * o.nodes;
  }
  const double done = fleet.stats().completed - completed;
  p.served = done / length;
  p.good = done > 0 ? (fleet.stats().good - good) / done : 0.0;
  p.ttft_histogram = fleet.stats().ttft;
  p.tpot_histogram = fleet.stats().tpot;
  p.ttft = p.ttft_histogram.mean();
  p.tpot = p.tpot_histogram.mean();
  return p;
}

std::vector<FluidPoint> FluidFleet::build(const Limits& limits) const {
  const double top = capacity_estimate(limits);
  std::vector<FluidPoint> points;
  for (double x : {0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1}) {
    points.push_back(measure(std::max(x * top, 1e-9), limits));
    const FluidPoint& p = points.back();
    if (x >= 0.5 && p.served < 0.97 * p.rate) break;  // saturated: beyond it only the queue grows
  }
  points.front().rate = 0.0;
  for (size_t i = 0; i < 2; ++i)  // too few requests for a mean: the next point has them
    if (points[1 - i].tpot == 0.0) {
      points[1 - i].tpot = points[2 - i].tpot;
      points[1 - i].ttft = points[2 - i].ttft;
      points[1 - i].good = points[2 - i].good;
    }
  return points;
}

std::vector<FluidPoint>& FluidFleet::table(const Key& key) {
  auto it = tables_.find(key);
  if (it == tables_.end()) {
    const Limits limits{key.frequency * kFrequencyStep,
                        key.cap == kNoCap ? 1e30 : key.cap * kCapStep * accelerator_.tdp};
    ContentHash hash;
    hash.add(&content_, sizeof content_);
    hash.add(limits.frequency);
    hash.add(limits.power_cap);
    std::vector<FluidPoint> points;
    if (content_ != 0) points = cached_table(hash.value());
    if (points.empty()) {
      points = build(limits);
      if (content_ != 0) cache_table(hash.value(), points);
    }
    it = tables_.emplace(key, std::move(points)).first;
  }
  return it->second;
}

const std::vector<FluidPoint>& FluidFleet::table(const Limits& limits) {
  return table(key_of(limits));
}

void FluidFleet::visit(std::vector<FluidPoint>& points, double rate, double requests) {
  const auto [i, w] = locate(points, rate);
  points[i].visits += (1.0 - w) * requests;
  points[i + 1].visits += w * requests;
}

const FleetOutput& FluidFleet::window(double from, double to, const std::vector<GroupInput>& in) {
  const double span = to - from;
  const auto& r = traffic_.rate;
  const double rate = (r.at(from) + 4.0 * r.at(0.5 * (from + to)) + r.at(to)) / 6.0;  // Simpson
  double capacity = 0.0;
  for (const GroupInput& g : in)
    capacity += std::clamp(g.capacity, 0.0, 1.0) / static_cast<double>(in.size());
  const double wanted = rate + backlog_ / span;
  out_.tokens_per_s = out_.waiting = out_.running = out_.nodes = out_.ttft = out_.tpot = 0.0;
  double served = 0.0;
  for (size_t g = 0; g < in.size(); ++g) {
    const double share = std::clamp(in[g].capacity, 0.0, 1.0) / static_cast<double>(in.size());
    GroupOutput& o = out_.group[g];
    o = {};
    if (share <= 0) continue;
    auto& points = table(key_of(in[g].limits));
    const double load =
        std::min(wanted / capacity, points.back().rate);  // as if the whole fleet had power
    const FluidPoint p = at(points, load);
    // Below saturation all that comes is served, whatever the noise of the tabulated count says.
    const bool full = load >= points.back().rate && points.back().served < points.back().rate;
    const double here = full ? points.back().served : load;
    served += share * here;
    visit(points, load, share * here * span);
    o.power = share * p.power;
    o.accelerator = share * p.accelerator;
    o.peak = share * p.peak;
    out_.tokens_per_s += share * here * mean_output();
    out_.waiting += share * p.waiting;
    out_.running += share * p.running;
    out_.nodes += share * p.nodes;
    out_.ttft += share / capacity * p.ttft;
    out_.tpot += share / capacity * p.tpot;
    good_ += share * here * span * p.good;
  }
  arrived_ += rate * span;
  backlog_ = std::max(0.0, backlog_ + (rate - served) * span);
  out_.waiting += backlog_;
  if (served > 0) out_.ttft += backlog_ / served;
  return out_;
}

void FluidFleet::latencies(Histogram& ttft, Histogram& tpot) const {
  for (const auto& [key, points] : tables_)
    for (const FluidPoint& p : points) {
      if (p.ttft_histogram.count() > 0)
        ttft.merge(p.ttft_histogram, p.visits / p.ttft_histogram.count());
      if (p.tpot_histogram.count() > 0)
        tpot.merge(p.tpot_histogram, p.visits / p.tpot_histogram.count());
    }
}

void FluidFleet::save(core::StateWriter& w) const {
  for (double v : {arrived_, good_, backlog_}) w.put(v);
  w.put(tables_.size());
  for (const auto& [key, points] : tables_) {
    w.put(key);
    for (const FluidPoint& p : points) w.put(p.visits);
  }
}

void FluidFleet::load(core::StateReader& r) {
  for (double* v : {&arrived_, &good_, &backlog_}) r.get(*v);
  size_t n = 0;
  r.get(n);
  for (size_t i = 0; i < n; ++i) {
    Key key{};
    r.get(key);
    for (FluidPoint& p : table(key)) r.get(p.visits);  // the same inputs build the same table
  }
}

}  // namespace steppe::load
