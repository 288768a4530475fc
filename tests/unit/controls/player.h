#pragma once
// A process played by hand in a test.
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/process.h"

namespace steppe::test {

/// Calls a process alone, with inputs by index.
class Player final : public core::ProcessContext {
 public:
  Player(const core::ProcessType& t, const std::map<std::string, double>& set, int enable_width = 1,
         double start_epoch = 0.0) {
    auto params = t.make_params();
    for (const auto& [name, v] : set) {
      const int row = t.params->find(name);
      REQUIRE(row >= 0);
      const auto kind = t.params->rows()[static_cast<size_t>(row)].kind;
      if (kind == core::ParamKind::integer)
        t.params->set(params.get(), row, static_cast<int64_t>(v));
      else if (kind == core::ParamKind::boolean)
        t.params->set(params.get(), row, v != 0.0);
      else
        t.params->set(params.get(), row, v);
    }
    core::ProcessSetup setup;
    setup.start_epoch = start_epoch;
    setup.input_width.assign(t.inputs.size(), 1);
    setup.output_width.assign(t.outputs.size(), enable_width);
    process = t.make(params.get(), setup);
    for (const auto& i : t.inputs) inputs.push_back(std::isnan(i.value) ? 0.0 : i.value);
    end = core::from_seconds(1e9);
  }
  double in(int i, int) const override { return inputs[static_cast<size_t>(i)]; }
  void out(int o, double v, int k) override { values[{o, k}] = v; }
  void ramp(int o, double v, double s, int k) override {
    values[{o, k}] = v;
    slopes[{o, k}] = s;
  }
  void discontinuity() override { ++jumps; }
  void event(const std::string&, const std::string&, const std::string& to,
             const std::string&) override {
    ++events;
    last_event = to;
  }
  void step(double seconds) {
    now = core::from_seconds(seconds);
    process->update(*this);
  }
  std::unique_ptr<core::Process> process;
  std::vector<double> inputs;
  std::map<std::pair<int, int>, double> values, slopes;
  int jumps = 0, events = 0;
  std::string last_event;

  double kpi(const std::string& name) const {
    for (const auto& k : process->kpis())
      if (k.name == name) return k.value;
    return std::nan("");
  }
};

}  // namespace steppe::test
