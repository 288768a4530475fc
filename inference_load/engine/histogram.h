#pragma once
// Streaming latency statistics: logarithmic buckets of 0.8 % width, mergeable, of constant size.
#include <bit>
#include <cstdint>
#include <vector>

#include "sim/core/checkpoint.h"

namespace steppe::load {

/// Weighted histogram of positive values between 2^-30 and 2^34 (1 ns … 500 years in seconds);
/// values outside go to the end buckets. A quantile is the middle of its bucket: at most 0.4 % off.
class Histogram {
 public:
  void add(double value, double weight = 1.0) {
    if (buckets_.empty()) buckets_.resize(kBuckets);
    buckets_[index(value)] += weight;
    count_ += weight;
    sum_ += weight * value;
  }
  void merge(const Histogram& other, double factor = 1.0) {
    if (other.buckets_.empty()) return;
    if (buckets_.empty()) buckets_.resize(kBuckets);
    for (size_t i = 0; i < kBuckets; ++i) buckets_[i] += factor * other.buckets_[i];
    count_ += factor * other.count_;
    sum_ += factor * other.sum_;
  }
  double count() const { return count_; }
  double mean() const { return count_ > 0 ? sum_ / count_ : 0.0; }
  /// Value below which the share q (0 … 1) lies; 0 when empty.
  double quantile(double q) const {
    double left = q * count_;
    for (size_t i = 0; i < buckets_.size(); ++i) {
      left -= buckets_[i];
      if (left <= 0.0 && buckets_[i] > 0.0) return middle(i);
    }
    return 0.0;
  }
  void save(core::StateWriter& w) const {
    w.put(buckets_);
    w.put(count_);
    w.put(sum_);
  }
  void load(core::StateReader& r) {
    r.get(buckets_);
    r.get(count_);
    r.get(sum_);
  }

 private:
  // Seven mantissa bits per power of two: the bit pattern of a positive double is its logarithm,
  // piecewise linear.
  static constexpr int kBits = 7, kShift = 52 - kBits;
  static constexpr uint64_t kFirst = static_cast<uint64_t>(1023 - 30) << kBits;
  static constexpr size_t kBuckets = static_cast<size_t>(64) << kBits;
  static size_t index(double v) {
    if (!(v > 0.0)) return 0;
    const uint64_t b = std::bit_cast<uint64_t>(v) >> kShift;
    return b < kFirst ? 0 : static_cast<size_t>(b - kFirst < kBuckets ? b - kFirst : kBuckets - 1);
  }
  static double middle(size_t i) {
    const double lo = std::bit_cast<double>((i + kFirst) << kShift);
    const double hi = std::bit_cast<double>((i + 1 + kFirst) << kShift);
    return 0.5 * (lo + hi);
  }
  std::vector<double> buckets_;
  double count_ = 0.0, sum_ = 0.0;
};

}  // namespace steppe::load
