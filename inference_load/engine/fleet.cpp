#include "inference_load/engine/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace steppe::load {
namespace {

/// s between looks at a decode pool that is full: shorter than the time in which a prefill pool
/// could fill a noticeable part of its cache.
constexpr double kHeldStep = 1.0;

}  // namespace

Fleet::Fleet(const ModelDesc& model, const Accelerator& accelerator, const FleetConfig& config,
             uint64_t seed, const std::string& stream)
    : config_(config), accelerator_(accelerator), routing_(seed, stream + "/routing") {
  stats_.slo_ttft = config.slo_ttft;
  stats_.slo_tpot = config.slo_tpot;
  if (config.serving == Serving::disaggregated) {
    const double prefill =
        std::clamp(std::round(config.nodes * config.prefill_share), 1.0, config.nodes);
    add_pool(model, accelerator, config.prefill_parallel, prefill, config.prefill_batch_tokens,
             "prefill");
    pools_.back()->config.prefill_only = true;
    add_pool(model, accelerator, config.parallel, config.nodes - prefill, config.batch_tokens,
             "decode");
    pools_.back()->config.prefix_cache = 0.0;  // nothing is computed from prompts there
    accelerator.need(&Accelerator::scale_out_bandwidth, "scale_out_bandwidth");
  } else {
    add_pool(model, accelerator, config.parallel, config.nodes, config.batch_tokens, "serving");
  }
  if (config.measured) pools_.back()->model.use(*config.measured);
  double used = 0.0;
  for (const auto& p : pools_) used += p->total * p->model.parallel().tensor;
  spare_ = (config.nodes * accelerator.per_node - used) / config.groups;
  for (auto& p : pools_)
    for (Replica& r : p->replica) r.init(&p->model, &p->config, &stats_, &handed_);
  out_.group.resize(static_cast<size_t>(config.groups));
}

void Fleet::add_pool(const ModelDesc& model, const Accelerator& accelerator, const Parallel& layout,
                     double nodes, double batch_tokens, const char* what) {
  auto pool = std::make_unique<Pool>(
      StepModel(model, accelerator, layout, static_cast<int>(config_.max_sequences)));
  const Parallel& parallel = pool->model.parallel();
  const double group = parallel.group(),
               instances = std::floor(nodes * accelerator.per_node / group + 1e-9);
  if (instances < 1)
    throw UserError(
        fmt::format("{} nodes of {} accelerators cannot hold one {} instance of {} accelerators",
                    nodes, accelerator.per_node, what, group));
  if (pool->model.kv_capacity() < 1)
    throw UserError(
        fmt::format("{} does not fit: {:.1f} GB of weights per {} on {} x {} accelerators, where "
                    "{:.1f} GB are usable{}",
                    model.name, pool->model.weights_resident() / 1e9, accelerator.name, what, group,
                    accelerator.memory * accelerator.memory_usable / 1e9,
                    parallel.redundant_experts > 0.0
                        ? fmt::format(" (with copies of {} experts: redundant_experts)",
                                      parallel.redundant_experts)
                        : ""));
  pool->config.max_sequences = config_.max_sequences;
  pool->config.batch_tokens = batch_tokens;
  pool->config.watermark = config_.watermark;
  pool->config.max_queue = config_.max_queue;
  pool->config.block = config_.kv_block;
  pool->config.prefix_cache = config_.prefix_cache;
  pool->config.prefix_block = config_.prefix_block;
  pool->total = instances * std::floor(group / parallel.tensor);
  AutoscaleConfig scale = config_.autoscale;
  if (config_.serving == Serving::disaggregated && pools_.empty()) scale.target = scale.prefill;
  pool->scale = Autoscaler(scale, pool->total, std::floor(group / parallel.tensor));
  const auto total = static_cast<int64_t>(pool->total),
             groups = static_cast<int64_t>(config_.groups);
  int most = 0;
  for (int64_t g = 0; g < groups; ++g) {
    Share s;
    s.real = s.alive = static_cast<double>(total / groups + (g < total % groups ? 1 : 0));
    const auto wanted = config_.sample > 0 ? (config_.sample + groups - 1) / groups : total;
    s.open = s.on = s.real;
    s.sampled = s.up = s.up_open =
        static_cast<int>(std::min<int64_t>(static_cast<int64_t>(s.real), wanted));
    most = std::max(most, s.sampled);
    pool->share.push_back(s);
  }
  pool->replica.resize(static_cast<size_t>(most * groups));
  pool->is_active.assign(pool->replica.size(), 0);
  pools_.push_back(std::move(pool));
}

