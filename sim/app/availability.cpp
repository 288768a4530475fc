#include "sim/app/availability.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "sim/app/availability_states.h"
#include "sim/base/error.h"
#include "sim/base/rng.h"

namespace steppe::app {
namespace {

/// Unavailability of a block and the frequency of its failures.
struct Down {
  double q = 0.0, f = 0.0;
};

double binomial(int n, int k) {
  double out = 1.0;
  for (int i = 1; i <= k; ++i) out *= static_cast<double>(n - k + i) / i;
  return out;
}

/// `needed` of `n` equal independent parts.
Down k_of_n(Down part, int needed, int n) {
  Down out;
  for (int failed = n - needed + 1; failed <= n; ++failed)
    out.q += binomial(n, failed) * std::pow(part.q, failed) * std::pow(1.0 - part.q, n - failed);
  // The failure that leaves too few: of n parts, when n − needed of the others are down.
  out.f = n * part.f * binomial(n - 1, n - needed) * std::pow(part.q, n - needed) *
          std::pow(1.0 - part.q, needed - 1);
  return out;
}

class Tree {
 public:
  Tree(const AvailabilityModel& m, const std::vector<bool>& caused) : m_(m), caused_(caused) {}

  Down of(const Block& b) const {
    const Down one = once(b);
    return b.copies == 1 ? one : k_of_n(one, b.needed, b.copies);
  }

