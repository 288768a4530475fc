#pragma once
#include <array>

#include "models/battery/cell.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// One decomposition reaction of a cell: rate = A·f(c)·e^{−E/RT} [1/s], heat per volume H·W [J/m³].
struct RunawayReaction {
  double a, e, h, w;  ///< 1/s, J/mol, J/kg, kg/m³
};

/// One cell of a pack that is heated from outside (`heat`: a nail, a short, a fire) and decomposes.
/// Its neighbours are the battery's mean temperature; a battery management sees it as `temp_max`
/// and `gas`. One-way: what it gives warms the site, not the battery of `neighbour_temp`.
///
///   SEI           dc_s/dt = −A c_s e^{−E/RT},                          c_s(0) = 0.15
///   anode         dc_a/dt = −A c_a e^{−z/z₀} e^{−E/RT},   dz/dt = −dc_a/dt,   c_a(0) = 0.75,
///                 z(0) = z₀ = 0.033
///   cathode       dβ/dt = −A β(1 − β) e^{−E/RT},                       β(0) = 0.96
///   electrolyte   dc_e/dt = −A c_e e^{−E/RT},                          c_e(0) = 1
///   m·c dT/dt = V·Σ H_k W_k r_k + heat − (T − T_neighbour)/R_th
///
/// What can still decompose is stored heat, V·H·W of each part: the ledger follows it by the
/// states, which closes to rounding however steeply the reactions answer to the temperature.
/// Constants: SEI, anode and electrolyte [Kim 2007], LFP cathode as for iron phosphate in the same
/// form; they are those of cobalt-oxide cells where nothing else is published and not fitted to any
/// cell: read onsets as ± 20 K. Left out: venting, fire, propagation, internal short.
/// Range: 250 … 1500 K. Checked by: tests/unit/battery/runaway_test.cpp
struct CellRunaway {
  struct Params {
    double volume, heat_capacity, thermal_resistance, vent_temp, temp_initial;
    std::array<double, 4> stored{};  ///< J in a whole part: V·H·W
  };
  enum Port : int { kWaste };
  enum Var : int { kTemp, kSei, kAnode, kCathode, kElectrolyte };
  enum Input : int { kNeighbour, kHeat };
  enum Output : int { kReaction, kGas, kConversion };
  static constexpr double kSei0 = 0.15, kAnode0 = 0.75, kCathode0 = 0.96, kLayer0 = 0.033;
  /// SEI, anode, cathode, electrolyte.
  static constexpr std::array<RunawayReaction, 4> kReactions{{{1.667e15, 135.08e3, 257e3, 610.4},
                                                              {2.5e13, 135.08e3, 1714e3, 610.4},
                                                              {2.0e8, 103e3, 194e3, 1221.0},
                                                              {5.14e25, 274e3, 155e3, 406.9}}};

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static double guess(const Params& p, int local);
  static void prepare(Params& p, const core::Setup&) {
    for (size_t k = 0; k < kReactions.size(); ++k)
      p.stored[k] = p.volume * kReactions[k].h * kReactions[k].w;
  }

  /// A·e^{−E/RT} [1/s].
  template <class S>
  static S speed(const RunawayReaction& r, const S& temp) {
    return r.a * exp(-r.e / 8.314462618 / temp);
  }
  /// Semenov's number: (E/RT₀²)·(heat at T₀)/(conductance); a reaction that is not used up runs
  /// away from surroundings of T₀ when it is above 1/e [Semenov 1928].
  static double semenov(const RunawayReaction& r, double volume, double conductance, double temp) {
    return r.e / (8.314462618 * temp * temp) * volume * r.h * r.w * speed(r, temp) / conductance;
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S &temp = x.var(kTemp), &sei = x.var(kSei), &anode = x.var(kAnode),
            &cathode = x.var(kCathode), &liquid = x.var(kElectrolyte);
    const S layer = kLayer0 + kAnode0 - anode;
    const S r_sei = speed(kReactions[0], temp) * sei;
    const S r_anode = speed(kReactions[1], temp) * anode * exp(-layer / kLayer0);
    const S r_cathode = speed(kReactions[2], temp) * cathode * (1.0 - cathode);
    const S r_liquid = speed(kReactions[3], temp) * liquid;
    const S q_sei = p.stored[0] * r_sei, q_anode = p.stored[1] * r_anode,
            q_cathode = p.stored[2] * r_cathode, q_liquid = p.stored[3] * r_liquid;
    const S reaction = q_sei + q_anode + q_cathode + q_liquid;
    const S away = (temp - x.in(kNeighbour)) / p.thermal_resistance;
    out.balance(kTemp, p.heat_capacity, reaction + x.in(kHeat)-away);
    out.balance(kSei, p.stored[0], -q_sei);
    out.balance(kAnode, p.stored[1], -q_anode);
    out.balance(kCathode, p.stored[2], -q_cathode);
    out.balance(kElectrolyte, p.stored[3], -q_liquid);
    out.heat(kWaste, -away);
    // What heats it from outside comes from a short: the cell's own chemistry.
    out.book(core::kBatteryChem, 1.0 * x.in(kHeat));
    out.book(core::kUseChain, 1.0 * x.in(kHeat));
    if (!out.wants_values()) return;
    out.value(kReaction, reaction);
    out.value(kGas, S(core::value(temp) > p.vent_temp ? 1.0 : 0.0));
    out.value(kConversion, 1.0 - anode / kAnode0);
  }
};

core::ComponentType cell_runaway_model();

}  // namespace steppe::models
