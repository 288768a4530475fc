#include "models/controls/dust_filter.h"

#include <algorithm>
#include <cmath>

#include "models/environment/calendar.h"

namespace steppe::models {
namespace {

struct Params {
  double period, background, season_factor, season_begin, season_end, storm_day, storm_days,
      storm_dust, face_velocity, arrestance, capacity, final_loading, close_above;
  bool renew;
};
enum Input : int { kFlow };
enum Output : int { kLoading, kDust, kOutdoorAllowed };

const core::ParamTable<Params>& params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("period", &Params::period, "min", 10.0, {0.1, 1440}, "Sampling period")
        .real("background", &Params::background, "ug/m3", 60.0, {0, 1e5},
              "Dust (PM10) of ordinary days")
        .real("season_factor", &Params::season_factor, "1", 2.5, {0, 100},
              "Times the background in the dust season")
        .real("season_begin", &Params::season_begin, "1", 60.0, {1, 366},
              "First day (of the year) of that season: 1 March")
        .real("season_end", &Params::season_end, "1", 151.0, {1, 366}, "Its last day: 31 May")
        .real("storm_day", &Params::storm_day, "1", 0.0, {0, 366},
              "First day (of the year) of a sandstorm; 0: none")
        .real("storm_days", &Params::storm_days, "1", 1.0, {0.05, 30}, "Its length in days")
        .real("storm_dust", &Params::storm_dust, "ug/m3", 3000.0, {0, 1e6}, "Dust (PM10) in it")
        .real("face_velocity", &Params::face_velocity, "m/s", 2.5, {0.1, 10},
              "Air through the filters at full flow")
        .real("arrestance", &Params::arrestance, "1", 0.9, {0.05, 1},
              "Share of the dust that they keep")
        .real("capacity", &Params::capacity, "g/m2", 800.0, {10, 1e5},
              "Dust on the face at the final pressure drop")
        .real("final_loading", &Params::final_loading, "1", 2.5, {1.05, 10},
              "Pressure drop over the clean one at which filters are renewed")
        .boolean("renew", &Params::renew, true, "Renewed when loaded; false: they go on loading")
        .real("close_above", &Params::close_above, "ug/m3", 1000.0, {0, 1e6},
              "outdoor_allowed is 0 above this dust");
    return p;
  }();
  return t;
}

/// Cake filtration: dm/dt = dust·v·arrestance·flow share, L = 1 + (L_f − 1)·m/m_f. Dust is the
/// background, times a factor in its season, or that of the storm, whichever is more.
class DustFilter final : public core::Process {
 public:
  DustFilter(const Params& p, const core::ProcessSetup& s)
      : p_(p), start_(core::from_seconds(s.start_epoch)) {}
  core::Nanoseconds next_time() const override { return next_; }

  void update(core::ProcessContext& c) override {
    const double dt = core::to_seconds(c.now - last_);
    mass_ += dust_ * p_.face_velocity * p_.arrestance * flow_ * dt;
    last_ = c.now;
    flow_ = std::max(0.0, c.in(kFlow));
    const bool before = stormy_;
    dust_ = dust_at(c.now);
    if (stormy_ != before) {
      c.event("storm", before ? "on" : "off", stormy_ ? "on" : "off", "sandstorm");
      c.discontinuity();
    }
    if (p_.renew && mass_ >= p_.capacity) {
      mass_ = 0.0;
      ++renewed_;
      c.event("filters", "loaded", "new", "renewed");
    }
    const double loading = 1.0 + (p_.final_loading - 1.0) * mass_ / p_.capacity;
    c.out(kLoading, loading);
    c.out(kDust, dust_);
    c.out(kOutdoorAllowed, dust_ > p_.close_above ? 0.0 : 1.0);
    next_ = c.now + core::from_seconds(c.period(p_.period));
  }
  void save(core::StateWriter& w) const override {
    w.put(next_);
    w.put(last_);
    w.put(mass_);
    w.put(dust_);
    w.put(flow_);
    w.put(renewed_);
    w.put(stormy_);
  }
  void load(core::StateReader& r) override {
    r.get(next_);
    r.get(last_);
    r.get(mass_);
    r.get(dust_);
    r.get(flow_);
    r.get(renewed_);
    r.get(stormy_);
  }
  std::vector<core::ProcessKpi> kpis() const override {
    return {
        {"filters_renewed", static_cast<double>(renewed_), "1", "Times that filters were renewed"}};
  }

 private:
  double dust_at(core::Nanoseconds now) {
    constexpr core::Nanoseconds kDay = 86400LL * 1000000000LL;
    const core::Nanoseconds t = start_ + now;
    const int64_t day = t / kDay - (t % kDay < 0 ? 1 : 0);
    const double of_year = day_of_year(date_of_epoch_day(day), true) +
                           static_cast<double>(t - day * kDay) / static_cast<double>(kDay);
    const bool season = p_.season_begin <= p_.season_end
                            ? of_year >= p_.season_begin && of_year < p_.season_end + 1.0
                            : of_year >= p_.season_begin || of_year < p_.season_end + 1.0;
    stormy_ =
        p_.storm_day >= 1.0 && of_year >= p_.storm_day && of_year < p_.storm_day + p_.storm_days;
    const double usual = p_.background * (season ? p_.season_factor : 1.0);
    return stormy_ ? std::max(usual, p_.storm_dust) : usual;
  }

  Params p_;
  core::Nanoseconds start_, next_ = 0, last_ = 0;
  double mass_ = 0.0, dust_ = 0.0, flow_ = 0.0;
  int renewed_ = 0;
  bool stormy_ = false;
};

}  // namespace

core::ProcessType dust_filter_process() {
  core::ProcessType t;
  t.name = "dust_filter";
  t.domain = "controls";
  t.help = "Filters that load with dust, and the dust: season and sandstorm";
  t.params = &params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Params>();
    params().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"flow", "1", "Air through the filters over that at face_velocity", 1.0}};
  t.outputs = {{"loading", "1", "Pressure drop of the filters over that of clean ones", 1.0},
               {"dust", "kg/m3", "Dust (PM10) outdoors"},
               {"outdoor_allowed", "1", "0 while there is too much dust for outdoor air", 1.0}};
  t.make = [](const void* p, const core::ProcessSetup& s) -> std::unique_ptr<core::Process> {
    return std::make_unique<DustFilter>(*static_cast<const Params*>(p), s);
  };
  return t;
}

}  // namespace steppe::models
