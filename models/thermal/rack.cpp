#include "models/thermal/rack.h"

namespace steppe::models {

const core::ParamTable<Rack::Params>& Rack::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.group("design")
        .real("design_power", &Params::design_power, "kW", core::required(120.0), {0.1, 1e5},
              "Largest power behind the power supplies")
        .real("design_liquid_fraction", &Params::design_liquid_fraction, "1", 0.8, {0.05, 0.98},
              "Share of that which the cold plates are sized for")
        .real("coolant_rise", &Params::coolant_rise, "K", 10.0, {2, 30},
              "Coolant temperature rise at design: sets the design flow")
        .real("coolant_dp", &Params::coolant_dp, "kPa", 70.0, {1, 500},
              "Pressure drop of manifold, cold plates and balancing valve at design flow")
        .real("coolant_volume", &Params::coolant_volume, "L", 20.0, {0.1, 1e5},
              "Coolant held in the rack")
        .real("air_rise", &Params::air_rise, "K", 12.0, {3, 40},
              "Air temperature rise at design: sets the design air flow")
        .real("fan_head", &Params::fan_head, "Pa", 120.0, {5, 1500},
              "Pressure rise of the server fans = internal drop at design");
    p.group("chips")
        .real("chip_rise", &Params::chip_rise, "K", 35.0, {5, 80},
              "Junction over mean coolant temperature at design power and flow")
        .real("chip_flow_share", &Params::chip_flow_share, "1", 0.6, {0, 1},
              "Share of that resistance which follows flow^-0.6")
        .real("chip_heat", &Params::chip_heat, "J/K/W", 0.5, {0.01, 5},
              "Heat capacity of dies and plates per watt of design liquid heat")
        .real("server_heat", &Params::server_heat, "J/K/W", 10.0, {0.1, 50},
              "Heat capacity of the air-cooled parts per watt of design air heat")
        .real("throttle_temp", &Params::throttle_temp, "degC", 86.0, {40, 110},
              "Junction temperature above which clocks fall")
        .real("throttle_slope", &Params::throttle_slope, "1/K", 0.08, {0.005, 0.5},
              "Power given up per kelvin above it")
        .boolean("throttles", &Params::throttles, true,
                 "Power follows the throttle at once; false when the load already does it")
        .real("trip_temp", &Params::trip_temp, "degC", 97.0, {45, 130}, "Junction trip")
        .real("trip_air_temp", &Params::trip_air_temp, "degC", 80.0, {40, 120},
              "Trip on the temperature of the air-cooled parts");
    p.group("fans")
        .real("fan_min", &Params::fan_min, "1", 0.25, {0.02, 1}, "Least speed of the server fans")
        .real("fan_knee", &Params::fan_knee, "degC", 27.0, {15, 45},
              "Inlet temperature above which the fans speed up")
        .real("fan_gain", &Params::fan_gain, "1/K", 0.03, {0, 0.2}, "Speed added per kelvin");
    p.group("supply")
        .real("voltage", &Params::voltage, "V", 240.0, {40, 1000}, "Nominal dc voltage")
        .real("voltage_low", &Params::voltage_low, "1", 0.8, {0.3, 0.95},
              "Lower end of the supplies' window, in nominal voltages")
        .real("hold_up", &Params::hold_up, "s", 0.02, {1e-3, 1},
              "How long the bulk capacitors carry the load below the window")
        .real("restart_delay", &Params::restart_delay, "s", 300.0, {0, 1e5},
              "Boot time after the voltage is back; 0: stays off until power_on")
        .real("psu_a", &Params::psu_a, "1", 0.006, {1e-3, 0.1},
              "No-load loss of the supplies over design power")
        .real("psu_b", &Params::psu_b, "1", 0.012, {0, 0.1}, "Loss proportional to load")
        .real("psu_c", &Params::psu_c, "1", 0.016, {0, 0.1}, "Loss proportional to load squared")
        .real("psu_time", &Params::psu_time, "s", 0.02, {1e-3, 1},
              "Time constant of the supplies' input (bulk capacitors)");
    return p;
  }();
  return t;
}