 private:
  Down once(const Block& b) const {
    if (b.kind == Block::Kind::equipment) {
      const auto i = static_cast<size_t>(b.equipment);
      const Equipment& e = m_.equipment[i];
      if (caused_[i]) return {1.0, 0.0};
      const double rate = e.rate * (1.0 - e.common_cause), x = rate * e.repair;
      return k_of_n({x / (1.0 + x), rate / (1.0 + x)}, e.needed, e.count);
    }
    const bool all = b.kind == Block::Kind::all;
    // In series what must be up is the rest, in parallel what must be down.
    double up = 0.0, down = 1.0, f = 0.0;
    std::vector<Down> parts;
    for (const auto& p : b.parts) {
      parts.push_back(of(p));
      up += std::log1p(-parts.back().q);
      down *= parts.back().q;
    }
    for (size_t i = 0; i < parts.size(); ++i) {
      double rest = parts[i].f;
      for (size_t j = 0; j < parts.size(); ++j)
        if (j != i) rest *= all ? 1.0 - parts[j].q : parts[j].q;
      f += rest;
    }
    return {all ? -std::expm1(up) : down, f};
  }
  const AvailabilityModel& m_;
  const std::vector<bool>& caused_;
};

void collect(const Block& b, std::vector<int>& out) {
  if (b.kind == Block::Kind::equipment) out.push_back(b.equipment);
  for (const auto& p : b.parts) collect(p, out);
}

bool is_independent(const AvailabilityModel& m, const SiteFunction& f) {
  std::vector<int> used;
  collect(f.block, used);
  return std::all_of(used.begin(), used.end(), [&](int i) {
    const Equipment& e = m.equipment[static_cast<size_t>(i)];
    return e.standby_for < 0 && (e.crews == 0 || e.crews >= e.count);
  });
}

}  // namespace

Outages closed_form(const AvailabilityModel& m, const SiteFunction& f) {
  std::vector<int> used, causes;
  collect(f.block, used);
  for (const int i : used)
    if (m.equipment[static_cast<size_t>(i)].common_cause > 0.0) causes.push_back(i);
  constexpr size_t kMostCauses = 16;
  if (causes.size() > kMostCauses)
    throw UserError(fmt::format("'{}': at most {} kinds with a common cause", f.name, kMostCauses));
  // All states of the common causes; given one, the rest is independent.
  const size_t states = size_t{1} << causes.size();
  std::vector<Down> given(states);
  for (size_t s = 0; s < states; ++s) {
    std::vector<bool> caused(m.equipment.size(), false);
    for (size_t c = 0; c < causes.size(); ++c)
      caused[static_cast<size_t>(causes[c])] = (s >> c) & 1;
    given[s] = Tree(m, caused).of(f.block);
  }
  Outages out;
  for (size_t s = 0; s < states; ++s) {
    double p = 1.0;
    for (size_t c = 0; c < causes.size(); ++c) {
      const Equipment& e = m.equipment[static_cast<size_t>(causes[c])];
      const double x = e.rate * e.common_cause * e.repair;
      p *= (s >> c) & 1 ? x / (1.0 + x) : 1.0 / (1.0 + x);
    }
    out.down += p * given[s].q;
    out.rate += p * given[s].f;
    for (size_t c = 0; c < causes.size(); ++c)
      if (!((s >> c) & 1)) {
        // What is up in this state and down with one cause more.
        const Equipment& e = m.equipment[static_cast<size_t>(causes[c])];
        out.rate += p * e.rate * e.common_cause * (given[s | (size_t{1} << c)].q - given[s].q);
      }
  }
  return out;
}

std::optional<Outages> markov(const AvailabilityModel& m, const SiteFunction& f, size_t most) {
  const FunctionStates states(m, f);
  std::map<State, size_t> number;
  std::vector<State> list;
  struct Edge {
    size_t from, to;
    double rate;
  };
  std::vector<Edge> edges;
  auto index = [&](const State& s) {
    const auto [it, fresh] = number.try_emplace(s, list.size());
    if (fresh) list.push_back(s);
    return it->second;
  };
  index(states.all_up());
  std::vector<Transition> moves;
  std::vector<FunctionStates::Demand> demands;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list.size() > most) return std::nullopt;
    const State from = list[i];
    states.transitions(from, moves);
    for (const auto& t : moves) {
      State to = from;
      states.apply(t, to);
      states.demands(from, to, demands);
      // Every outcome of every set that must start.
      std::vector<std::pair<State, double>> outcomes{{to, 1.0}};
      for (const auto& d : demands) {
        std::vector<std::pair<State, double>> next;
        for (const auto& [s, p] : outcomes) {
          if (d.together > 0.0) {
            State all = s;
            all[d.cause] = 1;
            next.emplace_back(all, p * d.together);
          }
          for (int k = 0; k <= d.units; ++k) {
            State some = s;
            some[d.set] += k;
            next.emplace_back(some, p * (1.0 - d.together) * binomial(d.units, k) *
                                        std::pow(d.alone, k) *
                                        std::pow(1.0 - d.alone, d.units - k));
          }
        }
        outcomes = std::move(next);
      }
      for (const auto& [s, p] : outcomes) edges.push_back({i, index(s), t.rate * p});
    }
  }
  const size_t n = list.size();
  std::vector<double> a(n * n, 0.0);
  for (const auto& e : edges)
    if (e.from != e.to) a[e.from * n + e.to] += e.rate;
  // Elimination from the last state on; only sums, products and quotients of positive numbers, so
  // small probabilities keep all their digits [Grassmann 1985].
  std::vector<double> leave(n, 0.0);
  for (size_t k = n; k-- > 1;) {
    double sum = 0.0;
    for (size_t j = 0; j < k; ++j) sum += a[k * n + j];
    leave[k] = sum;
    for (size_t i = 0; i < k; ++i) {
      if (a[i * n + k] == 0.0) continue;
      const double share = a[i * n + k] / sum;
      for (size_t j = 0; j < k; ++j)
        if (j != i) a[i * n + j] += share * a[k * n + j];
    }
  }
  std::vector<double> p(n, 0.0);
  p[0] = 1.0;
  double total = 1.0;
  for (size_t k = 1; k < n; ++k) {
    for (size_t i = 0; i < k; ++i) p[k] += p[i] * a[i * n + k];
    p[k] /= leave[k];
    total += p[k];
  }
  Outages out;
  out.method = AvailabilityModel::Method::markov;
  std::vector<char> up(n);
  for (size_t i = 0; i < n; ++i) {
    p[i] /= total;
    up[i] = states.up(list[i]);
    if (!up[i]) out.down += p[i];
  }
  for (const auto& e : edges)
    if (up[e.from] && !up[e.to]) out.rate += p[e.from] * e.rate;
  return out;
}

