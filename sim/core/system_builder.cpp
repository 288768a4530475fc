// From a specification to a system: names, nodes, numbering, bindings. All checks report and go on.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>

#include "sim/core/system.h"
#include "sim/core/system_structure.h"

namespace steppe::core {
namespace {

/// "rack[3].inlet" -> {"rack", 3, "inlet"}; unit −1 = all units; false when there is no dot or the
/// index is no number.
struct Ref {
  std::string id, member;
  int unit = -1;
};
bool split_ref(const std::string& text, Ref& r) {
  const size_t dot = text.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == text.size()) return false;
  r.member = text.substr(dot + 1);
  r.id = text.substr(0, dot);
  r.unit = -1;
  if (r.id.back() == ']') {
    const size_t open = r.id.rfind('[');
    if (open == std::string::npos) return false;
    const std::string index = r.id.substr(open + 1, r.id.size() - open - 2);
    r.id.resize(open);
    if (index == "*") return true;
    if (index.empty() || index.size() > 7 ||
        index.find_first_not_of("0123456789") != std::string::npos)
      return false;
    r.unit = std::stoi(index);
  }
  return true;
}

/// "pod.supply[3]" -> "pod.supply"
std::string base_name(const std::string& name) {
  return name.back() == ']' ? name.substr(0, name.rfind('[')) : name;
}

struct DisjointSets {
  std::vector<int> parent;
  explicit DisjointSets(int n) : parent(static_cast<size_t>(n)) {
    std::iota(parent.begin(), parent.end(), 0);
  }
  int find(int i) {
    while (parent[static_cast<size_t>(i)] != i)
      i = parent[static_cast<size_t>(i)] =
          parent[static_cast<size_t>(parent[static_cast<size_t>(i)])];
    return i;
  }
  void join(int a, int b) { parent[static_cast<size_t>(find(a))] = find(b); }
};

template <class V>
std::vector<std::string> names_of(const V& infos) {
  std::vector<std::string> out;
  for (const auto& i : infos) out.push_back(i.name);
  return out;
}
template <class V>
int index_of(const V& infos, const std::string& name) {
  for (size_t i = 0; i < infos.size(); ++i)
    if (infos[i].name == name) return static_cast<int>(i);
  return -1;
}
std::string suggest(const std::string& word, const std::vector<std::string>& names) {
  if (const auto n = nearest(word, names); !n.empty()) return fmt::format("did you mean '{}'?", n);
  if (names.empty() || names.size() > 40) return {};
  return fmt::format("known: {}", fmt::join(names, ", "));
}

}  // namespace

class SystemBuilder {
 public:
  SystemBuilder(const SystemSpec& spec, const Registry& registry, Diagnostics& d)
      : spec_(spec), registry_(registry), diag_(d), sys_(std::make_unique<System>()) {}

  std::unique_ptr<System> run() {
    expand_components();
    if (!diag_.ok()) return nullptr;  // ids that mean two things make every later message wrong
    make_nodes();
    if (!diag_.ok()) return nullptr;
    assign_media();
    check_islands();
    if (!diag_.ok()) return nullptr;  // a circuit may lack its medium
    number_unknowns();
    declare_processes();
    if (!diag_.ok()) return nullptr;  // outputs that nobody knows make every later message wrong
    bind_inputs();
    if (!diag_.ok()) return nullptr;
    make_batches();
    if (!diag_.ok()) return nullptr;
    initial_values();
    make_processes();
    order_processes();
    if (!diag_.ok()) return nullptr;
    find_structure(*sys_, diag_);
    list_channels();
    if (!diag_.ok()) return nullptr;
    return std::move(sys_);
  }

 private:
  struct Unit {  // one instance before it moves into its batch
    std::string id;
    const ComponentSpec* spec;
    Instance instance;
    std::vector<int> port_node;  // node per port, −1 open
  };

  int add_held(std::string name, double value) {
    sys_->held_names.push_back(std::move(name));
    sys_->held.value.push_back(value);
    sys_->held.slope.push_back(0.0);
    sys_->held.since.push_back(0.0);
    return static_cast<int>(sys_->held.value.size()) - 1;
  }

