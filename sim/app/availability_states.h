#pragma once
// The states of one function of a site: how many units of each set are down, and which common
// causes act. Shared by the Markov chain and by Monte Carlo.
#include <cstdint>
#include <vector>

#include "sim/app/availability.h"

namespace steppe::app {

/// Failed units of each set, then one flag per kind of equipment that has a common cause.
using State = std::vector<int>;

struct Transition {
  enum class Kind { failure, common_failure, repair, common_repair } kind = Kind::failure;
  size_t place = 0;   ///< in the state
  double rate = 0.0;  ///< 1/s
  bool fails() const { return kind == Kind::failure || kind == Kind::common_failure; }
};

class FunctionStates {
 public:
  FunctionStates(const AvailabilityModel&, const SiteFunction&);
  State all_up() const { return State(sets_.size() + causes_.size(), 0); }
  bool up(const State& s) const;
  void transitions(const State& s, std::vector<Transition>& out) const;
  void apply(const Transition& t, State& s) const;

  /// What must start because `before` became `after`: healthy units of standby sets.
  struct Demand {
    size_t set = 0;         ///< place of the set in the state
    size_t cause = 0;       ///< place of its common cause; 0: none
    int units = 0;          ///< healthy ones
    double alone = 0.0;     ///< probability that one fails by itself
    double together = 0.0;  ///< that the common cause takes all
  };
  void demands(const State& before, const State& after, std::vector<Demand>& out) const;

 private:
  /// Units of one kind in one copy of its block.
  struct Set {
    int equipment;
  };
  struct Cause {
    int equipment;
  };
  struct Tree {
    Block::Kind kind = Block::Kind::equipment;
    size_t set = 0;
    int needed = 0;  ///< of the parts; 0: all
    std::vector<Tree> parts;
  };
  Tree expand(const Block& b);
  bool tree_up(const Tree& t, const State& s) const;
  bool set_up(size_t set, const State& s) const;
  bool runs(int equipment, const State& s) const;
  size_t cause_of(int equipment) const;

  const AvailabilityModel& model_;
  std::vector<Set> sets_;
  std::vector<Cause> causes_;
  Tree tree_;
};

}  // namespace steppe::app