Outages outages_of(const AvailabilityModel& m, const SiteFunction& f, uint64_t seed) {
  using Method = AvailabilityModel::Method;
  const bool exact = f.ride_through == 0.0;
  if (m.method == Method::closed_form && !(exact && is_independent(m, f)))
    throw UserError(fmt::format("availability: no closed form holds for '{}': it has {}", f.name,
                                exact ? "standby equipment or limited crews" : "a ride-through"));
  if (m.method == Method::markov && !exact)
    throw UserError(
        fmt::format("availability: '{}' has a ride-through, so it is no Markov chain", f.name));
  const bool free = m.method == Method::automatic;
  if (m.method == Method::closed_form || (free && exact && is_independent(m, f)))
    return closed_form(m, f);
  if (m.method == Method::markov || (free && exact)) {
    if (const auto out = markov(m, f)) return *out;
    if (!free)
      throw UserError(
          fmt::format("availability: '{}' has too many states for a Markov chain", f.name));
  }
  return monte_carlo(m, f, seed);
}

AvailabilityResult availability_of(const AvailabilityModel& m, uint64_t seed) {
  AvailabilityResult r;
  double up = 0.0;
  for (const auto& f : m.site) {
    r.site.push_back(outages_of(m, f, seed));
    up += std::log1p(-r.site.back().down);
  }
  r.all.down = -std::expm1(up);
  const double a = 1.0 - r.all.down;
  double down_var = 0.0, rate_var = 0.0;
  for (const auto& o : r.site) {
    const double rest = a / (1.0 - o.down);
    r.all.rate += o.rate * rest;
    down_var += rest * rest * o.down_sigma * o.down_sigma;
    rate_var += rest * rest * o.rate_sigma * o.rate_sigma;
    if (o.method == AvailabilityModel::Method::monte_carlo) r.all.method = o.method;
  }
  r.all.down_sigma = std::sqrt(down_var);
  r.all.rate_sigma = std::sqrt(rate_var);
  double parts = 0.0;
  r.interruptions = r.all.rate;
  for (size_t i = 0; i < m.part.size(); ++i) {
    r.part.push_back(outages_of(m, m.part[i], seed));
    parts += std::log1p(-r.part.back().down);
    r.interruptions += a * r.part.back().rate * m.part_count[i];
  }
  r.computing_down = -std::expm1(up + parts);
  return r;
}

std::optional<SampledOutage> sample_outage(const AvailabilityModel& m, uint64_t seed, int number) {
  std::vector<std::vector<WeightedLength>> lengths(m.site.size());
  std::vector<double> rate(m.site.size(), 0.0);
  double all = 0.0;
  for (size_t i = 0; i < m.site.size(); ++i) {
    if (m.replay_of >= 0 && i != static_cast<size_t>(m.replay_of)) continue;
    const double found = monte_carlo(m, m.site[i], seed, &lengths[i]).rate;
    if (!lengths[i].empty()) all += rate[i] = found;
  }
  if (all <= 0.0) return std::nullopt;
  Rng rng(seed, fmt::format("availability/replay {}", number));
  double at = rng.uniform() * all;
  size_t function = 0;
  for (size_t i = 0; i < rate.size() && at >= 0.0; ++i) {
    if (rate[i] <= 0.0) continue;
    function = i;
    at -= rate[i];
  }
  double total = 0.0;
  for (const auto& l : lengths[function]) total += l.weight;
  double w = rng.uniform() * total;
  for (const auto& l : lengths[function])
    if ((w -= l.weight) <= 0.0) return SampledOutage{function, l.length};
  return SampledOutage{function, lengths[function].back().length};
}

}  // namespace steppe::app