  void expand_components() {
    std::map<std::string, SourceLoc> seen;
    auto unique = [&](const std::string& id, const SourceLoc& loc) {
      if (const auto [it, fresh] = seen.emplace(id, loc); !fresh)
        diag_.error(loc, fmt::format("id '{}' is used twice", id), {}, it->second);
    };
    for (const auto& p : spec_.processes) unique(p.id, p.loc);
    for (const auto& c : spec_.components) {
      unique(c.id, c.loc);
      const int n = c.units;
      for (int k = 0; k < n; ++k) {
        Unit u;
        u.id = n > 1 ? fmt::format("{}[{}]", c.id, k) : c.id;
        u.spec = &c;
        u.instance.id = u.id;
        u.instance.count = static_cast<double>(c.count);
        u.instance.params = c.params;
        u.port_node.assign(c.type->layout.ports.size(), -1);
        sys_->component_ids[c.id].push_back(static_cast<int>(units_.size()));
        units_.push_back(std::move(u));
      }
    }
  }

  std::vector<std::string> component_names() const {
    std::vector<std::string> out;
    for (const auto& [id, u] : sys_->component_ids) out.push_back(id);
    return out;
  }

  /// Units that a reference names; empty after an error.
  std::vector<int> find_units(const Ref& r, const std::string& text, const SourceLoc& loc) {
    const auto it = sys_->component_ids.find(r.id);
    if (it == sys_->component_ids.end()) {
      diag_.error(loc, fmt::format("'{}': there is no component '{}'", text, r.id),
                  suggest(r.id, component_names()));
      return {};
    }
    if (r.unit < 0) return it->second;
    if (r.unit >= static_cast<int>(it->second.size())) {
      diag_.error(loc, fmt::format("'{}': '{}' has {} unit{}", text, r.id, it->second.size(),
                                   it->second.size() == 1 ? "" : "s"));
      return {};
    }
    return {it->second[static_cast<size_t>(r.unit)]};
  }

  void make_nodes() {
    std::map<std::string, SourceLoc> names;
    for (const auto& n : spec_.nodes) {
      System::NodeRef node;
      node.name = n.name;
      std::string first_text;
      for (const auto& p : n.ports) {
        Ref r;
        if (!split_ref(p.text, r)) {
          diag_.error(p.loc, fmt::format("'{}' is not a port", p.text), "expected component.port");
          continue;
        }
        for (int u : find_units(r, p.text, p.loc)) {
          auto& unit = units_[static_cast<size_t>(u)];
          const auto& ports = unit.spec->type->layout.ports;
          const int port = index_of(ports, r.member);
          if (port < 0) {
            diag_.error(
                p.loc,
                fmt::format("{} '{}' has no port '{}'", unit.spec->type->name, unit.id, r.member),
                suggest(r.member, names_of(ports)));
            break;
          }
          auto& at = unit.port_node[static_cast<size_t>(port)];
          if (at >= 0) {
            diag_.error(p.loc, fmt::format("port '{}' is already connected to node '{}'", p.text,
                                           at < static_cast<int>(sys_->nodes.size())
                                               ? sys_->nodes[static_cast<size_t>(at)].name
                                               : node.name));
            break;
          }
          const PortKind kind = ports[static_cast<size_t>(port)].kind;
          if (node.ports.empty()) {
            node.kind = kind;
            first_text = p.text;
          } else if (node.kind != kind) {
            diag_.error(
                p.loc, fmt::format("'{}' is a {} port and cannot be connected to '{}', which is {}",
                                   p.text, kind_name(kind), first_text, kind_name(node.kind)));
            break;
          }
          at = static_cast<int>(sys_->nodes.size());
          node.ports.emplace_back(u, port);
        }
      }
      if (node.ports.empty()) continue;
      if (node.name.empty()) node.name = first_text;
      if (const auto [it, fresh] = names.emplace(node.name, n.loc); !fresh)
        diag_.error(n.loc, fmt::format("node '{}' is declared twice", node.name), {}, it->second);
      node_spec_.push_back(&n);
      sys_->nodes.push_back(std::move(node));
    }
    // What is left open: waste heat goes outdoors, anything else is a mistake.
    System::NodeRef outdoors;
    outdoors.name = "outdoors";
    outdoors.kind = PortKind::heat;
    for (size_t u = 0; u < units_.size(); ++u) {
      const auto& ports = units_[u].spec->type->layout.ports;
      for (size_t p = 0; p < ports.size(); ++p) {
        if (units_[u].port_node[p] >= 0) continue;
        if (ports[p].optional) {
          units_[u].port_node[p] = static_cast<int>(sys_->nodes.size());
          outdoors.ports.emplace_back(static_cast<int>(u), static_cast<int>(p));
        } else {
          diag_.error(units_[u].spec->loc,
                      fmt::format("port '{}.{}' ({}) is not connected", units_[u].id, ports[p].name,
                                  kind_name(ports[p].kind)));
          if (units_[u].spec->units > 1) break;
        }
      }
    }
    if (!outdoors.ports.empty()) {
      outdoors_node_ = static_cast<int>(sys_->nodes.size());
      sys_->nodes.push_back(std::move(outdoors));
      node_spec_.push_back(nullptr);
    }
  }

