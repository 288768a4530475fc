#include "models/grid/genset_control.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "sim/base/rng.h"

namespace steppe::models {
namespace {

using core::Nanoseconds;

struct Params {
  double period, low, high, detect, settle, block_interval, return_delay, cool_down, start_failure;
};

const core::ParamTable<Params>& params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("period", &Params::period, "s", 0.05, {0.001, 10.0}, "Control period")
        .real("low", &Params::low, "1", 0.85, {0.3, 0.98}, "Lowest good voltage over nominal")
        .real("high", &Params::high, "1", 1.15, {1.02, 1.5}, "Highest good voltage over nominal")
        .real("detect", &Params::detect, "s", 0.5, {0.0, 600.0},
              "Time that the mains must be gone before the start")
        .real("settle", &Params::settle, "s", 1.0, {0.0, 60.0},
              "Time that the genset's voltage must be good before the first block")
        .real("block_interval", &Params::block_interval, "s", 5.0, {0.0, 600.0},
              "Time between blocks of load", "[ISO 8528-5 2022]: recovery within 5 s")
        .real("return_delay", &Params::return_delay, "s", 60.0, {0.0, 86400.0},
              "Time that the mains must be good before the gensets are released")
        .real("cool_down", &Params::cool_down, "s", 120.0, {0.0, 3600.0},
              "Time that they go on after that")
        .real("start_failure", &Params::start_failure, "1", 0.0, {0.0, 1.0},
              "Probability that a set does not start when it is ordered, drawn for each set; sets "
              "that are to fail one by one are written with `lump: false`",
              "[IEEE 493 2007]: 0.0135");
    return p;
  }();
  return t;
}

class GensetControl final : public core::Process {
 public:
  enum Input : int { kMains, kGenset };
  enum Output : int { kStart, kEnable, kBlocks };

  GensetControl(const Params& p, const core::ProcessSetup& s)
      : p_(p),
        blocks_(s.output_width.empty() ? 1 : s.output_width[kEnable]),
        enabled_(blocks_),
        starts_(s.output_width.empty() ? 1 : static_cast<size_t>(s.output_width[kStart]), 1),
        random_(s.seed, s.id + ".start") {}
  Nanoseconds next_time() const override { return next_; }

  void update(core::ProcessContext& c) override {
    const auto good = [&](double v) { return v >= p_.low && v <= p_.high; };
    const bool mains = good(c.in(kMains)), genset = good(c.in(kGenset));
    const auto held_for = [&](Nanoseconds since) { return core::to_seconds(c.now - since) + 1e-9; };
    if (mains != mains_) {
      mains_ = mains;
      mains_since_ = c.now;
    }
    if (genset != genset_) {
      genset_ = genset;
      genset_since_ = c.now;
    }
    const double mains_for = held_for(mains_since_);
    switch (state_) {
      case State::mains:
        if (!mains_ && mains_for >= p_.detect) start(c);
        break;
      case State::starting:
        if (back(c, mains_for)) break;
        if (genset_ && held_for(genset_since_) >= p_.settle) {
          go(c, State::loading, "");
          enabled_ = blocks_ > 0 ? 1 : 0;
          block_at_ = c.now;
          say_block(c);
        }
        break;
      case State::loading:
        if (back(c, mains_for)) break;
        if (enabled_ < blocks_ && held_for(block_at_) >= p_.block_interval) {
          ++enabled_;
          block_at_ = c.now;
          say_block(c);
        }
        break;
      case State::cooling:
        if (!mains_)
          start(c);
        else if (mains_for >= p_.return_delay + p_.cool_down)
          go(c, State::mains, "gensets released");
        break;
    }
    const bool order = state_ != State::mains;
    for (size_t k = 0; k < starts_.size(); ++k)
      c.out(kStart, order && starts_[k] != 0 ? 1.0 : 0.0, static_cast<int>(k));
    for (int k = 0; k < blocks_; ++k) c.out(kEnable, k < enabled_ ? 1.0 : 0.0, k);
    c.out(kBlocks, enabled_);
    if (changed_) c.discontinuity();
    changed_ = false;
    next_ = c.now + core::from_seconds(c.period(p_.period));
  }
  void save(core::StateWriter& w) const override {
    w.put(next_);
    w.put(static_cast<int>(state_));
    w.put(enabled_);
    w.put(mains_since_);
    w.put(genset_since_);
    w.put(block_at_);
    w.put(static_cast<uint8_t>((mains_ ? 1 : 0) + (genset_ ? 2 : 0)));
    for (uint8_t s : starts_) w.put(s);
    w.put(ordered_);
    w.put(failed_);
    w.put(random_.counter());
  }
  std::vector<core::ProcessKpi> kpis() const override {
    return {
        {"genset_starts", static_cast<double>(ordered_), "1", "Sets that were ordered to start"},
        {"genset_failed_starts", static_cast<double>(failed_), "1",
         "Sets of them that did not start"}};
  }
  void load(core::StateReader& r) override {
    int state = 0;
    uint8_t flags = 0;
    r.get(next_);
    r.get(state);
    r.get(enabled_);
    r.get(mains_since_);
    r.get(genset_since_);
    r.get(block_at_);
    r.get(flags);
    state_ = static_cast<State>(state);
    mains_ = (flags & 1) != 0;
    genset_ = (flags & 2) != 0;
    for (uint8_t& s : starts_) r.get(s);
    r.get(ordered_);
    r.get(failed_);
    uint64_t n = 0;
    r.get(n);
    random_.set_counter(n);
  }

