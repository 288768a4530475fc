#include "gui/diagram/component_values.h"

#include <algorithm>
#include <cmath>

#include "gui/document/display.h"
#include "gui/runner/run_data.h"
#include "gui/style/words.h"

namespace steppe::gui {

namespace {

bool is_mode(const SignalInfo& i) {
  return i.held && i.unit == "1" && i.help.contains(", ") && !i.help.contains(". ");
}

/// Smaller is more telling.
int rank_of(const SignalInfo& i, const QString& member) {
  static const QStringList kNames{
      "p_import",    "p_in", "power",     "p_elec",      "it_power",  "heat",         "p_dc",
      "p_out",       "p",    "cooling",   "q",           "chip_temp", "coolant_temp", "temp_out",
      "temp_supply", "temp", "mean_temp", "volume_flow", "mdot",      "flow",         "fan_power"};
  const auto at = kNames.indexOf(member);
  if (at >= 0) return static_cast<int>(at);
  if (i.unit == "W") return 30;
  if (i.unit == "K") return 40;
  if (i.unit == "kg/s" || i.unit == "m3/s") return 45;
  if (i.unit == "1") return 70;
  return 60;
}

}  // namespace

Health state_of_mode(const QString& mode) {
  const QString m = mode.toLower();
  auto has = [&](std::initializer_list<const char*> list) {
    return std::any_of(list.begin(), list.end(), [&](const char* w) { return m.contains(w); });
  };
  if (has({"trip", "fail", "fault", "lost", "dead", "shutdown", "blocked"})) return Health::tripped;
  if (has({"overload", "throttl", "limit", "derat", "bypass", "starting", "alarm"}))
    return Health::warning;
  if (has({"battery", "discharg", "island"})) return Health::battery;
  if (has({"off", "standby", "open", "idle", "stopped"})) return Health::off;
  if (has({"froz"})) return Health::frozen;
  return Health::normal;
}

QString value_text(const SignalInfo& i, std::optional<double> value) {
  if (!value) return "–";
  const double x = value.value_or(0.0);
  if (is_mode(i)) {
    const QStringList words = i.help.split(", ");
    const auto k = static_cast<qsizetype>(std::lround(x));
    if (k >= 0 && k < words.size()) return mode_word(words[k]);
  }
  return QString::fromStdString(quantity(x, i.unit.toStdString()));
}

std::vector<const SignalInfo*> signals_of(const RunData& r, const QString& id) {
  std::vector<std::pair<int, const SignalInfo*>> found;
  const QString prefix = RunData::split_key(id).first + ".";
  for (const auto& i : r.infos) {
    if (!i.name.startsWith(prefix)) continue;
    const QString member = i.name.mid(prefix.size());
    if (member.contains('.') ||
        ((member.endsWith("_min") || member.endsWith("_max")) && r.info(i.name.chopped(4))))
      continue;
    found.emplace_back(is_mode(i) ? 200 : rank_of(i, member), &i);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const SignalInfo*> out;
  for (const auto& [rank, i] : found) out.push_back(i);
  return out;
}

ComponentView view_of(RunData& r, const QString& id, double t) {
  ComponentView view;
  const auto list = signals_of(r, id);
  const auto [base, one] = RunData::split_key(id);
  bool power_taken = false;
  if (one >= 0) view.unit = one;
  // Modes first: they say which unit the values are to be of.
  for (const SignalInfo* i : list)
    if (is_mode(*i)) {
      const int units = i->width;
      const QStringList words = i->help.split(", ");
      // A parent shows the worst of its units.
      const int first = one >= 0 ? one : 0, last = one >= 0 ? one + 1 : std::min(units, 64);
      for (int u = first; u < last; ++u) {
        const auto v = r.value(units > 1 ? RunData::make_key(i->name, u) : i->name, t);
        if (!v) continue;
        const auto k = static_cast<qsizetype>(std::lround(*v));
        if (k < 0 || k >= words.size()) continue;
        const Health s = state_of_mode(words[k]);
        const auto place = static_cast<size_t>(u - first);
        if (view.units.size() <= place) view.units.resize(place + 1, Health::normal);
        view.units[place] = std::max(view.units[place], s);
        if (view.mode.isEmpty() || s > view.state) {
          view.mode = words[k];
          if (s > view.state) view.unit = u;
          view.state = std::max(view.state, s);
        }
      }
    }
  for (const SignalInfo* i : list) {
    if (is_mode(*i)) continue;
    const QString member = i->name.mid(base.size() + 1);
    const int units = i->width;
    const bool power = i->unit == "W", flow = i->unit == "kg/s" || i->unit == "m3/s";
    const bool soc = member == "soc" || member == "state_of_charge";
    const bool wanted =
        view.main.isEmpty() || view.second.isEmpty() || soc || (power && !view.flow) || flow;
    if (!wanted) continue;
    // What adds up is that of all units; a temperature or a charge is one unit's.
    const int which =
        (power || flow) && one < 0 ? RunData::kAllUnits : std::min(view.unit, units - 1);
    const auto v = r.value(units > 1 ? RunData::make_key(i->name, which) : i->name, t);
    if (!v) continue;
    const std::string unit = i->unit.toStdString();
    const QString text = soc ? QString::fromStdString(number(100 * *v, 2)) + " %"
                             : QString::fromStdString(quantity(*v, unit, 3));
    if (soc) view.soc = *v;
    // Lines are as wide as the mass that flows; a pump that tells its volume alone moves water.
    constexpr double kWater = 1000.0;  // kg/m3
    if (flow && (!view.mass_flow || (i->unit == "kg/s" && view.flows.empty())))
      view.mass_flow = i->unit == "kg/s" ? *v : kWater * *v;
    if (i->unit == "kg/s") view.flows.emplace_back(member, *v);
    if (power && !view.flow) view.flow = *v;
    if (view.main.isEmpty()) {
      view.main = text;
      power_taken = power;
    } else if (soc || (view.second.isEmpty() && !(power && power_taken))) {
      view.second = text;
    }
  }
  return view;
}

}  // namespace steppe::gui
