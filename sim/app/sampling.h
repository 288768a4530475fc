#pragma once
// Points of samples in the unit cube, and correlations between their coordinates.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace steppe::app {

/// Coordinate `dimension` (from 0) of point `index` of Sobol's sequence, in [0, 1), with the
/// direction numbers of Joe and Kuo (2008, "new-joe-kuo-6.21201"). `shift`: a digital shift.
double sobol_point(uint32_t index, size_t dimension, uint32_t shift = 0);
inline constexpr size_t kMostSobolDimensions = 21;

/// Stratum and place in it for each of `n` points of one dimension of a Latin hypercube.
std::vector<double> latin_hypercube(size_t n, uint64_t seed, std::string_view dimension);

/// Inverse of the standard normal distribution function, |relative error| < 1e-12.
double normal_quantile(double p);
/// Standard normal distribution function.
double normal_probability(double x);

/// Lower triangle L of a symmetric matrix R = L·Lᵀ, row by row; empty when R is not positive
/// definite (no variables can be correlated like that).
std::vector<double> cholesky(const std::vector<double>& r, size_t n);

/// Gives independent uniform coordinates (points × k, row by row) the dependence of a Gaussian
/// copula with the correlation L·Lᵀ. `keep_strata`: each coordinate keeps exactly its values and
/// only their order changes [Iman 1982], so that a Latin hypercube stays one.
void correlate(std::vector<double>& u, size_t k, const std::vector<double>& l, bool keep_strata);

}  // namespace steppe::app
