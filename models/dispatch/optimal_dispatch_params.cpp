// The parameters of the dispatch by plan.
#include "models/dispatch/optimal_dispatch.h"

namespace steppe::models {

const core::ParamTable<OptimalDispatch::Params>& OptimalDispatch::params() {
  using P = Params;
  static const auto table = [] {
    core::ParamTable<P> t;
    t.text("tariff", &P::tariff, "west-inner-mongolia",
           "Name of a shipped tariff: a file of data/tariffs without its ending")
        .text("tariff_file", &P::tariff_file, "", "A tariff of your own; replaces `tariff`",
              core::ParamKind::file)
        .choice("prices", &P::prices, core::Choices{{"tariff", "spot"}}, Prices::tariff,
                "Prices of energy: by the tariff, or of the spot market (the tariff then gives "
                "demand charge and feed-in)")
        .real("spot_adder", &P::spot_adder, "CNY/kWh", 0.0, {-1, 5},
              "Transmission, line loss and levies on top of the spot price");
    add_spot_rows(t, &P::spot_file, &P::spot_column, &P::spot_unit, &P::spot_scale);
    t.group("battery")
        .real("rating", &P::rating, "MW", core::required(10.0), {0.001, 2000},
              "Largest power of the battery")
        .real("energy", &P::energy, "MWh", core::required(20.0), {0.001, 20000},
              "Energy of the full battery")
        .real("soc_reserve", &P::soc_reserve, "1", 0.3, {0.0, 1.0},
              "State of charge kept for backup: nothing discharges below it")
        .real("soc_max", &P::soc_max, "1", 0.95, {0.01, 1.0},
              "State of charge up to which it charges")
        .real("efficiency_in", &P::efficiency_in, "1", 0.95, {0.5, 1},
              "Share of the energy at the meter that reaches the cells, at half the rating")
        .real("efficiency_out", &P::efficiency_out, "1", 0.95, {0.5, 1},
              "Share of the cells' energy that reaches the meter, at half the rating")
        .real("efficiency_fall", &P::efficiency_fall, "1", 0.03, {0, 0.3},
              "How much lower either is at the rating than at small power")
        .real("wear", &P::wear, "CNY/kWh", 0.05, {0, 10},
              "Cost of ageing of each kWh given back: cycles that earn less are not made")
        .real("rest", &P::rest, "CNY/(kWh.h)", 0.0, {0, 1},
              "Cost of each hour that a kWh lies in the battery: full cells age faster");
    t.group("site")
        .real("peak_limit", &P::peak_limit, "MW", 1e6, {0, 1e6},
              "Largest power from the grid (the input of that name replaces it)")
        .real("peak_expected", &P::peak_expected, "MW", 0.0, {0, 1e6},
              "Demand that the month reaches anyway: below it a peak costs nothing")
        .real("export_limit", &P::export_limit, "MW", 0.0, {0, 1e6}, "Largest power to the grid")
        .boolean("demand", &P::demand, true, "Plans count the demand charge of the tariff")
        .boolean("prorate", &P::prorate, true,
                 "As the meter's: a month that the run covers in part pays that part of its demand "
                 "charge")
        .real("work_power", &P::work_power, "MW", 0.0, {0, 2000},
              "Power of work that can wait (training, batch inference); 0: none")
        .real("work_energy", &P::work_energy, "MWh", 0.0, {0, 20000},
              "Energy of that work in a day, from midnight to midnight");
    t.group("genset beside the grid")
        .real("genset_power", &P::genset_power, "MW", 0.0, {0, 2000},
              "Power that a plan may order of gensets; 0: none")
        .real("genset_min", &P::genset_min, "1", 0.3, {0, 1},
              "Least load of a running set over genset_power",
              "engineering: below 30 % a diesel engine soots up")
        .real("fuel_price", &P::fuel_price, "CNY/L", 7.0, {0, 50}, "Price of fuel",
              "engineering: diesel in China 6.5 to 8 CNY/L")
        .real("fuel_full", &P::fuel_full, "L/kWh", 0.22, {0.1, 0.5}, "Consumption at full load",
              "as the component genset")
        .real("fuel_idle", &P::fuel_idle, "1", 0.1, {0, 0.5},
              "Consumption without load over that at full load", "as the component genset")
        .real("genset_start", &P::genset_start, "CNY", 500.0, {0, 1e6}, "Wear and fuel of a start",
              "engineering");
    t.group("cooling storage")
        .real("cold_energy", &P::cold_energy, "MWh", 0.0, {0, 20000},
              "Cold that the storage holds; 0: none")
        .real("cold_power", &P::cold_power, "MW", 0.0, {0, 2000},
              "Largest cold into or out of it (the share that is ordered is of this)")
        .real("cold_cop", &P::cold_cop, "1", 4.0, {1, 30},
              "Cold per electricity of the chillers, of the next kW, at 20 degC outdoors")
        .real("cold_cop_fall", &P::cold_cop_fall, "1/K", 0.025, {0, 0.1},
              "How much of it each kelvin more outdoors takes", "as the component chiller")
        .real("cold_spread", &P::cold_spread, "1", 0.2, {0, 0.9},
              "Loaded higher chillers give this much less, relieved ones save as much less",
              "as the component chiller")
        .real("cold_loss", &P::cold_loss, "1", 0.002, {0, 0.5},
              "Share of the cold that an hour loses");
    t.group("plan")
        .real("period", &P::period, "s", 1.0, {0.001, 900}, "Control period")
        .real("horizon", &P::horizon, "h", 24.0, {1, 96}, "How far a plan looks ahead")
        .choice("forecast", &P::forecast,
                core::Choices{{"persistence", "seasonal", "regression", "perfect"}},
                Known::regression,
                "What is known of the load: learnt in the run, or foresight_file")
        .text("foresight_file", &P::foresight_file, "",
              "Load for `perfect` (.csv: time, load [MW]), such as an export of `load`",
              core::ParamKind::file)
        .text("history_file", &P::history_file, "",
              "Load of the weeks before the run (.csv: time, load [MW]), to learn from",
              core::ParamKind::file)
        .text("history_column", &P::history_column, "", "Its column; empty: the last one")
        .text("foresight_column", &P::foresight_column, "", "Its column; empty: the last one");
    t.group("frequency reserve")
        .real("reserve_rating", &P::reserve_rating, "MW", 0.0, {0, 2000},
              "Largest band that can be sold; 0: none")
        .real("reserve_price", &P::reserve_price, "CNY/(MW.h)", 0.0, {0, 1e5},
              "Paid for each MW of band in each hour")
        .real("reserve_duration", &P::reserve_duration, "min", 15.0, {0, 240},
              "How long a band must last in either direction")
        .real("full_activation", &P::full_activation, "Hz", 0.2, {0.01, 2},
              "Deviation of the frequency that calls the whole band");
    t.group("link")
        .real("latency", &P::latency, "s", 0.01, {0, 900},
              "From measurement to the battery's order")
        .real("link_timeout", &P::link_timeout, "s", 60.0, {0, 86400},
              "How long the battery keeps its last order when the link is lost")
        .real("link_failures", &P::link_failures, "1/s", 0.0, {0, 1e-2},
              "Random losses of the link per second of working link")
        .real("link_repair", &P::link_repair, "s", 600.0, {1, 1e6}, "Mean time to restore it");
    ServiceLedger::add_rows(t);
    return t;
  }();
  return table;
}

}  // namespace steppe::models
