// steppe forecast: how well a series can be forecast, measured on a stretch that was held back.
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "models/dispatch/forecaster.h"
#include "models/economics/series.h"
#include "sim/base/units.h"
#include "sim/cli/commands.h"
#include "sim/io/csv.h"

namespace steppe::cli {
namespace {

struct ForecastArgs {
  std::string file, column, held = "7 d", horizon = "24 h", every = "1 h", csv;
  std::vector<std::string> with;
  bool json = false;
};

size_t steps(const std::string& name, const std::string& text, int64_t step) {
  std::string error;
  const double s = quantity_as(text, "s", error);
  if (!error.empty()) throw UserError(fmt::format("{}: {}", name, error));
  const double n = s / static_cast<double>(step);
  if (n < 1.0 || n > 1e6 || std::abs(n - std::round(n)) > 1e-6)
    throw UserError(fmt::format("{}: '{}' is not a whole number of the file's steps of {}", name,
                                text, format_duration(static_cast<double>(step))));
  return static_cast<size_t>(std::lround(n));
}

void forecast(const ForecastArgs& a) {
  models::TimeSeries series = models::read_series(a.file);
  if (86400 % series.step != 0)
    throw UserError(series.where(1),
                    fmt::format("a step of {} does not divide a day",
                                format_duration(static_cast<double>(series.step))));
  models::SeriesColumn target = series.column(a.column);
  const int filled = models::fill_gaps(target);
  std::vector<models::SeriesColumn> others;
  for (const auto& name : a.with) {
    others.push_back(series.column(name));
    if (others.back().name == target.name)
      throw UserError(fmt::format("--with {}: a series cannot explain itself", name));
    models::fill_gaps(others.back());
    // About one in size, for the squares' sake.
    double mean = 0.0, square = 0.0;
    auto& v = others.back().value;
    for (double x : v) mean += x / static_cast<double>(v.size());
    for (double x : v) square += (x - mean) * (x - mean) / static_cast<double>(v.size());
    for (double& x : v) x = square > 0.0 ? (x - mean) / std::sqrt(square) : 0.0;
  }
  models::ForecastData d;
  d.start = series.start;
  d.step = series.step;
  d.value = target.value;
  for (const auto& o : others) d.with.push_back(o.value);
  const size_t held = steps("--hold", a.held, series.step),
               horizon = steps("--horizon", a.horizon, series.step),
               every = steps("--every", a.every, series.step);
  const auto scores = models::score_forecasts(d, held, horizon, every);
  if (!a.csv.empty()) {
    io::CsvWriter out(a.csv);
    std::vector<std::string> head{"lead [h]"};
    for (const auto& s : scores) head.push_back(models::forecast_name(s.kind));
    out.texts(head);
    for (size_t h = 0; h < scores.front().by_lead.size(); ++h) {
      std::vector<double> row{static_cast<double>(h + 1)};
      for (const auto& s : scores) row.push_back(s.by_lead[h]);
      out.row(row);
    }
    out.close();
  }
  if (a.json) {
    nlohmann::ordered_json j;
    j["file"] = a.file;
    j["column"] = target.name;
    j["filled"] = filled;
    j["held"] = held;
    j["scores"] = nlohmann::ordered_json::object();
    for (const auto& s : scores)
      j["scores"][models::forecast_name(s.kind)] = {{"mean_absolute", s.mean_absolute},
                                                    {"root_mean_square", s.root_mean_square},
                                                    {"mape", s.mape},
                                                    {"mape_share", s.mape_share},
                                                    {"pinball", s.pinball},
                                                    {"inside_80", s.inside},
                                                    {"skill", s.skill}};
    fmt::print("{}\n", j.dump(2));
    return;
  }
  fmt::print("{}: '{}', {} values of {} from {}{}\n", a.file, target.name, series.size(),
             format_duration(static_cast<double>(series.step)), models::date_time(series.start),
             filled ? fmt::format(", {} of them filled", filled) : "");
  fmt::print("held back: the last {}; {} forecasts of {} every {}; trained on what lies before\n\n",
             format_duration(static_cast<double>(held) * static_cast<double>(series.step)),
             (held - horizon) / every + 1, a.horizon, a.every);
  // In the unit of the file: its owner knows these numbers.
  const auto unit = parse_unit(target.unit);
  const double scale = unit ? unit->scale : 1.0;
  fmt::print("  {:<12} {:>12} {:>12} {:>9} {:>12} {:>11} {:>8}\n", target.unit, "mean |err|", "rms",
             "MAPE", "pinball", "in 10..90 %", "skill");
  for (const auto& s : scores)
    fmt::print("  {:<12} {:>12.5g} {:>12.5g} {:>7.2f} % {:>12.5g} {:>9.1f} % {:>8.3f}\n",
               models::forecast_name(s.kind), s.mean_absolute / scale, s.root_mean_square / scale,
               100.0 * s.mape, s.pinball / scale, 100.0 * s.inside, s.skill);
  fmt::print(
      "\n  MAPE over {:.1f} % of the values (those above a twentieth of their mean); skill: mean "
      "error against persistence\n",
      100.0 * scores.front().mape_share);
}

}  // namespace

void add_forecast(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand(
      "forecast", "How well a series (.csv) can be forecast, on a stretch that was held back");
  auto a = std::make_shared<ForecastArgs>();
  cmd->add_option("SERIES", a->file, "Series at equal steps: time and values")->required();
  cmd->add_option("--column", a->column, "What is forecast, where there are several columns");
  cmd->add_option("--with", a->with, "Columns that are known ahead (weather), for the regression");
  cmd->add_option("--hold", a->held, "Held back at the end (default 7 d)");
  cmd->add_option("--horizon", a->horizon, "How far a forecast looks (default 24 h)");
  cmd->add_option("--every", a->every, "How often one is made (default 1 h)");
  cmd->add_option("--csv", a->csv, "Mean error by hour ahead; - is stdout");
  cmd->add_flag("--json", a->json, "For programs");
  cmd->footer("Example:  steppe forecast load.csv --column rate --hold 7d");
  cmd->callback([=, &program] {
    forecast(*a);
    program.exit_code = 0;
  });
}

}  // namespace steppe::cli
