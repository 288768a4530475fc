#include <fmt/format.h>

#include <cmath>

#include "sim/base/units.h"
#include "sim/cli/commands.h"

namespace steppe::cli {

std::string kpi_text(const std::string& name, double value, const std::string& unit) {
  if (name.starts_with("ledger_residual") || name.starts_with("residual_"))
    return fmt::format("{:.2e}", value);
  if (name.starts_with("hours_")) return fmt::format("{:.2f} h", value / 3600.0);
  if (unit == "kg/J") return fmt::format("{:.4g} kg/kWh", value * 3.6e6);
  // Four nines and five differ in the fifth digit.
  if (name.starts_with("availability") && name != "availability_nines" &&
      name != "availability_target_met")
    return fmt::format("{:.6f} %", 100.0 * value);
  if (unit == "1") return fmt::format("{:.6g}", value);
  // Energies are integrals: what is left of a cancelled sum is no energy.
  if (unit == "J" && std::abs(value) < 1e-3) return "0 J";
  // Every temperature of the KPIs is one on a scale, none a difference.
  return format_quantity(value, unit == "K" ? "degC" : unit);
}

std::string kpi_page(const std::vector<PageNumber>& kpis) {
  std::string out;
  for (const auto& k : kpis)
    out += fmt::format("  {:<34} {:>16}   {}\n", k.name, kpi_text(k.name, k.value, k.unit), k.help);
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
