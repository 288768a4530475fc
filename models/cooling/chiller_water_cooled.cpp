#include "models/cooling/chiller_water_cooled.h"

#include <algorithm>

#include "sim/base/error.h"

namespace steppe::models {

namespace {
constexpr const char* kDataSet = "[EnergyPlus 2024, Chillers data set]";
}

const core::ParamTable<ChillerWaterCooled::Params>& ChillerWaterCooled::params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("capacity", &Params::capacity, "kW", 742.0, {1, 1e5},
           "Cooling capacity at the reference of the curves", kDataSet)
        .real("cop", &Params::cop, "1", 5.42, {1, 15}, "COP at the reference of the curves",
              kDataSet)
        .real("evap_flow", &Params::evap_flow, "kg/s", 17.8, {1e-2, 1e4},
              "Design flow of the evaporator", kDataSet)
        .real("cond_flow", &Params::cond_flow, "kg/s", 19.6, {1e-2, 1e4},
              "Design flow of the condenser", kDataSet)
        .real("evap_dp", &Params::evap_dp, "kPa", 45.0, {0.1, 500},
              "Pressure drop of the evaporator at design flow")
        .real("cond_dp", &Params::cond_dp, "kPa", 45.0, {0.1, 500},
              "Pressure drop of the condenser at design flow")
        .real("volume", &Params::volume, "L", 150.0, {0.1, 1e5}, "Water in either vessel")
        .real("standby_power", &Params::standby_power, "W", 300.0, {0, 1e5},
              "Controls, oil heating");
    p.group("curves")
        .list("cap_ft", &Params::cap_ft, "1",
              {.9797101, -.002895701, -.0008970718, .0103144, -.0007431651, .001453508},
              {-1e3, 1e3},
              "Capacity over the reference: 1, x, x², y, y², xy with x leaving evaporator, y "
              "entering condenser [°C]",
              kDataSet)
        .list("eir_ft", &Params::eir_ft, "1",
              {.9946139, -.04829399, .0004674277, -.001158726, .0005762583, .0002148192},
              {-1e3, 1e3}, "Power per capacity over the reference, same terms", kDataSet)
        .list("eir_plr", &Params::eir_plr, "1", {.1202277, .1396384, .7394038}, {-1e3, 1e3},
              "Power over that of full load: 1, u, u² with u the part load", kDataSet)
        .real("evap_min", &Params::evap_min, "degC", 5.56, {-20, 40}, "Curves hold from", kDataSet)
        .real("evap_max", &Params::evap_max, "degC", 10.0, {-20, 40}, "Curves hold to", kDataSet)
        .real("cond_min", &Params::cond_min, "degC", 11.25, {-10, 60}, "Curves hold from", kDataSet)
        .real("cond_max", &Params::cond_max, "degC", 23.89, {-10, 60}, "Curves hold to", kDataSet)
        .real("min_load", &Params::min_load, "1", 0.19, {0.01, 0.6},
              "Least continuous load; below it the machine cycles", kDataSet)
        .real("max_load", &Params::max_load, "1", 1.02, {0.5, 1.5}, "Most load", kDataSet);
    ChillerControl::add_params(p);
    return p;
  }();
  return t;
}

core::Layout ChillerWaterCooled::layout() {
  core::Layout l;
  l.fluid(kEvapIn, "evap_in").fluid(kEvapOut, "evap_out").fluid(kCondIn, "cond_in");
  l.fluid(kCondOut, "cond_out").ac(kSupply, "supply");
  l.path(kEvapIn, kEvapOut).path(kCondIn, kCondOut);
  auto flow = [&](int id, const char* name, const char* help) {
    l.var(id, {.name = name,
               .unit = "kg/s",
               .kind = core::VarKind::algebraic,
               .atol = 1e-5,
               .help = help});
  };
  flow(kMdotEvap, "mdot_evap", "Mass flow through the evaporator");
  flow(kMdotCond, "mdot_cond", "Mass flow through the condenser");
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
  temp(kTempEvap, "temp_evap", 281.15, "Temperature leaving the evaporator");
  temp(kTempCond, "temp_cond", 300.15, "Temperature leaving the condenser");
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
                         .value = 280.15,
                         .lo = 277.15,
                         .hi = 300.15,
                         .help = "Wanted evaporator outlet temperature"});
  l.output(kPower, "power", "W", "Electric power")
      .output(kCooling, "cooling", "W", "Heat taken from the chilled water")
      .output(kCop, "cop_now", "1", "Cooling over electric power")
      .output(kLoad, "load", "1", "Cooling over present capacity")
      .output(kRunning, "running", "1", "1 while on")
      .output(kCapacity, "capacity_now", "W", "Capacity at present temperatures");
  ChillerControl::declare(l);
  return l;
}

void ChillerWaterCooled::prepare(Params& p, const core::Setup&) {
  p.prepare_supply();
  if (p.cap_ft.size() != 6 || p.eir_ft.size() != 6 || p.eir_plr.size() != 3)
    throw UserError("chiller_water_cooled: cap_ft and eir_ft need 6 coefficients, eir_plr needs 3");
  std::copy(p.cap_ft.begin(), p.cap_ft.end(), p.cap.begin());
  std::copy(p.eir_ft.begin(), p.eir_ft.end(), p.eir.begin());
  std::copy(p.eir_plr.begin(), p.eir_plr.end(), p.plr.begin());
}

double ChillerWaterCooled::guess(const Params& p, int local) {
  return local == 10 ? p.evap_flow : local == 11 ? p.cond_flow : std::nan("");
}

core::ComponentType chiller_water_cooled_model() {
  return core::describe<ChillerWaterCooled>("chiller_water_cooled", "cooling",
                                            "Water-cooled chiller by DOE-2 curves");
}

}  // namespace steppe::models