std::string Fleet::sampling() const {
  std::string text;
  bool all = true;
  for (const auto& p : pools_) {
    double sampled = 0.0;
    for (const Share& s : p->share) sampled += s.sampled;
    all = all && sampled == p->total;
    text += fmt::format("{}{} of {}", text.empty() ? "" : " and ", sampled, p->total);
  }
  return all ? "" : text + " replicas";
}

double Fleet::taking_requests(size_t pool) const {
  double sum = 0.0;
  for (const Share& s : pools_.at(pool)->share) sum += s.open;
  return sum;
}

double Fleet::Pool::weight() const {
  double open = 0.0, real = 0.0, sampled = 0.0;
  for (const Share& s : share) {
    open += s.open;
    real += s.real;
    sampled += s.sampled;
  }
  // Without power what arrives waits for the whole sample to come back.
  return up.empty() ? real / sampled : open / static_cast<double>(up.size());
}

double Fleet::handover_delay(const Request& r) const {
  // The cache travels layer by layer while the prompt is computed; what remains visible is the last
  // layer's part plus what the link cannot hide. The prompt takes longer than the transfer in every
  // case of interest.
  const StepModel& m = pools_.front()->model;
  const double bytes = kv_bytes(m.size(), static_cast<double>(r.input) + r.done);
  const double transfer = bytes / (accelerator_.scale_out_bandwidth * m.parallel().tensor);
  return transfer / m.model().layers;
}

/// Marks replicas without power; their requests are computed again elsewhere.
void Fleet::set_capacity(double now, const std::vector<GroupInput>& in) {
  const bool first = input_.empty();
  const bool same =
      !first && std::equal(in.begin(), in.end(), input_.begin(),
                           [](const auto& a, const auto& b) { return a.capacity == b.capacity; });
  input_ = in;
  if (same) return;
  std::vector<Request> lost;
  for (auto& pool : pools_) {
    for (size_t g = 0; g < in.size(); ++g) {
      Share& s = pool->share[g];
      s.alive = std::floor(std::clamp(in[g].capacity, 0.0, 1.0) * s.real + 0.5);
      s.up = static_cast<int>(std::min<double>(s.sampled, s.alive));
      for (int j = s.up; j < s.sampled; ++j)
        pool->replica[static_cast<size_t>(j) * in.size() + g].evict(lost);
    }
    std::erase_if(pool->active, [&](uint32_t i) {
      const bool off = static_cast<int>(i / in.size()) >= pool->share[i % in.size()].up;
      if (off) pool->is_active[i] = 0;
      return off;
    });
  }
  set_scale(now);
  const bool any_up =
      std::all_of(pools_.begin(), pools_.end(), [](const auto& p) { return !p->up.empty(); });
  for (Request& r : lost) {
    r.joined = now;
    r.cached = 0;
    stats_.moved += r.weight;
    stranded_.push_back(r);
  }
  if (any_up) {
    std::sort(stranded_.begin(), stranded_.end(),
              [](const Request& a, const Request& b) { return a.id < b.id; });
    for (Request& r : stranded_) r.joined = now;
    due_.swap(stranded_);
  }
}

