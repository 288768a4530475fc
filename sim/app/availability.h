#pragma once
// How often and how long a site is down: equipment that fails and is repaired, in block diagrams.
//
// Equipment: `count` equal units of which `needed` must be up. Each unit fails at the rate λ while
// it runs and takes τ on average to repair; both times are exponential. A share β of the failures
// takes all units of the kind at once, in every copy (the beta-factor model [IEC 61508-6 2010,
// D.5]). Standby equipment runs while what it stands by for is down; each unit fails to start with
// the probability q.
//
// Blocks: all (series), any (parallel), copies of which some are needed. A function is one block
// that the site needs; functions share no equipment, so they are independent.
//
//   closed form   independent repair, no standby: U = λτ/(1 + λτ) of a unit, the binomial of k of
//                 n, products of blocks, sums over the states of the common causes. Frequencies go
//                 along: of blocks in series f = Σ fᵢ Π(1 − Uⱼ), in parallel f = Σ fᵢ Π Uⱼ
//                 [Rausand 2004, ch. 8]
//   Markov        standby and limited crews: all states, steady probabilities by the elimination
//                 without subtraction of [Grassmann 1985]
//   Monte Carlo   ride-through, or too many states: cycles from all-up to all-up with balanced
//                 failure biasing and separate cycles for numerator and denominator
//                 [Goyal 1992]; 95 % confidence intervals
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace steppe::app {

struct Equipment {
  std::string id;
  int count = 1, needed = 1;
  double rate = 0.0;    ///< failures per second of a unit that runs
  double repair = 0.0;  ///< mean time to repair [s]
  double start_failure = 0.0;
  double common_cause = 0.0;  ///< share of the failures, 0 … 1
  int standby_for = -1;       ///< index of the equipment whose outage starts it; -1: always runs
  int crews = 0;              ///< repairs at a time, of each set; 0: as many as needed
};

struct Block {
  enum class Kind { equipment, all, any } kind = Kind::equipment;
  int equipment = -1;
  int copies = 1, needed = 1;
  std::vector<Block> parts;
};

struct SiteFunction {
  std::string name;
  Block block;
  double ride_through = 0.0;  ///< shorter outages do no harm [s]
  /// What its outage is in the physical twin; empty: nothing.
  std::string replay_set, replay_to, replay_do, replay_target, replay_undo;
};

struct AvailabilityModel {
  enum class Method { automatic, closed_form, markov, monte_carlo } method = Method::automatic;
  std::vector<Equipment> equipment;
  std::vector<SiteFunction> site;  ///< each one down: the site is down
  std::vector<SiteFunction> part;  ///< each one down: its share of the computing is down
  std::vector<int> part_count;     ///< equal parts of the site of each kind
  double target = 0.0;             ///< wanted availability of the site; 0: none
  int64_t cycles = 20000;          ///< of Monte Carlo, per function
  double restart = 600.0;          ///< of a training job after an interruption [s]
  double checkpoint = 1200.0;      ///< interval between its checkpoints [s]
  int replay = 0;                  ///< number of the sampled outage that the run replays; 0: none
  int replay_of = -1;              ///< of this function of the site; -1: of each by its share
  double replay_at = 60.0;         ///< its begin in the run [s]
  double replayed = 0.0;           ///< its length, as sampled [s]
};

struct Outages {
  AvailabilityModel::Method method = AvailabilityModel::Method::closed_form;
  double down = 0.0;        ///< share of time
  double rate = 0.0;        ///< outages per second
  double down_sigma = 0.0;  ///< standard errors; 0: exact
  double rate_sigma = 0.0;
};

/// Of one function. `seed` selects the stream of random numbers: equal seeds give equal bits.
/// Throws UserError when the method that is asked for does not hold.
Outages outages_of(const AvailabilityModel&, const SiteFunction&, uint64_t seed);

/// Of the site and of what it computes.
struct AvailabilityResult {
  std::vector<Outages> site, part;  ///< in the order of the functions
  Outages all;                      ///< of the site
  double computing_down = 0.0;      ///< share of the computing that is lost, the site's outages in
  double interruptions = 0.0;       ///< per second, of a training job on the whole site
};
AvailabilityResult availability_of(const AvailabilityModel&, uint64_t seed);

/// A sampled outage: the function by its share of all outages (or `replay_of`), the length as it
/// came in Monte Carlo, each with its weight.
struct SampledOutage {
  size_t function = 0;
  double duration = 0.0;  ///< s
};
std::optional<SampledOutage> sample_outage(const AvailabilityModel&, uint64_t seed, int number);

// --- the three ways, for tests and comparison
Outages closed_form(const AvailabilityModel&, const SiteFunction&);
/// nullopt when there are more than `most` states.
std::optional<Outages> markov(const AvailabilityModel&, const SiteFunction&, size_t most = 600);
/// `lengths` (may be null) gets the outages that counted, with their weights.
struct WeightedLength {
  double length, weight;
};
Outages monte_carlo(const AvailabilityModel&, const SiteFunction&, uint64_t seed,
                    std::vector<WeightedLength>* lengths = nullptr, bool biased = true);

}  // namespace steppe::app
