#pragma once
// What the tests of the load share: a reader of the flat data files, a run of a process without an
// engine.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "inference_load/adapters/inference.h"

namespace steppe::load::test {

/// Relative tolerance. (doctest::Approx alone adds an absolute one of the same size: useless for
/// milliseconds.)
inline doctest::Approx approx(double value, double relative) {
  return doctest::Approx(value).epsilon(relative).scale(0.0);
}

/// Reads `name: value` and `name: {value: …, …}`, one per line: what data files of models and
/// accelerators hold.
inline void read_flat_yaml(const std::string& file, const core::ParamTableBase& table,
                           void* params) {
  std::ifstream in(file);
  if (!in) throw UserError("cannot open " + file);
  std::vector<bool> given(table.rows().size());
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) throw UserError(file + ": cannot read " + line);
    const std::string name = line.substr(0, colon);
    std::string text = line.substr(colon + 2);
    if (text.size() > 1 && text.front() == '"') text = text.substr(1, text.size() - 2);
    if (text.starts_with("{value: ")) text = text.substr(8, text.find(',') - 8);
    const int i = table.find(name);
    if (i < 0) throw UserError(file + ": unknown key " + name);
    const core::ParamInfo& info = table.rows()[static_cast<size_t>(i)];
    core::ParamValue v;
    switch (info.kind) {
      case core::ParamKind::real:
        v = std::stod(text);
        break;
      case core::ParamKind::integer:
        v = static_cast<int64_t>(std::stoll(text));
        break;
      case core::ParamKind::boolean:
        v = text == "true";
        break;
      case core::ParamKind::list: {
        std::vector<double> list;
        std::stringstream items(text.substr(1, text.size() - 2));
        for (std::string x; std::getline(items, x, ',');) list.push_back(std::stod(x));
        v = list;
        break;
      }
      default:
        v = text;
    }
    if (const auto e = core::ParamTableBase::check(info, v); !e.empty())
      throw UserError(file + ": " + info.name + " " + e);
    table.set(params, i, v);
    given[static_cast<size_t>(i)] = true;
  }
  for (size_t i = 0; i < given.size(); ++i)
    if (table.rows()[i].required && !given[i])
      throw UserError(file + ": missing " + table.rows()[i].name);
}

inline std::string source_dir() { return STEPPE_SOURCE_DIR; }

inline core::ProcessSetup setup(int groups = 1, uint64_t seed = 1) {
  core::ProcessSetup s;
  s.id = "load";
  s.seed = seed;
  s.data_dir = source_dir() + "/data";
  s.read_yaml = read_flat_yaml;
  s.input_width = {groups, groups, groups};
  s.output_width = {groups, groups, 1, 1, 1, 1, 1, 1, 1};
  s.start_epoch = 1768262400.0;  // 2026-01-13 00:00, a Tuesday
  return s;
}

/// Folder of measured data, or "" with a message that counts in the test's output.
inline std::string shared_data() {
  const char* env = std::getenv("STEPPE_SHARED_DATA");
  const std::string dir = env ? env : source_dir() + "/../shared/data";
  if (std::filesystem::exists(dir)) return dir;
  std::cout << "SKIPPED: no measured data in " << dir << " (set STEPPE_SHARED_DATA)\n";
  return {};
}

inline InferenceParams defaults() {
  InferenceParams p;
  inference_table().set_defaults(&p);
  return p;
}

/// Holds inputs and outputs of a process; inputs are per group or one for all.
class Context : public core::ProcessContext {
 public:
  std::vector<std::vector<double>> inputs = {{1.0}, {1.0}, {1e30}};
  std::vector<std::vector<double>> outputs = std::vector<std::vector<double>>(9);
  double in(int i, int k) const override {
    const auto& v = inputs.at(static_cast<size_t>(i));
    return v.at(std::min(static_cast<size_t>(k), v.size() - 1));
  }
  void out(int i, double value, int k) override {
    if (outputs.size() <= static_cast<size_t>(i)) outputs.resize(static_cast<size_t>(i) + 1);
    auto& v = outputs[static_cast<size_t>(i)];
    if (v.size() <= static_cast<size_t>(k)) v.resize(static_cast<size_t>(k) + 1);
    v[static_cast<size_t>(k)] = value;
  }
  void ramp(int i, double value, double, int k) override { out(i, value, k); }
  void discontinuity() override {}
  void event(const std::string&, const std::string&, const std::string&,
             const std::string&) override {}
  double sum(int i) const {
    double s = 0.0;
    for (double v : outputs.at(static_cast<size_t>(i))) s += v;
    return s;
  }
};

/// Runs to `end` [s]; `each(t, context)` after every update. Returns ∫ Σ power dt [J].
template <class Each>
double run(InferenceLoad& load, Context& c, double exchange, double end, Each each) {
  c.exchange = core::from_seconds(exchange);
  c.end = core::from_seconds(end);
  double energy = 0.0;
  while (c.now < c.end) {
    load.update(c);
    energy +=
        c.sum(InferenceLoad::kPower) * core::to_seconds(std::min(load.next_time(), c.end) - c.now);
    each(core::to_seconds(c.now), c);
    c.now = load.next_time();
  }
  return energy;
}
inline double run(InferenceLoad& load, Context& c, double exchange, double end) {
  return run(load, c, exchange, end, [](double, const Context&) {});
}

inline double kpi(const InferenceLoad& load, const std::string& name) {
  for (const auto& k : load.kpis())
    if (k.name == name) return k.value;
  return std::nan("");
}

}  // namespace steppe::load::test
