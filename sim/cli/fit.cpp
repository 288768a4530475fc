#include "sim/cli/fit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "sim/app/eval.h"
#include "sim/app/scenario.h"
#include "sim/base/date.h"
#include "sim/base/units.h"
#include "sim/cli/scenario_args.h"
#include "sim/io/csv_table.h"
#include "sim/io/yaml_source.h"

namespace steppe::cli {
namespace {

using Json = nlohmann::ordered_json;

/// "PowChi [kW]" -> name and unit; "" when there is none. Round brackets are taken as well.
std::pair<std::string, std::string> split_unit(const std::string& text) {
  for (const auto& [open, close] : {std::pair{'[', ']'}, std::pair{'(', ')'}}) {
    const size_t from = text.rfind(open);
    if (from == std::string::npos || text.back() != close) continue;
    std::string name = text.substr(0, from);
    while (!name.empty() && name.back() == ' ') name.pop_back();
    return {name, text.substr(from + 1, text.size() - from - 2)};
  }
  return {text, ""};
}

struct Choice {
  std::string text;  ///< as typed: name of a column, with or without a unit
  SourceLoc where;
};
using Choices = std::map<std::string, Choice>;

void check_name(const std::string& name, const core::Fitter& f, const SourceLoc& where) {
  std::vector<std::string> names;
  for (const auto& c : f.columns) names.push_back(c.name);
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  const auto near = nearest(name, names);
  throw UserError(where, fmt::format("there is no quantity '{}' to fit with", name),
                  near.empty() ? fmt::format("known: {}", fmt::join(names, ", "))
                               : fmt::format("did you mean '{}'?", near));
}

Choices read_choices(const std::string& file, const std::vector<std::string>& typed,
                     const core::Fitter& f) {
  Choices out;
  if (!file.empty()) {
    const io::Node root = io::load_yaml_file(file);
    if (!root.is_map()) throw UserError(root.loc, "expected lines such as 'power: PowChi [kW]'");
    for (const auto& e : root.items) {
      check_name(e.key, f, e.key_loc);
      // An unquoted "[kW]" behind a name is part of the scalar.
      if (!e.value.is_scalar())
        throw UserError(e.value.loc, "expected the name of a column, with its unit in brackets");
      out[e.key] = {e.value.scalar, e.value.loc};
    }
  }
  for (const auto& t : typed) {
    const size_t eq = t.find('=');
    if (eq == std::string::npos || eq == 0 || eq + 1 == t.size())
      throw UserError(
          fmt::format("--column '{}': expected QUANTITY=NAME, e.g. power='PowChi [kW]'", t));
    check_name(t.substr(0, eq), f, {});
    out[t.substr(0, eq)] = {t.substr(eq + 1), {}};
  }
  return out;
}

/// Seconds of "2018-05-01 00:10[:00]" (also with T or slashes), of "01.05.2018 00:10", of
/// "5/1/2018 0:10" (month first), or of a number.
double time_of(std::string_view cell) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  int a = 0, b = 0, c = 0, hour = 0, minute = 0;
  double second = 0.0;
  char s1 = 0, s2 = 0;
  const std::string text(cell);
  if (std::sscanf(text.c_str(), "%d%c%d%c%d%*[ T]%d:%d:%lf", &a, &s1, &b, &s2, &c, &hour, &minute,
                  &second) < 5 ||
      s1 != s2)
    return kNaN;
  int year = a, month = b, day = c;
  if (s1 == '.') {
    day = a, month = b, year = c;
  } else if (s1 == '/' && a < 32) {
    month = a, day = b, year = c;
    if (month > 12) std::swap(month, day);
  } else if (s1 != '-' && s1 != '/') {
    return kNaN;
  }
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1900) return kNaN;
  const auto date = parse_date(fmt::format("{:04}-{:02}-{:02}", year, month, day));
  return date ? *date + 3600.0 * hour + 60.0 * minute + second : kNaN;
}

std::string columns_hint(const core::Fitter& f, const io::CsvTable& t) {
  std::string out =
      fmt::format("columns of the file: {}\nquantities:\n", fmt::join(t.names(), ", "));
  for (const auto& c : f.columns)
    out += fmt::format("  {:<9} [{}]  {}{}\n", c.name, c.unit, c.help,
                       c.required ? "" : " (optional)");
  out += "name them with --column power='NAME [kW]', or in a file: --columns FILE.yaml";
  return out;
}

struct Data {
  std::vector<std::vector<double>> values;
  std::vector<std::string> used, notes;
};

