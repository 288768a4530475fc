#pragma once
// Tables of the fluid level on disk, by a hash of everything that they depend on.
#include <cstdint>
#include <string>
#include <vector>

#include "inference_load/fluid/fluid.h"
#include "sim/core/param_table.h"

namespace steppe::load {

/// FNV-1a over what is added, in order.
class ContentHash {
 public:
  void add(const void* bytes, size_t count);
  void add(double v) { add(&v, sizeof v); }
  /// All values of a parameter object.
  void add(const core::ParamTableBase& table, const void* params);
  uint64_t value() const { return h_; }

 private:
  uint64_t h_ = 0xcbf29ce484222325ULL;
};

/// $XDG_CACHE_HOME/steppe/fluid-HASH (or below ~/.cache); the hash also covers this program's file,
/// so that another build makes its own tables. Whatever fails, fails silently: a table is made
/// anew. Empty: there is none. A file ends with a hash of itself; at most 100 are kept, none that
/// was not used for 90 days. Threads of one process must not write the same table at once.
std::vector<FluidPoint> cached_table(uint64_t content);
void cache_table(uint64_t content, const std::vector<FluidPoint>& points);

}  // namespace steppe::load
