#pragma once
// Forward-mode dual number with kLanes directional derivatives. One width for all models: a kernel
// with n local unknowns is evaluated ceil(n / kLanes) times, and every kernel is compiled for just
// two scalar types, double and Dual.
#include <array>
#include <cmath>

namespace steppe::core {

struct Dual {
  static constexpr int kLanes = 8;
  double v = 0.0;
  std::array<double, kLanes> d{};

  Dual() = default;
  Dual(double value) : v(value) {}  // NOLINT: numbers mix freely with duals in kernels

  template <class F>
  static Dual map(double value, F f) {
    Dual r;
    r.v = value;
    for (size_t i = 0; i < kLanes; ++i) r.d[i] = f(i);
    return r;
  }
  Dual& operator+=(const Dual& b) { return *this = *this + b; }
  Dual& operator-=(const Dual& b) { return *this = *this - b; }
  Dual& operator*=(const Dual& b) { return *this = *this * b; }
  Dual& operator/=(const Dual& b) { return *this = *this / b; }

  friend Dual operator-(const Dual& a) {
    return map(-a.v, [&](size_t i) { return -a.d[i]; });
  }
  friend Dual operator+(const Dual& a, const Dual& b) {
    return map(a.v + b.v, [&](size_t i) { return a.d[i] + b.d[i]; });
  }
  friend Dual operator-(const Dual& a, const Dual& b) {
    return map(a.v - b.v, [&](size_t i) { return a.d[i] - b.d[i]; });
  }
  friend Dual operator*(const Dual& a, const Dual& b) {
    return map(a.v * b.v, [&](size_t i) { return a.d[i] * b.v + a.v * b.d[i]; });
  }
  friend Dual operator/(const Dual& a, const Dual& b) {
    const double r = 1.0 / b.v, q = a.v * r;
    return map(q, [&](size_t i) { return (a.d[i] - q * b.d[i]) * r; });
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
    return map(value, [&](size_t i) { return slope * d[i]; });
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
};

inline double value(double x) { return x; }
inline double value(const Dual& x) { return x.v; }

}  // namespace steppe::core