 private:
  enum class State : int { mains, starting, loading, cooling };
  static const char* name(State s) {
    constexpr const char* names[] = {"mains", "starting", "loading", "cooling"};
    return names[static_cast<int>(s)];
  }
  void go(core::ProcessContext& c, State to, const std::string& text) {
    c.event("state", name(state_), name(to), text);
    state_ = to;
    changed_ = true;
  }
  void say_block(core::ProcessContext& c) {
    changed_ = true;
    if (blocks_ > 0) c.event("block", "", fmt::format("{} of {}", enabled_, blocks_), "");
  }
  void start(core::ProcessContext& c) {
    go(c, State::starting, "");
    enabled_ = 0;
    for (size_t k = 0; k < starts_.size(); ++k) {
      starts_[k] = random_.uniform() < p_.start_failure ? 0 : 1;
      ++ordered_;
      if (starts_[k] != 0) continue;
      ++failed_;
      c.event("set", "", "does not start",
              starts_.size() > 1 ? fmt::format("set {} of {}", k + 1, starts_.size()) : "");
    }
  }
  bool back(core::ProcessContext& c, double mains_for) {
    if (!mains_ || mains_for < p_.return_delay) return false;
    go(c, State::cooling, "mains are back");
    enabled_ = blocks_;
    return true;
  }

  Params p_;
  int blocks_, enabled_;
  std::vector<uint8_t> starts_;  ///< per set: 0 when this order finds it failing
  int64_t ordered_ = 0, failed_ = 0;
  Rng random_;
  State state_ = State::mains;
  bool mains_ = true, genset_ = false, changed_ = false;
  Nanoseconds next_ = 0, mains_since_ = 0, genset_since_ = 0, block_at_ = 0;
};

}  // namespace

core::ProcessType genset_control_process() {
  core::ProcessType t;
  t.name = "genset_control";
  t.domain = "grid";
  t.help = "Starts gensets when the mains are gone and brings the load back in blocks";
  t.params = &params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Params>();
    params().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"mains", "1", "Voltage of the mains over nominal", std::nan("")},
              {"genset", "1", "Voltage of the genset bus over nominal", std::nan("")}};
  t.outputs = {{"start", "1", "1: the genset shall run, per set", 0.0, 0},
               {"enable", "1", "1: may run, per block of load", 1.0, 0},
               {"blocks", "1", "Blocks enabled", 0.0}};
  t.make = [](const void* p, const core::ProcessSetup& s) -> std::unique_ptr<core::Process> {
    return std::make_unique<GensetControl>(*static_cast<const Params*>(p), s);
  };
  return t;
}

}  // namespace steppe::models
