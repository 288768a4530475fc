// steppe bill: what a meter's series costs by a tariff, to the fen.
#include "models/economics/bill.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "models/economics/spot.h"
#include "sim/app/scenario.h"
#include "sim/base/units.h"
#include "sim/cli/commands.h"
#include "sim/io/reader.h"

namespace steppe::cli {
namespace {

struct BillArgs {
  std::string meter, column, unit, tariff = "west-inner-mongolia", tariff_file, basis = "measured",
                                   contracted, spot, spot_column, spot_unit, spot_adder;
  double spot_scale = 1.0;
  bool ends = false, gaps = false, whole_months = false, json = false;
};

double option(const std::string& name, const std::string& text, const char* unit) {
  std::string error;
  const double v = quantity_as(text, unit, error);
  if (!error.empty()) throw UserError(fmt::format("{}: {}", name, error));
  return v;
}

/// Mean import power of quarters of an hour, from power or from energy of each step.
models::Quarters read_meter(const BillArgs& a, models::TimeSeries& series) {
  series = models::read_series(a.meter);
  if (!series.dated)
    throw UserError(series.where(0),
                    "a bill needs dates: seasons and months have prices of their own",
                    "for example 2026-01-15 06:30");
  if (a.ends) series.start -= series.step;
  models::SeriesColumn c = series.column(a.column);
  const bool bare = c.unit.empty();
  const auto u = parse_unit(bare ? a.unit : c.unit);
  const auto power = *parse_unit("W"), energy = *parse_unit("J");
  if (bare && a.unit.empty())
    throw UserError(
        {series.source, 1, 1, 1},
        fmt::format("'{}' has no unit: write \"{} [kW]\" or give --unit", c.name, c.name));
  const bool is_energy = u && u->dimension == energy.dimension;
  if (!u || (!is_energy && !(u->dimension == power.dimension)))
    throw UserError(
        {series.source, 1, 1, 1},
        fmt::format("'{} [{}]' is neither power nor energy", c.name, bare ? a.unit : c.unit),
        "kW, MW, kWh, MWh …");
  const double scale =
      (bare ? u->scale : 1.0) / (is_energy ? static_cast<double>(series.step) : 1.0);
  for (double& v : c.value) v *= scale;
  // No site takes more than a large country does, and few take more than 2 GW.
  const auto most = std::max_element(c.value.begin(), c.value.end(), [](double x, double y) {
    return (std::isnan(x) ? 0.0 : std::abs(x)) < (std::isnan(y) ? 0.0 : std::abs(y));
  });
  const std::string doubt =
      fmt::format("a power of {}: the unit [{}] is wrong, most likely",
                  format_quantity(std::abs(*most), "W"), bare ? a.unit : c.unit);
  if (std::abs(*most) > 1e12)
    throw UserError(series.where(static_cast<size_t>(most - c.value.begin())), doubt);
  if (std::abs(*most) > 2e9) fmt::print(stderr, "warning: {}: {}\n", a.meter, doubt);
  const auto holes = models::gaps(series, c);
  if (!holes.empty() && !a.gaps) {
    Diagnostics d;
    for (const auto& g : holes) {
      const int64_t from = series.time(g.first), to = series.time(g.last) + series.step;
      const int first = models::month_of(from), last = models::month_of(to - 1);
      std::string month;
      for (int m = first; m <= last; ++m)
        if (models::month_begin(m) >= from && models::month_begin(m + 1) <= to && month.empty())
          month = fmt::format("{} has no data: ",
                              models::date_time(models::month_begin(m)).substr(0, 7));
      d.error(series.where(g.first),
              fmt::format("{}nothing from {} to {}", month, models::date_time(from),
                          models::date_time(to)),
              "--gaps leaves such quarters out of the bill");
    }
    d.throw_if_errors();
  }
  return models::quarters(series, c);
}

void bill(const BillArgs& a) {
  models::TimeSeries series;
  const models::Quarters q = read_meter(a, series);
  core::ProcessSetup setup;
  setup.id = "bill";
  setup.data_dir = app::home_dir() + "/data";
  setup.read_yaml = [](const std::string& file, const core::ParamTableBase& table, void* p) {
    io::read_yaml_into(file, table, p);
  };
  const models::Tariff tariff = models::load_tariff(setup, a.tariff, a.tariff_file);
  models::BillTerms terms;
  terms.prorate = !a.whole_months;
  if (a.basis != "measured") {
    terms.basis =
        a.basis == "contracted" ? models::DemandBasis::contracted : models::DemandBasis::capacity;
    if (a.contracted.empty())
      throw UserError(fmt::format("--basis {} needs --contracted, for example 12MW", a.basis));
    if (const auto v = parse_quantity(a.contracted); v && !v->has_unit)
      throw UserError(
          fmt::format("--contracted: '{}' has no unit; write {}MW", a.contracted, a.contracted));
    terms.contracted = option("--contracted", a.contracted, "W");
  }
  std::optional<models::SpotPrices> spot;
  if (!a.spot.empty()) spot.emplace(a.spot, a.spot_column, a.spot_unit, a.spot_scale);
  const double adder = a.spot_adder.empty() ? 0.0 : option("--spot-adder", a.spot_adder, "CNY/kWh");
  models::Registers registers;
  for (size_t i = 0; i < q.value.size(); ++i) {
    if (std::isnan(q.value[i])) continue;
    const int64_t t = q.start + models::kQuarter * static_cast<int64_t>(i);
    const auto joule = static_cast<int64_t>(std::llround(q.value[i] * models::kQuarter));
    // The tariff goes by the clock on the wall, the market by its own file.
    const int64_t wall = series.wall(t);
    const int64_t nano =
        spot ? models::nano_price(spot->price(t) + adder) : tariff.nano_price(wall);
    registers.quarter(wall, models::kQuarter, std::max<int64_t>(joule, 0),
                      std::max<int64_t>(-joule, 0), true, tariff.kind(wall), nano);
  }
  const models::Bill b = registers.bill(tariff, terms);
  if (a.json) {
    nlohmann::ordered_json j;
    j["tariff"] = tariff.data().name;
    j["months"] = nlohmann::ordered_json::array();
    for (const auto& m : b.months) {
      nlohmann::ordered_json lines = nlohmann::ordered_json::array();
      for (const auto& l : m.lines)
        lines.push_back({{"name", l.name}, {"quantity", l.quantity}, {"fen", l.fen}});
      j["months"].push_back({{"year", m.year},
                             {"month", m.month},
                             {"demand", {{"value", m.demand}, {"unit", "W"}}},
                             {"covered", m.covered},
                             {"lines", lines},
                             {"fen", m.fen}});
    }
    j["energy_fen"] = b.energy_fen;
    j["demand_fen"] = b.demand_fen;
    j["total_fen"] = b.total_fen();
    j["import"] = {{"value", b.import_energy}, {"unit", "J"}};
    j["export"] = {{"value", b.export_energy}, {"unit", "J"}};
    j["carbon"] = {{"value", b.carbon}, {"unit", "kg"}};
    fmt::print("{}\n", j.dump(2));
    return;
  }
  fmt::print("{} by {}\n{}", a.meter, tariff.data().name, models::bill_text(b));
  fmt::print("carbon          {:>41.1f} kg\n", b.carbon);
  if (!series.summer.empty())
    fmt::print(stderr,
               "note: the meter's clock changes to or from summer time; windows follow it\n");
  if (series.step > models::kQuarter)
    fmt::print(stderr,
               "note: a meter that counts every {} hides peaks: its demand is a lower bound\n",
               format_duration(static_cast<double>(series.step)));
}

}  // namespace

void add_bill(CLI::App& app, Program& program) {
  auto* cmd = app.add_subcommand("bill", "What a meter's series (.csv) costs by a tariff");
  auto a = std::make_shared<BillArgs>();
  cmd->add_option("METER", a->meter, "Series of the meter: time, power [kW] or energy [kWh]")
      ->required();
  cmd->add_option("--column", a->column, "Its column, where there are several");
  cmd->add_option("--unit", a->unit, "Unit of a column whose header has none");
  cmd->add_flag("--ends", a->ends, "Times are the ends of the intervals, not their beginnings");
  cmd->add_flag("--gaps", a->gaps, "Leave out quarters without data instead of refusing them");
  cmd->add_option("--tariff", a->tariff, "A shipped tariff (data/tariffs)");
  cmd->add_option("--tariff-file", a->tariff_file, "A tariff of your own");
  cmd->add_option("--basis", a->basis, "What the demand charge counts")
      ->check(CLI::IsMember({"measured", "contracted", "capacity"}));
  cmd->add_option("--contracted", a->contracted, "Contracted demand or capacity, e.g. 12MW");
  cmd->add_flag("--whole-months", a->whole_months,
                "A month in part pays its demand in full, not its share of it");
  cmd->add_option("--spot", a->spot, "Prices of quarters (.csv) in place of the tariff's");
  cmd->add_option("--spot-column", a->spot_column, "Their column, where there are several");
  cmd->add_option("--spot-unit", a->spot_unit, "Unit of a price column whose header has none");
  cmd->add_option("--spot-scale", a->spot_scale, "Factor on them, e.g. CNY for one EUR");
  cmd->add_option("--spot-adder", a->spot_adder, "On top of them, e.g. 0.12CNY/kWh");
  cmd->add_flag("--json", a->json, "For programs: SI values with units, money in fen");
  cmd->footer("Example:  steppe bill meter.csv --tariff west-inner-mongolia");
  cmd->callback([=, &program] {
    bill(*a);
    program.exit_code = 0;
  });
}

}  // namespace steppe::cli
