#include "models/cooling/dry_cooler.h"

namespace steppe::models {

const core::ParamTable<DryCooler::Params>& DryCooler::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_flow", &Params::design_flow, "kg/s", core::required(25.0), {1e-2, 1e4},
           "Fluid mass flow at design")
        .real("design_air_flow", &Params::design_air_flow, "kg/s", core::required(80.0), {0.1, 1e5},
              "Air mass flow at full fan speed and standard density")
        .real("effectiveness", &Params::effectiveness, "1", 0.6, {0.1, 0.95},
              "Heat at design flows over (smaller capacity rate · initial temperature difference)")
        .real("fan_power", &Params::fan_power, "kW", core::required(20.0), {0, 1e4},
              "Electric power of all fans at full speed and standard density")
        .real("design_dp", &Params::design_dp, "kPa", 50.0, {0.1, 500},
              "Pressure drop of the coil at design flow")
        .real("volume", &Params::volume, "L", 150.0, {0.1, 1e5}, "Fluid held in the coil")
        .real("metal_heat", &Params::metal_heat, "kJ/K", 300.0, {0, 1e6},
              "Heat capacity of tubes and fins")
        .real("air_share", &Params::air_share, "1", 0.75, {0.3, 0.95},
              "Air-side share of the thermal resistance at design")
        .real("draft", &Params::draft, "1", 0.06, {0, 0.5},
              "Air flow by natural draft with fans off and louvres open, over the design flow")
        .real("fan_ramp", &Params::fan_ramp, "s", 5.0, {0.1, 120}, "Time constant of the fan speed")
        .real("viscosity_temp", &Params::viscosity_temp, "degC", 35.0, {-40, 95},
              "Fluid temperature for which the effectiveness is given")
        .real("freeze_margin", &Params::freeze_margin, "K", 1.0, {0, 20},
              "The freeze flag rises this far above the freezing point")
        .real("pad_effectiveness", &Params::pad_effectiveness, "1", 0.7, {0, 0.95},
              "Wet-bulb effectiveness of the adiabatic pads or sprays");
    MotorSupply::add_params(p);
    return p;
  }();
  return t;
}

core::Layout DryCooler::layout() {
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
                .hi = 450.0,
                .help = "Fluid temperature leaving the coil"});
  l.var(kFan, {.name = "fan",
               .unit = "1",
               .kind = core::VarKind::lag,
               .atol = 1e-6,
               .guess = 0.5,
               .lo = -0.1,
               .hi = 1.3,
               .help = "Fan speed over the design speed"});
  l.input(kFanSpeed, {.name = "fan_speed",
                      .unit = "1",
                      .value = 1.0,
                      .lo = 0.0,
                      .hi = 1.1,
                      .help = "Wanted fan speed over the design speed"})
      .input(kAmbientTemp, {.name = "ambient_temp",
                            .unit = "K",
                            .value = 293.15,
                            .required = true,
                            .lo = 233.15,
                            .hi = 323.15,
                            .help = "Dry bulb of the entering air"})
      .input(kLouvre, {.name = "louvre",
                       .unit = "1",
                       .value = 1.0,
                       .lo = 0.0,
                       .hi = 1.0,
                       .help = "1 open, 0 shut: chokes the natural draft"})
      .input(kSpray, {.name = "spray",
                      .unit = "1",
                      .value = 0.0,
                      .lo = 0.0,
                      .hi = 1.0,
                      .help = "Adiabatic assist, share of the pads that is wet"})
      .input(kWetBulb, {.name = "wet_bulb",
                        .unit = "K",
                        .value = 288.15,
                        .lo = 233.15,
                        .hi = 308.15,
                        .help = "Wet bulb of the entering air; matters with spray only"});
  l.output(kHeat, "heat", "W", "Heat given to the air")
      .output(kFanPower, "fan_power", "W", "Electric power of the fans")
      .output(kApproach, "approach", "K", "Fluid outlet over dry bulb")
      .output(kAirFlow, "air_flow", "kg/s", "Air mass flow")
      .output(kWallTemp, "wall_temp", "K", "Coldest tube wall")
      .output(kFreeze, "freeze", "1", "1 when the coldest wall is within the margin of freezing")
      .output(kWater, "water", "kg/s", "Water evaporated by the adiabatic assist",
              core::Role::water)
      .output(kEvap, "evaporation_heat", "W", "Latent heat of that water");
  MotorSupply::declare(l);
  l.mode(1, {"frost", {"clear", "freezing"}, 0})
      .guard(kFrost, "freezing", "coldest wall within the margin of the freezing point")
      .guard(kFrostOver, "thawed", "2 K above that");
  return l;
}

void DryCooler::prepare(Params& p, const core::Setup& s) {
  const core::Medium& m = *s.medium[kIn];
  p.prepare_supply();
  p.ua = exchanger::crossflow_ua(p.effectiveness, p.design_air_flow * kCpAir, p.design_flow * m.cp);
  p.density_factor = s.ambient_pressure / (kGas * kStandardDensity);
  p.log_mu_design = std::log(m.viscosity(p.viscosity_temp));
  p.heat_capacity = p.volume * m.rho * m.cp + p.metal_heat;
}

double DryCooler::guess(const Params& p, int local) {
  return local == 6 ? p.design_flow : std::nan("");
}

void DryCooler::on_event(const Params& p, core::EventContext& e) {
  p.handle(e, 4);
  if (e.kind != core::EventContext::Kind::guard) return;
  if (e.id == kFrost) e.modes[1] = 1;
  if (e.id == kFrostOver) e.modes[1] = 0;
}

core::ComponentType dry_cooler_model() {
  return core::describe<DryCooler>(
      "dry_cooler", "cooling",
      "Liquid-to-air cooler with variable fans, freeze flag and adiabatic assist");
}

}  // namespace steppe::models
