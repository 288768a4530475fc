#pragma once
// What a kernel sees (Local), what it says (LocalOut), and the discrete side of a component
// (EventContext).
//
// A component model M is a plain struct:
//   struct Params { … };                              numbers, with a ParamTable
//   static const ParamTable<Params>& params();
//   static Layout layout();
//   template <class S> static void eval(const Params&, const Local<S>&, LocalOut<S>&);     the only
//   place of its equations
// and, where it needs them:
//   static void prepare(Params&, const Setup&);       derived constants, after reading
//   static double guess(const Params&, int local);    start value of a local unknown (ports and
//   variables); NaN: no opinion static void on_event(const Params&, EventContext&);
#include <cmath>
#include <string>
#include <type_traits>

#include "sim/core/dual.h"
#include "sim/core/layout.h"
#include "sim/core/ledger.h"
#include "sim/core/medium.h"
#include "sim/core/process.h"

namespace steppe::core {

inline constexpr int kMaxLocals = 32;

/// Site-wide constants that models may size themselves with.
struct Setup {
  double altitude = 0.0;                  ///< m
  double ambient_pressure = 101325;       ///< Pa
  const Medium* const* medium = nullptr;  ///< per port, null for non-fluid
};

/// Flow direction split, C^∞: forward ≥ 0 and backward ≤ 0 with forward + backward = ṁ. `width`
/// kg/s.
template <class S>
struct FlowSplit {
  S forward, backward;
};
template <class S>
FlowSplit<S> split_flow(const S& mdot, double width) {
  using std::sqrt;
  const S a = sqrt(mdot * mdot + width * width);
  return {0.5 * (mdot + a), 0.5 * (mdot - a)};
}

template <class S>
struct Local {
  const S* x;  ///< local unknowns
  const int* port_offset;
  int n_port_unknowns;
  int n_vars;
  const int* modes;
  const Medium* const* media;

  const S& v_re(int port) const { return x[port_offset[port]]; }
  const S& v_im(int port) const { return x[port_offset[port] + 1]; }
  const S& v(int port) const { return x[port_offset[port]]; }  ///< dc
  const S& p(int port) const { return x[port_offset[port]]; }  ///< fluid
  const S& temp(int port) const {
    return media[port] ? x[port_offset[port] + 1] : x[port_offset[port]];
  }
  const S& var(int i) const { return x[n_port_unknowns + i]; }
  const S& in(int i) const { return x[n_port_unknowns + n_vars + i]; }
  int mode(int i) const { return modes[i]; }
  const Medium& medium(int port) const { return *media[port]; }
  /// |V| of an ac port [V]; `floor` keeps the slope finite on a dead bus.
  S v_abs(int port, double floor = 1e-3) const {
    using std::sqrt;
    return sqrt(v_re(port) * v_re(port) + v_im(port) * v_im(port) + floor * floor);
  }
};

template <class S>
struct LocalOut {
  S* r;            ///< rows, zeroed
  double* mass;    ///< lhs of own variables, or null
  double* ledger;  ///< rates [W], or null
  double* values;  ///< outputs, or null
  double* guards;  ///< or null
  const Local<S>* x;

