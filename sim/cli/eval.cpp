// steppe eval: one model at given parameters, inputs and port values.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/app/scenario.h"
#include "sim/app/schema.h"
#include "sim/base/units.h"
#include "sim/cli/commands.h"
#include "sim/io/reader.h"

namespace steppe::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string value_text(const app::EvalValue& v) {
  // Temperatures on a scale are far from zero; a difference stays in kelvin.
  return v.unit == "K" && v.value > 150.0 ? format_quantity(v.value, "degC", 6)
                                          : format_quantity(v.value, v.unit, 6);
}
std::string section(const char* title, const std::vector<app::EvalValue>& values) {
  if (values.empty()) return {};
  std::string out = fmt::format("{}\n", title);
  for (const auto& v : values)
    out += fmt::format("  {:<26} {:>18}   {}\n", v.name, value_text(v), v.help);
  return out;
}
Json object(const std::vector<app::EvalValue>& values) {
  Json j = Json::object();
  for (const auto& v : values) j[v.name] = {{"value", v.value}, {"unit", v.unit}};
  return j;
}
Json texts(const std::vector<std::pair<std::string, std::string>>& values) {
  Json j = Json::object();
  for (const auto& [name, value] : values) j[name] = value;
  return j;
}

void eval_component(const core::ComponentType& type, const Program& program,
                    const std::vector<std::string>& arguments, bool json) {
  const auto r = app::evaluate_component(type, program.registry, arguments);
  if (json) {
    const Json j{{"model", r.model},
                 {"params", texts(r.params)},
                 {"ports", object(r.ports)},
                 {"inputs", object(r.inputs)},
                 {"modes", texts(r.modes)},
                 {"variables", object(r.variables)},
                 {"outputs", object(r.outputs)},
                 {"flows", object(r.flows)},
                 {"ledger", object(r.ledger)},
                 {"notes", r.notes}};
    fmt::print("{}\n", j.dump(2));
    return;
  }
  fmt::print("{}: {}\n{}{}", r.model, type.help, section("Ports", r.ports),
             section("Inputs", r.inputs));
  if (!r.modes.empty()) fmt::print("Modes\n");
  for (const auto& [name, value] : r.modes) fmt::print("  {:<26} {:>18}\n", name, value);
  fmt::print("{}{}{}{}", section("Variables", r.variables), section("Outputs", r.outputs),
             section("Flows, positive into the component", r.flows), section("Ledger", r.ledger));
  for (const auto& n : r.notes) fmt::print("note: {}\n", n);
}

void eval_calculator(const std::string& name, const Calculator& calculator,
                     const std::vector<std::string>& arguments, bool json) {
  const auto params = calculator.make_params();
  app::read_arguments(arguments, *calculator.params, params.get(), name);
  core::ProcessSetup setup;
  setup.id = name;
  setup.data_dir = app::home_dir() + "/data";
  setup.read_yaml = [](const std::string& file, const core::ParamTableBase& table, void* p) {
    io::read_yaml_into(file, table, p);
  };
  const auto values = calculator.evaluate(params.get(), setup);
  std::vector<std::pair<std::string, std::string>> given;
  const auto& rows = calculator.params->rows();
  for (size_t i = 0; i < rows.size(); ++i)
    given.emplace_back(
        rows[i].name,
        app::param_text(rows[i], calculator.params->get(params.get(), static_cast<int>(i))));
  if (json) {
    const Json j{{"model", name}, {"params", texts(given)}, {"outputs", object(values)}};
    fmt::print("{}\n", j.dump(2));
    return;
  }
  fmt::print("{}: {}\nParameters\n", name, calculator.help);
  for (const auto& [key, value] : given) fmt::print("  {:<26} {:>18}\n", key, value);
  fmt::print("{}", section("Outputs", values));
}

void eval(const std::string& model, const std::vector<std::string>& arguments, bool json,
          const Program& program) {
  if (const auto c = program.calculators.find(model); c != program.calculators.end())
    return eval_calculator(model, c->second, arguments, json);
  const auto t = program.registry.components.find(model);
  if (t != program.registry.components.end())
    return eval_component(t->second, program, arguments, json);
  if (program.registry.processes.count(model))
    throw UserError(fmt::format(
        "'{}' acts at instants of time and has no state of rest; 'steppe info {}' describes it",
        model, model));
  std::vector<std::string> names;
  for (const auto& [name, type] : program.registry.components) names.push_back(name);
  for (const auto& [name, calculator] : program.calculators) names.push_back(name);
  const auto near = nearest(model, names);
  throw UserError(fmt::format(
      "there is no model '{}'; {}", model,
      near.empty() ? "'steppe info' lists all" : fmt::format("did you mean '{}'?", near)));
}

}  // namespace

void add_eval(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("eval", "One model at given parameters, inputs and port values");
  auto model = std::make_shared<std::string>();
  auto arguments = std::make_shared<std::vector<std::string>>();
  auto json = std::make_shared<bool>(false);
  cmd->add_option("MODEL", *model, "A component type, or inference")->required();
  cmd->add_option("NAME=VALUE", *arguments,
                  "Parameter, input, mode, or port value, e.g. in.temp=\"12 degC\"");
  cmd->add_flag("--json", *json, "For programs: SI values with units");
  cmd->footer(
      "Example:  steppe eval transformer rating=2500kVA v_primary=10kV v_secondary=0.4kV "
      "secondary.v=398V");
  cmd->callback([=, &program] {
    eval(*model, *arguments, *json, program);
    program.exit_code = 0;
  });
}

}  // namespace steppe::cli
