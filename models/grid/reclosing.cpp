#include "models/grid/reclosing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/base/error.h"

namespace steppe::models {
namespace {

enum class End { restored, outage };
struct Params {
  double first, outage_time;
  int shots;
  std::vector<double> residuals, durations, intervals, dead_times;
  bool own_line;
  End end;
};

const core::ParamTable<Params>& params() {
  static const auto t = [] {
    core::ParamTable<Params> p;
    p.real("first", &Params::first, "s", 10.0, {0.0, 1e9}, "Start of the first fault")
        .integer("shots", &Params::shots, 3, {1, 1000},
                 "Faults in all: the first and its reclosings")
        .list("residuals", &Params::residuals, "1", {0.3}, {0.0, 1.3},
              "Voltage over nominal during each fault", "[NERC 2025]: 0.25 to 0.40")
        .list("durations", &Params::durations, "s", {0.06}, {0.001, 1e6}, "Length of each fault",
              "[NERC 2025]: 42 to 66 ms")
        .list("intervals", &Params::intervals, "s", {15.0}, {0.01, 1e9},
              "From the start of each fault to that of the next")
        .boolean("own_line", &Params::own_line, false,
                 "The fault is on the site's own line: it opens after each")
        .list("dead_times", &Params::dead_times, "s", {0.5}, {0.001, 1e6},
              "Time that the own line stays open after each fault")
        .choice("end", &Params::end, core::Choices{{"restored", "outage"}}, End::restored,
                "After the last fault: all is well, or the line stays open")
        .real("outage_time", &Params::outage_time, "s", 0.0, {0.0, 1e9},
              "Length of the outage at the end; 0: until the run ends");
    return p;
  }();
  return t;
}

struct Step {
  double at, voltage;
  bool line;
  std::string name, text;
};

class Reclosing final : public core::Process {
 public:
  explicit Reclosing(const Params& p, const std::string& id) {
    const auto entry = [](const std::vector<double>& list, int k) {
      return list[std::min(static_cast<size_t>(k), list.size() - 1)];
    };
    for (const auto* list : {&p.residuals, &p.durations, &p.intervals, &p.dead_times})
      if (list->empty()) throw UserError(fmt::format("reclosing '{}': a list is empty", id));
    double at = p.first;
    for (int k = 0; k < p.shots; ++k) {
      const double duration = entry(p.durations, k), dead = entry(p.dead_times, k);
      const bool last = k + 1 == p.shots;
      const double busy = duration + (p.own_line && !last ? dead : 0.0);
      if (!last && entry(p.intervals, k) <= busy)
        throw UserError(fmt::format(
            "reclosing '{}': shot {} lasts {:g} s{}, longer than the {:g} s to the "
            "next",
            id, k + 1, busy, p.own_line ? " with its dead time" : "", entry(p.intervals, k)));
      steps_.push_back(
          {at, entry(p.residuals, k), true, fmt::format("fault {}", k + 1),
           fmt::format("{:g} % for {:g} ms", 100.0 * entry(p.residuals, k), 1e3 * duration)});
      const bool opens = p.own_line || (last && p.end == End::outage);
      steps_.push_back({at + duration, 1.0, !opens, "cleared", opens ? "the line opens" : ""});
      if (opens && (!last || p.end == End::restored))
        steps_.push_back({at + duration + dead, 1.0, true, "recloses", ""});
      if (last && p.end == End::outage && p.outage_time > 0.0)
        steps_.push_back({at + duration + p.outage_time, 1.0, true, "restored", ""});
      at += entry(p.intervals, k);
    }
  }
  core::Nanoseconds next_time() const override {
    if (!started_) return 0;
    return done_ < steps_.size() ? core::from_seconds(steps_[done_].at) : core::kNever;
  }
  void update(core::ProcessContext& c) override {
    started_ = true;
    for (; done_ < steps_.size() && core::from_seconds(steps_[done_].at) <= c.now; ++done_) {
      const Step& s = steps_[done_];
      voltage_ = s.voltage;
      line_ = s.line;
      c.event(s.name, "", "", s.text);
      c.discontinuity();
    }
    c.out(0, voltage_);
    c.out(1, line_ ? 1.0 : 0.0);
  }
  void save(core::StateWriter& w) const override {
    w.put(done_);
    w.put(voltage_);
    w.put(static_cast<uint8_t>((line_ ? 1 : 0) + (started_ ? 2 : 0)));
  }
  void load(core::StateReader& r) override {
    uint8_t flags = 0;
    r.get(done_);
    r.get(voltage_);
    r.get(flags);
    line_ = (flags & 1) != 0;
    started_ = (flags & 2) != 0;
  }

 private:
  std::vector<Step> steps_;
  size_t done_ = 0;
  double voltage_ = 1.0;
  bool line_ = true, started_ = false;
};

}  // namespace

core::ProcessType reclosing_process() {
  core::ProcessType t;
  t.name = "reclosing";
  t.domain = "grid";
  t.help = "Sequence of faults, reclosings and outages on the grid";
  t.params = &params();
  t.make_params = []() -> std::shared_ptr<void> {
    auto p = std::make_shared<Params>();
    params().set_defaults(p.get());
    return p;
  };
  t.outputs = {{"voltage_pu", "1", "Voltage of the grid over nominal", 1.0},
               {"line", "1", "1: the site's line is closed, 0: open", 1.0}};
  t.make = [](const void* p, const core::ProcessSetup& s) -> std::unique_ptr<core::Process> {
    return std::make_unique<Reclosing>(*static_cast<const Params*>(p), s.id);
  };
  return t;
}

}  // namespace steppe::models
