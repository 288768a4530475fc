#include "models/economics/green_supply.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/economics/renewables.h"

namespace steppe::models {
namespace {

constexpr core::Nanoseconds kSecond = 1000000000;

}  // namespace

const core::ParamTable<GreenSupply::Params>& GreenSupply::params() {
  using P = Params;
  static const auto table = [] {
    core::ParamTable<P> t;
    t.choice("contract", &P::contract,
             core::Choices{{"direct_line", "as_produced", "as_nominated"}}, Contract::direct_line,
             "A line behind the meter, or an agreement through the grid: paid as produced or as "
             "nominated")
        .real("wind_rating", &P::wind_rating, "MW", 0.0, {0, 1e5}, "Wind power")
        .real("pv_rating", &P::pv_rating, "MW", 0.0, {0, 1e5}, "Photovoltaics")
        .real("hub_height", &P::hub_height, "m", 100.0, {10, 250}, "Hub above ground")
        .real("shear", &P::shear, "1", 0.14, {0, 0.5},
              "Exponent of the wind over height, from 10 m to the hub")
        .real("line_capacity", &P::line_capacity, "MW", 1e5, {0, 1e5}, "Capacity of the line")
        .real("export_limit", &P::export_limit, "MW", 0.0, {0, 1e5},
              "Surplus that the grid takes from a direct line")
        .group("money")
        .real("price", &P::price, "CNY/kWh", 0.25, {0, 5}, "Price of green energy")
        .real("nominated", &P::nominated, "MW", 0.0, {0, 1e5}, "Constant power of as_nominated")
        .real("imbalance_price", &P::imbalance_price, "CNY/kWh", 0.5, {-1, 10},
              "Price of what is produced less than nominated")
        .real("feed_in_price", &P::feed_in_price, "CNY/kWh", 0.2829, {-1, 5},
              "Paid for surplus and for what is produced more than nominated")
        .real("certificate_price", &P::certificate_price, "CNY/kWh", 0.005, {0, 1},
              "Price of a green certificate, of a kWh")
        .real("certificate_share", &P::certificate_share, "%", 0.0, {0, 100},
              "Share of the remaining use that is covered by certificates")
        .group("carbon")
        .real("grid_factor", &P::grid_factor, "kg/kWh", 0.6849, {0, 2},
              "Carbon dioxide of the grid where the site is",
              "mean factor of Inner Mongolia 2022, ministry of ecology and environment")
        .real("residual_factor", &P::residual_factor, "kg/kWh", 0.6849, {0, 2},
              "Of the grid without what is sold as green")
        .real("embodied", &P::embodied, "t", 0.0, {0, 1e7},
              "Carbon dioxide of building the site, spread over embodied_life")
        .real("embodied_life", &P::embodied_life, "d", 7300.0, {1, 40000},
              "Life that it is spread over");
    return t;
  }();
  return table;
}

GreenSupply::GreenSupply(const Params& p, const core::ProcessSetup& setup)
    : p_(p), start_(core::from_seconds(setup.start_epoch)) {
  if (p.contract == Contract::as_nominated && p.nominated <= 0.0)
    throw UserError(fmt::format(
        "green_supply '{}': as_nominated without a nomination; set 'nominated: 10 MW'", setup.id));
}

GreenSupply::Split GreenSupply::split(const Params& p, double available, double site) {
  const double use = std::max(0.0, site);
  if (p.contract == Contract::direct_line) {
    const double carried = std::min(available, p.line_capacity);
    const double used = std::min(carried, use);
    const double exported = std::min(carried - used, p.export_limit);
    return {used, exported, available - used - exported, site - used - exported};
  }
  const double green = p.contract == Contract::as_nominated ? p.nominated : available;
  return {std::min(green, use), 0.0, 0.0, site};
}

void GreenSupply::close_hour() {
  s_.matched += std::min(s_.hour_site, s_.hour_green);
  s_.hour_site = s_.hour_green = 0.0;
}

void GreenSupply::update(core::ProcessContext& c) {
  if (s_.last >= 0 && c.now > s_.last) {
    const double dt = core::to_seconds(c.now - s_.last);
    // The wind of the last instant, the site's mean of both.
    const double site = 0.5 * (s_.site + c.in(kSitePower)), it = 0.5 * (s_.it + c.in(kItPower));
    const Split x = split(p_, s_.available, site);
    const bool nominated = p_.contract == Contract::as_nominated;
    const double green = nominated ? p_.nominated : s_.available - x.curtailed;
    s_.seconds += dt;
    s_.e_site += std::max(0.0, site) * dt;
    s_.e_it += it * dt;
    s_.e_used += x.used * dt;
    s_.e_exported += x.exported * dt;
    s_.e_curtailed += x.curtailed * dt;
    s_.e_produced += s_.available * dt;
    s_.e_grid += std::max(0.0, x.grid) * dt;
    s_.cost += (p_.price * green - p_.feed_in_price * x.exported) * dt;
    if (nominated) {
      const double more = s_.available - p_.nominated;
      s_.cost -= (more > 0.0 ? p_.feed_in_price : p_.imbalance_price) * more * dt;
    }
    if (p_.contract == Contract::as_produced)
      s_.cost -= p_.feed_in_price * std::max(0.0, green - std::max(0.0, site)) * dt;
    const int64_t hour = (start_ + s_.last) / kSecond / 3600;
    if (hour != s_.hour) close_hour();
    s_.hour = hour;
    s_.hour_site += std::max(0.0, site) * dt;
    s_.hour_green += (p_.contract == Contract::direct_line ? x.used : green) * dt;
  }
  const double hub = c.in(kWind)*std::pow(p_.hub_height / 10.0, p_.shear);
  s_.available = p_.wind_rating * wind_power(hub, c.in(kDensity)) +
                 p_.pv_rating * std::max(0.0, pv_power(c.in(kGhi), c.in(kTemp)));
  s_.site = c.in(kSitePower);
  s_.it = c.in(kItPower);
  s_.last = c.now;
  const Split x = split(p_, s_.available, s_.site);
  c.out(kAvailable, s_.available);
  c.out(kUsed, x.used);
  c.out(kExported, x.exported);
  c.out(kCurtailed, x.curtailed);
  c.out(kGridPower, x.grid);
  s_.next = next_ = c.now + core::from_seconds(c.period(60.0));
}

std::vector<core::ProcessKpi> GreenSupply::kpis() const {
  if (s_.e_site <= 0.0) return {};
  GreenSupply copy = *this;
  copy.close_hour();
  const double green = p_.contract == Contract::direct_line    ? s_.e_used
                       : p_.contract == Contract::as_nominated ? p_.nominated * s_.seconds
                                                               : s_.e_produced;
  const double covered = std::min(green, s_.e_site);
  const double rest = s_.e_site - covered, certified = p_.certificate_share * rest;
  const double location = p_.grid_factor * s_.e_grid;
  const double market = p_.residual_factor * (rest - certified);
  std::vector<core::ProcessKpi> k{
      {"energy_renewable", covered, "J"},
      {"renewable_share_hourly", copy.s_.matched / s_.e_site, "1",
       "Share of the site's energy that was green in the same hour"},
      {"renewable_share_annual", (covered + certified) / s_.e_site, "1",
       "Share of the site's energy that was green over the run, certificates included"},
      {"carbon_location", location, "kg",
       "Carbon of the energy from the grid, by the grid's mean (location-based)"},
      {"carbon_market", market, "kg",
       "Carbon of what no contract or certificate covers, by the residual mix (market-based)"},
      {"cost_green", s_.cost, "CNY", "Paid for green energy under the contract"}};
  if (p_.contract == Contract::direct_line) {
    k.push_back({"energy_curtailed", s_.e_curtailed, "J", "Green energy that nobody took"});
    k.push_back({"energy_exported_green", s_.e_exported, "J", "Green energy given to the grid"});
  }
  if (certified > 0.0)
    k.push_back({"cost_certificates", certified * p_.certificate_price, "CNY",
                 "Paid for green certificates"});
  if (p_.embodied > 0.0)
    k.push_back({"carbon_embodied", p_.embodied * s_.seconds / p_.embodied_life, "kg",
                 "Share of the run in the carbon of building the plant"});
  if (s_.e_it > 0.0) {
    k.push_back({"cue_location", location / s_.e_it, "kg/J", "carbon_location / energy_it"});
    k.push_back({"cue_market", market / s_.e_it, "kg/J", "carbon_market / energy_it"});
  }
  return k;
}

core::ProcessType green_supply_process() {
  core::ProcessType t;
  t.name = "green_supply";
  t.domain = "economics";
  t.help = "Wind and sun for the site: direct line or power purchase agreement, shares and carbon";
  t.params = &GreenSupply::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<GreenSupply::Params>();
    GreenSupply::params().set_defaults(p.get());
    return p;
  };
  const double required = std::nan("");
  t.inputs = {
      {"site_power", "W", "Power that the site takes", required},
      {"wind", "m/s", "Wind 10 m above ground", 0.0},
      {"ghi", "W/m2", "Irradiance on the modules", 0.0},
      {"temp", "K", "Outdoor temperature", 288.15},
      {"density", "kg/m3", "Density of the air", 1.225},
      {"it_power", "W", "Power of the IT equipment, for the carbon usage effectiveness", 0.0}};
  t.outputs = {{"available", "W", "Power of wind and sun"},
               {"used", "W", "Green power that the site uses"},
               {"exported", "W", "Surplus that the grid takes"},
               {"curtailed", "W", "Surplus that nobody takes"},
               {"grid_power", "W", "Power through the meter"}};
  t.make = [](const void* params,
              const core::ProcessSetup& setup) -> std::unique_ptr<core::Process> {
    return std::make_unique<GreenSupply>(*static_cast<const GreenSupply::Params*>(params), setup);
  };
  return t;
}

}  // namespace steppe::models
