#include "models/controls/staging.h"

#include <algorithm>
#include <cmath>

namespace steppe::models {
namespace {

struct Params {
  double period, capacity, up, down, dwell_up, dwell_down;
  int units, least, initial;
};
enum Input : int { kDemand, kAvailable };
enum Output : int { kNumber, kEnable, kShare };

const core::ParamTable<Params>& params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("period", &Params::period, "s", 10.0, {0.1, 3600}, "Sampling period")
        .integer("units", &Params::units, 3, {1, 1000}, "Units that can be staged")
        .integer("least", &Params::least, 1, {0, 1000}, "Units always in service")
        .integer("initial", &Params::initial, 0, {0, 1000},
                 "Units in service at the start; 0: as many as the demand needs")
        .real("capacity", &Params::capacity, "1", core::required(1.0), {1e-9, 1e12},
              "What one unit gives, in the unit of the demand")
        .real("up", &Params::up, "1", 0.9, {0.05, 2},
              "Adds a unit when demand per running capacity stays above")
        .real("down", &Params::down, "1", 0.75, {0.01, 2},
              "Drops one when demand per capacity of one fewer stays below")
        .real("dwell_up", &Params::dwell_up, "s", 120.0, {0, 3600},
              "How long it must stay above before a unit is added")
        .real("dwell_down", &Params::dwell_down, "s", 600.0, {0, 7200},
              "How long it must stay below before one is dropped");
    return p;
  }();
  return t;
}

/// The longest-idle unit starts next and the longest-running one stops first, so hours even out.
class Staging final : public core::Process {
 public:
  Staging(const Params& p, const core::ProcessSetup& s) : p_(p) {
    const int width = s.output_width.size() > kEnable ? s.output_width[kEnable] : 1;
    on_.assign(static_cast<size_t>(std::max(width, 1)), 0);
    changed_at_.assign(on_.size(), 0);
  }
  core::Nanoseconds next_time() const override { return next_; }

  void update(core::ProcessContext& c) override {
    const double demand = c.in(kDemand);
    const int most = std::clamp(static_cast<int>(std::lround(c.in(kAvailable))), 0, p_.units);
    const int least = std::min(p_.least, most);
    int wanted = number_;
    if (number_ < 0) {
      wanted =
          p_.initial > 0 ? p_.initial : static_cast<int>(std::ceil(demand / (p_.up * p_.capacity)));
      above_since_ = below_since_ = core::kNever;
    } else {
      const double running = number_ * p_.capacity, fewer = (number_ - 1) * p_.capacity;
      const bool above = demand > p_.up * running;
      const bool below = number_ > least && demand < p_.down * fewer;
      above_since_ = above ? std::min(above_since_, c.now) : core::kNever;
      below_since_ = below ? std::min(below_since_, c.now) : core::kNever;
      if (above && c.now - above_since_ >= core::from_seconds(p_.dwell_up)) ++wanted;
      if (below && c.now - below_since_ >= core::from_seconds(p_.dwell_down)) --wanted;
    }
    wanted = std::clamp(wanted, least, most);
    if (wanted != number_) {
      if (number_ >= 0) {
        c.event("units", std::to_string(number_), std::to_string(wanted),
                wanted > number_ ? "demand up" : "demand down");
        c.discontinuity();
      }
      number_ = wanted;
      above_since_ = below_since_ = core::kNever;
      rotate(c.now);
    }
    c.out(kNumber, number_);
    c.out(kShare, static_cast<double>(number_) / p_.units);
    for (size_t k = 0; k < on_.size(); ++k) c.out(kEnable, on_[k], static_cast<int>(k));
    next_ = c.now + core::from_seconds(c.period(p_.period));
  }
  void save(core::StateWriter& w) const override {
    w.put(number_);
    w.put(above_since_);
    w.put(below_since_);
    w.put(next_);
    w.put(on_);
    w.put(changed_at_);
  }
  void load(core::StateReader& r) override {
    r.get(number_);
    r.get(above_since_);
    r.get(below_since_);
    r.get(next_);
    r.get(on_);
    r.get(changed_at_);
  }

 private:
  void rotate(core::Nanoseconds now) {
    const auto running = [&] { return static_cast<int>(std::count(on_.begin(), on_.end(), 1)); };
    const int target = std::min(number_, static_cast<int>(on_.size()));
    while (running() != target) {
      const int from = running() < target ? 0 : 1;
      size_t best = on_.size();
      for (size_t k = 0; k < on_.size(); ++k)
        if (on_[k] == from && (best == on_.size() || changed_at_[k] < changed_at_[best])) best = k;
      on_[best] = 1 - from;
      changed_at_[best] = now;
    }
  }

  Params p_;
  int number_ = -1;
  core::Nanoseconds above_since_ = core::kNever, below_since_ = core::kNever, next_ = 0;
  std::vector<int> on_;
  std::vector<core::Nanoseconds> changed_at_;
};

}  // namespace

core::ProcessType staging_process() {
  core::ProcessType t;
  t.name = "staging";
  t.domain = "controls";
  t.help = "Number of units in service by demand, with dwell and rotation";
  t.params = &params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Params>();
    params().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"demand", "1", "What the units share, in the unit of `capacity`", std::nan("")},
              {"available", "1", "Units that may run", 1000.0}};
  t.outputs = {{"number", "1", "Units in service"},
               {"enable", "1", "Per unit: 1 in service", 0.0, 0},
               {"share", "1", "Units in service over units"}};
  t.make = [](const void* p, const core::ProcessSetup& s) -> std::unique_ptr<core::Process> {
    return std::make_unique<Staging>(*static_cast<const Params*>(p), s);
  };
  return t;
}

}  // namespace steppe::models