core::Layout Rack::layout() {
  using core::VarKind;
  core::Layout l;
  l.dc(kSupply, "supply").fluid(kCoolantIn, "coolant_in").fluid(kCoolantOut, "coolant_out");
  l.fluid(kAirIn, "air_in").fluid(kAirOut, "air_out");
  l.path(kCoolantIn, kCoolantOut).path(kAirIn, kAirOut);
  l.var(kMdot, {.name = "mdot",
                .unit = "kg/s",
                .kind = VarKind::algebraic,
                .atol = 1e-6,
                .help = "Coolant mass flow"});
  l.var(kMdotAir, {.name = "mdot_air",
                   .unit = "kg/s",
                   .kind = VarKind::algebraic,
                   .atol = 1e-6,
                   .help = "Air mass flow"});
  auto temp = [&](int id, const char* name, double guess, const char* help) {
    l.var(id, {.name = name,
               .unit = "K",
               .kind = VarKind::storage,
               .atol = 1e-4,
               .guess = guess,
               .energy = core::Energy::heat,
               .lo = 200.0,
               .hi = 500.0,
               .help = help});
  };
  temp(kChipTemp, "chip_temp", 340.0, "Junction temperature of an average device");
  temp(kCoolantTemp, "coolant_temp", 313.0, "Coolant leaving the rack");
  temp(kAirTemp, "air_temp", 310.0, "Air leaving the rack");
  l.var(kPIn, {.name = "p_in",
               .unit = "W",
               .kind = VarKind::lag,
               .atol = 1e-2,
               .guess = 5e4,
               .lo = -1e3,
               .help = "Power drawn from the dc supply inside its window"});
  l.input(kItPower, {.name = "it_power",
                     .unit = "W",
                     .value = 0.0,
                     .required = true,
                     .lo = 0.0,
                     .hi = 120e3,
                     .help = "Power of electronics and server fans behind the power supplies"})
      .input(kLiquidFraction, {.name = "liquid_fraction",
                               .unit = "1",
                               .value = 0.8,
                               .lo = 0.0,
                               .hi = 1.0,
                               .help = "Share of it_power that the cold plates take"});
  l.output(kCoolantInlet, "coolant_inlet_temp", "K", "Coolant entering", core::Role::coolant_temp)
      .output(kAirInlet, "air_inlet_temp", "K", "Air entering", core::Role::inlet_temp)
      .output(kThrottle, "throttle", "1", "1, less when chips are too hot")
      .output(kPowered, "powered", "1", "1 while the rack runs")
      .output(kLost, "lost", "1", "1 while it does not", core::Role::rack_lost)
      .output(kUnserved, "unserved", "W", "Computing power not served", core::Role::unserved)
      .output(kPsuLoss, "psu_loss", "W", "Loss of the power supplies")
      .output(kHeatLiquid, "heat_liquid", "W", "Heat into the cold plates")
      .output(kHeatAir, "heat_air", "W", "Heat into the air")
      .output(kFan, "fan", "1", "Speed of the server fans");
  l.mode(0, {"state", {"on", "sag", "off", "recovering", "stopped", "tripped"}, kOn})
      .guard(kUndervoltage, "undervoltage", "supply below the window")
      .guard(kRecovered, "voltage_back", "supply back in the window")
      .guard(kOverheat, "overheat", "chip or air above its trip temperature")
      .timer(kHoldUp, "hold_up", "bulk capacitors empty")
      .timer(kRestart, "restart", "booted again")
      .command(kPowerOff, "power_off", "shuts the rack down")
      .command(kPowerOn, "power_on", "starts it after a stop, a trip or an outage");
  return l;
}

void Rack::prepare(Params& p, const core::Setup& s) {
  const core::Medium &mc = *s.medium[kCoolantIn], &ma = *s.medium[kAirIn];
  p.liquid_design = p.design_power * p.design_liquid_fraction;
  p.air_design = psu_input(p, p.design_power) - p.liquid_design;
  p.flow_design = p.liquid_design / (mc.cp * p.coolant_rise);
  p.air_flow_design = p.air_design / (ma.cp * p.air_rise);
  p.resistance = p.chip_rise / p.liquid_design;
  p.chip_capacity = p.chip_heat * p.liquid_design;
  p.coolant_capacity = p.coolant_volume * mc.rho * mc.cp;
  p.server_capacity = p.server_heat * p.air_design;
}

double Rack::guess(const Params& p, int local) {
  switch (local) {
    case 0:
      return p.voltage;
    case 9:
      return p.flow_design;
    case 10:
      return 0.6 * p.air_flow_design;
    case 14:
      return 0.5 * p.design_power;
    default:
      return std::nan("");
  }
}

void Rack::on_event(const Params& p, core::EventContext& e) {
  using Kind = core::EventContext::Kind;
  int& m = e.modes[0];
  const bool live = e.x[0] >= p.voltage_low * p.voltage;
  switch (e.kind) {
    case Kind::start:
      if (m == kOn || m == kOff) m = live ? kOn : kOff;
      break;
    case Kind::guard:
      if (e.id == kUndervoltage && m == kOn) {
        m = kSag;
        e.start_timer(kHoldUp, p.hold_up);
      } else if (e.id == kRecovered && m == kSag) {
        m = kOn;
        e.stop_timer(kHoldUp);
      } else if (e.id == kRecovered && m == kOff) {
        if (p.restart_delay > 0.0) {
          m = kRecovering;
          e.start_timer(kRestart, p.restart_delay);
        } else {
          m = kStopped;
        }
      } else if (e.id == kOverheat) {
        m = kTripped;
        e.stop_timer(kHoldUp);
        e.text = "shut down by temperature";
      }
      break;
    case Kind::timer:
      if (e.id == kHoldUp && m == kSag) {
        m = kOff;
        e.text = "lost by undervoltage";
      } else if (e.id == kRestart && m == kRecovering) {
        m = live ? kOn : kOff;
      }
      break;
    case Kind::command:
      e.stop_timer(kHoldUp);
      e.stop_timer(kRestart);
      if (e.id == kPowerOff) m = kStopped;
      if (e.id == kPowerOn) m = live ? kOn : kOff;
      break;
  }
}

core::ComponentType rack_model() {
  return core::describe<Rack>("rack", "thermal",
                              "Liquid-cooled IT rack: power supplies, cold plates, server fans");
}

}  // namespace steppe::models
