#include "models/thermal/room.h"

namespace steppe::models {

const core::ParamTable<Room::Params>& Room::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("leak_flow", &Params::leak_flow, "kg/s", core::required(5.0), {1e-3, 1e4},
           "Air through gaps of the containment at leak_dp")
        .real("leak_dp", &Params::leak_dp, "Pa", 5.0, {0.1, 200},
              "Pressure difference of that figure")
        .real("heat_capacity", &Params::heat_capacity, "kJ/K", core::required(20e3), {1, 1e8},
              "Equipment and structure that exchange heat with the air")
        .real("mass_conductance", &Params::mass_conductance, "W/K", 5e3, {0.1, 1e7},
              "Between that mass and the air")
        .real("envelope_ua", &Params::envelope_ua, "W/K", 500.0, {0, 1e6},
              "Walls and roof to outdoors")
        .real("waste_ua", &Params::waste_ua, "W/K", 20e3, {1, 1e8},
              "From cabinets of converters to the hot aisle");
    return p;
  }();
  return t;
}

core::Layout Room::layout() {
  core::Layout l;
  l.fluid(kCold, "cold").fluid(kHot, "hot").heat(kWaste, "waste").path(kCold, kHot);
  l.var(kLeak, {.name = "leak",
                .unit = "kg/s",
                .kind = core::VarKind::algebraic,
                .atol = 1e-5,
                .help = "Air from cold to hot aisle past the servers; negative: recirculation"});
  l.var(kMassTemp, {.name = "mass_temp",
                    .unit = "K",
                    .kind = core::VarKind::storage,
                    .atol = 1e-4,
                    .guess = 298.15,
                    .energy = core::Energy::heat,
                    .lo = 200.0,
                    .hi = 450.0,
                    .help = "Temperature of equipment and structure"});
  l.input(kAmbientTemp, {.name = "ambient_temp",
                         .unit = "K",
                         .value = 293.15,
                         .lo = 233.15,
                         .hi = 323.15,
                         .help = "Outdoor temperature"});
  l.output(kColdTemp, "cold_temp", "K", "Cold aisle")
      .output(kHotTemp, "hot_temp", "K", "Hot aisle")
      .output(kEnvelope, "envelope_heat", "W", "Heat through walls and roof to outdoors")
      .output(kWasteHeat, "waste_heat", "W", "Heat from converters")
      .output(kRecirculation, "recirculation", "kg/s", "Hot air that returns to server inlets");
  return l;
}

core::ComponentType room_model() {
  return core::describe<Room>("room", "thermal",
                              "Data hall: containment leakage, thermal mass, envelope, waste heat");
}

}  // namespace steppe::models
