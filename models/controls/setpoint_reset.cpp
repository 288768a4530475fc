#include "models/controls/setpoint_reset.h"

#include <algorithm>
#include <cmath>

#include "sim/base/error.h"

namespace steppe::models {
namespace {

struct Params {
  double period, from, to, at_from, at_to, rate;
};
enum Input : int { kMeasurement };
enum Output : int { kSetpoint };

const core::ParamTable<Params>& params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("period", &Params::period, "s", 60.0, {1, 3600}, "Sampling period")
        .real("from", &Params::from, "degC", core::required(0.0), {-60, 100},
              "Measurement at one end of the line")
        .real("to", &Params::to, "degC", core::required(20.0), {-60, 100},
              "Measurement at the other end, higher")
        .real("at_from", &Params::at_from, "degC", core::required(22.0), {-20, 100},
              "Setpoint up to there")
        .real("at_to", &Params::at_to, "degC", core::required(18.0), {-20, 100},
              "Setpoint beyond there")
        .real("rate", &Params::rate, "K/h", 2.0, {0.01, 1000}, "Fastest change of the setpoint");
    return p;
  }();
  return t;
}

/// setpoint = at_from … at_to linear in the measurement, held beyond both ends, changing by at most
/// `rate`: the loop behind it sees a slow line, not steps.
class SetpointReset final : public core::Process {
 public:
  explicit SetpointReset(const Params& p) : p_(p) {
    if (p.to <= p.from) throw UserError("setpoint_reset: `to` must be higher than `from`");
  }
  core::Nanoseconds next_time() const override { return next_; }
  void update(core::ProcessContext& c) override {
    const double share = std::clamp((c.in(kMeasurement)-p_.from) / (p_.to - p_.from), 0.0, 1.0);
    const double wanted = p_.at_from + share * (p_.at_to - p_.at_from);
    const double most = p_.rate * core::to_seconds(c.now - last_);
    setpoint_ =
        started_ && c.now > 0 ? std::clamp(wanted, setpoint_ - most, setpoint_ + most) : wanted;
    started_ = 1;
    last_ = c.now;
    c.out(kSetpoint, setpoint_);
    next_ = c.now + core::from_seconds(c.period(p_.period));
  }
  void save(core::StateWriter& w) const override {
    w.put(next_);
    w.put(last_);
    w.put(setpoint_);
    w.put(started_);
  }
  void load(core::StateReader& r) override {
    r.get(next_);
    r.get(last_);
    r.get(setpoint_);
    r.get(started_);
  }

 private:
  Params p_;
  core::Nanoseconds next_ = 0, last_ = 0;
  double setpoint_ = 0.0;
  uint8_t started_ = 0;
};

}  // namespace

core::ProcessType setpoint_reset_process() {
  core::ProcessType t;
  t.name = "setpoint_reset";
  t.domain = "controls";
  t.help = "Setpoint that follows a temperature along a line, slowly";
  t.params = &params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Params>();
    params().set_defaults(p.get());
    return p;
  };
  t.inputs = {{"measurement", "K", "What the setpoint follows: outdoor or wet-bulb temperature",
               std::nan("")}};
  t.outputs = {{"setpoint", "K", "Setpoint", 293.15}};
  t.make = [](const void* p, const core::ProcessSetup&) -> std::unique_ptr<core::Process> {
    return std::make_unique<SetpointReset>(*static_cast<const Params*>(p));
  };
  return t;
}

}  // namespace steppe::models
