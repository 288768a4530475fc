#pragma once
// The fleet: pools of replicas spread over rack groups, a router, hand-over between prefill and
// decode, outages, and the sum over everything in windows.
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "inference_load/arrivals/arrivals.h"
#include "inference_load/engine/autoscaler.h"
#include "inference_load/engine/replica.h"
#include "sim/base/rng.h"

namespace steppe::load {

enum class Serving { mixed, disaggregated };
enum class Routing { round_robin, least_loaded, prefix_aware };

struct FleetConfig {
  double nodes = 1.0;
  int groups = 1;  ///< rack groups; nodes are spread evenly
  Serving serving = Serving::mixed;
  Routing routing = Routing::round_robin;
  double prefill_share = 0.42;  ///< of the nodes, when disaggregated
  Parallel parallel, prefill_parallel;
  double max_sequences = 256, batch_tokens = 8192, prefill_batch_tokens = 8192, max_queue = 1e9,
         watermark = 0.01;
  double kv_block = 16.0;       ///< tokens
  double prefix_cache = 0.0;    ///< share of each replica's KV cache for prompts seen before
  double prefix_block = 512.0;  ///< tokens of a block of these
  AutoscaleConfig autoscale;
  std::optional<Measured> measured;  ///< for the pool that decodes
  int sample = 0;  ///< replicas simulated per pool (at least one per group); 0: all
  double sample_memory =
      60;  ///< s; slower variations of the sample are taken as common to all replicas
  double slo_ttft = 1e30, slo_tpot = 1e30;  ///< s
};

/// What acts on one rack group during a window.
struct GroupInput {
  double capacity = 1.0;  ///< share of the group that has power
  Limits limits;
};

struct GroupOutput {
  double power = 0.0;        ///< W, mean of the window: accelerators, host, NICs, fans
  double accelerator = 0.0;  ///< W, of which accelerators
  double peak =
      0.0;  ///< W, highest step power, independent excursions of replicas added as squares
};

struct FleetOutput {
  std::vector<GroupOutput> group;
  double tokens_per_s = 0.0, waiting = 0.0, running = 0.0;
  double nodes = 0.0;             ///< in use: those that take requests, finish some, or warm up
  double ttft = 0.0, tpot = 0.0;  ///< s, means over the requests of the last window that had any
  double hits = 0.0;  ///< share of the prompts' tokens found in a prefix cache, likewise
};

class Fleet {
 public:
  /// UserError when the weights do not fit or there are too few nodes for one instance.
  Fleet(const ModelDesc& model, const Accelerator& accelerator, const FleetConfig& config,
        uint64_t seed, const std::string& stream);
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  /// Simulates [from, to) and returns the means. `in` has one entry per group.
  const FleetOutput& window(double from, double to, const std::vector<GroupInput>& in,
                            ArrivalSource& arrivals);

  const RequestStats& stats() const { return stats_; }
  RequestStats& stats() { return stats_; }
  /// |tokens asked for − (generated for the finished + asked for by those in flight + refused)| /
  /// asked for.
  double token_residual() const;
  struct Unfinished {
    double generated = 0.0, asked = 0.0;  ///< tokens
    double requests = 0.0;
  };
  /// Requests that have arrived and neither finished nor been refused.
  Unfinished unfinished() const;
  double kv_in_use() const;  ///< tokens, over the simulated replicas
  double kv_blocks() const;  ///< the same in blocks
  double held() const;  ///< KV tokens of finished prompts for which the decode pool has no room
  /// Replicas of the pool that takes the arrivals (0) and of the decode pool (last), in the whole
  /// fleet.
  double replicas(size_t pool) const { return pools_.at(pool)->total; }
  double taking_requests(size_t pool) const;  ///< of these
  size_t pools() const { return pools_.size(); }
  /// "16 of 928 and 16 of 1296 replicas", by pool; "": all are simulated.
  std::string sampling() const;
  double accelerators_spare() const { return spare_ * config_.groups; }
  const StepModel& step_model(size_t pool) const { return pools_.at(pool)->model; }

  void save(core::StateWriter& w) const;
  void load(core::StateReader& r);

 private:
  /// The replicas of one pool in one group: `real` of them stand in `sampled` simulated ones.
  struct Share {
    double real = 0, alive = 0;
    double open = 0, on = 0;  ///< of those with power: take requests; those and the warming up
    int sampled = 0, up = 0;  ///< simulated, and simulated with power
    int up_open = 0;          ///< of those: take requests
    double power_mean = 0.0,
           busy_mean = 0.0;  ///< slow means of the sample (W per accelerator; share of time)
    bool whole() const { return sampled == real; }
    double weight() const { return whole() ? 1.0 : up_open > 0 ? open / up_open : 0.0; }
  };
  struct Pool {
    explicit Pool(StepModel m) : model(std::move(m)) {}
    StepModel model;
    ReplicaConfig config;
    double total = 0;  ///< replicas of the fleet
    std::vector<Share> share;
    std::vector<Replica> replica;  ///< index j·groups + g, then holes never used
    Autoscaler scale;
    double utilisation = 0.0;      ///< of the last window, for the autoscaler
    std::vector<uint32_t> up;      ///< simulated replicas that take requests
    std::vector<uint32_t> active;  ///< those with work, or with a step reaching into the window
    std::vector<uint8_t> is_active;
    size_t turn = 0;
    double weight() const;  ///< replicas per simulated one: of those that take requests, or of all
  };

  void add_pool(const ModelDesc& model, const Accelerator& accelerator, const Parallel& layout,
                double nodes, double batch_tokens, const char* what);
  void set_capacity(double now, const std::vector<GroupInput>& in);
  void set_scale(double now);
  void dispatch(size_t pool, Request r);
  void hand_over(double to);
  bool hold_back();
  void advance(double to, double weight, ArrivalSource& arrivals);
  uint32_t route(Pool& pool, const Request& r);
  double prefix_hits(const Replica& replica, const Request& r) const;
  Replica& wake(Pool& pool, uint32_t i);
  void advance_active(Pool& pool, double to);
  void collect(double from, double to);
  void measure_utilisation(Pool& pool, double span);
  void collect_share(Pool& pool, int group, double span, GroupOutput& out, double& peak_square);
  int group_of(uint32_t i) const {
    return static_cast<int>(i % static_cast<uint32_t>(config_.groups));
  }
  double handover_delay(const Request& r) const;

  FleetConfig config_;
  Accelerator accelerator_;
  std::vector<std::unique_ptr<Pool>> pools_;
  RequestStats stats_;
  Rng routing_;
  FleetOutput out_;
  std::vector<GroupInput> input_;
  double window_from_ = 0.0, window_to_ = 0.0;
  double spare_ = 0.0;               ///< accelerators per group that no instance uses
  std::vector<Request> handed_;      ///< filled by prefill replicas while they advance
  std::vector<Request> travelling_;  ///< on the way to the decode pool
  std::vector<Request> stranded_;    ///< no replica has power
  std::vector<Request> due_;
  double carry_ = 0.0;      ///< weight of prefilled requests not yet passed to the decode sample
  double resampled_ = 0.0;  ///< output tokens added by passing prefilled requests to another sample
  uint64_t next_id_ = 0;
  const uint32_t* blocks_ = nullptr;  ///< of the arrivals
};

}  // namespace steppe::load
