// One-step method for long runs with inputs that change at every exchange: SDIRK of order 3,
// L-stable, stiffly accurate, three implicit stages with one matrix [Alexander 1977, p. 1012]. It
// never uses f at the start of a step, so a jump of a held input needs no restart, and stage
// equations keep every algebraic row at zero.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/solve/integrator.h"
#include "sim/solve/klu.h"

namespace steppe::solve {
namespace {

using core::Ledger;
using core::System;

constexpr double kGamma = 0.43586652150845899942;
constexpr double kC[3] = {kGamma, 0.5 * (1.0 + kGamma), 1.0};
constexpr double kB1 = -(6 * kGamma * kGamma - 16 * kGamma + 1) / 4;
constexpr double kB2 = (6 * kGamma * kGamma - 20 * kGamma + 5) / 4;
constexpr double kA[3][3] = {{kGamma, 0, 0}, {0.5 * (1.0 - kGamma), kGamma, 0}, {kB1, kB2, kGamma}};
// Embedded order 2 from the first two stages.
constexpr double kE2 = (1 - 2 * kGamma) / (1 - kGamma);
constexpr double kError[3] = {kB1 - (1 - kE2), kB2 - kE2, kGamma};

constexpr int kMaxNewton = 8;
constexpr double kSmallCorrection = 0.3;  // after a jump the rate of one pair of corrections says
                                          // little: see it small, too
constexpr double kUnknownRate = 0.3;      // of Newton's corrections by factors not yet tried
constexpr double kStepChange = 0.25;      // relative change of h that the old factors still bear

class Sdirk final : public Integrator {
 public:
  Sdirk(System& s, double t0)
      : s_(s), n_(static_cast<size_t>(s.size())), klu_(s.size(), s.col_ptr, s.row_index), t_(t0) {
    jac_.resize(static_cast<size_t>(s.nnz()) + 1);
    w_.resize(jac_.size());
    for (auto* v : {&f_[0], &f_[1], &f_[2], &stage_[0], &stage_[1], &stage_[2], &rhs_, &f_eval_,
                    &weight_, &last_rate_, &change_})
      v->assign(n_, 0.0);
    for (const auto& u : s.unknowns) {
      atol_.push_back(u.atol);
      lo_.push_back(u.lo);
      hi_.push_back(u.hi);
    }
    g_old_.resize(static_cast<size_t>(s.n_guards));
    g_new_.resize(static_cast<size_t>(s.n_guards));
    outputs_.resize(static_cast<size_t>(s.n_outputs));
    ledger_ = end_rates_ = rates_ = Ledger(s.ledger_rows().size());
  }

  void set_options(const Options& o) override {
    o_ = o;
    h_next_ = std::min(h_next_, o.max_step);
  }
  void restart(double t) override {
    t_ = t;
    h_next_ = std::min(o_.first_step, o_.max_step);
    jac_age_ = kStale;
    std::fill(last_rate_.begin(), last_rate_.end(), 0.0);
    have_guards_ = false;
    ++stats_.restarts;
  }
  /// The guards keep their values of before: one that the new input lifts past zero is a crossing,
  /// too.
  void input_changed(double) override {}
  Ledger& ledger() override { return ledger_; }
  const double* outputs() const override { return outputs_.data(); }
  const Ledger* rates() const override { return &end_rates_; }