  static const char* kind_name(PortKind k) {
    switch (k) {
      case PortKind::ac:
        return "ac";
      case PortKind::dc:
        return "dc";
      case PortKind::fluid:
        return "fluid";
      case PortKind::heat:
        return "heat";
    }
    return "";
  }

  /// Every fluid circuit has one pressure reference, which also names the medium.
  void assign_media() {
    DisjointSets circuits(static_cast<int>(sys_->nodes.size()));
    for (const auto& u : units_)
      for (auto [a, b] : u.spec->type->layout.paths)
        circuits.join(u.port_node[static_cast<size_t>(a)], u.port_node[static_cast<size_t>(b)]);
    std::map<int, std::pair<const Unit*, const Medium*>> by_circuit;
    for (const auto& u : units_) {
      const auto& layout = u.spec->type->layout;
      for (size_t p = 0; p < layout.ports.size(); ++p) {
        if (!layout.ports[p].reference) continue;
        const int circuit = circuits.find(u.port_node[p]);
        if (const auto it = by_circuit.find(circuit); it != by_circuit.end()) {
          diag_.error(u.spec->loc,
                      fmt::format("'{}' and '{}' are pressure references of the same fluid circuit",
                                  u.id, it->second.first->id),
                      {}, it->second.first->spec->loc);
          continue;
        }
        const auto* table = u.spec->type->params;
        const int medium = table->find("medium"), temp = table->find("design_temp");
        STEPPE_CHECK(medium >= 0 && temp >= 0);
        const auto name = std::get<std::string>(table->get(u.instance.params.get(), medium));
        const auto at = std::get<double>(table->get(u.instance.params.get(), temp));
        try {
          media_.push_back(std::make_unique<Medium>(registry_.medium(name, at, pressure())));
          by_circuit[circuit] = {&u, media_.back().get()};
        } catch (const UserError& e) {
          diag_.error(u.spec->loc,
                      fmt::format("'{}': medium '{}' cannot be used: {}", u.id, name, e.what()),
                      suggest(name, registry_.media));
          by_circuit[circuit] = {&u, nullptr};
        }
      }
    }
    std::set<int> complained;
    for (size_t n = 0; n < sys_->nodes.size(); ++n) {
      auto& node = sys_->nodes[n];
      if (node.kind != PortKind::fluid) continue;
      const int circuit = circuits.find(static_cast<int>(n));
      const auto it = by_circuit.find(circuit);
      if (it != by_circuit.end()) {
        node.medium = it->second.second;
      } else if (complained.insert(circuit).second) {
        std::vector<std::string> ports;
        for (auto [u, p] : node.ports)
          ports.push_back(
              units_[static_cast<size_t>(u)].id + "." +
              units_[static_cast<size_t>(u)].spec->type->layout.ports[static_cast<size_t>(p)].name);
        diag_.error(node_spec_[n]->loc,
                    fmt::format("the fluid circuit of '{}' ({}) has no pressure reference",
                                node.name, fmt::join(ports, ", ")),
                    "connect an expansion_vessel, which also names the medium");
      }
    }
  }

  /// Every electrical island needs something that can hold its voltage.
  void check_islands() {
    DisjointSets islands(static_cast<int>(sys_->nodes.size()));
    std::set<int> sources;
    auto electrical = [](PortKind k) { return k == PortKind::ac || k == PortKind::dc; };
    for (const auto& u : units_) {
      const auto& ports = u.spec->type->layout.ports;
      int first = -1;
      for (size_t p = 0; p < ports.size(); ++p) {
        if (!electrical(ports[p].kind)) continue;
        if (first >= 0) islands.join(first, u.port_node[p]);
        first = u.port_node[p];
      }
    }
    for (const auto& u : units_) {
      const auto& ports = u.spec->type->layout.ports;
      for (size_t p = 0; p < ports.size(); ++p)
        if (ports[p].source) sources.insert(islands.find(u.port_node[p]));
    }
    std::set<int> complained;
    for (size_t n = 0; n < sys_->nodes.size(); ++n) {
      const int island = islands.find(static_cast<int>(n));
      if (electrical(sys_->nodes[n].kind) && !sources.count(island) &&
          complained.insert(island).second) {
        std::vector<std::string> members;
        for (size_t m = 0; m < sys_->nodes.size(); ++m)
          if (islands.find(static_cast<int>(m)) == island) members.push_back(sys_->nodes[m].name);
        diag_.error(node_spec_[n]->loc,
                    fmt::format("the electrical island {} has no source", fmt::join(members, ", ")),
                    "connect a utility, a battery or a genset");
      }
    }
  }

