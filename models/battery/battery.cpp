#include "models/battery/battery.h"

namespace steppe::models {

const core::ParamTable<Battery::Params>& Battery::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .group("Size")
          .integer("series", &Params::series, 416, {1, 2000}, "Cells in series")
          .integer("parallel", &Params::parallel, 12, {1, 100000}, "Strings in parallel")
          .real("cell_capacity", &Params::cell_capacity, "Ah", 314.0, {0.5, 2000.0},
                "Capacity of a cell", "engineering: data sheets of 2024 stationary cells")
          .group("Circuit")
          .real("r0", &Params::r0, "mohm", 0.25, {0.01, 100.0},
                "Ohmic resistance of a cell at 25 °C and 50 % charge",
                "engineering: [Möller 2022] scaled by capacity and cell format")
          .real("r1", &Params::r1, "mohm", 0.10, {0.001, 100.0},
                "Resistance of the fast RC pair at 25 °C")
          .real("r2", &Params::r2, "mohm", 0.10, {0.001, 100.0},
                "Resistance of the slow RC pair at 25 °C")
          .real("tau1", &Params::tau1, "s", 15.0, {1.0, 60.0}, "Time constant of the fast RC pair")
          .real("tau2", &Params::tau2, "s", 600.0, {60.0, 5000.0},
                "Time constant of the slow RC pair")
          .real("e_a", &Params::e_a, "kJ", 17.4, {0.0, 80.0},
                "Activation energy of the resistances, per mole", "[Möller 2022], 10 to 25 °C")
          .real("kappa", &Params::kappa, "1", 60.0, {0.0, 500.0},
                "Rate of the hysteresis: loop is crossed in about 3/kappa of the capacity",
                "[Plett 2015, ch. 2]")
          .group("Thermal")
          .real("cell_heat_capacity", &Params::cell_heat_capacity, "J/K", 5600.0, {20.0, 50000.0},
                "Heat capacity of a cell")
          .real("thermal_resistance", &Params::thermal_resistance, "K/W", 1.5, {0.01, 100.0},
                "From the cell to the coolant, per cell")
          .group("Limits")
          .real("charge_rate", &Params::charge_rate, "1", 0.5, {0.01, 10.0},
                "Largest charging current over the capacity in one hour, at 25 °C")
          .real("discharge_rate", &Params::discharge_rate, "1", 0.5, {0.01, 10.0},
                "Largest discharging current over the capacity in one hour, at 25 °C")
          .real("v_min", &Params::v_min, "V", 2.7, {2.0, 3.0}, "Lowest cell voltage in operation")
          .real("v_max", &Params::v_max, "V", 3.6, {3.4, 3.8}, "Highest cell voltage in operation")
          .real("v_trip_low", &Params::v_trip_low, "V", 2.3, {1.5, 2.8},
                "Cell voltage that opens the contactors")
          .real("v_trip_high", &Params::v_trip_high, "V", 3.75, {3.5, 4.2},
                "Cell voltage that opens the contactors")
          .real("temp_trip", &Params::temp_trip, "degC", 60.0, {45.0, 80.0},
                "Cell temperature that opens the contactors")
          .real("soc_min", &Params::soc_min, "%", 5.0, {0.0, 50.0},
                "State of charge below which no discharge is offered")
          .real("soc_max", &Params::soc_max, "%", 95.0, {50.0, 100.0},
                "State of charge above which no charge is taken")
          .group("Start")
          .real("soc_initial", &Params::soc_initial, "%", 60.0, {0.0, 100.0},
                "State of charge at the start")
          .real("temp_initial", &Params::temp_initial, "degC", 25.0, {-40.0, 60.0},
                "First estimate of the cell temperature; the steady start finds the value");
  return table;
}

