#include "models/battery/battery.h"

#include <fmt/format.h>

namespace steppe::models {

const core::ParamTable<Battery::Params>& Battery::params() {
  static const auto table = [] {
    core::ParamTable<Params> t;
    t.group("Size")
        .integer("series", &Params::series, 416, {1, 2000}, "Cells in series")
        .integer("parallel", &Params::parallel, 12, {1, 100000}, "Strings in parallel");
    add_cell_rows(t);
    t.real("v_trip_low", &Params::v_trip_low, "V", 2.3, {1.5, 2.8},
           "Cell voltage that opens the contactors")
        .real("v_trip_high", &Params::v_trip_high, "V", 3.75, {3.5, 4.2},
              "Cell voltage that opens the contactors")
        .real("temp_trip", &Params::temp_trip, "degC", 60.0, {45.0, 80.0},
              "Cell temperature that opens the contactors")
        .group("Start")
        .real("soc_initial", &Params::soc_initial, "1", 0.6, {0.0, 1.0},
              "State of charge at the start")
        .real("temp_initial", &Params::temp_initial, "degC", 25.0, {-40.0, 60.0},
              "First estimate of the cell temperature; the steady start finds the value");
    return t;
  }();
  return table;
}

double Battery::guess(const Params& p, int local) {
  double u[CellTable::kResistance];
  p.table->voltages(p.soc_initial, u);
  if (local == 0) return p.series * u[CellTable::kOcv];
  if (local == 2 + kSoc) return p.soc_initial;
  if (local == 2 + kTemp) return p.temp_initial;
  const double one_c_power = p.n * p.q / 3600.0 * 3.2;
  if (local == 2 + kDischargeMax) return p.discharge_rate * one_c_power;
  if (local == 2 + kChargeMax) return p.charge_rate * one_c_power;
  return std::nan("");
}

core::Layout Battery::layout() {
  using core::Energy;
  using core::VarKind;
  return core::Layout{}
      .dc(kTerminal, "dc")
      .source()
      .heat(kWaste, "waste")
      .optional()
      .var(kSoc, {.name = "soc",
                  .unit = "1",
                  .atol = 1e-6,
                  .guess = 0.5,
                  .initial = true,
                  .lo = -0.2,
                  .hi = 1.2,
                  .help = "State of charge"})
      .var(kHysteresis,
           {.name = "hysteresis",
            .unit = "1",
            .atol = 1e-4,
            .guess = 0.0,
            .initial = true,
            .lo = -1.5,
            .hi = 1.5,
            .help = "Place in the hysteresis loop: 1 after charge, -1 after discharge"})
      .var(kV1, {.name = "v_fast",
                 .unit = "V",
                 .kind = VarKind::lag,
                 .atol = 1e-6,
                 .help = "Voltage of the fast RC pair of a cell"})
      .var(kV2, {.name = "v_slow",
                 .unit = "V",
                 .kind = VarKind::lag,
                 .atol = 1e-6,
                 .help = "Voltage of the slow RC pair of a cell"})
      .var(kTemp, {.name = "temp",
                   .unit = "K",
                   .atol = 1e-4,
                   .guess = 298.15,
                   .energy = Energy::heat,
                   .lo = 200.0,
                   .hi = 500.0,
                   .help = "Temperature of the cells"})
      .var(kDischargeMax, {.name = "p_discharge_max",
                           .unit = "W",
                           .kind = VarKind::algebraic,
                           .atol = 1.0,
                           .help = "Power that the battery can give now"})
      .var(kChargeMax, {.name = "p_charge_max",
                        .unit = "W",
                        .kind = VarKind::algebraic,
                        .atol = 1.0,
                        .help = "Power that the battery can take now"})
      .input(kCoolantTemp, {.name = "coolant_temp",
                            .unit = "K",
                            .value = 298.15,
                            .lo = 253.15,
                            .hi = 313.15,
                            .help = "Temperature of the cooling plates or the cell surroundings"})
      .input(kCapacityFactor, {.name = "capacity_factor",
                               .unit = "1",
                               .value = 1.0,
                               .lo = 0.5,
                               .hi = 1.0,
                               .help = "Capacity left over the new one"})
      .input(kResistanceFactor, {.name = "resistance_factor",
                                 .unit = "1",
                                 .value = 1.0,
                                 .lo = 1.0,
                                 .hi = 3.0,
                                 .help = "Resistance over the new one"})
      .input(kEnable, {.name = "enable",
                       .unit = "1",
                       .value = 1.0,
                       .lo = 0.0,
                       .hi = 1.0,
                       .help = "0 opens the contactors, 1 closes them again"})
      .output(kSocOut, "state_of_charge", "1", "State of charge", core::Role::soc)
      .output(kPower, "power", "W", "Power out of the terminal", core::Role::battery_power)
      .output(kCurrent, "current", "A", "Current out of the terminal")
      .output(kVoltage, "voltage", "V", "Terminal voltage")
      .output(kCellVoltage, "cell_voltage", "V", "Voltage of a cell")
      .output(kLoss, "p_loss", "W", "Heat of the cells")
      .output(kCapacity, "capacity", "J", "Energy between empty and full at present",
              core::Role::battery_capacity)
      .output(kRate, "c_rate", "1/h", "Current over capacity in one hour")
      .output(kConnection, "connected", "1", "1 while the contactors are closed")
      .mode(kContactor, {"contactor", {"connected", "open", "blocked"}, kConnected})
      .mode(kRange, {"range", {"measured", "extrapolated"}, kMeasured})
      .guard(kCellLow, "cell_voltage_low", "Cell voltage below its hard limit")
      .guard(kCellHigh, "cell_voltage_high", "Cell voltage above its hard limit")
      .guard(kHot, "too_hot", "Cell temperature above its hard limit")
      .guard(kDisabled, "disabled", "The battery management opens the contactors")
      .guard(kEnabled, "enabled", "The battery management closes the contactors")
      .guard(kLeaves, "unmeasured", "Colder or hotter than the resistances were measured at")
      .guard(kReturns, "measured", "Within the temperatures that the resistances were measured at")
      .command(kDoOpen, "open", "Opens the contactors")
      .command(kDoClose, "close", "Closes the contactors (also after a trip)");
}

void Battery::on_event(const Params& p, core::EventContext& e) {
  using Kind = core::EventContext::Kind;
  if (e.kind == Kind::guard && (e.id == kLeaves || e.id == kReturns)) {
    e.modes[kRange] = e.id == kLeaves ? kExtrapolated : kMeasured;
    if (e.id == kLeaves)
      e.text = fmt::format("{:.1f} degC; the resistances were measured from {:.0f} to {:.0f} degC",
                           e.x[2 + kTemp] - 273.15, p.table->coldest() - 273.15,
                           p.table->hottest() - 273.15);
    return;
  }
  int& contactor = e.modes[kContactor];
  if (e.kind == Kind::command) {
    contactor = e.id == kDoClose ? kConnected : kOpen;
  } else if (e.kind == Kind::guard && e.id == kDisabled) {
    contactor = kBlocked;
  } else if (e.kind == Kind::guard && e.id == kEnabled) {
    contactor = kConnected;
  } else if (e.kind == Kind::guard) {
    contactor = kOpen;
    const char* why[] = {"cell voltage low", "cell voltage high", "cells too hot"};
    e.text = why[e.id];
  }
}

core::ComponentType battery_model() {
  return core::describe<Battery>("battery", "battery", "LFP battery: cells in series and parallel");
}

}  // namespace steppe::models