  double advance(double t_stop, std::vector<int>& fired) override {
    fired.clear();
    if (s_.n_guards > 0 && !have_guards_) {
      s_.guards(t_, s_.y.data(), g_old_.data());
      have_guards_ = true;
    }
    double h = std::min(h_next_, o_.max_step);
    const double left = t_stop - t_;
    // Land on t_stop without a sliver: stretch by up to 1 %, or halve what is left.
    if (h >= left * 0.99)
      h = left;
    else if (h > 0.5 * left)
      h = 0.5 * left;
    bool rejected = false;
    for (;;) {
      if (h < kLeastStep + 4e-16 * std::abs(t_)) fail(h);
      Outcome o = try_step(h);
      if (o == Outcome::accepted) {
        if (evaluate_end(h)) break;
        o = Outcome::newton_failed;  // it had only seemed to converge
        jac_age_ = kStale;
      }
      ++stats_.rejected;
      h *= o == Outcome::newton_failed ? 0.25 : std::clamp(0.9 * std::cbrt(1.0 / error_), 0.1, 0.9);
      h_next_ = h;  // what was planned before is refuted
      rejected = true;
    }
    // Straight after a rejection a step does not grow [Hairer 1993, II.4].
    const double grow =
        std::clamp(0.9 / std::cbrt(std::max(error_, 1e-9)), 0.2, rejected ? 1.0 : 5.0);
    double h_new = h * grow;
    if (highest() >= 0.0) {
      h = locate(h, fired);
      h_new = std::min(h_new, std::max(h, o_.first_step));
    }
    // A step cut short by t_stop says nothing against the longer one planned before.
    h_next_ = h < h_next_ * 0.99 ? std::max(h_new, std::min(h_next_, h * 5.0)) : h_new;
    commit(h);
    t_ = h == left ? t_stop : t_ + h;
    return t_;
  }

  void save(core::StateWriter& w) const override {
    w.put(t_);
    w.put(h_next_);
    w.put(h_factored_);
    w.put(jac_age_);
    w.put(rate_);
    w.put(jac_);
    w.put(h_pivots_);
    w.put(last_rate_);
    w.put(ledger_.values());
    w.put(stats_);
  }
  void load(core::StateReader& r) override {
    r.get(t_);
    r.get(h_next_);
    r.get(h_factored_);
    r.get(jac_age_);
    r.get(rate_);
    r.get(jac_);
    r.get(h_pivots_);
    r.get(last_rate_);
    r.get(ledger_.values());
    r.get(stats_);
    if (jac_age_ < kStale && h_factored_ > 0.0) {
      // The way to the factors is part of the state: only then are they the same, bit for bit.
      const double h = h_factored_;
      factor(h_pivots_);
      if (h != h_pivots_) refactor(h);
    }
    have_guards_ = false;
  }

 private:
  enum class Outcome { accepted, newton_failed, inaccurate };
  static constexpr int kStale = 1000000;
  static constexpr double kLeastStep = 1e-12;  // s; plus what a double resolves at t

  /// The matrix of a step h and the Jacobian in force.
  void assemble(double h) {
    const double hg = h * kGamma;
    for (size_t c = 0; c < n_; ++c)
      for (int k = s_.col_ptr[c]; k < s_.col_ptr[c + 1]; ++k) {
        const auto row = static_cast<size_t>(s_.row_index[static_cast<size_t>(k)]);
        w_[static_cast<size_t>(k)] =
            -(s_.mass[row] != 0.0 ? hg : 1.0) * jac_[static_cast<size_t>(k)];
      }
    for (size_t i = 0; i < n_; ++i) w_[static_cast<size_t>(s_.diagonal[i])] += s_.mass[i];
  }
  /// Factors with new pivots. False: singular.
  bool factor(double h) {
    assemble(h);
    h_factored_ = h_pivots_ = h;
    return klu_.factor(w_.data());
  }
  /// Factors for another step; the pivots stay those of the Jacobian where they still serve.
  bool refactor(double h) {
    if (h == h_pivots_) return factor(h);
    assemble(h);
    h_factored_ = h;
    return klu_.refactor(w_.data()) || factor(h);
  }
  void factors_changed() {
    rate_ = std::max(rate_, kUnknownRate);
    ++stats_.factorisations;
  }
  bool refresh_jacobian(double t, const double* y, double h) {
    s_.jacobian(t, y, jac_.data());
    ++stats_.jacobians;
    jac_age_ = 0;
    factors_changed();
    return factor(h);
  }
  double norm(const std::vector<double>& v) const {
    double sum = 0.0;
    for (size_t i = 0; i < n_; ++i) {
      const double x = v[i] * weight_[i];
      sum += x * x;
    }
    return std::sqrt(sum / static_cast<double>(n_));
  }

