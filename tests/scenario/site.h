#pragma once
// What the tests of whole sites share: load a shipped scenario, run it, look at its KPIs.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "inference_load/registry.h"
#include "models/registry.h"
#include "sim/app/simulation.h"

namespace steppe::test {

namespace fs = std::filesystem;

inline core::Registry registry() {
  core::Registry r = models::registry();
  for (auto& t : load::process_types()) r.add(std::move(t));
  return r;
}

inline std::unique_ptr<app::Simulation> load_site(const std::string& file,
                                                  std::vector<app::Override> set = {},
                                                  const std::string& profile = "") {
  setenv("STEPPE_HOME", STEPPE_SOURCE_DIR, 1);
  static const core::Registry r = registry();
  Diagnostics d;
  const fs::path path = fs::path(STEPPE_SOURCE_DIR) / "scenarios" / file;
  auto sim = app::Simulation::load(path.string(), set, profile, r, d);
  if (!sim) FAIL(d.render());
  return sim;
}

inline app::RunRequest request(double until, const std::string& output = "",
                               const std::string& from = "") {
  app::RunRequest q;
  q.until = until;
  q.output = output;
  q.from = from;
  return q;
}

inline std::map<std::string, double> kpis(const app::RunResult& r) {
  std::map<std::string, double> out;
  for (const auto& k : r.kpis) out[k.name] = k.value;
  return out;
}

inline std::map<std::string, double> run(const std::string& file, double until,
                                         std::vector<app::Override> set = {},
                                         const std::string& profile = "") {
  auto sim = load_site(file, std::move(set), profile);
  const auto r = sim->run(request(until));
  CHECK(r.status == app::RunResult::Status::complete);
  return kpis(r);
}

inline double difference(const std::map<std::string, double>& a,
                         const std::map<std::string, double>& b, const std::string& name) {
  return std::abs(a.at(name) / b.at(name) - 1.0);
}

inline std::string temp_file(const std::string& name) {
  return (fs::temp_directory_path() / ("steppe_site_test_" + name)).string();
}

/// Folder of measured inputs, or "" (then the test says that it is skipped).
inline std::string shared_data() {
  const char* env = std::getenv("STEPPE_SHARED_DATA");
  const std::string dir = env ? env : std::string(STEPPE_SOURCE_DIR) + "/../shared/data";
  if (fs::exists(dir + "/README.md")) return dir;
  std::printf("SKIPPED: no folder of measured data at %s (set STEPPE_SHARED_DATA)\n", dir.c_str());
  return "";
}

}  // namespace steppe::test
