#pragma once
// A window with its own settings and folders, and waiting for background work.
#include <doctest/doctest.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <ctime>
#include <fstream>
#include <functional>
#include <string>

#include "gui/main_window.h"
#include "gui/session.h"
#include "inference_load/registry.h"
#include "models/registry.h"

namespace steppe::gui::test {

inline const core::Registry& registry() {
  static const core::Registry r = [] {
    core::Registry all = models::registry();
    for (auto& type : load::process_types()) all.add(std::move(type));
    return all;
  }();
  return r;
}

/// Processor time of this thread [ms]: on a busy machine the wall clock measures the neighbours.
inline double thread_ms() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return 1e3 * static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_nsec);
}

/// Lets the event loop turn until `done`; false after `ms`.
inline bool wait_for(const std::function<bool()>& done, int ms = 60000) {
  QElapsedTimer clock;
  clock.start();
  while (!done()) {
    if (clock.elapsed() > ms) return false;
    QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
    QTest::qSleep(1);
  }
  return true;
}

/// Until nothing runs in the background and its answers have arrived.
inline bool settle(Session& s, int ms = 60000) {
  const bool ok = wait_for([&] { return s.idle(); }, ms);
  for (int i = 0; i < 20; ++i) QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
  return ok && wait_for([&] { return s.idle(); }, ms);
}

inline constexpr const char* kSmall = R"(steppe: 1
name: Small site
note: A grid, a transformer and a load.
site: {altitude: 0 m, start: "2026-01-15 00:00", weather: none}
run: {until: 20 min, seed: 1}   # short
profile: thermal
components:
  - id: grid
    type: utility
    params: {voltage: 10 kV, short_circuit_power: 200 MVA}
  - id: transformer
    type: transformer
    params: {rating: 2500 kVA, v_primary: 10 kV, v_secondary: 0.4 kV}
  - id: load
    type: ac_load
    params:
      voltage: 400 V
      power: 1 MW   # nominal
connect:
  - [bus_10kv, grid.out, transformer.primary]
  - [bus_400v, transformer.secondary, load.in]
events:
  - {at: 5 min, set: load.scale, to: 1.5}
  - {at: 10 min, do: fail, target: grid}
  - {at: 11 min, do: restore, target: grid}
)";

struct Bench {
  QTemporaryDir folder;
  std::unique_ptr<MainWindow> window;
  Bench() {
    window = std::make_unique<MainWindow>(registry());
    window->session().results_dir = folder.filePath("results");
    window->show();
    QCoreApplication::processEvents();
  }
  Session& session() { return window->session(); }
  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = folder.filePath(QString::fromStdString(name)).toStdString();
    std::ofstream(path) << text;
    return path;
  }
};

/// Runs the current scenario and reads its result.
inline RunData* run_to_end(Bench& b) {
  RunData* r = b.session().start_run();
  REQUIRE(r);
  REQUIRE(wait_for([&] {
    return r->phase == RunData::Phase::done && r->rows > 0 && !r->status.isEmpty() &&
           !r->kpis.empty();
  }));
  REQUIRE(settle(b.session()));
  return r;
}

}  // namespace steppe::gui::test
