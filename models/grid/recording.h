#pragma once
// A recorded voltage or frequency, from COMTRADE or CSV, as the curves that a site is fed with.
#include <string>
#include <vector>

#include "sim/core/process.h"

namespace steppe::models {

enum class Content { automatic, waveform, rms, frequency };
enum class Reduction { positive_sequence, lowest, mean };

struct RecordingParams {
  std::string file, channels;
  Content content;
  Reduction reduction;
  double nominal, nominal_frequency, start, cycles, max_gap, tolerance;
};
const core::ParamTable<RecordingParams>& recording_params();

/// Polyline, held before its first and after its last knot.
struct Polyline {
  std::vector<double> time, value;  ///< s, rising
  /// Value and slope [1/s] just after t.
  std::pair<double, double> at(double t) const;
  /// First knot after t; infinity behind the last.
  double next(double t) const;
};

struct RecordedCurves {
  Polyline voltage_pu, phase, deviation;  ///< 1, rad, Hz
  double nominal_frequency = 50.0;        ///< Hz: given, the record's, or the nearer of 50 and 60
  double end = 0.0;                       ///< s after its first sample
  std::string what;                       ///< "220 kV … : Ua, Ub, Uc, 3077 samples in 62 s"
};

/// Reads the file and makes the curves, time from the first sample on. Voltage: the magnitude of
/// the chosen reduction over `nominal`, or over what it is before anything happens (median of the
/// first three windows). Frequency: its difference from nominal_frequency. UserError (located where
/// the file is text): unknown channel, missing samples or gaps beyond max_gap, a file cut short,
/// unusable units.
RecordedCurves read_recording(const RecordingParams& p, const std::string& id);

core::ProcessType recording_process();

}  // namespace steppe::models
