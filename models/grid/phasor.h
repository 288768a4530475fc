#pragma once
// Magnitude and angle of sampled waveforms.
#include <complex>
#include <vector>

namespace steppe::models {

/// RMS phasor [unit of the samples] over the last `cycles` periods before each sample, in a frame
/// that turns with `frequency` [Hz]: least squares of c + a·cos ωt + b·sin ωt, exact for a sine of
/// that frequency at any sampling, with the direct component of a fault current left out. A window
/// with fewer than `kLeastPerCycle` samples a cycle, or with a missing one, says nothing: NaN. One
/// cycle refreshed with every sample follows U_rms(1/2) of [IEC 61000-4-30 2015, §5.4.1].
std::vector<std::complex<double>> sliding_phasor(const std::vector<double>& time,
                                                 const std::vector<double>& samples,
                                                 double frequency, double cycles = 1.0);
inline constexpr double kLeastPerCycle = 6.0;

/// Positive sequence (V_a + α·V_b + α²·V_c)/3, α = e^{j2π/3} [Fortescue 1918].
std::complex<double> positive_sequence(std::complex<double> a, std::complex<double> b,
                                       std::complex<double> c);

/// Indices of the samples that a polyline through them needs so that none lies further than
/// `tolerance` beside it; the first and last included. Values are finite, times rise.
std::vector<size_t> thin(const std::vector<double>& time, const std::vector<double>& value,
                         double tolerance);

}  // namespace steppe::models