/// Spreads the replicas that take requests over the groups, in proportion to what has power there.
void Fleet::set_scale(double now) {
  for (auto& p : pools_) {
    Pool& pool = *p;
    const double open = pool.scale.decide(now, pool.utilisation) / pool.total,
                 on = pool.scale.powered() / pool.total;
    pool.up.clear();
    const size_t groups = pool.share.size();
    for (size_t g = 0; g < groups; ++g) {
      Share& s = pool.share[g];
      s.open = std::floor(open * s.alive + 0.5);
      s.on = std::floor(on * s.alive + 0.5);
      const int before = s.up_open;
      s.up_open = static_cast<int>(std::min<double>(s.up, s.open));
      // A new instance has computed no prompt yet.
      for (int j = before; j < s.up_open; ++j)
        pool.replica[static_cast<size_t>(j) * groups + g].prefixes().clear();
    }
    for (uint32_t i = 0; i < pool.replica.size(); ++i)
      if (static_cast<int>(i / groups) < pool.share[i % groups].up_open) pool.up.push_back(i);
  }
}

Replica& Fleet::wake(Pool& pool, uint32_t i) {
  Replica& r = pool.replica[i];
  if (!pool.is_active[i]) {
    pool.is_active[i] = 1;
    pool.active.push_back(i);
    r.begin_window(window_from_, window_to_);
  }
  return r;
}

double Fleet::prefix_hits(const Replica& replica, const Request& r) const {
  if (blocks_ == nullptr || r.blocks == 0) return 0.0;
  const double tokens =
      static_cast<double>(replica.prefixes().hits(blocks_ + r.block_at, r.blocks)) *
      pools_.front()->config.prefix_block;
  return std::min(tokens, static_cast<double>(r.input) - 1.0);
}

uint32_t Fleet::route(Pool& pool, const Request& r) {
  const size_t n = pool.up.size();
  if (config_.routing == Routing::round_robin || n == 1) return pool.up[pool.turn++ % n];
  uint32_t best = 0;
  double least = 0.0;
  bool first = true;
  auto consider = [&](uint32_t i) {
    double load = 0.0;
    if (pool.is_active[i]) {
      pool.replica[i].advance(r.joined, input_[static_cast<size_t>(group_of(i))].limits);
      load = pool.replica[i].load();
    }
    // What the prefix cache saves counts like tokens that do not wait there.
    if (config_.routing == Routing::prefix_aware) load -= prefix_hits(pool.replica[i], r);
    if (first || load < least) {
      best = i;
      least = load;
    }
    first = false;
  };
  if (config_.routing == Routing::prefix_aware && blocks_ != nullptr && r.blocks > 0) {
    uint32_t holder = 0;
    double most = 0.0;
    for (uint32_t i : pool.up)
      if (const double hits = prefix_hits(pool.replica[i], r); hits > most) {
        holder = i;
        most = hits;
      }
    if (most > 0.0) consider(holder);
  }
  // The less loaded of two chosen at random comes close to the least loaded of all [Mitzenmacher
  // 2001].
  for (int k = 0; k < 2; ++k)
    consider(pool.up[static_cast<size_t>(routing_.uniform() * static_cast<double>(n))]);
  return best;
}

void Fleet::dispatch(size_t p, Request r) {
  Pool& pool = *pools_[p];
  if (pool.up.empty()) {
    const double most = config_.max_queue * static_cast<double>(pool.replica.size());
    if (r.done == 0 && static_cast<double>(stranded_.size()) >= most)
      stats_.reject(r, r.joined);
    else
      stranded_.push_back(r);
    return;
  }
  const uint32_t i = route(pool, r);
  Replica& replica = wake(pool, i);
  replica.advance(r.joined, input_[static_cast<size_t>(group_of(i))].limits);
  const bool known = !replica.prefixes().off() && blocks_ != nullptr && r.done == 0;
  if (known) r.cached = static_cast<uint32_t>(prefix_hits(replica, r));
  if (!replica.push(r) || p > 0 || r.done > 0) return;
  if (known) replica.prefixes().touch(blocks_ + r.block_at, r.blocks);
  stats_.window_prompts += r.weight * r.input;
  stats_.window_found += r.weight * r.cached;
}

void Fleet::advance_active(Pool& pool, double to) {
  for (uint32_t i : pool.active)
    pool.replica[i].advance(to, input_[static_cast<size_t>(group_of(i))].limits);
}

