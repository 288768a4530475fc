#include "gui/panels/run_differences.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "gui/style/text.h"
#include "sim/io/yaml_source.h"

namespace steppe::gui {

namespace {

void leaves(const io::Node& n, const QString& path, std::map<QString, QString>& out) {
  if (n.is_scalar()) {
    out[path] = qs(n.scalar);
  } else if (n.is_map()) {
    for (const auto& e : n.items)
      leaves(e.value, path.isEmpty() ? qs(e.key) : path + "." + qs(e.key), out);
  } else if (n.is_sequence()) {
    for (size_t i = 0; i < n.seq.size(); ++i) {
      const io::Node* id = n.seq[i].find("id");
      // "bess.energy" reads better than "components[3].params.energy".
      leaves(n.seq[i], id ? qs(id->scalar) : QString("%1[%2]").arg(path).arg(i), out);
    }
  }
}

}  // namespace

int better_direction(const std::string& k) {
  if (k.starts_with("slo") || k == "erf" || k.starts_with("requests_completed") ||
      k.starts_with("tokens_out") || k.starts_with("hours_free") || k == "battery_min_soc" ||
      k == "load_factor" || k == "energy_renewable")
    return +1;
  if (k.starts_with("requests_arrived") || k.starts_with("tokens_in") || k == "energy_it" ||
      k == "energy_grid_export" || k.starts_with("battery_throughput") ||
      k.starts_with("hours_partial"))
    return 0;
  return -1;
}

std::vector<InputDifference> input_differences(const std::vector<std::string>& texts) {
  std::vector<std::map<QString, QString>> all(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) try {
      leaves(io::load_yaml_text(texts[i], "scenario"), {}, all[i]);
    } catch (const Error&) {
    }
  std::map<QString, bool> paths;
  for (const auto& a : all)
    for (const auto& [p, v] : a) paths[p] = true;
  std::vector<InputDifference> out;
  for (const auto& [p, unused] : paths) {
    InputDifference d{p, {}};
    bool same = true;
    for (const auto& a : all) {
      const auto it = a.find(p);
      d.values.push_back(it == a.end() ? QString() : it->second);
      same = same && d.values.back() == d.values.front();
    }
    if (!same) {
      d.path.replace(".params.", ".");
      out.push_back(std::move(d));
    }
  }
  return out;
}

std::optional<FigureDifference> explain_difference(const std::vector<io::ResultNumber>& a,
                                                   const std::vector<io::ResultNumber>& b) {
  std::map<std::string, double> delta;
  std::map<std::string, std::string> units;
  for (const auto& x : a)
    for (const auto& y : b)
      if (x.name == y.name) {
        delta[x.name] = y.value - x.value;
        units[x.name] = x.unit;
      }
  const auto total =
      delta.count("cost_total") ? delta.find("cost_total") : delta.find("energy_site");
  if (total == delta.end()) return std::nullopt;
  FigureDifference out{total->first, units[total->first], total->second, {}};
  const bool money = total->first == "cost_total";
  double rest = total->second;
  for (const auto& [name, d] : delta) {
    // What a token costs, and a rate, are no parts of the bill; nor does cooling count twice, as a
    // whole and by its machines.
    const bool part = money
                          ? name.starts_with("cost_") && name != "cost_total" &&
                                !name.starts_with("cost_per") && units[name] == units["cost_total"]
                          : name.starts_with("energy_cooling_") || name == "energy_it" ||
                                name == "energy_loss_chain" || name == "energy_other";
    if (!part) continue;
    out.parts.emplace_back(name, d);
    rest -= d;
  }
  const bool machines = std::any_of(out.parts.begin(), out.parts.end(), [](const auto& p) {
    return p.first.starts_with("energy_cooling_");
  });
  if (!money && !machines && delta.count("energy_cooling")) {
    out.parts.emplace_back("energy_cooling", delta["energy_cooling"]);
    rest -= delta["energy_cooling"];
  }
  if (std::abs(rest) > 1e-6 * std::abs(out.delta)) out.parts.emplace_back("other", rest);
  std::stable_sort(out.parts.begin(), out.parts.end(), [](const auto& x, const auto& y) {
    return std::abs(x.second) > std::abs(y.second);
  });
  return out;
}

}  // namespace steppe::gui
