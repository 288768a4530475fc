// Constant-power load behind a line with a capacitor: stability limit, frequency, hold-up time.
#include <doctest/doctest.h>

#include <cmath>
#include <complex>

#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

namespace {

constexpr double kR = 0.01, kL = 1e-4, kC = 1e-3, kV = 240.0;

Rig& circuit(Rig& rig, double power) {
  rig.add("source", "test_dc_source", {{"voltage", kV}})
      .add("line", "dc_line", {{"resistance", kR}, {"inductance", kL}})
      .add("cap", "dc_capacitor", {{"capacitance", kC}, {"resistance", 1e-7}})
      .add("load", "dc_load", {{"power", power}, {"v_min", 0.5}})
      .node("a", {"source.out", "line.a"})
      .node("b", {"line.b", "cap.bus", "load.in"})
      .set("source.voltage_now", kV);
  rig.steady();
  return rig;
}

/// Eigenvalues of M·y' = J·y with two states: trace and determinant after the algebraic unknowns
/// are eliminated.
std::complex<double> eigenvalue(Rig& rig) {
  auto& s = rig.system();
  const auto n = static_cast<size_t>(s.size());
  std::vector<double> values(static_cast<size_t>(s.nnz()) + 1);
  s.refresh_mass(0.0);
  s.jacobian(0.0, s.y.data(), values.data());
  std::vector<std::vector<double>> a(n, std::vector<double>(n, 0.0));
  for (size_t c = 0; c < n; ++c)
    for (int k = s.col_ptr[c]; k < s.col_ptr[c + 1]; ++k)
      a[static_cast<size_t>(s.row_index[static_cast<size_t>(k)])][c] +=
          values[static_cast<size_t>(k)];
  // Gauss–Jordan on the algebraic rows, largest pivot first.
  std::vector<bool> used_row(n, false), used_column(n, false);
  std::vector<size_t> states;
  for (size_t i = 0; i < n; ++i)
    if (s.mass[i] != 0.0) states.push_back(i);
  REQUIRE(states.size() == 2);
  for (size_t step = 0; step + 2 < n; ++step) {
    size_t pr = n, pc = n;
    for (size_t r = 0; r < n; ++r)
      for (size_t c = 0; c < n; ++c)
        if (s.mass[r] == 0.0 && s.mass[c] == 0.0 && !used_row[r] && !used_column[c] &&
            (pr == n || std::abs(a[r][c]) > std::abs(a[pr][pc]))) {
          pr = r;
          pc = c;
        }
    used_row[pr] = used_column[pc] = true;
    for (size_t r = 0; r < n; ++r) {
      if (r == pr || a[r][pc] == 0.0) continue;
      const double f = a[r][pc] / a[pr][pc];
      for (size_t c = 0; c < n; ++c) a[r][c] -= f * a[pr][c];
    }
  }
  const size_t p = states[0], q = states[1];
  const double app = a[p][p] / s.mass[p], apq = a[p][q] / s.mass[p], aqp = a[q][p] / s.mass[q],
               aqq = a[q][q] / s.mass[q];
  const std::complex<double> half = 0.5 * (app + aqq), det = app * aqq - apq * aqp;
  return half + std::sqrt(half * half - det);
}

}  // namespace

TEST_CASE("AC-3-07 a constant-power load is stable while R·C/L > P/V²") {
  double lo = 1e3, hi = 20e3;
  while (hi - lo > 1.0) {
    const double mid = 0.5 * (lo + hi);
    Rig rig;
    (eigenvalue(circuit(rig, mid)).real() < 0.0 ? lo : hi) = mid;
  }
  Rig rig;
  circuit(rig, lo);
  const double v = rig.get("b.v");
  CHECK(lo / (v * v) == doctest::Approx(kR * kC / kL).epsilon(0.01));
  CHECK(std::abs(eigenvalue(rig).imag()) ==
        doctest::Approx(1.0 / std::sqrt(kL * kC)).epsilon(0.01));
}

TEST_CASE("AC-3-07 the run shows it: a small step decays below the limit and grows above") {
  for (double power : {4e3, 8e3}) {
    Rig rig;
    circuit(rig, power);
    rig.watch = {"b.v"};
    auto profile = solve::profile_named("electrical");
    profile.rtol = 1e-7;
    profile.max_step = 2e-4;
    const auto s = rig.run(0.3, profile, {rig.change(0.01, "load.scale", 1.002)});
    double early = 0.0, late = 0.0;
    const double end = rig.get("b.v");
    for (size_t k = 0; k < rig.times.size(); ++k) {
      const double d = std::abs(rig.recorded[0][k] - (power < 6e3 ? end : rig.recorded[0][0]));
      if (rig.times[k] > 0.01 && rig.times[k] < 0.02) early = std::max(early, d);
      if (rig.times[k] > 0.27) late = std::max(late, d);
    }
    if (power < 6e3)
      CHECK(late < 0.1 * early);
    else
      CHECK(late > 3.0 * early);
    CHECK(s.residual_energy < 1e-6);
  }
}

TEST_CASE("AC-3-08 hold-up: v(t) = √(v₀² − 2·P·t/C) under constant power") {
  Rig rig;
  // A supply of 3 kW with 1.2 mF at 400 V: 20 ms are gone at √(400² − 100 000) = 245 V.
  rig.add("source", "test_dc_source", {{"voltage", 400.0}})
      .add("switch", "dc_breaker", {{"voltage", 400.0}, {"rating", 1e5}})
      .add("cap", "dc_capacitor",
           {{"voltage", 400.0}, {"capacitance", 1.2e-3}, {"resistance", 1e-5}})
      .add("load", "dc_load", {{"voltage", 400.0}, {"power", 3e3}, {"v_min", 0.2}})
      .node("a", {"source.out", "switch.a"})
      .node("b", {"switch.b", "cap.bus", "load.in"})
      .set("source.voltage_now", 400.0);
  rig.build();
  auto profile = solve::profile_named("electrical");
  const auto s = rig.run(0.03, profile, {rig.command(0.01, "switch", "open")});
  CHECK(rig.get("cap.v_c") ==
        doctest::Approx(std::sqrt(400.0 * 400.0 - 2.0 * 3e3 * 0.02 / 1.2e-3)).epsilon(1e-3));
  CHECK(s.residual_energy < 1e-6);
}
