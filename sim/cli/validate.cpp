// steppe validate: what the models give beside what others published or measured.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/cli/commands.h"

namespace steppe::cli {
namespace {

using Json = nlohmann::ordered_json;

const char* basis_name(Reference::Basis b) {
  switch (b) {
    case Reference::Basis::closed_form:
      return "closed form";
    case Reference::Basis::predicted:
      return "predicted";
    case Reference::Basis::calibrated:
      return "calibrated";
  }
  return "";
}

void print_json(const std::vector<Reference>& rows) {
  Json list = Json::array();
  for (const auto& r : rows)
    list.push_back({{"area", r.area},
                    {"what", r.what},
                    {"value", r.value},
                    {"reference", r.reference},
                    {"unit", r.unit},
                    {"difference", r.difference()},
                    {"tolerance", r.tolerance},
                    {"basis", basis_name(r.basis)},
                    {"source", r.source},
                    {"holds", r.holds()}});
  fmt::print("{}\n", list.dump(2));
}

void print_table(const std::vector<Reference>& rows) {
  std::string area;
  fmt::print("{:<58} {:>11} {:>11} {:<8} {:>9} {:>8}  {:<11} source\n", "", "steppe", "reference",
             "", "differs", "allowed", "basis");
  for (const auto& r : rows) {
    if (r.area != area) fmt::print("{}\n", area = r.area);
    fmt::print("  {:<56} {:>11.6g} {:>11.6g} {:<8} {:>+8.2g}% {:>7.2g}%  {:<11} {}{}\n", r.what,
               r.value, r.reference, r.unit == "1" ? "" : r.unit, 100.0 * r.difference(),
               100.0 * r.tolerance, basis_name(r.basis), r.source,
               r.holds() ? "" : "  DOES NOT HOLD");
  }
  const auto failed = std::count_if(rows.begin(), rows.end(), [](auto& r) { return !r.holds(); });
  fmt::print(
      "{} of {} hold. Calibrated rows chose a coefficient: they show that the model can "
      "represent the number, not that it predicts it.\n",
      rows.size() - static_cast<size_t>(failed), rows.size());
}

}  // namespace

void add_validate(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("validate",
                                 "Comparison with published and measured references, one row each");
  auto json = std::make_shared<bool>(false);
  cmd->add_flag("--json", *json, "For programs");
  cmd->footer("Exit code 0 when every row holds, 3 otherwise.");
  cmd->callback([=, &program] {
    const auto rows = program.references();
    *json ? print_json(rows) : print_table(rows);
    program.exit_code =
        std::all_of(rows.begin(), rows.end(), [](auto& r) { return r.holds(); }) ? 0 : 3;
  });
}

}  // namespace steppe::cli