  Outcome try_step(double h) {
    for (size_t i = 0; i < n_; ++i)
      weight_[i] = 1.0 / (o_.rtol * std::abs(s_.y[i]) + o_.atol_factor * atol_[i]);
    bool fresh = false;
    if (jac_age_ >= kStale) {
      if (!refresh_jacobian(t_, s_.y.data(), h)) return Outcome::newton_failed;
      fresh = true;
    } else if (std::abs(h / h_factored_ - 1.0) > kStepChange) {
      factors_changed();
      if (!refactor(h)) return Outcome::newton_failed;
    }
    follow_trend_ = true;
    for (int i = 0; i < 3; ++i) {
      if (solve_stage(i, h)) continue;
      follow_trend_ = false;
      if (fresh) {
        jac_age_ = kStale;
        return Outcome::newton_failed;
      }
      if (!refresh_jacobian(t_, s_.y.data(), h)) return Outcome::newton_failed;
      fresh = true;
      i = -1;
    }
    for (size_t i = 0; i < n_; ++i)  // f_ of an equation is 0
      change_[i] = h * (kError[0] * f_[0][i] + kError[1] * f_[1][i] + kError[2] * f_[2][i]);
    klu_.solve(change_.data());
    error_ = norm(change_);
    return error_ <= 1.0 ? Outcome::accepted : Outcome::inaccurate;
  }

  /// Start of Newton at a stage: what is known of the slopes so far, continued; algebraic unknowns
  /// follow those of the last step, most of them being driven by inputs that move along ramps.
  void guess(int i, double h, std::vector<double>& y) const {
    const auto& from = i == 0 ? s_.y : stage_[i - 1];
    const double dt = (i == 0 ? kC[0] : kC[i] - kC[i - 1]) * h;
    const double trend = follow_trend_ ? dt : 0.0;
    const double further = follow_trend_ ? dt / ((kC[1] - kC[0]) * h) : 0.0;
    for (size_t k = 0; k < n_; ++k) {
      if (s_.mass[k] != 0.0)
        y[k] = from[k] + dt * (i == 0 ? last_rate_[k] : f_[i - 1][k] / s_.mass[k]);
      else
        y[k] = from[k] + (i < 2 ? trend * last_rate_[k] : further * (stage_[1][k] - stage_[0][k]));
    }
  }

