#include "models/battery/battery_container.h"

namespace steppe::models {

const core::ParamTable<BatteryContainer::Params>& BatteryContainer::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .group("Walls")
          .real("length", &Params::length, "m", 5.9, {0.5, 200.0}, "Inner length",
                "[Möller 2022] 20 ft")
          .real("width", &Params::width, "m", 2.3, {0.5, 50.0}, "Inner width",
                "[Möller 2022] 20 ft")
          .real("height", &Params::height, "m", 2.35, {0.5, 20.0}, "Inner height",
                "[Möller 2022] 20 ft")
          .real("insulation", &Params::insulation, "mm", 50.0, {0.0, 500.0},
                "Thickness of the insulation", "[Möller 2022] rock wool of a 40 ft container")
          .real("conductivity", &Params::conductivity, "W/(m*K)", 0.05, {0.005, 50.0},
                "Thermal conductivity of the insulation", "[Möller 2022] rock wool")
          .real("film", &Params::film, "W/(m^2*K)", 30.0, {1.0, 200.0},
                "Heat transfer on either side of the walls", "[Möller 2022]")
          .group("Loop")
          .real("loop_capacity", &Params::loop_capacity, "kJ/K", 1500.0, {1.0, 1e6},
                "Heat capacity of coolant, plates and racks")
          .real("air_capacity", &Params::air_capacity, "kJ/K", 400.0, {1.0, 1e6},
                "Heat capacity of air and structure")
          .real("cell_conductance", &Params::cell_conductance, "kW/K", 5.0, {0.01, 1e4},
                "From the battery's port to the coolant: temperature of that node alone")
          .real("air_conductance", &Params::air_conductance, "W/K", 150.0, {0.1, 1e5},
                "From the coolant and the racks to the air of the container")
          .real("pump_power", &Params::pump_power, "kW", 1.0, {0.0, 1000.0}, "Pump, always on")
          .group("Chiller and heater")
          .real("chiller_capacity", &Params::chiller_capacity, "kW", 60.0, {0.0, 1e4},
                "Heat that the chiller can take")
          .real("cop", &Params::cop, "1", 2.8, {1.0, 10.0},
                "Heat over power of the chiller at 35 °C outside",
                "engineering: 2.5 to 3 for liquid chillers of containers")
          .real("cop_slope", &Params::cop_slope, "1/K", 0.015, {0.0, 0.05},
                "Gain of the COP over its value per kelvin below 35 °C")
          .real("heater_power", &Params::heater_power, "kW", 40.0, {0.0, 1e4},
                "Electric heater of the coolant")
          .real("heat_setpoint", &Params::heat_setpoint, "degC", 5.0, {-40.0, 35.0},
                "Coolant below which the heater works; the input of that name may ask for more")
          .real("band", &Params::band, "K", 2.0, {0.2, 20.0},
                "Difference from the set-point at which heater and chiller give all they have")
          .group("Supply and start")
          .real("voltage", &Params::voltage, "V", 400.0, {100.0, 1000.0},
                "Nominal line-to-line voltage")
          .real("temp_initial", &Params::temp_initial, "degC", 25.0, {-45.0, 60.0},
                "Coolant and air at the start");
  return table;
}

core::Layout BatteryContainer::layout() {
  using core::Energy;
  const auto temp = [](const char* name, const char* help) {
    return core::VarInfo{.name = name,
                         .unit = "K",
                         .atol = 1e-4,
                         .guess = 298.15,
                         .initial = true,
                         .energy = Energy::heat,
                         .lo = 200.0,
                         .hi = 450.0,
                         .help = help};
  };
  return core::Layout{}
      .ac(kSupply, "supply")
      .heat(kCells, "cells")
      .var(kCoolant, temp("coolant", "Coolant at the cells"))
      .var(kAir, temp("air", "Air and structure"))
      .input(kAmbient, {.name = "ambient_temp",
                        .unit = "K",
                        .value = 293.15,
                        .lo = 233.15,
                        .hi = 323.15,
                        .help = "Outdoor air"})
      .input(kHeatSetpoint, {.name = "heat_setpoint",
                             .unit = "K",
                             .value = 233.15,
                             .lo = 233.15,
                             .hi = 303.15,
                             .help = "Coolant that the battery management asks for"})
      .input(kCoolSetpoint, {.name = "cool_setpoint",
                             .unit = "K",
                             .value = 297.15,
                             .lo = 278.15,
                             .hi = 318.15,
                             .help = "Coolant above which the chiller works"})
      .output(kPower, "power", "W", "Heater, chiller and pump")
      .output(kHeater, "p_heater", "W", "Heater")
      .output(kChiller, "p_chiller", "W", "Chiller")
      .output(kCooling, "q_chiller", "W", "Heat that the chiller takes")
      .output(kWalls, "q_walls", "W", "Heat through the walls, outwards");
}

core::ComponentType battery_container_model() {
  return core::describe<BatteryContainer>(
      "battery_container", "battery",
      "Container of a battery: insulation, liquid loop, chiller, heater");
}

}  // namespace steppe::models
