#include "models/dispatch/plan.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/base/error.h"

namespace steppe::models {
namespace {

constexpr double kMega = 1e6, kMwh = 3.6e9;
/// CNY per MW or MWh: far above every price, the later ones above the earlier.
constexpr double kOver = 1e6, kLate = 1e7, kUnserved = 1e8;
constexpr double kTiny = 1e-6;  // MW, MWh
constexpr size_t kPieces = 3;   // of the battery's power, where its efficiency falls
constexpr int kTrials = 12;     // linear programs that a schedule of the genset may take
constexpr double kTie =
    1e-4;  // CNY/MWh a step: of equal hours the first charges, the last gives back

}  // namespace

struct Planner::Columns {
  // Columns of one step; −1 where the part does not exist.
  struct Step {
    int g = -1, x = -1, e = -1, w = -1, u = -1;
    std::array<int, kPieces> c{-1, -1, -1}, d{-1, -1, -1};
    int f = -1, q = -1, r = -1, s = -1, m = -1, work = -1, late = -1, p = -1, on = -1, start = -1;
    int balance = -1, storage = -1, peak = -1, up = -1, down = -1, floor = -1, ceiling = -1,
        cold = -1, progress = -1, at_most = -1, at_least = -1, starting = -1;
  };
  std::vector<Step> step;
  std::vector<double> cop;  ///< in the matrix, by step
  int peak = -1, over = -1, limit = -1;
  size_t pieces = 1;

  double charge(const LinearProgram& lp, const Step& s) const { return sum(lp, s.c); }
  double discharge(const LinearProgram& lp, const Step& s) const { return sum(lp, s.d); }