  bool solve_stage(int i, double h) {
    auto& y = stage_[i];
    guess(i, h, y);
    for (size_t k = 0; k < n_; ++k) rhs_[k] = s_.mass[k] * s_.y[k];
    for (int j = 0; j < i; ++j) {
      const double weight = h * kA[i][j];
      for (size_t k = 0; k < n_; ++k) rhs_[k] += weight * f_[j][k];
    }
    const double t = t_ + kC[i] * h;
    double previous = 0.0;
    for (int it = 0; it < kMaxNewton; ++it) {
      s_.residual(t, y.data(), f_eval_.data());
      ++stats_.residuals;
      ++stats_.newton;
      const double size = correct(i, h);
      if (!std::isfinite(size)) return false;
      if (it > 0) {
        rate_ = std::max(0.3 * rate_, size / previous);
        if (rate_ > 0.9 && size > o_.newton_tol) return false;
      }
      // What is left after this correction: the geometric tail of the corrections to come.
      const double tail = rate_ < 1.0 ? rate_ / (1.0 - rate_) * size : size;
      if (size < 1e-4 * o_.newton_tol || (size < kSmallCorrection && tail < o_.newton_tol)) {
        if (it >= 4)
          jac_age_ = kStale;  // it converged, but slowly: a new Jacobian is cheaper next time
        return finish_stage(i, h);
      }
      previous = size;
    }
    return false;
  }
  /// One Newton correction of a stage from f_eval_, which belongs to it; gives its size.
  double correct(int i, double h) {
    double *y = stage_[i].data(), *change = change_.data();
    const double *mass = s_.mass.data(), *rhs = rhs_.data(), *f = f_eval_.data(),
                 *weight = weight_.data();
    const double hg = h * kGamma;
    for (size_t k = 0; k < n_; ++k)
      change[k] = rhs[k] + (mass[k] != 0.0 ? hg : 1.0) * f[k] - mass[k] * y[k];
    klu_.solve(change);
    double sum = 0.0;
    for (size_t k = 0; k < n_; ++k) {
      y[k] += change[k];
      const double x = change[k] * weight[k];
      sum += x * x;
    }
    return std::sqrt(sum / static_cast<double>(n_));
  }
  /// Takes the stage as it is: its M·dy/dt follows. False: a value is out of its bounds.
  bool finish_stage(int i, double h) {
    const double *y = stage_[i].data(), *mass = s_.mass.data(), *before = s_.y.data();
    double* f = f_[i].data();
    bool inside = true;
    for (size_t k = 0; k < n_; ++k) {
      inside &= y[k] >= lo_[k] && y[k] <= hi_[k];
      f[k] = mass[k] * (y[k] - before[k]) / h;
    }
    for (int j = 0; j < i; ++j)
      for (size_t k = 0; k < n_; ++k) f[k] -= kA[i][j] * f_[j][k];
    for (size_t k = 0; k < n_; ++k) f[k] /= kGamma;
    return inside;
  }

  /// Guards, outputs and ledger rates at the end of the tried step, in one pass. What Newton left
  /// at an electrical node is power from nowhere: more corrections take it away where it counts,
  /// with new Jacobians where the old one does not (near the end of a solution branch they
  /// converge slowly, too). False: so much is left that this is no solution.
  bool evaluate_end(double h) {
    constexpr int kMost = 20;
    constexpr double kNoSolution = 1e3;  // of the closure asked for
    bool fresh = false;
    double before = std::numeric_limits<double>::infinity();
    for (int it = 0;; ++it) {
      s_.evaluate(t_ + h, stage_[2].data(), f_eval_.data(), &end_rates_, outputs_.data(),
                  g_new_.data());
      ++stats_.residuals;
      const double off = missing_power();
      const bool slow = off > 0.1 * before;
      if (off <= o_.node_closure || it == kMost || (fresh && off > 0.9 * before) ||
          (slow && !refresh_jacobian(t_ + h, stage_[2].data(), h))) {
        if (it > 0) finish_stage(2, h);
        return off <= kNoSolution * o_.node_closure;
      }
      fresh = fresh || slow;
      before = off;
      correct(2, h);
    }
  }
  /// Largest power missing at a node (from f_eval_ at stage 2) over what flows through the site,
  /// 1 W at least.
  double missing_power() const {
    double most = 0.0;
    for (const auto& n : s_.nodes) {
      const auto i = static_cast<size_t>(n.first);
      if (n.kind == core::PortKind::ac)
        most =
            std::max(most, std::abs(stage_[2][i] * f_eval_[i] + stage_[2][i + 1] * f_eval_[i + 1]));
      else if (n.kind == core::PortKind::dc)
        most = std::max(most, std::abs(stage_[2][i] * f_eval_[i]));
    }
    // Both sides of the balance: energy from a state (capacitors) is in no account of the sources.
    double fed = 0.0, drawn = 0.0;
    const auto rates = end_rates_.total();
    for (size_t a = 0; a < rates.size(); ++a)
      (core::kElectricSign[a] * rates[a] > 0.0 ? fed : drawn) +=
          std::abs(core::kElectricSign[a] * rates[a]);
    return most / (1.0 + std::max(fed, drawn));
  }
  double highest() const {
    double g = -1e300;
    for (size_t i = 0; i < g_old_.size(); ++i)
      if (g_old_[i] < 0.0) g = std::max(g, g_new_[i]);
    return g;
  }

