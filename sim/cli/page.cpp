#include <fmt/format.h>

#include <map>

#include "sim/base/units.h"
#include "sim/cli/commands.h"

namespace steppe::cli {

std::string kpi_page(const std::vector<PageNumber>& kpis) {
  std::string out;
  for (const auto& k : kpis) {
    std::string value;
    if (k.name.starts_with("ledger_residual"))
      value = fmt::format("{:.2e}", k.value);
    else if (k.name.starts_with("hours_"))
      value = fmt::format("{:.2f} h", k.value / 3600.0);
    else if (k.unit == "kg/J")
      value = fmt::format("{:.4g} kg/kWh", k.value * 3.6e6);
    else if (k.unit == "1")
      value = fmt::format("{:.6g}", k.value);
    else
      value = format_quantity(k.value, k.unit);
    out += fmt::format("  {:<34} {:>16}   {}\n", k.name, value, k.help);
  }
  return out;
}

}  // namespace steppe::cli
