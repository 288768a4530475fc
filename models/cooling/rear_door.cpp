#include "models/cooling/rear_door.h"

namespace steppe::models {

const core::ParamTable<RearDoor::Params>& RearDoor::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_air_flow", &Params::design_air_flow, "kg/s", core::required(2.5), {0.01, 1e4},
           "Air mass flow of the servers behind it")
        .real("design_flow", &Params::design_flow, "kg/s", core::required(0.9), {1e-3, 1e4},
              "Water mass flow at full valve and design pressure drop")
        .real("effectiveness", &Params::effectiveness, "1", 0.75, {0.1, 0.95},
              "Heat at design flows over (smaller capacity rate · inlet temperature difference)")
        .real("air_dp", &Params::air_dp, "Pa", 20.0, {0.5, 500}, "Air pressure drop at design")
        .real("design_dp", &Params::design_dp, "kPa", 40.0, {0.1, 500},
              "Pressure drop of coil and open valve at design flow")
        .real("volume", &Params::volume, "L", 8.0, {0.01, 1e4}, "Water held in the coil")
        .real("metal_heat", &Params::metal_heat, "kJ/K", 15.0, {0.1, 1e5},
              "Heat capacity of fins and frame on the air side")
        .real("air_share", &Params::air_share, "1", 0.7, {0.3, 0.95},
              "Air-side share of the thermal resistance at design");
    return p;
  }();
  return t;
}

core::Layout RearDoor::layout() {
  core::Layout l;
  l.fluid(kAirIn, "air_in").fluid(kAirOut, "air_out").fluid(kWaterIn, "water_in");
  l.fluid(kWaterOut, "water_out").path(kAirIn, kAirOut).path(kWaterIn, kWaterOut);
  auto flow = [&](int id, const char* name, const char* help) {
    l.var(id, {.name = name,
               .unit = "kg/s",
               .kind = core::VarKind::algebraic,
               .atol = 1e-5,
               .help = help});
  };
  flow(kMdotAir, "mdot_air", "Air mass flow from air_in to air_out");
  flow(kMdotWater, "mdot_water", "Water mass flow from water_in to water_out");
  auto temp = [&](int id, const char* name, const char* help) {
    l.var(id, {.name = name,
               .unit = "K",
               .kind = core::VarKind::storage,
               .atol = 1e-4,
               .guess = 298.15,
               .energy = core::Energy::heat,
               .lo = 200.0,
               .hi = 450.0,
               .help = help});
  };
  temp(kTempAir, "temp_air", "Air temperature leaving the door");
  temp(kTempWater, "temp_water", "Water temperature leaving the coil");
  l.input(kValve, {.name = "valve",
                   .unit = "1",
                   .value = 1.0,
                   .lo = 0.0,
                   .hi = 1.0,
                   .help = "Position of the water valve (linear flow coefficient)"});
  l.output(kHeat, "heat", "W", "Heat from air to water")
      .output(kApproach, "approach", "K", "Air leaving over water inlet");
  return l;
}

void RearDoor::prepare(Params& p, const core::Setup& s) {
  const double c_air = p.design_air_flow * s.medium[kAirIn]->cp;
  const double c_water = p.design_flow * s.medium[kWaterIn]->cp;
  const double small = std::fmin(c_air, c_water), large = std::fmax(c_air, c_water);
  p.ua = small * exchanger::counterflow_ntu(p.effectiveness, small / large);
}

core::ComponentType rear_door_model() {
  return core::describe<RearDoor>("rear_door", "cooling", "Passive rear-door heat exchanger");
}

}  // namespace steppe::models
