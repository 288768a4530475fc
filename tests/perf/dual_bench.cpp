// The project's dual number against Eigen's AutoDiffScalar, on a kernel of the kind that models
// have: heat exchanger, pipe and vapour pressure in one. Values and slopes are compared, so that
// both do the same work.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <Eigen/Core>
#include <chrono>
#include <unsupported/Eigen/AutoDiff>

#include "sim/core/dual.h"

namespace {

using steppe::core::Dual;
using Ad = Eigen::AutoDiffScalar<Eigen::Matrix<double, Dual::kLanes, 1>>;

template <class S>
S kernel(const S* x) {
  using std::exp;
  using std::log;
  using std::pow;
  using std::sqrt;
  const S flow = sqrt(x[0] * x[0] + 1e-6), ratio = flow / (x[1] + 2.0);
  const S ntu = 40.0 * pow(flow, 0.8) / (x[1] + 1.0);
  const S e = exp(-ntu * (1.0 - ratio)), heat = (1.0 - e) / (1.0 - ratio * e) * (x[2] - x[3]);
  const S vapour = exp(23.2 - 3816.0 / (x[4] - 46.1));
  const S drop = x[5] * flow * flow + log(x[6] + 3.0) * x[7];
  return heat * 4186.0 + vapour * 0.622 / (85e3 - vapour) * 2.5e6 + drop;
}

template <class F>
double nanoseconds(F f) {
  constexpr int kCalls = 20000;
  double best = 1e300;
  for (int repeat = 0; repeat < 20; ++repeat) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kCalls; ++i) f(i);
    const double s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    best = std::min(best, 1e9 * s / kCalls);
  }
  return best;
}

}  // namespace

TEST_CASE("engine: dual numbers") {
  const double at[8] = {1.3, 2.1, 318.0, 293.0, 290.0, 12.0, 4.0, 0.7};
  Dual d[8];
  Ad a[8];
  for (int i = 0; i < 8; ++i) {
    d[i] = Dual(at[i]);
    d[i].d[static_cast<size_t>(i)] = 1.0;
    a[i] = Ad(at[i], 8, i);
  }
  const Dual x = kernel(d);
  const Ad y = kernel(a);
  CHECK(x.v == doctest::Approx(y.value()).epsilon(1e-12));
  for (int i = 0; i < 8; ++i)
    CHECK(x.d[static_cast<size_t>(i)] == doctest::Approx(y.derivatives()(i)).epsilon(1e-12));
  double sum = 0.0, plain[8];
  std::copy(at, at + 8, plain);
  const double value = nanoseconds([&](int i) {
    plain[0] = 1.0 + 1e-9 * i;
    sum += kernel(plain);
  });
  const double ours = nanoseconds([&](int i) {
    d[0].v = 1.0 + 1e-9 * i;
    sum += kernel(d).d[3];
  });
  const double eigen = nanoseconds([&](int i) {
    a[0].value() = 1.0 + 1e-9 * i;
    sum += kernel(a).derivatives()(3);
  });
  CHECK(std::isfinite(sum));
  fmt::print(
      "kernel of 8 unknowns: value {:.0f} ns; with 8 slopes: Dual {:.0f} ns ({:.2f} x), "
      "Eigen::AutoDiffScalar {:.0f} ns ({:.2f} x)\n",
      value, ours, ours / value, eigen, eigen / value);
}