/// Passes what the prefill pool finished to the decode pool, in order of time.
void Fleet::hand_over(double to) {
  for (Request& r : handed_) {
    const double delay = handover_delay(r);
    if (r.done == 1) r.first += delay;
    r.joined += delay;
    travelling_.push_back(r);
  }
  handed_.clear();
  auto later = std::partition(travelling_.begin(), travelling_.end(),
                              [&](const Request& r) { return r.joined < to; });
  std::sort(travelling_.begin(), later, [](const Request& a, const Request& b) {
    return a.joined != b.joined ? a.joined < b.joined : a.id < b.id;
  });
  Pool& decode = *pools_.back();
  for (auto it = travelling_.begin(); it != later; ++it) {
    Request r = *it;
    if (decode.up.empty()) {
      r.cached = 0;
      stranded_.push_back(r);
      continue;
    }
    // The two samples may stand for different numbers of replicas: pass on so many that the flow is
    // right.
    const double weight = decode.weight();
    carry_ += r.weight;
    resampled_ -= r.weight * r.output;
    r.weight = weight;
    while (carry_ >= weight * (1.0 - 1e-12)) {
      carry_ -= weight;
      resampled_ += weight * r.output;
      dispatch(pools_.size() - 1, r);
    }
  }
  travelling_.erase(travelling_.begin(), later);
}

const FleetOutput& Fleet::window(double from, double to, const std::vector<GroupInput>& in,
                                 ArrivalSource& arrivals) {
  STEPPE_CHECK(in.size() == out_.group.size() && to > from);
  window_from_ = from;
  window_to_ = to;
  blocks_ = arrivals.prefix_blocks();
  set_capacity(from, in);
  if (config_.autoscale.on) set_scale(from);
  for (auto& pool : pools_)
    for (uint32_t i : pool->active) pool->replica[i].begin_window(from, to);
  const double weight = pools_.front()->weight();
  arrivals.thin(1.0 / std::max(1.0, weight));

  for (const Request& r : due_) dispatch(0, r);
  due_.clear();
  // What the decode pool cannot take yet is held back in small steps; else the window is one.
  for (double now = from; now < to;) {
    const bool pressed = pools_.size() > 1 && hold_back();
    now = pressed ? std::min(to, now + kHeldStep) : to;
    advance(now, weight, arrivals);
  }
  collect(from, to);
  return out_;
}

double Fleet::held() const {
  const Pool& decode = *pools_.back();
  double waiting = 0.0;
  if (pools_.size() > 1)
    for (uint32_t i : decode.active)
      if (const Replica& r = decode.replica[i]; r.waiting() > 0)
        waiting += decode.share[static_cast<size_t>(group_of(i))].weight() * r.waiting_kv();
  return waiting;
}

/// Tells the prefill replicas how much of their cache is taken by prompts that wait for room in the
/// decode pool; true when there are any.
bool Fleet::hold_back() {
  Pool& prefill = *pools_.front();
  const double waiting = held();
  double open = 0.0;  // prefill replicas of the whole fleet
  for (const Share& s : prefill.share) open += s.open;
  for (Replica& r : prefill.replica) r.hold(open > 0.0 ? waiting / open : 0.0);
  return waiting > 0.0;
}

/// Everything up to `to`, with the arrivals until then.
void Fleet::advance(double to, double weight, ArrivalSource& arrivals) {
  Arrival a;
  while (arrivals.next(to, a)) {
    Request r;
    r.arrival = r.joined = a.time;
    r.weight = weight;
    r.id = next_id_++;
    r.input = a.input;
    r.output = a.output;
    r.cached = std::min(a.cached, a.input - 1);
    r.block_at = a.block_at;
    r.blocks = a.blocks;
    stats_.arrived += weight;
    stats_.in += weight * a.input;
    stats_.asked += weight * a.output;
    dispatch(0, r);
  }
  advance_active(*pools_.front(), to);
  if (pools_.size() > 1) {
    hand_over(to);
    advance_active(*pools_.back(), to);
  }
}

