#include "models/cooling/crah.h"

namespace steppe::models {

const core::ParamTable<Crah::Params>& Crah::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_air_flow", &Params::design_air_flow, "kg/s", core::required(10.0), {0.01, 1e4},
           "Air mass flow at full fan speed against the design resistance, at the hall's density")
        .real("design_flow", &Params::design_flow, "kg/s", core::required(4.0), {1e-3, 1e4},
              "Water mass flow at full valve and design pressure drop")
        .real("effectiveness", &Params::effectiveness, "1", 0.75, {0.1, 0.95},
              "Heat at design flows over (smaller capacity rate · inlet temperature difference)")
        .real("fan_power", &Params::fan_power, "kW", core::required(4.0), {0, 1e4},
              "Electric power of the fans at full speed, at the hall's density")
        .real("fan_head", &Params::fan_head, "Pa", 300.0, {10, 2000},
              "Pressure rise at full speed: coil, filter and floor")
        .real("design_dp", &Params::design_dp, "kPa", 40.0, {0.1, 500},
              "Pressure drop of coil and open valve at design flow")
        .real("volume", &Params::volume, "L", 20.0, {0.01, 1e4}, "Water held in the coil")
        .real("metal_heat", &Params::metal_heat, "kJ/K", 40.0, {0.1, 1e5},
              "Heat capacity of fins and casing on the air side")
        .real("air_share", &Params::air_share, "1", 0.7, {0.3, 0.95},
              "Air-side share of the thermal resistance at design")
        .real("fan_ramp", &Params::fan_ramp, "s", 5.0, {0.1, 120},
              "Time constant of the fan speed");
    MotorSupply::add_params(p);
    return p;
  }();
  return t;
}

core::Layout Crah::layout() {
  core::Layout l;
  l.fluid(kAirIn, "air_in").fluid(kAirOut, "air_out").fluid(kWaterIn, "water_in");
  l.fluid(kWaterOut, "water_out").ac(kSupply, "supply");
  l.path(kAirIn, kAirOut).path(kWaterIn, kWaterOut);
  l.var(kMdotAir, {.name = "mdot_air",
                   .unit = "kg/s",
                   .kind = core::VarKind::algebraic,
                   .atol = 1e-5,
                   .help = "Air mass flow from air_in to air_out"});
  l.var(kMdotWater, {.name = "mdot_water",
                     .unit = "kg/s",
                     .kind = core::VarKind::algebraic,
                     .atol = 1e-5,
                     .help = "Water mass flow from water_in to water_out"});
  l.var(kTempAir, {.name = "temp_air",
                   .unit = "K",
                   .kind = core::VarKind::storage,
                   .atol = 1e-4,
                   .guess = 295.15,
                   .energy = core::Energy::heat,
                   .lo = 200.0,
                   .hi = 450.0,
                   .help = "Air temperature leaving the coil, before the fan's heat"});
  l.var(kTempWater, {.name = "temp_water",
                     .unit = "K",
                     .kind = core::VarKind::storage,
                     .atol = 1e-4,
                     .guess = 295.15,
                     .energy = core::Energy::heat,
                     .lo = 200.0,
                     .hi = 450.0,
                     .help = "Water temperature leaving the coil"});
  l.var(kFan, {.name = "fan",
               .unit = "1",
               .kind = core::VarKind::lag,
               .atol = 1e-6,
               .guess = 1.0,
               .lo = -0.1,
               .hi = 1.3,
               .help = "Fan speed over the design speed"});
  l.input(kFanSpeed, {.name = "fan_speed",
                      .unit = "1",
                      .value = 1.0,
                      .lo = 0.0,
                      .hi = 1.1,
                      .help = "Wanted fan speed over the design speed"})
      .input(kValve, {.name = "valve",
                      .unit = "1",
                      .value = 1.0,
                      .lo = 0.0,
                      .hi = 1.0,
                      .help = "Position of the water valve (linear flow coefficient)"});
  l.output(kHeat, "heat", "W", "Heat from air to water")
      .output(kFanPower, "fan_power", "W", "Electric power of the fans")
      .output(kApproach, "approach", "K", "Air leaving the coil over water inlet");
  MotorSupply::declare(l);
  return l;
}

void Crah::prepare(Params& p, const core::Setup& s) {
  p.prepare_supply();
  const double c_air = p.design_air_flow * s.medium[kAirIn]->cp;
  const double c_water = p.design_flow * s.medium[kWaterIn]->cp;
  const double small = std::fmin(c_air, c_water), large = std::fmax(c_air, c_water);
  p.ua = small * exchanger::counterflow_ntu(p.effectiveness, small / large);
}

double Crah::guess(const Params& p, int local) {
  return local == 10 ? p.design_air_flow : local == 11 ? p.design_flow : std::nan("");
}

core::ComponentType crah_model() {
  return core::describe<Crah>("crah", "cooling",
                              "Computer-room air handler: EC fan and chilled-water coil");
}

}  // namespace steppe::models
