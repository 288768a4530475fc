#pragma once
#include "models/battery/cell.h"
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Container of a battery: insulated walls, a liquid loop along the cells with chiller and heater.
///
///   C_l dT_l/dt = UA_c·(T_cells − T_l) + P_heater + P_pump − Q_chiller + UA_a·(T_a − T_l)
///   C_a dT_a/dt = UA_a·(T_l − T_a) + UA·(T_amb − T_a)
///   UA = A / (2/h + d/k),   A: walls, roof and floor
///   P_heater = P_h·s((T_heat − T_l)/ΔT),   Q_chiller = Q_c·s((T_l − T_cool)/ΔT),   s: C¹, 0 to 1
///   P_chiller = Q_chiller / COP,   COP = cop·(1 − slope·(T_amb − 35 °C)), at least 1
///
/// Connect the battery's `waste` to `cells` and its coolant_temp to `coolant`. Everything
/// electrical fades with V² below 0.7 of the nominal voltage. The chiller's heat and the walls go
/// to ambient. Left out: sun, moisture, free cooling, the fan of the aisle, a part-load curve of
/// the chiller. Source: [Möller 2022] layers and dimensions of containers (h = 30 W/m²K; 40 ft: 50
/// mm rock wool of 0.05 W/mK, 115 W/K; 20 ft: 15 mm polyurethane of 0.022 W/mK, 88 W/K); otherwise
/// engineering. Range: −40 … 50 °C outside. Checked by: tests/unit/battery/container_test.cpp
struct BatteryContainer {
  struct Params {
    double voltage, length, width, height, insulation, conductivity, film, loop_capacity,
        air_capacity, cell_conductance, air_conductance, chiller_capacity, cop, cop_slope,
        heater_power, pump_power, heat_setpoint, band, temp_initial;
    double ua = 1.0;
  };
  enum Port : int { kSupply, kCells };
  enum Var : int { kCoolant, kAir };
  enum Input : int { kAmbient, kHeatSetpoint, kCoolSetpoint };
  enum Output : int { kPower, kHeater, kChiller, kCooling, kWalls };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    const double area = 2.0 * (p.length * p.width + p.length * p.height + p.width * p.height);
    p.ua = area / (2.0 / p.film + p.insulation / p.conductivity);
  }
  static double guess(const Params& p, int local) {
    if (local == 0) return p.voltage;
    if (local >= 2 && local <= 4) return p.temp_initial;
    return local == 1 ? 0.0 : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S &a = x.v_re(kSupply), &b = x.v_im(kSupply);
    const S v2 = a * a + b * b;
    const double v_min = 0.7 * p.voltage;
    const S served = served_share(v2, v_min);
    const S &loop = x.var(kCoolant), &air = x.var(kAir);
    const S heat_set = smooth_max(x.in(kHeatSetpoint), S(p.heat_setpoint), 1e-3);
    // The chiller never works against the heater.
    const S cool_set = smooth_max(x.in(kCoolSetpoint), heat_set + 2.0 * p.band, 1e-3);
    const S heater = p.heater_power * cell_fade(S((heat_set - loop) / p.band));
    const S chilled = p.chiller_capacity * cell_fade(S((loop - cool_set) / p.band));
    const S cop = smooth_max(p.cop * (1.0 - p.cop_slope * (x.in(kAmbient)-308.15)), S(1.0), 0.05);
    const S chiller = chilled / cop;
    const S power = heater + chiller + p.pump_power;
    out.power(kSupply, power, 0.3 * (chiller + p.pump_power), v_min);

    const S from_cells = p.cell_conductance * (x.temp(kCells) - loop);
    const S from_air = p.air_conductance * (air - loop);
    const S walls = p.ua * (air - x.in(kAmbient));
    out.heat(kCells, from_cells);
    out.balance(kCoolant, p.loop_capacity,
                from_cells + from_air + served * (heater + p.pump_power - chilled));
    out.balance(kAir, p.air_capacity, -from_air - walls);
    out.book(core::kUseCooling, served * power);
    out.book(core::kToAmbient, walls + served * (chilled + chiller));
    if (!out.wants_values()) return;
    out.value(kPower, served * power);
    out.value(kHeater, served * heater);
    out.value(kChiller, served * chiller);
    out.value(kCooling, served * chilled);
    out.value(kWalls, walls);
  }
};

core::ComponentType battery_container_model();

}  // namespace steppe::models
