// Hours of free cooling over a year against a direct count over the same weather.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "models/controls/free_cooling.h"
#include "models/environment/weather.h"
#include "tests/unit/controls/player.h"

namespace steppe::test {
namespace {

constexpr double kZero = 273.15;
constexpr double kSetpoint = kZero + 20.0, kApproach = 8.0, kMargin = 0.5;

/// Values of the process `weather`, asked for at any instant.
class Outdoors final : public core::ProcessContext {
 public:
  explicit Outdoors(const std::string& file) {
    const auto type = models::weather_type();
    auto params = type.make_params();
    if (!file.empty()) {
      type.params->set(params.get(), type.params->find("source"), std::string("epw"));
      type.params->set(params.get(), type.params->find("file"), file);
    }
    core::ProcessSetup setup;
    setup.id = "weather";
    setup.seed = 1;
    process_ = type.make(params.get(), setup);
  }
  double temp(double t) {
    while (core::to_seconds(process_->next_time()) <= t) {
      now = process_->next_time();
      process_->update(*this);
    }
    return value_ + slope_ * (t - core::to_seconds(now));
  }
  double in(int, int) const override { return 0.0; }
  void out(int, double, int) override {}
  void ramp(int output, double value, double slope, int) override {
    if (output != models::kWeatherTemp) return;
    value_ = value;
    slope_ = slope;
  }
  void discontinuity() override {}
  void event(const std::string&, const std::string&, const std::string&,
             const std::string&) override {}

 private:
  std::unique_ptr<core::Process> process_;
  double value_ = 0.0, slope_ = 0.0;
};

struct Hours {
  double free, counted, changes_a_day;
};
Hours year(const std::string& file) {
  Outdoors outdoors(file);
  Player p(models::free_cooling_process(), {{"setpoint", kSetpoint}, {"approach", kApproach}});
  p.inputs = {0.0, kSetpoint + 9.0, 0.0};
  Hours h{0.0, 0.0, 0.0};
  for (int k = 0; k < 365 * 288; ++k) {
    p.inputs[0] = outdoors.temp(300.0 * k);
    p.step(300.0 * k);
    if (p.inputs[0] + kApproach <= kSetpoint - kMargin) h.counted += 1.0 / 12.0;
    if (p.values[{0, 0}] == 0.0) h.free += 1.0 / 12.0;
  }
  h.changes_a_day = p.kpi("cooling_mode_changes") / 365.0;
  return h;
}

void check(const std::string& name, const std::string& file) {
  CAPTURE(name);
  const Hours h = year(file);
  MESSAGE(name, ": ", h.free, " h free, ", h.counted, " h counted, ", h.changes_a_day,
          " changes a day");
  CHECK(std::abs(h.free / h.counted - 1.0) < 0.01);
  CHECK(h.changes_a_day < 12.0);
}

TEST_CASE("hours of free cooling agree with a direct count to 1 %: synthetic year") {
  check("synthetic", "");
}

TEST_CASE("hours of free cooling agree with a direct count to 1 %: measured stations") {
  const char* env = std::getenv("STEPPE_SHARED_DATA");
  const std::string dir =
      (env ? env : std::string(STEPPE_SOURCE_DIR) + "/../shared/data") + "/weather/epw_china_cswd";
  if (!std::filesystem::exists(dir)) {
    std::printf("SKIPPED: no weather files at %s (set STEPPE_SHARED_DATA)\n", dir.c_str());
    return;
  }
  for (const auto& f : std::filesystem::directory_iterator(dir))
    if (f.path().extension() == ".epw") check(f.path().filename(), f.path());
}

}  // namespace
}  // namespace steppe::test
