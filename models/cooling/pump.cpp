#include "models/cooling/pump.h"

namespace steppe::models {

const core::ParamTable<Pump::Params>& Pump::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("design_flow", &Params::design_flow, "kg/s", core::required(50.0), {1e-3, 1e4},
           "Mass flow at full speed and design head")
        .real("design_head", &Params::design_head, "kPa", core::required(250.0), {1, 2000},
              "Pressure rise at full speed and design flow")
        .real("efficiency", &Params::efficiency, "1", 0.75, {0.1, 0.95},
              "Hydraulic efficiency at the design point")
        .real("motor_efficiency", &Params::motor_efficiency, "1", 0.90, {0.3, 0.98},
              "Motor and drive together")
        .real("shutoff", &Params::shutoff, "1", 1.25, {1.02, 2.5},
              "Head at closed valve over the design head")
        .real("idle_power", &Params::idle_power, "1", 0.45, {0.05, 0.95},
              "Shaft power at closed valve over that of the design point")
        .real("ramp_time", &Params::ramp_time, "s", 2.0, {0.05, 60},
              "Time constant of the speed (drive ramp and inertia)");
    MotorSupply::add_params(p);
    return p;
  }();
  return t;
}

core::Layout Pump::layout() {
  core::Layout l;
  l.fluid(kIn, "in").fluid(kOut, "out").ac(kSupply, "supply").path(kIn, kOut);
  l.var(kMdot, {.name = "mdot",
                .unit = "kg/s",
                .kind = core::VarKind::algebraic,
                .atol = 1e-5,
                .help = "Mass flow from in to out"});
  l.var(kSpeed, {.name = "speed",
                 .unit = "1",
                 .kind = core::VarKind::lag,
                 .atol = 1e-6,
                 .guess = 1.0,
                 .lo = -0.1,
                 .hi = 1.4,
                 .help = "Speed over the design speed"});
  l.input(kCommand, {.name = "speed_command",
                     .unit = "1",
                     .value = 1.0,
                     .lo = 0.0,
                     .hi = 1.2,
                     .help = "Wanted speed over the design speed"});
  l.output(kPower, "power", "W", "Electric power")
      .output(kHead, "head", "Pa", "Pressure rise of the impeller")
      .output(kFlow, "volume_flow", "m3/s", "Volume flow")
      .output(kRunning, "running", "1", "1 while the drive turns it");
  MotorSupply::declare(l);
  return l;
}

double Pump::guess(const Params& p, int local) {
  return local == 6 ? p.design_flow : local == 7 ? 1.0 : std::nan("");
}

core::ComponentType pump_model() {
  return core::describe<Pump>("pump", "cooling",
                              "Centrifugal pump: affinity laws, drive ramp, check valve");
}

}  // namespace steppe::models
