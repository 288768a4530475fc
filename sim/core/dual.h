#pragma once
// Forward-mode dual number with kLanes directional derivatives. One width for all models: a kernel
// with n local unknowns is evaluated ceil(n / kLanes) times, and every kernel is compiled for just
// two scalar types, double and Dual.
#include <array>
#include <cmath>
#include <cstring>

namespace steppe::core {

struct Dual {
  static constexpr int kLanes = 8;
  double v;
  std::array<double, kLanes> d;

  Dual() : v(0.0), d{} {}
  Dual(double value) : v(value), d{} {}  // NOLINT: numbers mix freely with duals in kernels

  /// Two lanes at once: every machine of ours has registers of two doubles, and a compiler left to
  /// itself adds them one by one (tests/perf/dual_bench.cpp).
  using Pair = double __attribute__((vector_size(16)));
  Pair pair(size_t k) const {
    Pair p;
    std::memcpy(&p, &d[2 * k], sizeof p);
    return p;
  }
  /// Dual with a known value and slopes f(k) of the lanes 2k and 2k + 1.
  template <class F>
  static Dual map(double value, F f) {
    Dual r{Unset{}};
    r.v = value;
    const Pair p[] = {f(0), f(1), f(2), f(3)};
    static_assert(sizeof p == sizeof r.d);
    std::memcpy(&r.d, p, sizeof p);
    return r;
  }
  Dual& operator+=(const Dual& b) { return *this = *this + b; }
  Dual& operator-=(const Dual& b) { return *this = *this - b; }
  Dual& operator*=(const Dual& b) { return *this = *this * b; }
  Dual& operator/=(const Dual& b) { return *this = *this / b; }

  friend Dual operator-(const Dual& a) {
    return map(-a.v, [&](size_t k) { return -a.pair(k); });
  }
  friend Dual operator+(const Dual& a, const Dual& b) {
    return map(a.v + b.v, [&](size_t k) { return a.pair(k) + b.pair(k); });
  }
  friend Dual operator-(const Dual& a, const Dual& b) {
    return map(a.v - b.v, [&](size_t k) { return a.pair(k) - b.pair(k); });
  }
  friend Dual operator*(const Dual& a, const Dual& b) {
    return map(a.v * b.v, [&](size_t k) { return a.pair(k) * b.v + a.v * b.pair(k); });
  }
  friend Dual operator/(const Dual& a, const Dual& b) {
    const double r = 1.0 / b.v, q = a.v * r;
    return map(q, [&](size_t k) { return (a.pair(k) - q * b.pair(k)) * r; });
  }
  // Plain numbers need no zero lanes.
  friend Dual operator+(const Dual& a, double b) {
    Dual r = a;
    r.v += b;
    return r;
  }
  friend Dual operator+(double a, const Dual& b) { return b + a; }
  friend Dual operator-(const Dual& a, double b) { return a + (-b); }
  friend Dual operator-(double a, const Dual& b) { return -b + a; }
  friend Dual operator*(const Dual& a, double b) { return a.chain(a.v * b, b); }
  friend Dual operator*(double a, const Dual& b) { return b * a; }
  friend Dual operator/(const Dual& a, double b) { return a * (1.0 / b); }
  friend Dual operator/(double a, const Dual& b) { return b.chain(a / b.v, -a / (b.v * b.v)); }

  /// f(x) with known value and slope.
  Dual chain(double value, double slope) const {
    return map(value, [&](size_t k) { return slope * pair(k); });
  }

  friend Dual sqrt(const Dual& x) {
    const double s = std::sqrt(x.v);
    return x.chain(s, 0.5 / s);
  }
  friend Dual exp(const Dual& x) {
    const double e = std::exp(x.v);
    return x.chain(e, e);
  }
  friend Dual log(const Dual& x) { return x.chain(std::log(x.v), 1.0 / x.v); }
  friend Dual tanh(const Dual& x) {
    const double t = std::tanh(x.v);
    return x.chain(t, 1.0 - t * t);
  }
  friend Dual sin(const Dual& x) { return x.chain(std::sin(x.v), std::cos(x.v)); }
  friend Dual cos(const Dual& x) { return x.chain(std::cos(x.v), -std::sin(x.v)); }
  friend Dual pow(const Dual& x, double e) {
    const double p = std::pow(x.v, e);
    return x.chain(p, e * (x.v == 0.0 ? std::pow(x.v, e - 1.0) : p / x.v));
  }

 private:
  struct Unset {};
  explicit Dual(Unset) {}
};

inline double value(double x) { return x; }
inline double value(const Dual& x) { return x.v; }

}  // namespace steppe::core
