#include "models/references.h"

#include <cmath>

#include "models/battery/ageing.h"
#include "models/cooling/chiller_water_cooled.h"
#include "models/cooling/cooling_tower.h"
#include "models/cooling/exchanger.h"
#include "models/economics/availability.h"
#include "models/economics/finance.h"
#include "models/economics/renewables.h"
#include "models/properties/moist_air.h"

namespace steppe::models {
namespace {

constexpr double kZero = 273.15, kSite = 1412.0;  // K at 0 °C; altitude of Ulanqab, m
constexpr auto kClosed = Reference::Basis::closed_form;
constexpr auto kPredicted = Reference::Basis::predicted;
constexpr auto kCalibrated = Reference::Basis::calibrated;

void air(std::vector<Reference>& r) {
  const std::string area = "air";
  const double p = moist_air::pressure(kSite);
  const auto add = [&](const char* what, const char* unit, double value, double reference,
                       double tolerance) {
    r.push_back(
        {area, what, unit, value, reference, tolerance, kPredicted, "[ASHRAE 2021, ch. 1]"});
  };
  // Tolerances: half a digit of the printed value, at least.
  add("standard pressure at 1412 m", "Pa", p, 85473, 1e-4);
  add("saturation pressure over ice, -13 degC", "Pa", moist_air::saturation_pressure(kZero - 13),
      198.52, 1e-4);
  add("saturation pressure, 0 degC", "Pa", moist_air::saturation_pressure(kZero), 611.2, 2e-4);
  add("saturation pressure, 25 degC", "Pa", moist_air::saturation_pressure(kZero + 25), 3169.2,
      1e-4);
  add("humidity ratio at dew point 15 degC, 1412 m", "g/kg",
      1e3 * moist_air::humidity_ratio_from_dew_point(kZero + 15, p), 12.66, 1e-3);
}

void cooling(std::vector<Reference>& r) {
  const std::string area = "cooling";
  const auto effectiveness = [](double ntu, double ratio) {
    return exchanger::counterflow(ntu, 1.0, 1.0 / ratio);
  };
  r.push_back({area, "counterflow effectiveness, NTU 2, ratio 0.5", "1", effectiveness(2, 0.5),
               0.7746, 1e-4, kClosed, "[Incropera 2007, eq. 11.29a]"});
  r.push_back({area, "counterflow effectiveness, NTU 3, ratio 1", "1", effectiveness(3, 1), 0.75,
               1e-9, kClosed, "[Incropera 2007, eq. 11.29b]"});
  r.push_back({area, "tower approach, YorkCalc, wet bulb 25.55 degC", "K",
               tower::york_approach(25.55, 5.56, 1.0), 3.845, 1e-3, kPredicted,
               "[Wetter 2014, YorkCalc]"});
  r.push_back({area, "tower approach, YorkCalc, wet bulb 20 degC", "K",
               tower::york_approach(20.0, 5.56, 1.0), 5.058, 1e-3, kPredicted,
               "[Wetter 2014, YorkCalc]"});
  using C = ChillerWaterCooled;
  C::Params p;
  C::params().set_defaults(&p);
  core::Setup setup;
  C::prepare(p, setup);
  double capacity = 0.0, power = 0.0;
  C::performance(p, 5.56, 21.11, 1.0, capacity, power);
  r.push_back({area, "chiller 19XR 742 kW, COP at full load", "1", capacity / power * p.cop, 5.43,
               5e-3, kCalibrated, "[Wetter 2014, chiller data]"});
  C::performance(p, 5.56, 21.11, 0.5, capacity, power);
  r.push_back({area, "chiller 19XR 742 kW, COP at half load", "1", 0.5 * capacity / power * p.cop,
               7.24, 5e-3, kCalibrated, "[Wetter 2014, chiller data]"});
}

void battery(std::vector<Reference>& r) {
  const std::string area = "battery";
  const auto rest = [](AgeingModel m, double years, double degc, double soc) {
    AgeingState s;
    age_calendar(m, s, years * 365.0 * 86400.0, degc + kZero, soc);
    return 100.0 * capacity_loss(m, s);
  };
  const auto wang = [](double rate, double degc) {
    AgeingState s;
    age_cycle(AgeingModel::wang, s, {1000.0 / 4.4, 1.0, rate, rate, degc + kZero});
    return 100.0 * capacity_loss(AgeingModel::wang, s);
  };
  const auto add = [&](const char* what, double value, double reference, const char* source) {
    r.push_back({area, what, "%", value, reference, 5e-3, kCalibrated, source});
  };
  add("rest 1 year, 25 degC, charge 50 %", rest(AgeingModel::naumann, 1, 25, 0.5), 4.25,
      "[Naumann 2018]");
  add("rest 10 years, 25 degC, charge 50 %", rest(AgeingModel::naumann, 10, 25, 0.5), 13.44,
      "[Naumann 2018]");
  add("rest 1 year, 35 degC, charge 50 %", rest(AgeingModel::naumann, 1, 35, 0.5), 5.32,
      "[Naumann 2018]");
  add("rest 1 year, 25 degC, 250 Ah cell", rest(AgeingModel::blast, 1, 25, 0.5), 1.10,
      "[Gasper 2023]");
  add("1000 Ah through 2.2 Ah at C/2, 25 degC", wang(0.5, 25), 4.25, "[Wang 2011]");
  add("1000 Ah through 2.2 Ah at C/2, 45 degC", wang(0.5, 45), 9.46, "[Wang 2011]");
  add("1000 Ah through 2.2 Ah at 2 C, 25 degC", wang(2.0, 25), 3.65, "[Wang 2011]");
}

void money(std::vector<Reference>& r) {
  const std::string area = "economics";
  const double path = k_of_n(4, 4, 0.9995);
  r.push_back({area, "availability of 4 of 5 units of 0.9995", "1", k_of_n(4, 5, 0.9995),
               0.99999750, 5e-9, kClosed, "binomial"});
  r.push_back({area, "availability of two paths of 4 units", "1", either(path, path), 0.99999601,
               5e-9, kClosed, "binomial"});
  r.push_back({area, "availability of one utility feeder", "1", availability(1.956, 1.32), 0.999705,
               5e-7, kClosed, "[IEEE 493 2007]"});
  r.push_back({area, "capital recovery, 8 % over 10 years", "1", capital_recovery(0.08, 10),
               0.14903, 1e-4, kClosed, "annuity"});
  r.push_back({area, "wind turbine at 8 m/s, cubic law", "1", wind_power(8.0), 0.2851, 2e-4,
               kClosed, "(v^3 - 3^3)/(12^3 - 3^3)"});
  r.push_back({area, "million tokens out, DeepSeek's fleet", "USD", per_million(87072, 168e9),
               0.518, 5e-3, kClosed, "[DeepSeek-AI 2025, day 6]"});
}

}  // namespace

std::vector<Reference> references() {
  std::vector<Reference> r;
  air(r);
  cooling(r);
  battery(r);
  money(r);
  return r;
}

}  // namespace steppe::models
