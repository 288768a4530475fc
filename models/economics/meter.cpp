#include "models/economics/meter.h"

#include <fmt/format.h>

#include <cmath>

#include "models/economics/finance.h"

namespace steppe::models {
namespace {

using core::Nanoseconds;
constexpr Nanoseconds kSecond = 1000000000;

Tariff tariff_of(const Meter::Params& p, const core::ProcessSetup& setup) {
  const Tariff t = load_tariff(setup, p.tariff, p.tariff_file);
  if (p.carbon_factor < 0.0) return t;
  TariffData d = t.data();
  d.carbon_factor = p.carbon_factor;
  return Tariff(std::move(d));
}

std::optional<double> spot(double price) {
  return std::isfinite(price) ? std::optional(price) : std::nullopt;
}

}  // namespace

const core::ParamTable<Meter::Params>& Meter::params() {
  static const auto table = [] {
    core::ParamTable<Params> t;
    t.text("tariff", &Params::tariff, "west-inner-mongolia",
           "Name of a shipped tariff: a file of data/tariffs without its ending")
        .text("tariff_file", &Params::tariff_file, "", "A tariff of your own; replaces `tariff`",
              core::ParamKind::file)
        .choice("demand_basis", &Params::basis,
                core::Choices{{"measured", "contracted", "capacity"}}, DemandBasis::measured,
                "What the demand charge counts: highest 15-min mean of the month, contracted "
                "demand, or capacity of the transformers")
        .real("contracted", &Params::contracted, "MW", 0.0, {0, 1e5},
              "Contracted demand, or capacity of the transformers")
        .boolean("prorate", &Params::prorate, true,
                 "A month that the run covers in part pays that part of its demand charge")
        .real("carbon_factor", &Params::carbon_factor, "kg/kWh", -1.0, {-1, 2},
              "Carbon dioxide of the energy from the grid; negative: as the tariff says")
        .real("period", &Params::period, "s", 0.001, {0.001, 900},
              "Sampling period; not shorter than the exchange of the profile");
    return t;
  }();
  return table;
}

Meter::Meter(const Params& p, const core::ProcessSetup& setup)
    : id_(setup.id),
      terms_{p.basis, p.contracted, p.prorate},
      period_(p.period),
      start_(core::from_seconds(setup.start_epoch)),
      tariff_(tariff_of(p, setup)),
      quarters_(tariff_) {
  if (p.basis != DemandBasis::measured && p.contracted <= 0.0)
    throw UserError(fmt::format(
        "meter '{}': demand_basis is {} but nothing is contracted; set 'contracted: 12 MW'", id_,
        p.basis == DemandBasis::contracted ? "contracted" : "capacity"));
}

void Meter::update(core::ProcessContext& c) {
  const double power = c.in(kPower), tokens = c.in(kTokens), price = c.in(kSpotPrice);
  if (started_ && c.now > last_) {
    quarters_.line(start_ + last_, power_, start_ + c.now, power, spot(spot_));
    tokens_ += 0.5 * (tokens_per_s_ + tokens) * core::to_seconds(c.now - last_);
  }
  // The bill changes when a quarter ends, and only then.
  if ((start_ + c.now) / (kQuarter * kSecond) != (start_ + last_) / (kQuarter * kSecond))
    cost_ = yuan(quarters_.registers().bill(tariff_, terms_).total_fen());
  started_ = true;
  last_ = c.now;
  power_ = power;
  tokens_per_s_ = tokens;
  spot_ = price;
  next_ = c.now + core::from_seconds(c.period(period_));
  tail_ = next_ >= c.end ? std::max<Nanoseconds>(0, c.end - c.now) : 0;

  const int64_t now = (start_ + c.now) / kSecond;
  const double in_force = spot(price).value_or(tariff_.price(now));
  c.out(kPrice, in_force);
  c.out(kCostRate, power >= 0.0 ? power * in_force : power * tariff_.data().feed_in_price);
  const Registers& r = quarters_.registers();
  c.out(kDemand, r.demand(now));
  c.out(kEnergy, r.import_energy());
  c.out(kCost, cost_);
}

QuarterMeter Meter::closed() const {
  QuarterMeter q = quarters_;
  q.line(start_ + last_, power_, start_ + last_ + tail_, power_, spot(spot_));
  q.close();
  return q;
}

Bill Meter::bill() const { return closed().registers().bill(tariff_, terms_); }

std::vector<core::ProcessKpi> Meter::kpis() const {
  const Bill b = bill();
  if (b.months.empty()) return {};
  std::vector<core::ProcessKpi> k{{"cost_energy", yuan(b.energy_fen), "CNY"}};
  if (tariff_.data().carbon_factor > 0.0) k.push_back({"carbon", b.carbon, "kg"});
  // Without a whole quarter of an hour there is no demand, and no total.
  if (!b.has_demand) return k;
  k.push_back({"cost_demand", yuan(b.demand_fen), "CNY"});
  k.push_back({"cost_total", yuan(b.total_fen()), "CNY"});
  const double tokens = tokens_ + tokens_per_s_ * core::to_seconds(tail_);
  if (tokens > 0.0)
    k.push_back(
        {"cost_per_million_output_tokens", per_million(yuan(b.total_fen()), tokens), "CNY"});
  return k;
}

void Meter::save(core::StateWriter& w) const {
  quarters_.save(w);
  w.put(next_);
  w.put(last_);
  w.put(tail_);
  w.put(power_);
  w.put(tokens_per_s_);
  w.put(tokens_);
  w.put(spot_);
  w.put(cost_);
  w.put(static_cast<uint8_t>(started_));
}

void Meter::load(core::StateReader& r) {
  quarters_.load(r);
  r.get(next_);
  r.get(last_);
  r.get(tail_);
  r.get(power_);
  r.get(tokens_per_s_);
  r.get(tokens_);
  r.get(spot_);
  r.get(cost_);
  uint8_t s = 0;
  r.get(s);
  started_ = s != 0;
}

core::ProcessType meter_process() {
  core::ProcessType t;
  t.name = "meter";
  t.domain = "economics";
  t.help = "Revenue meter: bill by a time-of-use tariff, demand charge, carbon";
  t.params = &Meter::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Meter::Params>();
    Meter::params().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"power", "W", "Power from the utility at the meter", std::nan("")},
              {"tokens_per_s", "token/s", "Generated tokens, for the cost of a million", 0.0},
              {"spot_price", "CNY/J", "Price of energy that replaces the tariff's; may be negative",
               std::numeric_limits<double>::infinity()}};
  t.outputs = {{"price", "CNY/J", "Price of energy in force"},
               {"cost_rate", "CNY/s", "Price times power; what feed-in earns is negative"},
               {"demand", "W", "Highest 15-min mean of the month so far"},
               {"energy", "J", "Energy taken from the utility, whole quarters so far"},
               {"cost", "CNY", "Energy and demand so far, whole quarters"}};
  t.make = [](const void* params,
              const core::ProcessSetup& setup) -> std::unique_ptr<core::Process> {
    return std::make_unique<Meter>(*static_cast<const Meter::Params*>(params), setup);
  };
  return t;
}

}  // namespace steppe::models
