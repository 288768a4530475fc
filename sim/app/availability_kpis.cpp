#include "sim/app/availability_kpis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace steppe::app {
namespace {

constexpr double kYear = 8760.0 * 3600.0;
/// Half width of a 95 % interval in standard errors.
constexpr double k95 = 1.959963984540054;

}  // namespace

std::vector<Kpi> availability_kpis(const Scenario& s, double tokens_per_second) {
  if (!s.availability) return {};
  const AvailabilityModel& m = *s.availability;
  const auto r = availability_of(m, s.seed);
  std::vector<Kpi> out;
  auto add = [&](const std::string& name, const char* unit, double value, const std::string& help) {
    out.push_back({name, unit, help, value});
  };
  const double half = k95 * r.all.down_sigma;
  const double low = std::max(0.0, 1.0 - r.all.down - half),
               high = std::min(1.0, 1.0 - r.all.down + half);
  add("availability", "1", 1.0 - r.all.down, "Share of time that the site serves");
  add("availability_low", "1", low, "Lower end of its 95 % confidence interval");
  add("availability_high", "1", high, "Upper end of its 95 % confidence interval");
  add("availability_nines", "1", -std::log10(r.all.down), "-log10(1 - availability)");
  add("outage_time", "s", r.all.down * kYear, "Time that the site is down, in a year");
  add("outage_time_high", "s", (r.all.down + half) * kYear,
      "Upper end of its 95 % confidence interval");
  add("outages", "1", r.all.rate * kYear, "Outages of the site in a year");
  for (size_t i = 0; i < m.site.size(); ++i)
    add("outage_time_" + m.site[i].name, "s", r.site[i].down * kYear,
        fmt::format("Time that '{}' is down, in a year", m.site[i].name));
  for (size_t i = 0; i < m.part.size(); ++i)
    add("outage_time_" + m.part[i].name, "s", r.part[i].down * kYear,
        fmt::format("Time that one '{}' is down, in a year", m.part[i].name));
  if (m.target > 0.0) {
    add("availability_target", "1", m.target, "Availability that is asked for");
    // Proven, not only likely: the whole interval lies above.
    add("availability_target_met", "1", low >= m.target ? 1.0 : 0.0,
        "1: the lower end of the interval reaches the target");
  }
  if (m.replay > 0)
    add("outage_replayed", "s", m.replayed, "Length of the outage that this run replays");
  add("computing_lost", "1", r.computing_down, "Share of the computing that outages take");
  if (tokens_per_second >= 0.0)
    add("tokens_lost", "1", r.computing_down * tokens_per_second * kYear,
        "Tokens not generated in a year");
  // After an interruption: since the last checkpoint, half an interval on average, and the restart.
  const double again = r.interruptions * (m.restart + 0.5 * m.checkpoint);
  add("training_interruptions", "1", r.interruptions * kYear,
      "Interruptions of a training job on the whole site, in a year");
  add("training_time_lost", "s", std::min(1.0, r.all.down + again) * kYear,
      "Training time lost in a year: outages, work since the last checkpoint, restarts");
  return out;
}

}  // namespace steppe::app
