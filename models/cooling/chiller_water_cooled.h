#pragma once
// Water-cooled chiller by the DOE-2 curves.
#include <array>
#include <vector>

#include "models/cooling/chiller_control.h"
#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Evaporator and condenser with one mixed volume each at their outlets:
///   Q = ramp·clamp(ṁ_e c (T_e,in − T_set), 0, 1.02·Q_cap)        Q_cap = Q_r·CAPFT(T_e,out,
///   T_c,in) P = Q_cap/COP_r·EIRFT(T_e,out, T_c,in)·EIRFPLR(u)·u_c        u = max(Q/Q_cap, u_min)
///   CAPFT, EIRFT = a₀ + a₁x + a₂x² + a₃y + a₄y² + a₅xy in °C     u_c = (Q/Q_cap)/u: cycling
///   condenser takes Q + P
/// [EnergyPlus 2024, Chiller:Electric:EIR]; temperatures are held at the limits of the curves.
/// Defaults: Carrier 19XR 742 kW with variable speed [EnergyPlus 2024, Chillers data set]. For
/// chilled water of 18–27 °C the curves end at 10 °C: take `chiller` (Carnot) or own curves. Left
/// out: condenser water flow dependence beyond its entering temperature, surge.
struct ChillerWaterCooled {
  struct Params : ChillerControl {
    double capacity, cop, evap_flow, cond_flow, evap_dp, cond_dp, volume, evap_min, evap_max,
        cond_min, cond_max, min_load, max_load, standby_power;
    std::vector<double> cap_ft, eir_ft, eir_plr;
    std::array<double, 6> cap{}, eir{};  ///< derived
    std::array<double, 3> plr{};
  };
  enum Port : int { kEvapIn, kEvapOut, kCondIn, kCondOut, kSupply };
  enum Var : int { kMdotEvap, kMdotCond, kTempEvap, kTempCond, kRamp };
  enum Input : int { kEnable, kSetpoint };
  enum Output : int { kPower, kCooling, kCop, kLoad, kRunning, kCapacity };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s);
  static double guess(const Params& p, int local);
  static void on_event(const Params& p, core::EventContext& e) { p.handle(e, 8, 15); }

  template <class S>
  static S biquadratic(const std::array<double, 6>& c, const S& x, const S& y) {
    return c[0] + x * (c[1] + c[2] * x + c[5] * y) + y * (c[3] + c[4] * y);
  }
  /// Shares of the reference: capacity, and electric power at load `u` of that capacity. `evap`,
  /// `cond` in °C.
  template <class S>
  static void performance(const Params& p, const S& evap, const S& cond, const S& u, S& capacity,
                          S& power) {
    constexpr double kCorner = 0.01;  // K
    const S x = smooth_clamp(evap, p.evap_min - 273.15, p.evap_max - 273.15, kCorner);
    const S y = smooth_clamp(cond, p.cond_min - 273.15, p.cond_max - 273.15, kCorner);
    capacity = smooth_max(biquadratic(p.cap, x, y), 0.05, 1e-3);
    const S running = smooth_max(u, p.min_load, 1e-3);
    const S part = p.plr[0] + running * (p.plr[1] + running * p.plr[2]);
    power = capacity * smooth_max(biquadratic(p.eir, x, y), 0.05, 1e-3) * part * u / running;
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium &me = x.medium(kEvapIn), &mc = x.medium(kCondIn);
    const bool on = ChillerControl::running(x.mode(0));
    const S &evap = x.var(kMdotEvap), &cond = x.var(kMdotCond);
    const S &temp_evap = x.var(kTempEvap), &temp_cond = x.var(kTempCond);
    const S ratio = evap * (1.0 / p.evap_flow), ratio_cond = cond * (1.0 / p.cond_flow);
    out.equation(kMdotEvap, x.p(kEvapIn) - x.p(kEvapOut) - hydraulics::drop(p.evap_dp, ratio));
    out.equation(kMdotCond, x.p(kCondIn) - x.p(kCondOut) - hydraulics::drop(p.cond_dp, ratio_cond));
    const double width = 1e-3 * p.evap_flow, width_cond = 1e-3 * p.cond_flow;
    const S from_evap = out.flow(kEvapIn, kEvapOut, evap, temp_evap, temp_evap, width);
    const S from_cond = out.flow(kCondIn, kCondOut, cond, temp_cond, temp_cond, width_cond);
    out.balance(kRamp, p.ramp_time, (on ? 1.0 : 0.0) - x.var(kRamp));

    const S entering = ex::inlet_temp(cond, x.temp(kCondIn), x.temp(kCondOut), width_cond);
    const S evap_degc = temp_evap - 273.15, cond_degc = entering - 273.15;
    S share, unused;
    performance(p, evap_degc, cond_degc, S(0.0), share, unused);
    const S capacity = p.capacity * share;
    S q = S(0.0), load = S(0.0), demand = S(p.standby_power);
    if (on) {
      const S inlet = ex::inlet_temp(evap, x.temp(kEvapIn), x.temp(kEvapOut), width);
      const S c_water = (p.evap_flow * me.cp) * ex::magnitude(ratio, ex::kLeastFlow);
      load = x.var(kRamp) *
             smooth_clamp(S(c_water * (inlet - x.in(kSetpoint)) / capacity), 0.0, p.max_load, 1e-3);
      q = capacity * load;
      S power;
      performance(p, evap_degc, cond_degc, load, share, power);
      demand = demand + (p.capacity / p.cop) * power;
    }
    const S drawn = p.draw(out, kSupply, demand);
    out.book(core::kUseCooling, drawn);
    out.balance(kTempEvap, p.volume * me.rho * me.cp, from_evap - q);
    out.balance(kTempCond, p.volume * mc.rho * mc.cp, from_cond + q + drawn);
    if (out.wants_values()) {
      out.value(kPower, drawn);
      out.value(kCooling, q);
      out.value(kCop, q / (drawn + 1.0));
      out.value(kLoad, load);
      out.value(kRunning, S(on ? 1.0 : 0.0));
      out.value(kCapacity, capacity);
    }
    p.set_guards(x, out, kSupply, kEnable);
  }
};

core::ComponentType chiller_water_cooled_model();

}  // namespace steppe::models
