#include "models/cooling/cooling_tower.h"

namespace steppe::models {

const core::ParamTable<CoolingTower::Params>& CoolingTower::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_flow", &Params::design_flow, "kg/s", core::required(40.0), {1e-2, 1e4},
           "Water mass flow at design")
        .real("design_air_flow", &Params::design_air_flow, "kg/s", core::required(32.0),
              {1e-2, 1e4}, "Air mass flow at full fan speed")
        .real("fan_power", &Params::fan_power, "kW", core::required(12.0), {0, 1e4},
              "Electric power of the fans at full speed")
        .real("design_wet_bulb", &Params::design_wet_bulb, "degC", 25.55, {0, 32},
              "Wet bulb of the design point")
        .real("design_range", &Params::design_range, "K", 5.56, {2, 20},
              "Water cooled by, at design")
        .real("design_approach", &Params::design_approach, "K", 3.89, {1.5, 15},
              "Water outlet over wet bulb at design (merkel)")
        .choice("model", &Params::model, core::Choices{{"merkel", "york"}}, Model::merkel,
                "merkel: sized by the design point; york: regression of a typical tower")
        .real("design_dp", &Params::design_dp, "kPa", 40.0, {0.1, 500},
              "Lift and nozzles at design flow")
        .real("volume", &Params::volume, "m3", 2.0, {1e-3, 1e4}, "Water in the basin")
        .real("free_convection", &Params::free_convection, "1", 0.125, {0.01, 0.5},
              "Air flow with fans off over the design flow", "[Wetter 2014]")
        .real("cycles", &Params::cycles, "1", 5.0, {1.5, 20}, "Cycles of concentration")
        .real("drift", &Params::drift, "1", 5e-5, {0, 1e-2}, "Drift over the water flow")
        .real("fan_ramp", &Params::fan_ramp, "s", 5.0, {0.1, 120}, "Time constant of the fan speed")
        .real("basin_heater", &Params::basin_heater, "kW", 0.0, {0, 1e4},
              "Electric heater of the basin, full at 3 degC, off at 5 degC");
    MotorSupply::add_params(p);
    return p;
  }();
  return t;
}

core::Layout CoolingTower::layout() {
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
                .help = "Water temperature in the basin"});
  l.var(kFan, {.name = "fan",
               .unit = "1",
               .kind = core::VarKind::lag,
               .atol = 1e-6,
               .guess = 0.5,
               .lo = -0.1,
               .hi = 1.3,
               .help = "Fan speed over the design speed"});
  l.input(kFanSpeed,
          {.name = "fan_speed",
           .unit = "1",
           .value = 1.0,
           .lo = -0.5,
           .hi = 1.1,
           .help = "Wanted fan speed over the design speed; negative: reversed, to thaw"})
      .input(kAmbientTemp, {.name = "ambient_temp",
                            .unit = "K",
                            .value = 293.15,
                            .lo = 253.15,
                            .hi = 318.15,
                            .help = "Dry bulb of the entering air"})
      .input(kWetBulb, {.name = "wet_bulb",
                        .unit = "K",
                        .value = 288.15,
                        .required = true,
                        .lo = 253.15,
                        .hi = 303.15,
                        .help = "Wet bulb of the entering air"})
      .input(kBypass, {.name = "bypass",
                       .unit = "1",
                       .value = 0.0,
                       .lo = 0.0,
                       .hi = 1.0,
                       .help = "Share of the water that goes to the basin past the fill"});
  l.output(kHeat, "heat", "W", "Heat given to the air")
      .output(kFanPower, "fan_power", "W", "Electric power of the fans")
      .output(kApproach, "approach", "K", "Water outlet over wet bulb")
      .output(kRange, "range", "K", "Water cooled by")
      .output(kWater, "water", "kg/s", "Make-up: evaporation, blowdown and drift",
              core::Role::water)
      .output(kEvaporation, "evaporation", "kg/s", "Water evaporated")
      .output(kIce, "ice", "1",
              "1 when ice may form: wet bulb below 0, basin below 5 degC, water on the fill")
      .output(kHeater, "heater", "W", "Electric power of the basin heater");
  MotorSupply::declare(l);
  return l;
}

void CoolingTower::prepare(Params& p, const core::Setup& s) {
  namespace ma = moist_air;
  p.prepare_supply();
  p.pressure = s.ambient_pressure;
  // NTU of the design point at sea level, by bisection on the heat of the same kernel formulas.
  constexpr double kSeaLevel = 101325.0;
  const double cp = s.medium[kIn]->cp;
  const double out = p.design_wet_bulb + p.design_approach, in = out + p.design_range;
  const double mean = 0.5 * (in + out);
  const auto saturated = [&](double t) {
    return ma::enthalpy(t, ma::saturation_humidity_ratio(t, kSeaLevel));
  };
  const double c_air =
      p.design_air_flow *
      tower::saturation_slope(mean, ma::saturation_humidity_ratio(mean, kSeaLevel));
  const double c_water = p.design_flow * cp, heat = c_water * p.design_range;
  const double full = p.design_air_flow * (saturated(in) - saturated(p.design_wet_bulb));
  double lo = 1e-3, hi = 30.0;
  for (int i = 0; i < 100; ++i) {
    const double mid = 0.5 * (lo + hi);
    (tower::effectiveness(mid, c_air / c_water) * full < heat ? lo : hi) = mid;
  }
  p.ntu = 0.5 * (lo + hi);
}

core::ComponentType cooling_tower_model() {
  return core::describe<CoolingTower>("cooling_tower", "cooling",
                                      "Open wet cooling tower: Merkel or YorkCalc");
}

}  // namespace steppe::models
