#include <fmt/format.h>

#include <cmath>

#include "sim/base/units.h"
#include "sim/cli/commands.h"

namespace steppe::cli {

std::string kpi_text(const std::string& name, double value, const std::string& unit) {
  if (name.starts_with("ledger_residual") || name.starts_with("residual_"))
    return fmt::format("{:.2e}", value);
  if (name.starts_with("hours_")) return fmt::format("{:.2f} h", value / 3600.0);
  // Minutes and hours of a year, as people compare them.
  if (name.starts_with("outage_time")) return fmt::format("{:.4g} min", value / 60.0);
  if (name == "training_time_lost") return fmt::format("{:.4g} h", value / 3600.0);
  if (unit == "kg/J") return fmt::format("{:.4g} kg/kWh", value * 3.6e6);
  // Four nines and five differ in the fifth digit.
  if (name.starts_with("availability") && name != "availability_nines" &&
      name != "availability_target_met")
    return fmt::format("{:.6f} %", 100.0 * value);
  if (unit == "1") return fmt::format("{:.6g}", value);
  // A process may name a figure of its own in the unit of its trade: the number is in that unit.
  if (const auto u = parse_unit(unit); u && u->scale != 1.0)
    return fmt::format("{:.4g} {}", value, unit);
  // Energies are integrals: what is left of a cancelled sum is no energy.
  if (unit == "J" && std::abs(value) < 1e-3) return "0 J";
  // Every temperature of the KPIs is one on a scale, none a difference.
  return format_quantity(value, unit == "K" ? "degC" : unit);
}

namespace {

/// KPIs "service_NAME_earned", "…_energy" and "…_cells" as a table of services.
std::string service_table(const std::vector<PageNumber>& kpis) {
  struct Row {
    double earned = 0.0, energy = 0.0, cells = 0.0;
  };
  std::vector<std::pair<std::string, Row>> rows;
  Row sum;
  for (const auto& k : kpis) {
    const size_t end = k.name.rfind('_');
    const std::string name = k.name.substr(8, end - 8), what = k.name.substr(end + 1);
    if (rows.empty() || rows.back().first != name) rows.push_back({name, {}});
    auto put = [&](double& one, double& all) { one = k.value, all += k.value; };
    Row& r = rows.back().second;
    if (what == "earned") put(r.earned, sum.earned);
    if (what == "energy") put(r.energy, sum.energy);
    if (what == "cells") put(r.cells, sum.cells);
  }
  std::string out =
      fmt::format("\n  {:<34} {:>16} {:>16} {:>16} {:>16}\n", "Services of the dispatch", "earned",
                  "given back", "cost of cells", "left");
  rows.push_back({"sum", sum});
  for (const auto& [name, r] : rows)
    out += fmt::format("  {:<34} {:>12.2f} CNY {:>16} {:>12.2f} CNY {:>12.2f} CNY\n", name,
                       r.earned, r.energy > 0.0 ? format_quantity(r.energy, "J") : "", r.cells,
                       r.earned - r.cells);
  return out;
}

}  // namespace

std::string kpi_page(const std::vector<PageNumber>& kpis) {
  std::string out;
  std::vector<PageNumber> services;
  for (const auto& k : kpis)
    if (k.name.starts_with("service_"))
      services.push_back(k);
    else
      out +=
          fmt::format("  {:<34} {:>16}   {}\n", k.name, kpi_text(k.name, k.value, k.unit), k.help);
  if (!services.empty()) out += service_table(services);
  return out;
}

std::string event_page(const std::vector<PageEvent>& events, size_t most, const std::string& more) {
  std::string out;
  for (size_t i = 0; i < std::min(most, events.size()); ++i) {
    const auto& e = events[i];
    out += fmt::format("  {:<18} {} {}{}{}\n", format_duration(e.time), e.component, e.name,
                       e.to.empty() ? "" : fmt::format(": {} -> {}", e.from, e.to),
                       e.text.empty() ? "" : " (" + e.text + ")");
  }
  if (events.size() > most) out += fmt::format("  … {} more: {}\n", events.size() - most, more);
  return out;
}

}  // namespace steppe::cli
