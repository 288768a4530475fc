#include "models/economics/spot_market.h"

#include <algorithm>

#include "models/economics/tariff.h"

namespace steppe::models {
namespace {

constexpr core::Nanoseconds kSecond = 1000000000;

SpotPrices prices_of(const SpotMarket::Params& p, const core::ProcessSetup& setup) {
  if (p.spot_file.empty()) return SpotPrices(setup.seed);
  return SpotPrices(p.spot_file, p.spot_column, p.spot_unit, p.spot_scale);
}

}  // namespace

const core::ParamTable<SpotMarket::Params>& SpotMarket::params() {
  using P = Params;
  static const auto table = [] {
    core::ParamTable<P> t;
    add_spot_rows(t, &P::spot_file, &P::spot_column, &P::spot_unit, &P::spot_scale);
    t.real("spot_adder", &P::spot_adder, "CNY/kWh", 0.0, {-1, 5},
           "Transmission, line loss and levies on top of the spot price");
    return t;
  }();
  return table;
}

SpotMarket::SpotMarket(const Params& p, const core::ProcessSetup& setup)
    : adder_(p.spot_adder),
      start_(core::from_seconds(setup.start_epoch)),
      prices_(prices_of(p, setup)) {}

void SpotMarket::update(core::ProcessContext& c) {
  const int64_t quarter = (start_ + c.now) / kSecond / kQuarter;
  const double spot = prices_.price(quarter * kQuarter);
  c.out(0, spot + adder_);
  sum_ += spot;
  count_ += 1.0;
  low_ = std::min(low_, spot);
  high_ = std::max(high_, spot);
  next_ = (quarter + 1) * kQuarter * kSecond - start_;
  if (spot < 0.0) negative_ += core::to_seconds(std::min(next_, c.end) - c.now);
}

std::vector<core::ProcessKpi> SpotMarket::kpis() const {
  if (count_ == 0.0) return {};
  return {{"spot_price_mean", sum_ / count_, "CNY/J", "Mean of the spot price"},
          {"spot_price_min", low_, "CNY/J", "Lowest spot price"},
          {"spot_price_max", high_, "CNY/J", "Highest spot price"},
          {"hours_spot_negative", negative_, "s", "Time with a spot price below zero"}};
}

void SpotMarket::save(core::StateWriter& w) const {
  w.put(next_);
  for (double v : {sum_, count_, low_, high_, negative_}) w.put(v);
}
void SpotMarket::load(core::StateReader& r) {
  r.get(next_);
  for (double* v : {&sum_, &count_, &low_, &high_, &negative_}) r.get(*v);
}

core::ProcessType spot_market_process() {
  core::ProcessType t;
  t.name = "spot_market";
  t.domain = "economics";
  t.help = "Price of the spot market by quarters of an hour, from a file or synthetic";
  t.params = &SpotMarket::params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<SpotMarket::Params>();
    SpotMarket::params().set_defaults(p.get());
    return p;
  };
  t.outputs = {{"price", "CNY/J", "Price in force, adder included"}};
  t.make = [](const void* params,
              const core::ProcessSetup& setup) -> std::unique_ptr<core::Process> {
    return std::make_unique<SpotMarket>(*static_cast<const SpotMarket::Params*>(params), setup);
  };
  return t;
}

}  // namespace steppe::models
