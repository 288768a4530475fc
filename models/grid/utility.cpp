#include "models/grid/utility.h"

namespace steppe::models {

const core::ParamTable<Utility::Params>& Utility::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("voltage", &Params::voltage, "kV", core::required(10.0), {0.2, 500.0},
                "Nominal line-to-line voltage")
          .real("short_circuit_power", &Params::short_circuit_power, "MVA", core::required(350.0),
                {0.1, 60000.0}, "Three-phase short-circuit power at the connection point")
          .real("x_r", &Params::x_r, "1", 12.0, {0.0, 1e6},
                "Reactance over resistance of the source", "[Kundur 1994, §2.1]: 10 to 20")
          .real("frequency", &Params::frequency, "Hz", 50.0, {40.0, 70.0}, "Nominal frequency");
  return table;
}

core::Layout Utility::layout() {
  return core::Layout{}
      .ac(kOut, "out")
      .source()
      .var(kImportNow, {.name = "import",
                        .unit = "W",
                        .kind = core::VarKind::algebraic,
                        .atol = 1.0,
                        .help = "Power drawn from the utility, as a signal"})
      .input(kVoltagePu, {.name = "voltage_pu",
                          .unit = "1",
                          .value = 1.0,
                          .lo = 0.0,
                          .hi = 1.3,
                          .help = "Voltage of the source over its nominal value"})
      .input(kPhase, {.name = "phase",
                      .unit = "rad",
                      .value = 0.0,
                      .lo = -0.5,
                      .hi = 0.5,
                      .help = "Phase angle of the source"})
      .input(kFrequencyDeviation, {.name = "frequency_deviation",
                                   .unit = "Hz",
                                   .value = 0.0,
                                   .lo = -2.0,
                                   .hi = 2.0,
                                   .help = "Frequency less its nominal value"})
      .input(kLine, {.name = "line",
                     .unit = "1",
                     .value = 1.0,
                     .lo = 0.0,
                     .hi = 1.0,
                     .help = "1: the line is closed, 0: open"})
      .output(kImport, "p_import", "W", "Power drawn from the utility at the meter",
              core::Role::site_power)
      .output(kImportReactive, "q_import", "var", "Reactive power drawn from the utility")
      .output(kPu, "v_pu", "1", "Voltage at the meter over nominal")
      .output(kCurrent, "current", "A", "Line current")
      .output(kFrequency, "frequency", "Hz", "Frequency")
      .mode(kSupply, {"supply", {"on", "off", "open"}, kOn})
      .guard(kOpens, "line_open", "The input `line` opens the line")
      .guard(kCloses, "line_closed", "The input `line` closes the line")
      .command(kFail, "fail", "Opens the line: outage of the feeder")
      .command(kRestore, "restore", "Closes the line again");
}

core::ComponentType utility_model() {
  return core::describe<Utility>(
      "utility", "grid", "Utility feeder: voltage source behind its short-circuit impedance");
}

}  // namespace steppe::models
