#include "sim/solve/event_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/base/rng.h"
#include "sim/base/units.h"
#include "sim/solve/newton.h"

namespace steppe::solve {
namespace {

using core::EventContext;
using core::from_seconds;
using core::kNever;
using core::LedgerArray;
using core::Nanoseconds;
using core::System;
using core::to_seconds;

constexpr int kMostRounds = 20;

class Loop {
 public:
  Loop(System& s, const RunOptions& o, Observer& obs) : s_(s), o_(o), obs_(obs) {
    outputs_.resize(static_cast<size_t>(s.n_outputs));
    guards_.resize(static_cast<size_t>(s.n_guards));
  }

  SteadyResult start() {
    use_window(0);
    for (size_t c = 0; c < s_.components.size(); ++c) {
      EventContext e = context(EventContext::Kind::start, 0);
      s_.components[c].batch->on_event(s_.components[c].k, prepare(e, static_cast<int>(c)));
    }
    // Controllers must not start from guesses: a first search with their first answers only finds
    // what they then see.
    core::StateWriter fresh;
    for (const auto& p : s_.processes) p.process->save(fresh);
    refresh_outputs();
    rehearsal_ = true;
    for (size_t p = 0; p < s_.processes.size(); ++p) update_process(p);
    rehearsal_ = false;
    s_.refresh_mass(
        0.0);  // at rest a lag equals its target, so the search may keep all of them as states
    if (!s_.processes.empty()) {
      find_steady(s_, 0.0, profile_->rtol);  // if this one fails, the next says why
      refresh_outputs();
      core::StateReader again(fresh.bytes());
      for (auto& p : s_.processes) p.process->load(again);
      for (size_t p = 0; p < s_.processes.size(); ++p) update_process(p);
    }
    SteadyResult r;
    // Processes see the steady values and may choose other outputs: repeat until they agree.
    for (int round = 0;; ++round) {
      r = find_steady(s_, 0.0, profile_->rtol);
      if (!r.ok) throw SolveError("no steady state to start from " + r.message);
      const bool changed = settle_guards({}, true);
      if (!changed) break;
      if (round == kMostRounds) throw SolveError("the start does not settle: " + last_guards_);
    }
    s_.refresh_mass(profile_->collapse_below);
    refresh_outputs();
    return r;
  }

  RunSummary run() {
    RunSummary out;
    if (o_.restart) {
      load(*o_.restart);
    } else {
      const auto steady = start();
      out.steady_how = steady.how;
      out.steady_iterations = steady.iterations;
      make_integrator();
      stored_start_ = s_.stored(s_.y.data());
      integrator_->restart(0.0);
      sample(true);
      record_if_due();
    }
    const Nanoseconds end = from_seconds(o_.t_end);
    while (now_ < end) {
      if (o_.stop.stop_requested()) {
        out.status = RunSummary::Status::cancelled;
        break;
      }
      discrete_instant();
      integrate(std::min(end, next_stop()));
      if (o_.progress) o_.progress(t_);
    }
    if (o_.on_checkpoint) o_.on_checkpoint(t_, save());
    finish(out);
    return out;
  }

 private:
  // --- profile windows
  void use_window(size_t w) {
    window_ = w;
    profile_ = &o_.windows[w].profile;
    if (integrator_) {
      retire_stored();
      make_integrator();
      s_.refresh_mass(profile_->collapse_below);
      restart_solver();
      stored_start_ = s_.stored(s_.y.data());
    }
    record_next_ = recorded_ == now_ ? after(now_, profile_->record) : now_;
    ledger_limit_ = std::max(ledger_limit_, profile_->ledger_limit);
  }
  /// Collapsing changes which states store energy: what was stored so far is booked before M
  /// changes.
  void retire_stored() {
    const auto stored = s_.stored(s_.y.data());
    for (size_t a = 0; a < stored.size(); ++a) stored_done_[a] += stored[a] - stored_start_[a];
  }
  void make_integrator() {
    core::Ledger so_far(s_.ledger_rows().size());
    if (integrator_) {
      so_far = integrator_->ledger();
      add(stats_, integrator_->statistics());
    }
    integrator_ = profile_->method == Method::ida ? make_ida(s_, t_) : make_sdirk(s_, t_);
    integrator_->ledger() = so_far;
    Options opt;
    opt.rtol = profile_->rtol;
    opt.atol_factor = profile_->rtol / profile_named(profile_->name).rtol;
    opt.max_step = profile_->max_step;
    opt.first_step = std::min(1e-3, 0.1 * profile_->max_step);
    opt.newton_tol = profile_->newton_tol;
    integrator_->set_options(opt);
  }
  static void add(Statistics& a, const Statistics& b) {
    a.steps += b.steps;
    a.rejected += b.rejected;
    a.newton += b.newton;
    a.residuals += b.residuals;
    a.jacobians += b.jacobians;
    a.factorisations += b.factorisations;
    a.restarts += b.restarts;
  }

