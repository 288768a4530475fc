// steppe report: what a result file says, for people and for programs.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/base/units.h"
#include "sim/cli/commands.h"
#include "sim/io/result_file.h"

namespace steppe::cli {
namespace {

nlohmann::ordered_json numbers(const std::vector<io::ResultNumber>& all) {
  auto j = nlohmann::ordered_json::object();
  for (const auto& n : all) j[n.name] = {{"value", n.value}, {"unit", n.unit}};
  return j;
}

std::string json_report(const io::ResultFile& f, double end) {
  nlohmann::ordered_json j;
  j["file"] = f.path();
  j["status"] = f.status();
  j["start"] = f.start();
  if (!f.time_zone().empty()) j["time_zone"] = f.time_zone();
  j["duration"] = {{"value", end}, {"unit", "s"}};
  j["kpi"] = numbers(f.kpis());
  j["ledger"] = numbers(f.ledger());
  j["events"] = nlohmann::ordered_json::array();
  for (const auto& e : f.events())
    j["events"].push_back({{"time", e.time},
                           {"component", e.component},
                           {"name", e.name},
                           {"from", e.from},
                           {"to", e.to},
                           {"text", e.text}});
  j["provenance"] = f.provenance();
  return j.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string page(const io::ResultFile& f, double end) {
  std::string out =
      fmt::format("{}: {}, {} from {}\n", f.path(), f.status(), format_duration(end), f.start());
  std::vector<PageNumber> kpis;
  for (const auto& k : f.kpis()) kpis.push_back({k.name, k.unit, k.long_name, k.value});
  if (!kpis.empty()) out += "\nKPIs\n" + kpi_page(kpis);
  std::vector<PageNumber> ledger;
  for (const auto& l : f.ledger())
    if (l.value != 0.0) ledger.push_back({l.name, l.unit, l.long_name, l.value});
  if (!ledger.empty()) out += "\nLedger\n" + kpi_page(ledger);
  std::vector<PageEvent> events;
  for (auto& e : f.events()) events.push_back({e.time, e.component, e.name, e.from, e.to, e.text});
  if (!events.empty())
    out += fmt::format("\nEvents ({})\n", events.size()) +
           event_page(events, 100, "steppe report --json lists all");
  return out;
}

int report(const std::string& path, bool json) {
  const auto f = io::ResultFile::open(path);
  const double end = f.rows() > 0 ? f.time(f.rows() - 1, 1).at(0) : 0.0;
  fmt::print("{}\n", json ? json_report(f, end) : page(f, end));
  if (f.status() == "cut off")
    throw IoError(fmt::format(
        "{}: the run was killed; the file ends at {} and has no KPIs{}", path, format_duration(end),
        f.checkpoints().empty()
            ? ""
            : fmt::format("; steppe run --from {} goes on from its last checkpoint", path)));
  if (f.status() == "failed") {
    const auto all = f.provenance();
    const auto why = all.find("failure");
    fmt::print(stderr, "the run failed at {}{}{}\n", format_duration(end),
               why == all.end() ? "" : ": ", why == all.end() ? "" : why->second);
  }
  return 0;
}

}  // namespace

void add_report(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("report", "KPIs, balances and events of a result");
  auto file = std::make_shared<std::string>();
  auto a = std::make_shared<StudyReportArgs>();
  cmd->add_option("RESULT", *file, "Result file (.h5), or the folder of a study")->required();
  cmd->add_flag("--json", a->json, "For programs: SI values with units");
  cmd->add_option("--csv", a->csv, "Of a study: its table, one run a line")->type_name("FILE");
  cmd->add_option("--pareto", a->pareto, "Of a study: runs that no other beats in both KPIs")
      ->type_name("KPI[:max],KPI[:max]");
  cmd->add_option("--least", a->least, "Of a study: its runs in the order of a KPI, best first")
      ->type_name("KPI");
  cmd->add_option("--where", a->where,
                  "With --least: what a run must meet, in SI, e.g. \"availability >= 0.9999\"")
      ->type_name("CONDITION");
  cmd->callback([=, &program] {
    std::error_code ec;
    const bool study = std::filesystem::is_directory(*file, ec);
    if (!study && !(a->csv.empty() && a->pareto.empty() && a->least.empty() && a->where.empty()))
      throw UserError(
          "--csv, --pareto, --least and --where are about the folder of a study; steppe export "
          "writes a result as CSV");
    program.exit_code = study ? report_study(*file, *a) : report(*file, a->json);
  });
}

}  // namespace steppe::cli
