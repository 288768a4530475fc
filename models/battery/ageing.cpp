#include "models/battery/ageing.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "sim/base/error.h"

namespace steppe::models {
namespace {

constexpr double kGas = 8.3144598, kReference = 298.15, kFaraday = 96485.33;
constexpr double kZero = 273.15;

double arrhenius(double e_a, double temp) {
  return std::exp(-e_a / kGas * (1.0 / temp - 1.0 / kReference));
}

/// Adds k·dx to q^(1/z).
void grow(double& state, double k, double z, double dx) {
  state += (z == 0.5 ? k * k : std::pow(k, 1.0 / z)) * dx;
}

/// Potential of the graphite electrode [V] over the cell's charge [Safari 2011], as used with the
/// calendar terms of Schimpe and of the 250 Ah cell.
double anode_potential(double soc) {
  const double x = 0.0085 + soc * (0.78 - 0.0085);
  return 0.6379 + 0.5416 * std::exp(-305.5309 * x) + 0.044 * std::tanh(-(x - 0.1958) / 0.1088) -
         0.1978 * std::tanh((x - 1.0571) / 0.0854) - 0.6875 * std::tanh((x + 0.0117) / 0.0529) -
         0.0175 * std::tanh((x - 0.5692) / 0.0875);
}

/// What the calendar terms need of it, tabled: they are asked for millions of times in a study of
/// decades. Straight between 4000 intervals; at an empty cell, where it is steepest, within 0.02
/// mV.
class AnodeTable {
 public:
  AnodeTable() {
    for (int i = 0; i <= kIntervals; ++i) {
      const double u = anode_potential(i / double{kIntervals});
      potential_.push_back(u);
      tafel_.push_back(std::exp(0.384 * kFaraday / kGas * (0.123 - u) / kReference));
    }
  }
  double potential(double soc) const { return at(potential_, soc); }
  /// [Schimpe 2018]: e^{α·F/R·(U_ref − U_a)/T_ref}
  double tafel(double soc) const { return at(tafel_, soc); }

