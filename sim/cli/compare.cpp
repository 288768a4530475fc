// steppe compare: KPIs of two results side by side, and which inputs differ.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sim/cli/commands.h"
#include "sim/io/result_file.h"
#include "sim/io/yaml_source.h"

namespace steppe::cli {
namespace {

using Inputs = std::map<std::string, std::string>;

/// "bess.energy" -> "80 MWh" and so on, from the resolved scenario.
void collect(const io::Node& n, const std::string& path, Inputs& out) {
  if (n.is_map()) {
    for (const auto& e : n.items) collect(e.value, path.empty() ? e.key : path + "." + e.key, out);
  } else if (n.is_sequence()) {
    for (size_t i = 0; i < n.seq.size(); ++i) {
      const io::Node& child = n.seq[i];
      if (const io::Node* id = child.find("id")) {
        for (const auto& e : child.items)
          if (e.key == "params")
            collect(e.value, id->scalar, out);  // as --set spells it
          else if (e.key != "id")
            collect(e.value, id->scalar + "." + e.key, out);
      } else if (child.is_scalar() && path != "connect") {
        collect(child, fmt::format("{}[{}]", path, i), out);
      } else {
        // Connections, events: order does not matter, so the text is the key.
        std::string text = io::dump(child);
        while (!text.empty() && text.back() == '\n') text.pop_back();
        for (size_t nl = text.find('\n'); nl != std::string::npos; nl = text.find('\n', nl))
          text.replace(nl, 1, ", ");
        out[fmt::format("{}: {}", path, text)] = "present";
      }
    }
  } else {
    out[path] = n.scalar;
  }
}

Inputs inputs_of(const io::ResultFile& f) {
  const std::string text = f.text("/scenario/resolved");
  Inputs out;
  if (!text.empty()) collect(io::load_yaml_text(text, f.path() + ":/scenario/resolved"), "", out);
  return out;
}

struct Difference {
  std::string name, a, b;
};
std::vector<Difference> differences(const Inputs& a, const Inputs& b) {
  std::vector<Difference> out;
  for (const auto& [name, value] : a) {
    const auto other = b.find(name);
    if (other == b.end())
      out.push_back({name, value, ""});
    else if (other->second != value)
      out.push_back({name, value, other->second});
  }
  for (const auto& [name, value] : b)
    if (!a.count(name)) out.push_back({name, "", value});
  return out;
}

struct Row {
  std::string name, unit;
  double a = std::nan(""), b = std::nan("");
};
/// In the order of the first file; what only the second has comes last.
std::vector<Row> rows_of(const io::ResultFile& a, const io::ResultFile& b) {
  std::vector<Row> out;
  for (const auto& k : a.kpis()) out.push_back({k.name, k.unit, k.value, std::nan("")});
  for (const auto& k : b.kpis()) {
    auto it = std::find_if(out.begin(), out.end(), [&](const Row& r) { return r.name == k.name; });
    if (it == out.end()) it = out.insert(out.end(), {k.name, k.unit});
    it->b = k.value;
  }
  return out;
}

int compare(const std::string& path_a, const std::string& path_b, bool json) {
  const auto a = io::ResultFile::open(path_a), b = io::ResultFile::open(path_b);
  const auto rows = rows_of(a, b);
  const auto inputs = differences(inputs_of(a), inputs_of(b));
  const size_t events_a = a.events().size(), events_b = b.events().size();
  if (json) {
    nlohmann::ordered_json j;
    j["a"] = {{"file", path_a}, {"status", a.status()}, {"events", events_a}};
    j["b"] = {{"file", path_b}, {"status", b.status()}, {"events", events_b}};
    j["kpi"] = nlohmann::ordered_json::object();
    for (const auto& r : rows) {
      auto& k = j["kpi"][r.name];
      k = {{"a", r.a}, {"b", r.b}, {"difference", r.b - r.a}};
      // NaN and infinity become null: what one run does not have, or a share of nothing.
      k["relative"] = r.a == 0.0 ? std::nan("") : (r.b - r.a) / std::abs(r.a);
      k["unit"] = r.unit;
    }
    j["inputs"] = nlohmann::ordered_json::array();
    for (const auto& i : inputs) j["inputs"].push_back({{"name", i.name}, {"a", i.a}, {"b", i.b}});
    fmt::print("{}\n", j.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return 0;
  }
  fmt::print("  {:<34} {:>16} {:>16} {:>14} {:>10}\n", "", "A", "B", "B - A", "relative");
  for (const auto& r : rows) {
    auto text = [&](double v) {
      return std::isnan(v) ? std::string("-") : kpi_text(r.name, v, r.unit);
    };
    const double d = r.b - r.a;
    const std::string difference = std::isnan(d)   ? "-"
                                   : d == 0.0      ? "0"
                                   : r.unit == "K" ? fmt::format("{:+.4g} K", d)
                                                   : kpi_text(r.name, d, r.unit);
    // Residuals are noise: their ratio says nothing.
    const bool ratio = std::isfinite(d) && r.a != 0.0 && d != 0.0 && r.unit != "K" &&
                       !r.name.starts_with("ledger_residual");
    fmt::print("  {:<34} {:>16} {:>16} {:>14} {:>10}\n", r.name, text(r.a), text(r.b), difference,
               ratio ? fmt::format("{:+.3g} %", 100.0 * d / std::abs(r.a)) : "");
  }
  fmt::print("  {:<34} {:>16} {:>16}\n", "events", events_a, events_b);
  fmt::print("\nA  {} ({})\nB  {} ({})\n", path_a, a.status(), path_b, b.status());
  if (inputs.empty()) {
    fmt::print("\nNo input differs.\n");
    return 0;
  }
  fmt::print("\nInputs that differ ({})\n", inputs.size());
  for (const auto& i : inputs)
    fmt::print("  {:<40} {:>20} -> {}\n", i.name, i.a.empty() ? "-" : i.a, i.b.empty() ? "-" : i.b);
  return 0;
}

/// More than two: what each has, side by side; rows in the order of the first.
int compare_many(const std::vector<std::string>& paths, bool json) {
  std::vector<io::ResultFile> files;
  for (const auto& p : paths) files.push_back(io::ResultFile::open(p));
  std::vector<std::pair<std::string, std::string>> names;
  std::vector<std::map<std::string, double>> values(files.size());
  for (size_t i = 0; i < files.size(); ++i)
    for (const auto& k : files[i].kpis()) {
      const std::pair<std::string, std::string> name{k.name, k.unit};
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      values[i][k.name] = k.value;
    }
  if (json) {
    nlohmann::ordered_json j;
    for (size_t i = 0; i < files.size(); ++i)
      j["files"].push_back({{"file", paths[i]}, {"status", files[i].status()}});
    for (const auto& [name, unit] : names) {
      auto& row = j["kpi"][name];
      row["unit"] = unit;
      for (const auto& v : values) {
        const auto it = v.find(name);
        row["values"].push_back(it == v.end() ? std::nan("") : it->second);
      }
    }
    fmt::print("{}\n", j.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return 0;
  }
  const auto letter = [](size_t i) { return std::string(1, static_cast<char>('A' + i)); };
  fmt::print("  {:<34}", "");
  for (size_t i = 0; i < files.size(); ++i) fmt::print(" {:>16}", letter(i));
  fmt::print("\n");
  for (const auto& [name, unit] : names) {
    fmt::print("  {:<34}", name);
    for (const auto& v : values) {
      const auto it = v.find(name);
      fmt::print(" {:>16}", it == v.end() ? "-" : kpi_text(name, it->second, unit));
    }
    fmt::print("\n");
  }
  fmt::print("\n");
  for (size_t i = 0; i < files.size(); ++i)
    fmt::print("{}  {} ({})\n", letter(i), paths[i], files[i].status());
  return 0;
}

}  // namespace

void add_compare(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("compare", "Results side by side: KPIs, and of two the inputs");
  auto files = std::make_shared<std::vector<std::string>>();
  auto json = std::make_shared<bool>(false);
  cmd->add_option("RESULTS", *files, "Two result files or more")->required()->expected(2, 16);
  cmd->add_flag("--json", *json, "For programs: SI values with units");
  cmd->callback([=, &program] {
    const auto& f = *files;
    program.exit_code = f.size() == 2 ? compare(f[0], f[1], *json) : compare_many(f, *json);
  });
}

}  // namespace steppe::cli
