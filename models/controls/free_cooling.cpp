#include "models/controls/free_cooling.h"

#include <algorithm>
#include <cmath>

namespace steppe::models {
namespace {

struct Params {
  double period, setpoint, setpoint_max, approach, free_margin, partial_margin, hysteresis, dwell,
      return_dwell, filter_time, emergency_excess;
};
enum Input : int { kSourceTemp, kReturnTemp, kSupplyTemp };
enum Output : int {
  kMode,
  kChillerEnable,
  kBypass,
  kSetpoint,
  kFree,
  kPartial,
  kMechanical,
  kCoolerEnable
};
enum Mode : int { free_cooling, partial, mechanical };
constexpr const char* kNames[] = {"free", "partial", "mechanical"};

const core::ParamTable<Params>& params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("period", &Params::period, "s", 60.0, {1, 3600}, "Sampling period")
        .real("setpoint", &Params::setpoint, "degC", core::required(25.0), {5, 50},
              "Supply temperature that the plant keeps")
        .real("setpoint_reset", &Params::setpoint_max, "K", 0.0, {0, 20},
              "How far the setpoint may rise to stay in free cooling")
        .real("approach", &Params::approach, "K", core::required(8.0), {0.5, 30},
              "Supply temperature over source temperature that free cooling reaches at full load")
        .real("free_margin", &Params::free_margin, "K", 0.5, {0, 10},
              "Free cooling needs source + approach this far below the setpoint")
        .real("partial_margin", &Params::partial_margin, "K", 2.0, {-30, 10},
              "Partial cooling needs source + approach this far below the return temperature; "
              "negative for coolers in series, which help as long as the air is colder than the "
              "return")
        .real("hysteresis", &Params::hysteresis, "K", 1.0, {0.1, 10},
              "Between entering a mode with less machinery and leaving it, half on either side")
        .real("dwell", &Params::dwell, "min", 15.0, {0, 240},
              "Least time in a mode before one with more machinery")
        .real("return_dwell", &Params::return_dwell, "min", 45.0, {0, 480},
              "Least time in a mode before one with less machinery")
        .real("filter_time", &Params::filter_time, "min", 20.0, {0, 240},
              "Time constant of the filter on the source temperature")
        .real("emergency_excess", &Params::emergency_excess, "K", 5.0, {1, 50},
              "Supply this far above the setpoint: mechanical at once, whatever the dwell");
    return p;
  }();
  return t;
}

class FreeCooling final : public core::Process {
 public:
  explicit FreeCooling(const Params& p) : p_(p) {}
  core::Nanoseconds next_time() const override { return next_; }

  void update(core::ProcessContext& c) override {
    const int before = mode_;
    choose(c);
    const bool changed = mode_ != before;
    if (changed) {
      if (before >= 0) c.event("mode", kNames[before], kNames[mode_], reason_);
      since_ = c.now;
      c.discontinuity();
    }
    c.out(kMode, mode_);
    c.out(kChillerEnable, mode_ == free_cooling ? 0.0 : 1.0);
    c.out(kBypass, mode_ == mechanical ? 1.0 : 0.0);
    c.out(kSetpoint, setpoint_);
    c.out(kFree, mode_ == free_cooling ? 1.0 : 0.0);
    c.out(kPartial, mode_ == partial ? 1.0 : 0.0);
    c.out(kMechanical, mode_ == mechanical ? 1.0 : 0.0);
    c.out(kCoolerEnable, mode_ == mechanical ? 0.0 : 1.0);
    next_ = c.now + core::from_seconds(c.period(p_.period));
    // The mode holds until the next sample, or until the run ends.
    seconds_[mode_] += core::to_seconds(std::min(next_, std::max(c.end, c.now)) - c.now);
  }
  void save(core::StateWriter& w) const override {
    w.put(mode_);
    w.put(since_);
    w.put(next_);
    w.put(setpoint_);
    w.put(source_);
    w.put(seconds_);
    w.put(changes_);
    w.put(settled_);
  }
  void load(core::StateReader& r) override {
    r.get(mode_);
    r.get(since_);
    r.get(next_);
    r.get(setpoint_);
    r.get(source_);
    r.get(seconds_);
    r.get(changes_);
    r.get(settled_);
  }
  std::vector<core::ProcessKpi> kpis() const override {
    return {{"hours_free_cooling", seconds_[free_cooling] / 3600.0, "h"},
            {"hours_partial_mechanical", seconds_[partial] / 3600.0, "h"},
            {"hours_mechanical", seconds_[mechanical] / 3600.0, "h"},
            {"cooling_mode_changes", static_cast<double>(changes_), "1",
             "Changes between free, partial and mechanical cooling"}};
  }

