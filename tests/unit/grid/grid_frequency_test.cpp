// Swing equation with governor against its closed forms [Kundur 1994, ch. 11], and the site's own
// power in it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <complex>

#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

namespace {

constexpr double kBase = 1e9, kH = 5.0, kD = 1.0, kR = 0.05, kT = 8.0, kStep = 0.05, kF = 50.0;

/// The governor and turbine of the closed forms: one lag of 8 s.
Rig& area(Rig& rig, double droop) {
  rig.add("area", "grid_frequency",
          {{"system_power", kBase},
           {"inertia", kH},
           {"damping", kD},
           {"droop", droop},
           {"governor_time", kT},
           {"chest_time", 1e-5},
           {"high_pressure_share", 1.0}});
  rig.watch = {"area.deviation", "area.rocof"};
  rig.build();
  return rig;
}

solve::Profile fine() {
  auto p = solve::profile_named("electrical");
  p.rtol = 1e-8;
  p.max_step = 0.01;
  return p;
}

/// Deviation [Hz] after a step of load, t seconds later: partial fractions of
/// Δf/f_n = −ΔP/s·(1 + sT)/(2HT s² + (2H + DT) s + D + 1/R).
double closed_form(double t) {
  const double a = 2 * kH * kT, b = 2 * kH + kD * kT, c = kD + 1.0 / kR;
  const std::complex<double> s1 = (-b + std::sqrt(std::complex<double>(b * b - 4 * a * c))) /
                                  (2 * a),
                             s2 = std::conj(s1);
  const auto term = [&](std::complex<double> s, std::complex<double> other) {
    return (1.0 + s * kT) / (s * a * (s - other)) * std::exp(s * t);
  };
  return -kF * kStep * (1.0 / c + (term(s1, s2) + term(s2, s1)).real());
}

}  // namespace

TEST_CASE("AC-5-02 swing with a governor of one lag: RoCoF, nadir, steady deviation") {
  Rig rig;
  area(rig, kR).run(120.0, fine(), {rig.change(1.0, "area.lost_power", kStep * kBase)});
  const auto& f = rig.recorded[0];
  const auto nadir = std::min_element(f.begin(), f.end());
  const double at = rig.times[static_cast<size_t>(nadir - f.begin())] - 1.0;
  CHECK(*std::min_element(rig.recorded[1].begin(), rig.recorded[1].end()) / -0.25 ==
        doctest::Approx(1.0).epsilon(1e-6));
  CHECK(*nadir / -0.45155 == doctest::Approx(1.0).epsilon(1e-4));
  CHECK(at == doctest::Approx(3.193).epsilon(0.003));  // samples lie 10 ms apart
  CHECK(f.back() / -0.11905 == doctest::Approx(1.0).epsilon(1e-3));
  double worst = 0.0;
  for (size_t k = 0; k < f.size(); ++k)
    if (rig.times[k] > 1.0) worst = std::max(worst, std::abs(f[k] - closed_form(rig.times[k] - 1)));
  MESSAGE("largest distance from the closed form ", worst, " Hz, nadir ", *nadir, " Hz at ", at);
  CHECK(worst < 1e-5);
}

TEST_CASE("AC-5-03 without a governor the deviation is -dP/D (1 - exp(-D t/2H))") {
  Rig rig;
  rig.add("area", "grid_frequency",
          {{"system_power", kBase}, {"inertia", kH}, {"damping", kD}, {"droop", 0.0}});
  rig.watch = {"area.deviation"};
  rig.build();
  rig.run(60.0, fine(), {rig.change(1.0, "area.lost_power", kStep * kBase)});
  double worst = 0.0;
  for (size_t k = 0; k < rig.times.size(); ++k) {
    const double t = rig.times[k] - 1.0;
    if (t <= 0.0) continue;
    const double exact = -kF * kStep / kD * (1.0 - std::exp(-kD * t / (2.0 * kH)));
    worst = std::max(worst, std::abs(rig.recorded[0][k] / exact - 1.0));
  }
  CHECK(worst < 1e-5);
}

TEST_CASE("secondary control brings the frequency back, reheat deepens the nadir") {
  Rig plain, reheat;
  for (auto* rig : {&plain, &reheat}) {
    const bool with = rig == &reheat;
    rig->add("area", "grid_frequency",
             {{"system_power", kBase},
              {"secondary_time", 60.0},
              {"high_pressure_share", with ? 0.3 : 1.0}});
    rig->watch = {"area.deviation"};
    rig->build();
    rig->run(900.0, solve::profile_named("thermal"),
             {rig->change(10.0, "area.lost_power", kStep * kBase)});
    CHECK(std::abs(rig->recorded[0].back()) < 1e-3);
  }
  const auto low = [](const Rig& r) {
    return *std::min_element(r.recorded[0].begin(), r.recorded[0].end());
  };
  CHECK(low(reheat) < 1.5 * low(plain));
}

TEST_CASE("the site's own power is part of the area's balance") {
  Rig rig;
  rig.add("area", "grid_frequency", {{"system_power", 1e9}, {"deadband", 0.0}})
      .add("grid", "utility", {{"voltage", 110e3}, {"short_circuit_power", 2e9}})
      .add("load", "ac_load", {{"voltage", 110e3}, {"power", 100e6}, {"impedance_share", 0.0}})
      .node("bus", {"grid.out", "load.in"})
      .link("area.site_power", "grid.import")
      .link("grid.frequency_deviation", "area.deviation");
  rig.watch = {"area.deviation", "grid.frequency"};
  rig.build();
  rig.run(200.0, solve::profile_named("thermal"), {rig.change(10.0, "load.scale", 0.5)});
  // Steady state: Δf = f_n·ΔP/(1/R + D); the load falls by 50 MW of 1 GW.
  CHECK(rig.recorded[0].front() == doctest::Approx(0.0));
  CHECK(rig.recorded[0].back() / (50.0 * 0.05 / 21.0) == doctest::Approx(1.0).epsilon(1e-3));
  CHECK(rig.recorded[1].back() == doctest::Approx(50.0 + rig.recorded[0].back()).epsilon(1e-12));
}
