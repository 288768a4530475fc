#include "sim/app/schema.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/base/units.h"

namespace steppe::app {
namespace {

using Json = nlohmann::ordered_json;
using core::ParamKind;

/// At most 12 digits: 0.35 K stays 0.35 after its trip through SI.
std::string short_number(double v) { return fmt::format("{:.12g}", v); }
Json short_json(double v) { return std::stod(short_number(v)); }

// A number with a unit, or an expression. What the pattern lets through is read by steppe itself.
constexpr const char* kQuantityPattern =
    R"(^\s*([-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?\s*([^\s\d].*)?|.*\$\{.*\}.*)$)";

Json text_type(const std::string& help) { return {{"type", "string"}, {"description", help}}; }
Json quantity_type(const std::string& help) {
  return {{"description", help}, {"$ref", "#/$defs/quantity"}};
}
Json map_type(Json properties, const std::string& help) {
  return {{"type", "object"},
          {"description", help},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}
Json list_type(Json items, const std::string& help) {
  return {{"type", "array"}, {"description", help}, {"items", std::move(items)}};
}

Json number_bounds(const core::ParamInfo& row, const char* type) {
  Json j{{"type", type}};
  if (std::isfinite(row.bounds.lo)) j["minimum"] = short_json(in_unit(row.bounds.lo, row.unit));
  if (std::isfinite(row.bounds.hi)) j["maximum"] = short_json(in_unit(row.bounds.hi, row.unit));
  return j;
}
const Json kExpression{{"$ref", "#/$defs/expression"}};

Json value_type(const core::ParamInfo& row) {
  const Json quantity{{"$ref", "#/$defs/quantity_text"}};
  switch (row.kind) {
    case ParamKind::real:
      return {{"anyOf", {number_bounds(row, "number"), quantity}}};
    case ParamKind::integer:
      return {{"anyOf", {number_bounds(row, "integer"), kExpression}}};
    case ParamKind::boolean:
      return {{"anyOf", {Json{{"type", "boolean"}}, kExpression}}};
    case ParamKind::choice:
      return {{"anyOf", {Json{{"enum", row.choices}}, kExpression}}};
    case ParamKind::list:
      return {{"type", "array"}, {"items", {{"anyOf", {number_bounds(row, "number"), quantity}}}}};
    case ParamKind::text:
    case ParamKind::file:
      return {{"type", {"string", "number"}}};
  }
  return Json::object();
}

Json param_type(const core::ParamInfo& row) {
  const Json value = value_type(row);
  std::string help = row.help;
  if (!row.unit.empty() && row.unit != "1") help += fmt::format(" [{}]", row.unit);
  help += row.required ? ". Required, e.g. " : ". Default: ";
  help += param_text(row, row.value);
  if (const auto bounds = bounds_text(row); !bounds.empty()) help += ". Range: " + bounds;
  if (!row.source.empty() && row.source != "engineering") help += ". Source: " + row.source;
  return {{"description", help}, {"anyOf", {value, Json{{"$ref", "#/$defs/sourced"}}}}};
}

Json params_type(const core::ParamTableBase& table, const std::string& help) {
  Json j = map_type(Json::object(), help);
  for (const auto& row : table.rows()) j["properties"][row.name] = param_type(row);
  j["properties"]["extends"] = {
      {"description", "Data file, or name of a shipped one, that gives what is not written here"},
      {"type", Json{"string", "array"}},
      {"items", {{"type", "string"}}}};
  return j;
}

template <class Inputs>
Json inputs_type(const Inputs& inputs) {
  Json j = map_type(Json::object(), "What its inputs follow: a signal, or a number");
  for (const auto& i : inputs)
    j["properties"][i.name] = {
        {"description", fmt::format("{} [{}]", i.help, i.unit.empty() ? "1" : i.unit)},
        {"$ref", "#/$defs/signal"}};
  return j;
}

/// What holds for one type only.
Json case_of(const std::string& type, Json then) {
  return {{"if", {{"properties", {{"type", {{"const", type}}}}}, {"required", {"type"}}}},
          {"then", std::move(then)}};
}
template <class Type, class Inputs>
Json members_of(const Type& type, const Inputs& inputs) {
  return case_of(
      type.name,
      {{"properties",
        {{"params",
          {{"anyOf", {Json{{"$ref", "#/$defs/params/" + type.name}}, Json{{"type", "string"}}}}}},
         {"in", inputs_type(inputs)}}}});
}

/// Types with parameters that have no default: a component that is not a change of another one
/// gives them.
Json complete_type(const core::Registry& registry) {
  Json all = Json::array();
  auto add = [&](const auto& types) {
    for (const auto& [name, t] : types) {
      Json required = Json::array();
      for (const auto& row : t.params->rows())
        if (row.required) required.push_back(row.name);
      if (!required.empty())
        all.push_back(case_of(name, {{"required", {"params"}},
                                     {"properties",
                                      {{"params",
                                        {{"anyOf",
                                          {Json{{"required", required}},
                                           Json{{"required", Json::array({"extends"})}}}}}}}}}));
    }
  };
  add(registry.components);
  add(registry.processes);
  return {{"allOf", all}};
}

Json component_type(const core::Registry& registry) {
  Json described = Json::array();
  for (const auto& [name, t] : registry.components)
    described.push_back({{"const", name}, {"description", t.help}});
  for (const auto& [name, t] : registry.processes)
    described.push_back({{"const", name}, {"description", t.help}});
  Json j = map_type(
      {{"id", {{"type", "string"}, {"pattern", R"(^[^.\[\]\s/]+$)"}, {"description", "Its name"}}},
       {"type", {{"description", "What it is: 'steppe info' lists all"}, {"oneOf", described}}},
       {"use", text_type("A template instead of a type: a file, or a name in scenarios/library")},
       {"count", quantity_type("Number of equal units")},
       {"lump",
        {{"description", "true: one instance stands for all units"},
         {"type", {"boolean", "string"}}}},
       {"repeat", quantity_type("Copies of a template")},
       {"params", {{"type", {"object", "string", "null"}}}},
       {"in", {{"type", "object"}}},
       {"when", {{"description", "Left out when this is 0 or false"}}},
       {"note", {{"type", "string"}}}},
      "A component, a controller or a template");
  j["allOf"] = Json::array();
  for (const auto& [name, t] : registry.components)
    j["allOf"].push_back(members_of(t, t.layout.inputs));
  for (const auto& [name, t] : registry.processes) j["allOf"].push_back(members_of(t, t.inputs));
  return j;
}

Json availability_type() {
  const Json block{{"$ref", "#/$defs/block"}};
  const Json unit = map_type(
      {{"count", quantity_type("Equal units")},
       {"needed", quantity_type("Of these must be up (default: all)")},
       {"failures", quantity_type("Failures of a unit that runs, e.g. 1.956 1/year")},
       {"mtbf", quantity_type("Instead: mean time between failures")},
       {"repair", quantity_type("Mean time to repair")},
       {"start_failure", quantity_type("Of standby equipment: share of the starts that fail")},
       {"standby_for", text_type("It runs while this equipment is down")},
       {"common_cause", quantity_type("Share of the failures that takes all units")},
       {"crews", quantity_type("Repairs at a time")},
       {"source", text_type("Where the numbers come from")},
       {"note", {{"type", "string"}}}},
      "Failures and repairs of one kind of equipment");
  return map_type(
      {{"equipment", {{"type", "object"}, {"additionalProperties", unit}}},
       {"site",
        {{"type", "object"},
         {"description", "Functions that the site needs"},
         {"additionalProperties", block}}},
       {"part",
        {{"type", "object"},
         {"description", "Functions whose outage costs one of 'count' equal parts"},
         {"additionalProperties", block}}},
       {"target", quantity_type("Wanted availability, e.g. 99.99 %")},
       {"method", {{"enum", {"auto", "closed_form", "markov", "monte_carlo"}}}},
       {"cycles", quantity_type("Cycles of Monte Carlo for each function")},
       {"restart", quantity_type("Of a training job after an interruption")},
       {"checkpoint", quantity_type("Interval between its checkpoints")},
       {"replay", quantity_type("Number of the sampled outage that the run replays; 0: none")},
       {"replay_of",
        {{"type", "string"}, {"description", "Of this function; without: of each by its share"}}},
       {"replay_at", quantity_type("Its begin in the run")},
       {"note", {{"type", "string"}}}},
      "How often and how long the site is down");
}
Json block_type() {
  const Json block{{"$ref", "#/$defs/block"}};
  return {{"description", "The name of an equipment, or blocks in series (all) or parallel (any)"},
          {"anyOf",
           {{{"type", "string"}},
            map_type({{"all", list_type(block, "All are needed")},
                      {"any", list_type(block, "One is needed")},
                      {"copies", quantity_type("Of the block")},
                      {"needed", quantity_type("Of the copies must be up (default: 1)")},
                      {"count", quantity_type("Equal parts of the site")},
                      {"ride_through", quantity_type("Shorter outages do no harm")},
                      {"replay", {{"type", "object"}, {"description", "The outage in the twin"}}},
                      {"note", {{"type", "string"}}}},
                     "A block")}}};
}

Json profile_numbers() {
  return {{"exchange", quantity_type("Load and controls exchange values at multiples of this")},
          {"record", quantity_type("Recording interval")},
          {"max_step", quantity_type("Longest step of the integrator")},
          {"collapse_below", quantity_type("Faster lags become algebraic")},
          {"rtol", quantity_type("Relative tolerance")},
          {"ledger_limit", quantity_type("Residual of the ledger above which a run is invalid")},
          {"integrator", {{"enum", {"sdirk", "ida"}}}}};
}
Json profile_type() {
  const Json names{{"enum", {"electrical", "thermal", "facility"}}};
  Json window = profile_numbers();
  window.update({{"from", quantity_type("Start of the window")},
                 {"for", quantity_type("Its length")},
                 {"around", quantity_type("Instant in the window, with before and after")},
                 {"before", quantity_type("Time before the instant")},
                 {"after", quantity_type("Time after the instant")},
                 {"use", names}});
  Json whole = profile_numbers();
  whole["base"] = names;
  whole["windows"] =
      list_type(map_type(window, "More detail for a while"), "Windows in order of time");
  return {{"description", "Time scale of the run"},
          {"anyOf", {names, map_type(whole, "A profile with changes")}}};
}

Json events_type() {
  Json event = map_type({{"at", quantity_type("Instant since the start, e.g. 2 h 10 min")},
                         {"do", text_type("A command of the target")},
                         {"target", text_type("Component, or component[3]")},
                         {"value", quantity_type("Argument of the command")},
                         {"set", text_type("An input: component.input")},
                         {"to", quantity_type("Its new value")},
                         {"for", quantity_type("After this long it goes back")},
                         {"ramp", quantity_type("Time of the change")},
                         {"note", {{"type", "string"}}}},
                        "A command (do, target) or a new value of an input (set, to)");
  event["required"] = {"at"};
  event["oneOf"] = {Json{{"required", {"do", "target"}}}, Json{{"required", {"set", "to"}}}};
  return list_type(event, "What happens when");
}

Json shared_sections() {
  const Json any_map{{"type", "object"}};
  return {
      {"steppe", {{"const", 1}, {"description", "Version of the format"}}},
      {"note", {{"type", "string"}}},
      {"components", list_type({{"$ref", "#/$defs/part"}}, "What the site consists of")},
      {"connect", list_type({{"type", "array"}, {"minItems", 2}, {"items", {{"type", "string"}}}},
                            "Ports (component.port) and node names that are one node")},
      {"nodes",
       {{"type", "object"},
        {"description", "Properties of named nodes"},
        {"additionalProperties", map_type({{"volume", quantity_type("Fluid held by the node")},
                                           {"note", {{"type", "string"}}}},
                                          "A node")}}}};
}

Json scenario_sections(const core::Registry& registry) {
  Json weather{{"anyOf", {Json{{"type", "string"}}}},
               {"description", "synthetic, none, a weather file (.epw), or its parameters"}};
  if (registry.processes.count("weather"))
    weather["anyOf"].push_back({{"$ref", "#/$defs/params/weather"}});
  Json site = map_type({{"name", {{"type", "string"}}},
                        {"altitude", quantity_type("Height above the sea")},
                        {"start", text_type("YYYY-MM-DD hh:mm, local standard time")},
                        {"time_zone", text_type("Offset of that time from UTC, e.g. +08:00")},
                        {"weather", weather},
                        {"carbon", quantity_type("Carbon dioxide of grid electricity [kg/kWh]")}},
                       "Where and when");
  Json run = map_type(
      {{"until", quantity_type("Length of the run")},
       {"seed", {{"type", "integer"}, {"description", "Seed of all random streams"}}},
       {"checkpoints", list_type({{"$ref", "#/$defs/quantity"}}, "Instants to save a restart at")}},
      "How long");
  Json record =
      map_type({{"every", quantity_type("Recording interval")},
                {"signals", list_type({{"type", "string"}}, "Signals to record, with *")}},
               "What is recorded");
  const Json load{{"description", "The computing load, a component with the id load"},
                  {"$ref", "#/$defs/part"}};
  Json out = shared_sections();
  out.update({{"name", {{"type", "string"}}},
              {"extends", text_type("A scenario that this one changes")},
              {"site", site},
              {"run", run},
              {"profile", profile_type()},
              {"params", {{"type", "object"}, {"description", "Names for use in ${…}"}}},
              {"set",
               {{"type", "object"},
                {"description", "Parameters by path, e.g. pod.rack.liquid_fraction: 0.7"}}},
              {"load", load},
              {"events", events_type()},
              {"availability", availability_type()},
              {"record", record}});
  return out;
}

Json template_sections() {
  Json out = shared_sections();
  out.update({{"template", {{"type", "string"}, {"description", "Its name"}}},
              {"params",
               {{"type", "object"},
                {"description", "Parameters of the template"},
                {"additionalProperties", map_type({{"default", Json::object()},
                                                   {"unit", {{"type", {"string", "number"}}}},
                                                   {"help", {{"type", "string"}}},
                                                   {"min", {{"$ref", "#/$defs/quantity"}}},
                                                   {"max", {{"$ref", "#/$defs/quantity"}}}},
                                                  "A parameter")}}},
              {"derived", {{"type", "object"}, {"description", "Numbers made of the parameters"}}},
              {"export",
               {{"type", "object"},
                {"description", "Outer name: inner port, input or signal"},
                {"additionalProperties", {{"type", "string"}}}}}});
  return out;
}

}  // namespace

double in_unit(double si, const std::string& unit) {
  const auto u = parse_unit(unit.empty() ? "1" : unit);
  return u ? (si - u->offset) / u->scale : si;
}

std::string param_text(const core::ParamInfo& row, const core::ParamValue& v) {
  const std::string unit = row.unit.empty() || row.unit == "1" ? "" : " " + row.unit;
  if (const auto* x = std::get_if<double>(&v)) return short_number(in_unit(*x, row.unit)) + unit;
  if (const auto* x = std::get_if<int64_t>(&v)) return fmt::format("{}", *x);
  if (const auto* x = std::get_if<bool>(&v)) return *x ? "true" : "false";
  if (const auto* x = std::get_if<std::string>(&v)) return *x;
  std::string out = "[";
  for (double x : std::get<std::vector<double>>(v))
    out += (out.size() > 1 ? ", " : "") + short_number(in_unit(x, row.unit));
  return out + "]" + unit;
}

std::string bounds_text(const core::ParamInfo& row) {
  const bool lo = std::isfinite(row.bounds.lo), hi = std::isfinite(row.bounds.hi);
  const std::string unit = row.unit.empty() || row.unit == "1" ? "" : " " + row.unit;
  auto text = [&](double si) { return short_number(in_unit(si, row.unit)); };
  if (row.kind == ParamKind::choice) return fmt::format("{}", fmt::join(row.choices, ", "));
  if (lo && hi) return fmt::format("{} … {}{}", text(row.bounds.lo), text(row.bounds.hi), unit);
  if (lo) return fmt::format("≥ {}{}", text(row.bounds.lo), unit);
  if (hi) return fmt::format("≤ {}{}", text(row.bounds.hi), unit);
  return {};
}

const char* kind_name(ParamKind k) {
  switch (k) {
    case ParamKind::real:
      return "real";
    case ParamKind::integer:
      return "integer";
    case ParamKind::boolean:
      return "boolean";
    case ParamKind::text:
      return "text";
    case ParamKind::choice:
      return "choice";
    case ParamKind::list:
      return "list";
    case ParamKind::file:
      return "file";
  }
  return "";
}

const char* kind_name(core::PortKind k) {
  switch (k) {
    case core::PortKind::ac:
      return "ac";
    case core::PortKind::dc:
      return "dc";
    case core::PortKind::fluid:
      return "fluid";
    case core::PortKind::heat:
      return "heat";
  }
  return "";
}

std::string scenario_schema(const core::Registry& registry, bool of_template) {
  Json j{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
         {"title", of_template ? "steppe template" : "steppe scenario"}};
  j.update(map_type(of_template ? template_sections() : scenario_sections(registry),
                    of_template ? "A reusable part of a site" : "A site, its load and its events"));
  j["required"] = of_template ? Json{"steppe", "template"} : Json{"steppe"};
  // A scenario that extends another one holds changes; only one that stands alone is complete.
  j["if"] = {{"required", {"extends"}}};
  j["else"]["properties"]["components"]["items"]["$ref"] = "#/$defs/component";
  if (!of_template)
    j["else"]["properties"]["load"] = {{"required", {"type"}}, {"$ref", "#/$defs/complete"}};
  Json& defs = j["$defs"];
  defs["quantity_text"] = {{"type", "string"}, {"pattern", kQuantityPattern}};
  defs["expression"] = {{"type", "string"}, {"pattern", R"(\$\{.*\})"}};
  defs["quantity"] = {
      {"anyOf", {Json{{"type", "number"}}, Json{{"$ref", "#/$defs/quantity_text"}}}}};
  defs["sourced"] = map_type({{"value", Json::object()},
                              {"source", {{"type", "string"}}},
                              {"evidence", {{"type", "string"}}},
                              {"note", {{"type", "string"}}}},
                             "A value with where it comes from");
  defs["signal"] = {
      {"anyOf",
       {Json{{"type", {"number", "string"}}},
        map_type({{"from", {{"type", {"string", "number"}}}}, {"delay", {{"type", "boolean"}}}},
                 "A signal, or its value of the last instant")}}};
  defs["part"] = component_type(registry);
  defs["block"] = block_type();
  defs["complete"] = complete_type(registry);
  defs["component"] = {{"required", {"id"}},
                       {"oneOf", {Json{{"required", {"type"}}}, Json{{"required", {"use"}}}}},
                       {"$ref", "#/$defs/complete"}};
  for (const auto& [name, t] : registry.components)
    defs["params"][name] = params_type(*t.params, t.help);
  for (const auto& [name, t] : registry.processes)
    defs["params"][name] = params_type(*t.params, t.help);
  return j.dump(1);
}

}  // namespace steppe::app