  // --- discrete side
  EventContext context(EventContext::Kind kind, int id, double value = 0.0) const {
    EventContext e;
    e.kind = kind;
    e.id = id;
    e.value = value;
    e.now = now_;
    return e;
  }
  /// Points the context at a component's slices; x is copied, since the handler may change
  /// variables.
  EventContext& prepare(EventContext& e, int component) {
    const auto& inst = s_.components[static_cast<size_t>(component)].instance();
    x_.clear();
    for (int32_t i : inst.index) {
      const auto k = static_cast<size_t>(i >= 0 ? i : ~i);
      x_.push_back(i >= 0 ? s_.y[k]
                          : s_.held.value[k] + s_.held.slope[k] * (t_ - s_.held.since[k]));
    }
    e.x = x_.data();
    e.modes = s_.modes.data() + inst.first_mode;
    e.timers = s_.timers.data() + inst.first_timer;
    e.vars = s_.y.data() + inst.first_var;
    return e;
  }
  /// Calls a component's handler and logs what it did. True: a mode or a variable changed.
  bool handle(int component, EventContext e, const std::string& cause) {
    const auto& c = s_.components[static_cast<size_t>(component)];
    const auto& layout = c.batch->layout();
    prepare(e, component);
    const std::vector<int> modes_before(e.modes, e.modes + layout.modes.size());
    const std::vector<double> vars_before(e.vars, e.vars + layout.vars.size());
    c.batch->on_event(c.k, e);
    bool logged = false;
    for (size_t m = 0; m < layout.modes.size(); ++m) {
      if (e.modes[m] == modes_before[m]) continue;
      const auto& info = layout.modes[m];
      log({t_, c.id, layout.modes.size() > 1 ? info.name + " " + cause : cause,
           info.values[static_cast<size_t>(modes_before[m])],
           info.values[static_cast<size_t>(e.modes[m])], e.text});
      logged = true;
    }
    if (!logged && (!e.text.empty() || e.kind == EventContext::Kind::command))
      log({t_, c.id, cause, "", "", e.text});
    return logged || !std::equal(vars_before.begin(), vars_before.end(), e.vars);
  }
  void log(EventRecord r) {
    if (rehearsal_) return;
    last_guards_ = r.component + "." + r.name;
    recent_.push_back(fmt::format("{} {} {}{}", format_duration(r.time), r.component, r.name,
                                  r.to.empty() ? "" : " → " + r.to));
    if (recent_.size() > 5) recent_.erase(recent_.begin());
    obs_.event(r);
  }

  class Context final : public core::ProcessContext {
   public:
    Context(Loop& l, System::ProcessRef& p) : loop_(l), p_(p) {
      now = l.now_;
      exchange = from_seconds(l.profile_->exchange);
      end = from_seconds(l.o_.t_end);
    }
    double in(int input, int k) const override {
      const auto& src = p_.inputs[static_cast<size_t>(input)][static_cast<size_t>(k)];
      using Kind = System::SignalSource::Kind;
      const auto i = static_cast<size_t>(src.index);
      switch (src.kind) {
        case Kind::unknown:
          return loop_.s_.y[i];
        case Kind::output:
          return loop_.outputs_[i];
        case Kind::held: {
          const auto& h = loop_.s_.held;
          return h.value[i] + h.slope[i] * (loop_.t_ - h.since[i]);
        }
        case Kind::none:
          break;
      }
      return 0.0;
    }
    void out(int output, double value, int k) override { ramp(output, value, 0.0, k); }
    void ramp(int output, double value, double slope, int k) override {
      const auto i =
          static_cast<size_t>(p_.outputs[static_cast<size_t>(output)][static_cast<size_t>(k)]);
      if (!std::isfinite(value) || !std::isfinite(slope))
        throw SolveError(fmt::format("'{}' gave {} at t = {}", loop_.s_.held_names[i], value,
                                     format_duration(loop_.t_)));
      auto& h = loop_.s_.held;
      if (h.value[i] != value || h.slope[i] != slope || h.slope[i] != 0.0)
        loop_.held_changed_ = true;
      h.value[i] = value;
      h.slope[i] = slope;
      h.since[i] = loop_.t_;
    }
    void discontinuity() override { loop_.jump_ = true; }
    void event(const std::string& name, const std::string& from, const std::string& to,
               const std::string& text) override {
      loop_.log({loop_.t_, p_.id, name, from, to, text});
    }

