#include "inference_load/engine/replica.h"

#include <algorithm>
#include <cmath>

namespace steppe::load {

void RequestStats::finish(const Request& r, double now) {
  const double wait = r.first - r.arrival;
  const double between = r.output > 1 ? (now - r.first) / (r.output - 1.0) : 0.0;
  completed += r.weight;
  out += r.weight * r.output;
  if (r.output > 0) ttft.add(wait, r.weight);
  if (r.output > 1) {
    tpot.add(between, r.weight);
    window_tpot += r.weight * between;
    window_tpot_n += r.weight;
  }
  if (wait <= slo_ttft && between <= slo_tpot) good += r.weight;
  if (sink) sink({r.id, r.arrival, r.first, now, r.input, r.output, false});
}

void RequestStats::reject(const Request& r, double now) {
  rejected += r.weight;
  refused += r.weight * r.output;
  if (sink) sink({r.id, r.arrival, r.first, now, r.input, r.output, true});
}

void RequestStats::save(core::StateWriter& w) const {
  for (double v : {arrived, completed, rejected, too_long, in, asked, out, refused, good, prompts,
                   found, preempted, moved, window_ttft, window_ttft_n, window_tpot, window_tpot_n})
    w.put(v);
  for (const Histogram* h : {&ttft, &tpot, &itl}) h->save(w);
}

void RequestStats::load(core::StateReader& r) {
  for (double* v :
       {&arrived, &completed, &rejected, &too_long, &in, &asked, &out, &refused, &good, &prompts,
        &found, &preempted, &moved, &window_ttft, &window_ttft_n, &window_tpot, &window_tpot_n})
    r.get(*v);
  for (Histogram* h : {&ttft, &tpot, &itl}) h->load(r);
}

void Replica::init(const StepModel* model, const ReplicaConfig* config, RequestStats* stats,
                   std::vector<Request>* handover) {
  model_ = model;
  config_ = config;
  stats_ = stats;
  handover_ = handover;
  tokens_per_step_ = model->parallel().tokens_per_step();
  const double kept =
      std::floor(config->prefix_cache * model->kv_capacity() / config->prefix_block);
  prefixes_ = PrefixCache(static_cast<size_t>(kept));
  capacity_ = model->kv_capacity() - kept * config->prefix_block;
  residue_.assign(static_cast<size_t>(config->block), 0);
  sequence_tokens_ = std::ceil(model->size().kv_per_sequence / model->size().kv_per_token);
}

double Replica::context() const {
  const auto n = static_cast<int64_t>(heap_.size());
  return static_cast<double>(joined_context_) +
         tokens_per_step_ * static_cast<double>(n * step_ - joined_steps_);
}

double Replica::kv_used(double steps) const {
  const double n = static_cast<double>(heap_.size());
  const double tokens = context() + n * tokens_per_step_ * steps;
  const auto block = static_cast<int64_t>(residue_.size());
  // With drafts the sequences do not move in step: half a block each, on average.
  if (tokens_per_step_ != 1.0) return tokens + std::ceil(0.5 * n * static_cast<double>(block - 1));
  // A sequence of residue r lacks (block − at − r) modulo the block tokens; without a division
  // each.
  const int64_t at = (step_ + static_cast<int64_t>(steps)) % block, first = (block - at) % block;
  int64_t padding = 0, beyond = 0;
  for (int64_t r = 0; r < block; ++r) {
    const int64_t n_r = residue_[static_cast<size_t>(r)];
    padding += n_r * (first - r);
    beyond += r > first ? n_r : 0;
  }
  return tokens + static_cast<double>(padding + block * beyond);
}

size_t Replica::residue_of(uint32_t slot) const {
  const auto block = static_cast<int64_t>(residue_.size());
  const int64_t context = static_cast<int64_t>(slots_[slot].input) + slots_[slot].done;
  return static_cast<size_t>(((context - slot_step_[slot]) % block + block) % block);
}

void Replica::begin_window(double from, double to) {
  window_from_ = from;
  window_to_ = to;
  energy_ = busy_ = tokens_ = peak_ = 0.0;
  if (clock_ > from) {  // a step of the last window reaches into this one
    busy_ = std::min(clock_, to) - from;
    energy_ = busy_ * step_watts_;
    peak_ = step_watts_;
  }
}

/// The device holds its design power in the mean of a second and exceeds it for shorter
/// [PS14318]: a slow controller that scales everything by what the last second asked for.
double Replica::limited(double seconds, double watts) {
  recent_ += (watts - recent_) * -std::expm1(-seconds);
  const double most = model_->power().sustained();
  return recent_ > most ? watts * (most / recent_) : watts;
}

void Replica::account(double seconds, double watts) {
  watts = limited(seconds, watts);
  const double inside = std::min(clock_ + seconds, window_to_) - std::max(clock_, window_from_);
  if (inside > 0) {
    energy_ += inside * watts;
    busy_ += inside;
    peak_ = std::max(peak_, watts);
  }
  clock_ += seconds;
  step_watts_ = watts;
}

void Replica::idle_until(double t) {
  const double watts = limited(std::max(0.0, t - clock_), model_->power().idle());
  const double inside = std::min(t, window_to_) - std::max(clock_, window_from_);
  if (inside > 0) {
    energy_ += inside * watts;
    peak_ = std::max(peak_, watts);
  }
  clock_ = t;
  step_watts_ = watts;
}

bool Replica::push(const Request& r) {
  const double need = static_cast<double>(r.input) + r.output + sequence_tokens_ + config_->block;
  const bool too_long = need > capacity_ * (1.0 - config_->watermark) ||
                        static_cast<double>(r.input) + r.output > model_->model().max_context;
  // What the next step takes in does not wait.
  const bool full = static_cast<double>(waiting_.size()) >= config_->max_queue &&
                    !(waiting_.empty() && admits(r));
  if (too_long || full) {
    if (too_long) stats_->too_long += r.weight;
    stats_->reject(r, r.joined);
    return false;
  }
  waiting_.push_back(r);
  waiting_tokens_ += prompt(r);
  return true;
}

void Replica::pop_waiting() {
  waiting_tokens_ -= prompt(waiting_.front());
  waiting_.pop_front();
}

bool Replica::admits(const Request& r) const {
  const double sequences = static_cast<double>(heap_.size());
  if (sequences >= config_->max_sequences) return false;
  const double used = kv_used() + sequences * sequence_tokens_;
  const double need = prompt(r) + sequence_tokens_ + config_->block;
  return used + need <= room();
}

double Replica::waiting_kv() const {
  double sum = 0.0;
  for (const Request& r : waiting_)
    if (has_kv(r)) sum += prompt(r) + sequence_tokens_;
  return sum;
}

void Replica::advance(double until, const Limits& limits) {
  while (clock_ < until) {
    if (idle()) {
      idle_until(until);
      return;
    }
    // Requests whose KV cache came along (disaggregation) join at once; others have their prompt
    // computed.
    while (!waiting_.empty() && has_kv(waiting_.front()) && admits(waiting_.front())) {
      const Request r = waiting_.front();
      pop_waiting();
      join(r);
    }
    if (!waiting_.empty() && !has_kv(waiting_.front()) &&
        (head_admitted_ || admits(waiting_.front()))) {
      step_with_prefill(limits);
      continue;
    }
    if (heap_.empty()) {
      // Full of finished prompts; else the head of the queue could not wait for anything: push()
      // refuses what never fits.
      STEPPE_CHECK(held_ > 0.0);
      idle_until(until);
      return;
    }
    decode_steps(until, limits);
  }
}

void Replica::step_with_prefill(const Limits& limits) {
  Batch b;
  b.decode = static_cast<double>(heap_.size());
  b.context = context();
  double budget =
      std::max(1.0, config_->batch_tokens - b.decode * (1.0 + model_->parallel().draft_tokens));
  double reserved = 0.0, sequences = b.decode;
  size_t complete = 0;
  const double limit = room() - kv_used() - b.decode * sequence_tokens_;
  for (const Request& r : waiting_) {
    if (has_kv(r)) break;  // joins before the next step
    const double whole = prompt(r);
    const double need = whole + sequence_tokens_ + config_->block;
    const bool first = complete == 0;
    if (!(first && head_admitted_) &&
        (sequences >= config_->max_sequences || reserved + need > limit))
      break;
    const double start =
        first && head_admitted_ ? head_progress_ : std::min<double>(r.cached, whole - 1.0);
    const double chunk = std::min(budget, whole - start);
    b.prefill += chunk;
    b.pairs += chunk * start + 0.5 * chunk * (chunk + 1.0);
    b.prefill_context += start + chunk;
    budget -= chunk;
    reserved += need;
    sequences += 1.0;
    if (start + chunk < whole) {
      head_progress_ = start + chunk;
      head_admitted_ = true;
      break;
    }
    head_admitted_ = false;
    ++complete;
    if (budget <= 0) break;
  }
  const StepPoint p = model_->operate(b, limits);
  account(p.seconds, p.watts);
  if (b.decode > 0) {
    tokens_ += b.decode * tokens_per_step_;
    stats_->itl.add(p.seconds, b.decode * tokens_per_step_);
  }
  ++step_;
  finish_due();
  for (size_t i = 0; i < complete; ++i) {
    const Request r = waiting_.front();
    pop_waiting();
    prompt_done(r);
  }
}

void Replica::prompt_done(Request r) {
  if (r.first < 0) {
    r.first = clock_;
    if (r.output > 0) {
      stats_->window_ttft += r.weight * (clock_ - r.arrival);
      stats_->window_ttft_n += r.weight;
    }
  }
  if (r.output > 0) tokens_ += 1.0;  // else nobody asked for more than the prompt
  ++r.done;
  if (r.done >= r.output) {
    stats_->finish(r, clock_);
  } else if (config_->prefill_only) {
    r.joined = clock_;
    r.cached = r.input + r.done;
    handover_->push_back(r);
  } else {
    join(r);
  }
}

void Replica::join(const Request& r) {
  const auto steps = static_cast<int64_t>(std::ceil((r.output - r.done) / tokens_per_step_ - 1e-9));
  uint32_t slot;
  if (free_.empty()) {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.push_back(r);
    slot_step_.push_back(step_);
  } else {
    slot = free_.back();
    free_.pop_back();
    slots_[slot] = r;
    slot_step_[slot] = step_;
  }
  heap_.push_back({step_ + steps, slot});
  std::push_heap(heap_.begin(), heap_.end(), later);
  joined_context_ += static_cast<int64_t>(r.input) + r.done;
  joined_steps_ += step_;
  ++residue_[residue_of(slot)];
}

/// Takes the slot's sequence out of the context sums; the heap entry is the caller's.
void Replica::leave(uint32_t slot) {
  joined_context_ -= static_cast<int64_t>(slots_[slot].input) + slots_[slot].done;
  joined_steps_ -= slot_step_[slot];
  --residue_[residue_of(slot)];
  free_.push_back(slot);
}

void Replica::finish_due() {
  while (!heap_.empty() && heap_.front().finish <= step_) {
    const Running done = heap_.front();
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
    leave(done.slot);
    stats_->finish(slots_[done.slot], clock_);
  }
}

uint32_t Replica::generated(const Request& r, int64_t since) const {
  const double more = std::floor(tokens_per_step_ * static_cast<double>(step_ - since) + 1e-9);
  return static_cast<uint32_t>(std::min<double>(r.done + more, r.output - 1.0));
}

/// Last in, first out: the sequence that joined last gives up its KV cache and is computed again
/// [vLLM].
void Replica::preempt_last() {
  const auto last = std::max_element(
      heap_.begin(), heap_.end(),
      [&](const Running& a, const Running& b) { return slot_step_[a.slot] < slot_step_[b.slot]; });
  const uint32_t slot = last->slot;
  heap_.erase(last);
  std::make_heap(heap_.begin(), heap_.end(), later);
  Request r = slots_[slot];
  leave(slot);
  r.done = generated(r, slot_step_[slot]);
  r.cached = 0;
  stats_->preempted += r.weight;
  waiting_.push_front(r);
  waiting_tokens_ += prompt(r);
}

void Replica::decode_steps(double until, const Limits& limits) {
  const double n = static_cast<double>(heap_.size()), growth = n * tokens_per_step_;
  Batch b;
  b.decode = n;
  b.context = context();
  const double limit = capacity_ - n * sequence_tokens_;
  if (b.context + growth + n * config_->block > limit && kv_used(1.0) > limit && heap_.size() > 1) {
    preempt_last();
    return;
  }
  const StepPoint p0 = model_->operate(b, limits);
  const double wanted = until - clock_;
  // Largest merge: to the next completion, to the end of the KV cache, and not so far that the step
  // time, linear in the context between kinks of the roofline, could bend.
  double steps = static_cast<double>(heap_.front().finish - step_);
  steps = std::min({steps, std::ceil(wanted / p0.seconds),
                    std::max(16.0, std::floor(0.25 * b.context / growth))});
  // Steps until the cache is full: at least as if every sequence opened a block now, at most as if
  // it needed tokens only.
  double fit = std::max(1.0, std::floor((limit - b.context - n * (config_->block - 1.0)) / growth));
  for (double most = std::min(steps, std::floor((limit - b.context) / growth)); fit < most;) {
    const double middle = std::ceil(0.5 * (fit + most));
    if (kv_used(middle) <= limit)
      fit = middle;
    else
      most = middle - 1.0;
  }
  steps = std::min(steps, fit);
  double seconds = p0.seconds, watts = p0.watts;
  if (steps > 1.0) {
    b.context += growth * (steps - 1.0);
    const StepPoint p1 = model_->operate(b, limits);
    const double slope = (p1.seconds - p0.seconds) / (steps - 1.0);
    auto duration = [&](double m) { return m * (p0.seconds + 0.5 * slope * (m - 1.0)); };
    if (duration(steps) > wanted) {  // stop at the first step end at or after `until`
      const double base = p0.seconds - 0.5 * slope;
      double m = std::ceil(2.0 * wanted / (base + std::sqrt(base * base + 2.0 * slope * wanted)));
      if (m > 1.0 && duration(m - 1.0) >= wanted) m -= 1.0;
      steps = std::clamp(m, 1.0, steps);
    }
    seconds = duration(steps);
    watts = 0.5 * (p0.watts + p1.watts);
  }
  account(seconds, watts);
  tokens_ += steps * growth;
  stats_->itl.add(seconds / steps, steps * growth);
  step_ += static_cast<int64_t>(steps);
  finish_due();
}

void Replica::evict(std::vector<Request>& out) {
  for (const Running& running : heap_) {
    Request r = slots_[running.slot];
    r.done = generated(r, slot_step_[running.slot]);
    r.cached = 0;
    out.push_back(r);
  }
  for (const Request& r : waiting_) out.push_back(r);
  heap_.clear();
  waiting_.clear();
  slots_.clear();
  slot_step_.clear();
  free_.clear();
  waiting_tokens_ = held_ = head_progress_ = 0.0;
  head_admitted_ = false;
  joined_context_ = joined_steps_ = 0;
  residue_.assign(residue_.size(), 0);
  prefixes_.clear();
}

void Replica::in_flight(double& generated_tokens, double& asked, double& requests) const {
  for (const Running& running : heap_) {
    const Request& r = slots_[running.slot];
    generated_tokens += r.weight * generated(r, slot_step_[running.slot]);
    asked += r.weight * r.output;
    requests += r.weight;
  }
  for (const Request& r : waiting_) {
    generated_tokens += r.weight * r.done;
    asked += r.weight * r.output;
    requests += r.weight;
  }
}

void Replica::save(core::StateWriter& w) const {
  for (double v : {clock_, step_watts_, recent_, waiting_tokens_, held_, head_progress_}) w.put(v);
  w.put(head_admitted_);
  for (int64_t v : {step_, joined_context_, joined_steps_}) w.put(v);
  w.put(std::vector<Request>(waiting_.begin(), waiting_.end()));
  w.put(heap_);
  w.put(slots_);
  w.put(slot_step_);
  w.put(free_);
  w.put(residue_);
  prefixes_.save(w);
}

void Replica::load(core::StateReader& r) {
  for (double* v : {&clock_, &step_watts_, &recent_, &waiting_tokens_, &held_, &head_progress_})
    r.get(*v);
  r.get(head_admitted_);
  for (int64_t* v : {&step_, &joined_context_, &joined_steps_}) r.get(*v);
  std::vector<Request> waiting;
  r.get(waiting);
  waiting_.assign(waiting.begin(), waiting.end());
  r.get(heap_);
  r.get(slots_);
  r.get(slot_step_);
  r.get(free_);
  r.get(residue_);
  prefixes_.load(r);
}

}  // namespace steppe::load
