#include "gui/diagram/site_plan.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "sim/io/yaml_source.h"

namespace steppe::gui {

namespace {

/// "rack[3].coolant_in" -> ("rack", 3, "coolant_in"); without an index −1: all units. A node name
/// has no dot.
bool split_port(const std::string& text, std::string& id, int& unit, std::string& port) {
  const size_t dot = text.rfind('.');
  if (dot == std::string::npos) return false;
  id = text.substr(0, dot);
  port = text.substr(dot + 1);
  unit = -1;
  // The unit may stand at any level of a nested id.
  for (size_t open; (open = id.find('[')) != std::string::npos;) {
    const size_t close = id.find(']', open);
    if (close == std::string::npos) break;
    unit = std::atoi(id.c_str() + open + 1);
    id.erase(open, close - open + 1);
  }
  return true;
}

int integer_of(const io::Node* n, int fallback) {
  return n && n->is_scalar() ? std::max(1, std::atoi(n->scalar.c_str())) : fallback;
}

}  // namespace

SitePlan read_site_plan(const std::string& resolved, const core::Registry& registry, int expand) {
  SitePlan plan;
  io::Node root;
  try {
    root = io::load_yaml_text(resolved, "scenario");
  } catch (const Error&) {
    return plan;
  }
  std::map<std::string, size_t> index;
  if (const io::Node* list = root.find("components"))
    for (const auto& c : list->seq) {
      const io::Node *id = c.find("id"), *type = c.find("type");
      if (!id || !type) continue;
      if (const auto p = registry.processes.find(type->scalar); p != registry.processes.end()) {
        plan.processes.push_back({id->scalar, type->scalar, p->second.domain, p->second.help});
        continue;
      }
      PlanItem item;
      item.id = id->scalar;
      item.type = type->scalar;
      const io::Node* lump = c.find("lump");
      (lump && lump->scalar == "false" ? item.units : item.count) = integer_of(c.find("count"), 1);
      if (const auto t = registry.components.find(item.type); t != registry.components.end()) {
        item.domain = t->second.domain;
        item.help = t->second.help;
        for (const auto& p : t->second.layout.ports)
          item.ports.push_back({p.name, p.kind, -1, p.source});
      }
      if (item.units > 1 && item.units <= expand) {
        const int units = item.units;
        item.units = 1;
        for (int u = 0; u < units; ++u) {
          PlanItem one = item;
          one.id += "[" + std::to_string(u) + "]";
          index[one.id] = plan.items.size();
          plan.items.push_back(std::move(one));
        }
        continue;
      }
      index[item.id] = plan.items.size();
      plan.items.push_back(std::move(item));
    }
  const io::Node* connect = root.find("connect");
  if (!connect) return plan;
  // Nodes of equal units fall together: the connection of rack[0] stands for that of every rack.
  std::vector<int> into;
  auto root_of = [&](int i) {
    while (into[static_cast<size_t>(i)] != i) i = into[static_cast<size_t>(i)];
    return i;
  };
  std::vector<PlanNode> nodes;
  auto items_of = [&](const std::string& id, int unit) {
    std::vector<size_t> found;
    if (const auto whole = index.find(id); whole != index.end()) return std::vector{whole->second};
    for (int u = std::max(0, unit);; ++u) {
      const auto one = index.find(id + "[" + std::to_string(u) + "]");
      if (one == index.end()) break;
      found.push_back(one->second);
      if (unit >= 0) break;
    }
    return found;
  };
  for (const auto& g : connect->seq) {
    int node = static_cast<int>(nodes.size());
    nodes.push_back({});
    into.push_back(node);
    for (const auto& p : g.seq) {
      std::string id, port;
      int unit = -1;
      if (!p.is_scalar()) continue;
      if (!split_port(p.scalar, id, unit, port)) {
        nodes[static_cast<size_t>(node)].name = p.scalar;
        continue;
      }
      if (nodes[static_cast<size_t>(node)].signal.empty())
        nodes[static_cast<size_t>(node)].signal = p.scalar;
      for (const size_t at : items_of(id, unit)) {
        auto& ports = plan.items[at].ports;
        auto it = std::find_if(ports.begin(), ports.end(),
                               [&](const PlanPort& x) { return x.name == port; });
        if (it == ports.end()) continue;
        nodes[static_cast<size_t>(node)].kind = it->kind;
        if (it->node < 0) {
          it->node = node;
        } else if (const int x = root_of(it->node), y = root_of(node); x != y) {
          into[static_cast<size_t>(std::max(x, y))] = std::min(x, y);
        }
      }
    }
  }
  std::map<int, int> renumbered;
  for (auto& item : plan.items)
    for (auto& port : item.ports) {
      if (port.node < 0) continue;
      const int r = root_of(port.node);
      const auto [it, fresh] = renumbered.try_emplace(r, static_cast<int>(plan.nodes.size()));
      if (fresh) {
        PlanNode n = nodes[static_cast<size_t>(r)];
        n.kind = port.kind;
        if (!n.name.empty()) n.signal = n.name;
        if (const size_t open = n.name.find('['); open != std::string::npos) n.name.resize(open);
        plan.nodes.push_back(std::move(n));
      }
      port.node = it->second;
    }
  return plan;
}

}  // namespace steppe::gui
