#include "models/cooling/heat_pump.h"

namespace steppe::models {

const core::ParamTable<HeatPump::Params>& HeatPump::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("capacity", &Params::capacity, "kW", core::required(1000.0), {1, 1e5},
           "Most heat to the hot side")
        .real("carnot", &Params::carnot, "1", 0.52, {0.2, 0.75},
              "Efficiency against the Carnot cycle between saturation temperatures")
        .real("lift_min", &Params::lift_min, "K", 15.0, {5, 40},
              "Least difference of saturation temperatures")
        .real("approach", &Params::approach, "K", 3.0, {0.5, 10},
              "Saturation beyond outlet temperature, either side")
        .real("source_flow", &Params::source_flow, "kg/s", core::required(25.0), {1e-2, 1e4},
              "Design flow of the cold side")
        .real("sink_flow", &Params::sink_flow, "kg/s", core::required(12.0), {1e-2, 1e4},
              "Design flow of the hot side")
        .real("source_dp", &Params::source_dp, "kPa", 40.0, {0.1, 500},
              "Pressure drop of the cold side")
        .real("sink_dp", &Params::sink_dp, "kPa", 40.0, {0.1, 500}, "Pressure drop of the hot side")
        .real("volume", &Params::volume, "L", 100.0, {0.1, 1e5}, "Water in either side")
        .real("source_min", &Params::source_min, "degC", 10.0, {-20, 60},
              "The source is cooled no further than this")
        .real("standby_power", &Params::standby_power, "W", 300.0, {0, 1e5}, "Controls");
    ChillerControl::add_params(p);
    return p;
  }();
  return t;
}

core::Layout HeatPump::layout() {
  core::Layout l;
  l.fluid(kSourceIn, "source_in").fluid(kSourceOut, "source_out").fluid(kSinkIn, "sink_in");
  l.fluid(kSinkOut, "sink_out").ac(kSupply, "supply");
  l.path(kSourceIn, kSourceOut).path(kSinkIn, kSinkOut);
  auto flow = [&](int id, const char* name, const char* help) {
    l.var(id, {.name = name,
               .unit = "kg/s",
               .kind = core::VarKind::algebraic,
               .atol = 1e-5,
               .help = help});
  };
  flow(kMdotSource, "mdot_source", "Mass flow of the cold side");
  flow(kMdotSink, "mdot_sink", "Mass flow of the hot side");
  auto temp = [&](int id, const char* name, double guess, const char* help) {
    l.var(id, {.name = name,
               .unit = "K",
               .kind = core::VarKind::storage,
               .atol = 1e-4,
               .guess = guess,
               .energy = core::Energy::heat,
               .lo = 200.0,
               .hi = 450.0,
               .help = help});
  };
  temp(kTempSource, "temp_source", 293.15, "Temperature leaving the cold side");
  temp(kTempSink, "temp_sink", 333.15, "Temperature leaving the hot side");
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
                         .value = 338.15,
                         .lo = 303.15,
                         .hi = 358.15,
                         .help = "Wanted temperature leaving the hot side"});
  l.output(kPower, "power", "W", "Electric power")
      .output(kHeating, "heating", "W", "Heat to the hot side")
      .output(kCop, "cop", "1", "Heat over electric power")
      .output(kLoad, "load", "1", "Heat over capacity")
      .output(kRunning, "running", "1", "1 while on");
  ChillerControl::declare(l);
  return l;
}

core::ComponentType heat_pump_model() {
  return core::describe<HeatPump>("heat_pump", "cooling",
                                  "Water-to-water heat pump, loaded by its hot side");
}

}  // namespace steppe::models
