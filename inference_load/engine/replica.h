#pragma once
// One replica: a scheduler with its waiting queue, KV cache and running batch, advanced step by
// step. Steps whose batch does not change are merged into one, so the cost goes with requests, not
// with tokens.
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "inference_load/engine/histogram.h"
#include "inference_load/engine/prefix_cache.h"
#include "inference_load/engine/step_time.h"

namespace steppe::load {

struct Request {
  double arrival = 0.0;  ///< s since start
  double first = -1.0;   ///< instant of the first token; < 0: none yet
  double joined = 0.0;   ///< instant at which it reached the present replica
  double weight = 1.0;   ///< requests of the fleet that it stands for
  uint64_t id = 0;
  uint32_t input = 0, output = 0;
  uint32_t cached =
      0;  ///< tokens whose KV is there already (prefix cache, or sent along: all of them)
  uint32_t done = 0;                  ///< tokens generated so far
  uint32_t block_at = 0, blocks = 0;  ///< prefix blocks, in the list of the arrivals
};

/// One finished (or rejected) request, for those who want every one.
struct RequestRow {
  uint64_t id = 0;
  double arrival = 0.0, first_token = 0.0, finish = 0.0;  ///< s
  uint32_t input = 0, output = 0;
  bool rejected = false;
};

/// Sums over requests. Memory does not depend on how many there were.
struct RequestStats {
  double arrived = 0.0, completed = 0.0, rejected = 0.0;  ///< requests
  double too_long = 0.0;  ///< of the rejected: longer than the cache or the model's context
  double in = 0.0, asked = 0.0, out = 0.0,
         refused = 0.0;  ///< tokens: prompt, output asked for, output of completed, of rejected
  double good = 0.0;     ///< requests that met both objectives
  double prompts = 0.0, found = 0.0;  ///< tokens of prompts taken in; of those, in a prefix cache
  double preempted = 0.0,
         moved =
             0.0;  ///< recomputed for lack of KV memory; taken over from a replica without power
  double slo_ttft = 1e30, slo_tpot = 1e30;
  Histogram ttft, tpot;  ///< s; per request, tpot the mean of its tokens after the first
  Histogram itl;         ///< s; step times, one entry per token: what a stream of tokens shows
  double window_ttft = 0.0, window_ttft_n = 0.0, window_tpot = 0.0, window_tpot_n = 0.0;
  double window_prompts = 0.0, window_found = 0.0;
  std::function<void(const RequestRow&)> sink;

  void finish(const Request& r, double now);
  void reject(const Request& r, double now);
  void save(core::StateWriter& w) const;
  void load(core::StateReader& r);
};

struct ReplicaConfig {
  double prefix_cache = 0.0;     ///< share of the KV cache that keeps prompts seen before
  double prefix_block = 512.0;   ///< tokens of a prefix block
  bool prefill_only = false;     ///< hands requests over after their first token
  double max_sequences = 256.0;  ///< running at once
  double batch_tokens = 8192.0;  ///< most tokens in a step that computes prompts
  double watermark = 0.01;       ///< share of the KV cache kept free at admission
  double block = 16.0;           ///< tokens of a KV block: sequences take whole ones
  double max_queue = 1e9;        ///< waiting requests above which new ones are rejected
};

class Replica {
 public:
  /// `model`, `stats` and `handover` outlive the replica. `handover` receives prefilled requests
  /// (prefill_only), with `joined` = the instant at which the prompt was done.
  void init(const StepModel* model, const ReplicaConfig* config, RequestStats* stats,
            std::vector<Request>* handover);

  /// Starts a window [from, to): returns to counting energy from `from`.
  void begin_window(double from, double to);
  /// Runs steps until the clock is at or past `until` (a step under way is not cut).
  void advance(double until, const Limits& limits);
  /// Adds a request at r.joined; the clock must have been advanced there. False: refused.
  bool push(const Request& r);
  /// KV tokens of finished prompts that stay in this replica's cache because their next replica has
  /// no room yet: prompts wait when the rest is too small.
  void hold(double tokens) { held_ = tokens; }
  /// KV tokens of requests that came with their cache and have not been let in.
  double waiting_kv() const;
  /// Takes away every request (outage): they come back with their generated tokens kept.
  void evict(std::vector<Request>& out);

