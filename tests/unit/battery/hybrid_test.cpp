// Supercapacitors and the split of an order between them and a battery.
#include <doctest/doctest.h>

#include <cmath>

#include "models/battery/hybrid_split.h"
#include "tests/unit/battery/process_bench.h"
#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

TEST_CASE("AC-2-06 what reaches the battery falls with frequency as a low-pass of first order") {
  for (double f : {0.1, 1.0, 10.0}) {
    ProcessBench b("hybrid_split");
    const double tau = 1.0, period = 0.001;
    b.set("period", period);
    b.set("time_constant", tau);
    b.set("gain", 0.0);
    b.input("soc") = 0.5;
    b.input("order") = 0.0;
    b.start();
    double most = 0.0;
    const double settle = 12.0, end = settle + 4.0 / f;
    b.run(end, [&](double t) {
      if (t > settle) most = std::max(most, std::fabs(b.output("p_battery")));
      b.input("order") = 1e6 * std::sin(2.0 * M_PI * f * t);
    });
    CAPTURE(f);
    CHECK(most / 1e6 * std::sqrt(1.0 + std::pow(2.0 * M_PI * f * tau, 2)) ==
          doctest::Approx(1.0).epsilon(0.01));
    CHECK(std::fabs(b.output("p_battery") + b.output("p_capacitor") - b.input("order")) < 1e-6);
  }
}

TEST_CASE("capacitors that are full or empty hand over to the battery") {
  ProcessBench b("hybrid_split");
  b.set("gain", 0.0);
  b.input("soc") = 0.5;
  b.input("order") = 0.0;
  b.start();
  b.input("order") = 1e6;
  b.input("soc") = 0.0;
  b.run(1.0);
  CHECK(b.output("p_capacitor") == 0.0);
  CHECK(b.output("p_battery") == 1e6);
}

TEST_CASE("AC-3-08 constant power from a bank of capacitors: v(t) = sqrt(v0² − 2Pt/C)") {
  Rig rig;
  rig.add("bank", "supercapacitor",
          {{"capacitance", 50.0},
           {"resistance", 1e-6},
           {"leakage", 1e9},
           {"v_min", 300.0},
           {"v_max", 1000.0},
           {"current", 5000.0},
           {"soc_initial", 1.0}})
      .add("load", "dc_load", {{"voltage", 1000.0}, {"power", 100e3}, {"v_min", 0.1}})
      .node("dc", {"bank.dc", "load.in"});
  rig.watch = {"bank.v", "bank.state_of_charge", "bank.p_discharge_max", "bank.p_charge_max"};
  rig.build();
  const auto s = rig.run(60.0, solve::profile_named("electrical"));
  CHECK(s.residual_energy < s.ledger_limit);
  const double t = rig.times.back() - rig.times.front();
  CHECK(rig.recorded[0].back() ==
        doctest::Approx(std::sqrt(1e6 - 2.0 * 100e3 * t / 50.0)).epsilon(1e-4));
  CHECK(rig.recorded[3].front() == 0.0);  // full
  CHECK(rig.recorded[2].back() > 100e3);
}
