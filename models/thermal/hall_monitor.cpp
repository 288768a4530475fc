#include "models/thermal/hall_monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace steppe::models {

double ashrae_allowable(int equipment_class, double altitude) {
  constexpr std::array<double, 5> kMost{32.0, 35.0, 40.0, 45.0, 25.0};
  constexpr std::array<double, 5> kMetresPerKelvin{300.0, 300.0, 175.0, 125.0, 500.0};
  const auto k = static_cast<size_t>(equipment_class);
  return 273.15 + kMost[k] - std::max(0.0, altitude - 900.0) / kMetresPerKelvin[k];
}

namespace {

enum class Class { a1, a2, a3, a4, h1 };
struct Params {
  double period, altitude, recommended, dew_point_min, dew_point_max, hysteresis, delay;
  Class equipment;
};
enum Input : int { kInlet, kDewPoint, kSite, kIt };
enum Output : int { kAlarm, kAllowable, kHottest };
constexpr const char* kNames[] = {"none", "warm", "critical"};

const core::ParamTable<Params>& params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("period", &Params::period, "s", 5.0, {0.1, 3600}, "Sampling period")
        .choice("equipment", &Params::equipment, core::Choices{{"a1", "a2", "a3", "a4", "h1"}},
                Class::a2, "Class of the equipment", "[ASHRAE TC9.9 2021]")
        .real("altitude", &Params::altitude, "m", core::required(1412.0), {-430, 6000},
              "Altitude: derates the allowable temperature above 900 m")
        .real("recommended", &Params::recommended, "degC", 27.0, {15, 45},
              "Warm above this inlet temperature", "[ASHRAE TC9.9 2021]")
        .real("dew_point_min", &Params::dew_point_min, "degC", -9.0, {-30, 15},
              "Too dry below this dew point", "[ASHRAE TC9.9 2021]")
        .real("dew_point_max", &Params::dew_point_max, "degC", 15.0, {0, 30},
              "Too humid above this dew point", "[ASHRAE TC9.9 2021]")
        .real("hysteresis", &Params::hysteresis, "K", 0.5, {0, 5},
              "An alarm ends this far below its limit")
        .real("delay", &Params::delay, "s", 30.0, {0, 3600},
              "How long a limit must be exceeded before the alarm");
    return p;
  }();
  return t;
}

/// Largest rise of a value over any lower one of the time `span` before it. A queue of candidates
/// for the lowest value: increasing, so that each sample is looked at twice at most.
class Rise {
 public:
  explicit Rise(core::Nanoseconds span) : span_(span) {}
  void add(core::Nanoseconds now, double value) {
    while (first_ < low_.size() && low_[first_].at < now - span_) ++first_;
    while (low_.size() > first_ && low_.back().value >= value) low_.pop_back();
    if (first_ > 64 && 2 * first_ > low_.size()) forget();
    low_.push_back({now, value});
    most_ = std::max(most_, value - low_[first_].value);
  }
  double most() const { return most_; }
  void save(core::StateWriter& w) const {
    w.put(most_);
    w.put(std::vector<Sample>(low_.begin() + static_cast<std::ptrdiff_t>(first_), low_.end()));
  }
  void load(core::StateReader& r) {
    r.get(most_);
    r.get(low_);
    first_ = 0;
  }

