#pragma once
// What a component model declares: ports, variables, inputs, outputs, modes, guards, timers,
// commands. Built once per type.
//
// Local unknowns of a component, in this order: [port unknowns | own variables | inputs]. Port
// unknowns belong to the node the port is connected to; row k of the kernel's result belongs to
// local unknown k (inputs have no row).
//   port kind   unknowns                                rows (positive INTO the component)
//   ac          v_re, v_im   line-to-line RMS phasor V  i_re, i_im   A, scaled so that P + jQ =
//   V·conj(I) of all phases dc          v            V                          i            A
//   fluid       p, T         Pa (gauge), K              ṁ kg/s, H W  (enthalpy relative to the
//   medium's temp_ref) heat        T            K                          Q            W
#include <string>
#include <utility>
#include <vector>

namespace steppe::core {

enum class PortKind { ac, dc, fluid, heat };
inline constexpr int width(PortKind k) { return k == PortKind::ac || k == PortKind::fluid ? 2 : 1; }

enum class VarKind {
  storage,  ///< energy or matter: never collapsed
  lag,      ///< lhs·dx/dt = target − x with lhs the time constant [s]; algebraic when a profile
            ///< collapses it
  algebraic,  ///< lhs = 0 always
};
enum class Energy {
  none,
  heat,
  electric
};  ///< lhs·dx/dt of a storage is a stored power of this ledger

struct PortInfo {
  std::string name;
  PortKind kind;
  int offset = 0;
  bool source = false;     ///< electrical: can hold an island's voltage
  bool reference = false;  ///< fluid: fixes the circuit's pressure and names its medium
  bool optional = false;   ///< may stay unconnected
};

struct VarInfo {
  std::string name;
  std::string unit;  ///< SI
  VarKind kind = VarKind::storage;
  double atol = 1e-6;    ///< noise level, in the unit
  double guess = 0.0;    ///< start of the steady search, unless the model gives guess(params, var)
  bool initial = false;  ///< the run starts at the guess instead of the steady value (SOC, tanks)
  Energy energy = Energy::none;
  double lo = -1e300,
         hi = 1e300;  ///< physical bounds: leaving them is a model error that shrinks the step
  std::string help;
};

struct InputInfo {
  std::string name, unit;
  double value = 0.0;  ///< when nothing is connected
  bool required = false;
  double lo = 0.0, hi = 1.0;  ///< plausible range (contract tests, forms, warnings)
  std::string help;
  /// "" or why a value [SI] is doubtful.
  std::string doubt(double v) const;
};

/// What an output means to the KPIs of a site.
enum class Role {
  none,
  inlet_temp,
  coolant_temp,
  soc,
  battery_power,     ///< W, positive discharge
  battery_capacity,  ///< J, usable at present
  site_power,        ///< W, from the utility
  unserved,          ///< W of computing without supply
  rack_lost,
  ups_transfer,
  water,  ///< kg/s
};
struct OutputInfo {
  std::string name, unit, help;
  Role role = Role::none;
};
struct ModeInfo {
  std::string name;
  std::vector<std::string> values;
  int initial = 0;
};
struct NamedInfo {
  std::string name, help;
};

class Layout {
 public:
  Layout& port(int id, std::string name, PortKind kind) {
    check_order(id, ports.size(), name);
    ports.push_back({std::move(name), kind, n_port_unknowns, false, false, false});
    n_port_unknowns += width(kind);
    return *this;
  }
  Layout& ac(int id, std::string name) { return port(id, std::move(name), PortKind::ac); }
  Layout& dc(int id, std::string name) { return port(id, std::move(name), PortKind::dc); }
  Layout& fluid(int id, std::string name) { return port(id, std::move(name), PortKind::fluid); }
  Layout& heat(int id, std::string name) { return port(id, std::move(name), PortKind::heat); }
  /// Marks of the port declared last.
  Layout& source() { return ports.back().source = true, *this; }
  Layout& reference() { return ports.back().reference = true, *this; }
  Layout& optional() { return ports.back().optional = true, *this; }

  /// Fluid can pass between these two ports (circuits are found along paths; the sides of an
  /// exchanger are separate).
  Layout& path(int a, int b) { return paths.emplace_back(a, b), *this; }

  Layout& var(int id, VarInfo v) {
    check_order(id, vars.size(), v.name);
    vars.push_back(std::move(v));
    return *this;
  }
  Layout& input(int id, InputInfo i) {
    check_order(id, inputs.size(), i.name);
    inputs.push_back(std::move(i));
    return *this;
  }
  Layout& output(int id, std::string name, std::string unit, std::string help,
                 Role role = Role::none) {
    check_order(id, outputs.size(), name);
    outputs.push_back({std::move(name), std::move(unit), std::move(help), role});
    return *this;
  }
  Layout& mode(int id, ModeInfo m) {
    check_order(id, modes.size(), m.name);
    modes.push_back(std::move(m));
    return *this;
  }
  /// Fires when its value reaches ≥ 0 from below. The handler must leave it < 0 with a margin
  /// (hysteresis) or dwell.
  Layout& guard(int id, std::string name, std::string help) {
    check_order(id, guards.size(), name);
    guards.push_back({std::move(name), std::move(help)});
    return *this;
  }
  Layout& timer(int id, std::string name, std::string help) {
    check_order(id, timers.size(), name);
    timers.push_back({std::move(name), std::move(help)});
    return *this;
  }
  Layout& command(int id, std::string name, std::string help) {
    check_order(id, commands.size(), name);
    commands.push_back({std::move(name), std::move(help)});
    return *this;
  }

  int n_locals() const { return n_port_unknowns + static_cast<int>(vars.size() + inputs.size()); }
  int n_rows() const { return n_port_unknowns + static_cast<int>(vars.size()); }

  std::vector<PortInfo> ports;
  std::vector<std::pair<int, int>> paths;
  std::vector<VarInfo> vars;
  std::vector<InputInfo> inputs;
  std::vector<OutputInfo> outputs;
  std::vector<ModeInfo> modes;
  std::vector<NamedInfo> guards, timers, commands;
  int n_port_unknowns = 0;

 private:
  static void check_order(int id, size_t expected, const std::string& name);
};

}  // namespace steppe::core