void Fleet::collect_share(Pool& pool, int group, double span, GroupOutput& out,
                          double& peak_square) {
  Share& s = pool.share[static_cast<size_t>(group)];
  if (s.up == 0) return;
  const double tp = pool.model.parallel().tensor, idle = pool.model.power().idle();
  double energy = 0.0, busy = 0.0, square = 0.0;
  int working = 0, finishing = 0;  // at work; of those: no longer take requests
  for (uint32_t i : pool.active) {
    if (group_of(i) != group) continue;
    const Replica& r = pool.replica[i];
    ++working;
    if (static_cast<double>(i / static_cast<uint32_t>(config_.groups)) >= s.on) ++finishing;
    energy += r.energy();
    busy += r.busy();
    const double swing = tp * (r.peak() - r.energy() / span);
    square += swing * swing;
    out_.tokens_per_s += s.weight() * r.tokens() / span;
    out_.waiting += s.weight() * static_cast<double>(r.waiting());
    out_.running += s.weight() * r.running();
  }
  double on, power, active;  // replicas in use; their mean power per accelerator and share of time
  if (s.whole()) {
    on = s.on + finishing;
    power = on > 0 ? (energy / span + idle * (on - working)) / on : 0.0;
    active = on > 0 ? busy / span / on : 0.0;
  } else {
    on = s.on;
    power = (energy / span + idle * (s.up - working)) / s.up;
    active = busy / span / s.up;
    // A sample of S out of A replicas: its slow part is common to all, its fast part is noise,
    // which the sum over A independent replicas has by √(S/A) less.
    const double gain = s.power_mean == 0.0 ? 1.0 : -std::expm1(-span / config_.sample_memory);
    s.power_mean += gain * (power - s.power_mean);
    s.busy_mean += gain * (active - s.busy_mean);
    const double damp = std::sqrt(std::min(1.0, s.up / std::max(1.0, s.open)));
    power = s.power_mean + damp * (power - s.power_mean);
    active = s.busy_mean + damp * (active - s.busy_mean);
    // Those that warm up idle.
    const double taking = on > 0 ? s.open / on : 0.0;
    power = idle + taking * (power - idle);
    active *= taking;
  }
  const double node = accelerator_.per_node, parked = pool.scale.parked_power() * (s.alive - on);
  const double accelerators = tp * (on * power + parked * idle);
  out.accelerator += accelerators;
  out.power += accelerators +
               tp / node *
                   (on * (accelerator_.node_power_idle +
                          (accelerator_.node_power_busy - accelerator_.node_power_idle) * active) +
                    parked * accelerator_.node_power_idle);
  out_.nodes += on * tp / node;
  peak_square += s.weight() * square;
}

/// What the autoscaler sees: the share of its time that a prefill pool computes; the share of its
/// sequences or of its cache that a pool that decodes would use if nothing waited.
void Fleet::measure_utilisation(Pool& pool, double span) {
  double busy = 0.0, running = 0.0, waiting = 0.0, kv = 0.0, n = 0.0, capacity = 1.0;
  for (uint32_t i : pool.active) {
    const Replica& r = pool.replica[i];
    busy += r.busy() / span;
    running += r.running();
    waiting += static_cast<double>(r.waiting());
    kv += r.kv_used();
    capacity = r.kv_capacity();
  }
  n = std::max<double>(1.0, static_cast<double>(pool.up.size()));
  if (pool.config.prefill_only) {
    pool.utilisation = busy / n;
    return;
  }
  const double queued = running > 0 ? (running + waiting) / running : 1.0;
  pool.utilisation =
      std::max((running + waiting) / (pool.config.max_sequences * n), kv / (capacity * n) * queued);
}

