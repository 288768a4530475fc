// Regenerative simulation with importance sampling: outages are rare, so failures are made likely
// and every cycle is weighted with how likely it really is.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/app/availability.h"
#include "sim/app/availability_states.h"
#include "sim/base/error.h"
#include "sim/base/rng.h"

namespace steppe::app {
namespace {

/// While failures are biased: the share of moves that are failures, and the least probability that
/// a unit does not start.
constexpr double kBias = 0.5, kStartBias = 0.25;

struct Cycle {
  double length = 0.0;  ///< s
  double weight = 1.0;  ///< likelihood ratio
  double down = 0.0;    ///< beyond the ride-through
  double outages = 0.0;
};

class Walk {
 public:
  Walk(const AvailabilityModel& m, const SiteFunction& f, std::vector<WeightedLength>* lengths)
      : states_(m, f), ride_(f.ride_through), lengths_(lengths), start_(states_.all_up()) {}

  Cycle cycle(Rng& rng, bool biased) {
    constexpr int kMostMoves = 10'000'000;
    Cycle c;
    State s = start_;
    bool up = true;
    double since = 0.0;
    std::vector<WeightedLength> found;
    for (int n = 0; n < kMostMoves; ++n) {
      states_.transitions(s, moves_);
      double total = 0.0;
      for (const auto& t : moves_) total += t.rate;
      c.length += rng.exponential() / total;
      const Transition move = choose(rng, biased, total, c.weight);
      State next = s;
      states_.apply(move, next);
      start_standby(rng, biased, s, next, c.weight);
      s = std::move(next);
      const bool now = states_.up(s);
      if (up && !now) {
        since = c.length;
        // Rare enough: from here on nature takes its course.
        biased = false;
      } else if (!up && now) {
        const double length = c.length - since;
        if (length > ride_) {
          c.down += length - ride_;
          c.outages += 1.0;
          found.push_back({length, 0.0});
        }
      }
      up = now;
      if (s == start_) {
        if (lengths_)
          for (auto& l : found) lengths_->push_back({l.length, c.weight});
        return c;
      }
    }
    throw UserError(
        "availability: failures are so frequent that everything is never up at once; such "
        "equipment belongs to 'part', where an outage costs only its share");
  }

 private:
  Transition choose(Rng& rng, bool biased, double total, double& weight) {
    double failing = 0.0;
    size_t failures = 0;
    for (const auto& t : moves_)
      if (t.fails()) {
        failing += t.rate;
        ++failures;
      }
    const bool both = failures > 0 && failures < moves_.size();
    if (!biased || failures == 0) return pick(rng, moves_, total);
    if (both && rng.uniform() >= kBias) {
      // A repair, among themselves as they are.
      double at = rng.uniform() * (total - failing);
      for (const auto& t : moves_)
        if (!t.fails() && (at -= t.rate) <= 0.0) {
          weight *= (total - failing) / total / (1.0 - kBias);
          return t;
        }
    }
    // A failure, all kinds alike.
    auto at = static_cast<size_t>(rng.uniform() * static_cast<double>(failures));
    for (const auto& t : moves_)
      if (t.fails() && at-- == 0) {
        weight *= t.rate / total * static_cast<double>(failures) / (both ? kBias : 1.0);
        return t;
      }
    return moves_.back();
  }

  static Transition pick(Rng& rng, const std::vector<Transition>& moves, double total) {
    double at = rng.uniform() * total;
    for (const auto& t : moves)
      if ((at -= t.rate) <= 0.0) return t;
    return moves.back();
  }

  /// One event of true probability p, made more likely while biased.
  static bool happens(Rng& rng, double p, bool biased, double& weight) {
    const double q = biased ? std::max(p, kStartBias) : p;
    const bool yes = rng.uniform() < q;
    weight *= yes ? p / q : (1.0 - p) / (1.0 - q);
    return yes;
  }

  void start_standby(Rng& rng, bool biased, const State& before, State& after, double& weight) {
    states_.demands(before, after, demands_);
    for (const auto& d : demands_) {
      if (d.together > 0.0 && happens(rng, d.together, biased, weight)) {
        after[d.cause] = 1;
        continue;
      }
      for (int u = 0; u < d.units; ++u)
        if (happens(rng, d.alone, biased, weight)) ++after[d.set];
    }
  }

  FunctionStates states_;
  double ride_;
  std::vector<WeightedLength>* lengths_;
  State start_;
  std::vector<Transition> moves_;
  std::vector<FunctionStates::Demand> demands_;
};

struct Mean {
  double n = 0.0, sum = 0.0, squares = 0.0;
  void add(double x) {
    n += 1.0;
    sum += x;
    squares += x * x;
  }
  double mean() const { return sum / n; }
  /// Variance of the mean.
  double variance() const {
    return n > 1.0 ? std::max(0.0, squares / n - mean() * mean()) / (n - 1.0) : 0.0;
  }
};

}  // namespace

Outages monte_carlo(const AvailabilityModel& m, const SiteFunction& f, uint64_t seed,
                    std::vector<WeightedLength>* lengths, bool biased) {
  Walk walk(m, f, lengths);
  Walk plain(m, f, nullptr);
  Mean down, count, length;
  for (int64_t i = 0; i < m.cycles; ++i) {
    // A stream for each cycle: what one draws does not move the others.
    Rng rng(seed, fmt::format("availability/{}/{}", f.name, i));
    const Cycle c = walk.cycle(rng, biased);
    down.add(c.weight * c.down);
    count.add(c.weight * c.outages);
    if (biased) {
      Rng other(seed, fmt::format("availability/{}/length {}", f.name, i));
      length.add(plain.cycle(other, false).length);
    } else {
      length.add(c.length);
    }
  }
  if (count.sum == 0.0)
    throw UserError(fmt::format(
        "availability: no outage of '{}' in {} cycles; ask for more 'cycles'", f.name, m.cycles));
  // Ratio of two means; without biasing they come from the same cycles, whose weak correlation is
  // left out (a cycle with an outage is longer by its repair alone).
  auto ratio = [&](const Mean& x, double& value, double& sigma) {
    value = x.mean() / length.mean();
    const double a = x.variance() / (x.mean() * x.mean()),
                 b = length.variance() / (length.mean() * length.mean());
    sigma = value * std::sqrt(a + b);
  };
  Outages out;
  out.method = AvailabilityModel::Method::monte_carlo;
  if (down.sum > 0.0) ratio(down, out.down, out.down_sigma);
  ratio(count, out.rate, out.rate_sigma);
  return out;
}

}  // namespace steppe::app
