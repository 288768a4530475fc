#include "models/economics/bill.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace steppe::models {
namespace {

using core::Nanoseconds;
constexpr Nanoseconds kSecond = 1000000000;
constexpr Nanoseconds kQuarterNs = kQuarter * kSecond;

Nanoseconds floor_to(Nanoseconds t, Nanoseconds step) { return t - ((t % step) + step) % step; }

}  // namespace

int64_t fen_of_energy(Exact joule_nano) {
  // 3.6e6 J in a kWh, 1e9 nano-yuan in a yuan, 100 fen in a yuan.
  constexpr Exact kUnit = Exact{3600000} * 10000000;
  const Exact half = joule_nano < 0 ? -kUnit / 2 : kUnit / 2;
  return static_cast<int64_t>((joule_nano + half) / kUnit);
}

int64_t fen(double cny) { return std::llround(cny * 100.0); }

double billed_demand(const TariffData& t, const BillTerms& terms, double measured) {
  switch (terms.basis) {
    case DemandBasis::measured:
      return measured;
    case DemandBasis::capacity:
      return terms.contracted;
    case DemandBasis::contracted:
      break;
  }
  const double limit = t.excess_tolerance * terms.contracted;
  return terms.contracted + t.excess_multiplier * std::max(0.0, measured - limit);
}

Registers::Month& Registers::at(int month) {
  if (months_.empty() || months_.back().month != month) {
    const auto it = std::find_if(months_.begin(), months_.end(),
                                 [&](const Month& m) { return m.month == month; });
    if (it != months_.end()) return *it;
    Month fresh{};
    fresh.month = month;
    months_.push_back(fresh);
  }
  return months_.back();
}

void Registers::quarter(int64_t begin, int64_t seconds, int64_t import, int64_t export_, bool whole,
                        PeriodKind kind, int64_t nano) {
  Month& m = at(month_of(begin));
  const auto k = static_cast<size_t>(kind) - 1;
  m.seconds += seconds;
  m.taken[k] += import;
  m.cost[k] += Exact{import} * nano;
  m.given += export_;
  if (!whole) return;
  ++m.whole;
  m.demand = std::max(m.demand, import);
}

double Registers::demand(int64_t epoch_second) const {
  const int month = month_of(epoch_second);
  for (const Month& m : months_)
    if (m.month == month) return static_cast<double>(m.demand) / kQuarter;
  return 0.0;
}

double Registers::import_energy() const {
  int64_t sum = 0;
  for (const Month& m : months_)
    for (int64_t j : m.taken) sum += j;
  return static_cast<double>(sum);
}

Bill Registers::bill(const Tariff& tariff, const BillTerms& terms) const {
  const TariffData& t = tariff.data();
  Bill out;
  out.has_demand = terms.basis == DemandBasis::capacity;
  for (const Month& m : months_) {
    MonthBill b;
    const auto month = static_cast<int>(m.month);
    b.year = 1970 + month / 12 - (month % 12 < 0 ? 1 : 0);
    b.month = month - 12 * (b.year - 1970) + 1;
    const auto length = static_cast<double>(month_begin(month + 1) - month_begin(month));
    b.covered = static_cast<double>(m.seconds) / length;
    b.demand = static_cast<double>(m.demand) / kQuarter;
    const auto add = [&](const std::string& name, double quantity, double price, int64_t fen) {
      b.lines.push_back({name, quantity, price, fen});
      b.fen += fen;
      return fen;
    };
    int64_t taken = 0;
    for (int k = 0; k < kPeriodKinds; ++k) {
      const int64_t joule = m.taken[k];
      if (joule == 0) continue;
      taken += joule;
      const auto e = static_cast<double>(joule);
      const double price = static_cast<double>(m.cost[k]) / e / 3.6e15;
      out.energy_fen +=
          add(period_name(static_cast<PeriodKind>(k + 1)), e, price, fen_of_energy(m.cost[k]));
    }
    if (m.given != 0) {
      const Exact paid = -Exact{m.given} * nano_price(t.feed_in_price);
      out.energy_fen +=
          add("feed-in", static_cast<double>(m.given), -t.feed_in_price, fen_of_energy(paid));
    }
    if (m.whole > 0 || terms.basis == DemandBasis::capacity) {
      const double kw = billed_demand(t, terms, b.demand);
      const double price = terms.basis == DemandBasis::capacity ? t.capacity_price : t.demand_price;
      const double share = terms.prorate ? b.covered : 1.0;
      out.demand_fen += add("demand", kw, price * share, fen(kw * price * share));
      out.has_demand = true;
    }
    const double kg = t.carbon_factor * static_cast<double>(taken);
    out.carbon += kg;
    if (t.carbon_price > 0.0)
      out.carbon_fen += add("carbon", kg, t.carbon_price, fen(kg * t.carbon_price));
    out.import_energy += static_cast<double>(taken);
    out.export_energy += static_cast<double>(m.given);
    out.months.push_back(std::move(b));
  }
  return out;
}

