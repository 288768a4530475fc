// steppe judge: a result against limits: immunity curves, grid codes, ramps, spectra, recovery.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "sim/app/limits.h"
#include "sim/app/scenario.h"
#include "sim/base/units.h"
#include "sim/cli/columns.h"
#include "sim/cli/commands.h"

namespace steppe::cli {
namespace {

struct Row {
  std::string limits, rule, signal, unit;
  app::Verdict verdict;
};

/// "p=utility.p_import": for the rules whose signal is p, or whose name is p.
std::map<std::string, std::string> replacements(const std::vector<std::string>& options) {
  std::map<std::string, std::string> out;
  for (const auto& o : options) {
    const size_t eq = o.find('=');
    if (eq == std::string::npos || eq == 0 || eq + 1 == o.size())
      throw UserError(fmt::format("--signal '{}': expected RULE=SIGNAL, e.g. sag=pod.ups.v_pu", o));
    out[o.substr(0, eq)] = o.substr(eq + 1);
  }
  return out;
}

/// Of the numbers of a verdict.
std::string unit_of(const app::LimitRule& rule, const std::string& signal) {
  using Kind = app::LimitRule::Kind;
  if (rule.kind == Kind::ramp) return signal + "/s";
  if (rule.kind == Kind::band) return "1";
  return rule.kind == Kind::recovery ? "s" : signal;
}

std::vector<Row> judge_file(const io::ResultFile& f, const app::LimitsFile& limits,
                            const std::map<std::string, std::string>& replace) {
  const auto time = f.time();
  std::vector<Row> rows;
  for (const auto& rule : limits.rules) {
    const auto other = replace.find(rule.name);
    const std::string pattern = other == replace.end() ? rule.signal : other->second;
    std::vector<double> trigger;
    if (!rule.trigger.empty()) {
      const auto c = select_columns(f, {rule.trigger}).front();
      trigger = f.read_unit(c.signal->name, c.unit);
    }
    for (const auto& c : select_columns(f, {pattern})) {
      Row r{limits.name, rule.name, c.name, unit_of(rule, c.signal->unit), {}};
      r.verdict = app::judge(rule, time, f.read_unit(c.signal->name, c.unit), trigger);
      rows.push_back(std::move(r));
    }
  }
  return rows;
}

/// A CSV file has one curve, so every rule of ramps, ranges or bands is about it.
std::vector<Row> judge_curve(const PowerCurve& c, const std::string& name,
                             const app::LimitsFile& limits) {
  std::vector<Row> rows;
  for (const auto& rule : limits.rules) {
    Row r{limits.name, rule.name, name.empty() ? "power" : name, unit_of(rule, "W"), {}};
    if (rule.trigger.empty())
      r.verdict = app::judge(rule, c.time, c.power);
    else
      r.verdict.note = "needs the signal " + rule.trigger + " of a result";
    rows.push_back(std::move(r));
  }
  return rows;
}

bool was_judged(const app::Verdict& v) {
  return v.note.empty() || v.limit != 0.0 || v.worst != 0.0;
}

std::string number(double v, const std::string& unit) {
  if (!std::isfinite(v)) return "-";
  return format_quantity(v, unit);
}

int judge(const std::string& file, const std::vector<std::string>& names,
          const std::vector<std::string>& signals, const std::string& column, bool json,
          const Program& program) {
  const bool csv = file.ends_with(".csv");
  if (csv && !signals.empty()) throw UserError("a CSV file has columns: --column, not --signal");
  if (!csv && !column.empty()) throw UserError("a result has signals: --signal, not --column");
  std::optional<io::ResultFile> f;
  PowerCurve curve;
  if (csv)
    curve = program.read_power(file, column);
  else
    f = io::ResultFile::open(file);
  const auto replace = replacements(signals);
  std::vector<Row> rows;
  std::vector<app::LimitsFile> all;
  for (const auto& n : names) {
    all.push_back(app::load_limits(n, app::home_dir() + "/data"));
    for (auto& r :
         csv ? judge_curve(curve, column, all.back()) : judge_file(*f, all.back(), replace))
      rows.push_back(std::move(r));
  }
  for (const auto& [name, signal] : replace) {
    bool used = false;
    for (const auto& l : all)
      for (const auto& r : l.rules) used = used || r.name == name;
    if (!used)
      throw UserError(fmt::format("--signal {}={}: no rule has the name '{}'", name, signal, name));
  }
  bool pass = true;
  for (const auto& r : rows) pass = pass && r.verdict.pass;
  if (json) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& r : rows)
      list.push_back({{"limits", r.limits},
                      {"rule", r.rule},
                      {"signal", r.signal},
                      {"pass", r.verdict.pass},
                      {"judged", was_judged(r.verdict)},
                      {"worst", r.verdict.worst},
                      {"limit", r.verdict.limit},
                      {"margin", r.verdict.margin},
                      {"unit", r.unit},
                      {"time", r.verdict.at},
                      {"note", r.verdict.note}});
    const nlohmann::ordered_json j{{"file", file}, {"pass", pass}, {"verdicts", list}};
    fmt::print("{}\n", j.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    return pass ? 0 : 1;
  }
  for (const auto& l : all) fmt::print("{}: {} ({})\n", l.name, l.title, l.source);
  fmt::print("\n  {:<22} {:<30} {:>14} {:>14} {:>14}  {:<18} {}\n", "rule", "signal", "worst",
             "limit", "margin", "at", "");
  for (const auto& r : rows) {
    const auto& v = r.verdict;
    const bool judged = was_judged(v);
    fmt::print("  {:<22} {:<30} {:>14} {:>14} {:>14}  {:<18} {}{}\n", r.rule, r.signal,
               judged ? number(v.worst, r.unit) : "-", judged ? number(v.limit, r.unit) : "-",
               judged ? number(v.margin, r.unit) : "-", judged ? format_duration(v.at) : "-",
               v.pass ? (judged ? "pass" : "not judged") : "FAIL",
               v.note.empty() ? "" : ": " + v.note);
  }
  const auto left =
      std::count_if(rows.begin(), rows.end(), [](const Row& r) { return !was_judged(r.verdict); });
  fmt::print("\n{}\n", !pass       ? "Limits are violated."
                       : left == 0 ? "All limits are kept."
                                   : fmt::format("{} of {} rules could not be judged; the others "
                                                 "are kept.",
                                                 left, rows.size()));
  return pass ? 0 : 1;
}

}  // namespace

void add_judge(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand(
      "judge",
      "A result against limits: pass or fail, margin, moment (exit 1: a limit is violated)");
  auto file = std::make_shared<std::string>();
  auto limits = std::make_shared<std::vector<std::string>>(),
       signals = std::make_shared<std::vector<std::string>>();
  auto json = std::make_shared<bool>(false);
  auto column = std::make_shared<std::string>();
  cmd->add_option("RESULT", *file, "Result (.h5), or a table with time and power (.csv)")
      ->required();
  cmd->add_option("--limits", *limits, "Limits: a name in data/limits, or a file (may be repeated)")
      ->required()
      ->take_all();
  cmd->add_option("--signal", *signals,
                  "RULE=SIGNAL: another signal for a rule, with * (may be repeated)")
      ->take_all();
  cmd->add_option("--column", *column, "Column of power of a CSV file; default: the only one");
  cmd->add_flag("--json", *json, "For programs: SI values with units");
  cmd->callback([=, &program] {
    program.exit_code = judge(*file, *limits, *signals, *column, *json, program);
  });
}

}  // namespace steppe::cli
