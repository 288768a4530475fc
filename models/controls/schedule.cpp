#include "models/controls/schedule.h"

#include <algorithm>
#include <cmath>

#include "sim/base/error.h"

namespace steppe::models {
namespace {

enum class Shape { step, ramp };
struct Params {
  std::vector<double> times, values;
  double repeat;
  Shape shape;
};

const core::ParamTable<Params>& params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.list("times", &Params::times, "s", {0.0}, {0, 1e9},
           "Instants of the values since the start, rising, the first 0")
        .list("values", &Params::values, "1", {1.0}, {-1e12, 1e12}, "Value from each instant on")
        .choice("shape", &Params::shape, core::Choices{{"step", "ramp"}}, Shape::step,
                "Held, or straight lines between the instants")
        .real("repeat", &Params::repeat, "s", 0.0, {0, 1e9},
              "Length of the cycle; 0: once, then the last value stays");
    return p;
  }();
  return t;
}

class Schedule final : public core::Process {
 public:
  explicit Schedule(const Params& p) : p_(p) {
    if (p.times.empty() || p.times.size() != p.values.size())
      throw UserError("schedule: `times` and `values` need the same number of entries, at least 1");
    if (p.times[0] != 0.0) throw UserError("schedule: the first of `times` must be 0");
    for (size_t i = 1; i < p.times.size(); ++i)
      if (p.times[i] <= p.times[i - 1]) throw UserError("schedule: `times` must rise");
    if (p.repeat > 0.0 && p.repeat <= p.times.back())
      throw UserError("schedule: `repeat` must lie behind the last of `times`");
  }
  core::Nanoseconds next_time() const override { return next_; }

  void update(core::ProcessContext& c) override {
    const size_t n = p_.times.size(), after = (at_ + 1) % n;
    const bool last = at_ + 1 == n, once = p_.repeat <= 0.0;
    const double start = p_.times[at_];
    const double end = !last ? p_.times[after] : p_.repeat;
    if (p_.shape == Shape::ramp && !(last && once)) {
      c.ramp(0, p_.values[at_], (p_.values[after] - p_.values[at_]) / (end - start));
    } else {
      c.out(0, p_.values[at_]);
      if (c.now > 0) c.discontinuity();
    }
    if (last && once) {
      next_ = core::kNever;
      return;
    }
    if (last) ++cycle_;
    at_ = after;
    next_ = cycle_ * core::from_seconds(p_.repeat) + core::from_seconds(p_.times[at_]);
  }
  void save(core::StateWriter& w) const override {
    w.put(at_);
    w.put(cycle_);
    w.put(next_);
  }
  void load(core::StateReader& r) override {
    r.get(at_);
    r.get(cycle_);
    r.get(next_);
  }

 private:
  Params p_;
  size_t at_ = 0;
  int64_t cycle_ = 0;
  core::Nanoseconds next_ = 0;
};

}  // namespace

core::ProcessType schedule_process() {
  core::ProcessType t;
  t.name = "schedule";
  t.domain = "controls";
  t.help = "Value that steps or ramps at given instants";
  t.params = &params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Params>();
    params().set_defaults(p.get());
    return p;
  };
  t.outputs = {{"value", "1", "Present value"}};
  t.make = [](const void* p, const core::ProcessSetup&) -> std::unique_ptr<core::Process> {
    return std::make_unique<Schedule>(*static_cast<const Params*>(p));
  };
  return t;
}

}  // namespace steppe::models
