#include "models/grid/renewable_plant.h"

namespace steppe::models {

const core::ParamTable<RenewablePlant::Params>& RenewablePlant::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .group("Size")
          .real("voltage", &Params::voltage, "kV", 10.0, {0.2, 220.0},
                "Nominal line-to-line voltage")
          .real("rating", &Params::rating, "MW", core::required(10.0), {1e-3, 1e5},
                "Largest power at the connection")
          .real("wind_rating", &Params::wind_rating, "MW", core::required(6.0), {0.0, 1e5},
                "Wind turbines")
          .real("pv_rating", &Params::pv_rating, "MW", core::required(6.0), {0.0, 1e5},
                "Photovoltaics at 1000 W/m2 and 25 °C")
          .real("hub_height", &Params::hub_height, "m", 100.0, {10.0, 250.0}, "Hub above ground")
          .real("shear", &Params::shear, "1", 0.14, {0.0, 0.5},
                "Exponent of the wind's growth with height")
          .real("power_factor", &Params::power_factor, "1", 1.0, {0.8, 1.0},
                "Displacement factor; the plant gives reactive power")
          .group("Grid")
          .real("v_min", &Params::v_min, "1", 0.8, {0.3, 0.95},
                "Voltage over nominal below which the current is limited")
          .real("undervoltage", &Params::undervoltage, "1", 0.2, {0.05, 0.9},
                "Voltage over nominal at which the plant stops")
          .real("reconnect_delay", &Params::reconnect_delay, "s", 60.0, {0.0, 3600.0},
                "Time that the voltage must be good before it returns")
          .real("over_frequency", &Params::over_frequency, "Hz", 0.2, {0.0, 5.0},
                "Deviation above which the power falls")
          .real("droop", &Params::droop, "%", 5.0, {0.5, 20.0},
                "Deviation over nominal that takes all of the power")
          .real("frequency", &Params::frequency, "Hz", 50.0, {40.0, 70.0}, "Nominal frequency");
  return table;
}

core::Layout RenewablePlant::layout() {
  return core::Layout{}
      .ac(kOut, "out")
      .input(kWind, {.name = "wind",
                     .unit = "m/s",
                     .value = 0.0,
                     .lo = 0.0,
                     .hi = 15.0,
                     .help = "Wind speed 10 m above ground"})
      .input(kGhi, {.name = "ghi",
                    .unit = "W/m2",
                    .value = 0.0,
                    .lo = 0.0,
                    .hi = 1200.0,
                    .help = "Global irradiance in the plane of the modules"})
      .input(kTemp, {.name = "ambient_temp",
                     .unit = "K",
                     .value = 293.15,
                     .lo = 240.0,
                     .hi = 310.0,
                     .help = "Air temperature"})
      .input(kDensity, {.name = "density",
                        .unit = "kg/m3",
                        .value = 1.225,
                        .lo = 0.8,
                        .hi = 1.5,
                        .help = "Density of the air"})
      .input(kLimit, {.name = "p_limit",
                      .unit = "W",
                      .value = 1e12,
                      .lo = 0.0,
                      .hi = 2e7,
                      .help = "Largest power that a dispatcher allows"})
      .input(kDeviation, {.name = "frequency_deviation",
                          .unit = "Hz",
                          .value = 0.0,
                          .lo = -1.0,
                          .hi = 2.0,
                          .help = "Frequency less its nominal value"})
      .output(kPower, "power", "W", "Power to the bus")
      .output(kAvailable, "available", "W", "Power that wind and sun would give")
      .output(kCurtailed, "curtailed", "W", "Power that is not taken")
      .mode(kState, {"state", {"running", "blocked", "waiting", "off"}, kRunning})
      .guard(kUndervoltage, "undervoltage", "Voltage below the limit of the converter")
      .guard(kRecovered, "recovered", "Voltage good again")
      .timer(kReconnect, "reconnect", "End of the wait after an undervoltage")
      .command(kStart, "start", "Starts the plant")
      .command(kStop, "stop", "Stops the plant");
}

void RenewablePlant::on_event(const Params& p, core::EventContext& e) {
  using Kind = core::EventContext::Kind;
  int& state = e.modes[kState];
  if (e.kind == Kind::timer) {
    if (state == kWaiting) state = kRunning;
  } else if (e.kind == Kind::guard && e.id == kRecovered) {
    state = kWaiting;
    e.start_timer(kReconnect, p.reconnect_delay);
  } else if (e.kind == Kind::guard) {
    state = kBlocked;
    e.stop_timer(kReconnect);
  } else if (e.kind == Kind::command) {
    e.stop_timer(kReconnect);
    state = e.id == kStart ? kRunning : kOff;
  }
}

core::ComponentType renewable_plant_model() {
  return core::describe<RenewablePlant>("renewable_plant", "grid",
                                        "Wind turbines and photovoltaics on an ac bus");
}

}  // namespace steppe::models