  double pressure() const {
    return registry_.pressure ? registry_.pressure(spec_.altitude) : 101325.0;
  }

  void number_unknowns() {
    auto& unknowns = sys_->unknowns;
    for (size_t n = 0; n < sys_->nodes.size(); ++n) {
      auto& node = sys_->nodes[n];
      node.first = static_cast<int>(unknowns.size());
      auto add = [&](const char* what, const char* unit, VarKind kind, double atol, double mass) {
        UnknownInfo i;
        i.name = node.name + "." + what;
        i.unit = unit;
        i.kind = kind;
        i.atol = atol;
        i.energy = mass > 0.0 ? Energy::heat : Energy::none;
        unknowns.push_back(i);
        sys_->node_mass_.push_back(mass);
      };
      switch (node.kind) {
        case PortKind::ac:
          add("v_re", "V", VarKind::algebraic, 0.0, 0.0);  // atol follows the guess
          add("v_im", "V", VarKind::algebraic, 0.0, 0.0);
          break;
        case PortKind::dc:
          add("v", "V", VarKind::algebraic, 0.0, 0.0);
          break;
        case PortKind::fluid: {
          const Medium& m = *node.medium;
          const bool gas = m.rho < 10.0;
          // Smallest volume when the scenario gives none: 1 L of liquid or 1 m3 of gas per
          // connected branch end.
          const double least = (gas ? 1.0 : 1e-3) * static_cast<double>(node.ports.size());
          const double volume = std::max(least, node_spec_[n]->volume);
          add("p", "Pa", VarKind::algebraic, gas ? 1e-3 : 1.0, 0.0);
          add("temp", "K", VarKind::storage, 1e-4, m.rho * m.cp * volume);
          break;
        }
        case PortKind::heat:
          add("temp", "K", VarKind::algebraic, 1e-4, 0.0);
          break;
      }
    }
    if (outdoors_node_ >= 0)
      sys_->outdoors_ = sys_->nodes[static_cast<size_t>(outdoors_node_)].first;
    for (auto& u : units_) {
      const auto& layout = u.spec->type->layout;
      u.instance.media.assign(layout.ports.size(), nullptr);
      for (size_t p = 0; p < layout.ports.size(); ++p) {
        const auto& node = sys_->nodes[static_cast<size_t>(u.port_node[p])];
        for (int w = 0; w < width(node.kind); ++w) u.instance.index.push_back(node.first + w);
        u.instance.media[p] = node.medium;
      }
      u.instance.first_var = static_cast<int>(unknowns.size());
      for (const auto& v : layout.vars) {
        u.instance.index.push_back(static_cast<int>(unknowns.size()));
        unknowns.push_back({u.id + "." + v.name, v.unit, v.kind, v.atol, v.initial, v.energy,
                            u.instance.count, v.lo, v.hi});
        sys_->node_mass_.push_back(0.0);
      }
      u.instance.first_mode = static_cast<int>(sys_->modes.size());
      for (const auto& m : layout.modes) sys_->modes.push_back(m.initial);
      u.instance.first_guard = sys_->n_guards;
      sys_->n_guards += static_cast<int>(layout.guards.size());
      u.instance.first_timer = static_cast<int>(sys_->timers.size());
      sys_->timers.insert(sys_->timers.end(), layout.timers.size(), kNever);
      u.instance.first_output = sys_->n_outputs;
      sys_->n_outputs += static_cast<int>(layout.outputs.size());
    }
  }

