#include "models/controls/freeze_guard.h"

#include <algorithm>
#include <cmath>

namespace steppe::models {
namespace {

struct Params {
  double period, limit, hysteresis, dwell, drain_below, least_flow, drain_delay, thaw_every,
      thaw_time, thaw_below;
  bool drain;
};
enum Input : int { kTemp, kFlow, kAmbient };
enum Output : int { kStage, kFans, kLouvre, kBypass, kHeater, kReverse, kDrained, kAlarm };
constexpr int kStages = 4;
constexpr const char* kNames[] = {"normal", "fans off", "louvres closed", "bypass", "heat tracing"};

const core::ParamTable<Params>& params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("period", &Params::period, "s", 10.0, {0.1, 3600}, "Sampling period")
        .real("limit", &Params::limit, "degC", 5.0, {-50, 40},
              "Temperature of fluid or wall below which the next stage acts")
        .real("hysteresis", &Params::hysteresis, "K", 3.0, {0.2, 20},
              "Above limit by this much, a stage is taken back")
        .real("dwell", &Params::dwell, "min", 3.0, {0, 240}, "Least time between two stages")
        .boolean("drain", &Params::drain, false,
                 "Drains the coil when its flow is lost in frost; command `refill` ends that")
        .real("drain_below", &Params::drain_below, "degC", 0.0, {-40, 10},
              "Outdoor temperature below which a standing coil is drained")
        .real("least_flow", &Params::least_flow, "kg/s", 0.0, {0, 1e4},
              "Flow below which the coil counts as standing")
        .real("drain_delay", &Params::drain_delay, "min", 10.0, {0, 240},
              "How long it may stand before it is drained")
        .real("thaw_every", &Params::thaw_every, "h", 0.0, {0, 48},
              "Towers: fans are reversed this often in frost; 0: never")
        .real("thaw_time", &Params::thaw_time, "min", 5.0, {0.5, 60}, "for this long")
        .real("thaw_below", &Params::thaw_below, "degC", -2.0, {-40, 10},
              "Outdoor temperature below which they are");
    return p;
  }();
  return t;
}

/// Stages that come one after the other while it is too cold, and go back one by one: fans off,
/// louvres closed, bypass, heat tracing. The dwell keeps fans from cycling.
class FreezeGuard final : public core::Process {
 public:
  explicit FreezeGuard(const Params& p) : p_(p) {}
  core::Nanoseconds next_time() const override { return next_; }

  bool command(const std::string& name, double, core::ProcessContext& c) override {
    if (name != "refill") return false;
    if (drained_) c.event("coil", "drained", "filled", "by command");
    drained_ = false;
    standing_since_ = core::kNever;
    c.out(kDrained, 0.0);
    return true;
  }