   private:
    Loop& loop_;
    System::ProcessRef& p_;
  };

  void update_process(size_t p) {
    auto& ref = s_.processes[p];
    Context c(*this, ref);
    ref.process->update(c);
    STEPPE_CHECK(ref.process->next_time() > now_);
  }

  void apply(const TimelineEvent& e) {
    if (e.component >= 0) {
      jump_ |=
          handle(e.component, context(EventContext::Kind::command, e.command, e.value), e.name);
    } else if (e.process >= 0) {
      auto& ref = s_.processes[static_cast<size_t>(e.process)];
      Context c(*this, ref);
      log({t_, ref.id, e.name, "", "", ""});
      ref.process->command(e.process_command, e.value, c);
      jump_ = true;
    } else {
      auto& h = s_.held;
      const auto i = static_cast<size_t>(e.held);
      const double old = h.value[i] + h.slope[i] * (t_ - h.since[i]);
      h.value[i] = e.ramp > 0.0 ? old : e.value;
      h.slope[i] = e.ramp > 0.0 ? (e.value - old) / e.ramp : 0.0;
      h.since[i] = t_;
      if (e.ramp > 0.0) ramp_ends_.push_back({now_ + from_seconds(e.ramp), e.held, e.value});
      log({t_, e.target, e.name, fmt::format("{:.6g}", old), fmt::format("{:.6g}", e.value), ""});
      jump_ |= e.ramp <= 0.0;
      held_changed_ = true;
    }
  }

  /// Everything scheduled for the present instant, in a fixed order: window, timeline, timers,
  /// processes.
  void discrete_instant() {
    jump_ = held_changed_ = false;
    if (window_ + 1 < o_.windows.size() && o_.windows[window_ + 1].from <= now_) {
      use_window(window_ + 1);
      log({t_, "run", "profile", "", profile_->name, ""});
    }
    for (auto it = ramp_ends_.begin(); it != ramp_ends_.end();) {
      if (it->at > now_) {
        ++it;
        continue;
      }
      const auto i = static_cast<size_t>(it->held);
      s_.held.value[i] = it->value;
      s_.held.slope[i] = 0.0;
      held_changed_ = true;
      it = ramp_ends_.erase(it);
    }
    for (; next_event_ < o_.timeline.size() && o_.timeline[next_event_].at <= now_; ++next_event_)
      apply(o_.timeline[next_event_]);
    for (size_t i = 0; i < s_.timers.size(); ++i) {
      if (s_.timers[i] > now_) continue;
      s_.timers[i] = kNever;
      const auto [component, timer] = s_.timer_refs[i];
      const auto& info =
          s_.components[static_cast<size_t>(component)].batch->layout().timers[static_cast<size_t>(
              timer)];
      jump_ |= handle(component, context(EventContext::Kind::timer, timer), info.name);
    }
    bool due = false;
    for (const auto& p : s_.processes) due = due || p.process->next_time() <= now_;
    if (due) {
      if (jump_) {
        restart_solver();
        refresh_outputs();
      }
      for (size_t p = 0; p < s_.processes.size(); ++p)
        if (s_.processes[p].process->next_time() <= now_) update_process(p);
    }
    if (jump_)
      settle_guards({}, false);
    else if (held_changed_)
      integrator_->input_changed(t_);
  }

