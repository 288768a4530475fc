// The battery cell against paper: curve, hysteresis, resistance, RC response, charge closure,
// limits.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/bench.h"
#include "tests/unit/battery/process_bench.h"
#include "tests/unit/cooling/rig.h"

using namespace steppe;
using namespace steppe::test;

namespace {

core::Registry& registry() {
  static core::Registry r = models::registry();
  return r;
}

/// One cell of 3 Ah with parameters in SI.
Bench cell(std::vector<std::pair<std::string, double>> values = {}) {
  const auto& t = registry().components.at("battery");
  auto p = t.make_params();
  values.insert(values.begin(),
                {{"cell_capacity", 3.0 * 3600.0}, {"r0", 0.020}, {"r1", 0.008}, {"r2", 0.009}});
  t.params->set(p.get(), t.params->find("series"), int64_t{1});
  t.params->set(p.get(), t.params->find("parallel"), int64_t{1});
  for (const auto& [name, v] : values) {
    REQUIRE_MESSAGE(t.params->find(name) >= 0, name);
    t.params->set(p.get(), t.params->find(name), v);
  }
  Bench b(t, registry(), p);
  b.at("soc") = 0.5;
  b.at("temp") = 298.15;
  b.at("hysteresis") = 0.0;
  return b;
}

/// Sets the terminal voltage so that `current` flows out of the cell.
void draw(Bench& b, double current) {
  // Two evaluations give the inner voltage and resistance of this relation, linear on either side.
  const double v0 = current < 0.0 ? 3.6 : 3.0;
  b.at("dc.v") = v0;
  b.eval();
  const double i0 = b.output("current");
  b.at("dc.v") = v0 + 0.1;
  b.eval();
  const double r = 0.1 / (i0 - b.output("current"));
  b.at("dc.v") = v0 + r * (i0 - current);
  b.eval();
}

}  // namespace

TEST_CASE("AC-4-03 open-circuit voltage, hysteresis and resistance at half charge") {
  auto b = cell();
  draw(b, 0.0);
  CHECK(b.output("voltage") == doctest::Approx(3.2995).epsilon(1e-6));
  b.at("hysteresis") = -1.0;
  draw(b, 0.0);
  CHECK(b.output("voltage") == doctest::Approx(3.2995 - 0.0187).epsilon(1e-4));
  b.at("hysteresis") = 1.0;
  draw(b, 0.0);
  CHECK(b.output("voltage") == doctest::Approx(3.2995 + 0.0187).epsilon(1e-4));
  b.at("hysteresis") = 0.0;
  draw(b, 3.0);
  // 47.8 mΩ on discharge, 44.8 mΩ on charge, 46.3 mΩ in the mean at 25 °C.
  const double discharge = 0.020 * 47.83 / 46.30;
  CHECK(b.output("voltage") == doctest::Approx(3.2995 - 3.0 * discharge).epsilon(2e-5));
  draw(b, -3.0);
  CHECK(b.output("voltage") == doctest::Approx(3.2995 + 3.0 * 0.020 * 44.77 / 46.30).epsilon(2e-5));
  // Activation energy 17.4 kJ/mol: 2.55 times the resistance of discharge at −10 °C; below 0 °C
  // real cells resist more, 3.5 times.
  for (const auto& [extra, ratio] : {std::pair{0.0, 2.55}, std::pair{19e3, 3.5}}) {
    auto cold = cell({{"e_a_cold", extra}});
    cold.at("temp") = 263.15;
    draw(cold, 3.0);
    const double loaded = cold.output("voltage");
    draw(cold, 0.0);
    CHECK((cold.output("voltage") - loaded) / 3.0 / discharge ==
          doctest::Approx(ratio).epsilon(5e-3));
  }
}

TEST_CASE("open-circuit voltage is monotone and smooth between its points") {
  const auto ocv = [](double soc) {
    double c[models::CellTable::kResistance];
    test::default_cell().table->voltages(soc, c);
    return c[models::CellTable::kOcv];
  };
  double last = ocv(-0.1);
  for (double s = -0.1; s < 1.1; s += 0.001) {
    CHECK(ocv(s) >= last);
    last = ocv(s);
    const double h = 1e-7, up = (ocv(s + h) - ocv(s)) / h, down = (ocv(s) - ocv(s - h)) / h;
    CHECK(std::abs(up - down) < 1e-3 * (1.0 + std::abs(up)));
  }
}