  /// Width of every process signal, then slots for their outputs.
  void declare_processes() {
    for (size_t i = 0; i < spec_.processes.size(); ++i) {
      const auto& p = spec_.processes[i];
      System::ProcessRef r;
      r.id = p.id;
      r.type = p.type;
      r.loc = p.loc;
      r.inputs.resize(p.type->inputs.size());
      r.signals = p.type->outputs;
      if (p.type->more_outputs) {
        ProcessSetup setup = spec_.process_setup;
        setup.id = p.id;
        try {
          const auto more = p.type->more_outputs(p.params.get(), setup);
          r.signals.insert(r.signals.end(), more.begin(), more.end());
        } catch (const UserError& e) {
          refuse(e, p.loc);
        }
      }
      r.outputs.resize(r.signals.size());
      process_index_[p.id] = static_cast<int>(i);
      sys_->processes.push_back(std::move(r));
    }
    // The vector outputs of a process are as wide as the units of what any of them drives.
    for (size_t i = 0; i < spec_.processes.size(); ++i) {
      auto& r = sys_->processes[i];
      int widest = 1;
      for (const auto& o : r.signals)
        for (const auto& s : spec_.signals)
          if (Ref ref; o.width == 0 && s.source == r.id + "." + o.name &&
                       split_ref(s.target, ref) && ref.unit < 0)
            if (const auto it = sys_->component_ids.find(ref.id); it != sys_->component_ids.end())
              widest = std::max(widest, static_cast<int>(it->second.size()));
      for (size_t o = 0; o < r.signals.size(); ++o) {
        const SignalInfo& info = r.signals[o];
        const int n = info.width == 0 ? widest : info.width;
        for (int k = 0; k < n; ++k)
          r.outputs[o].push_back(add_held(
              n > 1 ? fmt::format("{}.{}[{}]", r.id, info.name, k) : r.id + "." + info.name,
              info.value));
      }
    }
  }

  /// All sources that a text names: the units of a vector, or one.
  std::vector<System::SignalSource> find_source(const SignalSpec& s) {
    using Kind = System::SignalSource::Kind;
    if (s.source.empty()) return {{Kind::held, add_held(s.target, s.constant), false}};
    Ref r;
    if (!split_ref(s.source, r)) {
      diag_.error(s.source_loc, fmt::format("'{}' is not a signal", s.source),
                  "expected component.signal, process.output or node.temp");
      return {};
    }
    std::vector<System::SignalSource> out;
    for (const auto& n : sys_->nodes) {
      // "pod.supply.temp" means every node of a repeated template: pod.supply[0], pod.supply[1] …
      const bool same = r.unit < 0 ? n.name == r.id || base_name(n.name) == r.id
                                   : n.name == fmt::format("{}[{}]", r.id, r.unit);
      for (int w = 0; same && w < width(n.kind); ++w)
        if (sys_->unknowns[static_cast<size_t>(n.first + w)].name == n.name + "." + r.member)
          out.push_back({Kind::unknown, n.first + w, s.delayed});
    }
    if (!out.empty()) return out;
    auto p = process_index_.find(r.id);
    for (auto i = process_index_.begin(); p == process_index_.end() && i != p; ++i)
      if (s.source.starts_with(i->first + ".")) {  // an output with dots: load.MODEL.queue
        p = i;
        r = {i->first, s.source.substr(i->first.size() + 1), -1};
      }
    if (p != process_index_.end()) {
      const auto& proc = sys_->processes[static_cast<size_t>(p->second)];
      const int o = index_of(proc.signals, r.member);
      if (o < 0) {
        diag_.error(s.source_loc,
                    fmt::format("{} '{}' has no output '{}'", proc.type->name, r.id, r.member),
                    suggest(r.member, names_of(proc.signals)));
        return {};
      }
      const auto& slots = proc.outputs[static_cast<size_t>(o)];
      if (r.unit >= static_cast<int>(slots.size())) {
        diag_.error(s.source_loc,
                    fmt::format("'{}': the output has {} unit(s)", s.source, slots.size()));
        return {};
      }
      for (size_t k = 0; k < slots.size(); ++k)
        if (r.unit < 0 || r.unit == static_cast<int>(k))
          out.push_back({Kind::held, slots[k], s.delayed});
      return out;
    }
    for (int u : find_units(r, s.source, s.source_loc)) {
      const auto& unit = units_[static_cast<size_t>(u)];
      const auto& layout = unit.spec->type->layout;
      if (const int v = index_of(layout.vars, r.member); v >= 0) {
        out.push_back({Kind::unknown, unit.instance.first_var + v, s.delayed, unit.spec->count});
      } else if (const int o = index_of(layout.outputs, r.member); o >= 0) {
        out.push_back({Kind::output, unit.instance.first_output + o, s.delayed, unit.spec->count});
      } else {
        auto known = names_of(layout.vars);
        for (const auto& x : layout.outputs) known.push_back(x.name);
        diag_.error(
            s.source_loc,
            fmt::format("{} '{}' has no signal '{}'", unit.spec->type->name, unit.id, r.member),
            suggest(r.member, known));
        return {};
      }
    }
    return out;
  }

