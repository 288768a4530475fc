#pragma once
// The assembled site: one vector of named unknowns, M·dy/dt = f(t, y), one fixed sparse Jacobian,
// held inputs, modes, processes. `build` does the structural checks and reports every problem with
// its place.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/registry.h"

namespace steppe::core {

struct ComponentSpec {
  std::string id;
  const ComponentType* type = nullptr;
  std::shared_ptr<void> params;
  int units = 1;  ///< separate instances: id[0] … id[units−1] when there are several
  int count = 1;  ///< equal units that each instance stands for
  SourceLoc loc;
};
struct PortRef {
  std::string text;  ///< "component.port", "component[3].port"
  SourceLoc loc;
};
struct NodeSpec {
  std::string name;  ///< "" : named after its first port
  std::vector<PortRef> ports;
  double volume = 0.0;  ///< fluid: m3; 0: the smallest documented volume
  SourceLoc loc;
};
struct SignalSpec {
  std::string target;  ///< "component.input" or "process.input"
  std::string source;  ///< "component.variable", "component.output", "node.temp", "process.output";
                       ///< "" : constant
  double constant = 0.0;
  bool delayed = false;  ///< process to process: the value of the last instant (breaks a loop)
  SourceLoc target_loc, source_loc;
};
struct ProcessSpec {
  std::string id;
  const ProcessType* type = nullptr;
  std::shared_ptr<void> params;
  SourceLoc loc;
};
struct SystemSpec {
  double altitude = 0.0;
  std::vector<ComponentSpec> components;
  std::vector<NodeSpec> nodes;
  std::vector<SignalSpec> signals;
  std::vector<ProcessSpec> processes;
  ProcessSetup
      process_setup;  ///< seed, data_dir, start_epoch, read_yaml; the rest is filled per process
};

struct UnknownInfo {
  std::string name, unit;
  VarKind kind = VarKind::algebraic;
  double atol = 1e-6;
  bool initial = false;  ///< keeps its start value in the steady search
  Energy energy = Energy::none;
  double count = 1.0;  ///< equal units behind the instance (for stored energy)
  double lo = -1e300, hi = 1e300;
};

/// A recordable quantity: unknown, output or held input; `width` units.
struct ChannelRef {
  enum class From { unknown, output, held, mode };
  std::string name, unit, help;
  From from;
  Role role = Role::none;
  std::vector<int> index;     ///< per unit
  std::vector<double> count;  ///< per unit
};

/// Held input: value + slope·(t − since).
struct Held {
  std::vector<double> value, slope, since;
};

class System {
 public:
  static std::unique_ptr<System> build(const SystemSpec&, const Registry&, Diagnostics&);

  int size() const { return static_cast<int>(unknowns.size()); }

  // --- numbers that change in a run
  std::vector<double> y;
  std::vector<double> mass;  ///< diagonal of M under the profile in force; 0 = algebraic
  std::vector<int> modes;
  std::vector<Nanoseconds> timers;
  Held held;

  // --- evaluation; `t` in seconds since the start
  void residual(double t, const double* yy, double* f, Ledger* ledger = nullptr);
  void jacobian(double t, const double* yy, double* values);  ///< values[nnz + 1]
  /// Everything at once, for the end of a step; `guards` and `outputs` as in the functions below.
  void evaluate(double t, const double* yy, double* f, Ledger* ledger, double* outputs,
                double* guards);
  void outputs(double t, const double* yy, double* out);
  void guards(double t, const double* yy, double* g);
  /// Reads M from the kernels; lags faster than `collapse_below` [s] become algebraic.
  void refresh_mass(double collapse_below);
  /// What the rows of a Ledger of this system are about: its types of component, and last the
  /// "outdoors" that free ends of media lie in.
  const std::vector<std::string>& ledger_rows() const { return ledger_rows_; }
  /// Stored energy of the thermal / electric storages [J] relative to y = 0.
  LedgerArray stored(const double* yy) const;

  // --- structure
  std::vector<UnknownInfo> unknowns;
  std::vector<int> col_ptr, row_index;  ///< CSC with full diagonal
  std::vector<int> diagonal;            ///< nonzero of each diagonal entry
  int nnz() const { return static_cast<int>(row_index.size()); }

  struct ComponentRef {
    std::string id;  ///< with unit: "rack[3]"
    const ComponentType* type;
    Batch* batch;
    int k;
    SourceLoc loc;
    const Instance& instance() const { return batch->instances[static_cast<size_t>(k)]; }
  };
  std::vector<ComponentRef> components;
  std::map<std::string, std::vector<int>> component_ids;  ///< id -> its units in `components`
  struct GuardRef {
    int component, guard;
  };
  std::vector<GuardRef> guard_refs;
  struct TimerRef {
    int component, timer;
  };
  std::vector<TimerRef> timer_refs;

  struct SignalSource {
    enum class Kind { none, unknown, output, held } kind = Kind::none;
    int index = 0;
    bool delayed = false;
    int units = 1;  ///< equal units behind it; 0: nothing is connected
  };
  struct ProcessRef {
    std::string id;
    const ProcessType* type;
    std::vector<SignalInfo> signals;  ///< its outputs: the type's, then those by its parameters
    std::unique_ptr<Process> process;
    std::vector<std::vector<SignalSource>> inputs;  ///< [input][unit]
    std::vector<std::vector<int>> outputs;          ///< [output][unit] -> held index
    SourceLoc loc;
  };
  std::vector<ProcessRef> processes;  ///< in order of execution at one instant

  struct NodeRef {
    std::string name;
    PortKind kind;
    int first;                               ///< first unknown
    std::vector<std::pair<int, int>> ports;  ///< (component, port)
    const Medium* medium = nullptr;
  };
  std::vector<NodeRef> nodes;

  std::vector<ChannelRef> channels;
  const ChannelRef* find_channel(const std::string& name) const;
  int n_outputs = 0, n_guards = 0;
  std::vector<std::string> held_names;

 private:
  friend class SystemBuilder;
  friend class SystemStructure;
  const double* held_at(double t);
  std::vector<std::unique_ptr<Batch>> batches_;  ///< one per type of component
  std::vector<std::string> ledger_rows_;
  std::vector<std::unique_ptr<Medium>> media_;
  std::vector<double> u_, node_mass_;
  // Heat that no room takes up goes outdoors: a node of fixed temperature whose inflow is booked as
  // heat to ambient.
  static constexpr double kOutdoorsTemp = 273.15;
  int outdoors_ = -1;
  std::vector<int> outdoors_row_;  ///< nonzeros of its row
};

}  // namespace steppe::core
