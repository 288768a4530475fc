#pragma once
// Prompt blocks that a replica still holds, least recently used first out.
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "sim/core/checkpoint.h"

namespace steppe::load {

/// Blocks are known by a number; equal number, equal prefix up to and including the block.
class PrefixCache {
 public:
  /// `blocks`: how many it holds; 0: none.
  explicit PrefixCache(size_t blocks = 0) : capacity_(blocks) {}
  bool off() const { return capacity_ == 0; }
  size_t size() const { return where_.size(); }
  /// Leading blocks that are held.
  size_t hits(const uint32_t* block, size_t count) const {
    size_t n = 0;
    while (n < count && where_.count(block[n]) > 0) ++n;
    return n;
  }
  /// All of them were used now; the last one first out, so that a prefix outlives what follows it.
  void touch(const uint32_t* block, size_t count) {
    if (off()) return;
    for (size_t i = count; i-- > 0;) {
      const auto it = where_.find(block[i]);
      if (it != where_.end()) {
        order_.splice(order_.begin(), order_, it->second);
        continue;
      }
      order_.push_front(block[i]);
      where_[block[i]] = order_.begin();
    }
    while (where_.size() > capacity_) {
      where_.erase(order_.back());
      order_.pop_back();
    }
  }
  void clear() {
    order_.clear();
    where_.clear();
  }
  void save(core::StateWriter& w) const {
    w.put(std::vector<uint32_t>(order_.begin(), order_.end()));
  }
  void load(core::StateReader& r) {
    std::vector<uint32_t> blocks;
    r.get(blocks);
    clear();
    for (uint32_t b : blocks) where_[b] = order_.insert(order_.end(), b);
  }

 private:
  size_t capacity_;
  std::list<uint32_t> order_;  ///< most recently used first
  std::unordered_map<uint32_t, std::list<uint32_t>::iterator> where_;
};

}  // namespace steppe::load
