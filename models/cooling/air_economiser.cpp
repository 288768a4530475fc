#include "models/cooling/air_economiser.h"

namespace steppe::models {

const core::ParamTable<AirEconomiser::Params>& AirEconomiser::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_air_flow", &Params::design_air_flow, "kg/s", core::required(15.0), {0.1, 1e4},
           "Supply air at full fan speed and clean filters")
        .real("fan_head", &Params::fan_head, "Pa", 400.0, {10, 3000},
              "Pressure rise of the fans: filters, pads, hall")
        .real("fan_power", &Params::fan_power, "kW", 8.0, {0, 1e4}, "Fans at full speed")
        .real("pump_power", &Params::pump_power, "kW", 0.5, {0, 1e3}, "Pump of the pads")
        .real("filter_share", &Params::filter_share, "1", 0.35, {0, 0.9},
              "Share of clean G4 and F7 filters in that pressure at full outdoor air")
        .real("pad_effectiveness", &Params::pad_effectiveness, "1", 0.85, {0, 0.98},
              "How close the pads bring outdoor air to its wet bulb")
        .real("least_damper", &Params::least_damper, "1", 0.01, {0, 1},
              "Outdoor share with the damper closed: leakage, fresh air")
        .real("metal_heat", &Params::metal_heat, "kJ/K", 200.0, {1, 1e5},
              "Heat capacity of the casing")
        .real("fan_ramp", &Params::fan_ramp, "s", 5.0, {0.1, 120}, "Time constant of the fans")
        .real("damper_time", &Params::damper_time, "s", 30.0, {0.1, 600},
              "Time constant of the dampers")
        .real("cycles", &Params::cycles, "1", 3.0, {1.5, 20}, "Cycles of concentration");
    MotorSupply::add_params(p);
    return p;
  }();
  return t;
}

core::Layout AirEconomiser::layout() {
  core::Layout l;
  l.fluid(kAirIn, "air_in").fluid(kAirOut, "air_out").ac(kSupply, "supply").path(kAirIn, kAirOut);
  l.var(kMdot, {.name = "mdot",
                .unit = "kg/s",
                .kind = core::VarKind::algebraic,
                .atol = 1e-5,
                .help = "Supply air"});
  l.var(kTemp, {.name = "temp_air",
                .unit = "K",
                .kind = core::VarKind::storage,
                .atol = 1e-4,
                .guess = 296.15,
                .energy = core::Energy::heat,
                .lo = 200.0,
                .hi = 450.0,
                .help = "Supply air before the fan's heat"});
  auto lag = [&](int id, const char* name, double guess, const char* help) {
    l.var(id, {.name = name,
               .unit = "1",
               .kind = core::VarKind::lag,
               .atol = 1e-6,
               .guess = guess,
               .lo = -0.1,
               .hi = 1.3,
               .help = help});
  };
  lag(kFan, "fan", 0.8, "Fan speed over the design speed");
  lag(kDamper, "damper", 0.3, "Share of outdoor air");
  l.var(kOutdoorFlow, {.name = "outdoor_flow",
                       .unit = "kg/s",
                       .kind = core::VarKind::algebraic,
                       .atol = 1e-5,
                       .guess = 3.0,
                       .help = "Outdoor air taken in"});
  l.var(kOutdoorHumidity, {.name = "outdoor_humidity",
                           .unit = "1",
                           .kind = core::VarKind::algebraic,
                           .atol = 1e-8,
                           .guess = 5e-3,
                           .help = "Its humidity ratio behind the pads"});
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
  input(kFanSpeed, "fan_speed", "1", 1.0, 0.0, 1.1, "Wanted fan speed");
  input(kOutdoorShare, "outdoor_share", "1", 1.0, 0.0, 1.0, "Wanted share of outdoor air");
  input(kPad, "pad", "1", 0.0, 0.0, 1.0, "Share of the pads that is wetted");
  input(kLoading, "filter_loading", "1", 1.0, 1.0, 5.0, "Pressure drop of the filters over clean");
  input(kAmbientTemp, "ambient_temp", "K", 283.15, 233.15, 318.15, "Dry bulb outdoors", true);
  input(kWetBulb, "wet_bulb", "K", 278.15, 233.15, 308.15, "Wet bulb outdoors; with pads only");
  input(kAmbientHumidity, "ambient_humidity", "1", 5e-3, 0.0, 0.03, "Humidity ratio outdoors");
  l.output(kHeat, "heat", "W", "Heat carried outdoors, against return air")
      .output(kPower, "power", "W", "Electric power of fans and pump")
      .output(kWater, "water", "kg/s", "Make-up of the pads", core::Role::water)
      .output(kFilterDp, "filter_dp", "Pa", "Pressure drop of the filters");
  MotorSupply::declare(l);
  return l;
}

core::ComponentType air_economiser_model() {
  return core::describe<AirEconomiser>("air_economiser", "cooling",
                                       "Direct outdoor-air handler with filters and pads");
}

}  // namespace steppe::models