  /// After a jump: consistent algebraic unknowns, guards re-evaluated, until nothing fires. True:
  /// something fired.
  bool settle_guards(std::vector<int> fired, bool steady) {
    bool any = false;
    for (int round = 0;; ++round) {
      std::set<std::string> names;
      bool changed = false;
      for (int g : fired) {
        const auto [component, guard] = s_.guard_refs[static_cast<size_t>(g)];
        const auto& c = s_.components[static_cast<size_t>(component)];
        const auto& info = c.batch->layout().guards[static_cast<size_t>(guard)];
        names.insert(c.id + "." + info.name);
        changed |= handle(component, context(EventContext::Kind::guard, guard), info.name);
      }
      any |= changed;
      if (steady) {
        if (any && changed) return true;  // the steady search runs again with the new modes
      } else {
        restart_solver();
      }
      s_.guards(t_, s_.y.data(), guards_.data());
      fired.clear();
      for (size_t g = 0; g < guards_.size(); ++g)
        if (guards_[g] >= 0.0) fired.push_back(static_cast<int>(g));
      if (fired.empty()) break;
      if (round >= kMostRounds)
        throw SolveError(
            fmt::format("chattering at t = {}: the guards {} keep firing without settling; give "
                        "them hysteresis or a dwell time",
                        format_duration(t_), fmt::join(names, ", ")));
    }
    if (!steady) sample(true);
    return any;
  }

  void restart_solver() {
    s_.refresh_mass(profile_->collapse_below);
    if (const auto why = make_consistent(s_, t_, profile_->rtol, stats_); !why.empty())
      throw SolveError(fmt::format("no consistent values after an event {}\n  last events: {}", why,
                                   fmt::join(recent_, "; ")));
    integrator_->restart(t_);
  }

  Nanoseconds next_stop() const {
    Nanoseconds t = dense() ? kNever : record_next_;
    if (next_event_ < o_.timeline.size()) t = std::min(t, o_.timeline[next_event_].at);
    if (window_ + 1 < o_.windows.size()) t = std::min(t, o_.windows[window_ + 1].from);
    for (Nanoseconds x : s_.timers) t = std::min(t, x);
    for (const auto& p : s_.processes) t = std::min(t, p.process->next_time());
    for (const auto& r : ramp_ends_) t = std::min(t, r.at);
    for (Nanoseconds c : o_.checkpoints)
      if (c > now_) t = std::min(t, c);
    return t;
  }

  void integrate(Nanoseconds stop) {
    const double t_stop = to_seconds(stop);
    std::vector<int> fired;
    while (t_ < t_stop) {
      bool jumped = false;
      try {
        t_ = integrator_->advance(t_stop, fired);
      } catch (const SolveError& e) {
        jump_to_other_branch(e);
        jumped = true;
        fired.clear();
      }
      if (t_ >= t_stop)
        now_ = stop;
      else
        now_ = std::min(from_seconds(t_), stop);
      sample(jumped);
      if (dense()) record_passed();
      if (!fired.empty()) {
        settle_guards(fired, false);
        break;  // handlers may have set timers
      }
      if (o_.stop.stop_requested()) break;
    }
    if (t_ >= t_stop) {
      t_ = t_stop;
      now_ = stop;
    }
    record_if_due();
    if (o_.on_checkpoint &&
        std::find(o_.checkpoints.begin(), o_.checkpoints.end(), now_) != o_.checkpoints.end() &&
        t_ == to_seconds(now_))
      o_.on_checkpoint(t_, save());
  }