 private:
  double sum(const LinearProgram& lp, const std::array<int, kPieces>& a) const {
    double v = 0.0;
    for (size_t j = 0; j < pieces; ++j) v += lp.value(a[j]);
    return v;
  }
};

Planner::Planner(const DispatchParts& parts) : p_(parts), c_(std::make_unique<Columns>()) {
  STEPPE_CHECK(p_.steps > 0 && p_.step > 0.0);
  STEPPE_CHECK(p_.reserve <= p_.energy_max);
  build();
}
Planner::~Planner() = default;

size_t Planner::slot(int64_t step) const {
  const int64_t ring = p_.steps + 1;
  return static_cast<size_t>(((step % ring) + ring) % ring);
}

void Planner::build() {
  const double h = p_.step / 3600.0;
  const auto ring = static_cast<size_t>(p_.steps) + 1;
  auto& steps = c_->step;
  steps.resize(ring);
  c_->cop.assign(ring, 0.0);
  c_->peak = lp_.add_column(0, kFree, 0);
  c_->over = lp_.add_column(0, 0, kOver);
  const auto column = [&] { return lp_.add_column(0, 0, 0); };
  const size_t pieces = c_->pieces = p_.efficiency_fall > 0.0 ? kPieces : 1;
  for (auto& s : steps) {
    s.g = column();
    s.x = column();
    for (size_t j = 0; j < pieces; ++j) s.c[j] = column(), s.d[j] = column();
    s.e = column();
    s.w = column();
    s.u = column();
    if (p_.reserve_rating > 0) s.f = column();
    if (p_.cold_energy > 0) s.q = column(), s.r = column(), s.s = column();
    if (p_.work_max > 0) s.m = column(), s.work = column(), s.late = column();
    if (p_.genset_max > 0) s.p = column(), s.on = column(), s.start = column();
  }
  using E = std::vector<LinearProgram::Entry>;
  // Stored of each W taken, and taken from the cells for each W given, on piece j.
  const auto slope = [&](size_t j, auto stored) {
    const auto n = static_cast<double>(pieces);
    const double a = static_cast<double>(j) / n, b = static_cast<double>(j + 1) / n;
    return (stored(b) - stored(a)) / (b - a);
  };
  const double fall = p_.efficiency_fall;
  std::array<double, kPieces> in{}, out{};
  for (size_t j = 0; j < pieces; ++j) {
    in[j] = slope(j, [&](double p) { return p * (p_.efficiency_in + fall * (0.5 - p)); });
    out[j] = slope(j, [&](double p) { return p / (p_.efficiency_out + fall * (0.5 - p)); });
  }
  if (pieces == 1) in[0] = p_.efficiency_in, out[0] = 1.0 / p_.efficiency_out;
  // Discharge less charge, with a sign.
  const auto battery = [&](E& row, const Columns::Step& s, double sign) {
    for (size_t j = 0; j < pieces; ++j) {
      row.push_back({s.d[j], sign});
      row.push_back({s.c[j], -sign});
    }
  };
  for (size_t k = 0; k < ring; ++k) {
    auto& s = steps[k];
    const auto& before = steps[(k + ring - 1) % ring];
    E balance{{s.g, 1}, {s.x, -1}, {s.w, -1}, {s.u, 1}};
    battery(balance, s, 1);
    if (s.q >= 0) balance.push_back({s.q, -1}), balance.push_back({s.r, 1});
    if (s.m >= 0) balance.push_back({s.m, -1});
    if (s.p >= 0) balance.push_back({s.p, 1});
    s.balance = lp_.add_row(0, 0, balance);
    E storage{{s.e, 1}, {before.e, -1}};
    for (size_t j = 0; j < pieces; ++j) {
      storage.push_back({s.c[j], -h * in[j]});
      storage.push_back({s.d[j], h * out[j]});
    }
    s.storage = lp_.add_row(0, 0, storage);
    s.peak = lp_.add_row(0, kFree, E{{c_->peak, 1}, {s.g, -1}});
    if (s.f >= 0) {
      const double t = p_.reserve_duration / 3600.0;
      E up{{s.f, 1}}, down{{s.f, 1}};
      battery(up, s, 1);
      battery(down, s, -1);
      s.up = lp_.add_row(-kFree, 0, up);
      s.down = lp_.add_row(-kFree, 0, down);
      s.floor = lp_.add_row(0, kFree, E{{s.e, 1}, {s.f, -t / p_.efficiency_out}});
      s.ceiling = lp_.add_row(-kFree, 0, E{{s.e, 1}, {s.f, t * p_.efficiency_in}});
    }
    if (s.q >= 0)
      s.cold = lp_.add_row(
          0, 0, E{{s.s, 1}, {before.s, -std::pow(1.0 - p_.cold_loss, h)}, {s.q, -h}, {s.r, h}});
    if (s.m >= 0)
      s.progress = lp_.add_row(0, 0, E{{s.work, 1}, {before.work, -1}, {s.m, -h}, {s.late, -h}});
    if (s.p >= 0) {
      s.at_most = lp_.add_row(-kFree, 0, E{{s.p, 1}, {s.on, -p_.genset_max / kMega}});
      s.at_least = lp_.add_row(0, kFree, E{{s.p, 1}, {s.on, -p_.genset_min / kMega}});
      s.starting = lp_.add_row(-kFree, 0, E{{s.on, 1}, {before.on, -1}, {s.start, -1}});
    }
  }
  // P ≤ limit + over
  c_->limit = lp_.add_row(-kFree, kFree, E{{c_->peak, 1}, {c_->over, -1}});
  lp_.build();
}

void Planner::load(const DispatchOutlook& now) {
  const double h = p_.step / 3600.0;
  const auto n = static_cast<size_t>(p_.steps);
  STEPPE_CHECK(now.load.size() == n && now.price.size() == n);
  first_ = now.step;
  const double charge = std::min(p_.charge, now.charge) / kMega;
  const double discharge = std::min(p_.discharge, now.discharge) / kMega;
  const double e_max = p_.energy_max / kMwh, reserve = p_.reserve / kMwh;
  const double stored = now.stored / kMwh;
  const double cold_stored = std::clamp(now.cold_stored, 0.0, p_.cold_energy) / kMwh;
  // What is past: it only carries the state of the beginning.
  const auto& past = c_->step[slot(now.step - 1)];
  for (int c : {past.g, past.x, past.w, past.u, past.f, past.q, past.r, past.m, past.late, past.p,
                past.start})
    if (c >= 0) lp_.set_column(c, 0, 0, 0);
  for (const auto& side : {past.c, past.d})
    for (size_t j = 0; j < c_->pieces; ++j) lp_.set_column(side[j], 0, 0, 0);
  for (int r : {past.balance, past.storage, past.peak, past.up, past.down, past.floor, past.ceiling,
                past.cold, past.progress, past.at_most, past.at_least, past.starting})
    if (r >= 0) lp_.set_row(r, -kFree, kFree);
  lp_.set_column(past.e, stored, stored, 0);
  if (past.s >= 0) lp_.set_column(past.s, cold_stored, cold_stored, 0);
  if (past.work >= 0) lp_.set_column(past.work, 0, 0, 0);
  if (past.on >= 0) lp_.set_column(past.on, now.genset_on, now.genset_on, 0);

  const double low = std::max(0.0, now.demand_so_far / kMega);
  lp_.set_column(c_->peak, low, kFree, p_.demand_price * now.demand_share * kMega);
  lp_.set_row(c_->limit, -kFree, kFree);
  lp_.set_column(c_->over, 0, 0, kOver);
  const double limit = now.import_limit >= kFree ? kFree : now.import_limit / kMega;
  double floor = stored;
  for (size_t k = 0; k < n; ++k) {
    const auto step = now.step + static_cast<int64_t>(k);
    const auto& s = c_->step[slot(step)];
    const double tie = kTie * static_cast<double>(k);
    const double price = (now.price[k] * kMwh + tie) * h;
    const double feed = k < now.feed_in.size() ? now.feed_in[k] * kMwh * h : 0.0;
    const double renewable = k < now.renewable.size() ? now.renewable[k] / kMega : 0.0;
    lp_.set_column(s.g, 0, k == 0 ? std::min(limit, now.first_import / kMega) : limit, price);
    lp_.set_column(s.x, 0, p_.export_limit / kMega, -feed);
    const double odd = std::min(price, feed);
    const auto pieces = [&](const std::array<int, kPieces>& side, double rating, double most,
                            double cost) {
      const double width = rating / kMega / static_cast<double>(c_->pieces);
      for (size_t j = 0; j < c_->pieces; ++j) {
        const double share = odd < 0.0
                                 ? (j == 0 ? most : 0.0)
                                 : std::clamp(most - static_cast<double>(j) * width, 0.0, width);
        lp_.set_column(side[j], 0, share, cost);
      }
    };
    pieces(s.c, p_.charge, charge, 0);
    // Burning what nobody buys in losses is no better than curtailing it.
    pieces(s.d, p_.discharge, discharge, (p_.wear * kMwh + kTie) * h);
    floor = std::min(floor + charge * h * p_.efficiency_in, reserve);
    const double rest = p_.rest * kMwh * p_.step;
    const double left = k + 1 == n ? -now.value_stored * kMwh : 0.0;
    lp_.set_column(s.e, std::min(floor, reserve), std::max(e_max, stored), rest + left);
    lp_.set_column(s.w, 0, std::max(0.0, renewable), 0);
    lp_.set_column(s.u, 0, 0, 0);
    const double net = now.load[k] / kMega - renewable;
    lp_.set_row(s.balance, net, net);
    lp_.set_row(s.storage, 0, 0);
    lp_.set_row(s.peak, 0, kFree);
    if (s.f >= 0) {
      lp_.set_column(s.f, 0, p_.reserve_rating / kMega, -p_.reserve_price * kMega * p_.step);
      lp_.set_row(s.up, -kFree, discharge);
      lp_.set_row(s.down, -kFree, charge);
      lp_.set_row(s.floor, std::min(floor, reserve), kFree);
      lp_.set_row(s.ceiling, -kFree, std::max(e_max, stored));
    }
    if (s.q >= 0) {
      const double cop = now.cold_cop.empty() ? p_.cold_cop : now.cold_cop[k];
      if (double& known = c_->cop[slot(step)]; known != cop) {
        known = cop;
        lp_.set_coefficient(s.balance, s.q, -1.0 / (cop * (1.0 - p_.cold_spread)));
        lp_.set_coefficient(s.balance, s.r, 1.0 / (cop * (1.0 + p_.cold_spread)));
      }
      // Nothing goes in and out at once.
      lp_.set_column(s.q, 0, p_.cold_power / kMega, kTie * h);
      lp_.set_column(s.r, 0, std::min(p_.cold_power, now.cold_need) / kMega, 0);
      lp_.set_column(s.s, 0, p_.cold_energy / kMwh,
                     k + 1 == n ? -now.value_stored * kMwh / cop : 0.0);
      lp_.set_row(s.cold, 0, 0);
    }
    if (s.m >= 0) {
      lp_.set_column(s.m, 0, p_.work_max / kMega, 0);
      lp_.set_column(s.work, now.work_due[k] / kMwh, now.work_open[k] / kMwh, 0);
      lp_.set_column(s.late, 0, 0, 0);
      lp_.set_row(s.progress, 0, 0);
    }
    if (s.p >= 0) {
      lp_.set_column(s.p, 0, std::min(p_.genset_max, now.genset_limit) / kMega,
                     p_.fuel_price * kMwh * h);
      lp_.set_column(s.on, 0, 1, p_.fuel_idle * p_.step);
      lp_.set_column(s.start, 0, 1, p_.start);
      lp_.set_row(s.at_most, -kFree, 0);
      lp_.set_row(s.at_least, 0, kFree);
      lp_.set_row(s.starting, -kFree, 0);
    }
  }
}

LinearProgram::Status Planner::choose(bool* choices) {
  auto status = lp_.solve();
  if (status != LinearProgram::Status::optimal) return status;
  root_ = lp_.objective();
  const auto n = static_cast<size_t>(p_.steps);
  const auto at = [&](size_t k) -> const Columns::Step& {
    return c_->step[slot(first_ + static_cast<int64_t>(k))];
  };
  const auto v = [&](int c) { return lp_.value(c); };
  bool fraction = false;
  for (size_t k = 0; k < n && p_.genset_max > 0.0; ++k)
    fraction = fraction || std::abs(v(at(k).on) - std::round(v(at(k).on))) > 1e-6;
  if (fraction) {
    *choices = true;
    status = commit();
    if (status != LinearProgram::Status::optimal) return status;
  }
  // A choice forbidden in one step reappears in the next: all steps are asked at once.
  std::vector<std::pair<int, int>> one_of;
  // Three rounds: where surplus makes losses free a choice may come back without end.
  for (size_t asked = 0, round = 0;; asked = one_of.size(), ++round) {
    for (size_t k = 0; k < n; ++k) {
      const auto& s = at(k);
      if (std::min(v(s.c[0]), v(s.d[0])) > kTiny) one_of.push_back({s.c[0], s.d[0]});
      if (s.q >= 0 && std::min(v(s.q), v(s.r)) > kTiny) one_of.push_back({s.q, s.r});
      if (std::min(v(s.g), v(s.x)) > kTiny) one_of.push_back({s.g, s.x});
    }
    if (one_of.size() == asked || round == 3) return status;
    *choices = true;
    status = lp_.solve_with_choices(one_of);
    if (status != LinearProgram::Status::optimal) return status;
  }
}

LinearProgram::Status Planner::commit() {
  const auto n = static_cast<size_t>(p_.steps);
  const auto at = [&](size_t k) -> const Columns::Step& {
    return c_->step[slot(first_ + static_cast<int64_t>(k))];
  };
  using Pattern = std::vector<bool>;
  std::vector<double> power(n);
  for (size_t k = 0; k < n; ++k) power[k] = lp_.value(at(k).p);
  Pattern best(n, false);
  std::vector<Pattern> seen;
  double cost = kFree;
  int tried = 0;
  const auto fix = [&](const Pattern& on, double cutoff) {
    for (size_t k = 0; k < n; ++k) lp_.set_bounds(at(k).on, on[k], on[k]);
    return lp_.solve(cutoff);
  };
  const auto better = [&](const Pattern& on) {
    if (tried >= kTrials || std::find(seen.begin(), seen.end(), on) != seen.end()) return false;
    seen.push_back(on);
    ++tried;
    const double below = cost >= kFree ? kFree : cost - 1e-6 * std::abs(root_);
    if (fix(on, below) != LinearProgram::Status::optimal || lp_.objective() > below) return false;
    cost = lp_.objective();
    best = on;
    return true;
  };
  better(best);
  if (!committed_.empty()) {
    Pattern on(n);
    for (size_t k = 0; k < n; ++k) on[k] = committed_[slot(first_ + static_cast<int64_t>(k))];
    better(on);
  }
  double last = -1.0;
  for (double least : {kTiny, 0.5 * p_.genset_min / kMega, 0.5 * p_.genset_max / kMega}) {
    if (least <= last) continue;
    last = least;
    Pattern on(n);
    for (size_t k = 0; k < n; ++k) on[k] = power[k] > least;
    better(on);
  }
  // Edges moved by an hour and by a step, there and back, and whole stretches turned over, until
  // none of it helps.
  const auto hour = static_cast<size_t>(std::max(1L, std::lround(3600.0 / p_.step)));
  const auto turned = [&](size_t from, size_t to) {
    Pattern on = best;
    for (size_t k = from; k < std::min(to, n); ++k) on[k] = !on[k];
    return on;
  };
  for (bool improved = true; improved && tried < kTrials;) {
    improved = false;
    for (size_t width : {hour, size_t{1}}) {
      for (size_t k = 0; k < n && tried < kTrials; ++k) {
        if (k > 0 && best[k] == best[k - 1]) continue;
        size_t end = k + 1;
        while (end < n && best[end] == best[k]) ++end;
        if (end < n || best[k]) improved = better(turned(k, end)) || improved;
        if (k > 0) improved = better(turned(k - std::min(width, k), k)) || improved;
        improved = better(turned(k, k + width)) || improved;
      }
      if (width == 1) break;
    }
  }
  const auto status = fix(best, kFree);
  committed_.assign(c_->step.size(), false);
  for (size_t k = 0; k < n; ++k) {
    committed_[slot(first_ + static_cast<int64_t>(k))] = best[k];
    lp_.set_bounds(at(k).on, 0, 1);
  }
  return status;
}

Plan Planner::plan(const DispatchOutlook& now) {
  Plan out;
  load(now);
  auto status = choose(&out.choices);
  // Let go of one limit after the other, in this order, until the rest can be met.
  for (int level = 0; level < 3 && status != LinearProgram::Status::optimal; ++level) {
    if (level == 0) {
      // The limit now holds the highest import but for `over`.
      lp_.set_column(c_->over, 0, kFree, kOver);
      lp_.set_column(c_->peak, 0, kFree, p_.demand_price * now.demand_share * kMega);
      lp_.set_row(c_->limit, -kFree, now.import_limit >= kFree ? kFree : now.import_limit / kMega);
    }
    for (int64_t k = 0; k < p_.steps; ++k) {
      const auto& s = c_->step[slot(first_ + k)];
      if (level == 0) lp_.set_upper(s.g, kFree);
      if (level == 1 && s.late >= 0) lp_.set_column(s.late, 0, kFree, kLate);
      if (level == 2) lp_.set_column(s.u, 0, kFree, kUnserved);
    }
    status = choose(&out.choices);
  }
  out.solved = status == LinearProgram::Status::optimal;
  if (out.solved) read(now, out);
  return out;
}

void Planner::read(const DispatchOutlook& now, Plan& out) const {
  const auto n = static_cast<size_t>(p_.steps);
  const auto list = [&](std::vector<double>& v, bool exists, auto f) {
    if (!exists) return;
    v.resize(n);
    for (size_t k = 0; k < n; ++k) v[k] = f(c_->step[slot(first_ + static_cast<int64_t>(k))]);
  };
  const auto mega = [&](int c) { return kMega * lp_.value(c); };
  using S = Columns::Step;
  list(out.battery, true,
       [&](const S& s) { return kMega * (c_->discharge(lp_, s) - c_->charge(lp_, s)); });
  list(out.grid, true, [&](const S& s) { return mega(s.g) - mega(s.x); });
  list(out.stored, true, [&](const S& s) { return kMwh * lp_.value(s.e); });
  list(out.curtailed, !now.renewable.empty(), [&](const S& s) { return mega(s.w); });
  list(out.band, p_.reserve_rating > 0, [&](const S& s) { return mega(s.f); });
  list(out.cold, p_.cold_energy > 0, [&](const S& s) { return mega(s.q) - mega(s.r); });
  list(out.work, p_.work_max > 0, [&](const S& s) { return mega(s.m); });
  list(out.genset, p_.genset_max > 0, [&](const S& s) { return mega(s.p); });
  out.peak = mega(c_->peak);
  // What the month pays already is no cost of this plan.
  const double paid = p_.demand_price * now.demand_share * now.demand_so_far;
  out.cost = lp_.objective() - paid;
  out.bound = (out.choices ? root_ : lp_.dual_objective()) - paid;
  out.iterations = lp_.iterations();
  out.stored_worth =
      p_.energy_max > 0.0 ? -lp_.reduced_cost(c_->step[slot(first_ - 1)].e) / kMwh : 0.0;

  const auto relax = [&](const char* name, const char* unit, double scale, auto column) {
    Relaxation r{name, 0.0, unit, -1, 0};
    for (int64_t k = 0; k < p_.steps; ++k) {
      const int c = column(c_->step[slot(first_ + k)]);
      const double v = c < 0 ? 0.0 : scale * lp_.value(c);
      if (v <= kTiny * scale) continue;
      if (r.first < 0) r.first = static_cast<int>(k);
      ++r.steps;
      r.amount = std::max(r.amount, v);
    }
    if (r.first >= 0) out.relaxed.push_back(r);
  };
  const double highest = *std::max_element(out.grid.begin(), out.grid.end());
  if (highest > now.import_limit + 1.0) {
    Relaxation r{"import limit", highest - now.import_limit, "W", -1, 0};
    for (size_t k = 0; k < n; ++k)
      if (out.grid[k] > now.import_limit + 1.0) {
        if (r.first < 0) r.first = static_cast<int>(k);
        ++r.steps;
      }
    out.relaxed.push_back(r);
  }
  relax("deadline of waiting work", "W", kMega, [](const S& s) { return s.late; });
  relax("supply of the load", "W", kMega, [](const S& s) { return s.u; });
  if (now.stored < p_.reserve - 1e-6 * p_.energy_max) {
    Relaxation r{"backup reserve", p_.reserve - now.stored, "J", 0, 0};
    while (r.steps < p_.steps &&
           out.stored[static_cast<size_t>(r.steps)] < p_.reserve - 1e-6 * p_.energy_max)
      ++r.steps;
    out.relaxed.push_back(r);
  }
  bindings(now, out);
}

void Planner::bindings(const DispatchOutlook& now, Plan& out) const {
  const auto note = [&](const char* name, const char* unit, double scale, auto worth) {
    Binding b{name, 0, -1, 0.0, unit};
    for (int64_t k = 0; k < p_.steps; ++k) {
      const double v = worth(c_->step[slot(first_ + k)], static_cast<size_t>(k)) / scale;
      // Less than the price noise is no reason.
      if (v * scale <= 1e-4) continue;
      if (b.first < 0) b.first = static_cast<int>(k);
      ++b.steps;
      b.worth = std::max(b.worth, v);
    }
    if (b.steps > 0) out.binding.push_back(b);
  };
  const auto upper = [&](int c) { return c < 0 ? 0.0 : std::max(0.0, -lp_.reduced_cost(c)); };
  const auto lower = [&](int c) { return c < 0 ? 0.0 : std::max(0.0, lp_.reduced_cost(c)); };
  const auto row = [&](int r) { return r < 0 ? 0.0 : std::abs(lp_.dual(r)); };
  using S = Columns::Step;
  const size_t last = c_->pieces - 1;
  const bool warm = now.charge < p_.charge, cold = now.discharge < p_.discharge;
  note(warm ? "temperature of the cells (charge)" : "charging power", "CNY/W", kMega,
       [&](const S& s, size_t) { return p_.charge > 0 ? upper(s.c[last]) + row(s.down) : 0.0; });
  note(cold ? "temperature of the cells (discharge)" : "discharging power", "CNY/W", kMega,
       [&](const S& s, size_t) { return p_.discharge > 0 ? upper(s.d[last]) + row(s.up) : 0.0; });
  note("full battery", "CNY/J", kMwh,
       [&](const S& s, size_t) { return p_.energy_max > 0 ? upper(s.e) + row(s.ceiling) : 0.0; });
  note(p_.reserve > 0 ? "backup reserve" : "empty battery", "CNY/J", kMwh,
       [&](const S& s, size_t) { return p_.energy_max > 0 ? lower(s.e) + row(s.floor) : 0.0; });
  note("demand charge", "CNY/W", kMega, [&](const S& s, size_t) { return row(s.peak); });
  note("import limit", "CNY/W", kMega, [&](const S& s, size_t) { return upper(s.g); });
  note("export limit", "CNY/W", kMega, [&](const S& s, size_t) { return upper(s.x); });
  note("band of the frequency reserve", "CNY/W", kMega,
       [&](const S& s, size_t) { return upper(s.f); });
  note("size of the cooling storage", "CNY/J", kMwh,
       [&](const S& s, size_t) { return upper(s.s) + lower(s.s); });
  note("power of the cooling storage", "CNY/W", kMega,
       [&](const S& s, size_t) { return s.q < 0 ? 0.0 : upper(s.q) + upper(s.r); });
  note("deadline of waiting work", "CNY/J", kMwh,
       [&](const S& s, size_t) { return lower(s.work); });
  note("power of waiting work", "CNY/W", kMega, [&](const S& s, size_t) { return upper(s.m); });
  note("power of the genset", "CNY/W", kMega, [&](const S& s, size_t) { return row(s.at_most); });
  std::stable_sort(out.binding.begin(), out.binding.end(), [](const Binding& a, const Binding& b) {
    const auto size = [](const Binding& x) { return x.worth * (x.unit == "CNY/J" ? kMwh : kMega); };
    return size(a) > size(b);
  });
}

}  // namespace steppe::models