  void bind_inputs() {
    std::map<std::string, SourceLoc> bound;
    for (auto& u : units_)
      u.instance.index.resize(static_cast<size_t>(u.spec->type->layout.n_locals()), kUnbound);
    for (const auto& s : spec_.signals) {
      if (const auto [it, fresh] = bound.emplace(s.target, s.target_loc); !fresh) {
        diag_.error(s.target_loc, fmt::format("input '{}' is set twice", s.target), {}, it->second);
        continue;
      }
      Ref r;
      if (!split_ref(s.target, r)) {
        diag_.error(s.target_loc, fmt::format("'{}' is not an input", s.target),
                    "expected component.input");
        continue;
      }
      if (const auto p = process_index_.find(r.id); p != process_index_.end()) {
        bind_process_input(sys_->processes[static_cast<size_t>(p->second)], r, s);
        continue;
      }
      const auto targets = find_units(r, s.target, s.target_loc);
      if (targets.empty()) continue;
      const auto& type = *units_[static_cast<size_t>(targets[0])].spec->type;
      const int input = index_of(type.layout.inputs, r.member);
      if (input < 0) {
        diag_.error(s.target_loc,
                    fmt::format("{} '{}' has no input '{}'", type.name, r.id, r.member),
                    suggest(r.member, names_of(type.layout.inputs)));
        continue;
      }
      const auto sources = find_source(s);
      if (sources.empty()) continue;
      if (sources.size() != 1 && sources.size() != targets.size()) {
        diag_.error(s.source_loc, fmt::format("'{}' has {} units and '{}' has {}", s.source,
                                              sources.size(), s.target, targets.size()));
        continue;
      }
      for (size_t k = 0; k < targets.size(); ++k) {
        const auto& src = sources[sources.size() == 1 ? 0 : k];
        if (src.kind == System::SignalSource::Kind::output) {
          diag_.error(s.source_loc, fmt::format("'{}' is an output that only processes can sample; "
                                                "'{}' needs a variable or a process output",
                                                s.source, s.target));
          break;
        }
        auto& inst = units_[static_cast<size_t>(targets[k])].instance;
        inst.index[static_cast<size_t>(type.layout.n_rows() + input)] =
            src.kind == System::SignalSource::Kind::unknown ? src.index : ~src.index;
      }
    }
    const ComponentSpec* reported = nullptr;
    for (auto& u : units_) {
      const auto& layout = u.spec->type->layout;
      for (size_t i = 0; i < layout.inputs.size(); ++i) {
        auto& slot = u.instance.index[static_cast<size_t>(layout.n_rows()) + i];
        if (slot != kUnbound) continue;
        if (layout.inputs[i].required && reported != u.spec) {
          reported = u.spec;
          diag_.error(u.spec->loc, fmt::format("input '{}.{}' [{}] is not connected", u.id,
                                               layout.inputs[i].name, layout.inputs[i].unit));
        }
        slot = ~add_held(u.id + "." + layout.inputs[i].name, layout.inputs[i].value);
      }
    }
    for (auto& p : sys_->processes)
      for (size_t i = 0; i < p.inputs.size(); ++i)
        if (p.inputs[i].empty()) {
          const auto& info = p.type->inputs[i];
          if (std::isnan(info.value))
            diag_.error(p.loc, fmt::format("input '{}.{}' [{}] is not connected", p.id, info.name,
                                           info.unit));
          p.inputs[i].assign(static_cast<size_t>(std::max(1, info.width)),
                             {System::SignalSource::Kind::held,
                              add_held(p.id + "." + info.name, info.value), false, 0});
        }
  }

  void bind_process_input(System::ProcessRef& p, const Ref& r, const SignalSpec& s) {
    const int input = index_of(p.type->inputs, r.member);
    if (input < 0) {
      diag_.error(s.target_loc,
                  fmt::format("{} '{}' has no input '{}'", p.type->name, p.id, r.member),
                  suggest(r.member, names_of(p.type->inputs)));
      return;
    }
    auto sources = find_source(s);
    const int want = p.type->inputs[static_cast<size_t>(input)].width;
    if (sources.empty()) return;
    if (want > 0 && static_cast<int>(sources.size()) != want) {
      diag_.error(s.source_loc, fmt::format("'{}' has {} units, '{}' takes {}", s.source,
                                            sources.size(), s.target, want));
      return;
    }
    p.inputs[static_cast<size_t>(input)] = std::move(sources);
  }