Data read_data(const io::CsvTable& t, const core::Fitter& f, const Choices& choices) {
  Data d;
  for (const auto& want : f.columns) {
    d.values.emplace_back();
    const auto chosen = choices.find(want.name);
    std::string text = chosen == choices.end() ? want.name : chosen->second.text;
    int column = t.find(text);
    std::string unit = split_unit(text).second;
    if (column < 0) {
      column = t.find(split_unit(text).first);
      // A header with its unit ("power [kW]") answers to its bare name.
      for (size_t i = 0; column < 0 && i < t.names().size(); ++i)
        if (split_unit(t.names()[i]).first == split_unit(text).first) column = static_cast<int>(i);
    }
    if (column < 0 && chosen != choices.end()) {
      std::vector<std::string> bare;
      for (const auto& n : t.names()) bare.push_back(split_unit(n).first);
      auto near = nearest(split_unit(text).first, bare);
      if (!near.empty())
        near = t.names()[static_cast<size_t>(std::find(bare.begin(), bare.end(), near) -
                                             bare.begin())];
      throw UserError(
          chosen->second.where,
          fmt::format("{}: there is no column '{}' for '{}'", t.path(), text, want.name),
          near.empty() ? fmt::format("columns: {}", fmt::join(t.names(), ", "))
                       : fmt::format("did you mean '{}'?", near));
    }
    if (column < 0) {
      if (want.required)
        throw UserError(fmt::format("{}: no column for '{}' ({})\n{}", t.path(), want.name,
                                    want.help, columns_hint(f, t)));
      continue;
    }
    const std::string& name = t.names()[static_cast<size_t>(column)];
    if (unit.empty()) unit = split_unit(name).second;
    auto& v = d.values.back();
    if (want.name == "time") {
      bool any = false;
      for (size_t i = 0; i < t.rows(); ++i) {
        const double number = t.number(i, column);
        v.push_back(std::isnan(number) ? time_of(t.cell(i, column)) : number);
        any = any || std::isfinite(v.back());
      }
      if (!any) {
        v.clear();
        d.notes.push_back(fmt::format(
            "The times of '{}' cannot be read (first: '{}'); rows are taken in their order", name,
            t.cell(0, column)));
      }
      d.used.push_back(fmt::format("time = {}", name));
      continue;
    }
    if (unit.empty())
      throw UserError(chosen == choices.end() ? SourceLoc{} : chosen->second.where,
                      fmt::format("{}: column '{}' does not say its unit", t.path(), name),
                      fmt::format("write {}='{} [UNIT]', e.g. [{}]", want.name, name, want.unit));
    const auto from = parse_unit(unit), to = parse_unit(want.unit);
    if (!from || from->dimension != to->dimension)
      throw UserError(chosen == choices.end() ? SourceLoc{} : chosen->second.where,
                      from ? fmt::format("'{}' is in '{}', which is no {}", name, unit,
                                         dimension_name(to->dimension))
                           : fmt::format("unknown unit '{}' of column '{}'", unit, name),
                      fmt::format("expected a unit such as {}", want.unit));
    size_t unreadable = 0;
    SourceLoc first;
    for (size_t i = 0; i < t.rows(); ++i) {
      bool wrong = false;
      v.push_back(t.number(i, column, &wrong) * from->scale + from->offset);
      if (wrong && unreadable++ == 0) first = t.where(i, column);
    }
    if (unreadable == t.rows())
      throw UserError(first, fmt::format("column '{}' holds no numbers", name));
    if (unreadable > 0)
      d.notes.push_back(fmt::format("'{}': {} cells are no numbers, the first in line {}", name,
                                    unreadable, first.line));
    d.used.push_back(fmt::format("{} = {} [{}]", want.name, name, unit));
  }
  return d;
}

std::string number_text(const core::FitFigure& x) {
  if (x.name.starts_with("rows")) return fmt::format("{:.0f}", x.value);
  if (x.name.find("cv_rmse") != std::string::npos || x.name.find("nmbe") != std::string::npos)
    return fmt::format("{:.2f} %", 100.0 * x.value);
  return x.unit == "1" ? fmt::format("{:.5g}", x.value) : format_quantity(x.value, x.unit, 4);
}
std::string error_text(const core::FitFigure& x) {
  if (x.standard_error <= 0.0) return "";
  return " ± " + (x.unit == "1" ? fmt::format("{:.2g}", x.standard_error)
                                : format_quantity(x.standard_error, x.unit, 2));
}

Json object(const std::vector<core::FitFigure>& figures) {
  Json j = Json::object();
  for (const auto& x : figures) {
    j[x.name] = {{"value", x.value}, {"unit", x.unit}};
    if (x.standard_error > 0.0) j[x.name]["standard_error"] = x.standard_error;
  }
  return j;
}

struct Request {
  std::string model, file, columns, output;
  std::vector<std::string> column, options;
  bool json = false;
};