  /// Current into an ac port, S-scaled [A].
  void current(int port, const S& i_re, const S& i_im) {
    r[x->port_offset[port]] += i_re;
    r[x->port_offset[port] + 1] += i_im;
  }
  /// Complex power into an ac port [W, var], as current at the present voltage. Below `v_min` [V]
  /// the load is an impedance (current falls with voltage), so that a dead bus stays solvable.
  /// Returns the real power drawn [W].
  S power(int port, const S& p, const S& q, double v_min) {
    const S& a = x->v_re(port);
    const S& b = x->v_im(port);
    const S v2 = a * a + b * b;
    // 1/max(V², v_min²), rounded over 2 % of v_min² so that the slope has no kink.
    const double m2 = v_min * v_min;
    const S g = 1.0 / (0.5 * (v2 + m2 + sqrt_of((v2 - m2) * (v2 - m2) + 4e-4 * m2 * m2)));
    current(port, (p * a + q * b) * g, (p * b - q * a) * g);
    return p * v2 * g;
  }
  /// Current into a dc port [A].
  void current(int port, const S& i) { r[x->port_offset[port]] += i; }
  /// Heat into a heat port [W].
  void heat(int port, const S& q) { r[x->port_offset[port]] += q; }
  /// Mass flow ṁ [kg/s] from port `a` through the component to port `b`. Fluid that goes a→b leaves
  /// with `temp_forward`, fluid that goes b→a leaves at `a` with `temp_backward` [K]. Returns the
  /// heat that the fluid brings into the component [W]. `width` [kg/s] rounds the reversal.
  S flow(int a, int b, const S& mdot, const S& temp_forward, const S& temp_backward, double width) {
    const Medium& m = x->medium(a);
    const auto f = split_flow(mdot, width);
    const S in_a =
        m.cp * (f.forward * (x->temp(a) - m.temp_ref) + f.backward * (temp_backward - m.temp_ref));
    const S out_b =
        m.cp * (f.forward * (temp_forward - m.temp_ref) + f.backward * (x->temp(b) - m.temp_ref));
    S* ra = r + x->port_offset[a];
    S* rb = r + x->port_offset[b];
    ra[0] += mdot;
    ra[1] += in_a;
    rb[0] -= mdot;
    rb[1] -= out_b;
    return in_a - out_b;
  }
  /// Flow without a temperature change of its own (valve, pipe without volume).
  void pass_flow(int a, int b, const S& mdot, double width) {
    flow(a, b, mdot, x->temp(a), x->temp(b), width);
  }
  /// Flow into one port only (make-up, expansion).
  void inflow(int port, const S& mdot, const S& enthalpy_flow) {
    r[x->port_offset[port]] += mdot;
    r[x->port_offset[port] + 1] += enthalpy_flow;
  }
  /// Extra heat [W] into the component through a fluid port (negative: the component warms the
  /// fluid there).
  void port_heat(int port, const S& q) { r[x->port_offset[port] + 1] += q; }

  /// lhs·d(var)/dt = rhs.
  void balance(int var, double lhs, const S& rhs) {
    r[x->n_port_unknowns + var] = rhs;
    if (mass) mass[var] = lhs;
  }
  /// 0 = residual.
  void equation(int var, const S& residual) { balance(var, 0.0, residual); }

  /// Adds `w` [W] to a ledger account.
  void book(Account a, const S& w) {
    if constexpr (std::is_same_v<S, double>)
      if (ledger) ledger[a] += w;
  }
  bool wants_values() const { return values != nullptr; }
  void value(int output, const S& v) {
    if constexpr (std::is_same_v<S, double>)
      if (values) values[output] = v;
  }
  void guard(int id, const S& g) {
    if constexpr (std::is_same_v<S, double>)
      if (guards) guards[id] = g;
  }

 private:
  static S sqrt_of(const S& s) {
    using std::sqrt;
    return sqrt(s);
  }
};

/// Discrete side: a guard fired, a timer ran out, a command came, or the run starts.
struct EventContext {
  enum class Kind { start, guard, timer, command };
  Kind kind;
  int id = 0;          ///< guard, timer or command
  double value = 0.0;  ///< argument of a command
  Nanoseconds now = 0;
  int* modes = nullptr;
  Nanoseconds* timers = nullptr;  ///< absolute instants; kNever = off
  const double* x = nullptr;      ///< local unknowns, layout order
  double* vars = nullptr;         ///< own variables (state jumps)
  std::string text;               ///< a remark for the event log

  void start_timer(int timer, double seconds) { timers[timer] = now + from_seconds(seconds); }
  void stop_timer(int timer) { timers[timer] = kNever; }
};

}  // namespace steppe::core
