#pragma once
// Limits that a run is judged against: immunity curves, grid-code masks, bands, ramps, recovery.
// One file format for all of them (data/limits/*.yaml), one verdict per rule and signal.
#include <functional>
#include <string>
#include <vector>

#include "sim/base/error.h"

namespace steppe::app {

/// A rule of a limits file. Times in s, values in the signal's SI unit unless said.
struct LimitRule {
  enum class Kind {
    mask,      ///< polylines over the time since the signal left `normal`: inside them is allowed
    range,     ///< between `lo` and `hi`, outside for at most `time` in one go
    ramp,      ///< change over `time` between −`lo` and `hi` per second
    swing,     ///< highest − lowest inside `time` at most `hi`
    band,      ///< largest spectral line from `from` to `to` Hz over the mean at most `hi`
    recovery,  ///< `time` after `trigger` is back at `threshold`, the signal is at `share` of
               ///< before
  };
  std::string name, signal, trigger, unit;
  Kind kind = Kind::range;
  std::vector<std::pair<double, double>> lower, upper;  ///< mask: (s, value)
  bool lines = false;                                   ///< mask: straight lines, else steps
  double normal_lo = 0.0, normal_hi = 0.0;
  double lo = 0.0, hi = 0.0, time = 0.0, from = 0.0, to = 0.0, threshold = 0.0, share = 0.0;
  SourceLoc where;
};

struct LimitsFile {
  std::string name, title, source;
  std::vector<LimitRule> rules;
};

/// `name`: a file, or the name of a shipped one in `data_dir`/limits. Located UserError on any
/// problem.
LimitsFile load_limits(const std::string& name, const std::string& data_dir);

struct Verdict {
  bool pass = true;
  double worst = 0.0;   ///< value that came closest to the limit, or went furthest beyond
  double limit = 0.0;   ///< the limit at that moment
  double margin = 0.0;  ///< distance to the limit, negative beyond it; same unit
  double at = 0.0;      ///< s: the moment
  std::string note;     ///< why nothing could be judged, or ""
};

/// One signal: times [s] rising, values. `trigger` values at the same times, for recovery.
Verdict judge(const LimitRule& rule, const std::vector<double>& time,
              const std::vector<double>& value, const std::vector<double>& trigger = {});

}  // namespace steppe::app
