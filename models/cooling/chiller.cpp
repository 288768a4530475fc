#include "models/cooling/chiller.h"

namespace steppe::models {

const core::ParamTable<Chiller::Params>& Chiller::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("capacity", &Params::capacity, "kW", core::required(1000.0), {1, 1e5},
           "Cooling capacity at the rated ambient and outlet temperatures")
        .real("design_flow", &Params::design_flow, "kg/s", core::required(25.0), {1e-2, 1e4},
              "Mass flow through the evaporator")
        .real("design_dp", &Params::design_dp, "kPa", 45.0, {0.1, 500},
              "Pressure drop of the evaporator at design flow")
        .real("volume", &Params::volume, "L", 150.0, {0.1, 1e5}, "Fluid held in the evaporator")
        .real("rated_ambient", &Params::rated_ambient, "degC", 35.0, {0, 50},
              "Ambient temperature of the rating")
        .real("rated_outlet", &Params::rated_outlet, "degC", 18.0, {-10, 35},
              "Outlet temperature of the rating")
        .real("ambient_slope", &Params::ambient_slope, "1/K", 0.009, {0, 0.05},
              "Capacity lost per kelvin of ambient temperature")
        .real("outlet_slope", &Params::outlet_slope, "1/K", 0.025, {0, 0.08},
              "Capacity gained per kelvin of outlet temperature")
        .real("carnot", &Params::carnot, "1", 0.55, {0.2, 0.75},
              "Efficiency against the Carnot cycle between saturation temperatures")
        .real("lift_min", &Params::lift_min, "K", 9.0, {3, 30},
              "Least difference of saturation temperatures (oil return, expansion valve)")
        .real("evaporator_approach", &Params::evaporator_approach, "K", 3.0, {0.5, 10},
              "Outlet over evaporation temperature at full load")
        .real("condenser_approach", &Params::condenser_approach, "K", 12.0, {2, 30},
              "Condensation over ambient temperature at full load and standard air density")
        .real("min_load", &Params::min_load, "1", 0.12, {0.01, 0.5},
              "Least load of the compressors; below it power stays")
        .real("fan_share", &Params::fan_share, "1", 0.02, {0, 0.1},
              "Condenser fan power at full load over the capacity")
        .real("standby_power", &Params::standby_power, "W", 300.0, {0, 1e5},
              "Controls, crankcase heating");
    ChillerControl::add_params(p);
    return p;
  }();
  return t;
}

core::Layout Chiller::layout() {
  core::Layout l;
  l.fluid(kEvapIn, "evap_in").fluid(kEvapOut, "evap_out").ac(kSupply, "supply");
  l.path(kEvapIn, kEvapOut);
  l.var(kMdot, {.name = "mdot",
                .unit = "kg/s",
                .kind = core::VarKind::algebraic,
                .atol = 1e-5,
                .help = "Mass flow through the evaporator"});
  l.var(kTemp, {.name = "temp_out",
                .unit = "K",
                .kind = core::VarKind::storage,
                .atol = 1e-4,
                .guess = 293.15,
                .energy = core::Energy::heat,
                .lo = 200.0,
                .hi = 450.0,
                .help = "Temperature leaving the evaporator"});
  l.var(kRamp, {.name = "ramp",
                .unit = "1",
                .kind = core::VarKind::lag,
                .atol = 1e-6,
                .guess = 1.0,
                .lo = -0.1,
                .hi = 1.1,
                .help = "Share of the wanted load that is given after a start"});
  l.input(kEnable, {.name = "enable",
                    .unit = "1",
                    .value = 0.0,
                    .lo = 0.0,
                    .hi = 1.0,
                    .help = "1: wanted to run"})
      .input(kSetpoint, {.name = "setpoint",
                         .unit = "K",
                         .value = 291.15,
                         .lo = 278.15,
                         .hi = 308.15,
                         .help = "Wanted outlet temperature"})
      .input(kAmbientTemp, {.name = "ambient_temp",
                            .unit = "K",
                            .value = 293.15,
                            .required = true,
                            .lo = 233.15,
                            .hi = 323.15,
                            .help = "Dry bulb of the outdoor air"});
  l.output(kPower, "power", "W", "Electric power, fans included")
      .output(kCooling, "cooling", "W", "Heat taken from the loop")
      .output(kCop, "cop", "1", "Cooling over electric power")
      .output(kLoad, "load", "1", "Cooling over present capacity")
      .output(kRunning, "running", "1", "1 while on")
      .output(kCapacity, "capacity_now", "W", "Capacity at present temperatures");
  ChillerControl::declare(l);
  return l;
}

void Chiller::prepare(Params& p, const core::Setup& s) {
  p.prepare_supply();
  // Thinner air raises the approach of the condenser: Δ·ρ₀/ρ with ρ = p/(R·T) of the ambient air.
  p.density_factor = 287.042 * 1.204 / s.ambient_pressure;
}

core::ComponentType chiller_model() {
  return core::describe<Chiller>("chiller", "cooling",
                                 "Air-cooled packaged chiller with start sequence");
}

}  // namespace steppe::models
