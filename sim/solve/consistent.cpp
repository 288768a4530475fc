// Consistent algebraic unknowns after a jump, and the text of a failure.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/base/units.h"
#include "sim/solve/integrator.h"
#include "sim/solve/klu.h"
#include "sim/solve/newton.h"

namespace steppe::solve {

using core::System;

namespace {

std::string column_name(const System& s, const Klu& klu) {
  return s.unknowns[static_cast<size_t>(std::clamp(klu.singular_column(), 0, s.size() - 1))].name;
}

}  // namespace

double wrms(const System& s, double rtol, const double* y, const double* v) {
  double sum = 0.0;
  for (size_t i = 0; i < s.unknowns.size(); ++i) {
    const double x = v[i] / (rtol * std::abs(y[i]) + s.unknowns[i].atol);
    sum += x * x;
  }
  return std::sqrt(sum / static_cast<double>(s.unknowns.size()));
}

std::string damped_newton(System& s, double t, const std::vector<bool>& held, double rtol,
                          Statistics& stats) {
  const auto n = static_cast<size_t>(s.size());
  Klu klu(s.size(), s.col_ptr, s.row_index);
  std::vector<double> jac(static_cast<size_t>(s.nnz()) + 1), f(n), delta(n), trial(n), next(n);
  auto corrections = [&](const std::vector<double>& y, std::vector<double>& d) {
    s.residual(t, y.data(), f.data());
    ++stats.residuals;
    for (size_t i = 0; i < n; ++i) d[i] = held[i] ? 0.0 : -f[i];
    klu.solve(d.data());
  };
  const auto start = s.y;
  auto give_up = [&](std::string why) {
    s.y = start;
    return why;
  };
  constexpr int kIterations = 30;
  for (int it = 0; it < kIterations; ++it) {
    s.jacobian(t, s.y.data(), jac.data());
    ++stats.jacobians;
    for (size_t c = 0; c < n; ++c)
      for (int k = s.col_ptr[c]; k < s.col_ptr[c + 1]; ++k) {
        const auto row = static_cast<size_t>(s.row_index[static_cast<size_t>(k)]);
        if (held[row]) jac[static_cast<size_t>(k)] = row == c ? 1.0 : 0.0;
      }
    ++stats.factorisations;
    if (!klu.refactor(jac.data()) && !klu.factor(jac.data()))
      return give_up("singular in " + column_name(s, klu));
    corrections(s.y, delta);
    const double size = wrms(s, rtol, s.y.data(), delta.data());
    if (!std::isfinite(size)) return give_up("a value became infinite or not a number");
    // Natural monotonicity [Deuflhard 2004, ch. 3]: the next correction by the same factors must
    // shrink.
    double step = 1.0;
    for (;; step *= 0.5) {
      for (size_t i = 0; i < n; ++i) trial[i] = s.y[i] + step * delta[i];
      corrections(trial, next);
      if (size < 1e-6 || wrms(s, rtol, s.y.data(), next.data()) <= (1.0 - 0.25 * step) * size)
        break;
      if (step < 1e-3) return give_up(diagnose(s, t, f.data(), delta.data(), rtol));
    }
    s.y = trial;
    ++stats.newton;
    if (step == 1.0 && size < 1e-3) {
      for (size_t i = 0; i < n; ++i) s.y[i] += next[i];  // at hand, so take it
      return {};
    }
  }
  return give_up(diagnose(s, t, f.data(), delta.data(), rtol));
}

namespace {

/// Capacity of a node in the relaxation, per second: of the size of what flows there over what
/// drives it.
std::vector<double> pseudo_mass(const System& s) {
  constexpr double kPower = 1e6, kLiquid = 1e-3, kGas = 1.0;  // W, kg/(s·Pa)
  std::vector<double> m(s.unknowns.size(), 0.0);
  for (const auto& n : s.nodes) {
    const auto first = static_cast<size_t>(n.first);
    const double v = s.y[first];
    switch (n.kind) {
      case core::PortKind::ac:
        m[first] = m[first + 1] = kPower / (v * v + 1.0);
        break;
      case core::PortKind::dc:
        m[first] = kPower / (v * v + 1.0);
        break;
      case core::PortKind::fluid:
        m[first] = n.medium->rho < 10.0 ? kGas : kLiquid;
        break;
      case core::PortKind::heat:
        break;
    }
  }
  return m;
}

}  // namespace

std::string relax(System& s, double t, const std::vector<bool>& held, double rtol,
                  int& iterations) {
  const auto n = s.unknowns.size();
  Klu klu(s.size(), s.col_ptr, s.row_index);
  std::vector<double> jac(static_cast<size_t>(s.nnz()) + 1), f(n), y(n), d(n),
      mass = pseudo_mass(s);
  for (size_t i = 0; i < n; ++i)
    if (s.mass[i] != 0.0) mass[i] = s.mass[i];
  std::string message;
  constexpr double kFirst = 1e-4, kLast = 1e12, kLeast = 1e-13;
  constexpr int kSteps = 1000, kNewton = 12;
  double h = kFirst;
  for (iterations = 0; iterations < kSteps; ++iterations) {
    y = s.y;
    bool converged = false;
    for (int it = 0; it < kNewton && !converged; ++it) {
      s.jacobian(t, y.data(), jac.data());
      s.residual(t, y.data(), f.data());
      for (size_t c = 0; c < n; ++c)
        for (int k = s.col_ptr[c]; k < s.col_ptr[c + 1]; ++k) {
          auto& v = jac[static_cast<size_t>(k)];
          v = held[static_cast<size_t>(s.row_index[static_cast<size_t>(k)])] ? 0.0 : -v;
        }
      for (size_t i = 0; i < n; ++i) {
        const double m = held[i] ? 1.0 : mass[i] / h;
        jac[static_cast<size_t>(s.diagonal[i])] += m;
        d[i] = held[i] ? 0.0 : f[i] - m * (y[i] - s.y[i]);
      }
      if (!klu.refactor(jac.data()) && !klu.factor(jac.data())) {
        message = "singular in " + column_name(s, klu);
        break;
      }
      klu.solve(d.data());
      const double size = wrms(s, rtol, y.data(), d.data());
      if (!std::isfinite(size)) break;
      for (size_t i = 0; i < n; ++i) y[i] += d[i];
      converged = size < 0.01;
    }
    if (converged) {
      s.y = y;
      if (h >= kLast) return {};
      h *= 4.0;
    } else if ((h *= 0.25) < kLeast) {
      break;
    }
  }
  s.residual(t, s.y.data(), f.data());
  return message.empty() ? diagnose(s, t, f.data(), d.data(), rtol) : message;
}

std::string make_consistent(System& s, double t, double rtol, Statistics& stats) {
  std::vector<bool> held;
  for (double m : s.mass) held.push_back(m != 0.0);
  if (damped_newton(s, t, held, rtol, stats).empty()) return {};
  int iterations = 0;
  // Collapsed lags relax at their own pace instead of jumping with the algebraic unknowns.
  const auto collapsed = s.mass;
  s.refresh_mass(0.0);
  auto why = relax(s, t, held, rtol, iterations);
  s.mass = collapsed;
  stats.newton += iterations;
  return why;
}

std::string diagnose(System& s, double t, const double* residual, const double* change,
                     double rtol) {
  const auto n = s.unknowns.size();
  std::vector<size_t> order(n);
  std::string text = fmt::format("at t = {}", format_duration(t));
  auto worst = [&](const char* title, auto size, auto show) {
    std::iota(order.begin(), order.end(), size_t{0});
    const size_t top = std::min<size_t>(8, n);
    std::partial_sort(order.begin(), order.begin() + static_cast<long>(top), order.end(),
                      [&](size_t a, size_t b) {
                        const double x = size(a), y = size(b);
                        return (std::isnan(x) ? 1e300 : x) > (std::isnan(y) ? 1e300 : y);
                      });
    text += fmt::format("\n  {}:", title);
    for (size_t i = 0; i < top; ++i) text += fmt::format("\n    {}", show(order[i]));
  };
  worst(
      "largest weighted changes",
      [&](size_t i) {
        return std::abs(change[i]) / (rtol * std::abs(s.y[i]) + s.unknowns[i].atol);
      },
      [&](size_t i) {
        return fmt::format("{:<32} {:>10.3g}   value {:.6g} {}", s.unknowns[i].name,
                           std::abs(change[i]) / (rtol * std::abs(s.y[i]) + s.unknowns[i].atol),
                           s.y[i], s.unknowns[i].unit);
      });
  // Residuals are made comparable as rates: f/M for states, f itself for equations.
  worst(
      "largest residuals",
      [&](size_t i) { return std::abs(residual[i]) / (s.mass[i] != 0.0 ? s.mass[i] : 1.0); },
      [&](size_t i) { return fmt::format("{:<32} {:>10.3g}", s.unknowns[i].name, residual[i]); });
  text += "\n  modes:";
  size_t shown = 0;
  for (const auto& c : s.components) {
    const auto& layout = c.batch->layout();
    for (size_t m = 0; m < layout.modes.size(); ++m) {
      const int v = s.modes[static_cast<size_t>(c.instance().first_mode) + m];
      if (v == layout.modes[m].initial || ++shown > 12) continue;
      text += fmt::format(" {}.{}={}", c.id, layout.modes[m].name,
                          layout.modes[m].values[static_cast<size_t>(v)]);
    }
  }
  if (shown == 0) text += " all as at the start";
  return text;
}

}  // namespace steppe::solve