 private:
  void choose(core::ProcessContext& c) {
    const double weight =
        p_.filter_time > c.period(p_.period) ? c.period(p_.period) / p_.filter_time : 1.0;
    if (mode_ < 0 || !settled_)
      source_ = c.in(kSourceTemp);
    else
      source_ += weight * (c.in(kSourceTemp)-source_);
    const double reach = source_ + p_.approach;
    const double highest = p_.setpoint + p_.setpoint_max;
    setpoint_ = std::clamp(reach + p_.free_margin, p_.setpoint, highest);
    // How far each mode is from its limit. Half the hysteresis lies on either side of the limit, so
    // that the hours over a year are those of the limit itself.
    const auto allowed = [&](double margin, int mode) {
      const double half = 0.5 * p_.hysteresis;
      return margin >= (mode_ < 0 ? 0.0 : mode_ > mode ? half : -half);
    };
    const int wanted = allowed(highest - p_.free_margin - reach, free_cooling) ? free_cooling
                       : allowed(c.in(kReturnTemp)-p_.partial_margin - reach, partial) ? partial
                                                                                       : mechanical;
    const double supply = c.in(kSupplyTemp);
    if (supply > 0.0 && supply > setpoint_ + p_.emergency_excess && mode_ >= 0 &&
        mode_ != mechanical) {
      take(mechanical, "supply too warm");
      return;
    }
    if (mode_ < 0) {
      mode_ = wanted;
      settled_ = false;
      return;
    }
    // The first choice may rest on guesses from before the steady state: it needs no dwell.
    if (!settled_ && wanted != mode_) {
      settled_ = c.now > 0;
      take(wanted, "after the start");
      return;
    }
    settled_ = true;
    const double dwell = wanted < mode_ ? p_.return_dwell : p_.dwell;
    if (wanted == mode_ || c.now - since_ < core::from_seconds(dwell)) return;
    if (wanted < mode_ && supply > setpoint_ + p_.emergency_excess) return;
    take(wanted, wanted < mode_ ? "outdoors cold enough" : "outdoors too warm");
  }
  void take(int mode, const char* why) {
    mode_ = mode;
    reason_ = why;
    ++changes_;
  }

  Params p_;
  int mode_ = -1;
  core::Nanoseconds since_ = 0, next_ = 0;
  double setpoint_ = 0.0, source_ = 0.0;
  double seconds_[3] = {0.0, 0.0, 0.0};
  long changes_ = 0;
  bool settled_ = false;
  const char* reason_ = "";
};

}  // namespace

core::ProcessType free_cooling_process() {
  core::ProcessType t;
  t.name = "free_cooling";
  t.domain = "controls";
  t.help = "Chooses free, partial or mechanical cooling with hysteresis and dwell";
  t.params = &params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Params>();
    params().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"source_temp", "K", "Dry bulb (dry coolers) or wet bulb (towers)", std::nan("")},
              {"return_temp", "K", "Warm water coming back to the plant", std::nan("")},
              {"supply_temp", "K", "Cold water leaving the plant; 0: no emergency start", 0.0}};
  t.outputs = {{"mode", "1", "0 free, 1 partial, 2 mechanical"},
               {"chiller_enable", "1", "1 in partial and mechanical"},
               {"bypass", "1", "1 in mechanical: free cooler bypassed"},
               {"setpoint", "K", "Setpoint after reset", 298.15},
               {"free", "1", "1 in free cooling"},
               {"partial", "1", "1 in partial cooling"},
               {"mechanical", "1", "1 in mechanical cooling"},
               {"cooler_enable", "1", "0 in mechanical: fans of the free cooler off", 1.0}};
  t.make = [](const void* p, const core::ProcessSetup&) -> std::unique_ptr<core::Process> {
    return std::make_unique<FreeCooling>(*static_cast<const Params*>(p));
  };
  return t;
}

}  // namespace steppe::models