  bool idle() const { return waiting_.empty() && heap_.empty(); }
  double clock() const { return clock_; }
  int running() const { return static_cast<int>(heap_.size()); }
  size_t waiting() const { return waiting_.size(); }
  /// Work ahead of a new request, in tokens: what a router balances.
  double load() const { return static_cast<double>(waiting_tokens_) + context(); }
  double energy() const { return energy_; }  ///< J per accelerator since begin_window
  double busy() const { return busy_; }      ///< s of the window spent in steps
  double tokens() const { return tokens_; }  ///< generated by the steps begun in the window
  double peak() const { return peak_; }      ///< W per accelerator
  /// KV tokens in use (an integer; 0 when idle).
  double context() const;
  /// The same in whole blocks, in tokens, after `steps` more steps.
  double kv_used(double steps = 0.0) const;
  double kv_capacity() const { return capacity_; }
  PrefixCache& prefixes() { return prefixes_; }
  const PrefixCache& prefixes() const { return prefixes_; }
  /// Tokens generated for unfinished requests, and output tokens that they asked for (weighted).
  void in_flight(double& generated, double& asked, double& requests) const;

  void save(core::StateWriter& w) const;
  void load(core::StateReader& r);

 private:
  struct Running {
    int64_t finish;  ///< step after which it is complete
    uint32_t slot;
  };
  static bool later(const Running& a, const Running& b) { return a.finish > b.finish; }

  bool admits(const Request& r) const;
  /// KV tokens that admission may fill: less the watermark and what is held for others.
  double room() const { return capacity_ * (1.0 - config_->watermark) - held_; }
  void step_with_prefill(const Limits& limits);
  void decode_steps(double until, const Limits& limits);
  void account(double seconds, double watts);
  double limited(double seconds, double watts);
  void idle_until(double t);
  void prompt_done(Request r);
  void join(const Request& r);
  void leave(uint32_t slot);
  size_t residue_of(uint32_t slot) const;
  void pop_waiting();
  void finish_due();
  void preempt_last();
  uint32_t generated(const Request& r, int64_t since) const;
  static bool has_kv(const Request& r) { return r.cached >= r.input + r.done; }
  static double prompt(const Request& r) { return static_cast<double>(r.input) + r.done; }

  const StepModel* model_ = nullptr;
  const ReplicaConfig* config_ = nullptr;
  RequestStats* stats_ = nullptr;
  std::vector<Request>* handover_ = nullptr;
  double tokens_per_step_ = 1.0, capacity_ = 0.0, sequence_tokens_ = 0.0;

  double clock_ = 0.0;
  double window_from_ = 0.0, window_to_ = 0.0;
  double energy_ = 0.0, busy_ = 0.0, tokens_ = 0.0, peak_ = 0.0;
  double step_watts_ = 0.0;  ///< of the step that reaches beyond the window
  double recent_ = 0.0;      ///< W that the last second asked for: what the power limit sees
  std::deque<Request> waiting_;
  double waiting_tokens_ = 0.0;
  double held_ = 0.0;
  double head_progress_ = 0.0;  ///< prompt tokens of waiting_.front() computed so far
  bool head_admitted_ = false;
  // Context of the running batch: Σ over sequences of (context when joining + tokens_per_step ·
  // steps since).
  int64_t step_ = 0;
  int64_t joined_context_ = 0, joined_steps_ = 0;
  std::vector<int32_t> residue_;  ///< running sequences by (context − step) modulo the block
  PrefixCache prefixes_;
  std::vector<Running> heap_;
  std::vector<Request> slots_;
  std::vector<int64_t> slot_step_;  ///< step at which the slot's request joined
  std::vector<uint32_t> free_;
};

}  // namespace steppe::load
