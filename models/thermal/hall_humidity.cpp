#include "models/thermal/hall_humidity.h"

namespace steppe::models {

const core::ParamTable<HallHumidity::Params>& HallHumidity::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("air_mass", &Params::air_mass, "kg", core::required(3000.0), {10, 1e7},
           "Air of the hall")
        .real("infiltration", &Params::infiltration, "kg/s", 0.1, {0, 1e3},
              "Outdoor air through doors, gaps and ventilation")
        .real("dew_point_min", &Params::dew_point_min, "degC", -9.0, {-30, 15},
              "Humidified to this dew point", "[ASHRAE TC9.9 2021], recommended")
        .real("dew_point_max", &Params::dew_point_max, "degC", 15.0, {0, 25},
              "Too humid above this dew point", "[ASHRAE TC9.9 2021], recommended")
        .real("capacity", &Params::capacity, "kg/h", 50.0, {0, 1e5}, "Most water of the humidifier")
        .choice("kind", &Params::kind, core::Choices{{"adiabatic", "steam"}}, Kind::adiabatic,
                "Where the heat of evaporation comes from: the air, or the supply")
        .real("adiabatic_energy", &Params::adiabatic_energy, "kWh/kg", 0.03, {1e-3, 0.2},
              "Electricity of an adiabatic humidifier per water", "0.01–0.06 kWh/kg")
        .real("steam_energy", &Params::steam_energy, "kWh/kg", 0.72, {0.62, 1.0},
              "Electricity of a steam humidifier per water", "0.69–0.75 kWh/kg")
        .real("coil_bypass", &Params::coil_bypass, "1", 0.3, {0, 1},
              "Share of the coil's air that does not meet its surface");
    MotorSupply::add_params(p);
    return p;
  }();
  return t;
}

core::Layout HallHumidity::layout() {
  core::Layout l;
  l.fluid(kAir, "air").ac(kSupply, "supply");
  l.var(kHumidity, {.name = "humidity",
                    .unit = "1",
                    .kind = core::VarKind::storage,
                    .atol = 1e-8,
                    .guess = 5e-3,
                    .lo = -1e-4,
                    .hi = 0.1,
                    .help = "Humidity ratio of the hall"});
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
  input(kAmbientHumidity, "ambient_humidity", "1", 3e-3, 0.0, 0.03, "Humidity ratio outdoors",
        true);
  input(kOutdoorFlow, "outdoor_flow", "kg/s", 0.0, 0.0, 100.0, "Air of an economiser");
  input(kOutdoorHumidity, "outdoor_humidity", "1", 5e-3, 0.0, 0.03, "Its humidity ratio");
  input(kCoilTemp, "coil_temp", "K", 373.15, 273.15, 373.15, "Coldest surface; default: none");
  input(kCoilFlow, "coil_flow", "kg/s", 0.0, 0.0, 100.0, "Air over that surface");
  input(kEnable, "enable", "1", 1.0, 0.0, 1.0, "0: humidifier off");
  l.output(kRelative, "relative_humidity", "1", "At the temperature of the node")
      .output(kDewPoint, "dew_point", "K", "Dew point of the hall")
      .output(kWater, "water", "kg/s", "Water of the humidifier", core::Role::water)
      .output(kPower, "power", "W", "Electric power of the humidifier")
      .output(kCondensate, "condensate", "kg/s", "Water condensing on the coil")
      .output(kTooDry, "too_dry", "1", "1 when the dew point is not held")
      .output(kTooHumid, "too_humid", "1", "1 above the upper dew point")
      .output(kCondensing, "condensing", "1", "1 while a surface is below the dew point");
  MotorSupply::declare(l);
  return l;
}

void HallHumidity::prepare(Params& p, const core::Setup& s) {
  p.prepare_supply();
  p.pressure = s.ambient_pressure;
  p.w_min = moist_air::saturation_humidity_ratio(p.dew_point_min, p.pressure);
  p.w_max = moist_air::saturation_humidity_ratio(p.dew_point_max, p.pressure);
}

core::ComponentType hall_humidity_model() {
  return core::describe<HallHumidity>("hall_humidity", "thermal",
                                      "Water in the hall's air: humidifier, infiltration, coil");
}

}  // namespace steppe::models
