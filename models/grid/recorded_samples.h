#pragma once
// Samples of the wanted channels of a measured file, whatever its format.
#include <functional>
#include <string>
#include <vector>

#include "sim/base/error.h"

namespace steppe::models {

struct RecordedSamples {
  std::vector<std::string> names,
      units;                 ///< of the chosen channels; unit in lower case, "" unknown
  std::vector<double> time;  ///< s since the first sample, rising
  std::vector<std::vector<double>> values;  ///< [channel][sample]; NaN: missing
  std::vector<double> skew;  ///< [channel] s that its samples were taken after `time`; may be empty
  double frequency = 0.0;    ///< Hz of the line when the file says so
  std::string title;
  std::function<SourceLoc(size_t sample)> where;  ///< place of a sample, for messages
};

/// Whether a channel holds a frequency, by its unit and name.
bool holds_frequency(const RecordedSamples& s, size_t channel);

/// COMTRADE by the endings .cfg, .dat and .cff, CSV otherwise. `channels`: names or numbers (from
/// 1, the time not counted) divided by commas; empty: the first three voltages of phases A, B, C,
/// else the first voltage, else the first frequency. UserError: located, or with the channels there
/// are.
RecordedSamples read_samples(const std::string& path, const std::string& channels,
                             const std::string& id);

}  // namespace steppe::models
