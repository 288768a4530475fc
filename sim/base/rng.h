#pragma once
// Counter-based random streams: (seed, name) selects a stream, so adding a component never changes
// another's numbers.
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace steppe {

/// FNV-1a, 64 bit: stable across platforms and versions, so seeds of streams may depend on it.
constexpr uint64_t stable_hash(std::string_view s) {
  uint64_t h = 0xcbf29ce484222325ULL;
  for (char c : s) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return h;
}

/// SplitMix64 over a counter [Steele 2014]: the n-th number depends on (key, n) alone; the state is
/// one integer. Passes BigCrush; not for cryptography.
class Rng {
 public:
  Rng() = default;
  Rng(uint64_t seed, std::string_view stream) : key_(mix(seed ^ mix(stable_hash(stream)))) {}

  uint64_t next() { return mix(key_ + 0x9e3779b97f4a7c15ULL * ++counter_); }
  /// Uniform in (0, 1): never 0, so that log() is safe.
  double uniform() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52; }
  /// Exponential with mean 1.
  double exponential() { return -std::log(uniform()); }
  /// Standard normal (Box–Muller, one of the pair; no hidden state).
  double normal() {
    const double r = std::sqrt(-2.0 * std::log(uniform()));
    return r * std::cos(2.0 * std::numbers::pi * uniform());
  }
  uint64_t counter() const { return counter_; }
  void set_counter(uint64_t c) { counter_ = c; }

 private:
  static constexpr uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  uint64_t key_ = 0;
  uint64_t counter_ = 0;
};

}  // namespace steppe