  /// Shrinks the step until it ends just behind the first crossing: real steps, not an interpolant,
  /// so the state there is as accurate as any other.
  double locate(double h, std::vector<int>& fired) {
    double lo = 0.0, hi = h;
    double g_lo = -1e300, g_hi = highest();
    for (size_t i = 0; i < g_old_.size(); ++i)
      if (g_old_[i] < 0.0 && g_new_[i] >= 0.0) g_lo = std::max(g_lo, g_old_[i]);
    int side = 0;
    for (int it = 0; it < 100 && hi - lo > o_.root_tol; ++it) {
      double mid = it % 4 == 3 ? 0.5 * (lo + hi) : lo + (hi - lo) * (-g_lo / (g_hi - g_lo));
      mid = std::clamp(mid, lo + 0.01 * (hi - lo), hi - 0.01 * (hi - lo));
      if (try_step(mid) == Outcome::newton_failed) {
        mid = 0.5 * (lo + hi);
        if (try_step(mid) == Outcome::newton_failed) fail(mid);
      }
      evaluate_end(mid);
      const double g = highest();
      if (g >= 0.0) {  // Illinois: halve the value kept on the other side when one side moves twice
        hi = mid;
        g_hi = g;
        if (side == 1) g_lo *= 0.5;
        side = 1;
      } else {
        lo = mid;
        g_lo = g;
        if (side == -1) g_hi *= 0.5;
        side = -1;
      }
    }
    if (try_step(hi) == Outcome::newton_failed) fail(hi);
    evaluate_end(hi);
    for (size_t i = 0; i < g_old_.size(); ++i)
      if (g_old_[i] < 0.0 && g_new_[i] >= 0.0) fired.push_back(static_cast<int>(i));
    return hi;
  }

  void commit(double h) {
    constexpr double kB[3] = {kB1, kB2, kGamma};
    for (int i = 0; i < 3; ++i) {
      if (i < 2) s_.residual(t_ + kC[i] * h, stage_[i].data(), f_eval_.data(), &rates_);
      ledger_.add(h * kB[i], i < 2 ? rates_ : end_rates_);
    }
    stats_.residuals += 2;
    s_.y = stage_[2];
    const double per_time = 1.0 / ((kC[2] - kC[1]) * h);
    for (size_t k = 0; k < n_; ++k)
      last_rate_[k] =
          s_.mass[k] != 0.0 ? f_[2][k] / s_.mass[k] : per_time * (stage_[2][k] - stage_[1][k]);
    std::swap(g_old_, g_new_);
    if (jac_age_ < kStale) ++jac_age_;
    ++stats_.steps;
  }

  [[noreturn]] void fail(double h) {
    s_.residual(t_, s_.y.data(), f_eval_.data());
    throw SolveError(fmt::format("{}\n  smallest step tried: {:.3g} s",
                                 diagnose(s_, t_, f_eval_.data(), change_.data(), o_.rtol), h));
  }

  System& s_;
  size_t n_;
  Klu klu_;
  Options o_;
  double t_, h_next_ = 1e-3, h_factored_ = 0.0, h_pivots_ = 0.0, error_ = 0.0, rate_ = 0.1;
  int jac_age_ = kStale;
  bool have_guards_ = false;
  bool follow_trend_ = true;            ///< false after Newton failed from a guess along the trend
  std::vector<double> atol_, lo_, hi_;  ///< of the unknowns
  std::vector<double> jac_, w_, f_[3], stage_[3], rhs_, f_eval_, weight_, last_rate_, change_,
      g_old_, g_new_;
  std::vector<double> outputs_;
  Ledger ledger_, end_rates_, rates_;
};

}  // namespace

std::unique_ptr<Integrator> make_sdirk(System& s, double t0) {
  return std::make_unique<Sdirk>(s, t0);
}

}  // namespace steppe::solve