using Fitters = std::map<std::string, core::Fitter>;

void fit(const Request& q, const Fitters& fitters) {
  const auto found = fitters.find(q.model);
  if (found == fitters.end()) {
    std::vector<std::string> names;
    for (const auto& [name, f] : fitters) names.push_back(name);
    throw UserError(
        fmt::format("'{}' cannot be fitted; these can: {}", q.model, fmt::join(names, ", ")));
  }
  const core::Fitter& f = found->second;
  const auto options = f.make_options();
  app::read_arguments(q.options, *f.options, options.get(), "fit " + q.model);
  const Choices choices = read_choices(q.columns, q.column, f);
  const auto table = io::CsvTable::read(q.file);
  Data data = read_data(table, f, choices);
  core::FitReport r;
  try {
    r = f.fit(data.values, options.get());
  } catch (const UserError& e) {
    throw UserError(fmt::format("{}: {}", q.file, e.diagnostics().items().at(0).message));
  }
  r.notes.insert(r.notes.begin(), data.notes.begin(), data.notes.end());

  if (!q.output.empty()) {
    make_folder_of(q.output);
    std::ofstream out(q.output);
    out << fmt::format("# {} fitted to {}: {}\n", q.model, q.file, fmt::join(data.used, ", "));
    for (const auto& x : r.figures)
      out << fmt::format("#   {:<24} {}{}\n", x.name, number_text(x), error_text(x));
    out << "# In a scenario: {id: …, type: " << q.model << ", params: THIS_FILE, …}\n" << r.yaml;
    if (!out.flush()) throw IoError(fmt::format("{}: cannot be written", q.output));
  }
  if (q.json) {
    const Json j{{"model", q.model},
                 {"file", q.file},
                 {"columns", data.used},
                 {"figures", object(r.figures)},
                 {"parameters", object(r.parameters)},
                 {"notes", r.notes}};
    fmt::print("{}\n", j.dump(2));
    return;
  }
  fmt::print("{} from {}\n  {}\n\n", q.model, q.file, fmt::join(data.used, ", "));
  for (const auto& x : r.figures)
    fmt::print("  {:<22} {:>14}{}   {}\n", x.name, number_text(x), error_text(x), x.help);
  fmt::print("\nParameters, with standard errors\n");
  for (const auto& x : r.parameters)
    fmt::print("  {:<22} {:>14}{}\n", x.name, number_text(x), error_text(x));
  fmt::print("\n{}", q.output.empty() ? r.yaml : fmt::format("-> {}\n", q.output));
  for (const auto& n : r.notes) fmt::print("note: {}\n", n);
}

}  // namespace

void add_fit(CLI::App& app, Program& program, const Fitters& fitters) {
  auto* cmd = app.add_subcommand("fit", "Parameters of a model from measurements (CSV)");
  auto q = std::make_shared<Request>();
  std::vector<std::string> names;
  for (const auto& [name, f] : fitters) names.push_back(name);
  cmd->add_option("MODEL", q->model, fmt::format("What to fit: {}", fmt::join(names, ", ")))
      ->required();
  cmd->add_option("FILE", q->file, "Table with a header: comma, semicolon or tab")->required();
  cmd->add_option("NAME=VALUE", q->options, "Options of the fit, e.g. first=60% capacity=2MW");
  cmd->add_option("--column", q->column,
                  "QUANTITY=NAME, e.g. power='PowChi [kW]' (may be repeated)")
      ->take_all()
      ->allow_extra_args(false)
      ->type_name("QUANTITY=NAME");
  cmd->add_option("--columns", q->columns, "File of such lines: 'power: PowChi [kW]'");
  cmd->add_option("-o,--output", q->output,
                  "Parameters as YAML, for `params: FILE` of a component");
  cmd->add_flag("--json", q->json, "For programs");
  std::string footer = "Quantities and options:\n";
  for (const auto& [name, f] : fitters) {
    footer += fmt::format("  {}: {}\n", name, f.help);
    for (const auto& c : f.columns)
      footer += fmt::format("    {:<14} [{}] {}{}\n", c.name, c.unit, c.help,
                            c.required ? "" : " (optional)");
    for (const auto& row : f.options->rows())
      footer += fmt::format("    {:<14} {}\n", row.name + "=…", row.help);
  }
  footer +=
      "Example:  steppe fit chiller_water_cooled plant.csv --column power='PowChi [kW]' --column "
      "cooling='Q [RT]' \\\n            --column evap_out='CHWS [degF]' --column cond_in='CWS "
      "[degF]' -o chiller-1.yaml";
  cmd->footer(footer);
  cmd->callback([q, &program, &fitters] {
    fit(*q, fitters);
    program.exit_code = 0;
  });
}

}  // namespace steppe::cli
