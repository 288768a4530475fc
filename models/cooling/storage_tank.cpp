#include "models/cooling/storage_tank.h"

namespace steppe::models {

const core::ParamTable<StorageTank::Params>& StorageTank::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("volume", &Params::volume, "m3", core::required(200.0), {0.01, 1e6}, "Water volume")
        .real("design_flow", &Params::design_flow, "kg/s", core::required(100.0), {1e-2, 1e5},
              "Flow of the pressure drop")
        .real("design_dp", &Params::design_dp, "kPa", 15.0, {0.1, 500},
              "Pressure drop of diffusers and connections at design flow")
        .real("conduction", &Params::conduction, "W/K", 30.0, {0, 1e6},
              "Between neighbouring layers: water, wall and slow mixing")
        .real("loss_ua", &Params::loss_ua, "W/K", 100.0, {0, 1e6}, "To the surroundings")
        .real("initial_temp", &Params::initial_temp, "degC", 15.0, {-30, 95},
              "Temperature of all layers at the start");
    return p;
  }();
  return t;
}

core::Layout StorageTank::layout() {
  core::Layout l;
  l.fluid(kTop, "top").fluid(kBottom, "bottom").path(kTop, kBottom);
  l.var(kMdot, {.name = "mdot",
                .unit = "kg/s",
                .kind = core::VarKind::algebraic,
                .atol = 1e-5,
                .help = "Mass flow from top to bottom"});
  for (int i = 0; i < kLayers; ++i)
    l.var(kFirst + i, {.name = "layer_" + std::to_string(i + 1),
                       .unit = "K",
                       .kind = core::VarKind::storage,
                       .atol = 1e-4,
                       .guess = 288.15,
                       .initial = true,
                       .energy = core::Energy::heat,
                       .lo = 200.0,
                       .hi = 450.0,
                       .help = "Temperature of a layer, 1 at the top"});
  l.var(kCharging, {.name = "charging",
                    .unit = "1",
                    .kind = core::VarKind::algebraic,
                    .atol = 1e-6,
                    .help = "Flow from bottom to top over design_flow: cold comes in"});
  l.input(kAmbientTemp, {.name = "ambient_temp",
                         .unit = "K",
                         .value = 293.15,
                         .lo = 233.15,
                         .hi = 323.15,
                         .help = "Temperature around the tank"});
  l.output(kStored, "cold_stored", "J", "Cold held relative to the initial temperature")
      .output(kMeanTemp, "mean_temp", "K", "Mean temperature")
      .output(kColdRate, "cold_rate", "W", "Cold that the flow brings, positive = charging");
  return l;
}

core::ComponentType storage_tank_model() {
  return core::describe<StorageTank>("storage_tank", "cooling",
                                     "Stratified water storage of eight layers");
}

}  // namespace steppe::models
