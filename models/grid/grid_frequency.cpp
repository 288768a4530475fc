#include "models/grid/grid_frequency.h"

namespace steppe::models {

const core::ParamTable<GridFrequency::Params>& GridFrequency::params() {
  static const auto table =
      core::ParamTable<Params>{}
          .group("Area")
          .real("nominal", &Params::nominal, "Hz", 50.0, {40.0, 70.0}, "Nominal frequency")
          .real("system_power", &Params::system_power, "GW", 30.0, {1e-4, 2000.0},
                "Power of the machines that run in the area")
          .real("inertia", &Params::inertia, "s", 4.0, {0.05, 20.0},
                "Kinetic energy of the area at nominal frequency over its power",
                "[Kundur 1994, table 3.2]: 2.5 to 10 of a machine")
          .real("damping", &Params::damping, "1", 1.0, {0.0, 10.0},
                "Change of the load per unit over change of the frequency per unit",
                "[Kundur 1994, §11.1]: 1 to 2")
          .group("Primary response")
          .real("droop", &Params::droop, "1", 0.05, {0.0, 1.0},
                "Drop of frequency per unit for full power; 0: no governor", "[Kundur 1994, §11.1]")
          .real("deadband", &Params::deadband, "mHz", 0.0, {0.0, 500.0},
                "Deviation that governors do not see")
          .real("primary_limit", &Params::primary_limit, "1", 1.0, {0.001, 2.0},
                "Largest primary response over system_power")
          .real("governor_time", &Params::governor_time, "s", 0.2, {1e-3, 60.0},
                "Time constant of governor and gate", "[Kundur 1994, §11.1]")
          .real("chest_time", &Params::chest_time, "s", 0.3, {1e-5, 10.0},
                "Time constant of the steam chest", "[Kundur 1994, §11.1]")
          .real("reheat_time", &Params::reheat_time, "s", 7.0, {1e-3, 60.0},
                "Time constant of the reheater", "[Kundur 1994, §11.1]")
          .real("high_pressure_share", &Params::high_pressure_share, "1", 0.3, {0.0, 1.0},
                "Share of the power made before the reheater; 1: no reheat", "[Kundur 1994, §11.1]")
          .group("Secondary response")
          .real("secondary_time", &Params::secondary_time, "s", 0.0, {0.0, 3600.0},
                "Integral time of the automatic generation control; 0: none");
  return table;
}

core::Layout GridFrequency::layout() {
  const auto power = [](const char* name, double atol, const char* help) {
    return core::VarInfo{
        .name = name, .unit = "1", .kind = core::VarKind::lag, .atol = atol, .help = help};
  };
  auto reference = power("reference", 1e-9, "Load reference of the machines over system_power");
  reference.kind = core::VarKind::storage;
  return core::Layout{}
      .var(kDeviation, {.name = "deviation",
                        .unit = "Hz",
                        .kind = core::VarKind::storage,
                        .atol = 1e-6,
                        .help = "Frequency less its nominal value"})
      .var(kGate, power("gate", 1e-8, "Gate opening of the machines over system_power"))
      .var(kChest, power("chest", 1e-8, "Power of the high-pressure part over system_power"))
      .var(kReheat, power("reheat", 1e-8, "Power behind the reheater over system_power"))
      .var(kReference, reference)
      .input(kLostPower, {.name = "lost_power",
                          .unit = "W",
                          .value = 0.0,
                          .lo = 0.0,
                          .hi = 2e9,
                          .help = "Generation that is missing, or load that has come"})
      .input(kSitePower, {.name = "site_power",
                          .unit = "W",
                          .value = 0.0,
                          .lo = 0.0,
                          .hi = 1e9,
                          .help = "Power that the site draws (import of its utility)"})
      .output(kFrequency, "frequency", "Hz", "Frequency")
      .output(kRocof, "rocof", "Hz/s", "Rate of change of frequency")
      .output(kMechanical, "p_mechanical", "W", "Power of the turbines against the start")
      .output(kPrimary, "p_primary", "W", "Response that the governors order");
}

core::ComponentType grid_frequency_model() {
  return core::describe<GridFrequency>(
      "grid_frequency", "grid",
      "Frequency of the grid: swing equation, governor, turbine, secondary control");
}

}  // namespace steppe::models
