#include "models/battery/cell_runaway.h"

namespace steppe::models {

const core::ParamTable<CellRunaway::Params>& CellRunaway::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .real("volume", &Params::volume, "L", 2.58, {0.001, 100.0}, "Volume of the cell",
                "engineering: 314 Ah, 173 x 72 x 207 mm")
          .real("heat_capacity", &Params::heat_capacity, "J/K", 5600.0, {1.0, 1e6},
                "Heat capacity of the cell")
          .real("thermal_resistance", &Params::thermal_resistance, "K/W", 1.5, {0.001, 1000.0},
                "From the cell to its neighbours and the coolant")
          .real("vent_temp", &Params::vent_temp, "degC", 130.0, {60.0, 300.0},
                "Temperature at which the cell vents and `gas` becomes 1")
          .real("temp_initial", &Params::temp_initial, "degC", 25.0, {-40.0, 100.0},
                "Temperature at the start");
  return table;
}

double CellRunaway::guess(const Params& p, int local) {
  const double start[] = {p.temp_initial, p.temp_initial, kSei0, kAnode0, kCathode0, 1.0};
  return local < 6 ? start[local] : std::nan("");
}

core::Layout CellRunaway::layout() {
  const auto part = [](const char* name, const char* help) {
    return core::VarInfo{.name = name,
                         .unit = "1",
                         .atol = 1e-6,
                         .guess = 0.5,
                         .initial = true,
                         .energy = core::Energy::heat,
                         .lo = -0.1,
                         .hi = 1.1,
                         .help = help};
  };
  return core::Layout{}
      .heat(kWaste, "waste")
      .optional()
      .var(kTemp, {.name = "temp",
                   .unit = "K",
                   .atol = 1e-3,
                   .guess = 298.15,
                   .initial = true,
                   .energy = core::Energy::heat,
                   .lo = 200.0,
                   .hi = 3000.0,
                   .help = "Temperature of the cell"})
      .var(kSei, part("sei", "Unstable part of the layer on the anode"))
      .var(kAnode, part("anode", "Lithium in the anode that can react"))
      .var(kCathode, part("cathode", "Cathode left"))
      .var(kElectrolyte, part("electrolyte", "Electrolyte left"))
      .input(kNeighbour, {.name = "neighbour_temp",
                          .unit = "K",
                          .value = 298.15,
                          .lo = 253.15,
                          .hi = 400.0,
                          .help = "Temperature of the neighbours: the battery's"})
      .input(kHeat, {.name = "heat",
                     .unit = "W",
                     .value = 0.0,
                     .lo = 0.0,
                     .hi = 5000.0,
                     .help = "Heat put into the cell by a short or from outside"})
      .output(kReaction, "q_reaction", "W", "Heat of the decomposition")
      .output(kGas, "gas", "1", "1 when the cell vents")
      .output(kConversion, "conversion", "1", "Share of the anode's lithium that has reacted");
}

core::ComponentType cell_runaway_model() {
  return core::describe<CellRunaway>("cell_runaway", "battery",
                                     "One cell that is heated and may run away thermally");
}

}  // namespace steppe::models
