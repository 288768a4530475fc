// Thermal runaway of a cell: Semenov's limit, a cell that is heated, what the management sees.
#include <doctest/doctest.h>

#include <cmath>

#include "models/battery/cell_runaway.h"
#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;
using models::CellRunaway;

TEST_CASE("AC-4-14 one reaction that is not used up runs away above 1/e of Semenov's number") {
  const auto& r = CellRunaway::kReactions[1];
  for (double surroundings : {290.0, 300.0}) {
    const double volume = 2.58e-3;
    // Heat balance of the reaction against a conductance, to rest or to 100 K above.
    const auto runs_away = [&](double conductance) {
      double temp = surroundings;
      for (int k = 0; k < 4000000; ++k) {
        const double rate =
            volume * r.h * r.w * CellRunaway::speed(r, temp) - conductance * (temp - surroundings);
        if (temp > surroundings + 100.0) return true;
        if (rate / conductance < 1e-7) return false;
        temp += std::min(0.02, 0.05 * rate / conductance);
      }
      return false;
    };
    double lo = -25.0, hi = 12.0;  // ln of the conductance
    while (hi - lo > 1e-4) {
      const double mid = 0.5 * (lo + hi);
      (runs_away(std::exp(mid)) ? lo : hi) = mid;
    }
    const double number = CellRunaway::semenov(r, volume, std::exp(lo), surroundings);
    MESSAGE(surroundings, " K: critical number ", number, " times e: ", number * std::exp(1.0));
    CHECK(number * std::exp(1.0) == doctest::Approx(1.0).epsilon(0.02));
    // Semenov takes E/RT for large; the next term of the expansion is 1 + RT/E.
    CHECK(number * std::exp(1.0) ==
          doctest::Approx(1.0 + 8.314462618 * surroundings / r.e).epsilon(0.002));
  }
}

namespace {
double hottest(double watts, double seconds, double& converted, bool tight = false) {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 400.0}, {"short_circuit_power", 20e6}})
      .add("load", "ac_load", {{"voltage", 400.0}, {"power", 1e3}})
      .add("cell", "cell_runaway")
      .node("ac", {"grid.out", "load.in"})
      .set("cell.heat", watts);
  rig.watch = {"cell.temp", "cell.conversion", "cell.gas"};
  rig.build();
  auto profile = solve::profile_named("thermal");
  if (tight) profile.rtol = 1e-9;
  const auto s = rig.run(seconds, profile);
  MESSAGE("residual of the heat ", s.residual_heat, ", steps ", s.statistics.steps);
  CHECK(s.residual_heat < 0.01 * s.ledger_limit);
  CHECK(s.residual_energy < s.ledger_limit);
  double most = 0.0;
  for (double t : rig.recorded[0]) most = std::max(most, t);
  converted = rig.recorded[1].back();
  return most;
}
}  // namespace

TEST_CASE("a cell that is warmed a little stays, one that is heated runs away") {
  double converted = 0.0;
  const double mild =
      hottest(60.0, 6 * 3600.0, converted);  // 90 K over its neighbours, less decomposition
  MESSAGE("60 W: ", mild - 273.15, " degC, conversion ", converted);
  CHECK(mild < 450.0);
  const double hot = hottest(400.0, 2 * 3600.0, converted);
  MESSAGE("400 W: ", hot - 273.15, " degC, conversion ", converted);
  CHECK(hot > 550.0);
  // The profile's own tolerances find the peak that tight ones find.
  CHECK(hottest(400.0, 2 * 3600.0, converted, true) == doctest::Approx(hot).epsilon(1e-3));
  CHECK(converted > 0.5);
}