  void make_batches() {
    std::map<const ComponentType*, Batch*> by_type;
    for (auto& u : units_) {
      auto& batch = by_type[u.spec->type];
      if (!batch) {
        sys_->batches_.push_back(u.spec->type->make_batch());
        sys_->ledger_rows_.push_back(u.spec->type->name);
        batch = sys_->batches_.back().get();
      }
      Setup setup;
      setup.altitude = spec_.altitude;
      setup.ambient_pressure = pressure();
      setup.medium = u.instance.media.data();
      const auto& layout = u.spec->type->layout;
      const int c = static_cast<int>(sys_->components.size());
      for (size_t g = 0; g < layout.guards.size(); ++g)
        sys_->guard_refs.push_back({c, static_cast<int>(g)});
      for (size_t t = 0; t < layout.timers.size(); ++t)
        sys_->timer_refs.push_back({c, static_cast<int>(t)});
      sys_->components.push_back(
          {u.id, u.spec->type, batch, static_cast<int>(batch->instances.size()), u.spec->loc});
      try {
        batch->add(u.instance, setup);
      } catch (const UserError& e) {
        refuse(e, u.spec->loc);
      }
    }
    sys_->media_ = std::move(media_);
    sys_->ledger_rows_.push_back("outdoors");
  }

  void initial_values() {
    const auto n = sys_->unknowns.size();
    sys_->y.assign(n, std::numeric_limits<double>::quiet_NaN());
    for (const auto& c : sys_->components) {
      const auto& layout = c.batch->layout();
      const auto& index = c.instance().index;
      for (int i = 0; i < layout.n_rows(); ++i) {
        const double g = c.batch->guess(c.k, i);
        auto& y = sys_->y[static_cast<size_t>(index[static_cast<size_t>(i)])];
        if (!std::isnan(g) && !(y >= g))
          y = g;  // where models differ, the highest voltage, pressure or temperature
      }
    }
    for (const auto& node : sys_->nodes) {
      auto* y = &sys_->y[static_cast<size_t>(node.first)];
      auto* info = &sys_->unknowns[static_cast<size_t>(node.first)];
      auto fallback = [&](int i, double v) {
        if (std::isnan(y[i])) y[i] = v;
      };
      switch (node.kind) {
        case PortKind::ac:
          fallback(0, 400.0);
          y[1] = 0.0;
          info[0].atol = info[1].atol = 1e-6 * std::abs(y[0]);
          break;
        case PortKind::dc:
          fallback(0, 240.0);
          info[0].atol = 1e-6 * std::abs(y[0]);
          break;
        case PortKind::fluid:
          fallback(0, node.medium->rho < 10.0 ? 0.0 : 2e5);
          fallback(1, 293.15);
          break;
        case PortKind::heat:
          fallback(0, 293.15);
          break;
      }
    }
  }

  /// What a part cannot use stands at the part, unless the message knows better.
  void refuse(const UserError& e, const SourceLoc& part) {
    for (const auto& d : e.diagnostics().items()) {
      const auto& where = d.where.source ? d.where : part;
      if (d.severity == Diagnostic::Severity::error)
        diag_.error(where, d.message, d.hint, d.other);
      else
        diag_.warning(where, d.message, d.hint);
    }
  }

  void make_processes() {
    for (size_t i = 0; i < spec_.processes.size(); ++i) {
      auto& r = sys_->processes[i];
      ProcessSetup setup = spec_.process_setup;
      setup.id = r.id;
      for (const auto& in : r.inputs) {
        setup.input_width.push_back(static_cast<int>(in.size()));
        auto& units = setup.input_units.emplace_back();
        for (const auto& source : in) units.push_back(source.units);
      }
      for (const auto& o : r.outputs) setup.output_width.push_back(static_cast<int>(o.size()));
      try {
        r.process = r.type->make(spec_.processes[i].params.get(), setup);
      } catch (const UserError& e) {
        refuse(e, r.loc);
      }
    }
  }