 private:
  struct Sample {
    core::Nanoseconds at;
    double value;
  };
  void forget() {
    low_.erase(low_.begin(), low_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  core::Nanoseconds span_;
  std::vector<Sample> low_;
  size_t first_ = 0;
  double most_ = 0.0;
};

/// Hours are of the warmest inlet. The worst hour is the clock hour of the run with the highest
/// ratio of mean site power to mean IT power.
class HallMonitor final : public core::Process {
 public:
  HallMonitor(const Params& p, const core::ProcessSetup& s)
      : p_(p), allowable_(ashrae_allowable(static_cast<int>(p.equipment), p.altitude)) {
    const auto width = [&](int i) {
      const auto k = static_cast<size_t>(i);
      return s.input_width.size() > k ? std::max(1, s.input_width[k]) : 1;
    };
    inlets_ = width(kInlet);
    racks_ = width(kIt);
  }
  core::Nanoseconds next_time() const override { return next_; }

  void update(core::ProcessContext& c) override {
    double hottest = -1e9, it = 0.0;
    for (int k = 0; k < inlets_; ++k) hottest = std::max(hottest, c.in(kInlet, k));
    for (int k = 0; k < racks_; ++k) it += c.in(kIt, k);
    const double dt = core::to_seconds(c.now - last_);
    if (dt > 0.0) {
      if (last_ == 0) {  // what was read at the start may stem from before the steady state
        last_inlet_ = hottest;
        last_dew_ = c.in(kDewPoint);
        last_site_ = c.in(kSite);
        last_it_ = it;
      }
      above_recommended_ += last_inlet_ > p_.recommended ? dt : 0.0;
      above_allowable_ += last_inlet_ > allowable_ ? dt : 0.0;
      if (last_dew_ > 0.0) {
        too_dry_ += last_dew_ < p_.dew_point_min ? dt : 0.0;
        too_humid_ += last_dew_ > p_.dew_point_max ? dt : 0.0;
      }
      take_hour(c, it, dt);
      for (auto* r : {&hour_rise_, &quarter_rise_}) r->add(c.now, hottest);
    }
    alarm(hottest, c);
    last_ = c.now;
    last_inlet_ = hottest;
    last_dew_ = c.in(kDewPoint);
    last_site_ = c.in(kSite);
    last_it_ = it;
    c.out(kAlarm, alarm_);
    c.out(kAllowable, allowable_);
    c.out(kHottest, hottest);
    next_ = c.now + core::from_seconds(c.period(p_.period));
  }
  void save(core::StateWriter& w) const override {
    w.put(alarm_);
    w.put(pending_);
    for (const auto* t : {&next_, &last_, &pending_since_, &worst_at_}) w.put(*t);
    for (const double* v : numbers()) w.put(*v);
    for (const auto* r : {&hour_rise_, &quarter_rise_}) r->save(w);
  }
  void load(core::StateReader& r) override {
    r.get(alarm_);
    r.get(pending_);
    for (auto* t : {&next_, &last_, &pending_since_, &worst_at_}) r.get(*t);
    for (const double* v : numbers()) r.get(*const_cast<double*>(v));
    for (auto* rise : {&hour_rise_, &quarter_rise_}) rise->load(r);
  }
  std::vector<core::ProcessKpi> kpis() const override {
    std::vector<core::ProcessKpi> k{
        {"hours_above_recommended", above_recommended_, "s", "Inlet above the recommended range"},
        {"hours_above_allowable", above_allowable_, "s", "Inlet above the allowable limit"},
        {"hours_too_dry", too_dry_, "s", "Dew point below its limit"},
        {"hours_too_humid", too_humid_, "s", "Dew point above its limit"},
        {"max_inlet_rise", hour_rise_.most(), "K/h",
         "Largest rise of the inlet within any hour; ASHRAE allows 20"},
        {"max_inlet_rise_15min", quarter_rise_.most(), "K/15min",
         "The same within any 15 minutes; ASHRAE allows 5"}};
    if (worst_ > 0.0) {
      k.push_back({"pue_worst_hour", worst_, "1", "Highest PUE of a clock hour"});
      k.push_back({"pue_worst_hour_at", core::to_seconds(worst_at_) / 3600.0, "h",
                   "Begin of that hour, since the start"});
    }
    return k;
  }

 private:
  std::array<const double*, 11> numbers() const {
    return {&above_recommended_, &above_allowable_, &too_dry_,   &too_humid_,
            &last_inlet_,        &last_dew_,        &last_site_, &last_it_,
            &hour_site_,         &hour_it_,         &worst_};
  }
  void take_hour(core::ProcessContext& c, double it, double dt) {
    constexpr core::Nanoseconds kHour = 3600LL * 1000000000LL;
    hour_site_ += dt * 0.5 * (last_site_ + c.in(kSite));
    hour_it_ += dt * 0.5 * (last_it_ + it);
    if (c.now / kHour == last_ / kHour) return;
    if (hour_it_ > 0.0 && hour_site_ / hour_it_ > worst_) {
      worst_ = hour_site_ / hour_it_;
      worst_at_ = c.now / kHour * kHour - kHour;
    }
    hour_site_ = hour_it_ = 0.0;
  }
  void alarm(double inlet, core::ProcessContext& c) {
    const auto level = [&](double t) { return t > allowable_ ? 2 : t > p_.recommended ? 1 : 0; };
    int wanted = std::max(level(inlet), std::min(alarm_, level(inlet + p_.hysteresis)));
    if (wanted != pending_) {
      pending_ = wanted;
      pending_since_ = c.now;
    }
    const bool due = wanted < alarm_ || c.now - pending_since_ >= core::from_seconds(p_.delay);
    if (wanted == alarm_ || !due) return;
    c.event("alarm", kNames[alarm_], kNames[wanted],
            fmt::format("inlet air {:.1f} °C", inlet - 273.15));
    alarm_ = wanted;
  }

  static constexpr core::Nanoseconds kMinute = 60LL * 1000000000LL;

  Params p_;
  double allowable_;
  Rise hour_rise_{60 * kMinute}, quarter_rise_{15 * kMinute};
  int inlets_ = 1, racks_ = 1, alarm_ = 0, pending_ = 0;
  core::Nanoseconds next_ = 0, last_ = 0, pending_since_ = 0, worst_at_ = 0;
  double above_recommended_ = 0.0, above_allowable_ = 0.0, too_dry_ = 0.0, too_humid_ = 0.0,
         last_inlet_ = 0.0, last_dew_ = 0.0, last_site_ = 0.0, last_it_ = 0.0, hour_site_ = 0.0,
         hour_it_ = 0.0, worst_ = 0.0;
};

}  // namespace

core::ProcessType hall_monitor_process() {
  core::ProcessType t;
  t.name = "hall_monitor";
  t.domain = "thermal";
  t.help = "Inlet air and dew point against ASHRAE limits at altitude; alarms; worst hour of PUE";
  t.params = &params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Params>();
    params().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"inlet_temp", "K", "Air at the server inlets, all racks", std::nan(""), 0},
              {"dew_point", "K", "Dew point of the hall; 0: not watched", 0.0},
              {"site_power", "W", "Power of the site; with it_power: worst hour", 0.0},
              {"it_power", "W", "Power at the IT equipment, all racks", 0.0, 0}};
  t.outputs = {{"alarm", "1", "0 none, 1 above recommended, 2 above allowable"},
               {"allowable", "K", "Highest allowable inlet temperature at this altitude"},
               {"hottest", "K", "Warmest inlet now"}};
  t.make = [](const void* p, const core::ProcessSetup& s) -> std::unique_ptr<core::Process> {
    return std::make_unique<HallMonitor>(*static_cast<const Params*>(p), s);
  };
  return t;
}

}  // namespace steppe::models
