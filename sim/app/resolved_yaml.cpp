#include "sim/app/resolved_yaml.h"

#include <fmt/format.h>

#include "sim/base/units.h"

namespace steppe::app {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}
std::string show(const core::ParamInfo& row, const core::ParamValue& v) {
  if (const auto* x = std::get_if<double>(&v)) {
    const auto u = parse_unit(row.unit.empty() ? "1" : row.unit);
    const double in_unit = u ? (*x - u->offset) / u->scale : *x;
    return row.unit == "1" ? fmt::format("{}", in_unit) : fmt::format("{} {}", in_unit, row.unit);
  }
  if (const auto* x = std::get_if<int64_t>(&v)) return fmt::format("{}", *x);
  if (const auto* x = std::get_if<bool>(&v)) return *x ? "true" : "false";
  if (const auto* x = std::get_if<std::string>(&v)) return quoted(*x);
  std::string out = "[";
  for (double x : std::get<std::vector<double>>(v)) {
    const auto u = parse_unit(row.unit.empty() ? "1" : row.unit);
    out += fmt::format("{}{}", out.size() > 1 ? ", " : "", u ? (x - u->offset) / u->scale : x);
  }
  return out + "]";
}
}  // namespace

std::string resolved_yaml(const Scenario& s) {
  std::string t = fmt::format(
      "steppe: 1\nname: {}\nsite: {{altitude: {} m, start: '{}'{}{}}}\nrun: {{until: {} s, seed: "
      "{}}}\n",
      quoted(s.name), s.system.altitude, s.start,
      s.time_zone.empty() ? "" : fmt::format(", time_zone: '{}'", s.time_zone),
      s.carbon < 0.0 ? "" : fmt::format(", carbon: {} kg/kWh", s.carbon * 3.6e6), s.t_end, s.seed);
  auto profile = [](const solve::Profile& p) {
    return fmt::format(
        "base: {}, exchange: {} s, record: {} s, max_step: {} s, collapse_below: {} s, rtol: {}, "
        "ledger_limit: {}, integrator: {}",
        p.name, p.exchange, p.record, p.max_step, p.collapse_below, p.rtol, p.ledger_limit,
        p.method == solve::Method::ida ? "ida" : "sdirk");
  };
  t += fmt::format("profile: {{{}}}\n", profile(s.windows.front().profile));
  if (s.windows.size() > 1) t += "windows:\n";
  for (size_t w = 1; w < s.windows.size(); ++w)
    t += fmt::format("  - {{from: {} s, {}}}\n", core::to_seconds(s.windows[w].from),
                     profile(s.windows[w].profile));
  if (!s.events.empty()) t += "events:\n";
  for (const auto& e : s.events) {
    t += fmt::format("  - {{at: {} s, {}: {}", e.at, e.action.empty() ? "set" : "do",
                     quoted(e.action.empty() ? e.target : e.action));
    if (!e.action.empty()) t += ", target: " + quoted(e.target);
    if (e.has_value)
      t += fmt::format(", {}: {}", e.action.empty() ? "to" : "value", quoted(e.value_text));
    if (e.duration > 0.0) t += fmt::format(", for: {} s", e.duration);
    if (e.ramp > 0.0) t += fmt::format(", ramp: {} s", e.ramp);
    t += "}\n";
  }
  t += "components:\n";
  auto one = [&](const std::string& id, const std::string& type, int units, int count,
                 const core::ParamTableBase& table, const void* params) {
    t += fmt::format("  - id: {}\n    type: {}\n", id, type);
    if (units > 1) t += fmt::format("    count: {}\n    lump: false\n", units);
    if (count > 1) t += fmt::format("    count: {}\n", count);
    if (table.rows().empty()) return;
    t += "    params:\n";
    for (size_t r = 0; r < table.rows().size(); ++r)
      t += fmt::format("      {}: {}\n", table.rows()[r].name,
                       show(table.rows()[r], table.get(params, static_cast<int>(r))));
  };
  for (const auto& c : s.system.components)
    one(c.id, c.type->name, c.units, c.count, *c.type->params, c.params.get());
  for (const auto& p : s.system.processes)
    one(p.id, p.type->name, 1, 1, *p.type->params, p.params.get());
  t += "connect:\n";
  for (const auto& n : s.system.nodes) {
    t += "  - [";
    if (!n.name.empty()) t += quoted(n.name) + ", ";
    for (size_t i = 0; i < n.ports.size(); ++i) t += (i ? ", " : "") + quoted(n.ports[i].text);
    t += "]\n";
  }
  t += "signals:\n";
  for (const auto& x : s.system.signals)
    t += x.source.empty() ? fmt::format("  {}: {}\n", x.target, x.constant)
                          : fmt::format("  {}: {}\n", x.target, x.source);
  if (!s.availability_text.empty()) {
    t += "availability:\n";
    size_t at = 0;
    while (at < s.availability_text.size()) {
      const size_t end = std::min(s.availability_text.find('\n', at), s.availability_text.size());
      t += "  " + s.availability_text.substr(at, end - at) + "\n";
      at = end + 1;
    }
  }
  return t;
}

}  // namespace steppe::app
