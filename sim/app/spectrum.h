#pragma once
// Lines in the spectrum of a recorded signal.
#include <string>
#include <vector>

namespace steppe::app {

struct SpectralLine {
  bool found = false;
  double frequency = 0.0, amplitude = 0.0, mean = 0.0;  ///< Hz, unit of the signal
  double start = 0.0;                                   ///< s: begin of the stretch looked at
  std::string why;                                      ///< when nothing was found
};

/// Largest line from `low` to `high` Hz in the longest evenly sampled stretch of the record:
/// Fourier transform of the latest 2^n samples under a flat-top window (amplitude within 0.1 % at
/// any frequency and phase). Needs five periods of `low` and more than two samples per period of
/// `high` (what lies above half the sampling rate is not there to be judged: refused).
SpectralLine largest_line(const std::vector<double>& time, const std::vector<double>& value,
                          double low, double high);

}  // namespace steppe::app
