#include "models/economics/calculators.h"

#include <doctest/doctest.h>

#include <cmath>

#include "models/economics/finance.h"

using namespace steppe;
using namespace steppe::models;

namespace {

class Sheet {
 public:
  explicit Sheet(const std::string& name) {
    for (const auto& c : economic_calculators())
      if (c.name == name) calculator_ = &c;
    REQUIRE(calculator_);
    params_ = calculator_->make_params();
  }
  Sheet& set(const std::string& name, double value, const char* unit) {
    const int row = calculator_->params->find(name);
    REQUIRE(row >= 0);
    calculator_->params->set(params_.get(), row, core::si(value, unit));
    return *this;
  }
  double operator[](const std::string& name) const {
    for (const auto& r : calculator_->evaluate(params_.get()))
      if (r.name == name) return r.value;
    return std::nan("");
  }

 private:
  const EconomicCalculator* calculator_ = nullptr;
  std::shared_ptr<void> params_;
};

}  // namespace

TEST_CASE("ownership: the parts sum to the total, by hand") {
  Sheet s("ownership");
  s.set("it_power", 10, "MW").set("utilisation", 1, "1").set("pue", 1.1, "1");
  CHECK(s["energy"] / 3.6e9 == doctest::Approx(10 * 1.1 * 8760));
  CHECK(s["electricity"] == doctest::Approx(10e3 * 1.1 * 8760 * 0.45));
  CHECK(s["facility"] == doctest::Approx(30000.0 * 10e3 * capital_recovery(0.08, 20)));
  CHECK(s["total"] == doctest::Approx(s["capital"] + s["operation"]).epsilon(1e-12));
  CHECK(s["operation"] == doctest::Approx(s["electricity"] + s["staff"] + s["maintenance"] +
                                          s["water"] + s["carbon"]));
  // A battery that lasts half as long costs nearly twice as much a year.
  s.set("battery_energy", 20, "MWh");
  const double twelve = s["battery"];
  s.set("battery_life", 6 * 365, "d");
  CHECK(s["battery"] / twelve ==
        doctest::Approx(capital_recovery(0.08, 6) / capital_recovery(0.08, 12)));
  // Tokens: all-in cost of a published day, 87 072 USD for 168·10⁹ (AC-7-05), by per_million.
  s.set("tokens_per_s", 1e6, "token/s");
  CHECK(s["cost_per_million_tokens"] == doctest::Approx(s["total"] / (1e6 * 365 * 86400) * 1e6));
}

TEST_CASE("ownership: with dear accelerators electricity is a small share of all") {
  Sheet s("ownership");
  s.set("it_power", 10, "MW").set("accelerator_count", 10496, "1");
  CHECK(s["electricity_share_of_total"] < 0.06);
  CHECK(s["electricity_share_of_operation"] > 0.5);
}

TEST_CASE("storage cost: one cycle a day without interest, by hand") {
  Sheet s("storage_cost");
  s.set("interest", 0, "%").set("life", 3650, "d").set("operation", 0, "%");
  s.set("cycles", 1.0, "1/d")
      .set("depth", 100, "%")
      .set("efficiency", 100, "%")
      .set("fade", 0, "%");
  s.set("capex", 730, "CNY/kWh").set("charge_price", 0.2, "CNY/kWh");
  CHECK(s["levelised_cost"] * 3.6e6 == doctest::Approx(730.0 / 3650.0 + 0.2));
  CHECK(s["storage_alone"] * 3.6e6 == doctest::Approx(0.2));
}

TEST_CASE("growth: years until each limit, by logarithm") {
  Sheet s("growth");
  s.set("load", 10, "MW").set("pue", 1.0, "1").set("power_factor", 1, "1");
  s.set("transformer", 20, "MVA").set("cooling", 13, "MW").set("battery_energy", 2, "MWh");
  s.set("autonomy", 15, "min").set("phase", 5, "MW");
  const double year = 365 * 86400.0;
  CHECK(s["transformer_runs_out"] / year == doctest::Approx(std::log(2.0) / std::log(1.3)));
  CHECK(s["cooling_runs_out"] / year == doctest::Approx(1.0));
  CHECK(s["battery_runs_out"] == 0.0);  // 2 MWh in a quarter of an hour are 8 MW
  CHECK(std::isnan(s["feeder_runs_out"]));
  CHECK(s["phases_year_3"] == 5.0);  // 21.97 MW
}
