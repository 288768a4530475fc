#pragma once
// What stands in a site and how it is connected, for drawing: read from the resolved scenario that
// the engine writes (and that every result carries). No Qt here.
#include <string>
#include <vector>

#include "sim/core/registry.h"

namespace steppe::gui {

struct PlanPort {
  std::string name;
  core::PortKind kind = core::PortKind::ac;
  int node = -1;        ///< index into SitePlan::nodes, −1: open
  bool source = false;  ///< can hold the voltage of an electrical island
};

/// All equal units of one id are one item, unless they were asked for one by one.
struct PlanItem {
  std::string id;  ///< "pod.rack", or "pod.rack[3]" when units stand alone
  std::string type, domain, help;
  int units = 1;  ///< separate instances
  int count = 1;  ///< equal units behind each
  std::vector<PlanPort> ports;
};

struct PlanNode {
  std::string name;    ///< as the scenario calls it; "" when it does not
  std::string signal;  ///< what its signals begin with: "bus_10kv", "pod.rack[0].dc_in"
  core::PortKind kind = core::PortKind::ac;
};

struct SitePlan {
  std::vector<PlanItem> items;
  std::vector<PlanNode> nodes;
  struct Process {
    std::string id, type, domain, help;
  };
  std::vector<Process> processes;
  bool empty() const { return items.empty(); }
};

/// Never throws: what cannot be read is left out; a type that the registry does not know has no
/// ports. Up to `expand` units of one id become items of their own.
SitePlan read_site_plan(const std::string& resolved, const core::Registry&, int expand = 1);

}  // namespace steppe::gui
