// steppe fit: columns, units, options, the parameter file in a scenario, mistakes.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

#include "tests/cli/support.h"

namespace steppe::test {
namespace {

/// A chiller of 1200 kW in other people's units: semicolons, decimal commas, °F, tons.
std::string table() {
  static const std::string path = [] {
    std::string t = "Zeit;Leistung (kW);Kaelte (RT);VL [°F];KW ein\n";
    const auto comma = [](double v) {
      std::string s = fmt::format("{:.3f}", v);
      if (const size_t dot = s.find('.'); dot != std::string::npos) s[dot] = ',';
      return s;
    };
    for (int i = 0; i < 2000; ++i) {
      const double h = i / 12.0, u = 0.6 + 0.25 * std::cos(h / 3.8 + 0.1 * std::sin(h));
      const double x = 7.0 + 0.4 * std::sin(1.7 * h), y = 24.0 + 4.0 * std::cos(h / 4.1);
      const double power =
          1200.0 / 5.8 * (1.0 + 0.02 * (y - 24.0) - 0.02 * (x - 7.0)) * (0.3 + 0.7 * u);
      t += fmt::format("{:02}.06.2023 {:02}:{:02};{};{};{};{}\n", 1 + i / 288, i % 288 / 12,
                       5 * (i % 12), i % 90 == 7 ? "#N/A" : comma(power),
                       comma(1200.0 * u / 3.5168528), comma(1.8 * x + 32.0), comma(1.8 * y + 32.0));
    }
    const std::string p = temp_dir() + "/chiller.csv";
    write_file(p, t);
    return p;
  }();
  return path;
}
std::string columns() {
  const std::string p = temp_dir() + "/columns.yaml";
  write_file(p,
             "time: Zeit\npower: Leistung\ncooling: Kaelte\nevap_out: VL\ncond_in: KW ein [°F]\n");
  return p;
}

TEST_CASE("fit: another chiller in other units is found; its file runs in a scenario") {
  const std::string out = temp_dir() + "/fitted.yaml";
  const auto j = steppe_json({"fit", "chiller_water_cooled", table(), "--columns", columns(),
                              "capacity=1200kW", "first=60%", "-o", out, "--json"});
  CHECK(j["figures"]["rows"]["value"] == 2000);
  CHECK(j["figures"]["rows_bad"]["value"] == 23);  // 7, 97 … 1987
  CHECK(j["figures"]["cv_rmse"]["value"].get<double>() < 0.005);
  const double cop = j["parameters"]["cop"]["value"];
  CHECK(std::abs(cop / 5.8 - 1.0) < 0.05);  // at the medians of the temperatures
  const std::string scenario = temp_dir() + "/with-fit.yaml";
  write_file(scenario, R"(steppe: 1
site: {altitude: 0 m, weather: none}
components:
  - {id: utility, type: utility, params: {voltage: 400 V, short_circuit_power: 50 MVA}}
  - {id: chiller, type: chiller_water_cooled, params: fitted.yaml, in: {enable: 1, setpoint: 7 degC}}
  - {id: pump, type: pump, params: {design_flow: 17.8, design_head: 100 kPa}}
  - {id: v, type: expansion_vessel, params: {medium: water}}
  - {id: pump2, type: pump, params: {design_flow: 19.6, design_head: 100 kPa}}
  - {id: v2, type: expansion_vessel, params: {medium: water}}
connect:
  - [bus, utility.out, chiller.supply, pump.supply, pump2.supply]
  - [a, pump.out, chiller.evap_in]
  - [b, chiller.evap_out, pump.in, v.port]
  - [c, pump2.out, chiller.cond_in]
  - [d, chiller.cond_out, pump2.in, v2.port]
)");
  const Outcome expanded = steppe({"check", scenario, "--expand"});
  INFO(expanded.err);
  CHECK(expanded.out.find("capacity: 1200 kW") != std::string::npos);
}

TEST_CASE("fit: mistakes are explained") {
  const auto fails = [](Arguments more, const std::string& text, int code = 2) {
    Arguments a{"fit", "chiller_water_cooled"};
    a.insert(a.end(), more.begin(), more.end());
    const Outcome o = steppe(a);
    CAPTURE(o.err);
    CHECK(o.exit_code == code);
    CHECK(o.err.find(text) != std::string::npos);
  };
  fails({table()}, "no column for 'power'");
  fails({table(), "--column", "power=Leistng"}, "did you mean 'Leistung (kW)'?");
  fails({table(), "--column", "powr=Leistung"}, "did you mean 'power'?");
  fails({table(), "--column", "power=Leistung [degC]"}, "which is no power");
  fails({table(), "--columns", columns(), "--column", "cond_in=KW ein"}, "does not say its unit");
  fails({table(), "--columns", columns(), "frist=60%"}, "did you mean 'first'?");
  fails({table(), "--columns", columns(), "--column", "cooling=VL [W]"}, "");
  fails({temp_dir() + "/nothing.csv"}, "cannot be opened", 5);
  const Outcome o = steppe({"fit", "dry_cooler", table()});
  CHECK(o.exit_code == 2);
  CHECK(o.err.find("cannot be fitted") != std::string::npos);
}

}  // namespace
}  // namespace steppe::test