void Fleet::collect(double from, double to) {
  const double span = to - from;
  out_.tokens_per_s = out_.waiting = out_.running = out_.nodes = 0.0;
  for (size_t g = 0; g < out_.group.size(); ++g) {
    GroupOutput& o = out_.group[g];
    o = {};
    double peak_square = 0.0;
    for (auto& pool : pools_) collect_share(*pool, static_cast<int>(g), span, o, peak_square);
    const double spare = spare_ * std::clamp(input_[g].capacity, 0.0, 1.0);
    o.accelerator += spare * accelerator_.power_idle;
    o.power +=
        spare * (accelerator_.power_idle + accelerator_.node_power_idle / accelerator_.per_node);
    o.peak = o.power + std::sqrt(peak_square);
  }
  if (config_.autoscale.on)
    for (auto& pool : pools_) measure_utilisation(*pool, span);
  for (auto& pool : pools_)
    std::erase_if(pool->active, [&](uint32_t i) {
      const bool done = pool->replica[i].idle() && pool->replica[i].clock() <= to;
      if (done) pool->is_active[i] = 0;
      return done;
    });
  for (const Request& r : stranded_) out_.waiting += r.weight;
  if (stats_.window_ttft_n > 0) out_.ttft = stats_.window_ttft / stats_.window_ttft_n;
  if (stats_.window_tpot_n > 0) out_.tpot = stats_.window_tpot / stats_.window_tpot_n;
  stats_.window_ttft = stats_.window_ttft_n = stats_.window_tpot = stats_.window_tpot_n = 0.0;
  if (stats_.window_prompts > 0) out_.hits = stats_.window_found / stats_.window_prompts;
  stats_.prompts += stats_.window_prompts;
  stats_.found += stats_.window_found;
  stats_.window_prompts = stats_.window_found = 0.0;
}

Fleet::Unfinished Fleet::unfinished() const {
  Unfinished f;
  for (const auto& p : pools_)
    for (const Replica& r : p->replica) r.in_flight(f.generated, f.asked, f.requests);
  for (const auto* v : {&handed_, &travelling_, &stranded_, &due_})
    for (const Request& r : *v) {
      f.generated += r.weight * r.done;
      f.asked += r.weight * r.output;
      f.requests += r.weight;
    }
  return f;
}

double Fleet::token_residual() const {
  const double difference =
      stats_.asked + resampled_ - stats_.out - stats_.refused - unfinished().asked;
  return stats_.asked > 0 ? std::abs(difference) / stats_.asked : 0.0;
}

double Fleet::kv_in_use() const {
  double sum = 0.0;
  for (const auto& p : pools_)
    for (const Replica& r : p->replica) sum += r.context();
  return sum;
}

double Fleet::kv_blocks() const {
  double sum = 0.0;
  for (const auto& p : pools_)
    for (const Replica& r : p->replica) sum += r.kv_used() / p->config.block;
  return sum;
}

void Fleet::save(core::StateWriter& w) const {
  stats_.save(w);
  w.put(routing_.counter());
  w.put(input_);
  for (double v : {carry_, resampled_, out_.ttft, out_.tpot, out_.hits}) w.put(v);
  w.put(next_id_);
  for (const auto* v : {&handed_, &travelling_, &stranded_, &due_}) w.put(*v);
  for (const auto& p : pools_) {
    w.put(p->share);
    w.put(p->up);
    w.put(p->active);
    w.put(p->is_active);
    w.put(p->turn);
    w.put(p->scale);
    w.put(p->utilisation);
    for (const Replica& r : p->replica) r.save(w);
  }
}

void Fleet::load(core::StateReader& r) {
  stats_.load(r);
  uint64_t counter = 0;
  r.get(counter);
  routing_.set_counter(counter);
  r.get(input_);
  for (double* v : {&carry_, &resampled_, &out_.ttft, &out_.tpot, &out_.hits}) r.get(*v);
  r.get(next_id_);
  for (auto* v : {&handed_, &travelling_, &stranded_, &due_}) r.get(*v);
  for (auto& p : pools_) {
    r.get(p->share);
    r.get(p->up);
    r.get(p->active);
    r.get(p->is_active);
    r.get(p->turn);
    r.get(p->scale);
    r.get(p->utilisation);
    for (Replica& replica : p->replica) replica.load(r);
  }
}

}  // namespace steppe::load
