#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "sim/app/scenario.h"
#include "sim/base/units.h"

namespace steppe::app {
namespace {

using solve::TimelineEvent;
using Event = Scenario::Event;

std::string did_you_mean(const std::string& text, const std::vector<std::string>& names) {
  const auto near = nearest(text, names);
  return near.empty() ? "" : fmt::format("did you mean '{}'?", near);
}

std::string known_commands(const std::string& text, const std::vector<std::string>& names) {
  if (names.empty()) return "it has no commands";
  const auto hint = did_you_mean(text, names);
  return hint.empty() ? fmt::format("known: {}", fmt::join(names, ", ")) : hint;
}

/// Value of an event in SI; false, and an error, where it has none in that unit.
bool read_value(const Event& e, const std::string& unit, double& value, Diagnostics& d) {
  std::string error;
  value = quantity_as(e.value_text, unit, error);
  if (!error.empty()) d.error(e.value_loc, fmt::format("'{}' {}", e.value_text, error));
  return error.empty();
}

class Resolver {
 public:
  Resolver(const core::System& system, Diagnostics& d) : system_(system), d_(d) {}

  void add(const Event& e) {
    std::string id = e.target, member;
    if (e.action.empty()) {
      const size_t dot = id.rfind('.');
      member = dot == std::string::npos ? "" : id.substr(dot + 1);
      id = id.substr(0, dot);
    }
    int unit = -1;  // all
    if (const size_t open = id.rfind('['); open != std::string::npos && id.back() == ']') {
      const std::string index = id.substr(open + 1, id.size() - open - 2);
      if (index != "*") {
        const auto end = index.data() + index.size();
        const auto [rest, failed] = std::from_chars(index.data(), end, unit);
        if (failed != std::errc() || rest != end || unit < 0)
          return d_.error(e.target_loc, fmt::format("'{}' is no unit", index),
                          "a number from 0 on, or *");
      }
      id.resize(open);
    }
    TimelineEvent t;
    t.at = core::from_seconds(e.at);
    t.target = e.target;
    t.name = e.action.empty() ? "set" : e.action;
    t.ramp = e.ramp;
    const auto p = std::find_if(system_.processes.begin(), system_.processes.end(),
                                [&](const auto& x) { return x.id == id; });
    if (p != system_.processes.end())
      return to_process(e, static_cast<int>(p - system_.processes.begin()), std::move(t));
    const auto c = system_.component_ids.find(id);
    if (c == system_.component_ids.end()) {
      std::vector<std::string> ids;
      for (const auto& [known, units] : system_.component_ids) ids.push_back(known);
      for (const auto& x : system_.processes) ids.push_back(x.id);
      return d_.error(e.target_loc, fmt::format("there is no component '{}'", id),
                      did_you_mean(id, ids));
    }
    const auto& units = c->second;
    if (unit >= static_cast<int>(units.size()))
      return d_.error(e.target_loc, fmt::format("'{}' has {} unit(s)", id, units.size()));
    for (size_t k = 0; k < units.size(); ++k) {
      if (unit >= 0 && unit != static_cast<int>(k)) continue;
      const bool fits = e.action.empty() ? set(e, units[k], member, t) : command(e, units[k], t);
      if (!fits) return;  // what is wrong with one unit is wrong with all
    }
  }

  /// Sorted by time. A value that was set for a while gives way to what holds then: one that was
  /// set for longer, else the last one that was set for good.
  std::vector<TimelineEvent> in_order() {
    std::stable_sort(out_.begin(), out_.end(),
                     [](const auto& a, const auto& b) { return a.event.at < b.event.at; });
    struct Value {
      int set;
      double value;
    };
    std::map<int, std::vector<Value>> holding;  // by held input; the last one counts
    std::vector<TimelineEvent> events;
    for (auto& x : out_) {
      auto& e = x.event;
      if (e.held >= 0) {
        auto& values = holding[e.held];
        if (values.empty())
          values.push_back({kForGood, system_.held.value[static_cast<size_t>(e.held)]});
        if (x.set == kForGood) {
          values = {{kForGood, e.value}};
        } else if (x.begins) {
          values.push_back({x.set, e.value});
        } else {
          std::erase_if(values, [&](const Value& v) { return v.set == x.set; });
          e.value = values.back().value;
        }
      }
      events.push_back(std::move(e));
    }
    return events;
  }

