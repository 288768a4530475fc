#include "models/cooling/closed_tower.h"

namespace steppe::models {

const core::ParamTable<ClosedTower::Params>& ClosedTower::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_flow", &Params::design_flow, "kg/s", core::required(40.0), {1e-2, 1e4},
           "Mass flow in the coil at design")
        .real("design_air_flow", &Params::design_air_flow, "kg/s", core::required(36.0),
              {1e-2, 1e4}, "Air mass flow at full fan speed, sea level")
        .real("fan_power", &Params::fan_power, "kW", core::required(15.0), {0, 1e4},
              "Electric power of the fans at full speed, sea level")
        .real("pump_power", &Params::pump_power, "kW", 2.0, {0, 1e3}, "Spray pump")
        .real("design_wet_bulb", &Params::design_wet_bulb, "degC", 21.0, {0, 32},
              "Wet bulb of the design point (wet)")
        .real("design_range", &Params::design_range, "K", 6.0, {2, 20},
              "Fluid cooled by, at design")
        .real("design_approach", &Params::design_approach, "K", 5.0, {2, 20},
              "Fluid outlet over wet bulb at design")
        .real("dry_share", &Params::dry_share, "1", 0.6, {0.1, 1},
              "Conductance of the dry coil over that of the sprayed one")
        .real("air_share", &Params::air_share, "1", 0.7, {0.3, 0.95},
              "Share of the resistance on the air side at design")
        .real("design_dp", &Params::design_dp, "kPa", 60.0, {0.1, 500},
              "Pressure drop of the coil at design flow")
        .real("volume", &Params::volume, "m3", 0.5, {1e-3, 1e3}, "Fluid in the coil")
        .real("draft", &Params::draft, "1", 0.08, {0.01, 0.5},
              "Air flow with fans off over the design flow")
        .real("cycles", &Params::cycles, "1", 4.0, {1.5, 20}, "Cycles of concentration")
        .real("fan_ramp", &Params::fan_ramp, "s", 5.0, {0.1, 120},
              "Time constant of the fan speed");
    MotorSupply::add_params(p);
    return p;
  }();
  return t;
}

core::Layout ClosedTower::layout() {
  core::Layout l;
  l.fluid(kIn, "in").fluid(kOut, "out").ac(kSupply, "supply").path(kIn, kOut);
  l.var(kMdot, {.name = "mdot",
                .unit = "kg/s",
                .kind = core::VarKind::algebraic,
                .atol = 1e-5,
                .help = "Mass flow from in to out"});
  l.var(kTemp, {.name = "temp_out",
                .unit = "K",
                .kind = core::VarKind::storage,
                .atol = 1e-4,
                .guess = 298.15,
                .energy = core::Energy::heat,
                .lo = 200.0,
                .hi = 370.0,
                .help = "Fluid leaving the coil"});
  l.var(kFan, {.name = "fan",
               .unit = "1",
               .kind = core::VarKind::lag,
               .atol = 1e-6,
               .guess = 0.5,
               .lo = -0.1,
               .hi = 1.3,
               .help = "Fan speed over the design speed"});
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
  input(kFanSpeed, "fan_speed", "1", 1.0, 0.0, 1.1, "Wanted fan speed over the design speed");
  input(kSpray, "spray", "1", 1.0, 0.0, 1.0, "Share of the coil that is sprayed");
  input(kAmbientTemp, "ambient_temp", "K", 293.15, 253.15, 318.15, "Dry bulb of the air", true);
  input(kWetBulb, "wet_bulb", "K", 288.15, 253.15, 303.15, "Wet bulb of the air", true);
  l.output(kHeat, "heat", "W", "Heat given to the air")
      .output(kPower, "power", "W", "Electric power of fans and spray pump")
      .output(kApproach, "approach", "K", "Fluid outlet over wet bulb")
      .output(kWater, "water", "kg/s", "Make-up: evaporation and blowdown", core::Role::water)
      .output(
          kFreeze, "freeze", "1",
          "1 when the fluid is near its freezing point or the spray runs below 0 degC wet bulb");
  MotorSupply::declare(l);
  return l;
}

void ClosedTower::prepare(Params& p, const core::Setup& s) {
  namespace ex = exchanger;
  p.prepare_supply();
  p.pressure = s.ambient_pressure;
  p.thin = s.ambient_pressure / 101325.0;
  // Conductance of the design point at sea level, by bisection on the kernel's own formula.
  const double out = p.design_wet_bulb + p.design_approach, in = out + p.design_range;
  const double c_s = slope(p.design_wet_bulb, 0.5 * (in + out), 101325.0);
  const double c_water = p.design_flow * s.medium[kIn]->cp, heat = c_water * p.design_range;
  double lo = 0.0, hi = 1e3 * c_water;
  for (int i = 0; i < 200; ++i) {
    const double mid = 0.5 * (lo + hi);
    const double q = ex::counterflow(mid * c_s / kCpAir, p.design_air_flow * c_s, c_water) *
                     (in - p.design_wet_bulb);
    (q < heat ? lo : hi) = mid;
  }
  p.ua = 0.5 * (lo + hi);
}

core::ComponentType closed_tower_model() {
  return core::describe<ClosedTower>("closed_tower", "cooling",
                                     "Closed-circuit cooling tower: sprayed coil, or dry");
}

}  // namespace steppe::models
