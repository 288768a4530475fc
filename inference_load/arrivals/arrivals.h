#pragma once
// Where requests come from.
#include <cstdint>

#include "sim/core/checkpoint.h"

namespace steppe::load {

struct Arrival {
  double time = 0.0;  ///< s since start
  uint32_t input = 0, output = 0,
           cached = 0;                ///< tokens; cached: prompt tokens found in a prefix cache
  uint32_t block_at = 0, blocks = 0;  ///< the prompt's prefix blocks, in prefix_blocks()
};

class ArrivalSource {
 public:
  virtual ~ArrivalSource() = default;
  /// The next request before `until` [s]; false when there is none (now).
  virtual bool next(double until, Arrival& a) = 0;
  /// Only the share `keep` (0 … 1) of the requests is wanted from now on (sampling).
  virtual void thin(double keep) = 0;
  /// Mean rate [1/s] at time t, of all requests.
  virtual double rate(double t) const = 0;
  /// Numbers of the prefix blocks that arrivals point to; null when it knows none.
  virtual const uint32_t* prefix_blocks() const { return nullptr; }
  virtual double prefix_block_tokens() const { return 512.0; }
  /// What the log should say about these requests in a run of `length` [s]; "": nothing.
  virtual std::string remark(double /*length*/) const { return {}; }
  virtual void save(core::StateWriter&) const = 0;
  virtual void load(core::StateReader&) = 0;
};

}  // namespace steppe::load
