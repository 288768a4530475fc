#pragma once
#include <string>

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
/// Range: see in_range; outside, a result is an extrapolation and flagged as such.
/// Checked by: tests/unit/battery/ageing_test.cpp
enum class AgeingModel { naumann, schimpe, blast, wang };
inline constexpr int kAgeingModels = 4;
const char* ageing_name(AgeingModel m);

struct AgeingState {
  // q^(1/z) of each part: calendar, cycles (two of them for schimpe); resistance parts are linear.
  double calendar = 0.0, cycle = 0.0, cycle_cold = 0.0;
  double resistance_calendar = 0.0, resistance_cycle = 0.0;
  double seconds = 0.0, full_cycles = 0.0;  ///< so far
  double outside_seconds = 0.0;             ///< of it outside the model's range
};

/// Rest (and any time that passes): `seconds` at temperature [K] and state of charge.
void age_calendar(AgeingModel m, AgeingState& s, double seconds, double temp, double soc);

/// Conditions of a cycle or a part of one.
struct CycleStress {
  double full_cycles;  ///< equivalent full cycles: charge throughput / (2 · capacity)
  double depth;        ///< of the cycle, 0 … 1
  double c_rate;       ///< mean |current| / capacity [1/h]
  double charge_rate;  ///< charging current / capacity [1/h]
  double temp;         ///< K
};
void age_cycle(AgeingModel m, AgeingState& s, const CycleStress& c);

double capacity_loss(AgeingModel m, const AgeingState& s);    ///< share of the new capacity
double resistance_rise(AgeingModel m, const AgeingState& s);  ///< share of the new resistance;
                                                              ///< 0 where a model has none

/// Conditions that the model's experiments covered.
bool in_range(AgeingModel m, double temp, double c_rate);
std::string range_text(AgeingModel m);

}  // namespace steppe::models
