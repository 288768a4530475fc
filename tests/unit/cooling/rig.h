#pragma once
// A small site put together in a test: models from the registry, ideal sources, steady state and
// runs with the ledger.
#include <string>
#include <utility>
#include <vector>

#include "models/registry.h"
#include "sim/core/system.h"
#include "sim/solve/event_loop.h"

namespace steppe::test {

/// Ideal flow source in a circuit: ṁ = input, leaves at the input temperature; books the heat that
/// it takes as heat to ambient.
struct FlowSource {
  struct Params {
    double unused;
  };
  enum Port : int { kIn, kOut };
  enum Input : int { kFlow, kTemp };
  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  template <class S>
  static void eval(const Params&, const core::Local<S>& x, core::LocalOut<S>& out) {
    out.equation(0, x.in(kFlow)-x.var(0));
    const S q = out.flow(kIn, kOut, x.var(0), x.in(kTemp), x.in(kTemp), 1e-6);
    out.book(core::kToAmbient, q);
  }
};

/// Warms what passes by `heat` W (booked as IT use drawn from a renewable: the ledger stays
/// closed).
struct Heater {
  struct Params {
    double unused;
  };
  enum Port : int { kIn, kOut };
  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  template <class S>
  static void eval(const Params&, const core::Local<S>& x, core::LocalOut<S>& out) {
    out.equation(0, x.p(kIn) - x.p(kOut) - 1.0 * x.var(0));
    out.pass_flow(kIn, kOut, x.var(0), 1e-4);
    out.port_heat(kOut, -x.in(0));
    out.book(core::kUseIt, x.in(0));
    out.book(core::kRenewable, x.in(0));
  }
};

/// Ideal dc voltage; what it gives is booked as renewable.
struct DcSource {
  struct Params {
    double voltage;
  };
  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static double guess(const Params& p, int local) { return local == 0 ? p.voltage : 0.0; }
  template <class S>
  static void eval(const Params&, const core::Local<S>& x, core::LocalOut<S>& out) {
    out.equation(0, x.v(0) - x.in(0));
    out.current(0, x.var(0));
    out.book(core::kRenewable, -x.var(0) * x.v(0));
  }
};

class Rig : public solve::Observer {
 public:
  Rig();
  using Values = std::vector<std::pair<std::string, double>>;
  using Words = std::vector<std::pair<std::string, std::string>>;
  /// Numbers in SI.
  Rig& add(const std::string& id, const std::string& type, const Values& values = {},
           const Words& words = {});
  Rig& node(const std::string& name, const std::vector<std::string>& ports, double volume = 0.0);
  Rig& set(const std::string& target, double value);                ///< constant input
  Rig& link(const std::string& target, const std::string& source);  ///< signal
  Rig& altitude(double metres);
  /// A utility "grid" on the node of these supply ports.
  Rig& power(const std::vector<std::string>& ports, double voltage = 400.0);

  core::System& build();
  void steady(double rtol = 1e-8);
  /// Runs to `t_end` from the steady state, in a profile; collects the event log.
  solve::RunSummary run(double t_end, solve::Profile profile = solve::profile_named("thermal"),
                        std::vector<solve::TimelineEvent> timeline = {});
  /// Timeline entries.
  solve::TimelineEvent change(double at, const std::string& input, double value) const;
  solve::TimelineEvent command(double at, const std::string& id, const std::string& name) const;

  double get(const std::string& name);  ///< unknown or output now
  core::LedgerArray rates();
  core::System& system() { return *system_; }

  std::vector<solve::EventRecord> events;
  std::vector<double> times;
  std::vector<std::string> watch;             ///< names recorded at every step
  std::vector<std::vector<double>> recorded;  ///< per watch name

  void sample(double t, const core::System&, const double* outputs, const core::Ledger*,
              bool jump) override;
  void record(double) override {}
  void event(const solve::EventRecord& e) override { events.push_back(e); }

 private:
  double find(const std::string& name, const double* outputs);
  core::Registry registry_;
  core::SystemSpec spec_;
  std::unique_ptr<core::System> system_;
};

/// Heat of all uses less all sinks [W]: 0 at rest.
double heat_imbalance(const core::LedgerArray& rates);

}  // namespace steppe::test
