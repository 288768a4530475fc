#pragma once
// Water-to-water heat pump, loaded by its hot side.
#include "models/cooling/chiller_control.h"
#include "models/cooling/exchanger.h"
#include "models/cooling/hydraulics.h"
#include "sim/core/batch.h"

namespace steppe::models {

///   Q_h = ramp·clamp(min(ṁ_h c (T_set − T_h,in), ṁ_s c (T_s,in − T_s,min)/(1 − 1/COP)), 0, Q_r)
///   COP = η_c·T_cond/max(T_cond − T_evap, lift_min),  T_cond = T_h,out + Δ,  T_evap = T_s,out − Δ
///   P = Q_h/COP + standby        source gives Q_h − (P − standby), standby goes to the hot side
/// Both sides one mixed volume at the outlet. The second bound keeps the source outlet above
/// `source_min`. η_c 0.50–0.55 for 60–80 °C supply. Left out: capacity falling with lift (size it
/// at the design point), refrigerant limits.
struct HeatPump {
  struct Params : ChillerControl {
    double capacity, carnot, lift_min, approach, source_flow, sink_flow, source_dp, sink_dp, volume,
        source_min, standby_power;
  };
  enum Port : int { kSourceIn, kSourceOut, kSinkIn, kSinkOut, kSupply };
  enum Var : int { kMdotSource, kMdotSink, kTempSource, kTempSink, kRamp };
  enum Input : int { kEnable, kSetpoint };
  enum Output : int { kPower, kHeating, kCop, kLoad, kRunning };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) { p.prepare_supply(); }
  static double guess(const Params& p, int local) {
    return local == 10 ? p.source_flow : local == 11 ? p.sink_flow : std::nan("");
  }
  static void on_event(const Params& p, core::EventContext& e) { p.handle(e, 8, 15); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ex = exchanger;
    const core::Medium &ms = x.medium(kSourceIn), &mh = x.medium(kSinkIn);
    const bool on = ChillerControl::running(x.mode(0));
    const S &source = x.var(kMdotSource), &sink = x.var(kMdotSink);
    const S &temp_source = x.var(kTempSource), &temp_sink = x.var(kTempSink);
    const S ratio_source = source * (1.0 / p.source_flow), ratio_sink = sink * (1.0 / p.sink_flow);
    out.equation(kMdotSource,
                 x.p(kSourceIn) - x.p(kSourceOut) - hydraulics::drop(p.source_dp, ratio_source));
    out.equation(kMdotSink, x.p(kSinkIn) - x.p(kSinkOut) - hydraulics::drop(p.sink_dp, ratio_sink));
    const double width_source = 1e-3 * p.source_flow, width_sink = 1e-3 * p.sink_flow;
    const S from_source =
        out.flow(kSourceIn, kSourceOut, source, temp_source, temp_source, width_source);
    const S from_sink = out.flow(kSinkIn, kSinkOut, sink, temp_sink, temp_sink, width_sink);
    out.balance(kRamp, p.ramp_time, (on ? 1.0 : 0.0) - x.var(kRamp));
    S q = S(0.0), work = S(0.0), load = S(0.0);
    if (on) {
      const S in_source =
          ex::inlet_temp(source, x.temp(kSourceIn), x.temp(kSourceOut), width_source);
      const S in_sink = ex::inlet_temp(sink, x.temp(kSinkIn), x.temp(kSinkOut), width_sink);
      // Approaches at full load are used throughout: a few percent of the work at part load.
      const S hot = temp_sink + p.approach;
      const S inverse =  // 1/COP
          smooth_max(S(hot - temp_source + p.approach), p.lift_min, 1.0) / (p.carnot * hot);
      const S bounded = smooth_min(inverse, 0.8, 0.02);
      const S wanted = (p.sink_flow * mh.cp / p.capacity) *
                       ex::magnitude(ratio_sink, ex::kLeastFlow) * (x.in(kSetpoint)-in_sink);
      const S available = (p.source_flow * ms.cp / p.capacity) *
                          ex::magnitude(ratio_source, ex::kLeastFlow) * (in_source - p.source_min) /
                          (1.0 - bounded);
      load = x.var(kRamp) * smooth_clamp(smooth_min(wanted, available, 1e-3), 0.0, 1.0, 1e-3);
      q = p.capacity * load;
      work = q * bounded;
    }
    const S drawn = p.draw(out, kSupply, work + p.standby_power);
    // What is not drawn at low voltage is missing in the hot side, not in the source.
    out.book(core::kUseCooling, drawn);
    out.balance(kTempSource, p.volume * ms.rho * ms.cp, from_source - (q - work));
    out.balance(kTempSink, p.volume * mh.rho * mh.cp, from_sink + (q - work) + drawn);
    if (out.wants_values()) {
      out.value(kPower, drawn);
      out.value(kHeating, q - work + drawn);
      out.value(kCop, (q - work + drawn) / (drawn + 1.0));
      out.value(kLoad, load);
      out.value(kRunning, S(on ? 1.0 : 0.0));
    }
    p.set_guards(x, out, kSupply, kEnable);
  }
};

core::ComponentType heat_pump_model();

}  // namespace steppe::models