 private:
  static constexpr int kForGood = -1;
  struct Item {
    TimelineEvent event;
    int set = kForGood;   ///< which value that holds for a while begins or ends here
    bool begins = false;  ///< begins, not ends
  };
  void to_process(const Event& e, int index, TimelineEvent t) {
    const auto& p = system_.processes[static_cast<size_t>(index)];
    const auto& names = p.type->commands;
    if (std::find(names.begin(), names.end(), e.action) == names.end())
      return d_.error(e.action.empty() ? e.target_loc : e.action_loc,
                      fmt::format("{} '{}' does not know '{}'", p.type->name, p.id, t.name),
                      known_commands(t.name, names));
    t.process = index;
    t.process_command = e.action;
    if (e.has_value && !read_value(e, "1", t.value, d_)) return;
    out_.push_back({std::move(t)});
  }

  bool command(const Event& e, int component, TimelineEvent t) {
    const auto& ref = system_.components[static_cast<size_t>(component)];
    std::vector<std::string> names;
    for (const auto& x : ref.type->layout.commands) names.push_back(x.name);
    const auto it = std::find(names.begin(), names.end(), e.action);
    if (it == names.end()) {
      d_.error(e.action_loc,
               fmt::format("{} '{}' does not know '{}'", ref.type->name, ref.id, e.action),
               known_commands(e.action, names));
      return false;
    }
    t.component = component;
    t.command = static_cast<int>(it - names.begin());
    if (e.has_value && !read_value(e, "1", t.value, d_)) return false;
    out_.push_back({std::move(t)});
    return true;
  }

  bool set(const Event& e, int component, const std::string& member, TimelineEvent t) {
    const auto& ref = system_.components[static_cast<size_t>(component)];
    const auto& layout = ref.type->layout;
    std::vector<std::string> names;
    for (const auto& x : layout.inputs) names.push_back(x.name);
    const auto it = std::find(names.begin(), names.end(), member);
    if (it == names.end()) {
      d_.error(e.target_loc,
               fmt::format("{} '{}' has no input '{}'", ref.type->name, ref.id, member),
               did_you_mean(member, names));
      return false;
    }
    const auto input = static_cast<size_t>(it - names.begin());
    const int32_t slot = ref.instance().index[static_cast<size_t>(layout.n_rows()) + input];
    if (slot >= 0) {
      d_.error(e.target_loc, fmt::format("'{}' follows {} and cannot be set", e.target,
                                         system_.unknowns[static_cast<size_t>(slot)].name));
      return false;
    }
    t.held = ~slot;
    if (!read_value(e, layout.inputs[input].unit, t.value, d_)) return false;
    if (const auto doubt = layout.inputs[input].doubt(t.value); !doubt.empty())
      d_.warning(e.value_loc, doubt);
    if (e.duration <= 0.0) {
      out_.push_back({std::move(t)});
      return true;
    }
    out_.push_back({t, sets_, true});
    t.at = core::from_seconds(e.at + e.duration);
    out_.push_back({std::move(t), sets_++, false});
    return true;
  }

  const core::System& system_;
  Diagnostics& d_;
  std::vector<Item> out_;
  int sets_ = 0;
};

}  // namespace

std::vector<TimelineEvent> resolve_events(const Scenario& scenario, const core::System& system,
                                          Diagnostics& d) {
  Resolver resolver(system, d);
  for (const auto& e : scenario.events) {
    if (e.at >= scenario.t_end)
      d.warning(e.at_loc, e.at > scenario.t_end
                              ? "this event lies behind the end of the run"
                              : "this event lies at the end of the run and changes nothing");
    resolver.add(e);
  }
  return resolver.in_order();
}

}  // namespace steppe::app
