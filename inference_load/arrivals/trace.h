#pragma once
// Recorded requests: CSV (Azure 2023/2024, BurstGPT, or plain time,in,out) and JSON lines
// (Mooncake, Qwen-Bailian).
#include <string>
#include <vector>

#include "inference_load/arrivals/arrivals.h"

namespace steppe::load {

/// A trace in memory: 16 bytes per request (20 with prefix hits).
struct Trace {
  std::vector<double> time;  ///< s since the first request, non-decreasing
  std::vector<uint32_t> input, output;
  std::vector<uint32_t>
      cached;  ///< empty, or prompt tokens seen before (prefix blocks of an unlimited cache)
  std::vector<uint32_t> block;       ///< prefix blocks of all requests, numbered
  std::vector<uint32_t> block_from;  ///< empty, or where those of each request begin; one more
  double block_tokens = 512.0;       ///< tokens of a block
  size_t size() const { return time.size(); }
};

/// Reads a trace; the columns are found by the names in the header. Every bad row is an error with
/// file, line and column (the first 20 are collected, then one UserError); nothing is skipped.
/// IoError when it cannot be opened.
Trace read_trace(const std::string& path);

/// The requests of `source` before `end` [s] as CSV in the Azure 2023 format; `epoch` [s since
/// 1970-01-01] is t = 0.
std::string trace_csv(ArrivalSource& source, double end, double epoch);

struct ReplayConfig {
  double speed = 1.0;  ///< 2: the same requests in half the time
  double keep = 1.0;   ///< share of the requests replayed, chosen by a fixed hash of their number
  bool loop = false;   ///< starts again at the end
};

class TraceArrivals : public ArrivalSource {
 public:
  TraceArrivals(Trace trace, const ReplayConfig& config);
  bool next(double until, Arrival& a) override;
  void thin(double) override {}  ///< a recorded request is never left out by sampling
  double rate(double t) const override;
  const uint32_t* prefix_blocks() const override {
    return trace_.block_from.empty() ? nullptr : trace_.block.data();
  }
  double prefix_block_tokens() const override { return trace_.block_tokens; }
  std::string remark(double length) const override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;

 private:
  bool kept(size_t i) const;
  Trace trace_;
  ReplayConfig config_;
  double span_ = 0.0;  ///< of one pass, s of simulated time
  size_t at_ = 0;
  uint64_t pass_ = 0;
};

}  // namespace steppe::load