 private:
  static constexpr int kIntervals = 4000;
  static double at(const std::vector<double>& y, double soc) {
    const double x = std::fmin(std::fmax(soc, 0.0), 1.0) * kIntervals;
    const int i = x < kIntervals ? static_cast<int>(x) : kIntervals - 1;
    const auto k = static_cast<size_t>(i);
    return y[k] + (x - i) * (y[k + 1] - y[k]);
  }
  std::vector<double> potential_, tafel_;
};
const AnodeTable& anode() {
  static const AnodeTable table;
  return table;
}

double cube(double x) { return x * x * x; }

constexpr double kYear = 365.25 * 86400.0, kCycles = 1000.0;

/// Held beyond its ends: what lies there is outside the range and flagged.
Curve factor_curve(const char* xs, const std::vector<double>& x, const char* ys,
                   const std::vector<double>& y) {
  if (x.size() < 2 || x.size() != y.size())
    throw UserError(
        fmt::format("`{}` has {} entries, `{}` has {}: they need the same number, at "
                    "least 2",
                    xs, x.size(), ys, y.size()));
  std::vector<Curve::Point> p;
  for (size_t i = 0; i < x.size(); ++i) {
    if (i > 0 && x[i] <= x[i - 1])
      throw UserError(fmt::format("entry {} of `{}` does not rise over the one before", i + 1, xs));
    p.push_back({x[i], y[i]});
  }
  return {std::move(p), 0.0, 0.0};
}

}  // namespace

AgeingLaw::AgeingLaw(const AgeingCoefficients& c)
    : AgeingCoefficients(c),
      soc_factor(
          factor_curve("calendar_soc", c.calendar_soc, "calendar_factor", c.calendar_factor)),
      depth_factor(
          factor_curve("cycle_depth", c.cycle_depth, "cycle_depth_factor", c.cycle_depth_factor)),
      rate_factor(
          factor_curve("cycle_rate", c.cycle_rate, "cycle_rate_factor", c.cycle_rate_factor)) {
  if (calendar_loss == 0.0 && cycle_loss == 0.0 && plating_loss == 0.0)
    throw UserError(SourceLoc{},
                    "the ageing model 'own' has no coefficients: calendar_loss, cycle_loss and "
                    "plating_loss are 0",
                    "params: {extends: FILE} takes them from a data file");
  if (range_cold >= range_hot) throw UserError("range_cold is not below range_hot");
}

std::shared_ptr<const AgeingLaw> ageing_law(const AgeingCoefficients& c, AgeingModel acting) {
  const bool given = c.calendar_loss > 0.0 || c.cycle_loss > 0.0 || c.plating_loss > 0.0;
  if (acting != AgeingModel::own && !given) return nullptr;
  return std::make_shared<const AgeingLaw>(c);
}

core::Choices ageing_choices(bool own) {
  core::Choices c;
  for (int k = 0; k < (own ? kAgeingModels : kPublishedModels); ++k)
    c.names.push_back(ageing_name(static_cast<AgeingModel>(k)));
  return c;
}

const char* ageing_name(AgeingModel m) {
  constexpr const char* names[] = {"naumann", "schimpe", "blast", "wang", "own"};
  return names[static_cast<int>(m)];
}

void age_calendar(AgeingModel m, AgeingState& s, double seconds, double temp, double soc,
                  const AgeingLaw* law) {
  s.seconds += seconds;
  if (!in_range(m, temp, 0.0, law)) s.outside_seconds += seconds;
  switch (m) {
    case AgeingModel::naumann: {
      const double k = 1.2571e-5 * arrhenius(17126.0, temp) * (2.8575 * cube(soc - 0.5) + 0.60225);
      grow(s.calendar, std::fmax(k, 0.0), 0.5, seconds);
      // Square of (SOC − 0.5) as in the paper's open implementation; another uses the cube.
      s.resistance_calendar += 3.4194e-10 * arrhenius(71827.0, temp) *
                               std::fmax(0.0, -3.3903 * (soc - 0.5) * (soc - 0.5) + 1.5604) *
                               seconds;
      break;
    }
    case AgeingModel::schimpe: {
      const double k = 3.694e-4 * arrhenius(20592.0, temp) * (anode().tafel(soc) + 0.142);
      grow(s.calendar, k, 0.5, seconds / 3600.0);
      break;
    }
    case AgeingModel::blast: {
      // k^(1/z) with k = 8.37e4·e^(−5210/T)·e^(−3560·U_a/T), z = 0.526
      const double log_k = std::log(8.37e4) - (5210.0 + 3560.0 * anode().potential(soc)) / temp;
      s.calendar += std::exp(log_k / 0.526) * seconds / 86400.0;
      break;
    }
    case AgeingModel::wang:
      break;
    case AgeingModel::own: {
      const double k =
          law->calendar_loss * law->soc_factor(soc) * arrhenius(law->calendar_e_a, temp);
      grow(s.calendar, k, law->calendar_exponent, seconds / kYear);
      s.resistance_calendar +=
          law->resistance_year * arrhenius(law->resistance_e_a, temp) * seconds / kYear;
      break;
    }
  }
}

void age_cycle(AgeingModel m, AgeingState& s, const CycleStress& c, const AgeingLaw* law) {
  s.full_cycles += c.full_cycles;
  switch (m) {
    case AgeingModel::naumann: {
      const double q =
          (0.0630 * c.c_rate + 0.0971) * (4.0253 * cube(c.depth - 0.6) + 1.0923) / 100.0;
      grow(s.cycle, std::fmax(q, 0.0), 0.5, c.full_cycles);
      const double r =
          (-0.0020 * c.c_rate + 0.0021) * (6.8477 * cube(c.depth - 0.5) + 0.9182) / 100.0;
      s.resistance_cycle += std::fmax(r, 0.0) * c.full_cycles;
      break;
    }
    case AgeingModel::schimpe: {
      constexpr double kCell = 3.0;  // Ah of the cell that was measured
      const double ah_total = 2.0 * kCell * c.full_cycles, ah_charge = kCell * c.full_cycles;
      grow(s.cycle, 1.456e-4 * arrhenius(32699.0, c.temp), 0.5, ah_total);
      // Plating: grows in the cold (negative activation energy) and with the charging rate above
      // 1 C.
      const double cold =
          4.009e-4 * arrhenius(-55546.0, c.temp) * std::exp(2.64 * (c.charge_rate - 1.0));
      grow(s.cycle_cold, cold, 0.5, ah_charge);
      break;
    }
    case AgeingModel::blast: {
      const double k = (4.38e-8 + 1.55e-8 * c.depth + 1.68e-7 * c.c_rate) *
                       (std::exp(2190.0 / c.temp) + std::exp(-1.55e5 / c.temp));
      grow(s.cycle, k, 0.828, c.full_cycles);
      break;
    }
    case AgeingModel::wang: {
      constexpr double kCell = 2.2;  // Ah
      // B falls with the rate: straight in its logarithm between the four measured rates.
      constexpr double rate[] = {0.5, 2.0, 6.0, 10.0}, b[] = {31630.0, 21681.0, 12934.0, 15512.0};
      const double r = std::fmin(std::fmax(c.c_rate, rate[0]), rate[3]);
      int i = 0;
      while (i < 2 && r > rate[i + 1]) ++i;
      const double w = (r - rate[i]) / (rate[i + 1] - rate[i]);
      const double pre = std::exp((1.0 - w) * std::log(b[i]) + w * std::log(b[i + 1]));
      const double k = pre / 100.0 * std::exp((-31700.0 + 370.3 * c.c_rate) / (8.314 * c.temp));
      grow(s.cycle, k, 0.55, 2.0 * kCell * c.full_cycles);
      break;
    }
    case AgeingModel::own: {
      const double n = c.full_cycles / kCycles;
      grow(s.cycle,
           law->cycle_loss * law->depth_factor(c.depth) * law->rate_factor(c.c_rate) *
               arrhenius(law->cycle_e_a, c.temp),
           law->cycle_exponent, n);
      grow(s.cycle_cold,
           law->plating_loss * arrhenius(law->plating_e_a, c.temp) *
               std::exp(law->plating_rate * (c.charge_rate - 1.0)),
           0.5, n);
      s.resistance_cycle += law->resistance_cycles * n;
      break;
    }
  }
}

double capacity_loss(AgeingModel m, const AgeingState& s, const AgeingLaw* law) {
  switch (m) {
    case AgeingModel::naumann:
      return std::sqrt(s.calendar) + std::sqrt(s.cycle);
    case AgeingModel::schimpe:
      return std::sqrt(s.calendar) + std::sqrt(s.cycle) + std::sqrt(s.cycle_cold);
    case AgeingModel::blast:
      return std::pow(s.calendar, 0.526) + std::pow(s.cycle, 0.828);
    case AgeingModel::wang:
      return std::pow(s.cycle, 0.55);
    case AgeingModel::own:
      return std::pow(s.calendar, law->calendar_exponent) + std::pow(s.cycle, law->cycle_exponent) +
             std::sqrt(s.cycle_cold);
  }
  return 0.0;
}

double resistance_rise(AgeingModel, const AgeingState& s) {
  return s.resistance_calendar + s.resistance_cycle;
}

bool in_range(AgeingModel m, double temp, double c_rate, const AgeingLaw* law) {
  const double t = temp - kZero;
  switch (m) {
    case AgeingModel::naumann:
      return t >= 0.0 && t <= 60.0 && c_rate <= 1.0;
    case AgeingModel::schimpe:
      return t >= 0.0 && t <= 55.0 && c_rate <= 1.0;
    case AgeingModel::blast:
      return t >= 10.0 && t <= 45.0 && c_rate <= 1.0;
    case AgeingModel::wang:
      return t >= 0.0 && t <= 60.0 && (c_rate == 0.0 || c_rate <= 10.0);
    case AgeingModel::own:
      return temp >= law->range_cold && temp <= law->range_hot && c_rate <= law->range_rate;
  }
  return false;
}

std::string range_text(AgeingModel m, const AgeingLaw* law) {
  if (m == AgeingModel::own)
    return fmt::format("{:.3g} to {:.3g} degC, up to {:.3g} C", law->range_cold - kZero,
                       law->range_hot - kZero, law->range_rate);
  constexpr const char* texts[] = {"0 to 60 degC, up to 1 C", "0 to 55 degC, up to 1 C",
                                   "10 to 45 degC, up to 1 C", "0 to 60 degC, up to 10 C"};
  return texts[static_cast<int>(m)];
}

}  // namespace steppe::models