void QuarterMeter::line(Nanoseconds t0, double p0, Nanoseconds t1, double p1,
                        std::optional<double> price) {
  while (t0 < t1) {
    const Nanoseconds end = std::min(t1, floor_to(t0, kQuarterNs) + kQuarterNs);
    const double share = static_cast<double>(end - t0) / static_cast<double>(t1 - t0);
    const double p = end == t1 ? p1 : p0 + share * (p1 - p0);
    piece(t0, p0, end, p, price);
    t0 = end;
    p0 = p;
  }
}

void QuarterMeter::piece(Nanoseconds t0, double p0, Nanoseconds t1, double p1,
                         const std::optional<double>& price) {
  const int64_t begin = floor_to(t0, kQuarterNs) / kSecond;
  if (begin != quarter_) close();
  quarter_ = begin;
  covered_ += t1 - t0;
  const double dt = core::to_seconds(t1 - t0);
  double taken = 0.0, given = 0.0;
  if ((p0 < 0.0) != (p1 < 0.0)) {
    // The triangles on both sides of the crossing.
    const double positive = std::max(p0, p1), negative = std::min(p0, p1);
    const double share = positive / (positive - negative);
    taken = 0.5 * positive * share * dt;
    given = -0.5 * negative * (1.0 - share) * dt;
  } else {
    const double energy = 0.5 * (p0 + p1) * dt;
    (energy < 0.0 ? given : taken) = std::abs(energy);
  }
  taken_ += taken;
  given_ += given;
  if (price) {
    spot_cost_ += *price * taken;
    spot_ = true;
  }
  if (t1 == floor_to(t1, kQuarterNs)) close();
}

void QuarterMeter::close() {
  if (covered_ == 0) return;
  const auto import = static_cast<int64_t>(std::llround(taken_));
  int64_t nano = tariff_.nano_price(quarter_);
  if (spot_) nano = taken_ > 0.0 ? nano_price(spot_cost_ / taken_) : 0;
  registers_.quarter(quarter_, (covered_ + kSecond / 2) / kSecond, import,
                     static_cast<int64_t>(std::llround(given_)), covered_ == kQuarterNs,
                     tariff_.kind(quarter_), nano);
  covered_ = 0;
  taken_ = given_ = spot_cost_ = 0.0;
  spot_ = false;
}

void QuarterMeter::save(core::StateWriter& w) const {
  registers_.save(w);
  w.put(quarter_);
  w.put(covered_);
  w.put(taken_);
  w.put(given_);
  w.put(spot_cost_);
  w.put(static_cast<uint8_t>(spot_));
}

void QuarterMeter::load(core::StateReader& r) {
  registers_.load(r);
  r.get(quarter_);
  r.get(covered_);
  r.get(taken_);
  r.get(given_);
  r.get(spot_cost_);
  uint8_t s = 0;
  r.get(s);
  spot_ = s != 0;
}

Bill bill_of_means(const Tariff& tariff, const BillTerms& terms, int64_t start,
                   std::span<const double> means) {
  if (start % kQuarter != 0)
    throw UserError("a series of 15-min means must begin at a full quarter of an hour");
  Registers r;
  for (size_t i = 0; i < means.size(); ++i) {
    const int64_t t = start + kQuarter * static_cast<int64_t>(i);
    const auto joule = static_cast<int64_t>(std::llround(means[i] * kQuarter));
    r.quarter(t, kQuarter, std::max<int64_t>(joule, 0), std::max<int64_t>(-joule, 0), true,
              tariff.kind(t), tariff.nano_price(t));
  }
  return r.bill(tariff, terms);
}

std::string bill_text(const Bill& bill) {
  std::string out;
  for (const MonthBill& m : bill.months) {
    out += fmt::format("{}-{:02}\n", m.year, m.month);
    for (const BillLine& l : m.lines) {
      const bool demand = l.name == "demand", carbon = l.name == "carbon";
      out += fmt::format("  {:<14}{:>18.3f} {:<4}{:>18.2f} CNY\n", l.name,
                         demand   ? l.quantity / 1e3
                         : carbon ? l.quantity
                                  : l.quantity / 3.6e6,
                         demand   ? "kW"
                         : carbon ? "kg"
                                  : "kWh",
                         yuan(l.fen));
    }
    out += fmt::format("  {:<14}{:>41.2f} CNY\n", "sum", yuan(m.fen));
  }
  out += fmt::format("{:<16}{:>41.2f} CNY\n", "total", yuan(bill.total_fen()));
  return out;
}

}  // namespace steppe::models