TEST_CASE("AC-4-01 and AC-4-02: response to a constant current, charge taken") {
  // So large a cell, at a maximum of its resistance, that the resistance stands still.
  const double capacity = 2000.0 * 3600.0;
  auto b = cell({{"cell_capacity", capacity}, {"tau1", 15.0}, {"tau2", 600.0}, {"kappa", 0.0}});
  const double current = 1.5, dt = 0.05;
  b.at("soc") = 0.4;
  // Classic Runge–Kutta on the kernel's own rows.
  const std::vector<std::string> names = {"soc", "v_fast", "v_slow"};
  const auto rates = [&] {
    draw(b, current);
    std::vector<double> r;
    for (const auto& n : names) {
      const auto i = static_cast<size_t>(&b.at(n) - b.x.data());
      r.push_back(b.f[i] / b.mass[i]);
    }
    return r;
  };
  for (int k = 0; k < 6000; ++k) {
    std::vector<double> y;
    for (const auto& n : names) y.push_back(b.at(n));
    const auto k1 = rates();
    const auto stage = [&](const std::vector<double>& r, double h) {
      for (size_t i = 0; i < names.size(); ++i) b.at(names[i]) = y[i] + h * r[i];
    };
    stage(k1, dt / 2);
    const auto k2 = rates();
    stage(k2, dt / 2);
    const auto k3 = rates();
    stage(k3, dt);
    const auto k4 = rates();
    for (size_t i = 0; i < names.size(); ++i)
      b.at(names[i]) = y[i] + dt / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
  const double t = 300.0;
  draw(b, current);
  const auto c = models::cell_point(test::default_cell(), b.at("soc"), 298.15);
  const double drop = c.u - b.output("voltage");
  const double expected =
      current * (0.020 + 0.008 * (1 - std::exp(-t / 15.0)) + 0.009 * (1 - std::exp(-t / 600.0)));
  CHECK(drop / (expected * c.discharge) == doctest::Approx(1.0).epsilon(1e-5));
  CHECK(-rates()[0] * capacity / current == doctest::Approx(1.0).epsilon(1e-9));
}

TEST_CASE("AC-4-13 temperature and charge limits are honoured exactly") {
  auto b = cell();
  const auto offered = [&](const char* what) {
    // The algebraic row is offer − variable.
    b.at(what) = 0.0;
    b.eval();
    return b.f[static_cast<size_t>(&b.at(what) - b.x.data())];
  };
  for (double temp : {253.15, 268.15, 273.15}) {
    b.at("temp") = temp;
    CHECK(offered("p_charge_max") == 0.0);
  }
  b.at("temp") = 283.15;  // 10 °C: 0.16 C of 3 Ah at about 3.3 V
  CHECK(offered("p_charge_max") / 3.31 / 3.0 == doctest::Approx(0.16).epsilon(5e-3));
  b.at("temp") = 298.15;
  CHECK(offered("p_charge_max") / 3.33 / 3.0 == doctest::Approx(0.5).epsilon(5e-3));
  b.at("soc") = 0.96;
  CHECK(offered("p_charge_max") == 0.0);
  CHECK(offered("p_discharge_max") > 0.0);
  b.at("soc") = 0.04;
  CHECK(offered("p_discharge_max") == 0.0);
  b.at("soc") = 0.5;
  b.at("temp") = 329.0;
  CHECK(offered("p_discharge_max") == 0.0);
  CHECK(offered("p_charge_max") == 0.0);
}

TEST_CASE("adiabatic warming at half a C: 6.2 W a cell, about 4 K/h") {
  // 0.25 mΩ on discharge.
  auto b = cell({{"cell_capacity", 314.0 * 3600.0},
                 {"r0", 0.00025 * 46.30 / 47.83},
                 {"r1", 1e-6},
                 {"r2", 1e-6}});
  draw(b, 157.0);
  CHECK(157.0 * 157.0 * 0.00025 == doctest::Approx(6.2).epsilon(0.01));
  const auto i = static_cast<size_t>(&b.at("temp") - b.x.data());
  b.at("coolant_temp") = b.at("temp");
  draw(b, 157.0);
  // Ohmic and reversible heat, −I·T·dU/dT with dU/dT = 0.11 mV/K.
  const double reversible = -157.0 * 298.15 * 0.110e-3;
  CHECK(b.f[i] == doctest::Approx(6.162 + reversible).epsilon(0.01));
  CHECK((b.f[i] - reversible) / b.mass[i] * 3600.0 == doctest::Approx(3.96).epsilon(0.01));
}

TEST_CASE("a trip opens the contactors; the terminal lets nothing through until they close") {
  auto b = cell();
  b.at("temp") = 335.0;
  b.eval();
  REQUIRE(b.guards[2] > 0.0);
  b.event(core::EventContext::Kind::guard, 2);
  CHECK(b.text == "cells too hot");
  b.at("dc.v") = 0.0;
  b.eval();
  CHECK(std::abs(b.output("current")) < 1e-3);
  b.event(core::EventContext::Kind::command, 1);
  b.eval();
  CHECK(b.output("current") > 1.0);
}

TEST_CASE("a day of charge and discharge on the grid closes the ledger") {
  Rig rig;
  rig.add("grid", "utility", {{"voltage", 690.0}, {"short_circuit_power", 200e6}})
      .add("pcs", "pcs", {{"rating", 2.5e6}})
      .add("bat", "battery", {{"series", 416}, {"parallel", 12}, {"soc_initial", 0.5}})
      .node("ac", {"grid.out", "pcs.ac"})
      .node("dc", {"pcs.dc", "bat.dc"})
      .link("pcs.p_discharge_max", "bat.p_discharge_max")
      .link("pcs.p_charge_max", "bat.p_charge_max");
  rig.watch = {"bat.soc", "bat.temp", "bat.power", "bat.cell_voltage"};
  rig.build();
  std::vector<solve::TimelineEvent> events;
  for (int k = 0; k < 4; ++k) {
    events.push_back(rig.change(600.0 + k * 7200.0, "pcs.p_set", -2e6));
    events.push_back(rig.change(3600.0 + k * 7200.0, "pcs.p_set", 2e6));
  }
  for (const char* profile : {"thermal", "facility"}) {
    CAPTURE(std::string(profile));
    // 28 MJ/K of cells: the default tolerance of a temperature is kilojoules of heat.
    auto tight = solve::profile_named(profile);
    tight.rtol *= 1e-2;
    const auto s = rig.run(8 * 3600.0, tight, events);
    // Only the battery's own round trip passes through this site, and its resistance turns a
    // voltage error of Newton into a hundred times that of power: a few limits of a whole site.
    CHECK(s.residual_energy < 5.0 * s.ledger_limit);
    CHECK(s.residual_heat < 5.0 * s.ledger_limit);
    MESSAGE(std::string(profile), ": residual energy ", s.residual_energy, ", heat ",
            s.residual_heat, ", steps ", s.statistics.steps);
    const auto& temp = rig.recorded[1];
    CHECK(*std::max_element(temp.begin(), temp.end()) < 320.0);
    CHECK(*std::max_element(temp.begin(), temp.end()) > 299.0);
    for (double v : rig.recorded[3]) CHECK(v < 3.7);
    // Round trip: p_set = 0 at the end would leave less charge than at the start.
    CHECK(rig.recorded[0].back() < 0.5);
  }
}

TEST_CASE("beyond the temperatures that its resistances were measured at, a battery says so") {
  for (const auto& [degc, extrapolated] : {std::pair{-20.0, true}, std::pair{5.0, true},
                                           std::pair{25.0, false}, std::pair{45.0, true}}) {
    CAPTURE(degc);
    Rig rig;
    rig.add("cells", "battery", {{"temp_initial", 273.15 + degc}})
        .add("load", "dc_load", {{"voltage", 1370.0}, {"power", 1e3}})
        .node("dc", {"cells.dc", "load.in"})
        .set("cells.coolant_temp", 273.15 + degc);
    rig.build();
    rig.run(1.0, solve::profile_named("electrical"));
    const bool told = std::any_of(rig.events.begin(), rig.events.end(),
                                  [](const auto& e) { return e.to == "extrapolated"; });
    CHECK(told == extrapolated);
  }
}