  /// Execution order at one instant follows the links; a loop is an error that prints its path.
  void order_processes() {
    const size_t n = sys_->processes.size();
    std::vector<int> owner(sys_->held.value.size(), -1);
    for (size_t p = 0; p < n; ++p)
      for (const auto& o : sys_->processes[p].outputs)
        for (int slot : o) owner[static_cast<size_t>(slot)] = static_cast<int>(p);
    std::vector<std::vector<int>> before(n);
    for (size_t p = 0; p < n; ++p)
      for (const auto& in : sys_->processes[p].inputs)
        for (const auto& s : in)
          if (s.kind == System::SignalSource::Kind::held && !s.delayed &&
              owner[static_cast<size_t>(s.index)] >= 0)
            before[p].push_back(owner[static_cast<size_t>(s.index)]);
    std::vector<int> state(n, 0), order, path;
    std::function<bool(int)> visit = [&](int p) {
      if (state[static_cast<size_t>(p)] == 2) return true;
      path.push_back(p);
      if (state[static_cast<size_t>(p)] == 1) {
        std::string text;
        for (size_t i = static_cast<size_t>(std::find(path.begin(), path.end(), p) - path.begin());
             i < path.size(); ++i)
          text =
              sys_->processes[static_cast<size_t>(path[i])].id + (text.empty() ? "" : " → " + text);
        diag_.error(sys_->processes[static_cast<size_t>(p)].loc,
                    fmt::format("signal loop at one instant: {}", text),
                    "delay one link: {from: process.output, delay: true}");
        return false;
      }
      state[static_cast<size_t>(p)] = 1;
      for (int b : before[static_cast<size_t>(p)])
        if (!visit(b)) return false;
      state[static_cast<size_t>(p)] = 2;
      path.pop_back();
      order.push_back(p);
      return true;
    };
    for (size_t p = 0; p < n; ++p)
      if (!visit(static_cast<int>(p))) return;
    std::vector<System::ProcessRef> sorted;
    for (int p : order) sorted.push_back(std::move(sys_->processes[static_cast<size_t>(p)]));
    sys_->processes = std::move(sorted);
  }

  void list_channels() {
    auto& channels = sys_->channels;
    std::map<std::string, size_t> node_channels;
    for (const auto& n : sys_->nodes)
      for (int w = 0; w < width(n.kind); ++w) {
        const auto& u = sys_->unknowns[static_cast<size_t>(n.first + w)];
        const std::string name = base_name(n.name) + u.name.substr(n.name.size());
        const auto [it, fresh] = node_channels.emplace(name, channels.size());
        if (fresh)
          channels.push_back({name, u.unit, "", ChannelRef::From::unknown, Role::none, {}, {}});
        channels[it->second].index.push_back(n.first + w);
        channels[it->second].count.push_back(1.0);
      }
    for (const auto& [id, members] : sys_->component_ids) {
      const auto& layout = sys_->components[static_cast<size_t>(members[0])].type->layout;
      auto add = [&](const std::string& name, const std::string& unit, const std::string& help,
                     ChannelRef::From from, Role role, auto index) {
        ChannelRef c{id + "." + name, unit, help, from, role, {}, {}};
        for (int m : members) {
          c.index.push_back(index(sys_->components[static_cast<size_t>(m)].instance()));
          c.count.push_back(sys_->components[static_cast<size_t>(m)].instance().count);
        }
        channels.push_back(std::move(c));
      };
      for (size_t v = 0; v < layout.vars.size(); ++v)
        add(layout.vars[v].name, layout.vars[v].unit, layout.vars[v].help,
            ChannelRef::From::unknown, Role::none,
            [&](const Instance& i) { return i.first_var + static_cast<int>(v); });
      for (size_t o = 0; o < layout.outputs.size(); ++o)
        add(layout.outputs[o].name, layout.outputs[o].unit, layout.outputs[o].help,
            ChannelRef::From::output, layout.outputs[o].role,
            [&](const Instance& i) { return i.first_output + static_cast<int>(o); });
      for (size_t m = 0; m < layout.modes.size(); ++m)
        add(layout.modes[m].name, "1", fmt::format("{}", fmt::join(layout.modes[m].values, ", ")),
            ChannelRef::From::mode, Role::none,
            [&](const Instance& i) { return i.first_mode + static_cast<int>(m); });
    }
    for (const auto& p : sys_->processes)
      for (size_t o = 0; o < p.outputs.size(); ++o) {
        const auto& info = p.signals[o];
        channels.push_back({p.id + "." + info.name, info.unit, info.help, ChannelRef::From::held,
                            Role::none, p.outputs[o],
                            std::vector<double>(p.outputs[o].size(), 1.0)});
      }
  }

  static constexpr int32_t kUnbound = std::numeric_limits<int32_t>::min();

  const SystemSpec& spec_;
  const Registry& registry_;
  Diagnostics& diag_;
  std::unique_ptr<System> sys_;
  std::vector<Unit> units_;
  std::vector<const NodeSpec*> node_spec_;
  std::vector<std::unique_ptr<Medium>> media_;
  std::map<std::string, int> process_index_;
  int outdoors_node_ = -1;
};

std::unique_ptr<System> System::build(const SystemSpec& spec, const Registry& registry,
                                      Diagnostics& d) {
  return SystemBuilder(spec, registry, d).run();
}

}  // namespace steppe::core
