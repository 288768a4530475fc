// steppe info: model cards made from the descriptions that the models carry.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "sim/app/schema.h"
#include "sim/base/units.h"
#include "sim/cli/commands.h"

namespace steppe::cli {
namespace {

using Json = nlohmann::ordered_json;

/// A card as tables, whatever the output: the first row of a table names its columns.
struct Table {
  std::string title;
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
};
struct Card {
  std::string name, kind, domain, help;
  std::vector<Table> tables;
};

std::string unit_text(const std::string& unit) { return unit.empty() || unit == "1" ? "-" : unit; }
std::string si_text(double v, const std::string& unit) {
  if (std::abs(v) >= 1e29) return "no limit";
  return unit == "K" && v > 150.0 ? format_quantity(v, "degC") : format_quantity(v, unit);
}

Table param_table(const core::ParamTableBase& table) {
  Table t{"Parameters", {"name", "default", "range", "meaning", "source"}, {}};
  for (const auto& row : table.rows()) {
    std::string value = app::param_text(row, row.value);
    if (row.required) value = "required, e.g. " + value;
    if (value.empty()) value = "none";
    std::string range = app::bounds_text(row);
    if (range.empty()) range = app::kind_name(row.kind);
    t.rows.push_back({row.name, value, range, row.help, row.source});
  }
  return t;
}

const char* kind_text(core::VarKind k) {
  switch (k) {
    case core::VarKind::storage:
      return "storage";
    case core::VarKind::lag:
      return "lag";
    case core::VarKind::algebraic:
      return "algebraic";
  }
  return "";
}

Table named(const char* title, const std::vector<core::NamedInfo>& all) {
  Table t{title, {"name", "meaning"}, {}};
  for (const auto& n : all) t.rows.push_back({n.name, n.help});
  return t;
}

Card card_of(const core::ComponentType& type) {
  const auto& l = type.layout;
  Card c{type.name, "component", type.domain, type.help, {}};
  Table ports{"Ports", {"name", "kind", "remark"}, {}};
  for (const auto& p : l.ports)
    ports.rows.push_back({p.name, app::kind_name(p.kind),
                          p.source      ? "holds the voltage of its island"
                          : p.reference ? "fixes the pressure of its circuit and names its medium"
                          : p.optional  ? "may stay open"
                                        : ""});
  Table inputs{"Inputs", {"name", "unit", "default", "range", "meaning"}, {}};
  for (const auto& i : l.inputs)
    inputs.rows.push_back(
        {i.name, unit_text(i.unit), i.required ? "required" : si_text(i.value, i.unit),
         fmt::format("{} … {}", si_text(i.lo, i.unit), si_text(i.hi, i.unit)), i.help});
  Table outputs{"Outputs", {"name", "unit", "meaning"}, {}};
  for (const auto& o : l.outputs) outputs.rows.push_back({o.name, unit_text(o.unit), o.help});
  Table vars{"Variables", {"name", "unit", "kind", "meaning"}, {}};
  for (const auto& v : l.vars)
    vars.rows.push_back({v.name, unit_text(v.unit),
                         fmt::format("{}{}", kind_text(v.kind), v.initial ? ", initial" : ""),
                         v.help});
  Table modes{"Modes", {"name", "values", "at the start"}, {}};
  for (const auto& m : l.modes)
    modes.rows.push_back({m.name, fmt::format("{}", fmt::join(m.values, ", ")),
                          m.values.at(static_cast<size_t>(m.initial))});
  c.tables = {std::move(ports),
              std::move(inputs),
              std::move(outputs),
              param_table(*type.params),
              std::move(vars),
              std::move(modes),
              named("Commands", l.commands),
              named("Guards", l.guards),
              named("Timers", l.timers)};
  return c;
}

Table signals(const char* title, const std::vector<core::SignalInfo>& all, bool inputs) {
  Table t{title, {"name", "unit", "meaning"}, {}};
  if (inputs) t.head.insert(t.head.begin() + 2, "default");
  for (const auto& s : all) {
    std::vector<std::string> row{s.name, unit_text(s.unit)};
    if (inputs) row.push_back(std::isnan(s.value) ? "required" : si_text(s.value, s.unit));
    row.push_back(s.help + (s.width == 1 ? "" : " (one value per unit)"));
    t.rows.push_back(std::move(row));
  }
  return t;
}

Card card_of(const core::ProcessType& type) {
  Card c{type.name, "process", type.domain, type.help, {}};
  Table commands{"Commands", {"name"}, {}};
  for (const auto& n : type.commands) commands.rows.push_back({n});
  c.tables = {signals("Inputs", type.inputs, true), signals("Outputs", type.outputs, false),
              param_table(*type.params), std::move(commands)};
  return c;
}

Card card_of(const std::string& name, const Calculator& calculator) {
  return {name, "calculation", "load", calculator.help, {param_table(*calculator.params)}};
}

/// Characters, not bytes: "°" takes one column.
size_t columns_of(const std::string& s) {
  return static_cast<size_t>(
      std::count_if(s.begin(), s.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}
std::string padded(const std::string& s, size_t width) {
  return s + std::string(width - std::min(width, columns_of(s)), ' ');
}
/// Breaks a text into lines of at most `width` columns.
std::vector<std::string> wrapped(const std::string& s, size_t width) {
  std::vector<std::string> out{""};
  for (size_t i = 0; i < s.size();) {
    const size_t end = std::min(s.find(' ', i), s.size());
    const std::string word = s.substr(i, end - i);
    if (!out.back().empty() && columns_of(out.back()) + 1 + columns_of(word) > width)
      out.emplace_back();
    out.back() += (out.back().empty() ? "" : " ") + word;
    i = end + 1;
  }
  return out;
}

std::string text_table(const Table& t) {
  constexpr size_t kScreen = 118, kIndent = 2, kGap = 2;
  // Columns as wide as their contents; what does not fit the screen is taken from the widest.
  std::vector<size_t> width;
  for (size_t c = 0; c < t.head.size(); ++c) {
    width.push_back(columns_of(t.head[c]));
    for (const auto& r : t.rows) width[c] = std::max(width[c], columns_of(r[c]));
  }
  auto total = [&] {
    size_t sum = kIndent;
    for (size_t w : width) sum += w + kGap;
    return sum;
  };
  while (total() > kScreen) {
    auto widest = std::max_element(width.begin(), width.end());
    if (*widest <= 16) break;
    --*widest;
  }
  std::string out;
  auto line = [&](const std::vector<std::string>& cells) {
    std::vector<std::vector<std::string>> parts;
    size_t height = 1;
    for (size_t c = 0; c < cells.size(); ++c) {
      parts.push_back(wrapped(cells[c], width[c]));
      height = std::max(height, parts.back().size());
    }
    for (size_t h = 0; h < height; ++h) {
      std::string text(kIndent, ' ');
      for (size_t c = 0; c < cells.size(); ++c)
        text += padded(h < parts[c].size() ? parts[c][h] : "", width[c] + kGap);
      out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
    }
  };
  line(t.head);
  std::vector<std::string> rule;
  for (size_t w : width) rule.push_back(std::string(w, '-'));
  line(rule);
  for (const auto& r : t.rows) line(r);
  return out;
}

std::string text_card(const Card& c) {
  std::string out = fmt::format("{} ({}, {})\n{}\n", c.name, c.kind, c.domain, c.help);
  for (const auto& t : c.tables)
    if (!t.rows.empty()) out += fmt::format("\n{}\n{}", t.title, text_table(t));
  return out;
}

std::string markdown_cell(const std::string& s) {
  std::string out;
  for (char c : s) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}
std::string markdown_card(const Card& c) {
  std::string out =
      fmt::format("## {}\n\n{}. Kind: {}; domain: {}.\n", c.name, c.help, c.kind, c.domain);
  for (const auto& t : c.tables) {
    if (t.rows.empty()) continue;
    out += fmt::format("\n**{}**\n\n", t.title);
    out += fmt::format("| {} |\n|{}\n", fmt::join(t.head, " | "), [&] {
      std::string rule;
      for (size_t i = 0; i < t.head.size(); ++i) rule += "---|";
      return rule;
    }());
    for (const auto& r : t.rows) {
      std::vector<std::string> cells;
      for (const auto& s : r) cells.push_back(markdown_cell(s));
      cells[0] = "`" + cells[0] + "`";
      out += fmt::format("| {} |\n", fmt::join(cells, " | "));
    }
  }
  return out;
}

// --- for programs: numbers as numbers
Json value_json(const core::ParamInfo& row, const core::ParamValue& v) {
  if (const auto* x = std::get_if<double>(&v)) return app::in_unit(*x, row.unit);
  if (const auto* x = std::get_if<int64_t>(&v)) return *x;
  if (const auto* x = std::get_if<bool>(&v)) return *x;
  if (const auto* x = std::get_if<std::string>(&v)) return *x;
  Json j = Json::array();
  for (double x : std::get<std::vector<double>>(v)) j.push_back(app::in_unit(x, row.unit));
  return j;
}
Json params_json(const core::ParamTableBase& table) {
  Json j = Json::array();
  for (const auto& row : table.rows()) {
    Json p{{"name", row.name},
           {"kind", app::kind_name(row.kind)},
           {"unit", row.unit},
           {"required", row.required},
           {row.required ? "example" : "default", value_json(row, row.value)}};
    const bool bounded = row.kind == core::ParamKind::real ||
                         row.kind == core::ParamKind::integer || row.kind == core::ParamKind::list;
    if (bounded && std::isfinite(row.bounds.lo)) p["min"] = app::in_unit(row.bounds.lo, row.unit);
    if (bounded && std::isfinite(row.bounds.hi)) p["max"] = app::in_unit(row.bounds.hi, row.unit);
    if (!row.choices.empty()) p["choices"] = row.choices;
    p["help"] = row.help;
    p["source"] = row.source;
    if (!row.group.empty()) p["group"] = row.group;
    j.push_back(std::move(p));
  }
  return j;
}
Json named_json(const std::vector<core::NamedInfo>& all) {
  Json j = Json::array();
  for (const auto& n : all) j.push_back({{"name", n.name}, {"help", n.help}});
  return j;
}
Json json_card(const core::ComponentType& t) {
  const auto& l = t.layout;
  Json j{{"name", t.name}, {"kind", "component"}, {"domain", t.domain}, {"help", t.help}};
  j["ports"] = j["inputs"] = j["outputs"] = j["variables"] = j["modes"] = Json::array();
  for (const auto& p : l.ports)
    j["ports"].push_back({{"name", p.name},
                          {"kind", app::kind_name(p.kind)},
                          {"source", p.source},
                          {"reference", p.reference},
                          {"optional", p.optional}});
  for (const auto& i : l.inputs)
    j["inputs"].push_back({{"name", i.name},
                           {"unit", i.unit},
                           {"default", i.value},
                           {"required", i.required},
                           {"min", i.lo},
                           {"max", i.hi},
                           {"help", i.help}});
  for (const auto& o : l.outputs)
    j["outputs"].push_back({{"name", o.name}, {"unit", o.unit}, {"help", o.help}});
  for (const auto& v : l.vars)
    j["variables"].push_back({{"name", v.name},
                              {"unit", v.unit},
                              {"kind", kind_text(v.kind)},
                              {"initial", v.initial},
                              {"help", v.help}});
  for (const auto& m : l.modes)
    j["modes"].push_back({{"name", m.name},
                          {"values", m.values},
                          {"initial", m.values.at(static_cast<size_t>(m.initial))}});
  j["commands"] = named_json(l.commands);
  j["guards"] = named_json(l.guards);
  j["timers"] = named_json(l.timers);
  j["params"] = params_json(*t.params);
  return j;
}
Json signals_json(const std::vector<core::SignalInfo>& all) {
  Json j = Json::array();
  for (const auto& s : all)
    j.push_back({{"name", s.name},
                 {"unit", s.unit},
                 {"default", s.value},
                 {"width", s.width},
                 {"help", s.help}});
  return j;
}
Json json_card(const core::ProcessType& t) {
  return {{"name", t.name},
          {"kind", "process"},
          {"domain", t.domain},
          {"help", t.help},
          {"inputs", signals_json(t.inputs)},
          {"outputs", signals_json(t.outputs)},
          {"commands", t.commands},
          {"params", params_json(*t.params)}};
}
Json json_card(const std::string& name, const Calculator& c) {
  return {{"name", name},
          {"kind", "calculation"},
          {"domain", "load"},
          {"help", c.help},
          {"params", params_json(*c.params)}};
}

/// Models by domain; the name of a model may stand for several things (a process and what `eval`
/// makes of it).
template <class F>
void for_each(const Program& p, const std::string& model, F f) {
  for (const auto& [name, t] : p.registry.components)
    if (model.empty() || model == name) f(t);
  for (const auto& [name, t] : p.registry.processes)
    if (model.empty() || model == name) f(t);
}

void info(const std::string& model, bool json, bool markdown, const Program& p) {
  std::vector<std::string> names = p.registry.names();
  for (const auto& [name, c] : p.calculators) names.push_back(name);
  const bool known = model.empty() || std::find(names.begin(), names.end(), model) != names.end();
  if (!known) {
    const auto near = nearest(model, names);
    throw UserError(fmt::format(
        "there is no model '{}'; {}", model,
        near.empty() ? "'steppe info' lists all" : fmt::format("did you mean '{}'?", near)));
  }
  if (json) {
    Json all = Json::array();
    for_each(p, model, [&](const auto& t) { all.push_back(json_card(t)); });
    for (const auto& [name, c] : p.calculators)
      if (model.empty() ? !p.registry.processes.count(name) : model == name)
        all.push_back(json_card(name, c));
    // A name that asks for one card gets one object.
    fmt::print("{}\n", (!model.empty() && all.size() == 1 ? all[0] : all).dump(2));
    return;
  }
  if (!model.empty() || markdown) {
    bool first = true;
    for_each(p, model, [&](const auto& t) {
      const Card c = card_of(t);
      fmt::print("{}{}", first ? "" : "\n", markdown ? markdown_card(c) : text_card(c));
      first = false;
    });
    for (const auto& [name, c] : p.calculators)
      if (model == name) {
        Card card = card_of(name, c);
        if (!first) card.kind = "calculation of steppe eval";
        fmt::print("{}{}", first ? "" : "\n", markdown ? markdown_card(card) : text_card(card));
      }
    return;
  }
  std::map<std::string, Table> by_domain;
  for_each(p, "", [&](const auto& t) {
    auto& table = by_domain[t.domain];
    table.head = {"model", "meaning"};
    table.rows.push_back({t.name, t.help});
  });
  for (const auto& [name, c] : p.calculators)
    if (!p.registry.processes.count(name))
      by_domain["steppe eval only"].rows.push_back({name, c.help});
  for (const auto& [domain, table] : by_domain) {
    fmt::print("{}\n", domain);
    for (const auto& r : table.rows) fmt::print("  {:<24} {}\n", r[0], r[1]);
  }
  fmt::print("\nsteppe info MODEL shows its card.\n");
}

}  // namespace

void add_info(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("info", "Model cards: parameters, ports, inputs, outputs");
  auto model = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false), markdown = std::make_shared<bool>(false);
  cmd->add_option("MODEL", *model, "Without it: all models, by domain");
  auto* as_json = cmd->add_flag("--json", *json, "For programs");
  cmd->add_flag("--markdown", *markdown, "For documents")->excludes(as_json);
  cmd->callback([=, &program] {
    info(*model, *json, *markdown, program);
    program.exit_code = 0;
  });
}

}  // namespace steppe::cli
