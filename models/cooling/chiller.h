#pragma once
// Air-cooled packaged chiller with its evaporator in the loop.
#include "models/cooling/chiller_control.h"
#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Evaporator with one mixed volume at the outlet, capacity control on its outlet temperature:
///   Vρc·dT_out/dt = ṁc (T_in − T_out) − Q       Q = ramp·clamp(ṁc (T_in − T_set), 0, Q_cap)
///   Q_cap = Q_r·clamp(1 − a_amb (T_amb − T_amb,r) + a_out (T_out − T_out,r), 0.3, 1.25)
///   P = Q_cap·max(u, u_min)/COP + P_fan·u²      u = Q/Q_cap
///   COP = η_c·T_e/max(T_c − T_e, lift_min)      T_e = T_out − Δ_e·u,  T_c = T_amb + Δ_c·u·ρ₀/ρ
///   τ·d(ramp)/dt = running − ramp
/// Part-load behaviour comes from the approaches Δ, which shrink with load; below u_min the
/// compressor runs against hot-gas bypass. Heat of evaporator and motor leaves to ambient. Left
/// out: defrost, noise modes, refrigerant charge; humidity of the air does not matter.
struct Chiller {
  struct Params : ChillerControl {
    double capacity, rated_ambient, rated_outlet, carnot, lift_min, evaporator_approach,
        condenser_approach, ambient_slope, outlet_slope, min_load, fan_share, standby_power,
        design_flow, design_dp, volume;
    double density_factor = 0.0;
  };
  enum Port : int { kEvapIn, kEvapOut, kSupply };
  enum Var : int { kMdot, kTemp, kRamp };
  enum Input : int { kEnable, kSetpoint, kAmbientTemp };
  enum Output : int { kPower, kCooling, kCop, kLoad, kRunning, kCapacity };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s);
  static double guess(const Params& p, int local) {
    return local == 6 ? p.design_flow : std::nan("");
  }
  static void on_event(const Params& p, core::EventContext& e) { p.handle(e, 4, 9); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium& m = x.medium(kEvapIn);
    const bool on = ChillerControl::running(x.mode(0));
    const S &mdot = x.var(kMdot), &temp = x.var(kTemp), &ambient = x.in(kAmbientTemp);
    const S ratio = mdot * (1.0 / p.design_flow);
    out.equation(kMdot, x.p(kEvapIn) - x.p(kEvapOut) - hydraulics::drop(p.design_dp, ratio));
    const double width = 1e-3 * p.design_flow;
    const S from_fluid = out.flow(kEvapIn, kEvapOut, mdot, temp, temp, width);
    out.balance(kRamp, p.ramp_time, (on ? 1.0 : 0.0) - x.var(kRamp));

    S power = S(p.standby_power), q = S(0.0), load = S(0.0);
    const S capacity =
        p.capacity * smooth_clamp(S(1.0 - p.ambient_slope * (ambient - p.rated_ambient) +
                                    p.outlet_slope * (temp - p.rated_outlet)),
                                  0.3, 1.25, 0.01);
    if (on) {
      const S inlet = ex::inlet_temp(mdot, x.temp(kEvapIn), x.temp(kEvapOut), width);
      const S c_water = (p.design_flow * m.cp) * ex::magnitude(ratio, ex::kLeastFlow);
      load = x.var(kRamp) *
             smooth_clamp(S(c_water * (inlet - x.in(kSetpoint)) / capacity), 0.0, 1.0, 1e-3);
      q = capacity * load;
      const S t_evap = temp - p.evaporator_approach * load;
      const S t_cond = ambient + (p.condenser_approach * p.density_factor) * load * ambient;
      const S lift = smooth_max(t_cond - t_evap, p.lift_min, 1.0);
      const S input = smooth_max(load, p.min_load, 0.01);
      power = p.standby_power + capacity * input * lift / (p.carnot * t_evap) +
              p.fan_share * p.capacity * load * load;
    }
    const S drawn = p.draw(out, kSupply, power);
    out.balance(kTemp, p.volume * m.rho * m.cp, from_fluid - q);
    out.book(core::kUseCooling, drawn);
    out.book(core::kToAmbient, q + drawn);
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

core::ComponentType chiller_model();

}  // namespace steppe::models
