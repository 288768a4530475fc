#include "models/economics/calculators.h"

#include <cmath>

#include "models/economics/finance.h"

namespace steppe::models {
namespace {

constexpr double kYear = 365.0 * 86400.0;

struct Ownership {
  double interest, it_power, pue, utilisation, price, demand_cost, facility_price, facility_life,
      accelerator_price, accelerator_count, accelerator_life, battery_energy, battery_price,
      battery_life, genset_power, genset_price, genset_life, staff, water, water_price, maintenance,
      tokens_per_s, carbon_factor, carbon_price;
};

const core::ParamTable<Ownership>& ownership_table() {
  using O = Ownership;
  static const auto table = [] {
    core::ParamTable<O> t;
    t.real("interest", &O::interest, "%", 8.0, {0, 50}, "Interest on capital")
        .real("it_power", &O::it_power, "MW", core::required(10.0), {0.001, 1e5},
              "Power of the IT equipment that the site is built for")
        .real("utilisation", &O::utilisation, "1", 0.75, {0, 1}, "Mean over rated IT power")
        .real("pue", &O::pue, "1", 1.15, {1, 3}, "Of the year")
        .real("price", &O::price, "CNY/kWh", 0.45, {-1, 10}, "Mean price of energy")
        .real("demand_cost", &O::demand_cost, "CNY", 0.0, {0, 1e12}, "Demand charges of a year")
        .real("facility_price", &O::facility_price, "CNY/kW", 30000.0, {0, 1e6},
              "Building, power and cooling, per kW of IT", "engineering: 25 to 40 kCNY/kW")
        .real("facility_life", &O::facility_life, "d", 20.0 * 365, {1, 40000}, "Life of these")
        .real("accelerator_count", &O::accelerator_count, "1", 0.0, {0, 1e8}, "Accelerators")
        .real("accelerator_price", &O::accelerator_price, "CNY", 280000.0, {0, 1e8},
              "Price of one with its share of server and network",
              "engineering: 2 to 2.5 MCNY for a server of eight")
        .real("accelerator_life", &O::accelerator_life, "d", 5.0 * 365, {1, 40000}, "Their life")
        .real("battery_energy", &O::battery_energy, "MWh", 0.0, {0, 1e6}, "Battery")
        .real("battery_price", &O::battery_price, "CNY/kWh", 700.0, {0, 1e5}, "Its price, turnkey",
              "engineering: 600 to 800 CNY/kWh")
        .real("battery_life", &O::battery_life, "d", 12.0 * 365, {1, 40000},
              "Until its cells are replaced: from the ageing of a run")
        .real("genset_power", &O::genset_power, "MW", 0.0, {0, 1e5}, "Gensets")
        .real("genset_price", &O::genset_price, "CNY/kW", 2500.0, {0, 1e5}, "Their price")
        .real("genset_life", &O::genset_life, "d", 25.0 * 365, {1, 40000}, "Their life")
        .real("staff", &O::staff, "CNY/kW", 300.0, {0, 1e5}, "Staff of a year, per kW of IT")
        .real("maintenance", &O::maintenance, "%", 2.0, {0, 50},
              "Maintenance of a year, of the price of facility, battery and gensets")
        .real("water", &O::water, "t", 0.0, {0, 1e9}, "Water of a year")
        .real("water_price", &O::water_price, "CNY/t", 6.0, {0, 1000}, "Its price")
        .real("tokens_per_s", &O::tokens_per_s, "token/s", 0.0, {0, 1e12}, "Generated tokens, mean")
        .real("carbon_factor", &O::carbon_factor, "kg/kWh", 0.6849, {0, 2}, "Of the energy bought")
        .real("carbon_price", &O::carbon_price, "CNY/t", 0.0, {0, 10000},
              "Paid for carbon dioxide");
    return t;
  }();
  return table;
}

std::vector<CalculatorRow> ownership(const Ownership& o) {
  const double energy = o.it_power * o.utilisation * o.pue * kYear;
  const double tokens = o.tokens_per_s * kYear;
  const auto spread = [&](double capex, double life) {
    return capex * capital_recovery(o.interest, life / kYear);
  };
  const double facility = o.facility_price * o.it_power;
  const double accelerators = o.accelerator_count * o.accelerator_price;
  const double battery = o.battery_energy * o.battery_price;
  const double gensets = o.genset_power * o.genset_price;
  const double carbon = energy * o.carbon_factor;
  const std::vector<CalculatorRow> capital{
      {"facility", spread(facility, o.facility_life), "CNY", "Building, power, cooling, per year"},
      {"accelerators", spread(accelerators, o.accelerator_life), "CNY", "Per year"},
      {"battery", spread(battery, o.battery_life), "CNY",
       "With replacement of its cells, per year"},
      {"gensets", spread(gensets, o.genset_life), "CNY", "Per year"}};
  const std::vector<CalculatorRow> running{
      {"electricity", energy * o.price + o.demand_cost, "CNY", "Energy and demand of a year"},
      {"staff", o.staff * o.it_power, "CNY", "Of a year"},
      {"maintenance", o.maintenance * (facility + battery + gensets), "CNY", "Of a year"},
      {"water", o.water * o.water_price, "CNY", "Of a year"},
      {"carbon", carbon * o.carbon_price, "CNY", "Of a year"}};
  std::vector<CalculatorRow> out;
  double capex = 0.0, opex = 0.0;
  for (const auto& r : capital) capex += r.value;
  for (const auto& r : running) opex += r.value;
  out.insert(out.end(), capital.begin(), capital.end());
  out.insert(out.end(), running.begin(), running.end());
  out.push_back({"capital", capex, "CNY", "Sum of what is spread over lives, per year"});
  out.push_back({"operation", opex, "CNY", "Sum of what runs, per year"});
  out.push_back({"total", capex + opex, "CNY", "Cost of ownership of a year"});
  out.push_back({"energy", energy, "J", "Electric energy of a year"});
  out.push_back({"electricity_share_of_operation", running[0].value / opex, "1",
                 "Electricity over operating cost"});
  out.push_back({"electricity_share_of_total", running[0].value / (capex + opex), "1",
                 "Electricity over cost of ownership"});
  if (tokens > 0.0) {
    out.push_back({"cost_per_million_tokens", per_million(capex + opex, tokens), "CNY", ""});
    out.push_back({"energy_per_million_tokens", energy / tokens * 1e6, "J", ""});
    out.push_back({"carbon_per_million_tokens", carbon / tokens * 1e6, "kg", ""});
  }
  return out;
}

struct Storage {
  double capex, energy, interest, life, operation, cycles, depth, efficiency, charge_price,
      discharge_price, fade;
};
const core::ParamTable<Storage>& storage_table() {
  using S = Storage;
  static const auto table = [] {
    core::ParamTable<S> t;
    t.real("capex", &S::capex, "CNY/kWh", 700.0, {0, 1e5}, "Price of the storage, of capacity")
        .real("energy", &S::energy, "MWh", core::required(20.0), {1e-6, 1e6}, "Capacity")
        .real("interest", &S::interest, "%", 8.0, {0, 50}, "Interest on capital")
        .real("life", &S::life, "d", 12.0 * 365, {1, 40000}, "Until it is replaced")
        .real("operation", &S::operation, "%", 2.0, {0, 50}, "Of a year, of the capital")
        .real("cycles", &S::cycles, "1/d", 1.5, {0.001, 50}, "Cycles")
        .real("depth", &S::depth, "%", 65.0, {1, 100}, "Of a cycle")
        .real("fade", &S::fade, "%", 20.0, {0, 50}, "Capacity lost at the end of the life")
        .real("efficiency", &S::efficiency, "%", 87.0, {10, 100}, "There and back, at the meter")
        .real("charge_price", &S::charge_price, "CNY/kWh", 0.216, {-1, 10}, "Paid for charging")
        .real("discharge_price", &S::discharge_price, "CNY/kWh", 0.756, {-1, 10},
              "Saved by discharging");
    return t;
  }();
  return table;
}

std::vector<CalculatorRow> storage_cost(const Storage& s) {
  const double days = 365.0, capex = s.capex * s.energy;
  // Capacity fades evenly over the life: the mean counts.
  const double given = s.cycles * 86400.0 * days * s.depth * s.energy * (1.0 - 0.5 * s.fade) *
                       std::sqrt(s.efficiency);
  const double taken = given / s.efficiency;
  const double crf = capital_recovery(s.interest, s.life / kYear);
  const double lcos =
      levelised_cost_of_storage(capex, crf, s.operation * capex, taken, s.charge_price, given);
  const double profit = given * (s.discharge_price - lcos);
  std::vector<CalculatorRow> out{
      {"capital_recovery", crf, "1", "Per year"},
      {"discharged", given, "J", "In a year, at the meter"},
      {"charged", taken, "J", "In a year, at the meter"},
      {"levelised_cost", lcos, "CNY/J", "Of a kWh given back, charging included"},
      {"storage_alone", lcos - s.charge_price / s.efficiency, "CNY/J",
       "Without what charging costs"},
      {"profit", profit, "CNY", "Of a year"}};
  return out;
}

struct Growth {
  double load, rate, transformer, feeder, cooling, battery_energy, autonomy, power_factor, pue,
      phase, horizon;
};
const core::ParamTable<Growth>& growth_table() {
  using G = Growth;
  static const auto table = [] {
    core::ParamTable<G> t;
    t.real("load", &G::load, "MW", core::required(10.0), {0.001, 1e5},
           "Highest IT power today: 15-min mean of a run")
        .real("rate", &G::rate, "%", 30.0, {-50, 300}, "Growth of computing in a year")
        .real("pue", &G::pue, "1", 1.15, {1, 3}, "At that peak")
        .real("power_factor", &G::power_factor, "1", 0.97, {0.5, 1}, "At the transformers")
        .real("transformer", &G::transformer, "MVA", 0.0, {0, 1e5},
              "Transformers that may be loaded together with one of them out; 0: not asked")
        .real("feeder", &G::feeder, "MVA", 0.0, {0, 1e5}, "The feeder that is left when one is out")
        .real("cooling", &G::cooling, "MW", 0.0, {0, 1e5},
              "Heat that cooling rejects on the worst day")
        .real("battery_energy", &G::battery_energy, "MWh", 0.0, {0, 1e6},
              "Backup energy: what is kept for outages")
        .real("autonomy", &G::autonomy, "min", 15.0, {0, 1440},
              "How long backup must carry the site")
        .real("phase", &G::phase, "MW", 0.0, {0, 1e5},
              "IT power of one phase of the build-out; 0: no phases")
        .real("horizon", &G::horizon, "d", 10.0 * 365, {1, 40000}, "Years that are planned");
    return t;
  }();
  return table;
}

std::vector<CalculatorRow> growth(const Growth& g) {
  std::vector<CalculatorRow> out;
  const auto year = [&](const char* name, double limit_it, const char* help) {
    if (!(limit_it > 0.0)) return;
    out.push_back({std::string(name) + "_limit", limit_it, "W", "IT power that it carries"});
    const double y = years_until(g.load, limit_it, g.rate);
    // Longer than a life of a building is never.
    if (y < 100.0) out.push_back({std::string(name) + "_runs_out", y * kYear, "s", help});
  };
  year("transformer", g.transformer * g.power_factor / g.pue, "Time until the transformer is full");
  year("feeder", g.feeder * g.power_factor / g.pue, "Time until the feeder is full");
  year("cooling", g.cooling, "Time until cooling is too small");
  if (g.autonomy > 0.0)
    year("battery", g.battery_energy / g.autonomy / g.pue, "Time until backup is too short");
  const int years = static_cast<int>(std::floor(g.horizon / kYear + 1e-9));
  for (int y = 1; y <= std::min(years, 30); ++y) {
    const double load = grown(g.load, g.rate, y);
    out.push_back({"load_year_" + std::to_string(y), load, "W", "Highest IT power"});
    if (g.phase > 0.0)
      out.push_back({"phases_year_" + std::to_string(y), std::ceil(load / g.phase - 1e-9), "1",
                     "Phases that must stand"});
  }
  return out;
}

template <class P>
EconomicCalculator make(const char* name, const char* help, const core::ParamTable<P>& table,
                        std::vector<CalculatorRow> (*f)(const P&)) {
  return {name, help, &table,
          [&table]() -> std::shared_ptr<void> {
            auto p = std::make_shared<P>();
            table.set_defaults(p.get());
            return p;
          },
          [f](const void* p) { return f(*static_cast<const P*>(p)); }};
}

}  // namespace

const std::vector<EconomicCalculator>& economic_calculators() {
  static const std::vector<EconomicCalculator> all{
      make("ownership", "Cost of owning a site for a year, by part", ownership_table(), ownership),
      make("storage_cost", "Levelised cost of storage", storage_table(), storage_cost),
      make("growth", "When a growing load outgrows transformer, feeder, cooling, battery",
           growth_table(), growth)};
  return all;
}

}  // namespace steppe::models
