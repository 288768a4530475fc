#pragma once
// What the tests of the economics share: the shipped tariff, a context without an engine.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "models/economics/tariff.h"
#include "sim/io/reader.h"

namespace steppe::test {

/// Relative alone: Approx as it comes allows an absolute error of the same size as well.
inline bool close(double a, double b, double relative) {
  return std::abs(a - b) <= relative * std::abs(b);
}

/// 2026-01-01 00:00 and 2026-06-01 00:00.
inline constexpr int64_t kJanuary = 1767225600, kJune = 1780272000;
inline constexpr double kKwh = 3.6e6;

inline core::ProcessSetup economics_setup(int64_t start = kJanuary) {
  core::ProcessSetup s;
  s.id = "it";
  s.data_dir = std::string(STEPPE_SOURCE_DIR) + "/data";
  s.start_epoch = static_cast<double>(start);
  s.read_yaml = [](const std::string& file, const core::ParamTableBase& t, void* p) {
    io::read_yaml_into(file, t, p);
  };
  return s;
}

inline models::Tariff shipped() {
  return models::load_tariff(economics_setup(), "west-inner-mongolia", "");
}

class EconomicsContext : public core::ProcessContext {
 public:
  std::map<int, double> inputs, outputs;
  int events = 0;
  double in(int i, int) const override { return inputs.at(i); }
  void out(int o, double v, int) override { outputs[o] = v; }
  void ramp(int o, double v, double, int) override { outputs[o] = v; }
  void discontinuity() override {}
  void event(const std::string&, const std::string&, const std::string&,
             const std::string&) override {
    ++events;
  }
};

inline double kpi(const std::vector<core::ProcessKpi>& all, const std::string& name) {
  for (const auto& k : all)
    if (k.name == name) return k.value;
  return std::nan("");
}

}  // namespace steppe::test
