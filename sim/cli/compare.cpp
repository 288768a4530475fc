// steppe compare: KPIs of results side by side, and which inputs of two differ.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sim/base/units.h"
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

/// A KPI of all files; NaN where a file has none.
struct Row {
  std::string name, unit;
  std::vector<double> values;
};
/// In the order of the first file; what only others have comes last.
std::vector<Row> rows_of(const std::vector<io::ResultFile>& files) {
  std::vector<Row> out;
  for (size_t i = 0; i < files.size(); ++i)
    for (const auto& k : files[i].kpis()) {
      auto it = std::find_if(out.begin(), out.end(),
                             [&](const Row& r) { return r.name == k.name && r.unit == k.unit; });
      if (it == out.end())
        it = out.insert(out.end(), {k.name, k.unit, std::vector(files.size(), std::nan(""))});
      it->values[i] = k.value;
    }
  return out;
}

/// What a run covers: sums of runs that cover different times cannot be compared.
struct Span {
  std::string start;
  double length;  ///< s, to the last row
  bool operator==(const Span&) const = default;
};
Span span_of(const io::ResultFile& f) {
  return {f.start(), f.rows() > 0 ? f.time(f.rows() - 1, 1).at(0) : 0.0};
}

std::string letter(size_t i) { return std::string(1, static_cast<char>('A' + i)); }

/// Two files: {"a", "b", "kpi": {NAME: {a, b, difference, relative, unit}}, "inputs"}. More:
/// {"files", "kpi": {NAME: {unit, values}}}. NaN and infinity become null: what a run does not
/// have, or a share of nothing.
std::string json_of(const std::vector<io::ResultFile>& files, const std::vector<Row>& rows) {
  nlohmann::ordered_json j;
  const bool two = files.size() == 2;
  const auto about = [](const io::ResultFile& f) {
    return nlohmann::ordered_json{{"file", f.path()}, {"status", f.status()}};
  };
  if (two) {
    j["a"] = about(files[0]);
    j["b"] = about(files[1]);
    for (const auto& [key, f] : {std::pair{"a", &files[0]}, std::pair{"b", &files[1]}})
      j[key]["events"] = f->events().size();
  } else {
    for (const auto& f : files) j["files"].push_back(about(f));
  }
  j["kpi"] = nlohmann::ordered_json::object();
  for (const auto& r : rows) {
    auto& k = j["kpi"][r.name];
    if (!two) {
      k = {{"unit", r.unit}, {"values", r.values}};
      continue;
    }
    const double a = r.values[0], b = r.values[1];
    k = {{"a", a}, {"b", b}, {"difference", b - a}};
    k["relative"] = a == 0.0 ? std::nan("") : (b - a) / std::abs(a);
    k["unit"] = r.unit;
  }
  if (two) {
    j["inputs"] = nlohmann::ordered_json::array();
    for (const auto& i : differences(inputs_of(files[0]), inputs_of(files[1])))
      j["inputs"].push_back({{"name", i.name}, {"a", i.a}, {"b", i.b}});
  }
  return j.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// B − A, and its share of A where that says something.
std::string difference_columns(const Row& r) {
  const double a = r.values[0], d = r.values[1] - a;
  const std::string difference = std::isnan(d)   ? "-"
                                 : d == 0.0      ? "0"
                                 : r.unit == "K" ? fmt::format("{:+.4g} K", d)
                                                 : kpi_text(r.name, d, r.unit);
  // Residuals are noise: their ratio says nothing.
  const bool ratio = std::isfinite(d) && a != 0.0 && d != 0.0 && r.unit != "K" &&
                     !r.name.starts_with("ledger_residual");
  return fmt::format(" {:>14} {:>10}", difference,
                     ratio ? fmt::format("{:+.3g} %", 100.0 * d / std::abs(a)) : "");
}

void print_page(const std::vector<io::ResultFile>& files, const std::vector<Row>& rows) {
  const bool two = files.size() == 2;
  fmt::print("  {:<34}", "");
  for (size_t i = 0; i < files.size(); ++i) fmt::print(" {:>16}", letter(i));
  fmt::print("{}\n", two ? fmt::format(" {:>14} {:>10}", "B - A", "relative") : "");
  for (const auto& r : rows) {
    fmt::print("  {:<34}", r.name);
    for (double v : r.values)
      fmt::print(" {:>16}", std::isnan(v) ? "-" : kpi_text(r.name, v, r.unit));
    fmt::print("{}\n", two ? difference_columns(r) : "");
  }
  fmt::print("  {:<34}", "events");
  for (const auto& f : files) fmt::print(" {:>16}", f.events().size());
  fmt::print("\n\n");
  const Span first = span_of(files[0]);
  bool same = true;
  for (size_t i = 0; i < files.size(); ++i) {
    const Span s = span_of(files[i]);
    same = same && s == first;
    fmt::print("{}  {} ({}, {} from {})\n", letter(i), files[i].path(), files[i].status(),
               format_duration(s.length), s.start);
  }
  if (!same)
    fmt::print(
        "\nThese results cover different times: compare ratios (pue, cue), not sums (energy, "
        "cost, tokens).\n");
}

void print_inputs(const std::vector<Difference>& inputs) {
  if (inputs.empty()) {
    fmt::print("\nNo input differs.\n");
    return;
  }
  fmt::print("\nInputs that differ ({})\n", inputs.size());
  for (const auto& i : inputs)
    fmt::print("  {:<40} {:>20} -> {}\n", i.name, i.a.empty() ? "-" : i.a, i.b.empty() ? "-" : i.b);
}

void compare(const std::vector<std::string>& paths, bool json) {
  std::vector<io::ResultFile> files;
  for (const auto& p : paths) files.push_back(io::ResultFile::open(p));
  const auto rows = rows_of(files);
  if (json) {
    fmt::print("{}\n", json_of(files, rows));
    return;
  }
  print_page(files, rows);
  if (files.size() == 2) print_inputs(differences(inputs_of(files[0]), inputs_of(files[1])));
}

}  // namespace

void add_compare(CLI::App& app, Program&) {
  auto* cmd = app.add_subcommand("compare", "Results side by side: KPIs, and of two the inputs");
  auto files = std::make_shared<std::vector<std::string>>();
  auto json = std::make_shared<bool>(false);
  cmd->add_option("RESULTS", *files, "Two result files or more")->required()->expected(2, 16);
  cmd->add_flag("--json", *json, "For programs: SI values with units");
  cmd->callback([=] { compare(*files, *json); });
}

}  // namespace steppe::cli
