#pragma once
#include <memory>
#include <string>
#include <vector>

#include "models/battery/curve.h"
#include "sim/core/param_table.h"

namespace steppe::models {

/// Capacity loss and resistance rise of LFP cells by four published models. None is chosen
/// silently: a study names one, and the spread between them is the honest uncertainty.
///
/// Every part is a power law of its own variable, q = (k·x)^z with k depending on temperature,
/// charge and current (x: time, throughput or cycles). Under changing conditions it goes on from
/// where it is: q^(1/z) grows by k·dx ("virtual time"). The sum of many short steps is then exactly
/// one long step, whatever the step.
///
///   naumann   calendar √t [Naumann 2018], cycles √FEC [Naumann 2020]; Sony/Murata US26650, 3 Ah
///   schimpe   calendar √t, throughput √Ah at high and low temperature with lithium plating
///             [Schimpe 2018]; the term for low temperature at high charge is left out
///   blast     calendar t^0.526, cycles EFC^0.828 of a 250 Ah prismatic cell [Gasper 2023]
///   wang      throughput Ah^0.55 [Wang 2011]; 2.2 Ah cylindrical; no calendar part
///   own       `AgeingLaw`: coefficients of a cell of one's own
/// Range: see in_range; outside, a result is an extrapolation and flagged as such.
/// Checked by: tests/unit/battery/ageing_test.cpp
enum class AgeingModel { naumann, schimpe, blast, wang, own };
inline constexpr int kPublishedModels = 4, kAgeingModels = 5;
const char* ageing_name(AgeingModel m);

/// Coefficients of `own`, as written in a data file (rows of `add_ageing_rows`):
///
///   calendar    q = calendar_loss · f(SOC) · a(E) · (t / year)^z
///   cycles      q = cycle_loss · f(depth) · f(C-rate) · a(E) · (full cycles / 1000)^z
///   plating     q = plating_loss · a(E) · e^{g·(charging C-rate − 1)} · (full cycles / 1000)^½
///   resistance  r = resistance_year · a(E) · t/year + resistance_cycles · full cycles/1000
///   a(E) = e^{−E/R·(1/T − 1/298.15 K)}
struct AgeingCoefficients {
  double calendar_loss, calendar_exponent, calendar_e_a, cycle_loss, cycle_exponent, cycle_e_a,
      plating_loss, plating_e_a, plating_rate, resistance_year, resistance_e_a, resistance_cycles,
      range_cold, range_hot, range_rate;
  std::vector<double> calendar_soc, calendar_factor, cycle_depth, cycle_depth_factor, cycle_rate,
      cycle_rate_factor;
};
/// The same, ready for use. UserError for coefficients that say nothing or are no curve.
struct AgeingLaw : AgeingCoefficients {
  explicit AgeingLaw(const AgeingCoefficients& c);
  Curve soc_factor, depth_factor, rate_factor;
};
/// The law of the model `own`, where it acts or has coefficients; null otherwise.
std::shared_ptr<const AgeingLaw> ageing_law(const AgeingCoefficients& c, AgeingModel acting);

struct AgeingState {
  // q^(1/z) of each part: calendar, cycles (two of them for schimpe); resistance parts are linear.
  double calendar = 0.0, cycle = 0.0, cycle_cold = 0.0;
  double resistance_calendar = 0.0, resistance_cycle = 0.0;
  double seconds = 0.0, full_cycles = 0.0;  ///< so far
  double outside_seconds = 0.0;             ///< of it outside the model's range
};

/// Rest (and any time that passes): `seconds` at temperature [K] and state of charge.
/// `law` here and below: of the model `own`, not looked at by the others.
void age_calendar(AgeingModel m, AgeingState& s, double seconds, double temp, double soc,
                  const AgeingLaw* law = nullptr);

/// Conditions of a cycle or a part of one.
struct CycleStress {
  double full_cycles;  ///< equivalent full cycles: charge throughput / (2 · capacity)
  double depth;        ///< of the cycle, 0 … 1
  double c_rate;       ///< mean |current| / capacity [1/h]
  double charge_rate;  ///< charging current / capacity [1/h]
  double temp;         ///< K
};
void age_cycle(AgeingModel m, AgeingState& s, const CycleStress& c, const AgeingLaw* law = nullptr);

/// Share of the new capacity.
double capacity_loss(AgeingModel m, const AgeingState& s, const AgeingLaw* law = nullptr);
double resistance_rise(AgeingModel m, const AgeingState& s);  ///< share of the new resistance;
                                                              ///< 0 where a model has none

/// Conditions that the model's experiments covered.
bool in_range(AgeingModel m, double temp, double c_rate, const AgeingLaw* law = nullptr);
std::string range_text(AgeingModel m, const AgeingLaw* law = nullptr);

/// Row `model` of a table of parameters; `own`: with the model of that name.
core::Choices ageing_choices(bool own);

/// Rows of AgeingCoefficients for the table of a model that has them as a base.
template <class P>
void add_ageing_rows(core::ParamTable<P>& t) {
  const char* data = "the data file of the cell";
  const core::Bounds share{0.0, 1.0}, factor{0.0, 100.0};
  t.group("Ageing of model own")
      .real("calendar_loss", &P::calendar_loss, "%", 0.0, {0.0, 100.0},
            "Capacity lost by a year at 25 °C where calendar_factor is 1", data)
      .real("calendar_exponent", &P::calendar_exponent, "1", 0.5, {0.2, 1.5},
            "Exponent of the time", data)
      .real("calendar_e_a", &P::calendar_e_a, "kJ", 20.0, {-100.0, 200.0},
            "Activation energy of the calendar loss per mole", data)
      .list("calendar_soc", &P::calendar_soc, "1", {0.0, 1.0}, share,
            "States of charge of calendar_factor, rising", data)
      .list("calendar_factor", &P::calendar_factor, "1", {1.0, 1.0}, factor,
            "Calendar loss over calendar_loss", data)
      .real("cycle_loss", &P::cycle_loss, "%", 0.0, {0.0, 100.0},
            "Capacity lost by 1000 equivalent full cycles at 25 °C where both factors are 1", data)
      .real("cycle_exponent", &P::cycle_exponent, "1", 0.5, {0.2, 1.5},
            "Exponent of the full cycles", data)
      .real("cycle_e_a", &P::cycle_e_a, "kJ", 0.0, {-200.0, 200.0},
            "Activation energy of the cycle loss per mole; negative: worse in the cold", data)
      .list("cycle_depth", &P::cycle_depth, "1", {0.0, 1.0}, share,
            "Depths of cycle_depth_factor, rising", data)
      .list("cycle_depth_factor", &P::cycle_depth_factor, "1", {1.0, 1.0}, factor,
            "Loss of a full cycle made of cycles of this depth over cycle_loss", data)
      .list("cycle_rate", &P::cycle_rate, "1", {0.0, 1.0}, {0.0, 30.0},
            "C-rates of cycle_rate_factor, rising", data)
      .list("cycle_rate_factor", &P::cycle_rate_factor, "1", {1.0, 1.0}, factor,
            "Loss at this C-rate over cycle_loss", data)
      .real("plating_loss", &P::plating_loss, "%", 0.0, {0.0, 100.0},
            "Capacity lost to lithium plating by 1000 full cycles at 25 °C and a charge at 1 C",
            data)
      .real("plating_e_a", &P::plating_e_a, "kJ", -55.5, {-200.0, 0.0},
            "Activation energy of the plating per mole: it grows in the cold", "[Schimpe 2018]")
      .real("plating_rate", &P::plating_rate, "1", 2.64, {0.0, 20.0},
            "Growth of the plating with the charging C-rate, exponent per C", "[Schimpe 2018]")
      .real("resistance_year", &P::resistance_year, "%", 0.0, {0.0, 1000.0},
            "Rise of the resistance by a year at 25 °C", data)
      .real("resistance_e_a", &P::resistance_e_a, "kJ", 50.0, {-100.0, 200.0},
            "Activation energy of that rise per mole", data)
      .real("resistance_cycles", &P::resistance_cycles, "%", 0.0, {0.0, 1000.0},
            "Rise of the resistance by 1000 full cycles", data)
      .real("range_cold", &P::range_cold, "degC", 10.0, {-60.0, 100.0},
            "Coldest temperature of the measurements", data)
      .real("range_hot", &P::range_hot, "degC", 45.0, {-60.0, 100.0},
            "Hottest temperature of the measurements", data)
      .real("range_rate", &P::range_rate, "1", 1.0, {0.01, 30.0},
            "Highest C-rate of the measurements", data);
}

}  // namespace steppe::models