  /// Where a solution branch of the algebraic equations ends (a bus that can no longer hold its
  /// voltage, say), no step is small enough. What happens there is too fast for the profile in
  /// force: the nodes relax to the next stable branch.
  void jump_to_other_branch(const SolveError& e) {
    constexpr double kAgain = 1e-3;  // s; a second jump within this time is a failure
    if (t_ - last_jump_ < kAgain) throw e;
    last_jump_ = t_;
    std::vector<bool> held;
    for (double m : s_.mass) held.push_back(m != 0.0);
    int iterations = 0;
    const auto before = s_.y;
    // A large order that a controller has just given is no jump of the site's own: the algebraic
    // unknowns follow it, further than a step's undamped Newton reaches.
    if (damped_newton(s_, t_, held, profile_->rtol, stats_).empty()) {
      auto moved = s_.y;
      for (size_t i = 0; i < moved.size(); ++i) moved[i] -= before[i];
      if (wrms(s_, profile_->rtol, s_.y.data(), moved.data()) > 1.0)
        return integrator_->restart(t_);
    }
    s_.y = before;
    if (!relax(s_, t_, held, profile_->rtol, iterations).empty()) throw e;
    size_t most = 0;
    for (size_t i = 0; i < before.size(); ++i) {
      auto size = [&](size_t k) {
        return std::abs(s_.y[k] - before[k]) / (std::abs(before[k]) + 1e3 * s_.unknowns[k].atol);
      };
      if (size(i) > size(most)) most = i;
    }
    log({t_, "run", "branch", fmt::format("{:.6g}", before[most]),
         fmt::format("{:.6g}", s_.y[most]),
         fmt::format("{} jumped to another stable value", s_.unknowns[most].name)});
    integrator_->restart(t_);
  }

  void refresh_outputs() { s_.outputs(t_, s_.y.data(), outputs_.data()); }
  void sample(bool jump) {
    if (const double* end = jump ? nullptr : integrator_->outputs())
      std::copy(end, end + outputs_.size(), outputs_.begin());
    else
      refresh_outputs();
    obs_.sample(t_, s_, outputs_.data(), jump ? nullptr : integrator_->rates(), jump);
  }
  /// A recording interval below the exchange does not shorten steps: rows lie inside them.
  bool dense() const {
    constexpr double kMeans = 10.0;  // s; longer windows hold means, which need their own steps
    return profile_->record < profile_->exchange && profile_->record < kMeans;
  }
  void record_passed() {
    for (; record_next_ <= now_; record_next_ = after(record_next_, profile_->record)) {
      obs_.record(record_next_ == now_ ? t_ : to_seconds(record_next_));
      recorded_ = record_next_;
    }
  }
  void record_if_due() {
    if (now_ < record_next_) return;
    obs_.record(t_);
    recorded_ = now_;
    record_next_ = after(now_, profile_->record);
  }
  /// Next multiple of `every` seconds.
  static Nanoseconds after(Nanoseconds t, double every) {
    const Nanoseconds n = from_seconds(every);
    return (t / n + 1) * n;
  }

  // --- checkpoints
  /// Equal for systems whose unknowns, signals and processes have the same names in the same order.
  uint64_t fingerprint() const {
    std::string names;
    for (const auto& u : s_.unknowns) names += u.name + '\n';
    for (const auto& h : s_.held_names) names += h + '\n';
    for (const auto& p : s_.processes) names += p.id + '\n';
    for (const auto& type : s_.ledger_rows()) names += type + '\n';
    return stable_hash(names);
  }
  std::vector<char> save() const {
    core::StateWriter w;
    w.put(kCheckpointVersion);
    w.put(s_.y.size());
    w.put(fingerprint());
    w.put(now_);
    w.put(t_);
    w.put(window_);
    w.put(record_next_);
    w.put(next_event_);
    w.put(ramp_ends_);
    w.put(s_.y);
    w.put(s_.modes);
    w.put(s_.timers);
    w.put(s_.held.value);
    w.put(s_.held.slope);
    w.put(s_.held.since);
    w.put(stored_start_);
    w.put(stored_done_);
    w.put(ledger_limit_);
    w.put(stats_);
    integrator_->save(w);
    for (const auto& p : s_.processes) p.process->save(w);
    return w.bytes();
  }
  void load(const std::vector<char>& bytes) {
    core::StateReader r(bytes);
    int version = 0;
    size_t n = 0;
    uint64_t print = 0;
    r.get(version);
    if (version != kCheckpointVersion)
      throw UserError("the checkpoint was written by another version of steppe");
    r.get(n);
    r.get(print);
    if (n != s_.y.size())
      throw UserError(fmt::format(
          "the checkpoint does not fit this scenario: it holds {} unknowns, the scenario has {}", n,
          s_.y.size()));
    if (print != fingerprint())
      throw UserError(
          "the checkpoint does not fit this scenario: its components or signals have other names");
    size_t window = 0;
    Nanoseconds record_next = 0;
    r.get(now_);
    r.get(t_);
    r.get(window);
    r.get(record_next);
    r.get(next_event_);
    r.get(ramp_ends_);
    if (window >= o_.windows.size() || next_event_ > o_.timeline.size())
      throw UserError(
          "the checkpoint does not fit this scenario: it has fewer profile windows or events");
    use_window(window);
    record_next_ = record_next;
    r.get(s_.y);
    r.get(s_.modes);
    r.get(s_.timers);
    r.get(s_.held.value);
    r.get(s_.held.slope);
    r.get(s_.held.since);
    r.get(stored_start_);
    r.get(stored_done_);
    r.get(ledger_limit_);
    r.get(stats_);
    s_.refresh_mass(profile_->collapse_below);
    make_integrator();
    integrator_->load(r);
    for (auto& p : s_.processes) p.process->load(r);
    if (!r.done()) throw UserError("the checkpoint does not fit this scenario");
    sample(true);
  }

