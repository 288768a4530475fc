#pragma once
// One process alone: inputs set by the test, outputs and events kept.
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "models/battery/battery_life.h"
#include "models/registry.h"
#include "sim/core/process.h"

namespace steppe::test {

/// The cell that the battery models have by default.
inline models::CellParams default_cell() {
  models::BatteryLife::Params p;
  models::BatteryLife::params().set_defaults(&p);
  models::prepare_cell(p);
  return p;
}

class ProcessBench final : public core::ProcessContext {
 public:
  /// Widths: of the vector inputs and outputs (those declared with 0).
  explicit ProcessBench(const std::string& type, int width = 1) {
    static const core::Registry registry = models::registry();
    type_ = &registry.processes.at(type);
    params = type_->make_params();
    exchange = core::from_seconds(0.001);
    end = core::kNever;
    for (const auto& i : type_->inputs)
      inputs.emplace_back(static_cast<size_t>(i.width == 0 ? width : i.width), i.value);
    for (const auto& o : type_->outputs)
      outputs.emplace_back(static_cast<size_t>(o.width == 0 ? width : o.width), o.value);
  }
  void set(const std::string& name, const core::ParamValue& v) {
    const int row = type_->params->find(name);
    if (row < 0) throw InternalError("no parameter " + name);
    type_->params->set(params.get(), row, v);
  }
  void start(uint64_t seed = 1) {
    core::ProcessSetup s;
    s.id = "it";
    s.seed = seed;
    for (const auto& i : inputs) s.input_width.push_back(static_cast<int>(i.size()));
    for (const auto& o : outputs) s.output_width.push_back(static_cast<int>(o.size()));
    process = type_->make(params.get(), s);
    process->update(*this);
  }
  /// Goes through all instants up to `seconds`; `before` is called ahead of each.
  template <class F>
  void run(double seconds, F&& before) {
    const auto until = core::from_seconds(seconds);
    while (process->next_time() <= until) {
      now = process->next_time();
      before(core::to_seconds(now));
      process->update(*this);
    }
  }
  void run(double seconds) {
    run(seconds, [](double) {});
  }
  double& input(const std::string& name, size_t k = 0) {
    for (size_t i = 0; i < inputs.size(); ++i)
      if (type_->inputs[i].name == name) return inputs[i].at(k);
    throw InternalError("no input " + name);
  }
  double output(const std::string& name, size_t k = 0) const {
    for (size_t i = 0; i < outputs.size(); ++i)
      if (type_->outputs[i].name == name) return outputs[i].at(k);
    throw InternalError("no output " + name);
  }
  double kpi(const std::string& name) const {
    for (const auto& k : process->kpis())
      if (k.name == name) return k.value;
    return std::nan("");
  }

  double in(int i, int k) const override {
    return inputs.at(static_cast<size_t>(i)).at(static_cast<size_t>(k));
  }
  void out(int o, double value, int k) override {
    outputs.at(static_cast<size_t>(o)).at(static_cast<size_t>(k)) = value;
  }
  void ramp(int o, double value, double, int k) override { out(o, value, k); }
  void discontinuity() override {}
  void event(const std::string& name, const std::string&, const std::string& to,
             const std::string& text) override {
    events.push_back(name + " " + to + ": " + text);
  }

  std::shared_ptr<void> params;
  std::unique_ptr<core::Process> process;
  std::vector<std::vector<double>> inputs, outputs;
  std::vector<std::string> events;

 private:
  const core::ProcessType* type_;
};

}  // namespace steppe::test
