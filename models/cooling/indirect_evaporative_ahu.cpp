#include "models/cooling/indirect_evaporative_ahu.h"

namespace steppe::models {

const core::ParamTable<IndirectEvaporativeAhu::Params>& IndirectEvaporativeAhu::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_air_flow", &Params::design_air_flow, "kg/s", core::required(15.0), {0.1, 1e4},
           "Hall air at full fan speed, at the hall's density")
        .real("outdoor_air_flow", &Params::outdoor_air_flow, "kg/s", core::required(20.0),
              {0.1, 1e4}, "Outdoor air at full fan speed and standard density")
        .real("effectiveness", &Params::effectiveness, "1", 0.6, {0.2, 0.9},
              "Dry: heat at design flows over (smaller capacity rate · inlet difference)")
        .real("wet_gain", &Params::wet_gain, "1", 1.35, {1, 3},
              "Conductance of wetted over dry plates")
        .real("pad_effectiveness", &Params::pad_effectiveness, "1", 0.9, {0.3, 0.98},
              "How close spraying brings the outdoor side to its wet bulb")
        .real("fan_head", &Params::fan_head, "Pa", 350.0, {10, 2000},
              "Pressure rise of the hall fans: plates, filters, hall")
        .real("fan_power", &Params::fan_power, "kW", 8.0, {0, 1e4}, "Hall fans at full speed")
        .real("outdoor_fan_power", &Params::outdoor_fan_power, "kW", 8.0, {0, 1e4},
              "Outdoor fans at full speed and standard density")
        .real("pump_power", &Params::pump_power, "kW", 1.5, {0, 1e3}, "Spray pump")
        .real("dx_capacity", &Params::dx_capacity, "kW", 60.0, {0, 1e4},
              "Most heat of the direct-expansion stage")
        .real("dx_carnot", &Params::dx_carnot, "1", 0.5, {0.2, 0.7},
              "Its efficiency against the Carnot cycle")
        .real("metal_heat", &Params::metal_heat, "kJ/K", 200.0, {1, 1e5},
              "Heat capacity of plates and casing")
        .real("fan_ramp", &Params::fan_ramp, "s", 5.0, {0.1, 120}, "Time constant of fan speeds")
        .real("cycles", &Params::cycles, "1", 4.0, {1.5, 20}, "Cycles of concentration");
    MotorSupply::add_params(p);
    return p;
  }();
  return t;
}

core::Layout IndirectEvaporativeAhu::layout() {
  core::Layout l;
  l.fluid(kAirIn, "air_in").fluid(kAirOut, "air_out").ac(kSupply, "supply").path(kAirIn, kAirOut);
  l.var(kMdot, {.name = "mdot",
                .unit = "kg/s",
                .kind = core::VarKind::algebraic,
                .atol = 1e-5,
                .help = "Hall air from air_in to air_out"});
  l.var(kTemp, {.name = "temp_air",
                .unit = "K",
                .kind = core::VarKind::storage,
                .atol = 1e-4,
                .guess = 296.15,
                .energy = core::Energy::heat,
                .lo = 200.0,
                .hi = 450.0,
                .help = "Hall air leaving the coils, before the fan's heat"});
  auto fan = [&](int id, const char* name, const char* help) {
    l.var(id, {.name = name,
               .unit = "1",
               .kind = core::VarKind::lag,
               .atol = 1e-6,
               .guess = 0.8,
               .lo = -0.1,
               .hi = 1.3,
               .help = help});
  };
  fan(kFan, "fan", "Speed of the hall fans");
  fan(kOutdoorFan, "outdoor_fan", "Speed of the outdoor fans");
  auto input = [&](int id, const char* name, const char* unit, double value, double lo, double hi,
                   const char* help, bool required = false) {
    l.input(id, {.name = name,
                 .unit = unit,
                 .value = value,
                 .required = required,
                 .lo = lo,
                 .hi = hi,
                 .help = help});
  };
  input(kFanSpeed, "fan_speed", "1", 1.0, 0.0, 1.1, "Wanted speed of the hall fans");
  input(kOutdoorSpeed, "outdoor_fan_speed", "1", 1.0, 0.0, 1.1, "Wanted speed of the outdoor fans");
  input(kSpray, "spray", "1", 0.0, 0.0, 1.0, "Share of the plates that is wetted");
  input(kDxEnable, "dx_enable", "1", 0.0, 0.0, 1.0, "1: direct expansion trims to the setpoint");
  input(kSetpoint, "setpoint", "K", 297.15, 283.15, 313.15, "Supply air wanted of the trim stage");
  input(kAmbientTemp, "ambient_temp", "K", 293.15, 233.15, 323.15, "Dry bulb of the outdoor air",
        true);
  input(kWetBulb, "wet_bulb", "K", 286.15, 233.15, 308.15,
        "Wet bulb of the outdoor air; matters with spray only");
  l.output(kHeat, "heat", "W", "Heat through the plates")
      .output(kDxHeat, "dx_heat", "W", "Heat taken by direct expansion")
      .output(kPower, "power", "W", "Electric power of fans, pump and compressor")
      .output(kWater, "water", "kg/s", "Make-up: evaporation and blowdown", core::Role::water)
      .output(kSourceTemp, "source_temp", "K", "Outdoor side at the plates' inlet");
  MotorSupply::declare(l);
  return l;
}

void IndirectEvaporativeAhu::prepare(Params& p, const core::Setup& s) {
  p.prepare_supply();
  const double c_hall = p.design_air_flow * s.medium[kAirIn]->cp;
  const double c_out = p.outdoor_air_flow * kCpAir;
  const double small = std::fmin(c_hall, c_out), large = std::fmax(c_hall, c_out);
  p.ua = small * exchanger::counterflow_ntu(p.effectiveness, small / large);
  p.density_factor = s.ambient_pressure / (287.042 * 1.204);
}

core::ComponentType indirect_evaporative_ahu_model() {
  return core::describe<IndirectEvaporativeAhu>(
      "indirect_evaporative_ahu", "cooling",
      "Indirect evaporative air handler with direct-expansion trim");
}

}  // namespace steppe::models