  void finish(RunSummary& out) {
    retire_stored();
    out.t = t_;
    add(stats_, integrator_->statistics());
    out.statistics = stats_;
    const auto& ledger = integrator_->ledger();
    for (size_t i = 0; i < ledger.rows(); ++i)
      out.ledger_by_type.push_back({s_.ledger_rows()[i], ledger.row(i)});
    out.ledger = ledger.total();
    out.ledger[core::kElectricStore] += stored_done_[core::kElectricStore];
    out.ledger[core::kHeatStore] += stored_done_[core::kHeatStore];
    out.ledger_limit = ledger_limit_;
    double electric = 0.0, heat = 0.0, in = 0.0, electric_in = 0.0;
    for (size_t a = 0; a < core::kAccounts; ++a) {
      electric += core::kElectricSign[a] * out.ledger[a];
      heat += core::kHeatSign[a] * out.ledger[a];
      if (core::kElectricSign[a] > 0) electric_in += std::abs(out.ledger[a]);
      if (core::kHeatSign[a] > 0) in += std::abs(out.ledger[a]);
    }
    out.residual_energy = electric_in > 0.0 ? std::abs(electric) / electric_in : 0.0;
    out.residual_heat = in > 0.0 ? std::abs(heat) / in : 0.0;
  }

  static constexpr int kCheckpointVersion = 4;
  struct RampEnd {
    Nanoseconds at;
    int held;
    double value;
  };

  System& s_;
  const RunOptions& o_;
  Observer& obs_;
  std::unique_ptr<Integrator> integrator_;
  const Profile* profile_ = nullptr;
  size_t window_ = 0, next_event_ = 0;
  Nanoseconds now_ = 0, record_next_ = 0, recorded_ = -1;
  double t_ = 0.0, ledger_limit_ = 0.0, last_jump_ = -1e300;
  bool jump_ = false, held_changed_ = false;
  bool rehearsal_ = false;  ///< first answers of the processes, taken back before the run
  std::vector<RampEnd> ramp_ends_;
  std::vector<double> outputs_, guards_, x_;
  LedgerArray stored_start_{}, stored_done_{};
  Statistics stats_;
  std::string last_guards_;
  std::vector<std::string> recent_;
};

}  // namespace

Profile profile_named(const std::string& name) {
  Profile p;
  p.name = name;
  if (name == "electrical") {
    p.exchange = p.record = 0.01;
    p.max_step = 0.05;
    p.collapse_below = 0.0;
    p.rtol = 1e-6;
    p.ledger_limit = 1e-8;
    p.newton_tol = 2e-4;
  } else if (name == "facility") {
    p.exchange = p.record = 300.0;
    p.max_step = 900.0;
    p.collapse_below = 60.0;
    p.rtol = 1e-4;
    p.ledger_limit = 1e-4;
    p.newton_tol = 0.1;
  } else if (name != "thermal") {
    throw UserError(fmt::format("unknown profile '{}': electrical, thermal or facility", name));
  }
  return p;
}

RunSummary run(System& system, const RunOptions& o, Observer& obs) {
  return Loop(system, o, obs).run();
}

SteadyResult settle_start(System& system, const Profile& p, Observer& obs) {
  RunOptions o;
  o.windows.push_back({0, p});
  return Loop(system, o, obs).start();
}

}  // namespace steppe::solve