  void update(core::ProcessContext& c) override {
    const double temp = c.in(kTemp), ambient = c.in(kAmbient);
    const bool dwelt = c.now - since_ >= core::from_seconds(p_.dwell) || stage_ < 0;
    if (stage_ < 0) {
      stage_ = 0;
    } else if (temp < p_.limit && stage_ < kStages && dwelt && !drained_) {
      take(stage_ + 1, "too cold", c);
    } else if (temp > p_.limit + p_.hysteresis && stage_ > 0 && dwelt) {
      take(stage_ - 1, "warm again", c);
    }
    const bool standing = c.in(kFlow) < p_.least_flow && ambient < p_.drain_below;
    standing_since_ = standing ? std::min(standing_since_, c.now) : core::kNever;
    if (p_.drain && standing && !drained_ &&
        c.now - standing_since_ >= core::from_seconds(p_.drain_delay)) {
      drained_ = true;
      c.event("coil", "filled", "drained", "no flow in frost");
      c.discontinuity();
    }
    const bool frost = p_.thaw_every > 0.0 && ambient < p_.thaw_below;
    const auto cycle = core::from_seconds(std::max(p_.thaw_every, p_.thaw_time));
    const bool thawing = frost && c.now % cycle >= cycle - core::from_seconds(p_.thaw_time);
    if (thawing != thawing_) {
      if (thawing) ++thaws_;
      thawing_ = thawing;
      c.discontinuity();
    }
    c.out(kStage, stage_);
    c.out(kFans, stage_ >= 1 || drained_ ? 0.0 : 1.0);
    c.out(kLouvre, stage_ >= 2 ? 0.0 : 1.0);
    c.out(kBypass, stage_ >= 3 ? 1.0 : 0.0);
    c.out(kHeater, stage_ >= 4 ? 1.0 : 0.0);
    c.out(kReverse, thawing_ ? 1.0 : 0.0);
    c.out(kDrained, drained_ ? 1.0 : 0.0);
    c.out(kAlarm, stage_ >= 3 || drained_ ? 1.0 : 0.0);
    next_ = c.now + core::from_seconds(c.period(p_.period));
    if (stage_ > 0) seconds_ += core::to_seconds(std::min(next_, std::max(c.end, c.now)) - c.now);
  }
  void save(core::StateWriter& w) const override {
    w.put(stage_);
    w.put(since_);
    w.put(next_);
    w.put(standing_since_);
    w.put(seconds_);
    w.put(actions_);
    w.put(thaws_);
    w.put(drained_);
    w.put(thawing_);
  }
  void load(core::StateReader& r) override {
    r.get(stage_);
    r.get(since_);
    r.get(next_);
    r.get(standing_since_);
    r.get(seconds_);
    r.get(actions_);
    r.get(thaws_);
    r.get(drained_);
    r.get(thawing_);
  }
  std::vector<core::ProcessKpi> kpis() const override {
    return {
        {"hours_freeze_guard", seconds_, "s", "Time with a stage of freeze protection"},
        {"freeze_guard_actions", static_cast<double>(actions_), "1", "Stages that acted"},
        {"tower_thaws", static_cast<double>(thaws_), "1", "Times that tower fans were reversed"}};
  }

 private:
  void take(int stage, const char* why, core::ProcessContext& c) {
    c.event("freeze_guard", kNames[stage_], kNames[stage], why);
    c.discontinuity();
    if (stage > stage_) ++actions_;
    stage_ = stage;
    since_ = c.now;
  }

  Params p_;
  int stage_ = -1, actions_ = 0, thaws_ = 0;
  core::Nanoseconds since_ = 0, next_ = 0, standing_since_ = core::kNever;
  double seconds_ = 0.0;
  bool drained_ = false, thawing_ = false;
};

}  // namespace

core::ProcessType freeze_guard_process() {
  core::ProcessType t;
  t.name = "freeze_guard";
  t.domain = "controls";
  t.help =
      "Freeze protection in stages: fans, louvres, bypass, heat; drain-down; thawing of towers";
  t.params = &params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Params>();
    params().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"temp", "K", "Coldest fluid or wall", std::nan("")},
              {"flow", "kg/s", "Flow through the coil", 1e9},
              {"ambient_temp", "K", "Outdoor dry bulb", 300.0}};
  t.outputs = {{"stage", "1", "0 normal … 4 heat tracing"},
               {"fans", "1", "1: fans may run (enable of their controller)", 1.0},
               {"louvre", "1", "1: open", 1.0},
               {"bypass", "1", "1: past the coil or the fill"},
               {"heater", "1", "1: heat tracing on"},
               {"reverse", "1", "1: tower fans turn backwards"},
               {"drained", "1", "1: coil drained"},
               {"alarm", "1", "1 from the bypass on"}};
  t.commands = {"refill"};
  t.make = [](const void* p, const core::ProcessSetup&) -> std::unique_ptr<core::Process> {
    return std::make_unique<FreezeGuard>(*static_cast<const Params*>(p));
  };
  return t;
}

}  // namespace steppe::models
