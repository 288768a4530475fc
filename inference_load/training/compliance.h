#pragma once
// Does a power curve keep a utility's limits? Time domain (ramp, dynamic range) and frequency
// domain.
#include <string>
#include <vector>

#include "sim/core/param_table.h"

namespace steppe::load {

/// Limits of a file; infinite: not asked for.
struct ComplianceLimits {
  std::string source;
  double ramp_up, ramp_down;   ///< W/s, of the mean over ramp_window
  double ramp_window;          ///< s
  double range, range_window;  ///< W, highest − lowest inside a window of s
  double band_low, band_high;  ///< Hz
  double band_amplitude;       ///< largest amplitude of a line in the band over the mean power
};
const core::ParamTable<ComplianceLimits>& compliance_table();

struct ComplianceResult {
  std::string name;
  double value, limit;
  std::string unit;
  bool pass() const { return value <= limit; }
};

/// `power` [W] at a fixed step `dt` [s]. One row per limit.
std::vector<ComplianceResult> check_compliance(const std::vector<double>& power, double dt,
                                               const ComplianceLimits& limits);

/// Largest amplitude of a spectral line between `low` and `high` Hz (flat-top window: within 0.1 %
/// whatever the phase and frequency). 0 when the record is shorter than five periods of `low`.
double band_amplitude(const std::vector<double>& power, double dt, double low, double high);

}  // namespace steppe::load
