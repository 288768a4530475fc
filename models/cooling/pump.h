#pragma once
// Centrifugal pump with variable speed and check valve.
#include "models/cooling/hydraulics.h"
#include "models/cooling/motor_supply.h"
#include "sim/core/batch.h"

namespace steppe::models {

///   0 = p_in − p_out + Δp(n, ṁ) − Δp_check(ṁ)     Δp = n²h₀ − (h₀ − h_d)·x|x|,  x = ṁ/ṁ_d
///   P_el = P_d·(a·n³ + (1 − a)·n²·x)/η_motor       P_d = ṁ_d·h_d/(ρ·η)
///   τ·dn/dt = command·(running) − n
/// Affinity laws hold exactly; the efficiency is that of the design point along the affine power
/// curve. All electric power ends as heat in the fluid at the outlet (drive losses included), and
/// is booked as use of cooling. Off or tripped, the check valve lets 0.2 % of the design flow back
/// at design head. Left out: NPSH, rotor energy (a coasting pump draws nothing).
struct Pump {
  struct Params : MotorSupply {
    double design_flow, design_head, efficiency, motor_efficiency, shutoff, idle_power, ramp_time;
    double power_design = 0.0;  ///< electric W at the design point
  };
  enum Port : int { kIn, kOut, kSupply };
  enum Var : int { kMdot, kSpeed };
  enum Input : int { kCommand };
  enum Output : int { kPower, kHead, kFlow, kRunning };
  static constexpr double kLeak = 2e-3;

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s) {
    p.prepare_supply();
    p.power_design =
        p.design_flow * p.design_head / (s.medium[kIn]->rho * p.efficiency * p.motor_efficiency);
  }
  static double guess(const Params& p, int local);
  static void on_event(const Params& p, core::EventContext& e) { p.handle(e, 4); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const bool on = MotorSupply::turning(x.mode(0));
    const S& mdot = x.var(kMdot);
    const S& n = x.var(kSpeed);
    const S ratio = mdot * (1.0 / p.design_flow);
    const S head = hydraulics::rise(p.design_head, p.shutoff, n, ratio);
    out.equation(
        kMdot, x.p(kIn) - x.p(kOut) + head - hydraulics::check_valve(p.design_head, kLeak, ratio));
    const S command = on ? smooth_clamp(x.in(kCommand), 0.0, 1.2, 1e-3) : S(0.0);
    out.balance(kSpeed, p.ramp_time, command - n);
    const S demand = on ? p.power_design * hydraulics::shaft_power(p.idle_power, n, ratio) : S(0.0);
    const S power = p.draw(out, kSupply, demand);
    out.pass_flow(kIn, kOut, mdot, 1e-3 * p.design_flow);
    out.port_heat(kOut, -power);
    out.book(core::kUseCooling, power);
    if (out.wants_values()) {
      out.value(kPower, power);
      out.value(kHead, head);
      out.value(kFlow, mdot * (1.0 / x.medium(kIn).rho));
      out.value(kRunning, S(on ? 1.0 : 0.0));
    }
    p.set_guards(x, out, kSupply);
  }
};

core::ComponentType pump_model();

}  // namespace steppe::models
