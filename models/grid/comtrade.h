#pragma once
// Disturbance records in COMTRADE [IEEE C37.111 2013] (IEC 60255-24): configuration .cfg and data
// .dat, or both in one .cff; revisions 1991, 1999 (2001) and 2013, data as ASCII, BINARY, BINARY32
// or FLOAT32.
#include <string>
#include <vector>

namespace steppe::models {

struct ComtradeChannel {
  std::string name, phase, unit;
  double a = 1.0, b = 0.0;  ///< value = a·stored + b, in `unit`
  double skew = 0.0;        ///< s that this channel is sampled after the time stamp
  int line = 0;             ///< of the .cfg
};

struct Comtrade {
  std::string station;
  int revision = 1991;
  double frequency = 50.0;                  ///< Hz, of the line
  std::vector<ComtradeChannel> analog;      ///< all that the .cfg lists
  std::vector<double> time;                 ///< s since the first sample
  std::vector<std::vector<double>> values;  ///< [wanted channel][sample], in the channel's unit
  std::vector<size_t> wanted;               ///< index into `analog`
};

/// Channels of the configuration alone; `path` is the .cfg, the .dat beside it, or a .cff.
Comtrade read_comtrade_config(const std::string& path);

/// Record with the samples of the channels `wanted` (indices into `analog`). Missing values
/// (largest negative integer, empty field, NaN) become NaN. UserError, located in the .cfg or
/// naming the sample of the .dat: wrong counts, a file cut short, unreadable numbers, time that
/// runs backwards.
Comtrade read_comtrade(const std::string& path, const std::vector<size_t>& wanted);

}  // namespace steppe::models