core::Layout Battery::layout() {
  using core::Energy;
  using core::VarKind;
  return core::Layout{}
      .dc(kTerminal, "dc")
      .source()
      .heat(kWaste, "waste")
      .optional()
      .var(kSoc, {.name = "soc",
                  .unit = "1",
                  .atol = 1e-6,
                  .guess = 0.5,
                  .initial = true,
                  .lo = -0.2,
                  .hi = 1.2,
                  .help = "State of charge"})
      .var(kHysteresis,
           {.name = "hysteresis",
            .unit = "1",
            .atol = 1e-4,
            .guess = 0.0,
            .initial = true,
            .lo = -1.5,
            .hi = 1.5,
            .help = "Place in the hysteresis loop: 1 after charge, -1 after discharge"})
      .var(kV1, {.name = "v_fast",
                 .unit = "V",
                 .kind = VarKind::lag,
                 .atol = 1e-6,
                 .help = "Voltage of the fast RC pair of a cell"})
      .var(kV2, {.name = "v_slow",
                 .unit = "V",
                 .kind = VarKind::lag,
                 .atol = 1e-6,
                 .help = "Voltage of the slow RC pair of a cell"})
      .var(kTemp, {.name = "temp",
                   .unit = "K",
                   .atol = 1e-4,
                   .guess = 298.15,
                   .energy = Energy::heat,
                   .lo = 200.0,
                   .hi = 500.0,
                   .help = "Temperature of the cells"})
      .var(kDischargeMax, {.name = "p_discharge_max",
                           .unit = "W",
                           .kind = VarKind::algebraic,
                           .atol = 1.0,
                           .help = "Power that the battery can give now"})
      .var(kChargeMax, {.name = "p_charge_max",
                        .unit = "W",
                        .kind = VarKind::algebraic,
                        .atol = 1.0,
                        .help = "Power that the battery can take now"})
      .input(kCoolantTemp, {.name = "coolant_temp",
                            .unit = "K",
                            .value = 298.15,
                            .lo = 253.15,
                            .hi = 313.15,
                            .help = "Temperature of the cooling plates or the cell surroundings"})
      .input(kCapacityFactor, {.name = "capacity_factor",
                               .unit = "1",
                               .value = 1.0,
                               .lo = 0.5,
                               .hi = 1.0,
                               .help = "Capacity left over the new one"})
      .input(kResistanceFactor, {.name = "resistance_factor",
                                 .unit = "1",
                                 .value = 1.0,
                                 .lo = 1.0,
                                 .hi = 3.0,
                                 .help = "Resistance over the new one"})
      .output(kSocOut, "state_of_charge", "1", "State of charge", core::Role::soc)
      .output(kPower, "power", "W", "Power out of the terminal", core::Role::battery_power)
      .output(kCurrent, "current", "A", "Current out of the terminal")
      .output(kVoltage, "voltage", "V", "Terminal voltage")
      .output(kCellVoltage, "cell_voltage", "V", "Voltage of a cell")
      .output(kLoss, "p_loss", "W", "Heat of the cells")
      .output(kCapacity, "capacity", "J", "Energy between empty and full at present",
              core::Role::battery_capacity)
      .output(kRate, "c_rate", "1/h", "Current over capacity in one hour")
      .mode(kContactor, {"contactor", {"connected", "open"}, kConnected})
      .guard(kCellLow, "cell_voltage_low", "Cell voltage below its hard limit")
      .guard(kCellHigh, "cell_voltage_high", "Cell voltage above its hard limit")
      .guard(kHot, "too_hot", "Cell temperature above its hard limit")
      .command(kDoOpen, "open", "Opens the contactors")
      .command(kDoClose, "close", "Closes the contactors (also after a trip)");
}

void Battery::on_event(const Params&, core::EventContext& e) {
  using Kind = core::EventContext::Kind;
  if (e.kind == Kind::guard) {
    e.modes[kContactor] = kOpen;
    const char* why[] = {"cell voltage low", "cell voltage high", "cells too hot"};
    e.text = why[e.id];
  } else if (e.kind == Kind::command) {
    e.modes[kContactor] = e.id == kDoClose ? kConnected : kOpen;
  }
}

core::ComponentType battery_model() {
  return core::describe<Battery>("battery", "battery", "LFP battery: cells in series and parallel");
}

}  // namespace steppe::models
